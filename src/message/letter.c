/* SPDX-License-Identifier: MIT */
/* Letters. Invariants: a workspace of letter_need() octets has room for all that is taken from it, and less
 * is refused before anything is written. Every object in it begins at a multiple of
 * POSTINO_LETTER_ALIGN. */
#include "letter.h"

#include "postino/address.h"
#include "postino/mailbox.h"

#include "../text/text.h"

/* ---- Address lists ---- */

#define LETTER_LISTS 6

struct letter_list {
    char name[9];
    uint8_t offset;         /* in struct postino_letter */
    uint8_t message_offset; /* in struct postino_message */
};

#define LETTER_LIST(name, member)                               \
    {                                                           \
        name, (uint8_t)offsetof(struct postino_letter, member), \
            (uint8_t)offsetof(struct postino_message, member)   \
    }

static const struct letter_list letter_lists[LETTER_LISTS] = {
    LETTER_LIST("From", from), LETTER_LIST("Sender", sender), LETTER_LIST("Reply-To", reply_to),
    LETTER_LIST("To", to),     LETTER_LIST("Cc", cc),         LETTER_LIST("Bcc", bcc),
};

/* Returns the text of a list; NULL: none. */
static const char *letter_list(const struct postino_letter *letter, unsigned i)
{
    const char *base = (const char *)letter;
    const char *list = *(const char *const *)(const void *)(base + letter_lists[i].offset);

    return list != NULL && *list != '\0' ? list : NULL;
}

/* The most that the lists can hold. */
struct letter_counts {
    size_t entries;
    size_t text_octets;
};

/* Entries are separated by commas and semicolons. Their text may grow by a half, where encoded words are
 * decoded. */
static void letter_count(const struct postino_letter *letter, struct letter_counts *counts)
{
    unsigned i;

    counts->entries = 0;
    counts->text_octets = 0;
    for (i = 0; i < LETTER_LISTS; i++) {
        const char *list = letter_list(letter, i);
        const char *at;
        size_t entries = 1;

        if (list == NULL)
            continue;
        for (at = list; *at != '\0'; at++)
            if (*at == ',' || *at == ';')
                entries++;
        counts->entries += entries;
        counts->text_octets += (size_t)(at - list) / 2 * 3 + 1 + 2 * entries;
    }
}

/* Parses all lists into `mailboxes` and the free octets. */
static int letter_parse(struct postino_letter_maker *maker, struct postino_mailbox *mailboxes, size_t entries)
{
    struct postino_letter *letter = maker->letter;
    struct postino_mailbox_list list;
    unsigned i;

    postino_clear(&list, sizeof list);
    for (i = 0; i < LETTER_LISTS; i++) {
        char *member = (char *)&maker->objects->message + letter_lists[i].message_offset;
        const char *text = letter_list(letter, i);
        const struct postino_mailbox *mailbox;
        struct postino_span path;
        int error;

        if (text == NULL)
            continue;
        letter->error_field = letter_lists[i].name;
        list.mailboxes = mailboxes;
        list.capacity = entries;
        list.text = maker->at;
        list.text_octets = maker->octets;
        error = postino_mailbox_parse(&list, text);
        letter->error_column = list.column;
        if (error != POSTINO_OK)
            return error;
        if (list.count == 0)
            continue;
        *(const struct postino_mailbox **)(void *)member = mailboxes;
        for (mailbox = mailboxes; mailbox != NULL; mailbox = mailbox->next)
            if (postino_address_path(mailbox->address, &path) > 0 &&
                (letter->options == NULL || !letter->options->utf8))
                return POSTINO_ERROR_UTF8_NOT_ASKED;
        mailboxes += list.count;
        entries -= list.count;
        maker->at += list.used_octets;
        maker->octets -= list.used_octets;
    }
    letter->error_field = NULL;
    return POSTINO_OK;
}

/* ---- The workspace ---- */

static size_t letter_need(const struct postino_letter *letter, const struct letter_counts *counts)
{
    size_t octets = POSTINO_LETTER_ROUND(sizeof(struct postino_letter_objects)) +
                    POSTINO_LETTER_ROUND(letter->attachment_count * sizeof(struct postino_letter_item)) +
                    POSTINO_LETTER_ROUND(counts->entries * sizeof(struct postino_recipient)) +
                    POSTINO_LETTER_ROUND(counts->entries * sizeof(struct postino_mailbox)) +
                    counts->text_octets + POSTINO_MESSAGE_BUFFER_MIN;
    unsigned i;

    for (i = 0; i < letter->attachment_count; i++)
        if (letter->attachments[i].path != NULL)
            return octets + POSTINO_LETTER_FILE_OCTETS;
    return octets;
}

static void *letter_take(struct postino_letter_maker *maker, size_t octets)
{
    char *taken = maker->at;

    octets = POSTINO_LETTER_ROUND(octets);
    maker->at += octets;
    maker->octets -= octets;
    return taken;
}

/* ---- The mail ---- */

static int letter_fields(struct postino_letter_maker *maker)
{
    const struct postino_letter *letter = maker->letter;
    const struct postino_letter_port *port = letter->port;
    struct postino_letter_objects *objects = maker->objects;
    struct postino_message *message = &objects->message;

    message->subject = letter->subject;
    message->message_id = letter->message_id;
    message->in_reply_to = letter->in_reply_to;
    message->references = letter->references;
    message->headers = letter->headers;
    message->random = letter->random;
    message->date_s = letter->date_s;
    message->zone_minutes = letter->zone_minutes;
    if (letter->priority != 0) {
        if (maker->features->priority == NULL)
            return POSTINO_ERROR_FEATURE;
        maker->features->priority(message, objects->priority, letter->priority);
    }
    if (port == NULL)
        return POSTINO_OK;
    if (message->date_s == 0 && port->now_s != NULL)
        message->date_s = port->now_s(port->context);
    if (message->random != NULL || port->random == NULL)
        return POSTINO_OK;
    message->random = objects->random;
    return port->random(port->context, objects->random, sizeof objects->random) < 0 ? POSTINO_ERROR_CRYPTO
                                                                                    : POSTINO_OK;
}

/* Makes the envelope. */
static int letter_envelope(struct postino_letter_maker *maker, struct postino_recipient *recipients,
                           size_t capacity)
{
    struct postino_message *message = &maker->objects->message;
    const struct postino_mailbox *sender = message->sender != NULL ? message->sender : message->from;
    struct postino_mail *mail = &maker->objects->mail;

    mail->source = &message->source;
    mail->options = maker->letter->options;
    mail->recipients = recipients;
    /* postino_letter_check() refuses a message without a From. */
    if (sender != NULL)
        mail->reverse_path = sender->address;
    return postino_message_recipients(message, recipients, capacity) != 0 ? POSTINO_OK
                                                                          : POSTINO_ERROR_NO_RECIPIENT;
}

/* Makes everything in the workspace, which begins at a multiple of the alignment and is large enough. */
static int letter_make(struct postino_letter_maker *maker, const struct letter_counts *counts)
{
    struct postino_letter *letter = maker->letter;
    struct postino_recipient *recipients;
    struct postino_mailbox *mailboxes;
    int error;

    maker->objects = letter_take(maker, sizeof *maker->objects);
    letter->items = letter_take(maker, letter->attachment_count * sizeof *letter->items);
    recipients = letter_take(maker, counts->entries * sizeof *recipients);
    mailboxes = letter_take(maker, counts->entries * sizeof *mailboxes);
    postino_clear(maker->objects, sizeof *maker->objects);
    postino_message_init_with(&maker->objects->message, maker->features->message, NULL, NULL, 0);
    error = letter_parse(maker, mailboxes, counts->entries);
    if (error == POSTINO_OK)
        error = letter_fields(maker);
    if (error == POSTINO_OK)
        error = letter_envelope(maker, recipients, counts->entries);
    if (error == POSTINO_OK)
        error = postino_letter_parts(maker);
    return error;
}

int postino_letter_prepare_with(struct postino_letter *letter, const struct postino_letter_features *features,
                                void *workspace, size_t workspace_octets, struct postino_mail **mail)
{
    struct postino_letter_maker maker = {letter, features, NULL, workspace, workspace_octets};
    struct letter_counts counts;
    size_t gap = POSTINO_LETTER_ALIGN - 1;
    int error = POSTINO_ERROR_CAPACITY;

    *mail = NULL;
    letter->error_field = NULL;
    letter->error_column = 0;
    letter->error_attachment = 0;
    letter->needed_octets = 0;
    letter->opened = 0;
    letter->error = POSTINO_ERROR_ARGUMENT;
    if (letter->priority > POSTINO_PRIORITY_LOW ||
        (letter->attachments == NULL && letter->attachment_count != 0))
        return POSTINO_ERROR_ARGUMENT;
    letter_count(letter, &counts);
    if (workspace != NULL)
        gap = (size_t)(0 - (uintptr_t)workspace) % POSTINO_LETTER_ALIGN;
    letter->needed_octets = gap + letter_need(letter, &counts);
    if (workspace != NULL && workspace_octets >= letter->needed_octets) {
        maker.at += gap;
        maker.octets -= gap;
        error = letter_make(&maker, &counts);
        if (error == POSTINO_OK)
            *mail = &maker.objects->mail;
    }
    letter->error = (int16_t)error;
    return error;
}
