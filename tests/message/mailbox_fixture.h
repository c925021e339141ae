/* SPDX-License-Identifier: MIT */
#ifndef MAILBOX_FIXTURE_H
#define MAILBOX_FIXTURE_H

/* Address lists, taken apart with room enough. */

#include "postino/mailbox.h"

static struct postino_mailbox mailboxes[8];
static char room[1024];

static inline int parse_with(struct postino_mailbox_list *list, const char *text, unsigned flags)
{
    list->flags = flags;
    list->mailboxes = mailboxes;
    list->capacity = 8;
    list->text = room;
    list->text_octets = sizeof room;
    return postino_mailbox_parse(list, text);
}

static inline int parse(struct postino_mailbox_list *list, const char *text)
{
    return parse_with(list, text, 0);
}

#endif
