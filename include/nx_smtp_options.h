/* SPDX-License-Identifier: MIT */
/* The options of the NetX Duo SMTP Client. Times are in ticks, NX_IP_PERIODIC_RATE a second. Lengths of
 * strings are in octets without the NUL. Compile the library and the application with the same values.
 * Included by nxd_smtp_client.h. */
#ifndef NX_SMTP_OPTIONS_H
#define NX_SMTP_OPTIONS_H

/* Receive window of the client's TCP socket, in octets. */
#ifndef NX_SMTP_CLIENT_TCP_WINDOW_SIZE
#define NX_SMTP_CLIENT_TCP_WINDOW_SIZE 1460
#endif

/* How long to wait for a packet of the pool. */
#ifndef NX_SMTP_CLIENT_PACKET_TIMEOUT
#define NX_SMTP_CLIENT_PACKET_TIMEOUT (2 * NX_IP_PERIODIC_RATE)
#endif

/* How long to wait for the TCP connection. */
#ifndef NX_SMTP_CLIENT_CONNECTION_TIMEOUT
#define NX_SMTP_CLIENT_CONNECTION_TIMEOUT (10 * NX_IP_PERIODIC_RATE)
#endif

/* How long to wait for the reply to QUIT, and for the orderly end of the connection after it. */
#ifndef NX_SMTP_CLIENT_DISCONNECT_TIMEOUT
#define NX_SMTP_CLIENT_DISCONNECT_TIMEOUT (5 * NX_IP_PERIODIC_RATE)
#endif

/* How long to wait for the server's greeting. */
#ifndef NX_SMTP_GREETING_TIMEOUT
#define NX_SMTP_GREETING_TIMEOUT (10 * NX_IP_PERIODIC_RATE)
#endif

/* How long to wait for the reply to each of EHLO, AUTH, MAIL, RCPT and DATA. */
#ifndef NX_SMTP_ENVELOPE_TIMEOUT
#define NX_SMTP_ENVELOPE_TIMEOUT (10 * NX_IP_PERIODIC_RATE)
#endif

/* How long to wait for the reply to the message. */
#ifndef NX_SMTP_MESSAGE_TIMEOUT
#define NX_SMTP_MESSAGE_TIMEOUT (30 * NX_IP_PERIODIC_RATE)
#endif

/* How long a packet of the message may wait for the server's window or for the transmit queue. */
#ifndef NX_SMTP_CLIENT_SEND_TIMEOUT
#define NX_SMTP_CLIENT_SEND_TIMEOUT (5 * NX_IP_PERIODIC_RATE)
#endif

/* The longest challenge (the text of a 334 reply) in octets. A longer one cancels the authentication. */
#ifndef NX_SMTP_SERVER_CHALLENGE_MAX_STRING
#define NX_SMTP_SERVER_CHALLENGE_MAX_STRING 200
#endif

/* The longest client domain, user name and password. User name and password share their room in the
 * NX_SMTP_CLIENT, so one may be longer where the other is shorter. Providers issue user names of 160 octets
 * and passwords of 69. */
#ifndef NX_SMTP_CLIENT_MAX_DOMAIN
#ifdef NX_SMTP_CLIENT_MAX_USERNAME
#define NX_SMTP_CLIENT_MAX_DOMAIN NX_SMTP_CLIENT_MAX_USERNAME
#else
#define NX_SMTP_CLIENT_MAX_DOMAIN 64
#endif
#endif
#ifndef NX_SMTP_CLIENT_MAX_USERNAME
#define NX_SMTP_CLIENT_MAX_USERNAME 172
#endif
#ifndef NX_SMTP_CLIENT_MAX_PASSWORD
#define NX_SMTP_CLIENT_MAX_PASSWORD 74
#endif

/* Defined: a client of NX_SMTP_CLIENT_AUTH_NONE never authenticates. Not defined: it authenticates with PLAIN
 * when it has a user name and the server offers authentication, as the User Guide says. */
/* #define NX_SMTP_CLIENT_AUTH_NONE_STRICT */

/* Defined: the smallest build. nx_smtp_mail_send() waits for every reply, sends the message with DATA, and
 * knows no extension but AUTH. Not defined: it uses PIPELINING and CHUNKING where the server offers them,
 * which saves half of the round trips. Where the server offers MT-PRIORITY, it sends the mail's priority. The
 * services of nx_smtp_session.h do not depend on this option. */
/* #define NX_SMTP_CLIENT_LOCK_STEP */

#endif
