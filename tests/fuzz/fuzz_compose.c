/* SPDX-License-Identifier: MIT */
/* Messages of any texts: an address list is parsed, and a message with its mailboxes has texts of the
 * input in every field. The message is composed twice in different pieces. An accepted message is fit for
 * the wire. */
#include "fuzz_message.h"

#include "postino/extension.h"
#include "postino/mailbox.h"

#define TEXTS     6
#define MAILBOXES 8
#define OCTETS    131072

static char text[TEXTS][4097];
static uint8_t composed[2][OCTETS];

/* The input, cut at each '|'; the last one gets the rest. Returns how long that is. */
static size_t split(const uint8_t *data, size_t size)
{
    size_t i;

    for (i = 0; i < TEXTS; i++) {
        size_t length = 0;

        while (length < size && (data[length] != '|' || i == TEXTS - 1))
            length++;
        memcpy(text[i], data, length);
        text[i][length] = '\0';
        data += length < size ? length + 1 : length;
        size -= length < size ? length + 1 : length;
        if (i == TEXTS - 1)
            return length;
    }
    return 0;
}

static void check_list(const struct postino_mailbox_list *list, int error)
{
    const struct postino_mailbox *mailbox = list->mailboxes;
    size_t i;

    FUZZ_CHECK(list->count <= MAILBOXES && list->used_octets <= list->text_octets);
    FUZZ_CHECK((error == 0) == (list->column == 0) && list->column <= strlen(text[0]) + 1);
    for (i = 0; error == 0 && i < list->count; i++, mailbox = mailbox->next)
        FUZZ_CHECK(mailbox == &list->mailboxes[i] && *mailbox->address != '\0');
    FUZZ_CHECK(error != 0 || list->count == 0 || mailbox == NULL);
}

static int is_one_of_ours(const uint8_t *line, size_t length)
{
    static const char *const names[] = {
        "From",       "To",         "Subject",      "Message-ID",   "X-Text",
        "X-Protocol", "References", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"};
    size_t i;

    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t octets = strlen(names[i]);

        if (length > octets && memcmp(line, names[i], octets) == 0 && line[octets] == ':')
            return 1;
    }
    return 0;
}

/* Lines as RFC 5322 has them, a header of fields that were set, and nothing above 127 in it where no server
 * asked. */
static void check_wire(const uint8_t *wire, size_t length, int utf8)
{
    size_t begin = 0;
    int header = 1;
    size_t i;

    FUZZ_CHECK(length >= 2 && wire[length - 1] == '\n');
    for (i = 0; i < length; i++) {
        FUZZ_CHECK((wire[i] == '\n') == (i != 0 && wire[i - 1] == '\r'));
        FUZZ_CHECK(wire[i] != 0 && (!header || utf8 || wire[i] < 127));
        FUZZ_CHECK(!header || wire[i] >= ' ' || wire[i] == '\r' || wire[i] == '\n');
        if (wire[i] != '\n')
            continue;
        FUZZ_CHECK(i - 1 - begin <= 998);
        if (i - 1 == begin)
            header = 0;
        FUZZ_CHECK(!header || wire[begin] == ' ' || is_one_of_ours(wire + begin, i - begin));
        begin = i + 1;
    }
    FUZZ_CHECK(begin == length && !header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct postino_mailbox mailboxes[MAILBOXES];
    static char names[2 * 4097];
    static uint8_t buffer[936];
    static const struct postino_mailbox anybody = {NULL, "a@b", NULL};
    struct postino_mailbox_list list = {mailboxes, MAILBOXES, names, sizeof names, (data[0] & 64) != 0, 0,
                                        0,         0,         0};
    struct postino_header headers[2] = {{"X-Text", NULL, NULL, POSTINO_HEADER_TEXT},
                                        {"X-Protocol", NULL, NULL, POSTINO_HEADER_PROTOCOL}};
    struct postino_memory_source body_source, file_source;
    struct postino_part body, file, mixed;
    struct postino_message message;
    uint32_t capabilities;
    size_t length, whole;
    int error;

    if (size < 2 || size > 4098)
        return 0;
    length = split(data + 2, size - 2);
    error = postino_mailbox_parse(&list, text[0]);
    check_list(&list, error);
    postino_memory_source_init(&body_source, text[TEXTS - 1], length);
    postino_memory_source_init(&file_source, text[TEXTS - 1], length);
    postino_part_text_init(&body, &body_source.source, "text/plain; charset=utf-8");
    (data[0] & 1 ? postino_part_attachment_init : postino_part_binary_init)(&file, &file_source.source, NULL,
                                                                            text[4]);
    postino_part_multipart_init(&mixed, "multipart/mixed");
    FUZZ_CHECK(postino_part_add(&mixed, &body) == 0 && postino_part_add(&mixed, &file) == 0);
    postino_message_init(&message, &mixed, buffer, POSTINO_MESSAGE_BUFFER_MIN + data[1]);
    message.from = error == 0 && list.count == 1 ? mailboxes : &anybody;
    message.to = error == 0 && list.count != 0 ? mailboxes : NULL;
    message.subject = text[1];
    message.random = (data[0] & 2) != 0 ? (const uint8_t *)"0123456789abcdef" : NULL;
    message.references = (data[0] & 4) != 0 ? text[2] : NULL;
    headers[0].value = text[3];
    headers[1].value = text[2];
    headers[0].next = (data[0] & 8) != 0 ? &headers[1] : NULL;
    message.headers = headers;
    capabilities = ((data[0] & 16) != 0 ? POSTINO_CAPABILITY_8BITMIME : 0u) |
                   ((data[0] & 32) != 0 ? POSTINO_CAPABILITY_SMTPUTF8 : 0u);
    whole = fuzz_compose(&message, capabilities, SIZE_MAX, composed[0], OCTETS, 0);
    if (whole != 0)
        check_wire(composed[0], whole, (data[0] & 32) != 0);
    message.buffer_octets = sizeof buffer;
    FUZZ_CHECK(fuzz_compose(&message, capabilities, 1 + data[1] % 9u, composed[1], OCTETS, 0) == whole);
    FUZZ_CHECK(memcmp(composed[0], composed[1], whole) == 0);
    return 0;
}
