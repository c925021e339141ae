/* SPDX-License-Identifier: MIT */
/* Prints the dialogue, so that a person can find why client and store differ. */
#include "model.h"

#include <stdio.h>

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
    printf("        (handed out %lu, told as unsent %lu; never received: %lu)\n",
           (unsigned long)connection->in.length, (unsigned long)connection->unsent,
           (unsigned long)(connection->out.length - connection->given));
}

void model_dump(const struct model_world *world)
{
    size_t i;
    size_t j;

    for (i = 0; i < world->connection_count; i++) {
        dump_connection(world->connections[i]);
    }
    printf("lmtp %d auth %d in flight %u group %lu client knows %lx\n", world->settings.lmtp,
           world->settings.auth, world->settings.mails_in_flight_max,
           (unsigned long)world->settings.group_octets_max, (unsigned long)world->settings.capabilities);
    for (i = 0; i < world->mail_count; i++) {
        const struct model_mail *mail = &world->mails[i];

        printf("mail %lu: %s %s%s, %lu octets, taken %d, returned %u, error %d, step %d, %s\n",
               (unsigned long)i, mail->mail.delivery != NULL ? "partial" : "all",
               mail->rewinds ? "rewinds" : "once", mail->fails ? ", fails" : "",
               (unsigned long)mail->wire.length, mail->taken, mail->returned, mail->mail.result.error,
               mail->mail.result.step, postino_outcome_name(mail->mail.result.outcome));
        for (j = 0; j < mail->recipient_count && j < 12; j++) {
            printf("   %s: %s, %u; server: refusal %u, final %u, copies %u\n", mail->models[j].address,
                   postino_outcome_name(mail->recipients[j].outcome), mail->recipients[j].reply_code,
                   mail->models[j].refusal_code, mail->models[j].final_code, mail->models[j].copies);
        }
    }
}
