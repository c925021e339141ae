/* SPDX-License-Identifier: MIT */
/* The commands, strictly: whatever a client may not say, or not now, or not knowing what it knows, is its
 * fault. */
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void command_fault(struct model_connection *connection, const char *what)
{
    model_fault(connection->world, "connection %u, \"%.80s\": %s", connection->index, connection->line, what);
}

/* What the client had been given when it began this command. */
static size_t knew(struct model_connection *connection)
{
    return model_given_at(connection, connection->line_start);
}

static size_t reply_end(const struct model_connection *connection)
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
        connection->decided[connection->transactions - 1] = reply_end(connection);
    }
}

static void hello(struct model_connection *connection, int extended)
{
    if (connection->extended || (connection->greeted && extended)) {
        command_fault(connection, "a second greeting");
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

    if (!settings->auth || !(connection->policy.capabilities & POSTINO_CAPABILITY_AUTH) || !connection->extended ||
        connection->authenticated || connection->transactions != 0) {
        command_fault(connection, "AUTH here");
    }
    if (strcmp(arguments, "LOGIN\r\n") == 0) {
        connection->auth_round = 1;
    } else if (strcmp(arguments, "PLAIN AHVzZXIAc2VjcmV0\r\n") != 0) {
        command_fault(connection, "AUTH with what?");
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
        command_fault(connection, "not the response");
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

/* Cuts "<path>" out of the line; returns what follows it, or NULL. */
static char *take_path(char *text, char **path)
{
    char *end = strchr(text, '>');

    if (text[0] != '<' || end == NULL) {
        return NULL;
    }
    *end = '\0';
    *path = text + 1;
    return end + 1;
}

static void mail_parameter(struct model_connection *connection, const char *word, int mail)
{
    struct model_transaction *transaction = &connection->transaction;
    uint32_t offered = connection->extended ? connection->policy.capabilities : 0;

    if (strncmp(word, "SIZE=", 5) == 0) {
        unsigned long octets = strtoul(word + 5, NULL, 10);

        if ((offered & POSTINO_CAPABILITY_SIZE) == 0 ||
            (mail >= 0 && octets != connection->world->mails[mail].wire.length) ||
            (connection->policy.size_limit != 0 && octets > connection->policy.size_limit)) {
            command_fault(connection, "SIZE");
        }
    } else if (strcmp(word, "BODY=8BITMIME") == 0 && (offered & POSTINO_CAPABILITY_8BITMIME)) {
        transaction->eight_bit = 1;
    } else if (strcmp(word, "BODY=BINARYMIME") == 0 && (offered & POSTINO_CAPABILITY_BINARYMIME)) {
        transaction->eight_bit = 1;
        transaction->binary = 1;
    } else {
        command_fault(connection, "a parameter that is not offered");
    }
}

/* What must hold before MAIL. */
static void check_mail(struct model_connection *connection)
{
    const struct model_settings *settings = &connection->world->settings;
    size_t given = knew(connection);
    size_t unsettled = 1;
    size_t i;

    for (i = 0; i < connection->transactions && i < 1024; i++) {
        unsettled += connection->decided[i] > given;
    }
    if (unsettled > settings->mails_in_flight_max && unsettled > 1) {
        command_fault(connection, "more mails in flight than allowed");
    }
    if (connection->transaction.chunk_failed && !connection->rset_refused) {
        command_fault(connection, "MAIL after a refused BDAT without RSET");
    }
    if (connection->final_end > given && !connection->rset_since_end) {
        command_fault(connection, "MAIL behind an unsettled message without RSET");
    }
    if (connection->rset_refused && given >= connection->rset_end) {
        command_fault(connection, "MAIL after a refused RSET");
    }
    if (connection->transaction.open && !connection->rset_refused) {
        command_fault(connection, "MAIL in a transaction");
    }
    if (!connection->greeted ||
        (settings->auth && !connection->authenticated &&
         !(settings->auth_if_offered && (!connection->extended || !(connection->policy.capabilities &
                                                                    POSTINO_CAPABILITY_AUTH))))) {
        command_fault(connection, "MAIL without greeting or authentication");
    }
    if (connection->policy.limits_told && connection->extended &&
        (settings->capabilities & POSTINO_CAPABILITY_LIMITS) &&
        connection->mails_begun >= connection->policy.mails_max) {
        command_fault(connection, "more mails than MAILMAX");
    }
}

static void begin_transaction(struct model_connection *connection)
{
    struct model_buffer data = connection->transaction.data;

    data.length = 0;
    memset(&connection->transaction, 0, sizeof connection->transaction);
    connection->transaction.data = data;
    connection->transaction.mail = -1;
    connection->transaction.mail_end = MODEL_NEVER;
    connection->transaction.first_taken_end = MODEL_NEVER;
}

static void mail_command(struct model_connection *connection, char *arguments)
{
    struct model_transaction *transaction = &connection->transaction;
    char *path = NULL;
    char *rest = take_path(arguments, &path);
    char *word;
    unsigned code;
    int stuck = connection->rset_refused && (transaction->open || transaction->chunk_failed);
    int mail;

    check_mail(connection);
    if (rest == NULL || (mail = model_mail_of_sender(connection->world, path)) < 0) {
        command_fault(connection, "no such sender");
        return;
    }
    begin_transaction(connection);
    for (word = strtok(rest, " \r\n"); word != NULL; word = strtok(NULL, " \r\n")) {
        mail_parameter(connection, word, mail);
    }
    connection->mails_begun++;
    if (connection->transactions < 1024) {
        connection->decided[connection->transactions] = MODEL_NEVER;
    }
    connection->transactions++;
    transaction->mail = mail;
    if (stuck) {
        code = model_reply(connection, 503);
    } else {
        code = model_reply(connection, model_chance(&connection->random, connection->policy.refuse_mail)
                                           ? model_refusal(connection)
                                           : 250);
    }
    transaction->open = code / 100 == 2;
    if (!transaction->open) {
        struct model_mail *model = &connection->world->mails[mail];

        model->codes[model->code_count++ % 8] = (uint16_t)code;
        transaction->mail_end = reply_end(connection);
        transaction->chunk_failed = stuck;
        model_mail_decided(connection);
    }
    connection->rset_refused = stuck;
}

static unsigned rcpt_code(struct model_connection *connection)
{
    struct model_transaction *transaction = &connection->transaction;
    const struct model_policy *policy = &connection->policy;

    if (!transaction->open) {
        return 503;
    }
    if (transaction->accepted_count >= policy->recipients_max) {
        return 452;
    }
    if (model_chance(&connection->random, policy->refuse_rcpt)) {
        return model_refusal(connection);
    }
    return 250 + model_draw(&connection->random, 3);
}

static void rcpt_taken(struct model_connection *connection, size_t index, unsigned code)
{
    struct model_transaction *transaction = &connection->transaction;
    struct model_recipient *recipient = &connection->world->mails[transaction->mail].models[index];

    recipient->codes[recipient->code_count++ % 8] = (uint16_t)code;
    recipient->connection = connection->index;
    recipient->final_code = 0;
    recipient->refusal_code = 0;
    transaction->last_reply_end = reply_end(connection);
    if (code / 100 == 2 && transaction->accepted_count < 160) {
        if (transaction->accepted_count == 0) {
            transaction->first_taken_end = reply_end(connection);
        }
        transaction->accepted[transaction->accepted_count++] = index;
    } else if (transaction->open) {
        recipient->refusal_code = (uint16_t)code;
        recipient->refusal_end = reply_end(connection);
        transaction->refused++;
    }
}

static void rcpt_command(struct model_connection *connection, char *arguments)
{
    const struct model_settings *settings = &connection->world->settings;
    struct model_transaction *transaction = &connection->transaction;
    size_t given = knew(connection);
    size_t index = 0;
    char *path = NULL;
    char *rest = take_path(arguments, &path);

    if (rest == NULL || strcmp(rest, "\r\n") != 0 || transaction->mail < 0) {
        command_fault(connection, "RCPT here, or its syntax");
        return;
    }
    if (model_mail_of_recipient(connection->world, path, &index) != transaction->mail) {
        command_fault(connection, "a recipient of another mail");
        return;
    }
    if (given >= transaction->mail_end) {
        command_fault(connection, "RCPT after MAIL was known to be refused");
    }
    transaction->asked++;
    if (connection->policy.limits_told && connection->extended &&
        (settings->capabilities & POSTINO_CAPABILITY_LIMITS) &&
        transaction->asked > connection->policy.recipients_max) {
        command_fault(connection, "more recipients than RCPTMAX");
    }
    rcpt_taken(connection, index, model_reply(connection, rcpt_code(connection)));
}

/* What must hold before DATA, and before the first BDAT. */
static void check_message(struct model_connection *connection, int chunk)
{
    const struct model_settings *settings = &connection->world->settings;
    struct model_transaction *transaction = &connection->transaction;
    size_t given = knew(connection);
    struct model_mail *mail;

    /* A BDAT that nobody needs any more is a waste, and no fault: it may stand in the group already. */
    if (transaction->mail < 0 || (!chunk && given >= transaction->mail_end) || transaction->asked == 0) {
        command_fault(connection, "a message without MAIL and RCPT");
        return;
    }
    mail = &connection->world->mails[transaction->mail];
    if (!chunk && transaction->open && transaction->accepted_count == 0 && given >= transaction->last_reply_end) {
        command_fault(connection, "a message, and every recipient was known to be refused");
    }
    if (transaction->open && mail->mail.delivery == NULL && transaction->accepted_count != 0 &&
        transaction->accepted_count != mail->recipient_count) {
        command_fault(connection, "a message to some recipients where all were asked for");
    }
    if (chunk && (mail->wire.length > settings->group_octets_max || !mail->rewinds) &&
        given < transaction->last_reply_end) {
        command_fault(connection, "a large message, or one that cannot be read again, before the replies to RCPT");
    }
    if (mail->binary && !(chunk && transaction->binary)) {
        command_fault(connection, "a binary message as text");
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
        command_fault(connection, "DATA after BDAT");
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
    model_mail_decided(connection);
}

static void chunk_command(struct model_connection *connection, const char *arguments)
{
    struct model_transaction *transaction = &connection->transaction;
    unsigned long octets = 0;
    int end = 0;

    if (!connection->extended || (connection->policy.capabilities & POSTINO_CAPABILITY_CHUNKING) == 0) {
        command_fault(connection, "BDAT not offered");
    }
    if (!transaction->chunks) {
        check_message(connection, 1);
    }
    transaction->chunks = 1;
    if (sscanf(arguments, "%lu%n", &octets, &end) != 1) {
        command_fault(connection, "the syntax of BDAT");
    }
    connection->chunk_last = strcmp(arguments + end, " LAST\r\n") == 0;
    if (!connection->chunk_last && (strcmp(arguments + end, "\r\n") != 0 || octets == 0)) {
        command_fault(connection, "the syntax of BDAT");
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
    connection->rset_end = reply_end(connection);
    if (connection->rset_refused && connection->rset_end < connection->confused_end) {
        connection->confused_end = connection->rset_end;
    }
    if (!connection->rset_refused) {
        begin_transaction(connection);
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
        command_fault(connection, "too long, or a bare LF");
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
        mail_command(connection, arguments);
    } else if (is(connection, "RCPT TO:", &arguments)) {
        joins = 1;
        rcpt_command(connection, arguments);
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
        command_fault(connection, "not a command");
    }
    if (!joins || !pipelining(connection)) {
        connection->barrier = reply_end(connection);
    }
}
