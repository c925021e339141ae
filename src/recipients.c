/* SPDX-License-Identifier: MIT */
/* The envelope that a header asks for. Invariant: no address is in it twice. */
#include "compose.h"

size_t postino_message_recipients(const struct postino_message *message, struct postino_recipient *recipients,
                                  size_t capacity)
{
    const struct postino_mailbox *lists[3];
    size_t count = 0;
    unsigned kind;

    lists[POSTINO_RECIPIENT_TO] = message->to;
    lists[POSTINO_RECIPIENT_CC] = message->cc;
    lists[POSTINO_RECIPIENT_BCC] = message->bcc;
    for (kind = 0; kind < 3; kind++) {
        const struct postino_mailbox *mailbox;

        for (mailbox = lists[kind]; mailbox != NULL; mailbox = mailbox->next) {
            size_t length = strlen(mailbox->address) + 1;
            size_t filled = count < capacity ? count : capacity;
            size_t i = 0;

            while (i < filled && (strlen(recipients[i].address) + 1 != length ||
                                  memcmp(recipients[i].address, mailbox->address, length) != 0))
                i++;
            if (i < filled)
                continue;
            if (count < capacity) {
                memset(&recipients[count], 0, sizeof recipients[count]);
                recipients[count].address = mailbox->address;
                recipients[count].kind = (uint8_t)kind;
                if (count != 0)
                    recipients[count - 1].next = &recipients[count];
            }
            count++;
        }
    }
    return count;
}
