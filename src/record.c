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
    const struct postino_recipient *other = mail->recipients;

    (void)context;
    if (recipient != NULL) {
        if (recipient->record != NULL && recipient->outcome == POSTINO_OUTCOME_PENDING)
            record_keep(recipient->record, reply);
        return;
    }
    for (; other != NULL; other = other->next) {
        if (other->record != NULL && other->outcome == POSTINO_OUTCOME_PENDING &&
            (other->state == RECIPIENT_TAKEN || reply->code >= 400))
            record_keep(other->record, reply);
    }
}
