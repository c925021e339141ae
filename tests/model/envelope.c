/* SPDX-License-Identifier: MIT */
/* Checks MAIL and RCPT: when the client may send them, and with which parameters. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

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
            model_command_fault(connection, "SIZE");
        }
    } else if (strcmp(word, "BODY=8BITMIME") == 0 && (offered & POSTINO_CAPABILITY_8BITMIME)) {
        transaction->eight_bit = 1;
    } else if (strcmp(word, "BODY=BINARYMIME") == 0 && (offered & POSTINO_CAPABILITY_BINARYMIME)) {
        transaction->eight_bit = 1;
        transaction->binary = 1;
    } else {
        model_command_fault(connection, "a parameter that is not offered");
    }
}

/* Checks the conditions for MAIL. */
static void check_mail(struct model_connection *connection)
{
    const struct model_settings *settings = &connection->world->settings;
    size_t given = model_knew(connection);
    size_t unsettled = 1;
    size_t i;

    model_check_left_open(connection, connection->transactions + 1);
    for (i = 0; i < connection->transactions && i < 1024; i++) {
        unsettled += connection->decided[i] > given;
    }
    if (unsettled > settings->mails_in_flight_max && unsettled > 1) {
        model_command_fault(connection, "more mails in flight than allowed");
    }
    if (connection->transaction.chunk_failed && !connection->rset_refused) {
        model_command_fault(connection, "MAIL after a refused BDAT without RSET");
    }
    if (connection->final_end > given && !connection->rset_since_end) {
        model_command_fault(connection, "MAIL behind an unsettled message without RSET");
    }
    if (connection->rset_refused && given >= connection->rset_end) {
        model_command_fault(connection, "MAIL after a refused RSET");
    }
    if (connection->transaction.open && !connection->rset_refused) {
        model_command_fault(connection, "MAIL in a transaction");
    }
    if (!connection->greeted ||
        (settings->auth && !connection->authenticated &&
         !(settings->auth_if_offered &&
           (!connection->extended || !(connection->policy.capabilities & POSTINO_CAPABILITY_AUTH))))) {
        model_command_fault(connection, "MAIL without greeting or authentication");
    }
    if (connection->policy.limits_told && connection->extended &&
        (settings->capabilities & POSTINO_CAPABILITY_LIMITS) &&
        connection->mails_begun >= connection->policy.mails_max) {
        model_command_fault(connection, "more mails than MAILMAX");
    }
}

void model_transaction_begin(struct model_connection *connection)
{
    struct model_buffer data = connection->transaction.data;

    data.length = 0;
    memset(&connection->transaction, 0, sizeof connection->transaction);
    connection->transaction.data = data;
    connection->transaction.mail = -1;
    connection->transaction.mail_end = MODEL_NEVER;
    connection->transaction.first_taken_end = MODEL_NEVER;
}

void model_mail_command(struct model_connection *connection, char *arguments)
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
        model_command_fault(connection, "no such sender");
        return;
    }
    model_transaction_begin(connection);
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

        connection->world->parameters_refused |= code == 504 || code == 555;
        model->codes[model->code_count++ % 8] = (uint16_t)code;
        transaction->mail_end = model_reply_end(connection);
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
    transaction->last_reply_end = model_reply_end(connection);
    if (code / 100 == 2 && transaction->accepted_count < 160) {
        if (transaction->accepted_count == 0) {
            transaction->first_taken_end = model_reply_end(connection);
        }
        transaction->accepted[transaction->accepted_count++] = index;
    } else if (transaction->open) {
        recipient->refusal_code = (uint16_t)code;
        recipient->refusal_end = model_reply_end(connection);
        transaction->refused++;
        if (connection->world->mails[transaction->mail].mail.delivery == NULL) {
            model_left_open(connection);
        }
    }
}

void model_rcpt_command(struct model_connection *connection, char *arguments)
{
    const struct model_settings *settings = &connection->world->settings;
    struct model_transaction *transaction = &connection->transaction;
    size_t given = model_knew(connection);
    size_t index = 0;
    char *path = NULL;
    char *rest = take_path(arguments, &path);

    if (rest == NULL || strcmp(rest, "\r\n") != 0 || transaction->mail < 0) {
        model_command_fault(connection, "RCPT here, or its syntax");
        return;
    }
    if (model_mail_of_recipient(connection->world, path, &index) != transaction->mail) {
        model_command_fault(connection, "a recipient of another mail");
        return;
    }
    model_check_left_open(connection, connection->transactions);
    if (given >= transaction->mail_end) {
        model_command_fault(connection, "RCPT after MAIL was known to be refused");
    }
    transaction->asked++;
    if (connection->policy.limits_told && connection->extended &&
        (settings->capabilities & POSTINO_CAPABILITY_LIMITS) &&
        transaction->asked > connection->policy.recipients_max) {
        model_command_fault(connection, "more recipients than RCPTMAX");
    }
    rcpt_taken(connection, index, model_reply(connection, rcpt_code(connection)));
}
