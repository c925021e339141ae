/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_CONFIG_H
#define POSTINO_CONFIG_H

/* Compile-time options. Every one has a working default; a build overrides them with -D or with a header of
 * its own named by -DPOSTINO_USER_CONFIG_FILE='"my_config.h"'. The library and the application must be
 * compiled with the same values: the init functions compare the sizes of the objects and refuse a mismatch.
 */

#include "postino/version.h"

#ifdef POSTINO_USER_CONFIG_FILE
#include POSTINO_USER_CONFIG_FILE
#endif

/* Octets of a reply's text that a session keeps for the error record and for the records of recipients; the
 * rest of a longer text is dropped. The default is 1000 where there is a POSIX system, and 96 on a device.
 * RAM: as many octets in each session. */
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

/* Lines of one reply after which the server is taken to be broken or hostile. RAM: none. */
#ifndef POSTINO_REPLY_LINES_MAX
#define POSTINO_REPLY_LINES_MAX 200
#endif
#if POSTINO_REPLY_LINES_MAX < 20 || POSTINO_REPLY_LINES_MAX > 65535
#error "POSTINO_REPLY_LINES_MAX must be 20 to 65535"
#endif

/* Octets of an authentication challenge that a mechanism takes, decoded; one that is longer is refused. RAM:
 * as many octets in each struct postino_sasl_state. */
#ifndef POSTINO_SASL_CHALLENGE_OCTETS
#define POSTINO_SASL_CHALLENGE_OCTETS 512
#endif
#if POSTINO_SASL_CHALLENGE_OCTETS < 128 || POSTINO_SASL_CHALLENGE_OCTETS > 8192
#error "POSTINO_SASL_CHALLENGE_OCTETS must be 128 to 8192"
#endif

/* Octets of what SCRAM composes before it says anything: its first message (who we are, as whom to act) and
 * the channel binding in base64; and of XOAUTH2's and OAUTHBEARER's first message up to the token. With less
 * room the credentials are refused. RAM: as many octets in each struct postino_sasl_state. */
#ifndef POSTINO_SASL_FIRST_OCTETS
#define POSTINO_SASL_FIRST_OCTETS 512
#endif
#if POSTINO_SASL_FIRST_OCTETS < 64 || POSTINO_SASL_FIRST_OCTETS > 8192
#error "POSTINO_SASL_FIRST_OCTETS must be 64 to 8192"
#endif

/* Octets of a line of an authentication exchange at most, its end not counted; with credentials that would
 * take more nothing is sent. RFC 4954 section 4 has every server take 12288, and more is each server's own.
 * RAM: none. */
#ifndef POSTINO_AUTH_LINE_OCTETS
#define POSTINO_AUTH_LINE_OCTETS 12288
#endif
#if POSTINO_AUTH_LINE_OCTETS < 512 || POSTINO_AUTH_LINE_OCTETS > 1048576
#error "POSTINO_AUTH_LINE_OCTETS must be 512 to 1048576"
#endif

/* Octets of a BDAT chunk at most: a server that refuses a large message is heard between two of them. RAM:
 * none. */
#ifndef POSTINO_CHUNK_OCTETS
#define POSTINO_CHUNK_OCTETS 1048576
#endif
#if POSTINO_CHUNK_OCTETS < 1024 || POSTINO_CHUNK_OCTETS > 1073741824
#error "POSTINO_CHUNK_OCTETS must be 1024 to 1073741824"
#endif

/* 1: small code before fast code, the default where the compiler was told to optimise for size. RAM: none. */
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

/* Octets of the buffer inside struct postino_posix that it sends from, and of the one that it receives into;
 * postino_posix_buffers() gives a transport larger ones. RAM: this much plus POSTINO_POSIX_RECEIVE_OCTETS a
 * transport. */
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
