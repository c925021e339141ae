/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_MAILBOX_H
#define POSTINO_MAILBOX_H

#include "postino/message.h"

#ifdef __cplusplus
extern "C" {
#endif

enum postino_mailbox_flag {
    /* Only what RFC 5322 section 3.4 has, and names with dots. Without it what people write is taken too:
     * several separators, or one at the end ("a@b,, c@d;"), semicolons in place of commas, names with "@",
     * "[" and "]" outside quotes ("a@b <a@b>"), encoded words within quotes, routes ("<@relay:a@b>", left
     * out), and local parts with dots anywhere ("ab.@c"), which are kept as they are. */
    POSTINO_MAILBOX_STRICT = 1
};

/* A list of addresses as people write it, taken apart. Set the members above "Result", all else is filled
 * in. */
struct postino_mailbox_list {
    struct postino_mailbox *mailboxes; /* room for `capacity` of them */
    size_t capacity;
    /* Room for their names and addresses. Half as much again as the list has, and 2 octets a mailbox, is
     * enough; without encoded words as much as the list has, and these 2. */
    char *text;
    size_t text_octets;
    unsigned flags; /* of enum postino_mailbox_flag */
    /* Result. */
    size_t count;       /* of mailboxes, each linked to the next */
    size_t used_octets; /* of the text */
    size_t column;      /* of an error, counted in characters from 1 */
    /* Encoded words, those that follow each other counted once, that stand in names as they were: they are in
     * a charset other than UTF-8, ISO-8859-1 and US-ASCII, or are none of their charset, or hold control
     * characters. A message shows such a name as it stands. */
    size_t undecoded;
};

/* Takes a list apart (RFC 5322 section 3.4, UTF-8 as in RFC 6532): addresses and "Name <address>", separated
 * by commas, with quoted names and local parts, comments, and groups ("Team: a@b, c@d;"), of which the
 * members count. Names lose their quotes, a TAB in them is a blank, and their encoded words are decoded (RFC
 * 2047); comments and blanks around addresses are left out; a TAB in a local part is an error. May be called
 * at any time, from any thread; `text` is not kept. Returns 0, with at least one mailbox unless there are
 * only empty groups; POSTINO_ERROR_ADDRESS; or POSTINO_ERROR_CAPACITY where a mailbox or its text found no
 * room: then `column` is where the list goes wrong, and what was filled in counts for nothing. */
int postino_mailbox_parse(struct postino_mailbox_list *list, const char *text);

#ifdef __cplusplus
}
#endif

#endif
