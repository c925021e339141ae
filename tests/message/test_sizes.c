/* SPDX-License-Identifier: MIT */
/* The size that a message tells, beside the octets that really go out. The cases are each kind of source
 * with each of its flags and each line end, by DATA and by BDAT. A message goes out as it is, mended,
 * signed and composed. */
#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "postino/file.h"
#include "postino/message.h"
#include "fake_dkim.h"
#include "size_peer.h"

#define OCTETS 65536

/* ---- What is sent ---- */

enum size_source {
    SOURCE_MEMORY,
    SOURCE_MEMORY_CANONICAL,
    SOURCE_SPANS,
    SOURCE_FILE,
    SOURCE_CALLBACK
};

struct size_kind {
    enum size_source source;
    unsigned flags;
    int told;    /* the callback's size is */
    int rewinds; /* the callback's message can be begun again */
};

static const struct size_kind kinds[] = {
    {SOURCE_MEMORY, 0, 1, 1},
    {SOURCE_MEMORY_CANONICAL, POSTINO_SOURCE_CANONICAL, 1, 1},
    {SOURCE_SPANS, 0, 1, 1},
    {SOURCE_FILE, 0, 0, 1},
    {SOURCE_FILE, POSTINO_SOURCE_8BIT, 0, 1},
    {SOURCE_FILE, POSTINO_SOURCE_CANONICAL, 1, 1},
    {SOURCE_FILE, POSTINO_SOURCE_BINARY, 1, 1},
    {SOURCE_CALLBACK, 0, 0, 0},
    {SOURCE_CALLBACK, 0, 0, 1},
    {SOURCE_CALLBACK, 0, 1, 0},
    {SOURCE_CALLBACK, 0, 1, 1},
    {SOURCE_CALLBACK, POSTINO_SOURCE_8BIT, 1, 1},
    {SOURCE_CALLBACK, POSTINO_SOURCE_CANONICAL, 0, 0},
    {SOURCE_CALLBACK, POSTINO_SOURCE_CANONICAL, 1, 0},
    {SOURCE_CALLBACK, POSTINO_SOURCE_CANONICAL, 1, 1},
    {SOURCE_CALLBACK, POSTINO_SOURCE_CANONICAL | POSTINO_SOURCE_8BIT, 1, 1},
    {SOURCE_CALLBACK, POSTINO_SOURCE_BINARY, 1, 0},
    {SOURCE_CALLBACK, POSTINO_SOURCE_BINARY, 1, 1},
    {SOURCE_CALLBACK, POSTINO_SOURCE_BINARY | POSTINO_SOURCE_8BIT, 1, 1},
};

enum size_wrap {
    WRAP_NONE,
    WRAP_RAW,
    WRAP_RAW_REFUSE,
    WRAP_DKIM,
    WRAP_DKIM_RAW,
    WRAP_TEXT,
    WRAP_ATTACHMENT,
    WRAP_FORWARDED,
    WRAPS
};

static char text[OCTETS];
static size_t text_octets;
static size_t read_octets; /* by the callback */

static int text_begin(void *context)
{
    (void)context;
    read_octets = 0;
    return 0;
}

static enum postino_source_status text_read(void *context, const uint8_t **data, size_t *length_octets)
{
    size_t left = text_octets - read_octets;

    (void)context;
    *data = (const uint8_t *)text + read_octets;
    *length_octets = left < 7 ? left : 7;
    read_octets += *length_octets;
    return left != 0 ? POSTINO_SOURCE_DATA : POSTINO_SOURCE_END;
}

/* Adds lines to the text, which end as `ends` says, one after the other. */
static void add_lines(const char *lines, const char *const ends[3], unsigned *count)
{
    for (; *lines != '\0'; lines++) {
        const char *octets = ends[*count % 3];

        if (*lines != '\n') {
            text[text_octets++] = *lines;
            continue;
        }
        while (*octets != '\0')
            text[text_octets++] = *octets++;
        ++*count;
    }
}

static void make_text(const char *body, const char *const ends[3], unsigned times)
{
    unsigned count = 0;

    text_octets = 0;
    add_lines("From: a@b.test\nX-Long: x\n y\nSubject: x\n\n", ends, &count);
    for (; times != 0; times--)
        add_lines(body, ends, &count);
}

/* Writes the text as it is on the wire: every line ended by CRLF. Returns how many octets. */
static size_t text_wire(char *wire)
{
    size_t octets = 0;
    size_t i;

    for (i = 0; i < text_octets; i++) {
        if (text[i] == '\n' && i != 0 && text[i - 1] == '\r')
            continue;
        if (text[i] == '\r' || text[i] == '\n')
            wire[octets++] = '\r';
        wire[octets++] = text[i] == '\r' ? '\n' : text[i];
    }
    if (octets != 0 && wire[octets - 1] != '\n') {
        wire[octets++] = '\r';
        wire[octets++] = '\n';
    }
    return octets;
}

/* ---- The table ---- */

/* The expected result. */
static int expected(const struct size_kind *kind, unsigned wrap, int chunking)
{
    int binary = (kind->flags & POSTINO_SOURCE_BINARY) != 0;

    if ((wrap == WRAP_DKIM || wrap == WRAP_DKIM_RAW) && (binary || !kind->rewinds))
        return POSTINO_ERROR_STATE;
    if ((wrap == WRAP_RAW || wrap == WRAP_RAW_REFUSE) && binary && !kind->rewinds)
        return POSTINO_ERROR_STATE;
    if (wrap <= WRAP_RAW_REFUSE && binary && !chunking)
        return POSTINO_ERROR_NOT_OFFERED;
    return wrap == WRAP_FORWARDED && !kind->rewinds ? POSTINO_ERROR_BOUNDARY : POSTINO_OK;
}

/* Whether the size must be known. */
static int is_known(const struct size_kind *kind, unsigned wrap)
{
    int in_memory = kind->source <= SOURCE_SPANS;
    int as_it_is = (kind->flags & (POSTINO_SOURCE_CANONICAL | POSTINO_SOURCE_BINARY)) != 0;

    switch (wrap) {
    case WRAP_NONE:
        return kind->told;
    case WRAP_RAW:
        return in_memory || (kind->flags & POSTINO_SOURCE_BINARY) != 0;
    case WRAP_RAW_REFUSE:
        return kind->rewinds;
    case WRAP_TEXT:
        return in_memory;
    case WRAP_ATTACHMENT:
        return in_memory || (kind->told && as_it_is);
    default: /* it is read through */
        return 1;
    }
}

static void check(const struct size_kind *kind, unsigned wrap, int chunking, FILE *file)
{
    static uint8_t buffer[POSTINO_MESSAGE_BUFFER_FAST];
    static const struct postino_mailbox from = {NULL, "a@b.test", NULL};
    static char wire[2 * OCTETS];
    struct postino_span spans[3];
    struct postino_memory_source memory;
    struct postino_spans_source pieces;
    struct postino_file_source of_file;
    struct postino_callback_source callback;
    struct postino_source *source = &memory.source;
    struct postino_raw_message raw;
    struct postino_dkim dkim;
    struct postino_part part;
    struct postino_message message;
    int binary = (kind->flags & POSTINO_SOURCE_BINARY) != 0;
    size_t octets = text_wire(wire);
    size_t signature_octets = 256;
    int error;

    spans[0].data = text;
    spans[0].length_octets = text_octets / 3;
    spans[1].data = text;
    spans[1].length_octets = 0;
    spans[2].data = text + text_octets / 3;
    spans[2].length_octets = text_octets - text_octets / 3;
    postino_memory_source_init(&memory, text, text_octets);
    if (kind->source == SOURCE_MEMORY_CANONICAL)
        postino_memory_source_init_canonical(&memory, text, text_octets);
    postino_spans_source_init(&pieces, spans, 3);
    postino_file_source_init(&of_file, fileno(file), wire + sizeof wire - 100, 100, kind->flags);
    postino_callback_source_init(&callback, kind->rewinds ? text_begin : NULL, text_read, NULL,
                                 !kind->told ? POSTINO_SIZE_UNKNOWN
                                 : binary    ? text_octets
                                             : octets,
                                 kind->flags);
    read_octets = 0;
    if (kind->source == SOURCE_SPANS)
        source = &pieces.source;
    else if (kind->source == SOURCE_FILE)
        source = &of_file.source;
    else if (kind->source == SOURCE_CALLBACK)
        source = &callback.source;

    postino_raw_message_init(&raw, source);
    raw.from = "a@b.test";
    raw.date_s = 1795649400;
    raw.refuse = wrap == WRAP_RAW_REFUSE || wrap == WRAP_DKIM_RAW ? POSTINO_RAW_NUL : 0;
    postino_dkim_init(&dkim, wrap == WRAP_DKIM_RAW ? &raw.source : source, &fake_dkim, &signature_octets,
                      "b.test", "s");
    if (wrap == WRAP_ATTACHMENT)
        postino_part_attachment_init(&part, source, NULL, "x.txt");
    else if (wrap == WRAP_FORWARDED)
        postino_part_message_init(&part, source);
    else
        postino_part_text_init(&part, source, "text/plain; charset=utf-8");
    postino_message_init(&message, &part, buffer, sizeof buffer);
    message.from = &from;
    if (wrap == WRAP_RAW || wrap == WRAP_RAW_REFUSE)
        source = &raw.source;
    else if (wrap == WRAP_DKIM || wrap == WRAP_DKIM_RAW)
        source = &dkim.source;
    else if (wrap != WRAP_NONE)
        source = &message.source;

    error = peer_receive(source, chunking);
    if (error != expected(kind, wrap, chunking) ||
        (error == 0 && peer.announced != (is_known(kind, wrap) ? peer.message_octets : SIZE_MAX)))
        fail_msg(
            "source %d flags %u told %d rewinds %d, wrap %u, %s: error %d, %lu announced, %lu went out: %s",
            (int)kind->source, kind->flags, kind->told, kind->rewinds, wrap, peer.chunks ? "BDAT" : "DATA",
            error, (unsigned long)peer.announced, (unsigned long)peer.message_octets, text);
    if (error == 0 && wrap == WRAP_NONE) {
        assert_int_equal(peer.message_octets, binary ? text_octets : octets);
        assert_memory_equal(peer.message, binary ? text : wire, peer.message_octets);
    }
}

/* Each text is sent by every kind of source, in every way. */
static void check_all(const char *body, const char *const ends[3], unsigned times)
{
    int canonical = strcmp(ends[0], "\r\n") == 0 && strcmp(ends[1], "\r\n") == 0;
    FILE *file = tmpfile();
    unsigned kind, wrap;

    assert_non_null(file);
    make_text(body, ends, times);
    canonical = canonical && text[text_octets - 1] == '\n';
    text[text_octets] = '\0';
    assert_int_equal(fwrite(text, 1, text_octets, file), text_octets);
    assert_int_equal(fflush(file), 0);
    for (kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
        /* A source that is called canonical must be so. */
        if (!canonical && (kinds[kind].flags & POSTINO_SOURCE_CANONICAL) != 0)
            continue;
        for (wrap = 0; wrap < WRAPS; wrap++) {
            check(&kinds[kind], wrap, 0, file);
            check(&kinds[kind], wrap, 1, file);
        }
    }
    assert_int_equal(fclose(file), 0);
}

static void sizes_are_those_of_the_wire(void **state)
{
    static const char *const ends[][3] = {{"\r\n", "\r\n", "\r\n"},
                                          {"\n", "\n", "\n"},
                                          {"\r", "\r", "\r"},
                                          {"\n", "\r\n", "\r"},
                                          {"\r", "\r\n", "\n"}};
    static const char *const bodies[] = {"", "hello", "hello\n", ".\n..\n.x\n\n", "\n\n\n", "x\n"};
    unsigned i, k;

    (void)state;
    for (i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        for (k = 0; k < sizeof bodies / sizeof bodies[0]; k++)
            check_all(bodies[k], ends[i], 1);
        check_all("line\n", ends[i], 400);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_those_of_the_wire),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
