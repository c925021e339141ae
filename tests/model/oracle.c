/* SPDX-License-Identifier: MIT */
/* Compares the client's outcomes with the server's store. */
#include "model.h"

#include <string.h>

static int said(const uint16_t *codes, unsigned code)
{
    size_t i;

    for (i = 0; i < 8; i++) {
        if (codes[i] == code) {
            return 1;
        }
    }
    return 0;
}

/* An end mark may stand in what was handed out, may have left and never reached the server. */
static int end_mark_lost(const struct model_connection *connection)
{
    size_t end = connection->in.length - connection->unsent;
    const char *data = (const char *)connection->in.data;
    size_t i;

    for (i = connection->heard; i < end; i++) {
        if (data[i] == '\n' && i >= 2 && memcmp(data + i - 2, ".\r\n", 3) == 0) {
            return 1;
        }
    }
    if (end > connection->heard && connection->transaction.chunks && connection->state == MODEL_CHUNK &&
        connection->chunk_last && end - connection->heard >= connection->chunk_left) {
        return 1;
    }
    for (i = connection->heard > 30 ? connection->heard - 30 : 0; i + 7 <= end; i++) {
        if (memcmp(data + i, " LAST\r\n", 7) == 0 && i + 7 > connection->heard) {
            return 1;
        }
    }
    return 0;
}

/* How much of what the server said the client has to believe. */
static size_t told(const struct model_connection *connection)
{
    return connection->given < connection->confused_end ? connection->given : connection->confused_end;
}

static int may_be_unknown(const struct model_world *world, const struct model_mail *mail,
                          const struct model_recipient *recipient)
{
    unsigned i;

    if (mail->ended && mail->ended_end > world->connections[mail->ended_connection]->confused_end) {
        return 1;
    }
    /* 452 and 552 may have been followed by a further transaction. */
    if (recipient->refusal_code != 0 && recipient->refusal_code != 452 && recipient->refusal_code != 552 &&
        recipient->refusal_end <= told(world->connections[recipient->connection])) {
        return 0;
    }
    if (mail->ended && mail->ended_end > world->connections[mail->ended_connection]->given) {
        return 1;
    }

    /* Its message reached the server, and the answer did not come back whole. */
    if (recipient->final_code != 0) {
        const struct model_connection *connection = world->connections[recipient->connection];

        if (recipient->final_end > connection->given || connection->final_dropped) {
            return 1;
        }
    }
    for (i = 0; i < world->connection_count; i++) {
        if (end_mark_lost(world->connections[i]) || world->connections[i]->final_dropped) {
            return 1;
        }
        if (recipient->ends != 0 && (recipient->final_code == 0 || recipient->final_code == 421)) {
            return 1;
        }
    }
    return 0;
}

static void judge_code(struct model_world *world, size_t index, size_t number)
{
    const struct model_mail *mail = &world->mails[index];
    const struct model_recipient *model = &mail->models[number];
    const struct postino_recipient *recipient = &mail->recipients[number];
    unsigned code = recipient->reply_code;
    unsigned outcome = recipient->outcome;
    int found = 0;
    size_t i;

    if (outcome == POSTINO_OUTCOME_ACCEPTED && (code / 100 != 2 || !said(model->codes, code))) {
        model_fault(world, "mail %u, recipient %u: accepted with %u", (unsigned)index, (unsigned)number,
                    code);
    }
    if (code == 0 || code == 421 || mail->mail.result.step < POSTINO_STEP_MAIL ||
        mail->mail.result.step > POSTINO_STEP_DATA) {
        return;
    }
    /* Given up for another recipient's sake: its code. */
    for (i = 0; outcome == POSTINO_OUTCOME_NOT_ATTEMPTED && i < mail->recipient_count; i++) {
        found = found || said(mail->models[i].codes, code);
    }
    if (code / 100 >= 4 && !found && !said(model->codes, code) && !said(mail->codes, code)) {
        model_fault(world, "mail %u, recipient %u: reports %u, which the server never said to it",
                    (unsigned)index, (unsigned)number, code);
    }
    if (code / 100 == 4 && outcome == POSTINO_OUTCOME_PERMANENT) {
        model_fault(world, "mail %u, recipient %u: permanent by %u", (unsigned)index, (unsigned)number, code);
    }
}

/* The client must know every reply that it received whole. */
static void judge_told(struct model_world *world, size_t index, size_t number)
{
    const struct model_mail *mail = &world->mails[index];
    const struct model_recipient *model = &mail->models[number];
    const struct postino_recipient *recipient = &mail->recipients[number];
    const struct model_connection *connection;

    if (world->connection_count == 0) {
        return;
    }
    connection = world->connections[model->connection];
    if (model->final_code / 100 == 2 && model->final_end <= told(connection) && !connection->final_dropped &&
        recipient->outcome != POSTINO_OUTCOME_ACCEPTED) {
        model_fault(world, "mail %u, recipient %u: the client was told %u and says %s", (unsigned)index,
                    (unsigned)number, model->final_code, postino_outcome_name(recipient->outcome));
    }
    /* A mail that went out again over another connection was refused, or not, there. */
    if (mail->mail.attempts != 0 && model->connection + 1 != world->connection_count) {
        return;
    }
    if (mail->mail.delivery != NULL && model->refusal_code >= 400 && model->refusal_code != 421 &&
        model->refusal_code != 452 && model->refusal_code != 552 && model->refusal_end <= told(connection) &&
        recipient->reply_code != model->refusal_code) {
        model_fault(world, "mail %u, recipient %u: refused with %u, reported %u", (unsigned)index,
                    (unsigned)number, model->refusal_code, recipient->reply_code);
    }
}

static void judge_recipient(struct model_world *world, size_t index, size_t number)
{
    const struct model_mail *mail = &world->mails[index];
    const struct model_recipient *model = &mail->models[number];
    unsigned outcome = mail->recipients[number].outcome;

    switch (outcome) {
    case POSTINO_OUTCOME_ACCEPTED:
        if (model->copies != 1) {
            model_fault(world, "mail %u, recipient %u: accepted, and the store has %u", (unsigned)index,
                        (unsigned)number, model->copies);
        }
        break;
    case POSTINO_OUTCOME_UNKNOWN:
        if (!may_be_unknown(world, mail, model)) {
            model_fault(world, "mail %u, recipient %u: unknown without need", (unsigned)index,
                        (unsigned)number);
        }
        break;
    case POSTINO_OUTCOME_TRANSIENT:
    case POSTINO_OUTCOME_PERMANENT:
    case POSTINO_OUTCOME_NOT_ATTEMPTED:
        if (model->copies != 0) {
            model_fault(world, "mail %u, recipient %u: %s, and the store has it", (unsigned)index,
                        (unsigned)number, postino_outcome_name(outcome));
        }
        break;
    default:
        model_fault(world, "mail %u, recipient %u: pending after the end", (unsigned)index, (unsigned)number);
    }
    judge_code(world, index, number);
    judge_told(world, index, number);
}

static void judge_mail(struct model_world *world, size_t index)
{
    const struct model_mail *mail = &world->mails[index];
    unsigned least = POSTINO_OUTCOME_NOT_ATTEMPTED;
    size_t i;

    if (mail->returned != (unsigned)(mail->taken != 0)) {
        model_fault(world, "mail %u: handed in %d times, given back %u times", (unsigned)index, mail->taken,
                    mail->returned);
    }
    for (i = 0; i < mail->recipient_count; i++) {
        if (!mail->taken) {
            if (mail->models[i].copies != 0) {
                model_fault(world, "mail %u: not taken, and delivered", (unsigned)index);
            }
            continue;
        }
        judge_recipient(world, index, i);
        least = mail->recipients[i].outcome < least ? mail->recipients[i].outcome : least;
    }
    if (mail->taken && mail->mail.result.outcome != least) {
        model_fault(world, "mail %u: its outcome is %s, its recipients' %s", (unsigned)index,
                    postino_outcome_name(mail->mail.result.outcome), postino_outcome_name(least));
    }
}

void model_judge(struct model_world *world)
{
    size_t i;

    for (i = 0; i < world->mail_count; i++) {
        judge_mail(world, i);
    }
}
