/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_SOURCE_H
#define POSTINO_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A message is read from a source. The session asks for a span of octets, copies what fits straight into the
 * port's send buffer, and gives the span back. So a message of any size passes through constant memory and is
 * copied once. */

#define POSTINO_SIZE_UNKNOWN SIZE_MAX

/* The result of span(). */
enum postino_source_status {
    POSTINO_SOURCE_DATA = 0, /* at least one octet is lent */
    POSTINO_SOURCE_END = 1,  /* the message is complete */
    POSTINO_SOURCE_WAIT = 2, /* nothing now; ask again after postino_session_source_ready() */
    POSTINO_SOURCE_FAIL = 3  /* the rest cannot be read: the mail fails without its end mark */
};

struct postino_source;

/* The properties of a message, which its source reports when it begins, as bits. */
enum postino_source_flag {
    /* Every line ends in CRLF, the last one too: the octets go out as they are, transparency dots apart. */
    POSTINO_SOURCE_CANONICAL = 1,
    /* begin() may be called again, for a further transaction of the same mail. */
    POSTINO_SOURCE_REWINDS = 2,
    /* The message holds, or may hold, octets above 127 (RFC 6152). */
    POSTINO_SOURCE_8BIT = 4,
    /* The message is not text in lines. It goes out octet by octet unchanged, which needs BINARYMIME (RFC
     * 3030). Only with a known size. */
    POSTINO_SOURCE_BINARY = 8,
    /* Reading the whole message costs next to nothing, because it lies in memory. So the session may count
     * its octets before it sends them. Only with POSTINO_SOURCE_REWINDS. */
    POSTINO_SOURCE_IN_MEMORY = 16
};

struct postino_source_info {
    /* The message's size on the wire: every line ended by CRLF, transparency dots not counted. Or
     * POSTINO_SIZE_UNKNOWN. A source that reports a size gives exactly as many octets, and END right behind
     * the last octet, without WAIT between. */
    size_t size_octets;
    uint8_t flags; /* of enum postino_source_flag */
};

struct postino_source_class {
    /* Starts the message from its first octet. Called at the start of each transaction, and again as long as
     * nothing was consumed. `capabilities` are the extensions that the server offers, as bits of enum
     * postino_capability. A message composed on the fly adapts to 8BITMIME and BINARYMIME. Fills in *info.
     * Returns 0, or a negative value: the mail fails before anything of it is sent. Its error is that value
     * if it is one of the -1xx codes of enum postino_error_code, else POSTINO_ERROR_SOURCE. */
    int (*begin)(struct postino_source *source, uint32_t capabilities, struct postino_source_info *info);
    /* Lends the octets that come next, as many as are at hand. They stay valid until the next call to the
     * source. A second call without consume() lends the same octets. */
    enum postino_source_status (*span)(struct postino_source *source, const uint8_t **data,
                                       size_t *length_octets);
    /* Gives the lent span back. Its first `length_octets` were taken. */
    void (*consume)(struct postino_source *source, size_t length_octets);
    /* Reports, before anything is connected, whether the message can be sent at all. Called when a mail that
     * passed every other check is submitted. `capabilities` are all that a server may offer for it; begin()
     * follows. NULL: nothing is known so early. Returns 0, or an error as begin() does: the mail is then
     * refused. */
    int (*check)(struct postino_source *source, uint32_t capabilities);
    /* For a source that reads other sources: calls postino_source_mark() for each of them with the same
     * `in_use`. Returns 0, or its error with no mark left. NULL: the source reads no other. */
    int (*mark)(struct postino_source *source, int in_use);
};

/* The head of every source, and its first member. Start from {0}. */
struct postino_source {
    const struct postino_source_class *methods;
    /* private */
    uint8_t in_use;
};

/* Marks a source, and the sources that it reads, as in use; with `in_use` 0 removes the marks. A session
 * marks the source of each mail (see postino/mail.h). Only the mark() of a source over other sources calls
 * this function. Returns 0. Or returns, with nothing marked, POSTINO_ERROR_SOURCE_IN_USE, or
 * POSTINO_ERROR_PART_IN_USE for a part of a message. */
int postino_source_mark(struct postino_source *source, int in_use);

struct postino_span {
    const void *data;
    size_t length_octets;
};

/* A source over an array of spans in memory. The array and the octets are borrowed until the mail is
 * finished. The source can be read any number of times. It does not report octets above 127. */
struct postino_spans_source {
    struct postino_source source;
    /* private */
    const struct postino_span *spans;
    size_t count;
    size_t index;
    size_t offset_octets;
};

/* Makes a source of `count` spans; a span may be empty. The array is borrowed. May be called at any time that
 * no session reads the source, from any thread, one at a time. */
void postino_spans_source_init(struct postino_spans_source *source, const struct postino_span *spans,
                               size_t count);

/* A source over one piece of memory. */
struct postino_memory_source {
    struct postino_source source;
    /* private */
    const uint8_t *data;
    size_t length_octets;
    size_t offset_octets;
    uint8_t flags;
};

/* Makes a source of the `length_octets` at `data`: a message as in RFC 5322, with headers, an empty line and
 * the body. Line ends may be CRLF, LF or CR. The source looks for octets above 127 and reports them. If the
 * server takes them, it reports them for more than a mebibyte without a look. The octets are borrowed until
 * the mail is finished. May be called at any time that no session reads the source, from any thread, one at a
 * time. */
void postino_memory_source_init(struct postino_memory_source *source, const void *data, size_t length_octets);

/* Makes the same source for a message whose lines all end in CRLF, the last one too. It is not searched for
 * line ends, which is faster. The caller promises this property: wrong octets reach the server unchanged. */
void postino_memory_source_init_canonical(struct postino_memory_source *source, const void *data,
                                          size_t length_octets);

/* A source whose octets a callback supplies piece by piece: a message of any size without a buffer for it. */
struct postino_callback_source {
    struct postino_source source;
    /* private */
    int (*begin)(void *context);
    enum postino_source_status (*read)(void *context, const uint8_t **data, size_t *length_octets);
    void *context;
    struct postino_source_info info;
    const uint8_t *data;
    size_t length_octets;
};

/* Makes a source of the function `read`. It lends the octets that come next, at least one, valid until the
 * next call, and returns POSTINO_SOURCE_DATA, or another status. `begin` is called before the first `read` of
 * each transaction and starts the message anew. It returns 0, or a negative value: the mail fails. `begin`
 * may be NULL if the message can be read only once; the mail is then not split over several transactions.
 *
 * `size_octets` is the size on the wire as in struct postino_source_info, or POSTINO_SIZE_UNKNOWN. `flags`
 * are POSTINO_SOURCE_CANONICAL, _8BIT, _BINARY, or 0. May be called at any time that no session reads the
 * source, from any thread, one at a time. */
void postino_callback_source_init(struct postino_callback_source *source, int (*begin)(void *context),
                                  enum postino_source_status (*read)(void *context, const uint8_t **data,
                                                                     size_t *length_octets),
                                  void *context, size_t size_octets, unsigned flags);

#ifdef __cplusplus
}
#endif

#endif
