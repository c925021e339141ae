/* SPDX-License-Identifier: MIT */
/* The blocking client. Read postino_client_send() first, then postino_client_submit() and
 * postino_client_collect(). Invariant: from its submission until it is collected a mail is with the
 * session, or waits for another connection; it is accepted only where a session settled it so. */
#include "internal.h"

#include "../engine/mails.h"
#include "../engine/reply.h"

int postino_client_start(struct postino_client *client, struct postino_transport *transport)
{
    client->connected = 0;
    client->again = NULL;
    client->avoided = 0;
    client->helo = 0;
    client->settled = 0;
    client->transport = transport;
    /* A bad configuration is found before the client connects. postino_client_session() needs a session. */
    return postino_session_init(&client->session, &client->session_config, 0);
}

/* Gives a refused mail its result. Objects in use keep their values: those belong to the mail that uses
 * them. */
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
    /* The list may lead back into itself, or into another mail's list. */
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

static int client_submit(struct postino_client *client, struct postino_mail *mail)
{
    const struct postino_recipient *recipient;
    int error = postino_client_prepare(client);

    /* From the first mail with records on, the session takes replies one by one. */
    for (recipient = mail->recipients; recipient != NULL; recipient = recipient->next) {
        if (recipient->record != NULL)
            client->session_config.records = &postino_records;
    }
    /* Before the client connects: a mail that cannot be sent needs no connection. */
    return error == POSTINO_OK ? postino_session_submit_borrowed(&client->session, mail) : error;
}

/* Submits the mails that wait for another connection. Returns NULL, or a mail that the session refuses. */
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
        /* Mails of the lost connection are not collected yet. */
        mail->result.error = POSTINO_OK;
        postino_client_again(client, mail);
        return POSTINO_OK;
    }
    error = client_submit(client, mail);
    if (error == POSTINO_OK)
        return error;
    postino_mail_release(mail);
    return client_refuse(mail, error);
}

/* Whether a mail that the session is done with is done for the client too. Else it waits for another
 * connection. */
static int client_is_done(struct postino_client *client, struct postino_mail *mail)
{
    int again = postino_client_is_again(client, mail) || postino_client_fallback(client, mail);

    client->settled |= mail->result.reply_code != 0;
    if (again) {
        postino_client_again(client, mail);
        return 0;
    }
    if (mail->result.outcome == POSTINO_OUTCOME_ACCEPTED || mail->result.outcome == POSTINO_OUTCOME_PERMANENT)
        client->progress = 1;
    postino_mail_release(mail);
    return 1;
}

/* Connects, or runs the session until a mail is settled. Returns 0, or POSTINO_AGAIN. */
static int client_run(struct postino_client *client)
{
    if (!client->connected) {
        postino_client_open(client);
        return POSTINO_OK;
    }
    if (postino_client_pump(client, POSTINO_WANT_COLLECT) == POSTINO_AGAIN)
        return POSTINO_AGAIN;
    /* The session gave up, and sends QUIT. */
    if (client->connected && client->session.quitting != 0)
        (void)postino_client_pump(client, 0);
    return POSTINO_OK;
}

struct postino_mail *postino_client_collect(struct postino_client *client)
{
    if (client == NULL)
        return NULL;
    for (;;) {
        struct postino_mail *mail = postino_session_take_finished(&client->session);

        if (mail != NULL) {
            if (client_is_done(client, mail))
                return mail;
        } else if (client->session.mails != NULL) {
            if (client_run(client) == POSTINO_AGAIN)
                return NULL;
        } else if (client->again != NULL) {
            postino_client_quit(client);
            /* The transport's own time limit passed. */
            if (client->connected)
                return NULL;
            mail = client_next_connection(client);
            if (mail != NULL)
                return mail;
        } else {
            return NULL;
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
    /* The transport's own time limit passed, and the mail is under way. */
    if (postino_client_collect(client) == NULL)
        return POSTINO_AGAIN;
    return mail->result.outcome == POSTINO_OUTCOME_ACCEPTED ? 0 : mail->result.error;
}

/* Returns 0 when the server is ready for a mail, or the session's error. */
static int client_call(struct postino_client *client)
{
    int error = postino_client_prepare(client);

    if (error != POSTINO_OK)
        return error;
    /* Mails of a lost connection are to be collected first. */
    if (!client->connected && client->session.over == 0)
        postino_client_open(client);
    if (client->connected)
        error = postino_client_pump(client, POSTINO_WANT_MAIL | POSTINO_WANT_COLLECT);
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
    /* As for a mail: see fallback.c. */
    if (client->session.mails == NULL && postino_client_is_lost(error) &&
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
    service->done = 0;
    if (client->session.mails != NULL || client->again != NULL)
        return POSTINO_ERROR_STATE;
    error = postino_client_connect(client);
    if (error == POSTINO_OK)
        error = postino_session_service(&client->session, service);
    if (error == POSTINO_OK) {
        error = postino_client_pump(client, POSTINO_WANT_MAIL);
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
        postino_client_check(client);
    if (client->connected) {
        postino_session_quit(&client->session);
        postino_client_pump(client, 0);
    }
}

const struct postino_session *postino_client_session(const struct postino_client *client)
{
    return &client->session;
}
