/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_MAILBOX_H
#define POSTINO_MAILBOX_H

#include "postino/message.h"

#ifdef __cplusplus
extern "C" {
#endif

enum postino_mailbox_flag {
    /* Accepts RFC 5322 section 3.4 only, and names with dots. Without this flag lists as people write them
     * are accepted too:
     * - several separators, or one at the end ("a@b,, c@d;"), and semicolons in place of commas;
     * - names with "@", "[" and "]" outside quotes ("a@b <a@b>"), and encoded words within quotes;
     * - routes ("<@relay:a@b>"), which are left out;
     * - local parts with dots anywhere ("ab.@c"), which are kept unchanged. */
    POSTINO_MAILBOX_STRICT = 1
};

/* A list of addresses, and its parsed form. Set the members above "Result"; the rest is filled in. */
struct postino_mailbox_list {
    struct postino_mailbox *mailboxes; /* room for `capacity` of them */
    size_t capacity;
    /* Room for their names and addresses. One and a half times the list's octets, and 2 octets a mailbox, are
     * enough; without encoded words the list's octets, and these 2. */
    char *text;
    size_t text_octets;
    unsigned flags; /* of enum postino_mailbox_flag */
    /* Result. */
    size_t count;       /* of mailboxes, each linked to the next */
    size_t used_octets; /* of the text */
    size_t column;      /* of an error, counted in characters from 1 */
    /* The number of encoded words that stay in names unchanged; words that follow each other count once. They
     * are in a charset other than UTF-8, ISO-8859-1 and US-ASCII, are not valid in their charset, or hold
     * control characters. A message shows such a name unchanged. */
    size_t undecoded;
};

/* Parses a list (RFC 5322 section 3.4, UTF-8 as in RFC 6532): addresses and "Name <address>", separated by
 * commas. Quoted names and local parts, comments and groups ("Team: a@b, c@d;") are understood; the members
 * of a group count.
 *
 * Names lose their quotes, a TAB in a name becomes a blank, and encoded words are decoded (RFC 2047).
 * Comments and blanks around addresses are left out. A TAB in a local part is an error. May be called at any
 * time, from any thread; `text` is not kept.
 *
 * Returns 0, with at least one mailbox unless there are only empty groups. Returns POSTINO_ERROR_ADDRESS, or
 * POSTINO_ERROR_CAPACITY if a mailbox or its text has no room. Then `column` is the place of the error in the
 * list, and the mailboxes are not valid. */
int postino_mailbox_parse(struct postino_mailbox_list *list, const char *text);

#ifdef __cplusplus
}
#endif

#endif
