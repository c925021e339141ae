/* SPDX-License-Identifier: MIT */
#ifndef BENCH_COMMON_H
#define BENCH_COMMON_H

#include <stddef.h>
#include <stdint.h>

/* The programs of the bench share these functions. A program that fails says why in one line and ends with
 * exit status 1. */

#define BENCH_LINE_OCTETS  80
#define BENCH_BLOCK_OCTETS (800 * BENCH_LINE_OCTETS)
#define BENCH_MESSAGE_MIN  400
#define BENCH_LIMIT_S      120
#define BENCH_SENDER       "bench@sender.test"
#define BENCH_RECIPIENT    "bench@recipient.test"
#define BENCH_EHLO_NAME    "client.bench.test"

#define BENCH_PRINTF __attribute__((format(printf, 1, 2)))

void bench_die(const char *format, ...) BENCH_PRINTF __attribute__((noreturn));

/* An option of a program: "--name VALUE"; exactly one of `number` and `text` is set. */
struct bench_option {
    const char *name;
    size_t *number;
    const char **text;
};

/* Reads the command line into the table, which ends with a name of NULL. Returns where it stopped: behind a
 * "--", or at argc. */
int bench_options(int argc, char **argv, const struct bench_option *options);

/* A clock that runs on. */
uint64_t bench_now_us(void);

/* Lets SIGALRM kill the process after `limit_s`: whatever becomes of its parent, it does not stay behind. */
void bench_limit_life(size_t limit_s);

/* Returns a listening socket on a free port of 127.0.0.1 that does not block. */
int bench_listen(uint16_t *port);

/* Returns a blocking socket connected to 127.0.0.1, with TCP_NODELAY. */
int bench_connect(size_t port);

void bench_set_nonblocking(int handle);
void bench_set_nodelay(int handle);

/* A message of any size in constant memory: a head, then the lines of a block over and over. Every line ends
 * with CRLF, and some of the block begin with a dot, so that whoever gets transparency wrong miscounts. */
struct bench_message {
    size_t octets;
    size_t head_octets;
    const char *head;
    const char *block;
};

/* Makes the message of exactly `octets`, BENCH_MESSAGE_MIN at least; what it holds lives as long as the
 * process. */
struct bench_message bench_message_make(size_t octets);

/* Returns the octets that stand at `offset` of the message, and how many are in one piece there. */
const char *bench_message_span(const struct bench_message *message, size_t offset, size_t *octets);

/* Returns the whole message in one piece; lives as long as the process. */
char *bench_message_flat(const struct bench_message *message);

/* Writes the first `octets` of `text`, whole lines, to `out` with their leading dots doubled, and returns how
 * many that makes; `out` may be NULL, to count only. */
size_t bench_stuff(char *out, const char *text, size_t octets);

/* malloc() that does not fail. */
void *bench_allocate(size_t octets);

/* Memory, all 0, that lives as long as the process. */
void *bench_allocate_for_good(size_t octets);

#endif
