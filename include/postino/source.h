/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_SOURCE_H
#define POSTINO_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A message is read from a source: the session asks for a span of octets, copies what fits straight into the
 * port's send buffer, and gives the span back. So a message of any size passes through constant memory and is
 * copied once. */

#define POSTINO_SIZE_UNKNOWN SIZE_MAX

/* What span() found. */
enum postino_source_status {
    POSTINO_SOURCE_DATA = 0, /* at least one octet is lent */
    POSTINO_SOURCE_END = 1,  /* the message is complete */
    POSTINO_SOURCE_WAIT = 2, /* nothing now; postino_session_source_ready() says when to ask again */
    POSTINO_SOURCE_FAIL = 3  /* the rest cannot be had: the mail is given up without its end mark */
};

struct postino_source;

struct postino_source_class {
    /* Starts the message from its first octet; called at the begin of each transaction. `capabilities` are
     * the bits of enum postino_capability that the server offers. Sets *size_octets to the message's size on
     * the wire (every line ended by CRLF, transparency dots not counted), or to POSTINO_SIZE_UNKNOWN. Returns
     * 0, or a negative value: the mail fails with POSTINO_ERROR_SOURCE before anything of it is sent. */
    int (*begin)(struct postino_source *source, uint32_t capabilities, size_t *size_octets);
    /* Lends the octets that come next, as many as are at hand. They stay valid until the next call to the
     * source. Asking again without consume() lends the same octets. */
    enum postino_source_status (*span)(struct postino_source *source, const uint8_t **data,
                                       size_t *length_octets);
    /* Gives back the first `length_octets` of the span that was lent: they were taken. */
    void (*consume)(struct postino_source *source, size_t length_octets);
};

/* The head of every source; a concrete source has it as its first member. */
struct postino_source {
    const struct postino_source_class *methods;
};

struct postino_span {
    const void *data;
    size_t length_octets;
};

/* A source over an array of spans in memory. The array and what it points to are borrowed until the mail is
 * finished. It can be read any number of times. */
struct postino_spans_source {
    struct postino_source source;
    /* private */
    const struct postino_span *spans;
    size_t count;
    size_t index;
    size_t offset_octets;
};

/* Makes a source of `count` spans; a span may be empty. May be called at any time that no session reads the
 * source. The array is borrowed. Any thread, one at a time. */
void postino_spans_source_init(struct postino_spans_source *source, const struct postino_span *spans,
                               size_t count);

/* A source over one piece of memory. */
struct postino_memory_source {
    struct postino_spans_source spans;
    struct postino_span span;
};

/* Makes a source of the `length_octets` at `data`, a message as RFC 5322 describes it (headers, an empty
 * line, the body); line ends may be CRLF, LF or CR. May be called at any time that no session reads the
 * source. The octets are borrowed until the mail is finished. Any thread, one at a time. */
void postino_memory_source_init(struct postino_memory_source *source, const void *data, size_t length_octets);

#ifdef __cplusplus
}
#endif

#endif
