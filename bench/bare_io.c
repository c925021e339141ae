/* SPDX-License-Identifier: MIT */
/* Invariant: every reply that was counted is complete and positive. */

#define _GNU_SOURCE

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "bare.h"

struct bare_text bare_text_make(size_t capacity)
{
    struct bare_text text = {.data = bench_allocate_for_good(capacity)};

    return text;
}

void bare_text_add(struct bare_text *text, const char *data, size_t octets)
{
    memcpy(text->data + text->octets, data, octets);
    text->octets += octets;
}

void bare_text_add_word(struct bare_text *text, const char *word)
{
    bare_text_add(text, word, strlen(word));
}

void bare_write(struct bare *bare, const char *data, size_t octets)
{
    while (octets > 0) {
        size_t piece = bare->split != 0 && bare->split < octets ? bare->split : octets;
        ssize_t sent = send(bare->handle, data, piece, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            bench_die("send: %s", strerror(errno));
        data += sent;
        octets -= (size_t)sent;
    }
}

/* Counts the replies that these octets complete: lines whose fourth octet is not a hyphen. */
static size_t bare_count(struct bare *bare, const char *data, size_t octets)
{
    size_t replies = 0;
    size_t i;

    for (i = 0; i < octets; i++) {
        if (bare->reply_code_at < sizeof bare->reply_line)
            bare->reply_line[bare->reply_code_at++] = data[i];
        if (data[i] != '\n')
            continue;
        if (bare->reply_line[0] != '2' && bare->reply_line[0] != '3')
            bench_die("the server refused: %.4s", bare->reply_line);
        replies += bare->reply_line[3] != '-';
        bare->reply_code_at = 0;
    }
    return replies;
}

size_t bare_poll(struct bare *bare, int wait)
{
    char buffer[16384];
    size_t replies = 0;
    ssize_t arrived;

    while (replies == 0) {
        arrived = recv(bare->handle, buffer, sizeof buffer, wait ? 0 : MSG_DONTWAIT);
        if (arrived > 0)
            replies = bare_count(bare, buffer, (size_t)arrived);
        else if (arrived == 0)
            bench_die("the server closed the connection");
        else if (errno == EAGAIN && !wait)
            break;
        else if (errno != EINTR)
            bench_die("recv: %s", strerror(errno));
    }
    return replies;
}

void bare_await(struct bare *bare, size_t count)
{
    while (count > 0) {
        size_t replies = bare_poll(bare, 1);
        if (replies > count)
            bench_die("more replies than commands");
        count -= replies;
    }
}

void bare_add_bdat(struct bare_text *text, const struct bench_message *message)
{
    char command[BARE_WORD_OCTETS];

    bare_text_add_word(text, BARE_MAIL BARE_RCPT);
    (void)snprintf(command, sizeof command, "BDAT %zu LAST\r\n", message->octets);
    bare_text_add_word(text, command);
    bare_text_add(text, bench_message_flat(message), message->octets);
}
