/* SPDX-License-Identifier: MIT */
/* Ready messages of any octets, mended and signed in two sets of pieces. Both outputs are the same, have
 * the announced size and no Bcc, and lose nothing but Bcc and the lines before the header. DKIM signs the
 * fields that a parser of whole lines finds. */
#include "fuzz.h"

#include "../support/fake_dkim.h"
#include "../support/wire_octets.h"

#define OCTETS 16384

struct fuzz_source {
    struct postino_source source; /* first, as the contract says */
    const uint8_t *data;
    size_t length;
    size_t at;
    size_t piece;
};

static uint8_t mended[2][OCTETS];
static uint8_t signed_one[OCTETS];

static int source_begin(struct postino_source *source, uint32_t capabilities,
                        struct postino_source_info *info)
{
    (void)capabilities;
    ((struct fuzz_source *)source)->at = 0;
    info->size_octets = POSTINO_SIZE_UNKNOWN;
    info->flags = POSTINO_SOURCE_REWINDS;
    return 0;
}

static enum postino_source_status source_span(struct postino_source *source, const uint8_t **data,
                                              size_t *length)
{
    struct fuzz_source *self = (struct fuzz_source *)source;
    size_t left = self->length - self->at;

    *data = self->data + self->at;
    *length = left < self->piece ? left : self->piece;
    return left != 0 ? POSTINO_SOURCE_DATA : POSTINO_SOURCE_END;
}

static void source_consume(struct postino_source *source, size_t length)
{
    ((struct fuzz_source *)source)->at += length;
}

static int is_blank(uint8_t octet)
{
    return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
}

/* How long the header is that was mended, the empty line not included. */
static size_t header_octets(const uint8_t *text, size_t length)
{
    size_t line = 0;
    size_t i;

    for (i = 0; i + 1 < length; i++) {
        if (text[i] != '\r' || text[i + 1] != '\n')
            continue;
        if (line == i)
            return i;
        line = i + 2;
    }
    FUZZ_CHECK(i == SIZE_MAX); /* no empty line */
    return 0;
}

/* The name of the field whose line begins at `line`, in lower case; "" where it is none. Sets *end behind its
 * colon. */
static void name_at(const uint8_t *text, size_t line, size_t length, char name[32])
{
    size_t octets = 0;

    while (line < length && text[line] > ' ' && text[line] < 127 && text[line] != ':') {
        uint8_t octet = text[line++];

        if (octets < 31)
            name[octets] = (char)(octet >= 'A' && octet <= 'Z' ? octet + 32 : octet);
        octets++;
    }
    while (line < length &&
           (text[line] == ' ' || text[line] == '\t' ||
            (text[line] == '\r' && line + 2 < length && (text[line + 2] == ' ' || text[line + 2] == '\t'))))
        line += text[line] == '\r' ? 2 : 1;
    name[octets < 31 && line < length && text[line] == ':' ? octets : 0] = '\0';
}

/* No field of the header is Bcc. Writes the names that are signed, each with a colon. Returns 0 where a line
 * is no field. */
static int read_header(const uint8_t *text, size_t length, char *names)
{
    static const char signed_names[] =
        " from sender reply-to to cc subject date message-id in-reply-to references mime-version "
        "content-type content-transfer-encoding list-unsubscribe list-unsubscribe-post ";
    int all = 1;
    size_t line, next;

    *names = '\0';
    for (line = 0; line < length; line = next) {
        char name[32];
        char word[40];

        for (next = line; text[next] != '\r' || text[next + 1] != '\n'; next++)
            continue;
        next += 2;
        if (line != 0 && (text[line] == ' ' || text[line] == '\t'))
            continue;
        name_at(text, line, length, name);
        FUZZ_CHECK(strcmp(name, "bcc") != 0 && strcmp(name, "resent-bcc") != 0);
        if (name[0] == '\0' && (text[line] <= ' ' || text[line] > '~' || text[line] == ':' ||
                                memchr(text + line, ':', next - line) == NULL))
            all = 0;
        (void)snprintf(word, sizeof word, " %s ", name);
        if (name[0] != '\0' && strstr(signed_names, word) != NULL && strlen(names) < 4000) {
            strcat(names, name);
            strcat(names, ":");
        }
    }
    return all;
}

/* Nothing was lost: but for blanks and line ends what comes out is the input, less what was left out. */
static void check_kept(const uint8_t *data, size_t size, const uint8_t *out, size_t length, unsigned faults)
{
    size_t at = 0;
    size_t i;

    for (i = 0; i < size; i++) {
        while (at < length && is_blank(out[at]))
            at++;
        if (is_blank(data[i]))
            continue;
        if (at < length && out[at] == data[i])
            at++;
        else
            FUZZ_CHECK((faults & (POSTINO_RAW_BCC | POSTINO_RAW_BOM | POSTINO_RAW_MBOX)) != 0);
    }
    while (at < length && is_blank(out[at]))
        at++;
    FUZZ_CHECK(at == length || (faults & (POSTINO_RAW_BCC | POSTINO_RAW_BOM | POSTINO_RAW_MBOX)) != 0);
}

/* Signs the message and finds in h= the names of its fields. */
static void check_signed(struct postino_raw_message *raw, size_t length, const char *names)
{
    static char found[OCTETS];
    size_t signature_octets = 64;
    struct postino_dkim dkim;
    struct postino_source_info info;
    const char *from;
    char *at;
    size_t octets, i;
    size_t total = 0;
    int error;

    postino_dkim_init(&dkim, &raw->source, &fake_dkim, &signature_octets, "b.test", "s");
    error = dkim.source.methods->begin(&dkim.source, 0, &info);
    if (error != 0) {
        FUZZ_CHECK(error == POSTINO_ERROR_RAW || error == POSTINO_ERROR_FIELD_MISSING);
        return;
    }
    octets = fuzz_read(&dkim.source, SIZE_MAX, signed_one, OCTETS);
    FUZZ_CHECK(octets > length && memcmp(signed_one + octets - length, mended[0], length) == 0);
    FUZZ_CHECK(info.size_octets == wire_octets(signed_one, octets));
    for (i = 0; i < octets - length; i++)
        if (!is_blank(signed_one[i]))
            found[total++] = (char)signed_one[i];
    found[total] = '\0';
    at = strstr(found, ";h=");
    from = at == NULL ? NULL : strstr(at, "from;bh=");
    FUZZ_CHECK(from != NULL && (size_t)(from - at) - 3 == strlen(names) &&
               memcmp(at + 3, names, strlen(names)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct postino_source_class methods = {
        .begin = source_begin, .span = source_span, .consume = source_consume};
    struct fuzz_source source = {.source = {.methods = &methods}, .data = data + 2};
    struct postino_raw_message raw[2];
    struct postino_source_info info;
    char names[4096];
    size_t length[2];
    size_t header;
    unsigned i;

    if (size < 2 || size > 4098)
        return 0;
    source.length = size - 2;
    for (i = 0; i < 2; i++) {
        postino_raw_message_init(&raw[i], &source.source);
        /* So that it is looked through. */
        raw[i].refuse = 1u << 15;
        source.piece = i == 0 ? SIZE_MAX : 1u + data[0] % 40u;
        FUZZ_CHECK(raw[i].source.methods->begin(&raw[i].source, 0, &info) == 0);
        length[i] = fuzz_read(&raw[i].source, i == 0 ? SIZE_MAX : 1u + data[1] % 9u, mended[i], OCTETS);
        FUZZ_CHECK(info.size_octets == wire_octets(mended[i], length[i]));
    }
    FUZZ_CHECK(length[0] == length[1] && memcmp(mended[0], mended[1], length[0]) == 0);
    FUZZ_CHECK(raw[0].faults == raw[1].faults);
    check_kept(data + 2, size - 2, mended[0], length[0], raw[0].faults);
    header = header_octets(mended[0], length[0]);
    if (read_header(mended[0], header, names) && strstr(names, "from:") != NULL)
        check_signed(&raw[0], length[0], names);
    return 0;
}
