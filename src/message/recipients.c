/* SPDX-License-Identifier: MIT */
/* The envelope of a message. Invariant: no address is in it twice. */
#include <string.h>

#include "postino/message.h"

/* A hash table in the recipients themselves finds equal addresses while they are collected. The bucket of an
 * address is the recipient at its hash modulo the capacity. The path.length_octets of the bucket is the
 * number, from 1, of its first recipient, and `next` leads to the others. */
static size_t recipients_bucket(const char *address, size_t buckets)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (; *address != '\0'; address++)
        hash = (hash ^ (uint8_t)*address) * 16777619u;
    return hash % buckets;
}

/* Returns the first recipient in the bucket; NULL: none. */
static struct postino_recipient *recipients_first(struct postino_recipient *recipients, size_t bucket)
{
    size_t number = recipients[bucket].path.length_octets;

    return number != 0 ? &recipients[number - 1] : NULL;
}

/* Returns the recipient with that address, from `recipient` on in its bucket; NULL: none. */
static const struct postino_recipient *recipients_find(const struct postino_recipient *recipient,
                                                       const char *address)
{
    size_t octets = strlen(address) + 1;

    while (recipient != NULL &&
           (strlen(recipient->address) + 1 != octets || memcmp(recipient->address, address, octets) != 0))
        recipient = recipient->next;
    return recipient;
}

size_t postino_message_recipients(const struct postino_message *message, struct postino_recipient *recipients,
                                  size_t capacity)
{
    const struct postino_mailbox *lists[3];
    size_t count = 0;
    size_t i;
    unsigned kind;

    lists[POSTINO_RECIPIENT_TO] = message->to;
    lists[POSTINO_RECIPIENT_CC] = message->cc;
    lists[POSTINO_RECIPIENT_BCC] = message->bcc;
    if (capacity != 0)
        memset(recipients, 0, capacity * sizeof *recipients);
    for (kind = 0; kind < 3; kind++) {
        const struct postino_mailbox *mailbox;

        for (mailbox = lists[kind]; mailbox != NULL; mailbox = mailbox->next) {
            size_t bucket = capacity != 0 ? recipients_bucket(mailbox->address, capacity) : 0;
            struct postino_recipient *first = capacity != 0 ? recipients_first(recipients, bucket) : NULL;

            if (recipients_find(first, mailbox->address) != NULL)
                continue;
            if (count < capacity) {
                recipients[count].address = mailbox->address;
                recipients[count].kind = (uint8_t)kind;
                recipients[count].next = first;
                recipients[bucket].path.length_octets = count + 1;
            }
            count++;
        }
    }
    for (i = 0; i < capacity; i++) {
        recipients[i].path.length_octets = 0;
        recipients[i].next = i + 1 < count && i + 1 < capacity ? &recipients[i + 1] : NULL;
    }
    return count;
}
