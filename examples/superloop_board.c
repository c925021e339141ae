/* SPDX-License-Identifier: MIT */
/* A board for superloop.c on a PC. Its modem takes and gives a few octets at a time. The mail server at
 * the other end behaves differently on each call. The clock runs as fast as the loop. After the last call
 * it ends the process, with exit status 0 if every mail had the expected result. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "postino/error.h"
#include "superloop_board.h"

#define COUNT(array)  (sizeof(array) / sizeof(array)[0])
#define SENSOR_MS     1000U
#define STORY_ENDS_MS (24U * 3600U * 1000U)
#define AWAY          (-1) /* the server's end of the connection: not there */

enum server_behaviour {
    SERVER_GOOD,
    SERVER_UNREACHABLE, /* there is never a connection */
    SERVER_BUSY,        /* 421 in place of a greeting */
    SERVER_LOST,        /* takes the message, and the connection breaks before it says so */
    SERVER_CUT,         /* breaks in the midst of the message */
    SERVER_REFUSES      /* nobody here has that address */
};

/* The event of each call of the modem, and the expected result of the mail. */
static const struct {
    enum server_behaviour server;
    enum postino_outcome expected;
} story[] = {
    {SERVER_UNREACHABLE, POSTINO_OUTCOME_NOT_ATTEMPTED},
    {SERVER_BUSY, POSTINO_OUTCOME_NOT_ATTEMPTED},
    {SERVER_LOST, POSTINO_OUTCOME_UNKNOWN},
    {SERVER_GOOD, POSTINO_OUTCOME_ACCEPTED},
    {SERVER_REFUSES, POSTINO_OUTCOME_PERMANENT},
    {SERVER_CUT, POSTINO_OUTCOME_TRANSIENT},
    {SERVER_GOOD, POSTINO_OUTCOME_ACCEPTED},
};

static struct {
    unsigned calls;
    int connection; /* AWAY, or 1 */
    int in_message;
    char line[256];
    size_t line_octets;
    char reply[256]; /* on its way to the client */
    size_t reply_octets;
    char message[512];
    char last_message[512];
} server = {.connection = AWAY};

static struct {
    uint32_t ticks;
    unsigned turns;
    int busy; /* the modem takes octets */
    unsigned results;
    unsigned faults;
} board;

static enum server_behaviour behaviour(void)
{
    return server.calls <= COUNT(story) ? story[server.calls - 1].server : SERVER_UNREACHABLE;
}

/* ---- The server ---- */

static void server_say(const char *text)
{
    size_t length = strlen(text);

    if (length > sizeof server.reply - server.reply_octets)
        abort();
    memcpy(server.reply + server.reply_octets, text, length);
    server.reply_octets += length;
}

static void server_take_message_line(const char *line)
{
    size_t length = strlen(server.message);

    if (strcmp(line, ".\r\n") != 0) {
        (void)snprintf(server.message + length, sizeof server.message - length, "%s", line);
        if (behaviour() == SERVER_CUT)
            server.connection = AWAY;
        return;
    }
    server.in_message = 0;
    if (behaviour() == SERVER_GOOD) {
        printf("the server took:\n%s", server.message);
        server_say("250 taken\r\n");
    } else {
        server.connection = AWAY;
    }
}

static void server_take_line(const char *line)
{
    if (server.in_message) {
        server_take_message_line(line);
    } else if (strncmp(line, "EHLO ", 5) == 0) {
        server_say("250-relay.example\r\n250 SIZE 10000\r\n");
    } else if (strncmp(line, "RCPT TO:", 8) == 0 && behaviour() == SERVER_REFUSES) {
        server_say("550 nobody has that address\r\n");
    } else if (strcmp(line, "DATA\r\n") == 0) {
        server_say("354 go on\r\n");
        server.in_message = 1;
        server.message[0] = '\0';
    } else if (strcmp(line, "QUIT\r\n") == 0) {
        server_say("221 bye\r\n");
    } else {
        server_say("250 ok\r\n");
    }
}

static void server_take(const uint8_t *data, int length)
{
    for (; length > 0 && server.connection != AWAY; data++, length--) {
        if (server.line_octets == sizeof server.line - 1)
            abort();
        server.line[server.line_octets++] = (char)*data;
        if (*data == '\n') {
            server.line[server.line_octets] = '\0';
            server.line_octets = 0;
            server_take_line(server.line);
        }
    }
}

/* ---- The modem ---- */

uint32_t driver_ticks(void)
{
    return board.ticks;
}

void driver_dial(void)
{
    server.calls++;
    server.connection = 1;
    server.line_octets = 0;
    server.reply_octets = 0;
    server.in_message = 0;
    if (behaviour() == SERVER_BUSY)
        server_say("421 too busy\r\n");
    else if (behaviour() != SERVER_UNREACHABLE)
        server_say("220 relay.example ESMTP\r\n");
}

int driver_read(uint8_t *data, int capacity)
{
    int length = (int)(board.turns % 8); /* a few octets, and now and then none */

    if (server.reply_octets == 0)
        return server.connection == AWAY ? -1 : 0;
    if (length > capacity)
        length = capacity;
    if ((size_t)length > server.reply_octets)
        length = (int)server.reply_octets;
    memcpy(data, server.reply, (size_t)length);
    server.reply_octets -= (size_t)length;
    memmove(server.reply, server.reply + length, server.reply_octets);
    return length;
}

int driver_write(const uint8_t *data, int length)
{
    int room = (int)(board.turns % 6);

    if (server.connection == AWAY)
        return -1;
    if (behaviour() == SERVER_UNREACHABLE)
        return 0;
    if (length > room)
        length = room;
    board.busy = 1;
    server_take(data, length);
    return length;
}

void driver_hang_up(int graceful)
{
    printf("hung up%s\n", graceful ? "" : " at once");
    server.connection = AWAY;
    server.reply_octets = 0;
}

/* ---- The rest of the board ---- */

static uint32_t board_now_s(void)
{
    return board.ticks / DRIVER_TICKS_PER_SECOND;
}

/* Dry for half an hour, and under water for half an hour, in turn. */
int board_level_cm(void)
{
    return (board_now_s() / 1800) % 2 == 0 ? 3 : 57;
}

void board_mail_result(unsigned outcome, int error, uint32_t again_ms)
{
    printf("%lu s: %s (%s)", (unsigned long)board_now_s(), postino_outcome_name(outcome),
           postino_strerror(error));
    if (again_ms != 0)
        printf(", again in %lu s", (unsigned long)(again_ms / 1000));
    printf("\n");
    board.faults += server.calls != board.results + 1 || outcome != (unsigned)story[board.results].expected;
    /* Another attempt must send the very same message. */
    if (behaviour() == SERVER_LOST)
        memcpy(server.last_message, server.message, sizeof server.message);
    else if (board.results != 0 && story[board.results - 1].server == SERVER_LOST)
        board.faults += strcmp(server.last_message, server.message) != 0;
    board.results++;
}

void board_other_work(uint32_t idle_ms)
{
    board.turns++;
    /* With octets on their way the modem interrupts the doze; the sensor is looked at once a second. */
    if (server.reply_octets != 0 || board.busy || idle_ms == 0)
        board.ticks++;
    else
        board.ticks += ((idle_ms < SENSOR_MS ? idle_ms : SENSOR_MS) * DRIVER_TICKS_PER_SECOND + 999) / 1000;
    board.busy = 0;
    if (board.results == COUNT(story) && server.connection == AWAY)
        exit(board.faults != 0);
    if (board_now_s() > STORY_ENDS_MS / 1000) {
        printf("the story did not end\n");
        exit(1);
    }
}
