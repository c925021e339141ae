/* SPDX-License-Identifier: MIT */
/* This server knows the part of SMTP that round trips need, and shares no code with the engine. */
#include "batch_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum batch_state {
    BATCH_COMMAND,
    BATCH_LOGIN_USER,
    BATCH_LOGIN_PASSWORD,
    BATCH_DATA,
    BATCH_CHUNK,
    BATCH_HANDSHAKE
};

/* The message begins at the begin of a line. */
#define BATCH_MARK_LINE 2
static const char batch_mark[] = "\r\n.\r\n";

static void batch_breach(struct batch_server *server, const char *what)
{
    if (server->breach[0] == '\0') {
        (void)snprintf(server->breach, sizeof server->breach, "%s: %.80s", what, server->line);
    }
}

static void batch_reply(struct batch_server *server, const char *text)
{
    size_t length = strlen(text);

    if (length > sizeof server->replies - server->replies_octets) {
        abort();
    }
    memcpy(server->replies + server->replies_octets, text, length);
    server->replies_octets += length;
}

void batch_server_init(struct batch_server *server, int pipelining, int chunking)
{
    memset(server, 0, sizeof *server);
    server->pipelining = pipelining;
    server->chunking = chunking;
    batch_reply(server, "220 mail.example.org ready\r\n");
    server->deaf = 1;
}

int batch_server_encrypt(struct batch_server *server)
{
    if (server->state != BATCH_HANDSHAKE) {
        return -1;
    }
    server->state = BATCH_COMMAND;
    server->encrypted = 1;
    server->starttls = 0;
    return 0;
}

void batch_server_given(struct batch_server *server)
{
    server->replies_octets = 0;
    server->deaf = 0;
}

static void batch_end(struct batch_server *server)
{
    if (!server->open || server->recipients == 0) {
        batch_breach(server, "a message for nobody");
    }
    batch_reply(server, "250 Taken\r\n");
    server->mails++;
    server->open = 0;
    server->recipients = 0;
    server->state = BATCH_COMMAND;
    server->deaf = !server->pipelining;
}

static void batch_chunk(struct batch_server *server)
{
    char *after;

    server->chunk_octets = (size_t)strtoul(server->line + 5, &after, 10);
    server->last = strcmp(after, " LAST") == 0;
    if (!server->chunking || !server->open || (*after != '\0' && !server->last)) {
        batch_breach(server, "BDAT out of place");
    }
    if (server->chunk_octets != 0) {
        server->state = BATCH_CHUNK;
    } else if (server->last) {
        batch_end(server);
    }
}

/* Returns 1 for a command of the mail's envelope. */
static int batch_envelope(struct batch_server *server)
{
    const char *line = server->line;

    if (strncmp(line, "MAIL FROM:<", 11) == 0) {
        if (server->open) {
            batch_breach(server, "MAIL within a transaction");
        }
        server->open = 1;
    } else if (strncmp(line, "RCPT TO:<", 9) == 0) {
        if (!server->open) {
            batch_breach(server, "RCPT without MAIL");
        }
        server->recipients++;
    } else if (strcmp(line, "RSET") == 0) {
        server->open = 0;
        server->recipients = 0;
        server->resets++;
    } else {
        return 0;
    }
    batch_reply(server, "250 Ok\r\n");
    server->deaf = !server->pipelining;
    return 1;
}

static void batch_command(struct batch_server *server)
{
    const char *line = server->line;

    if (server->deaf || server->closed) {
        batch_breach(server, "sent behind what ends a group");
    }
    if (!server->starttls && batch_envelope(server)) {
        return;
    }
    server->deaf = 1;
    if (strncmp(line, "EHLO ", 5) == 0) {
        batch_reply(server, "250-mail.example.org\r\n");
        batch_reply(server, server->pipelining ? "250-PIPELINING\r\n" : "");
        batch_reply(server, server->chunking ? "250-CHUNKING\r\n" : "");
        batch_reply(server, server->starttls ? "250 STARTTLS\r\n" : "250 AUTH PLAIN LOGIN\r\n");
    } else if (server->starttls && strcmp(line, "STARTTLS") == 0) {
        batch_reply(server, "220 Go ahead\r\n");
        server->state = BATCH_HANDSHAKE;
    } else if (server->starttls) {
        batch_breach(server, "in the clear");
    } else if (strncmp(line, "AUTH PLAIN ", 11) == 0) {
        batch_reply(server, "235 Welcome\r\n");
    } else if (strcmp(line, "AUTH LOGIN") == 0) {
        batch_reply(server, "334 VXNlcm5hbWU6\r\n");
        server->state = BATCH_LOGIN_USER;
    } else if (strcmp(line, "DATA") == 0) {
        batch_reply(server, "354 Go on\r\n");
        server->state = BATCH_DATA;
        server->mark = BATCH_MARK_LINE;
        server->data++;
    } else if (strncmp(line, "BDAT ", 5) == 0) {
        server->deaf = 0;
        batch_chunk(server);
    } else if (strcmp(line, "QUIT") == 0) {
        batch_reply(server, "221 Bye\r\n");
        server->closed = 1;
    } else {
        batch_breach(server, "not known");
    }
}

static void batch_line(struct batch_server *server)
{
    switch (server->state) {
    case BATCH_LOGIN_USER:
        batch_reply(server, "334 UGFzc3dvcmQ6\r\n");
        server->state = BATCH_LOGIN_PASSWORD;
        server->deaf = 1;
        break;
    case BATCH_LOGIN_PASSWORD:
        batch_reply(server, "235 Welcome\r\n");
        server->state = BATCH_COMMAND;
        server->deaf = 1;
        break;
    default:
        batch_command(server);
        break;
    }
}

static void batch_message(struct batch_server *server, char octet)
{
    if (server->deaf) {
        batch_breach(server, "a message before its 354");
    }
    server->message_octets++;
    if (octet == batch_mark[server->mark]) {
        server->mark++;
    } else {
        server->mark = octet == '\r';
    }
    if (server->mark == sizeof batch_mark - 1) {
        server->message_octets -= 3;
        batch_end(server);
    }
}

void batch_server_take(struct batch_server *server, const uint8_t *data, size_t length_octets)
{
    size_t i;

    for (i = 0; i < length_octets; i++) {
        char octet = (char)data[i];

        if (server->state == BATCH_HANDSHAKE) {
            batch_breach(server, "in place of the handshake");
        } else if (server->state == BATCH_DATA) {
            batch_message(server, octet);
        } else if (server->state == BATCH_CHUNK) {
            server->message_octets++;
            if (--server->chunk_octets == 0) {
                server->state = BATCH_COMMAND;
                if (server->last) {
                    batch_end(server);
                } else {
                    batch_reply(server, "250 So far\r\n");
                }
            }
        } else if (octet == '\n' && server->line_octets != 0 &&
                   server->line[server->line_octets - 1] == '\r') {
            server->line[server->line_octets - 1] = '\0';
            batch_line(server);
            server->line_octets = 0;
        } else if (server->line_octets < sizeof server->line - 1) {
            server->line[server->line_octets++] = octet;
            server->line[server->line_octets] = '\0';
        } else {
            batch_breach(server, "a line too long");
        }
    }
}
