/* SPDX-License-Identifier: MIT */
/* Lists of further header fields, of any names and values. A composed message has each field once, in
 * order, beside its own fields. The error of a list that cannot be composed names the field. */
#include "fuzz_message.h"

#include "postino/extension.h"

#define FIELDS 12
#define OCTETS 65536

static char text[4097];
static uint8_t composed[2][OCTETS];
static struct postino_header headers[FIELDS];

/* The input, cut at each '|': a name, a value, and so on. Returns how many fields there are. */
static unsigned split(const uint8_t *data, size_t size)
{
    unsigned pieces = 0;
    char *at = text;

    memcpy(text, data, size);
    text[size] = '\0';
    memset(headers, 0, sizeof headers);
    while (pieces < 2 * FIELDS) {
        struct postino_header *header = &headers[pieces / 2];
        char *end = strchr(at, '|');

        header->kind = (uint8_t)(pieces / 2 % 2);
        if (pieces % 2 == 0)
            header->name = at;
        else
            header->value = at;
        pieces++;
        if (end == NULL || pieces == 2 * FIELDS)
            break;
        *end = '\0';
        at = end + 1;
    }
    for (pieces /= 2, size = 0; size + 1 < pieces; size++)
        headers[size].next = &headers[size + 1];
    return pieces;
}

static int is_our_own(const uint8_t *line)
{
    static const char *const names[] = {
        "Date:",       "From:",         "To:",           "Subject:",
        "Message-ID:", "MIME-Version:", "Content-Type:", "Content-Transfer-Encoding:"};
    size_t i;

    for (i = 0; i < sizeof names / sizeof names[0]; i++)
        if (memcmp(line, names[i], strlen(names[i])) == 0)
            return 1;
    return 0;
}

/* No field of a list has such a name, in capitals or not. */
static void check_name(const char *name)
{
    static const char *const names[] = {"date",    "from",       "sender",     "reply-to",
                                        "to",      "cc",         "bcc",        "resent-bcc",
                                        "subject", "message-id", "references", "mime-version"};
    char lower[80];
    size_t length = strlen(name);
    size_t i;

    FUZZ_CHECK(length != 0 && length < sizeof lower);
    for (i = 0; i <= length; i++)
        lower[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
    FUZZ_CHECK(strncmp(lower, "content-", 8) != 0 && strpbrk(name, " \t:") == NULL);
    for (i = 0; i < sizeof names / sizeof names[0]; i++)
        FUZZ_CHECK(strcmp(lower, names[i]) != 0);
}

/* Whether the value of the line and those that continue it is `value`, folds taken out. */
static void check_protocol(const uint8_t *at, const char *value)
{
    const char *next = value;

    /* Each fold stands in front of a blank; the first one is ours. */
    at += *at == '\r' ? 2 : 0;
    FUZZ_CHECK(*at++ == ' ');
    for (; *next != '\0'; next++) {
        at += *at == '\r' ? 2 : 0;
        FUZZ_CHECK(*at++ == (uint8_t)*next);
    }
}

/* The field, or the first behind it that has a value: an empty one is not written. */
static const struct postino_header *written(const struct postino_header *field)
{
    while (field != NULL && *field->value == '\0')
        field = field->next;
    return field;
}

/* URLs get brackets where they have none. */
static int is_urls(const char *name)
{
    return (name[0] | 32) == 'l' && (name[1] | 32) == 'i' && (name[2] | 32) == 's' && (name[3] | 32) == 't';
}

/* Each field of the list stands in the header, in its order and once, and nothing else that is not the
 * message's own. */
static void check_wire(const uint8_t *wire, size_t length)
{
    const struct postino_header *next = headers[0].value != NULL ? written(headers) : NULL;
    size_t line = 0;
    size_t i;

    for (i = 0; i + 1 < length; i++) {
        FUZZ_CHECK(wire[i] == '\r' || wire[i] == '\n' || (wire[i] >= ' ' && wire[i] < 127));
        if (wire[i] != '\r')
            continue;
        FUZZ_CHECK(wire[i + 1] == '\n' && i - line <= 998);
        if (i == line)
            break;
        if (wire[line] != ' ' && !is_our_own(wire + line)) {
            size_t octets;

            FUZZ_CHECK(next != NULL);
            check_name(next->name);
            octets = strlen(next->name);
            FUZZ_CHECK(memcmp(wire + line, next->name, octets) == 0 && wire[line + octets] == ':');
            if (next->kind == POSTINO_HEADER_PROTOCOL && strchr(next->value, '\t') == NULL &&
                !is_urls(next->name))
                check_protocol(wire + line + octets + 1, next->value);
            next = written(next->next);
        }
        line = ++i + 1;
    }
    FUZZ_CHECK(next == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t buffer[936];
    static const struct postino_mailbox from = {NULL, "a@b", NULL};
    struct postino_memory_source source;
    struct postino_part body;
    struct postino_message message;
    unsigned fields;
    size_t length;

    if (size < 2 || size > 4098)
        return 0;
    fields = split(data + 2, size - 2);
    postino_memory_source_init(&source, "Hi\r\n", 4);
    postino_part_text_init(&body, &source.source, "text/plain");
    postino_message_init(&message, &body, buffer, POSTINO_MESSAGE_BUFFER_MIN + data[1]);
    message.from = &from;
    message.subject = "x";
    message.date_s = 1795649400;
    if (fields == 0)
        headers[0].value = NULL;
    else
        message.headers = headers;
    length = fuzz_compose(&message, 0, SIZE_MAX, composed[0], OCTETS, 0);
    if (length != 0) {
        check_wire(composed[0], length);
    } else {
        unsigned i;

        FUZZ_CHECK(message.error < 0 && message.error_field != NULL);
        for (i = 0; i < fields && strcmp(message.error_field, headers[i].name) != 0; i++)
            continue;
        FUZZ_CHECK(i != fields);
    }
    message.buffer_octets = sizeof buffer;
    FUZZ_CHECK(fuzz_compose(&message, 0, 1 + data[0] % 9u, composed[1], OCTETS, 0) == length);
    FUZZ_CHECK(memcmp(composed[0], composed[1], length) == 0);
    return 0;
}
