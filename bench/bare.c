/* SPDX-License-Identifier: MIT */
/* Invariant: at most `window` mails are unanswered, so their replies fit into the sockets' buffers; the sink
 * is never kept from reading, and a blocking write never waits for ever.
 *
 * usage: bare --port N --mode MODE [--mails N] [--octets N] [--window N] [--write-octets N] [--split N]
 *             [--quit-ahead 1]
 * --quit-ahead: in bdat and across, QUIT follows the last mail without waiting.
 * The modes: lockstep pipelined bdat across across-data large-data large-bdat chunks. */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bare.h"

static void bare_say(struct bare *bare, const char *command)
{
    bare_write(bare, command, strlen(command));
    bare_await(bare, 1);
}

/* The message as it stands after DATA, the end mark included. */
static void bare_add_stuffed(struct bare_text *text, const struct bench_message *message)
{
    text->octets += bench_stuff(text->data + text->octets, bench_message_flat(message), message->octets);
    bare_text_add_word(text, ".\r\n");
}

static void bare_lockstep(struct bare *bare, const struct bare_text *message)
{
    size_t i;

    for (i = 0; i < bare->mails; i++) {
        bare_say(bare, BARE_MAIL);
        bare_say(bare, BARE_RCPT);
        bare_say(bare, BARE_DATA);
        bare_write(bare, message->data, message->octets);
        bare_await(bare, 1);
    }
}

static void bare_pipelined(struct bare *bare, const struct bare_text *message)
{
    size_t i;

    for (i = 0; i < bare->mails; i++) {
        bare_write(bare, BARE_MAIL BARE_RCPT BARE_DATA, strlen(BARE_MAIL BARE_RCPT BARE_DATA));
        bare_await(bare, 3);
        bare_write(bare, message->data, message->octets);
        bare_await(bare, 1);
    }
}

/* Without CHUNKING a message has to wait for 354, so one mail's end and the next one's envelope are what
 * can share a write. */
static void bare_across_data(struct bare *bare, const struct bare_text *message)
{
    const size_t octets = message->octets;
    struct bare_text joined = *message;
    size_t i;

    bare_text_add_word(&joined, BARE_MAIL BARE_RCPT BARE_DATA);
    bare_write(bare, joined.data + octets, joined.octets - octets);
    bare_await(bare, 3);
    for (i = 1; i < bare->mails; i++) {
        bare_write(bare, joined.data, joined.octets);
        bare_await(bare, 4);
    }
    bare_write(bare, joined.data, octets);
    bare_await(bare, 1);
}

/* Mails by BDAT, `window` of them ahead; refilled by halves, so that both sides have something to do. */
static void bare_across(struct bare *bare, const struct bench_message *message)
{
    const size_t replies_each = bare->reset != 0 ? 4 : 3;
    struct bare_text mails = bare_text_make(bare->window * (message->octets + BARE_WORD_OCTETS));
    size_t sent = 0;
    size_t replies = 0;
    size_t mail_octets;
    size_t i;

    for (i = 0; i < bare->window; i++) {
        if (bare->reset != 0)
            bare_text_add_word(&mails, BARE_RSET);
        bare_add_bdat(&mails, message);
    }
    mail_octets = mails.octets / bare->window; /* NOLINT(clang-analyzer-core.DivideZero) */
    while (replies < bare->mails * replies_each + (bare->quit_ahead != 0)) {
        size_t ahead = sent - replies / replies_each;
        size_t more = bare->window - ahead;
        if (more > bare->mails - sent)
            more = bare->mails - sent;
        if (more > 0 && ahead <= bare->window / 2) {
            bare_write(bare, mails.data, more * mail_octets);
            sent += more;
            if (sent == bare->mails && bare->quit_ahead != 0)
                bare_write(bare, BARE_QUIT, strlen(BARE_QUIT));
        }
        replies += bare_poll(bare, 1);
    }
}

static void bare_run(struct bare *bare)
{
    const struct bench_message message = bench_message_make(bare->octets);
    /* Every octet doubled, and a mail's commands besides: room for whatever is prepared of a small mail. */
    struct bare_text text;

    if (strcmp(bare->mode, "large-data") == 0) {
        bare_large_data(bare);
        return;
    }
    if (strcmp(bare->mode, "large-bdat") == 0) {
        bare_large_bdat(bare);
        return;
    }
    if (strcmp(bare->mode, "chunks") == 0) {
        bare_chunks(bare);
        return;
    }
    text = bare_text_make(2 * message.octets + BARE_WORD_OCTETS);
    bare_add_stuffed(&text, &message);
    if (strcmp(bare->mode, "lockstep") == 0) {
        bare_lockstep(bare, &text);
    } else if (strcmp(bare->mode, "pipelined") == 0) {
        bare_pipelined(bare, &text);
    } else if (strcmp(bare->mode, "across-data") == 0) {
        bare_across_data(bare, &text);
    } else if (strcmp(bare->mode, "bdat") == 0) {
        bare->window = 1;
        bare_across(bare, &message);
    } else if (strcmp(bare->mode, "across") == 0) {
        bare_across(bare, &message);
    } else {
        bench_die("no mode %s", bare->mode);
    }
}

int main(int argc, char **argv)
{
    struct bare bare = {.mode = "lockstep", .mails = 1, .octets = 2048, .window = 64, .write_octets = 65536};
    size_t limit_s = BENCH_LIMIT_S;
    const struct bench_option options[] = {{"port", &bare.port, NULL},
                                           {"mode", NULL, &bare.mode},
                                           {"mails", &bare.mails, NULL},
                                           {"octets", &bare.octets, NULL},
                                           {"window", &bare.window, NULL},
                                           {"write-octets", &bare.write_octets, NULL},
                                           {"quit-ahead", &bare.quit_ahead, NULL},
                                           {"reset", &bare.reset, NULL},
                                           {"split", &bare.split, NULL},
                                           {"limit-s", &limit_s, NULL},
                                           {NULL, NULL, NULL}};

    (void)bench_options(argc, argv, options);
    if (bare.mails == 0 || bare.window == 0 || bare.window > 1000 || bare.write_octets == 0)
        bench_die("--mails and --write-octets take at least 1, --window 1 to 1000");
    bench_limit_life(limit_s);
    bare.handle = bench_connect(bare.port);
    bare_await(&bare, 1);
    bare_say(&bare, BARE_EHLO);
    bare_run(&bare);
    if (bare.quit_ahead == 0)
        bare_say(&bare, BARE_QUIT);
    (void)close(bare.handle);
    return 0;
}
