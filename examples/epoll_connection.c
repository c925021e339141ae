/* SPDX-License-Identifier: MIT */
/* Invariant: an open connection waits for the events and the deadline that its session wants; both are
 * derived anew at the end of each step, so neither can be forgotten. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "epoll_connection.h"

/* No connection gets more of a turn than this, so that one fast server cannot starve the others. */
#define SENDS_A_TURN    4
#define RECEIVES_A_TURN 16

static const char headers_and_body[] = "From: Station <station@a.test>\r\n"
                                       "To: ann@b.test\r\n"
                                       "Subject: Level\r\n"
                                       "\r\n"
                                       "17 cm\r\n";

/* ---- Mails ---- */

static void mail_settled(struct loop *loop, const struct postino_mail *mail)
{
    loop->outcomes[mail->result.outcome]++;
    if (mail->result.error < 0 && mail->result.error > -ERRORS)
        loop->errors[-mail->result.error]++;
}

/* Hands in the connection's next mail. */
static void connection_submit(struct connection *connection)
{
    /* Mails to one recipient come back in order, so the oldest slot is the free one. */
    struct slot *slot = &connection->slots[connection->begun % IN_FLIGHT];
    int length = snprintf(slot->id, sizeof slot->id, "Message-ID: <%ld.%u.%u@a.test>\r\n", (long)getpid(),
                          (unsigned)(connection - connection->loop->connections), connection->begun);

    memset(&slot->recipient, 0, sizeof slot->recipient);
    memset(&slot->mail, 0, sizeof slot->mail);
    slot->spans[0] = (struct postino_span){slot->id, (size_t)length};
    slot->spans[1] = (struct postino_span){headers_and_body, sizeof headers_and_body - 1};
    postino_spans_source_init(&slot->message, slot->spans, 2);
    slot->recipient.address = "ann@b.test";
    slot->mail.reverse_path = "station@a.test";
    slot->mail.recipients = &slot->recipient;
    slot->mail.source = &slot->message.source;
    if (postino_session_submit(&connection->session, &slot->mail) == 0)
        connection->begun++;
    else
        postino_session_abort(&connection->session);
}

/* Takes back what is settled, and hands in what the session has room for. */
static void connection_mails(struct connection *connection)
{
    const struct postino_mail *mail;

    while ((mail = postino_session_finished(&connection->session)) != NULL) {
        mail_settled(connection->loop, mail);
        connection->settled++;
    }
    while ((postino_session_want(&connection->session) & POSTINO_WANT_MAIL) != 0) {
        if (connection->begun == connection->loop->mails)
            postino_session_quit(&connection->session); /* and MAIL is not wanted any more */
        else if (connection->begun - connection->settled < IN_FLIGHT)
            connection_submit(connection);
        else
            break;
    }
}

/* ---- A connection ---- */

/* Where epoll has no memory for it, the deadline ends the connection. */
static void connection_watch(struct connection *connection, uint32_t events)
{
    struct epoll_event event = {.events = events, .data = {.ptr = connection}};

    if (events != connection->events)
        (void)epoll_ctl(connection->loop->epoll, connection->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD,
                        connection->socket, &event);
    connection->events = events;
}

/* The end of the connection, for the reason `error` as far as it is known here. First the socket, then the
 * session: what it says of the mails then holds. */
static void connection_end(struct connection *connection, int error)
{
    const struct linger reset = {.l_onoff = 1, .l_linger = 0};

    if ((postino_session_want(&connection->session) & POSTINO_WANT_GRACEFUL) == 0)
        (void)setsockopt(connection->socket, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    (void)close(connection->socket); /* which takes it out of epoll, too */
    postino_session_lost(&connection->session, connection->send_error != 0 ? connection->send_error : error,
                         connection->unsent_octets);
    connection_mails(connection);
    /* Those that were never handed in. */
    connection->loop->outcomes[POSTINO_OUTCOME_NOT_ATTEMPTED] += connection->loop->mails - connection->begun;
    deadline_clear(&connection->loop->deadlines, &connection->deadline);
    connection->loop->connecting -= connection->connecting != 0;
    connection->loop->open--;
}

/* Sends until there is nothing to send, the kernel takes no more, or the turn is over. */
static void connection_send(struct connection *connection, uint64_t now)
{
    unsigned turns;

    for (turns = 0; turns < SENDS_A_TURN && connection->send_error == 0; turns++) {
        ssize_t taken;

        if (connection->unsent_octets == 0) {
            connection->unsent_offset = 0;
            connection->unsent_octets = postino_session_output(&connection->session, connection->send_buffer,
                                                               sizeof connection->send_buffer, (uint32_t)now);
            /* With PIPELINING the next mail may follow at once. */
            connection_mails(connection);
        }
        if (connection->unsent_octets == 0)
            return;
        taken = send(connection->socket, connection->send_buffer + connection->unsent_offset,
                     connection->unsent_octets, MSG_NOSIGNAL);
        if (taken >= 0) {
            connection->unsent_offset += (size_t)taken;
            connection->unsent_octets -= (size_t)taken;
            postino_session_progress(&connection->session, (uint32_t)now);
        } else if (errno == EAGAIN) {
            return;
        } else if (errno != EINTR) {
            connection->send_error = POSTINO_ERROR_SEND;
        }
    }
}

/* Returns 1 when octets arrived, 0 when none did, or why the connection is at its end. */
static int connection_receive(struct connection *connection, uint64_t now)
{
    ssize_t arrived = recv(connection->socket, connection->loop->receive_buffer,
                           sizeof connection->loop->receive_buffer, 0);

    if (arrived > 0) {
        postino_session_input(&connection->session, connection->loop->receive_buffer, (size_t)arrived,
                              (uint32_t)now);
        return 1;
    }
    if (arrived == 0)
        return POSTINO_ERROR_CLOSED;
    return errno != EAGAIN && errno != EINTR ? POSTINO_ERROR_RECEIVE : 0;
}

/* Once: with level-triggered events what is left makes epoll report the socket again. But what arrived is
 * heard before a limit is judged, for the loop may come late: then all of it, as long as it is no flood.
 * Returns 0, or why the connection is at its end. */
static int connection_hear(struct connection *connection, uint64_t now)
{
    unsigned turns = 1;
    int arrived = connection_receive(connection, now);

    while (arrived > 0 && turns++ < RECEIVES_A_TURN &&
           postino_session_wait_ms(&connection->session, (uint32_t)now) == 0)
        arrived = connection_receive(connection, now);
    return arrived < 0 ? arrived : 0;
}

/* Whether the connection stands, or failed, though epoll did not say so yet. */
static int connection_is_made(const struct connection *connection)
{
    struct pollfd entry = {.fd = connection->socket, .events = POLLOUT};

    return poll(&entry, 1, 0) > 0;
}

/* Returns 0, or why there is no connection. */
static int connection_connected(struct connection *connection, uint64_t now)
{
    int reason = 0;
    socklen_t length = sizeof reason;

    if (getsockopt(connection->socket, SOL_SOCKET, SO_ERROR, &reason, &length) != 0 || reason != 0)
        return POSTINO_ERROR_CONNECT;
    connection->connecting = 0;
    connection->loop->connecting--;
    postino_session_connected(&connection->session, (uint32_t)now);
    return 0;
}

void connection_step(struct connection *connection, uint32_t events, uint64_t now)
{
    const struct postino_session *session = &connection->session;
    uint32_t wait_ms;
    unsigned want;
    int error = 0;

    if (connection->connecting)
        error = events != 0 || connection_is_made(connection) ? connection_connected(connection, now)
                                                              : POSTINO_ERROR_CONNECT_TIMEOUT;
    else if ((events & ~(uint32_t)EPOLLOUT) != 0 || postino_session_wait_ms(session, (uint32_t)now) == 0)
        error = connection_hear(connection, now);
    if (error == 0) {
        connection_mails(connection);
        connection_send(connection, now);
        /* Behind the sending: the time limit of a command begins with its first octet. */
        postino_session_tick(&connection->session, (uint32_t)now);
    }
    want = postino_session_want(session);
    if (error != 0 || (want & POSTINO_WANT_CLOSED) != 0) {
        connection_end(connection, error);
        return;
    }
    events = EPOLLIN;
    if (connection->send_error == 0 && (connection->unsent_octets != 0 || (want & POSTINO_WANT_SEND) != 0))
        events |= EPOLLOUT;
    connection_watch(connection, events);
    wait_ms = postino_session_wait_ms(session, (uint32_t)now);
    if (wait_ms == UINT32_MAX)
        deadline_clear(&connection->loop->deadlines, &connection->deadline);
    else
        deadline_set(&connection->loop->deadlines, &connection->deadline, now + wait_ms);
}

int connection_open(struct connection *connection, struct loop *loop, uint64_t now)
{
    const int on = 1;

    connection->loop = loop;
    connection->socket = socket(loop->address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connection->socket < 0)
        return -1;
    /* Else the second of two short writes waits for the acknowledgement of the first. */
    (void)setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    /* The configuration was checked when the loop began. */
    (void)postino_session_init(&connection->session, &loop->config, (uint32_t)now);
    connection->connecting = 1;
    loop->opened++;
    loop->open++;
    loop->connecting++;
    /* So that the first mail has a result when there is no connection. */
    connection_submit(connection);
    deadline_set(&loop->deadlines, &connection->deadline, now + loop->limits.greeting_ms);
    if (connect(connection->socket, loop->address->ai_addr, loop->address->ai_addrlen) == 0 ||
        errno == EINPROGRESS || errno == EINTR)
        connection_watch(connection, EPOLLOUT);
    else
        connection_end(connection, POSTINO_ERROR_CONNECT);
    return 0;
}
