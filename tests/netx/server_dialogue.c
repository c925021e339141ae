/* SPDX-License-Identifier: MIT */
/* Parses the client's octets and chooses the server's replies. */
#define _POSIX_C_SOURCE 200809L

#include "server_dialogue.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char server_silence[] = "";
const char server_close[] = "<close>";
const char server_reset[] = "<reset>";

uint64_t server_hash(uint64_t hash, const void *data, size_t octets)
{
    const unsigned char *octet = data;

    for (; octets != 0; octets--)
        hash = (hash ^ *octet++) * 1099511628211u;
    return hash;
}

static int dialogue_is(const struct server *server, const char *verb)
{
    return strncasecmp(server->line, verb, strlen(verb)) == 0;
}

static void dialogue_message_end(struct server *server)
{
    server->in_message = 0;
    server->message_end = server->received_octets;
    (void)pthread_mutex_lock(&server->mutex);
    server->messages++;
    (void)pthread_mutex_unlock(&server->mutex);
    server_say(server, SERVER_MESSAGE, "250 queued\r\n");
    if (!server->over || server->end == SERVER_END_BY_SERVER) {
        const char *reply = server->replies[SERVER_MESSAGE];
        if (reply == NULL || *reply == '2') {
            server->final_sent = server->sent_octets;
            server->mails_accepted++;
        }
    }
}

/* The octets up to CRLF.CRLF; the line end before the dot may be that of the DATA command. */
static void dialogue_message(struct server *server, char octet)
{
    static const char mark[] = "\r\n.\r\n";

    server->message_hash = server_hash(server->message_hash, &octet, 1);
    if (octet == mark[server->tail])
        server->tail++;
    else
        server->tail = octet == '\r';
    if (server->tail == sizeof mark - 1)
        dialogue_message_end(server);
}

static void dialogue_auth(struct server *server)
{
    const char *usual = "235 authenticated\r\n";
    enum server_step step = (enum server_step)(SERVER_AUTH + server->auth_round);

    if (strcmp(server->line, "*") == 0 || server->auth_round > 2) {
        server->auth_round = 0;
        server_say(server, SERVER_OTHER, "501 cancelled\r\n");
        return;
    }
    if (server->auth_round == 0) {
        server->auth_login = dialogue_is(server, "AUTH LOGIN");
        if (server->auth_login || strcasecmp(server->line, "AUTH PLAIN") == 0)
            usual = server->auth_login ? "334 VXNlcm5hbWU6\r\n" : "334 \r\n";
    } else if (server->auth_round == 1 && server->auth_login) {
        usual = "334 UGFzc3dvcmQ6\r\n";
    }
    server_say(server, step, usual);
    /* The exchange goes on as long as 334 is said. */
    if (server->replies[step] != NULL)
        usual = server->replies[step];
    server->auth_round = strncmp(usual, "334", 3) == 0 ? server->auth_round + 1 : 0;
}

static void dialogue_chunk_end(struct server *server)
{
    if (server->chunk_last)
        dialogue_message_end(server);
    else
        server_say(server, SERVER_MESSAGE, "250 go on\r\n");
}

/* The octets that BDAT announced. */
static void dialogue_chunk(struct server *server, char octet)
{
    server->message_hash = server_hash(server->message_hash, &octet, 1);
    if (--server->chunk_octets == 0)
        dialogue_chunk_end(server);
}

static void dialogue_bdat(struct server *server)
{
    char *rest = NULL;

    server->chunk_octets = strtoul(server->line + 5, &rest, 10);
    server->chunk_last = strcasecmp(rest, " LAST") == 0;
    if (server->message_start <= server->message_end)
        server->message_start = server->received_octets;
    if (server->chunk_octets == 0)
        dialogue_chunk_end(server);
}

static void dialogue_rcpt(struct server *server)
{
    const char *usual = "250 recipient ok\r\n";

    server->recipients++;
    if (strstr(server->line, "<refused@") != NULL)
        usual = "550-5.1.1 no such\r\n550 5.1.1 user\r\n";
    else if (strstr(server->line, "<later@") != NULL)
        usual = "451 4.2.0 not now\r\n";
    else if (strstr(server->line, "<many@") != NULL && server->recipients > 5)
        usual = "452 4.5.3 too many\r\n";
    server_say(server, SERVER_RCPT, usual);
}

static void dialogue_mail(struct server *server)
{
    server->recipients = 0;
    if (server->first_mail == SIZE_MAX)
        server->first_mail = server->received_octets - server->line_octets - 2;
    server_say(server, SERVER_MAIL, "250 sender ok\r\n");
}

static void dialogue_data(struct server *server)
{
    const char *reply = server->replies[SERVER_DATA];

    server_say(server, SERVER_DATA, "354 go ahead\r\n");
    if (reply == NULL || *reply == '3') {
        server->in_message = 1;
        server->message_start = server->received_octets;
        server->tail = 2;
    }
}

static void dialogue_quit(struct server *server)
{
    server_say(server, SERVER_QUIT, "221 bye\r\n");
    server->quit_ns = server_now_ns();
    if (!server->hold && !server->over) {
        server->over = 1;
        server->end = SERVER_END_BY_SERVER;
    }
}

static void dialogue_line(struct server *server)
{
    if (server->auth_round != 0 || dialogue_is(server, "AUTH "))
        dialogue_auth(server);
    else if (dialogue_is(server, "EHLO "))
        server_say(server, SERVER_EHLO, "250-mx.example.com\r\n250 AUTH LOGIN PLAIN\r\n");
    else if (dialogue_is(server, "HELO "))
        server_say(server, SERVER_HELO, "250 mx.example.com\r\n");
    else if (dialogue_is(server, "MAIL FROM:"))
        dialogue_mail(server);
    else if (dialogue_is(server, "RCPT TO:"))
        dialogue_rcpt(server);
    else if (dialogue_is(server, "BDAT "))
        dialogue_bdat(server);
    else if (dialogue_is(server, "RSET"))
        server_say(server, SERVER_RSET, "250 reset\r\n");
    else if (dialogue_is(server, "DATA"))
        dialogue_data(server);
    else if (dialogue_is(server, "QUIT"))
        dialogue_quit(server);
    else
        server_say(server, SERVER_OTHER, "500 what?\r\n");
}

void server_octet(struct server *server, char octet)
{
    if (server->chunk_octets != 0) {
        dialogue_chunk(server, octet);
        return;
    }
    if (server->in_message) {
        dialogue_message(server, octet);
        return;
    }
    if (octet == '\n') {
        if (server->line_octets != 0 && server->line[server->line_octets - 1] == '\r')
            server->line_octets--;
        server->line[server->line_octets] = '\0';
        dialogue_line(server);
        server->line_octets = 0;
    } else if (server->line_octets < sizeof server->line - 1) {
        server->line[server->line_octets++] = octet;
    }
}
