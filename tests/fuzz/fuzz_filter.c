/* SPDX-License-Identifier: MIT */
/* A message of any octets that is sent by DATA or BDAT, in pieces that the first octet chooses. The
 * reference makes line ends, dots and the end mark on the whole message at once. */
#include "fuzz.h"

struct wire {
    uint8_t *data;
    size_t length;
};

struct pieces {
    struct postino_source source; /* first, as the contract says */
    const uint8_t *data;
    size_t length;
    size_t position;
    uint32_t noise;
    size_t lent;
};

static int pieces_begin(struct postino_source *source, uint32_t capabilities,
                        struct postino_source_info *info)
{
    struct pieces *self = (struct pieces *)source;

    (void)capabilities;
    self->position = 0;
    self->lent = 0;
    info->size_octets = POSTINO_SIZE_UNKNOWN;
    info->flags = POSTINO_SOURCE_REWINDS | ((self->noise & 1) ? POSTINO_SOURCE_IN_MEMORY : 0);
    return 0;
}

static enum postino_source_status pieces_span(struct postino_source *source, const uint8_t **data,
                                              size_t *length)
{
    struct pieces *self = (struct pieces *)source;

    if (self->position == self->length) {
        return POSTINO_SOURCE_END;
    }
    if (self->lent == 0) {
        self->lent = fuzz_length(&self->noise, self->length - self->position);
    }
    *data = self->data + self->position;
    *length = self->lent;
    return POSTINO_SOURCE_DATA;
}

static void pieces_consume(struct postino_source *source, size_t length)
{
    struct pieces *self = (struct pieces *)source;

    FUZZ_CHECK(length <= self->lent);
    self->position += length;
    self->lent -= length;
}

static void reference(struct wire *wire, const uint8_t *data, size_t size, int dots)
{
    int start = 1;
    size_t i;

    for (i = 0; i < size; i++) {
        if (data[i] == '\n' && i != 0 && data[i - 1] == '\r') {
            continue;
        }
        if (data[i] == '\r' || data[i] == '\n') {
            wire->data[wire->length++] = '\r';
            wire->data[wire->length++] = '\n';
            start = 1;
            continue;
        }
        if (dots && start && data[i] == '.') {
            wire->data[wire->length++] = '.';
        }
        wire->data[wire->length++] = data[i];
        start = 0;
    }
    if (!start) {
        wire->data[wire->length++] = '\r';
        wire->data[wire->length++] = '\n';
    }
    if (dots) {
        memcpy(wire->data + wire->length, ".\r\n", 3);
        wire->length += 3;
    }
}

static void say(struct postino_session *session, const char *text)
{
    postino_session_input(session, (const uint8_t *)text, strlen(text), 0);
}

/* Fetches all there is; what follows `wire->length` may be commands. */
static void fetch(struct postino_session *session, uint32_t *noise, struct wire *wire)
{
    while (postino_session_want(session) & POSTINO_WANT_SEND) {
        size_t capacity = fuzz_length(noise, 70);
        uint8_t *room = malloc(capacity);
        size_t length;

        FUZZ_CHECK(room != NULL);
        length = postino_session_output(session, room, capacity, 0);
        FUZZ_CHECK(length != 0 && length <= capacity);
        memcpy(wire->data + wire->length, room, length);
        wire->length += length;
        free(room);
    }
}

/* Takes the chunks out of their commands. */
static void unchunk(struct wire *wire)
{
    size_t from = 0;
    size_t to = 0;
    int last = 0;

    while (!last) {
        char command[40] = "";
        unsigned long octets;
        uint8_t *end = memchr(wire->data + from, '\n', wire->length - from);

        FUZZ_CHECK(end != NULL && (size_t)(end - wire->data) - from < sizeof command);
        memcpy(command, wire->data + from, (size_t)(end - wire->data) - from);
        FUZZ_CHECK(sscanf(command, "BDAT %lu", &octets) == 1);
        last = strstr(command, " LAST\r") != NULL;
        from = (size_t)(end - wire->data) + 1;
        FUZZ_CHECK(octets <= wire->length - from);
        memmove(wire->data + to, wire->data + from, octets);
        to += octets;
        from += octets;
    }
    FUZZ_CHECK(from == wire->length);
    wire->length = to;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct postino_session_config config = {.ehlo_name = "client.example.com",
                                                         .time_limits = &postino_time_limits_rfc5321,
                                                         .extensions = postino_extensions_all,
                                                         .mails_in_flight_max = 1};
    static const struct postino_source_class methods = {pieces_begin, pieces_span, pieces_consume, NULL,
                                                        NULL};
    struct pieces source = {{&methods, 0}, data + 1, size - 1, 0, 0, 0};
    struct postino_recipient recipient = {.address = "b@example.org"};
    struct postino_mail mail = {
        .reverse_path = "a@example.com", .recipients = &recipient, .source = &source.source};
    struct postino_session session;
    struct wire expected = {NULL, 0};
    struct wire got = {NULL, 0};
    uint32_t noise;
    int chunks;

    if (size == 0 || size > 100000) {
        return 0;
    }
    noise = data[0];
    source.noise = noise;
    expected.data = malloc(3 * size + 16);
    got.data = malloc(40 * size + 4096);
    FUZZ_CHECK(expected.data != NULL && got.data != NULL);
    FUZZ_CHECK(postino_session_init(&session, &config, 0) == 0);
    FUZZ_CHECK(postino_session_submit(&session, &mail) == 0);
    say(&session, "220 mx\r\n");
    fetch(&session, &noise, &got);
    say(&session, (data[0] & 2) ? "250-mx\r\n250 CHUNKING\r\n" : "250 mx\r\n");
    fetch(&session, &noise, &got);
    say(&session, "250 ok\r\n");
    fetch(&session, &noise, &got);
    got.length = 0;
    say(&session, "250 ok\r\n");
    fetch(&session, &noise, &got);
    chunks = got.length > 4 && memcmp(got.data, "BDAT", 4) == 0;
    FUZZ_CHECK(chunks || (got.length == 6 && memcmp(got.data, "DATA\r\n", 6) == 0));
    if (!chunks) {
        got.length = 0;
        say(&session, "354 go\r\n");
        fetch(&session, &noise, &got);
    }
    while (chunks && memcmp(got.data, "BDAT", 4) == 0 && source.position != source.length) {
        say(&session, "250 ok\r\n");
        fetch(&session, &noise, &got);
    }
    say(&session, "250 ok\r\n");
    fetch(&session, &noise, &got);
    if (chunks) {
        unchunk(&got);
    }
    reference(&expected, data + 1, size - 1, !chunks);
    FUZZ_CHECK(got.length == expected.length && memcmp(got.data, expected.data, got.length) == 0);
    postino_session_lost(&session, 0, 0);
    free(expected.data);
    free(got.data);
    return 0;
}
