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

/* What a source says of its message when it begins, as bits. */
enum postino_source_flag {
    /* Every line ends in CRLF, the last one too: the octets go out as they are, transparency dots apart. */
    POSTINO_SOURCE_CANONICAL = 1,
    /* begin() may be called again, for a further transaction of the same mail. */
    POSTINO_SOURCE_REWINDS = 2,
    /* It holds, or may hold, octets above 127 (RFC 6152). */
    POSTINO_SOURCE_8BIT = 4,
    /* It is no text in lines: it goes out octet by octet as it is, which needs BINARYMIME (RFC 3030). Only
     * with a size that is known. */
    POSTINO_SOURCE_BINARY = 8,
    /* Reading it through costs next to nothing (it lies in memory), so that the session may count its octets
     * before it sends them. Only with POSTINO_SOURCE_REWINDS. */
    POSTINO_SOURCE_IN_MEMORY = 16
};

struct postino_source_info {
    /* The message's size on the wire: every line ended by CRLF, transparency dots not counted. Or
     * POSTINO_SIZE_UNKNOWN. A source that says a size gives exactly as much, and END, with no WAIT between,
     * right behind its last octet. */
    size_t size_octets;
    uint8_t flags; /* of enum postino_source_flag */
};

struct postino_source_class {
    /* Starts the message from its first octet; called at the begin of each transaction. `capabilities` are
     * the bits of enum postino_capability that the server offers; a message composed on the fly adapts to
     * 8BITMIME and BINARYMIME. Fills in *info. As long as nothing was
     * consumed it may be called again. Returns 0, or a negative value: the mail fails before anything of it
     * is sent, with that error if it is one of the -1xx of enum postino_error_code, else with
     * POSTINO_ERROR_SOURCE. */
    int (*begin)(struct postino_source *source, uint32_t capabilities, struct postino_source_info *info);
    /* Lends the octets that come next, as many as are at hand. They stay valid until the next call to the
     * source. Asking again without consume() lends the same octets. */
    enum postino_source_status (*span)(struct postino_source *source, const uint8_t **data,
                                       size_t *length_octets);
    /* Gives back the first `length_octets` of the span that was lent: they were taken. */
    void (*consume)(struct postino_source *source, size_t length_octets);
    /* Tells before anything is connected whether the message can be sent at all. Called when a mail is
     * submitted that passed every other check, with all `capabilities` that a server may offer for it;
     * begin() follows. NULL: nothing is known so early. Returns 0, or an error as begin(): then the mail is
     * not taken. */
    int (*check)(struct postino_source *source, uint32_t capabilities);
    /* For a source that reads other sources: calls postino_source_mark() for each of them with the same
     * `in_use`. Returns 0; or its error, with no mark left. NULL: it reads none. */
    int (*mark)(struct postino_source *source, int in_use);
};

/* The head of every source; a concrete source has it as its first member. Start from {0}. */
struct postino_source {
    const struct postino_source_class *methods;
    /* private */
    uint8_t in_use;
};

/* Marks a source, and the sources that it reads, as in use; with `in_use` 0 takes the marks off. A session
 * does so with the source of each mail (see postino/mail.h); only a source over other sources calls it, from
 * its mark(). Returns 0; or, with nothing marked, POSTINO_ERROR_SOURCE_IN_USE, or POSTINO_ERROR_PART_IN_USE
 * for a part of a message. */
int postino_source_mark(struct postino_source *source, int in_use);

struct postino_span {
    const void *data;
    size_t length_octets;
};

/* A source over an array of spans in memory. The array and what it points to are borrowed until the mail is
 * finished. It can be read any number of times. It does not say whether octets above 127 are among them. */
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
    struct postino_source source;
    /* private */
    const uint8_t *data;
    size_t length_octets;
    size_t offset_octets;
    uint8_t flags;
};

/* Makes a source of the `length_octets` at `data`, a message as RFC 5322 describes it (headers, an empty
 * line, the body); line ends may be CRLF, LF or CR. It says whether octets above 127 are among them; of more
 * than a mebibyte, it only says so where the server takes them. May be called at any time that no session
 * reads the source. The octets are borrowed until the mail is finished. Any thread, one at a time. */
void postino_memory_source_init(struct postino_memory_source *source, const void *data, size_t length_octets);

/* The same for a message whose lines all end in CRLF, the last one too: it is not looked through for line
 * ends, which is faster. That it is so is the caller's promise: octets for which it does not hold reach the
 * server as they are. */
void postino_memory_source_init_canonical(struct postino_memory_source *source, const void *data,
                                          size_t length_octets);

/* A source whose octets a callback gives piece by piece: a message of any size without a buffer for it. */
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

/* Makes a source of the function `read`, which lends the octets that come next, at least one, valid until it
 * is called again, and returns POSTINO_SOURCE_DATA, or one of the other statuses. `begin` is called before
 * the first `read` of each transaction and starts the message anew; it returns 0, or a negative value: the
 * mail fails. It may be NULL where the message can be read only once: then the mail is not split over several
 * transactions. `size_octets` is the message's size on the wire as in struct postino_source_info, or
 * POSTINO_SIZE_UNKNOWN; `flags` are POSTINO_SOURCE_CANONICAL, _8BIT, _BINARY, or 0. May be called at any time
 * that no session reads the source. Any thread, one at a time. */
void postino_callback_source_init(struct postino_callback_source *source, int (*begin)(void *context),
                                  enum postino_source_status (*read)(void *context, const uint8_t **data,
                                                                     size_t *length_octets),
                                  void *context, size_t size_octets, unsigned flags);

#ifdef __cplusplus
}
#endif

#endif
