/* SPDX-License-Identifier: MIT */
#ifndef SIZE_PEER_H
#define SIZE_PEER_H

/* A server that takes one mail by DATA or BDAT and keeps the octets of its message, and the SIZE of MAIL. */
#include "postino/extension.h"
#include "postino/session.h"

#define PEER_OCTETS 262144

static struct {
    char line[512];
    size_t line_octets;
    char message[PEER_OCTETS];
    size_t message_octets;
    size_t chunk_octets;
    size_t announced; /* SIZE_MAX: nothing was */
    int chunking, data, last, chunks;
} peer;

static void peer_say(struct postino_session *session, const char *reply)
{
    postino_session_input(session, (const uint8_t *)reply, strlen(reply), 0);
}

static void peer_line(struct postino_session *session)
{
    const char *size = strstr(peer.line, " SIZE=");

    if (strncmp(peer.line, "EHLO", 4) == 0) {
        peer_say(session, peer.chunking
                              ? "250-mx\r\n250-SIZE\r\n250-8BITMIME\r\n250-CHUNKING\r\n250 BINARYMIME\r\n"
                              : "250-mx\r\n250-SIZE\r\n250 8BITMIME\r\n");
    } else if (strncmp(peer.line, "DATA", 4) == 0) {
        peer.data = 1;
        peer_say(session, "354 go\r\n");
    } else if (strncmp(peer.line, "BDAT ", 5) == 0) {
        peer.chunk_octets = strtoul(peer.line + 5, NULL, 10);
        peer.last = strstr(peer.line, " LAST") != NULL;
        peer.chunks = 1;
        if (peer.chunk_octets == 0)
            peer_say(session, "250 ok\r\n");
    } else if (strncmp(peer.line, "QUIT", 4) == 0) {
        peer_say(session, "221 bye\r\n");
    } else {
        if (strncmp(peer.line, "MAIL", 4) == 0 && size != NULL)
            peer.announced = strtoul(size + 6, NULL, 10);
        peer_say(session, "250 ok\r\n");
    }
}

static void peer_octet(struct postino_session *session, char octet)
{
    if (peer.chunk_octets != 0) {
        peer.message[peer.message_octets++] = octet;
        if (--peer.chunk_octets == 0)
            peer_say(session, "250 ok\r\n");
        return;
    }
    assert_true(peer.line_octets < sizeof peer.line - 1);
    peer.line[peer.line_octets++] = octet;
    if (octet != '\n')
        return;
    peer.line[peer.line_octets] = '\0';
    if (!peer.data) {
        peer.line_octets = 0;
        peer_line(session);
        return;
    }
    if (strcmp(peer.line, ".\r\n") == 0) {
        peer.data = 0;
        peer_say(session, "250 ok\r\n");
    } else {
        size_t dot = peer.line[0] == '.';

        memcpy(peer.message + peer.message_octets, peer.line + dot, peer.line_octets - dot);
        peer.message_octets += peer.line_octets - dot;
    }
    peer.line_octets = 0;
}

/* Sends a mail with this source. Returns the error of the mail's result. */
static int peer_receive(struct postino_source *source, int chunking)
{
    static const struct postino_session_config config = {.ehlo_name = "client.example.com",
                                                         .time_limits = &postino_time_limits_rfc5321,
                                                         .extensions = postino_extensions_all,
                                                         .mails_in_flight_max = 1};
    struct postino_recipient recipient = {.address = "b@example.org"};
    struct postino_mail mail = {.reverse_path = "a@example.com", .recipients = &recipient, .source = source};
    struct postino_session session;
    uint8_t out[61];
    int error;

    memset(&peer, 0, sizeof peer);
    peer.announced = SIZE_MAX;
    peer.chunking = chunking;
    assert_int_equal(postino_session_init(&session, &config, 0), 0);
    error = postino_session_submit(&session, &mail);
    if (error != 0)
        return error;
    peer_say(&session, "220 mx\r\n");
    while ((postino_session_want(&session) & POSTINO_WANT_SEND) != 0) {
        size_t length = postino_session_output(&session, out, sizeof out, 0);
        size_t i;

        assert_true(length != 0);
        for (i = 0; i < length; i++)
            peer_octet(&session, (char)out[i]);
    }
    postino_session_lost(&session, POSTINO_ERROR_CLOSED, 0);
    assert_int_equal(mail.result.outcome == POSTINO_OUTCOME_ACCEPTED, mail.result.error == 0);
    return mail.result.error;
}

#endif
