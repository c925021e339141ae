/* SPDX-License-Identifier: MIT */
/* Each recipient's own reply. Invariant: a record holds the reply that decided its recipient, or the latest
 * one that it had a part in. */
#include "internal.h"

static void record_keep(struct postino_record *record, const struct postino_reply *reply)
{
    size_t length = reply->text_octets;

    record->enhanced_code = postino_enhanced_code_read(reply->text, length);
    if (length > record->text_capacity_octets)
        length = record->text_capacity_octets;
    if (length != 0)
        memcpy(record->text, reply->text, length);
    record->text_octets = length;
}

void postino_record_reply(void *context, struct postino_mail *mail, struct postino_recipient *recipient,
                          const struct postino_reply *reply)
{
    struct postino_recipient *other = mail->recipients;

    (void)context;
    /* Most have none. */
    while (other != NULL && other->record == NULL)
        other = other->next;
    for (; other != NULL; other = other->next) {
        if (other->record != NULL && other->outcome == POSTINO_OUTCOME_PENDING &&
            (recipient == NULL ? other->state == RECIPIENT_TAKEN || reply->code >= 400 : other == recipient))
            record_keep(other->record, reply);
    }
}
