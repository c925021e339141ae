/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_CONFIG_H
#define POSTINO_CONFIG_H

/* Compile-time options. Every option has a working default. A build overrides it with -D, or with a header of
 * its own that -DPOSTINO_USER_CONFIG_FILE='"my_config.h"' names. The library and the application must be
 * compiled with the same values: the init functions compare the sizes of the objects and refuse a
 * mismatch. */

#include "postino/version.h"

#ifdef POSTINO_USER_CONFIG_FILE
#include POSTINO_USER_CONFIG_FILE
#endif

/* The octets of a reply's text that a session keeps for the error record and for the records of recipients;
 * the rest is dropped. The default is 1000 on a POSIX system, and 96 on a device. RAM: as many octets in each
 * session. */
#ifndef POSTINO_REPLY_TEXT_OCTETS
#if defined(__unix__) || defined(__APPLE__)
#define POSTINO_REPLY_TEXT_OCTETS 1000
#else
#define POSTINO_REPLY_TEXT_OCTETS 96
#endif
#endif
#if POSTINO_REPLY_TEXT_OCTETS < 16 || POSTINO_REPLY_TEXT_OCTETS > 4096
#error "POSTINO_REPLY_TEXT_OCTETS must be 16 to 4096"
#endif

/* The lines of a reply after which the server counts as broken or hostile. RAM: none. */
#ifndef POSTINO_REPLY_LINES_MAX
#define POSTINO_REPLY_LINES_MAX 200
#endif
#if POSTINO_REPLY_LINES_MAX < 20 || POSTINO_REPLY_LINES_MAX > 65535
#error "POSTINO_REPLY_LINES_MAX must be 20 to 65535"
#endif

/* The octets of an authentication challenge that a mechanism takes, decoded; a longer challenge is refused.
 * RAM: as many octets in each struct postino_sasl_state. */
#ifndef POSTINO_SASL_CHALLENGE_OCTETS
#define POSTINO_SASL_CHALLENGE_OCTETS 512
#endif
#if POSTINO_SASL_CHALLENGE_OCTETS < 128 || POSTINO_SASL_CHALLENGE_OCTETS > 8192
#error "POSTINO_SASL_CHALLENGE_OCTETS must be 128 to 8192"
#endif

/* The octets that SCRAM composes before the exchange: its first message (the user, and the identity to act
 * as) and the channel binding in base64. For XOAUTH2 and OAUTHBEARER, the first message up to the token. With
 * less room the credentials are refused. RAM: as many octets in each struct postino_sasl_state. */
#ifndef POSTINO_SASL_FIRST_OCTETS
#define POSTINO_SASL_FIRST_OCTETS 512
#endif
#if POSTINO_SASL_FIRST_OCTETS < 64 || POSTINO_SASL_FIRST_OCTETS > 8192
#error "POSTINO_SASL_FIRST_OCTETS must be 64 to 8192"
#endif

/* The octets of a line of an authentication exchange, without its end. Credentials that need more are not
 * sent. Every server takes 12288 octets (RFC 4954 section 4); more depends on the server. RAM: none. */
#ifndef POSTINO_AUTH_LINE_OCTETS
#define POSTINO_AUTH_LINE_OCTETS 12288
#endif
#if POSTINO_AUTH_LINE_OCTETS < 512 || POSTINO_AUTH_LINE_OCTETS > 1048576
#error "POSTINO_AUTH_LINE_OCTETS must be 512 to 1048576"
#endif

/* The octets of a BDAT chunk. Between two chunks the session reads the reply of a server that refuses a large
 * message. RAM: none. */
#ifndef POSTINO_CHUNK_OCTETS
#define POSTINO_CHUNK_OCTETS 1048576
#endif
#if POSTINO_CHUNK_OCTETS < 1024 || POSTINO_CHUNK_OCTETS > 1073741824
#error "POSTINO_CHUNK_OCTETS must be 1024 to 1073741824"
#endif

/* 1: small code is preferred to fast code, the default if the compiler optimises for size. RAM: none. */
#ifndef POSTINO_SMALL
#ifdef __OPTIMIZE_SIZE__
#define POSTINO_SMALL 1
#else
#define POSTINO_SMALL 0
#endif
#endif
#if POSTINO_SMALL != 0 && POSTINO_SMALL != 1
#error "POSTINO_SMALL must be 0 or 1"
#endif

/* The octets of the send buffer and of the receive buffer inside struct postino_posix;
 * postino_posix_buffers() gives a transport larger buffers. RAM: this much plus POSTINO_POSIX_RECEIVE_OCTETS
 * a transport. */
#ifndef POSTINO_POSIX_SEND_OCTETS
#define POSTINO_POSIX_SEND_OCTETS 16384
#endif
#if POSTINO_POSIX_SEND_OCTETS < 512 || POSTINO_POSIX_SEND_OCTETS > 16777216
#error "POSTINO_POSIX_SEND_OCTETS must be 512 to 16777216"
#endif

#ifndef POSTINO_POSIX_RECEIVE_OCTETS
#define POSTINO_POSIX_RECEIVE_OCTETS 16384
#endif
#if POSTINO_POSIX_RECEIVE_OCTETS < 64 || POSTINO_POSIX_RECEIVE_OCTETS > 1048576
#error "POSTINO_POSIX_RECEIVE_OCTETS must be 64 to 1048576"
#endif

#endif
