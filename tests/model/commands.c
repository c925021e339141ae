/* SPDX-License-Identifier: MIT */
/* Checks the client's commands strictly: a command that is wrong, too early, or not offered is the
 * client's fault. */
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void model_command_fault(struct model_connection *connection, const char *what)
{
    model_fault(connection->world, "connection %u, \"%.80s\": %s", connection->index, connection->line, what);
}

/* The octets that the client had received when it began this command. */
size_t model_knew(struct model_connection *connection)
{
    return model_given_at(connection, connection->line_start);
}

size_t model_reply_end(const struct model_connection *connection)
{
    return connection->silent ? MODEL_NEVER : connection->out.length;
}

static int pipelining(const struct model_connection *connection)
{
    return connection->extended && (connection->policy.capabilities & POSTINO_CAPABILITY_PIPELINING) != 0;
}

void model_mail_decided(struct model_connection *connection)
{
    if (connection->transactions != 0 && connection->transactions <= 1024 &&
        connection->decided[connection->transactions - 1] == MODEL_NEVER) {
        connection->decided[connection->transactions - 1] = model_reply_end(connection);
    }
}

static void hello(struct model_connection *connection, int extended)
{
    if (connection->extended || (connection->greeted && extended)) {
        model_command_fault(connection, "a second greeting");
    }
    connection->greeted = 1;
    if (!extended) {
        (void)model_reply(connection, 250);
        return;
    }
    if (model_chance(&connection->random, connection->policy.refuse_ehlo)) {
        (void)model_reply(connection, model_refusal(connection));
        return;
    }
    connection->extended = 1;
    model_reply_ehlo(connection);
}

static void auth(struct model_connection *connection, const char *arguments)
{
    const struct model_settings *settings = &connection->world->settings;

    if (!settings->auth || !(connection->policy.capabilities & POSTINO_CAPABILITY_AUTH) ||
        !connection->extended || connection->authenticated || connection->transactions != 0) {
        model_command_fault(connection, "AUTH here");
    }
    if (strcmp(arguments, "LOGIN\r\n") == 0) {
        connection->auth_round = 1;
    } else if (strcmp(arguments, "PLAIN AHVzZXIAc2VjcmV0\r\n") != 0) {
        model_command_fault(connection, "AUTH with what?");
    }
    if (model_chance(&connection->random, connection->policy.refuse_auth)) {
        (void)model_reply(connection, model_refusal(connection));
    } else if (connection->auth_round == 1) {
        if (model_reply(connection, 334) == 334) {
            connection->state = MODEL_RESPONSE;
        }
    } else {
        connection->authenticated = model_reply(connection, 235) == 235;
    }
}

static void response(struct model_connection *connection)
{
    const char *expected = connection->auth_round == 1 ? "dXNlcg==\r\n" : "c2VjcmV0\r\n";

    if (strcmp(connection->line, expected) != 0 && strcmp(connection->line, "*\r\n") != 0) {
        model_command_fault(connection, "not the response");
    }
    connection->state = MODEL_COMMAND;
    if (connection->line[0] == '*') {
        (void)model_reply(connection, 501);
    } else if (connection->auth_round == 1 && model_reply(connection, 334) == 334) {
        connection->auth_round = 2;
        connection->state = MODEL_RESPONSE;
    } else if (connection->auth_round == 2) {
        connection->authenticated = model_reply(connection, 235) == 235;
    }
}

void model_left_open(struct model_connection *connection)
{
    connection->left_open_end = model_reply_end(connection);
    connection->left_open_transaction = connection->transactions;
    connection->left_open_cleared = 0;
}

void model_check_left_open(struct model_connection *connection, size_t number)
{
    size_t given = model_knew(connection);

    if (connection->left_open_end != 0 && given >= connection->left_open_end &&
        number > connection->left_open_transaction &&
        (connection->left_open_cleared == 0 || given < connection->left_open_cleared)) {
        model_command_fault(connection,
                            "sent behind a refusal that left a transaction open, before RSET was answered");
    }
}

/* Checks the conditions for DATA, and for the first BDAT. */
static void check_message(struct model_connection *connection, int chunk)
{
    const struct model_settings *settings = &connection->world->settings;
    struct model_transaction *transaction = &connection->transaction;
    size_t given = model_knew(connection);
    struct model_mail *mail;

    model_check_left_open(connection, connection->transactions);
    /* A BDAT that nobody needs any more is a waste, and no fault: it may stand in the group already. */
    if (transaction->mail < 0 || (!chunk && given >= transaction->mail_end) || transaction->asked == 0) {
        model_command_fault(connection, "a message without MAIL and RCPT");
        return;
    }
    mail = &connection->world->mails[transaction->mail];
    if (!chunk && transaction->open && transaction->accepted_count == 0 &&
        given >= transaction->last_reply_end) {
        model_command_fault(connection, "a message, and every recipient was known to be refused");
    }
    if (transaction->open && mail->mail.delivery == NULL && transaction->accepted_count != 0 &&
        transaction->accepted_count != mail->recipient_count) {
        model_command_fault(connection, "a message to some recipients where all were asked for");
    }
    if (chunk && (mail->wire.length > settings->group_octets_max || !mail->rewinds) &&
        given < transaction->last_reply_end) {
        model_command_fault(connection,
                            "a large message, or one that cannot be read again, before the replies to RCPT");
    }
    if (mail->binary && !(chunk && transaction->binary)) {
        model_command_fault(connection, "a binary message as text");
    }
}

static void data_command(struct model_connection *connection)
{
    struct model_transaction *transaction = &connection->transaction;
    int empty = !transaction->open || transaction->accepted_count == 0;
    int refuse = model_chance(&connection->random, connection->policy.refuse_data);
    unsigned code;

    check_message(connection, 0);
    if (transaction->chunks) {
        model_command_fault(connection, "DATA after BDAT");
    }
    if (empty) {
        int eager = connection->policy.eager_354 && !connection->world->settings.lmtp;

        code = model_reply(connection, eager ? 354 : transaction->open ? 554 : 503);
    } else {
        code = model_reply(connection, refuse ? model_refusal(connection) : 354);
    }
    if (code == 354) {
        connection->state = MODEL_DATA;
        connection->dots = 0;
        transaction->data.length = 0;
        return;
    }
    if (transaction->mail >= 0) {
        struct model_mail *mail = &connection->world->mails[transaction->mail];

        mail->codes[mail->code_count++ % 8] = (uint16_t)code;
    }
    if (transaction->open) {
        model_left_open(connection);
    }
    model_mail_decided(connection);
}

static void chunk_command(struct model_connection *connection, const char *arguments)
{
    struct model_transaction *transaction = &connection->transaction;
    unsigned long octets = 0;
    int end = 0;

    if (!connection->extended || (connection->policy.capabilities & POSTINO_CAPABILITY_CHUNKING) == 0) {
        model_command_fault(connection, "BDAT not offered");
    }
    if (!transaction->chunks) {
        check_message(connection, 1);
    }
    transaction->chunks = 1;
    if (sscanf(arguments, "%lu%n", &octets, &end) != 1) {
        model_command_fault(connection, "the syntax of BDAT");
    }
    connection->chunk_last = strcmp(arguments + end, " LAST\r\n") == 0;
    if (!connection->chunk_last && (strcmp(arguments + end, "\r\n") != 0 || octets == 0)) {
        model_command_fault(connection, "the syntax of BDAT");
    }
    connection->chunk_left = octets;
    connection->state = MODEL_CHUNK;
    if (octets == 0) {
        model_chunk_done(connection);
    }
}

static void rset_command(struct model_connection *connection)
{
    unsigned code = model_reply(connection, model_chance(&connection->random, connection->policy.refuse_rset)
                                                ? model_refusal(connection)
                                                : 250);

    /* A mail without a message was given up on the answers to its recipients. */
    if (connection->transactions != 0 && connection->transactions <= 1024 &&
        connection->decided[connection->transactions - 1] == MODEL_NEVER) {
        connection->decided[connection->transactions - 1] = connection->transaction.last_reply_end;
    }
    connection->rset_since_end = 1;
    connection->rset_refused = code / 100 != 2;
    connection->rset_end = model_reply_end(connection);
    if (connection->rset_refused && connection->rset_end < connection->confused_end) {
        connection->confused_end = connection->rset_end;
    }
    if (!connection->rset_refused) {
        if (connection->left_open_cleared == 0) {
            connection->left_open_cleared = connection->rset_end;
        }
        model_transaction_begin(connection);
    }
}

static void quit_command(struct model_connection *connection)
{
    /* The last answer to a message gets lost on the way, and 221 comes in its place. */
    if (connection->final_end == connection->out.length && connection->given <= connection->final_start &&
        !connection->silent && model_chance(&connection->random, connection->policy.drop_final)) {
        connection->out.length = connection->final_start;
        connection->final_dropped = 1;
        connection->policy.closing = 0; /* nobody could know whom 421 answers */
    }
    (void)model_reply(connection, 221);
    connection->closed = 1;
    connection->state = MODEL_GONE;
}

static int is(struct model_connection *connection, const char *verb, char **arguments)
{
    size_t length = strlen(verb);

    *arguments = connection->line + length;
    return strncmp(connection->line, verb, length) == 0;
}

void model_command(struct model_connection *connection)
{
    const struct model_settings *settings = &connection->world->settings;
    char *arguments;
    int joins = 0;

    if (connection->line_length > 512 || connection->line[connection->line_length - 2] != '\r') {
        model_command_fault(connection, "too long, or a bare LF");
    }
    if (connection->state == MODEL_RESPONSE) {
        response(connection);
    } else if (is(connection, settings->lmtp ? "LHLO client.example.com\r\n" : "EHLO client.example.com\r\n",
                  &arguments)) {
        hello(connection, 1);
    } else if (!settings->lmtp && is(connection, "HELO client.example.com\r\n", &arguments)) {
        hello(connection, 0);
    } else if (is(connection, "AUTH ", &arguments)) {
        auth(connection, arguments);
    } else if (is(connection, "MAIL FROM:", &arguments)) {
        joins = 1;
        model_mail_command(connection, arguments);
    } else if (is(connection, "RCPT TO:", &arguments)) {
        joins = 1;
        model_rcpt_command(connection, arguments);
    } else if (is(connection, "DATA\r\n", &arguments)) {
        data_command(connection);
    } else if (is(connection, "BDAT ", &arguments)) {
        chunk_command(connection, arguments);
        return;
    } else if (is(connection, "RSET\r\n", &arguments)) {
        joins = 1;
        rset_command(connection);
    } else if (is(connection, "QUIT\r\n", &arguments)) {
        quit_command(connection);
    } else {
        model_command_fault(connection, "not a command");
    }
    if (!joins || !pipelining(connection)) {
        connection->barrier = model_reply_end(connection);
    }
}
