/* SPDX-License-Identifier: MIT */
/* EHLO lines of any octets, compared with a parser of whole lines. The first octet chooses the pieces; the
 * second is not used. */
#include "fuzz.h"

#define LINES_MAX 100

static unsigned fold(unsigned octet)
{
    return octet >= 'a' && octet <= 'z' ? octet - 'a' + 'A' : octet;
}

/* Whether the line's first word is the name. It ends at a blank, or at what no keyword may hold and some
 * servers say: AUTH=LOGIN is an old form of AUTH LOGIN. */
static int first_word_is(const uint8_t *line, size_t length, const char *name)
{
    size_t i = 0;

    while (name[i] != '\0') {
        if (i == length || fold(line[i]) != (unsigned char)name[i]) {
            return 0;
        }
        i++;
    }
    return i == length || line[i] <= ' ' || strchr("=:,", line[i]) != NULL;
}

static uint32_t reference(const uint8_t *line, size_t length)
{
    uint32_t bits = 0;
    uint32_t bit;

    while (length != 0 && (*line <= ' ' || *line == '=' || *line == ':' || *line == ',')) {
        line++;
        length--;
    }
    for (bit = 1; bit != 0; bit <<= 1) {
        const char *name = postino_capability_name(bit);

        /* A bit without an extension has a name of two words. */
        if (strchr(name, ' ') == NULL && first_word_is(line, length, name)) {
            bits |= bit;
        }
    }
    return bits;
}

static void feed(struct postino_session *session, uint32_t *noise, const uint8_t *data, size_t length)
{
    while (length != 0) {
        size_t piece = fuzz_length(noise, length);
        uint8_t *copy = fuzz_copy(data, piece);

        postino_session_input(session, copy, piece, 0);
        free(copy);
        data += piece;
        length -= piece;
    }
}

static void feed_text(struct postino_session *session, uint32_t *noise, const char *text)
{
    feed(session, noise, (const uint8_t *)text, strlen(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct postino_session_config config = {.ehlo_name = "client.example.com",
                                                         .faults = &postino_faults,
                                                         .time_limits = &postino_time_limits_rfc5321,
                                                         .extensions = postino_extensions_all};
    struct postino_session session;
    uint8_t room[64];
    uint32_t noise;
    uint32_t expected = 0;
    unsigned lines = 0;
    size_t offset = 2;

    if (size < 2) {
        return 0;
    }
    noise = data[0];
    FUZZ_CHECK(postino_session_init(&session, &config, 0) == 0);
    feed_text(&session, &noise, "220 mx\r\n");
    while (postino_session_want(&session) & POSTINO_WANT_SEND) {
        FUZZ_CHECK(postino_session_output(&session, room, sizeof room, 0) != 0);
    }
    feed_text(&session, &noise, "250-mx.example PIPELINING\r\n");
    while (offset < size && lines++ < LINES_MAX) {
        const uint8_t *end = memchr(data + offset, '\n', size - offset);
        size_t length = end == NULL ? size - offset : (size_t)(end - data) - offset;

        /* As they stand in transcripts. */
        if (length > 4 && memcmp(data + offset, "250", 3) == 0) {
            offset += 4;
            length -= 4;
        }
        if (memchr(data + offset, '\0', length) == NULL && memchr(data + offset, '\r', length) == NULL) {
            feed_text(&session, &noise, "250-");
            feed(&session, &noise, data + offset, length);
            feed_text(&session, &noise, "\r\n");
            expected |= reference(data + offset, length);
        }
        offset += length + 1;
    }
    FUZZ_CHECK(postino_session_capabilities(&session) == expected);
    feed_text(&session, &noise, "250 X-LAST\r\n");
    FUZZ_CHECK(postino_session_capabilities(&session) == expected);
    FUZZ_CHECK(postino_session_want(&session) & POSTINO_WANT_MAIL);
    postino_session_lost(&session, 0, 0);
    return 0;
}
