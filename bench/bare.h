/* SPDX-License-Identifier: MIT */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

#include <stddef.h>

#include "common.h"

/* The bare write loops: what a client could reach that did nothing but write prepared octets and count the
 * replies. */

struct bare {
    size_t port;
    const char *mode;
    size_t mails;
    size_t octets;       /* of a message */
    size_t window;       /* mails ahead of their replies */
    size_t write_octets; /* of one write of a large message */
    size_t quit_ahead;   /* not 0: QUIT does not wait for the replies to the last mails */
    size_t reset;        /* not 0: RSET before each mail across mails */
    size_t split;        /* not 0: no write takes more octets than these */
    int handle;
    size_t reply_code_at; /* octets of the line that arrives, as far as they matter */
    char reply_line[4];
};

/* Prepared octets. */
struct bare_text {
    char *data;
    size_t octets;
};

struct bare_text bare_text_make(size_t capacity);
void bare_text_add(struct bare_text *text, const char *data, size_t octets);
void bare_text_add_word(struct bare_text *text, const char *word);

void bare_write(struct bare *bare, const char *data, size_t octets);

/* Takes replies until `count` are complete; each must be positive. */
void bare_await(struct bare *bare, size_t count);

/* Takes the replies that are there, waiting for the first one where `wait` is not 0, and returns how many. */
size_t bare_poll(struct bare *bare, int wait);

#define BARE_MAIL "MAIL FROM:<" BENCH_SENDER ">\r\n"
#define BARE_RCPT "RCPT TO:<" BENCH_RECIPIENT ">\r\n"
#define BARE_DATA "DATA\r\n"
#define BARE_QUIT "QUIT\r\n"
#define BARE_RSET "RSET\r\n"
#define BARE_EHLO "EHLO " BENCH_EHLO_NAME "\r\n"

/* The commands of a mail take at most so many octets. */
#define BARE_WORD_OCTETS 256

/* Adds envelope and message in one piece, by BDAT. */
void bare_add_bdat(struct bare_text *text, const struct bench_message *message);

void bare_large_data(struct bare *bare);
void bare_large_bdat(struct bare *bare);

/* Chunks of `write_octets`, each with the next one's command right behind it: for the sink's own test. */
void bare_chunks(struct bare *bare);

#endif
