/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_ADDRESS_H
#define POSTINO_ADDRESS_H

#include "postino/source.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Checks a path as MAIL FROM and RCPT TO take it, with or without its angle brackets ("a@b" or "<a@b>"), and
 * sets *path to what stands between them, lent from `address`. May be called at any time, from any thread.
 * Returns 0; 1 for one with octets above 127, which needs SMTPUTF8 (RFC 6531); or -1 for one that must not be
 * sent: a control character, a blank or bracket outside a quoted string, more than one at-sign outside it, an
 * empty local part or domain beside it, or more octets than fit the line of a command: 498. An empty path
 * passes: it is the null reverse-path. (RFC 5321 sections 4.1.2 and 4.5.3.1) */
int postino_address_path(const char *address, struct postino_span *path);

/* Checks a domain name or an address literal as the EHLO command takes it. May be called at any time, from
 * any thread. Returns 0, or -1 for one that must not be sent: empty, over 255 octets, or with a blank, a
 * control character, an angle bracket or an octet outside ASCII. (RFC 5321 sections 4.1.2 and 4.5.3.1) */
int postino_address_domain(const char *domain);

#ifdef __cplusplus
}
#endif

#endif
