/* SPDX-License-Identifier: MIT */
/* What the client says of its mails, against what the server's store holds; and the dialogue, for whoever has
 * to find out why they differ. */
#include "model.h"

#include <stdio.h>
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

static int may_be_unknown(const struct model_world *world, const struct model_mail *mail,
                          const struct model_recipient *recipient)
{
    unsigned i;

    /* 452 and 552 may have been followed by a further transaction. */
    if (recipient->refusal_code != 0 && recipient->refusal_code != 452 && recipient->refusal_code != 552 &&
        recipient->refusal_end <= world->connections[recipient->connection]->given) {
        return 0;
    }
    if (mail->ended && mail->ended_end > world->connections[mail->ended_connection]->confused_end) {
        return 1;
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
        model_fault(world, "mail %u, recipient %u: accepted with %u", (unsigned)index, (unsigned)number, code);
    }
    if (code == 0 || code == 421 || mail->mail.result.step < POSTINO_STEP_MAIL || mail->mail.result.step > POSTINO_STEP_DATA) {
        return;
    }
    /* Given up for another recipient's sake: its code. */
    for (i = 0; outcome == POSTINO_OUTCOME_NOT_ATTEMPTED && i < mail->recipient_count; i++) {
        found = found || said(mail->models[i].codes, code);
    }
    if (code / 100 >= 4 && !found && !said(model->codes, code) && !said(mail->codes, code)) {
        model_fault(world, "mail %u, recipient %u: reports %u, which the server never said to it", (unsigned)index,
                    (unsigned)number, code);
    }
    if (code / 100 == 4 && outcome == POSTINO_OUTCOME_PERMANENT) {
        model_fault(world, "mail %u, recipient %u: permanent by %u", (unsigned)index, (unsigned)number, code);
    }
}

/* What the client was told in full it must know. */
static void judge_told(struct model_world *world, size_t index, size_t number)
{
    const struct model_mail *mail = &world->mails[index];
    const struct model_recipient *model = &mail->models[number];
    const struct postino_recipient *recipient = &mail->recipients[number];
    const struct model_connection *connection;
    size_t told;

    if (world->connection_count == 0) {
        return;
    }
    connection = world->connections[model->connection];
    told = connection->given < connection->confused_end ? connection->given : connection->confused_end;
    if (model->final_code / 100 == 2 && model->final_end <= told && !connection->final_dropped &&
        recipient->outcome != POSTINO_OUTCOME_ACCEPTED) {
        model_fault(world, "mail %u, recipient %u: the client was told %u and says %s", (unsigned)index,
                    (unsigned)number, model->final_code, postino_outcome_name(recipient->outcome));
    }
    if (mail->mail.delivery != NULL && model->refusal_code >= 400 && model->refusal_code != 421 &&
        model->refusal_code != 452 && model->refusal_code != 552 && model->refusal_end <= told &&
        recipient->reply_code != model->refusal_code) {
        model_fault(world, "mail %u, recipient %u: refused with %u, reported %u", (unsigned)index, (unsigned)number,
                    model->refusal_code, recipient->reply_code);
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
            model_fault(world, "mail %u, recipient %u: unknown without need", (unsigned)index, (unsigned)number);
        }
        break;
    case POSTINO_OUTCOME_TRANSIENT:
    case POSTINO_OUTCOME_PERMANENT:
    case POSTINO_OUTCOME_NOT_ATTEMPTED:
        if (model->copies != 0) {
            model_fault(world, "mail %u, recipient %u: %s, and the store has it", (unsigned)index, (unsigned)number,
                        postino_outcome_name(outcome));
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

/* ---- The dialogue ---- */

static void dump_octets(const char *head, const uint8_t *data, size_t length)
{
    size_t i;

    printf("%s%5lu  ", head, (unsigned long)length);
    for (i = 0; i < length; i++) {
        if (i == 100 && length > 160) {
            printf(" ... ");
            i = length - 40;
        }
        if (data[i] == '\n') {
            printf("\\n");
        } else if (data[i] == '\r') {
            printf("\\r");
        } else if (data[i] < 32 || data[i] > 126) {
            printf("\\x%02X", data[i]);
        } else {
            putchar(data[i]);
        }
    }
    putchar('\n');
}

static void dump_connection(const struct model_connection *connection)
{
    size_t sent = 0;
    size_t given = 0;
    size_t taken = 0;
    size_t i;

    printf("-- connection %u\n", connection->index);
    for (i = 0; i < connection->event_count; i++) {
        const struct model_event *event = &connection->events[i];
        size_t length;

        /* Neighbours of a kind are told as one. */
        for (length = event->length; i + 1 < connection->event_count && event[1].kind == event->kind; i++) {
            length += (++event)->length;
        }
        if (event->kind == 'C') {
            dump_octets("C: ", connection->in.data + sent, length);
            sent += length;
        } else if (event->kind == 'S') {
            dump_octets("S: ", connection->out.data + given, length);
            given += length;
        } else if (event->kind == 's') {
            taken += length;
            printf("        (the server has taken %lu of %lu)\n", (unsigned long)taken, (unsigned long)sent);
        } else {
            printf("        (%c %lu)\n", event->kind, (unsigned long)length);
        }
    }
    printf("        (handed out %lu, told as unsent %lu; never received: %lu)\n", (unsigned long)connection->in.length,
           (unsigned long)connection->unsent, (unsigned long)(connection->out.length - connection->given));
}

void model_dump(const struct model_world *world)
{
    size_t i;
    size_t j;

    for (i = 0; i < world->connection_count; i++) {
        dump_connection(world->connections[i]);
    }
    printf("lmtp %d auth %d in flight %u group %lu client knows %lx\n", world->settings.lmtp, world->settings.auth,
           world->settings.mails_in_flight_max, (unsigned long)world->settings.group_octets_max,
           (unsigned long)world->settings.capabilities);
    for (i = 0; i < world->mail_count; i++) {
        const struct model_mail *mail = &world->mails[i];

        printf("mail %lu: %s %s%s, %lu octets, taken %d, returned %u, error %d, step %d, %s\n", (unsigned long)i,
               mail->mail.delivery != NULL ? "partial" : "all", mail->rewinds ? "rewinds" : "once",
               mail->fails ? ", fails" : "", (unsigned long)mail->wire.length, mail->taken, mail->returned,
               mail->mail.result.error, mail->mail.result.step, postino_outcome_name(mail->mail.result.outcome));
        for (j = 0; j < mail->recipient_count && j < 12; j++) {
            printf("   %s: %s, %u; server: refusal %u, final %u, copies %u\n", mail->models[j].address,
                   postino_outcome_name(mail->recipients[j].outcome), mail->recipients[j].reply_code,
                   mail->models[j].refusal_code, mail->models[j].final_code, mail->models[j].copies);
        }
    }
}
