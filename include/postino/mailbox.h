/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_MAILBOX_H
#define POSTINO_MAILBOX_H

#include "postino/message.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A list of addresses as people write it, taken apart. Set the members above "Result", all else is filled in. */
struct postino_mailbox_list {
    struct postino_mailbox *mailboxes; /* room for `capacity` of them */
    size_t capacity;
    char *text; /* room for their names and addresses; 2 octets a mailbox more than the list has is enough */
    size_t text_octets;
    /* Result. */
    size_t count;       /* of mailboxes, each linked to the next */
    size_t used_octets; /* of the text */
    size_t column;      /* of an error, counted in characters from 1 */
};

/* Takes a list apart (RFC 5322 section 3.4, UTF-8 as in RFC 6532): addresses and "Name <address>", separated by
 * commas, with quoted names and local parts, comments, and groups ("Team: a@b, c@d;"), of which the members
 * count. Names lose their quotes, comments and blanks around addresses are left out. May be called at any time,
 * from any thread; `text` is not kept. Returns 0, with at least one mailbox unless there are only empty groups;
 * POSTINO_ERROR_ADDRESS; or POSTINO_ERROR_CAPACITY where a mailbox or its text found no room: then `column` is
 * where the list goes wrong, and what was filled in counts for nothing. */
int postino_mailbox_parse(struct postino_mailbox_list *list, const char *text);

#ifdef __cplusplus
}
#endif

#endif
