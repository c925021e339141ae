/* SPDX-License-Identifier: MIT */
/* Receives the message; the store accepts or refuses it. */
#include "model.h"

#include <string.h>

/* The rest of DATA: where in a line the next octet stands. */
enum {
    LINE_START,
    LINE_MIDDLE,
    LINE_CR,
    DOT,   /* the first of its line */
    DOT_CR /* and CR behind it */
};

static void note_code(struct model_recipient *recipient, unsigned code)
{
    recipient->codes[recipient->code_count++ % 8] = (uint16_t)code;
}

static void store(struct model_connection *connection, size_t index)
{
    struct model_world *world = connection->world;
    struct model_transaction *transaction = &connection->transaction;
    struct model_mail *mail = &world->mails[transaction->mail];

    mail->models[index].copies++;
    if (mail->models[index].copies > 1) {
        model_fault(world, "mail %d, recipient %lu: a second copy", transaction->mail, (unsigned long)index);
    }
    if (transaction->data.length != mail->wire.length ||
        (mail->wire.length != 0 && memcmp(transaction->data.data, mail->wire.data, mail->wire.length) != 0)) {
        model_fault(world, "mail %d: %lu octets arrived that are not its %lu", transaction->mail,
                    (unsigned long)transaction->data.length, (unsigned long)mail->wire.length);
    }
    if (mail->fails) {
        model_fault(world, "mail %d: accepted, and its source failed", transaction->mail);
    }
}

/* One answer to the whole message, for one recipient or for all of them. */
static void answer(struct model_connection *connection, size_t first, size_t count)
{
    struct model_transaction *transaction = &connection->transaction;
    struct model_mail *mail = &connection->world->mails[transaction->mail];
    const struct model_policy *policy = &connection->policy;
    int refuse = model_chance(&connection->random, policy->refuse_final) ||
                 (policy->size_limit != 0 && transaction->data.length > policy->size_limit);
    unsigned code = model_reply(connection, refuse ? model_refusal(connection)
                                                   : 250 + (unsigned)model_chance(&connection->random, 50));
    size_t i;

    /* A refusal may stand for those too that were to come in a further transaction. */
    if (code >= 400) {
        mail->codes[mail->code_count++ % 8] = (uint16_t)code;
    }

    for (i = first; i < first + count; i++) {
        struct model_recipient *recipient = &mail->models[transaction->accepted[i]];

        recipient->final_code = (uint16_t)code;
        recipient->final_end = connection->silent || code == 0 ? MODEL_NEVER : connection->out.length;
        recipient->connection = connection->index;
        recipient->refusal_code = 0;
        note_code(recipient, code);
        if (code / 100 == 2) {
            store(connection, transaction->accepted[i]);
        }
    }
}

static void check_binary(struct model_connection *connection)
{
    struct model_world *world = connection->world;
    struct model_transaction *transaction = &connection->transaction;
    struct model_mail *mail = &world->mails[transaction->mail];
    size_t i;

    if (transaction->eight_bit || world->parameters_refused ||
        (mail->mail.flags & POSTINO_MAIL_8BIT_ANYWAY) || !mail->says_8bit ||
        (world->settings.capabilities & POSTINO_CAPABILITY_8BITMIME) == 0) {
        return;
    }
    for (i = 0; i < transaction->data.length; i++) {
        if (transaction->data.data[i] > 127) {
            model_fault(world, "mail %d: octets above 127 without BODY=8BITMIME", transaction->mail);
            return;
        }
    }
}

/* The end mark came, and was answered. */
static void message_ended(struct model_connection *connection)
{
    if (connection->transaction.mail >= 0) {
        struct model_mail *mail = &connection->world->mails[connection->transaction.mail];

        mail->ended = 1;
        mail->ended_end = connection->silent ? MODEL_NEVER : connection->out.length;
        mail->ended_connection = connection->index;
    }
}

/* The end mark came for a transaction with recipients. */
static void message_done(struct model_connection *connection)
{
    struct model_transaction *transaction = &connection->transaction;
    size_t i;

    check_binary(connection);
    connection->state = MODEL_COMMAND;
    connection->final_start = connection->out.length;
    for (i = 0; i < transaction->accepted_count; i++) {
        connection->world->mails[transaction->mail].models[transaction->accepted[i]].ends++;
    }
    if (connection->world->settings.lmtp) {
        for (i = 0; i < transaction->accepted_count; i++) {
            answer(connection, i, 1);
        }
    } else {
        answer(connection, 0, transaction->accepted_count);
    }
    connection->final_end = connection->silent ? MODEL_NEVER : connection->out.length;
    message_ended(connection);
    connection->rset_end = 0;
    connection->rset_since_end = 0;
    model_mail_decided(connection);
    transaction->open = 0;
    transaction->data.length = 0;
}

static void data_done(struct model_connection *connection)
{
    struct model_transaction *transaction = &connection->transaction;

    /* RFC 5321 section 4.1.1.4: the answer to the end mark ends the transaction, whatever it is. */
    connection->left_open_end = 0;
    if (transaction->open && transaction->accepted_count != 0) {
        message_done(connection);
    } else {
        if (transaction->data.length != 0) {
            model_fault(connection->world, "a message after 354 without any recipient");
        }
        connection->state = MODEL_COMMAND;
        (void)model_reply(connection, model_chance(&connection->random, 500) ? 554 : 250);
        message_ended(connection);
        model_mail_decided(connection);
        transaction->open = 0;
    }
    if ((connection->policy.capabilities & POSTINO_CAPABILITY_PIPELINING) == 0 || !connection->extended) {
        connection->barrier = connection->silent ? MODEL_NEVER : connection->out.length;
    }
}

static void data_octet(struct model_connection *connection, uint8_t octet)
{
    struct model_buffer *data = &connection->transaction.data;
    uint8_t state = connection->dots;

    if (octet == '\n') {
        if (state != LINE_CR && state != DOT_CR) {
            model_fault(connection->world, "a bare LF in DATA");
        }
        if (state == DOT_CR) {
            data_done(connection);
            return;
        }
        model_append(data, &octet, 1);
        connection->dots = LINE_START;
        return;
    }
    if (state == LINE_CR || state == DOT_CR) {
        model_fault(connection->world, "a bare CR in DATA");
    }
    if (state == DOT && octet == '\r') {
        connection->dots = DOT_CR;
        return;
    }
    if (state == DOT && octet != '.') {
        model_fault(connection->world, "a dot that is not doubled");
    }
    if (state == LINE_START && octet == '.') {
        connection->dots = DOT;
        return;
    }
    model_append(data, &octet, 1);
    connection->dots = octet == '\r' ? LINE_CR : LINE_MIDDLE;
}

size_t model_receive_data(struct model_connection *connection, const uint8_t *data, size_t length)
{
    size_t i;

    for (i = 0; i < length && connection->state == MODEL_DATA; i++) {
        data_octet(connection, data[i]);
    }
    return i;
}

/* A chunk is here; also an empty one. */
void model_chunk_done(struct model_connection *connection)
{
    struct model_transaction *transaction = &connection->transaction;
    unsigned code;

    connection->state = MODEL_COMMAND;
    if (!transaction->open || transaction->accepted_count == 0 || transaction->chunk_failed ||
        /* RFC 2033: the end of the message is answered for each recipient, refused or not. */
        (!(connection->chunk_last && connection->world->settings.lmtp) &&
         model_chance(&connection->random, connection->policy.refuse_chunk))) {
        int failed = transaction->chunk_failed;

        transaction->chunk_failed = 1;
        code = model_reply(connection, failed || !transaction->open ? 503 : model_refusal(connection));
        if (!failed && transaction->mail >= 0) {
            struct model_mail *mail = &connection->world->mails[transaction->mail];

            mail->codes[mail->code_count++ % 8] = (uint16_t)code;
        }
        if (!failed && transaction->open) {
            model_left_open(connection);
        }
        model_mail_decided(connection);
        if (connection->chunk_last) {
            message_ended(connection);
        }
    } else if (connection->chunk_last) {
        message_done(connection);
    } else {
        (void)model_reply(connection, 250);
    }
    if ((connection->policy.capabilities & POSTINO_CAPABILITY_PIPELINING) == 0) {
        connection->barrier = connection->silent ? MODEL_NEVER : connection->out.length;
    }
}

size_t model_receive_chunk(struct model_connection *connection, const uint8_t *data, size_t length)
{
    size_t used = length < connection->chunk_left ? length : connection->chunk_left;

    model_append(&connection->transaction.data, data, used);
    connection->chunk_left -= used;
    if (connection->chunk_left == 0) {
        model_chunk_done(connection);
    }
    return used;
}
