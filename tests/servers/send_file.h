/* SPDX-License-Identifier: MIT */
#ifndef SEND_FILE_H
#define SEND_FILE_H

#include <stddef.h>
#include <stdint.h>

/* The command line of send_file. This header is neutral: one half of the program is written
 * against NetX Duo's headers, the other against Postino's. */

enum send_file_auth {
    SEND_FILE_AUTH_NONE,
    SEND_FILE_AUTH_PLAIN,
    SEND_FILE_AUTH_LOGIN
};

enum send_file_priority {
    SEND_FILE_PRIORITY_LOW,
    SEND_FILE_PRIORITY_NORMAL,
    SEND_FILE_PRIORITY_HIGH
};

struct send_file_options {
    char *host; /* an address, not a name */
    int ip_version;
    uint8_t address[16]; /* host as the network writes it: 4 octets or 16 */
    char *service;
    uint16_t port; /* service as a number */
    enum send_file_auth auth;
    char *user;
    char *password;
    char *from;
    char *to;
    char *subject;
    char *domain;
    enum send_file_priority priority;
    char *body;
    size_t body_octets;
};

/* Each sends the mail and returns the program's exit status: 0 accepted, 1 not, after a line on standard
 * output that says why. The first one may also end the program itself. */
int send_file_netx(const struct send_file_options *options);
int send_file_client(const struct send_file_options *options);

#endif
