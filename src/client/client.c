/* SPDX-License-Identifier: MIT */
/* Invariant: `connected` is set exactly while the connection is open, and then the session is not over; each
 * session that ran over one is told of its end once. A mail is with the session, or in line for another
 * connection, from its submission until it is collected, and is accepted only where a session settled it so.
 */

#include "internal.h"

#include "../engine/mails.h"
#include "../engine/reply.h"
#include "../engine/state.h"

/* "submissions", RFC 8314 section 7.3. */
#define CLIENT_TLS_PORT        465
/* A farewell may come in so many pieces; a server that says more between mails is closed. */
#define CLIENT_FAREWELL_PIECES 100

static uint32_t client_now_ms(struct postino_client *client)
{
    return client->transport->methods->now_ms(client->transport);
}

int postino_client_start(struct postino_client *client, struct postino_transport *transport)
{
    client->connected = 0;
    client->again = NULL;
    client->avoided = 0;
    client->helo = 0;
    client->settled = 0;
    client->transport = transport;
    /* So that a bad configuration is known before anything is connected, and postino_client_session() has
     * something to show. */
    return postino_session_init(&client->session, &client->session_config, 0);
}

/* NULL: the transport has no TLS. */
static const struct postino_tls_info *client_tls(const struct postino_client *client)
{
    struct postino_transport *transport = client->transport;

    return transport->methods->tls != NULL ? transport->methods->tls(transport) : NULL;
}

/* Where it was TLS that failed, the session says so in the transport's words. */
static void client_tls_failed(struct postino_client *client, int error)
{
    const struct postino_tls_info *info = client_tls(client);

    if (error <= POSTINO_ERROR_TLS_CONFIG && error > POSTINO_ERROR_CONNECT_TIMEOUT && info != NULL)
        postino_session_tls_failed(&client->session, error, info->text);
}

/* Connects. A connection that could not be made is a session lost before its first octet: it settles the mail
 * as after any other loss. */
static void client_connect(struct postino_client *client)
{
    const struct postino_tls_info *info;
    int error = client->transport->methods->connect(client->transport, client->connect_timeout_ms);

    if (error != 0) {
        client_tls_failed(client, error);
        postino_session_lost(&client->session, error, 0);
        return;
    }
    info = client_tls(client);
    if ((client->credentials.port == CLIENT_TLS_PORT || client->transport->port == CLIENT_TLS_PORT) &&
        client->session_config.tls != &postino_tls_none && (info == NULL || info->version == NULL)) {
        /* The server awaits the handshake, and no greeting comes. */
        client->transport->methods->close(client->transport, 0);
        postino_session_lost(&client->session, POSTINO_ERROR_TLS_PORT, 0);
        return;
    }
    postino_session_connected(&client->session, client_now_ms(client));
    client->connected = 1;
    if (info != NULL && info->version != NULL)
        postino_session_tls_started(&client->session, info, client_now_ms(client));
}

/* Runs the session until it is ready for a mail, or with `until` 0 until it is over. What the pump returns is
 * the connection's fate, or POSTINO_AGAIN; a mail's stands in its result. */
static int client_pump(struct postino_client *client, unsigned until)
{
    int status = postino_pump(&client->session, client->transport, until);

    client->connected = (postino_session_want(&client->session) & POSTINO_WANT_CLOSED) == 0;
    if (!client->connected && client->session.result.step == POSTINO_STEP_AUTH)
        postino_sasl_wipe(client->credentials.state);
    if (!client->connected)
        client_tls_failed(client, client->session.result.error);
    return status;
}

/* Servers close idle connections, with a 421 or without a word. Looks whether this one did, so that the mail
 * goes over a new connection instead of into a dead one, and tells the session the time: the limits of what
 * comes next run from now, not from before the pause. Does not block. */
static void client_check(struct postino_client *client)
{
    struct postino_transport *transport = client->transport;
    unsigned pieces = CLIENT_FAREWELL_PIECES;
    int status;

    do {
        const uint8_t *data = NULL;
        size_t length_octets = 0;

        status = transport->methods->receive(transport, &data, &length_octets);
        if (status > 0)
            length_octets = 0;
        if (status >= 0)
            postino_session_input(&client->session, data, length_octets, client_now_ms(client));
        if (status > 0 && (postino_session_want(&client->session) & POSTINO_WANT_CLOSED) == 0)
            return;
    } while (status == 0 && client->session.over == 0 && --pieces != 0);
    transport->methods->close(transport, 0);
    postino_session_lost(&client->session, status, transport->unsent_octets);
    client->connected = 0;
}

/* Leaves in a mail that the session did not take why it did not. Objects in use are left alone: they say what
 * becomes of the mail that has them. */
static int client_refuse(struct postino_mail *mail, int error)
{
    enum {
        REFUSED = 2
    };
    struct postino_recipient *recipient;

    if ((mail->marks & MAIL_IN_USE) != 0)
        return POSTINO_ERROR_MAIL_IN_USE;
    mail->result = (struct postino_result){.error = (int16_t)error, .outcome = POSTINO_OUTCOME_NOT_ATTEMPTED};
    mail->result.step = error == POSTINO_ERROR_FORWARD_PATH || error == POSTINO_ERROR_NO_RECIPIENT
                            ? POSTINO_STEP_RCPT
                            : POSTINO_STEP_MAIL;
    mail->result.outcome = (uint8_t)postino_mail_check_outcome(NULL, error);
    /* The list may lead back into itself, or into that of another mail. */
    for (recipient = mail->recipients; recipient != NULL && recipient->in_use != REFUSED;
         recipient = recipient->next) {
        if (recipient->in_use)
            continue;
        recipient->in_use = REFUSED;
        recipient->outcome = mail->result.outcome;
        if (recipient->record != NULL && !recipient->record->in_use)
            postino_record_clear(recipient->record);
        recipient->reply_code = 0;
    }
    for (recipient = mail->recipients; recipient != NULL && recipient->in_use; recipient = recipient->next) {
        if (recipient->in_use == REFUSED)
            recipient->in_use = 0;
    }
    return error;
}

/* A session that a mail can be handed to, over a connection that stands or one that is still to be made. */
static int client_session(struct postino_client *client)
{
    if (client->connected && client->session.mails == NULL)
        client_check(client);
    if (client->connected || client->session.mails != NULL)
        return POSTINO_OK;
    client->progress = 0;
    postino_client_fallback_begin(client);
    return postino_session_init(&client->session, &client->session_config, client_now_ms(client));
}

static int client_submit(struct postino_client *client, struct postino_mail *mail)
{
    const struct postino_recipient *recipient;
    int error = client_session(client);

    /* From the first mail on that has records replies are looked at one by one. */
    for (recipient = mail->recipients; recipient != NULL; recipient = recipient->next) {
        if (recipient->record != NULL)
            client->session_config.records = &postino_records;
    }
    /* Before connecting: for a mail that cannot be sent nobody is called. */
    return error == POSTINO_OK ? postino_session_submit_borrowed(&client->session, mail) : error;
}

/* Puts a mail in line for another connection. */
static void client_again(struct postino_client *client, struct postino_mail *mail)
{
    uint8_t attempts = mail->result.error != POSTINO_ERROR_MAIL_LIMIT && mail->result.error != POSTINO_OK;

    if (mail->result.error == POSTINO_ERROR_REFUSED && mail->result.step == POSTINO_STEP_RSET) {
        /* A server that refuses what follows a message before that is settled (Haraka does) gets one mail at
         * a time from now on. */
        attempts = client->session_config.mails_in_flight_max <= 1;
        client->session_config.mails_in_flight_max = 1;
    }
    /* Servers end a connection after so many mails: Exim with 421 after a number of them, or with 554 at the
     * eleventh RSET that no message stands before. */
    if (!client->progress || postino_client_is_fallback(mail))
        mail->attempts = attempts;

    mail->next = NULL;
    if (client->again == NULL)
        client->again = mail;
    else
        client->again_last->next = mail;
    client->again_last = mail;
}

static int client_is_lost(int error)
{
    return error == POSTINO_ERROR_CLOSED || error == POSTINO_ERROR_RECEIVE || error == POSTINO_ERROR_SEND;
}

/* The mail met a connection that the server had given up, or had no more room for it: nothing of it can have
 * been delivered. Only a connection that had worked is given up on, or one that was lost in the handshake;
 * one that never did will not do better. */
static int client_is_again(const struct postino_client *client, const struct postino_mail *mail)
{
    const struct postino_result *result = &client->session.result;

    if (mail->result.error == POSTINO_ERROR_MAIL_LIMIT)
        return mail->result.outcome == POSTINO_OUTCOME_NOT_ATTEMPTED;
    if (mail->attempts != 0 || (mail->marks & MAIL_ACCEPTED) != 0 ||
        (mail->result.outcome != POSTINO_OUTCOME_NOT_ATTEMPTED &&
         mail->result.outcome != POSTINO_OUTCOME_TRANSIENT))
        return 0;
    if (mail->result.error != result->error ||
        ((result->error != POSTINO_ERROR_REFUSED || result->step != POSTINO_STEP_RSET) &&
         result->error != POSTINO_ERROR_SERVICE_CLOSING && !client_is_lost(result->error)))
        return 0;
    /* In the handshake it was the session that TLS offered, or so it seems: that was given up on. */
    if (result->step == POSTINO_STEP_STARTTLS)
        return result->error != POSTINO_ERROR_SERVICE_CLOSING;
    return result->step != POSTINO_STEP_GREETING && result->step != POSTINO_STEP_EHLO &&
           result->step != POSTINO_STEP_AUTH;
}

/* Hands in the mails that wait for another connection, when the one before is done with. Returns NULL, or one
 * that is not taken. */
static struct postino_mail *client_next_connection(struct postino_client *client)
{
    struct postino_mail *mail;
    int error;

    while ((mail = client->again) != NULL) {
        client->again = mail->next;
        mail->next = NULL;
        error = client_submit(client, mail);
        if (error != POSTINO_OK) {
            postino_mail_release(mail);
            (void)client_refuse(mail, error);
            return mail;
        }
    }
    return NULL;
}

int postino_client_submit(struct postino_client *client, struct postino_mail *mail)
{
    int error;

    if (client == NULL || mail == NULL)
        return POSTINO_ERROR_ARGUMENT;
    error = postino_mail_borrow(mail);
    if (error != POSTINO_OK)
        return client_refuse(mail, error);
    mail->attempts = 0;
    if (client->session.mails == NULL && client->again == NULL)
        client->progress = 0;
    if (client->session.over != 0 && client->session.mails != NULL) {
        /* What the lost connection left is not collected yet. */
        mail->result.error = POSTINO_OK;
        client_again(client, mail);
        return POSTINO_OK;
    }
    error = client_submit(client, mail);
    if (error == POSTINO_OK)
        return error;
    postino_mail_release(mail);
    return client_refuse(mail, error);
}

struct postino_mail *postino_client_collect(struct postino_client *client)
{
    if (client == NULL)
        return NULL;
    for (;;) {
        struct postino_mail *mail = postino_session_take_finished(&client->session);

        if (mail != NULL) {
            int again = client_is_again(client, mail) || postino_client_fallback(client, mail);

            client->settled |= mail->result.reply_code != 0;
            if (!again) {
                if (mail->result.outcome == POSTINO_OUTCOME_ACCEPTED ||
                    mail->result.outcome == POSTINO_OUTCOME_PERMANENT)
                    client->progress = 1;
                postino_mail_release(mail);
                return mail;
            }
            client_again(client, mail);
        } else if (client->session.mails == NULL) {
            if (client->again == NULL)
                return NULL;
            postino_client_quit(client);
            /* The transport's own limit has passed. */
            if (client->connected)
                return NULL;
            mail = client_next_connection(client);
            if (mail != NULL)
                return mail;
        } else if (!client->connected) {
            client_connect(client);
        } else {
            if (client_pump(client, POSTINO_WANT_COLLECT) == POSTINO_AGAIN)
                return NULL;
            /* The session gave up, and says QUIT. */
            if (client->connected && client->session.quitting != 0)
                (void)client_pump(client, 0);
        }
    }
}

int postino_client_send(struct postino_client *client, struct postino_mail *mail)
{
    int error;

    if (client == NULL || mail == NULL)
        return POSTINO_ERROR_ARGUMENT;
    if (client->session.mails != NULL || client->again != NULL)
        return client_refuse(mail, POSTINO_ERROR_STATE);
    error = postino_client_submit(client, mail);
    if (error != POSTINO_OK)
        return error;
    /* The transport's own patience is at an end, and the mail is under way. */
    if (postino_client_collect(client) == NULL)
        return POSTINO_AGAIN;
    return mail->result.outcome == POSTINO_OUTCOME_ACCEPTED ? 0 : mail->result.error;
}

/* Returns 0, or what became of the connection. */
static int client_call(struct postino_client *client)
{
    int error = client_session(client);

    if (error != POSTINO_OK)
        return error;
    /* What a lost connection left is to be collected first. */
    if (!client->connected && client->session.over == 0)
        client_connect(client);
    if (client->connected)
        error = client_pump(client, POSTINO_WANT_MAIL | POSTINO_WANT_COLLECT);
    if (client->connected)
        return error;
    return client->session.result.error != POSTINO_OK ? client->session.result.error : POSTINO_ERROR_STATE;
}

int postino_client_connect(struct postino_client *client)
{
    int error;

    if (client == NULL)
        return POSTINO_ERROR_ARGUMENT;
    error = client_call(client);
    /* As client_is_again() and postino_client_fallback() do for a mail. */
    if (client->session.mails == NULL && client_is_lost(error) &&
        (client->session.result.step == POSTINO_STEP_STARTTLS || postino_client_fallback_helo(client)))
        error = client_call(client);
    return error;
}

int postino_client_service(struct postino_client *client, struct postino_service *service)
{
    int error;

    if (client == NULL || service == NULL)
        return POSTINO_ERROR_ARGUMENT;
    if (service->in_use)
        return POSTINO_ERROR_SERVICE_IN_USE;
    /* Of an earlier use. */
    service->done = 0;
    if (client->session.mails != NULL || client->again != NULL)
        return POSTINO_ERROR_STATE;
    error = postino_client_connect(client);
    if (error == POSTINO_OK)
        error = postino_session_service(&client->session, service);
    if (error == POSTINO_OK) {
        error = client_pump(client, POSTINO_WANT_MAIL);
        if (service->done)
            error = POSTINO_OK;
    }
    return error;
}

void postino_client_quit(struct postino_client *client)
{
    if (client == NULL)
        return;
    if (client->connected && client->session.mails == NULL)
        client_check(client);
    if (client->connected) {
        postino_session_quit(&client->session);
        client_pump(client, 0);
    }
}

const struct postino_session *postino_client_session(const struct postino_client *client)
{
    return &client->session;
}
