/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_ADDRESS_H
#define POSTINO_ADDRESS_H

#include "postino/source.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Checks a path as MAIL FROM and RCPT TO take it, with or without its angle brackets ("a@b" or "<a@b>"). Sets
 * *path to the text between them, lent from `address`. May be called at any time, from any thread. (RFC 5321
 * sections 4.1.2 and 4.5.3.1) Returns:
 * - 0: the path may be sent; an empty path is the null reverse-path;
 * - 1: it has octets above 127, which need SMTPUTF8 (RFC 6531);
 * - -1: it must not be sent.
 *
 * A path must not be sent if it has over 498 octets, which do not fit the line of a command, or a control
 * character. Outside a quoted string it must not have a blank, a bracket or a second at-sign. Local part and
 * domain must not be empty. */
int postino_address_path(const char *address, struct postino_span *path);

/* Checks a domain name or an address literal as the EHLO command takes it. Returns 0, or -1 if it must not be
 * sent. A domain must not be empty, must not have over 255 octets, and must not hold a blank, a control
 * character, an angle bracket or an octet outside ASCII. May be called at any time, from any thread. (RFC
 * 5321 sections 4.1.2 and 4.5.3.1) */
int postino_address_domain(const char *domain);

#ifdef __cplusplus
}
#endif

#endif
