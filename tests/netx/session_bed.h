/* SPDX-License-Identifier: MIT */
#ifndef NETX_TEST_SESSION_BED_H
#define NETX_TEST_SESSION_BED_H

/* The fixture of the tests of the services for many mails. */

#include "bed.h"

extern NX_SMTP_SESSION bed_session;

/* Makes the client, without authentication, and enables its session. */
VOID bed_session_create(VOID);
/* The same with authentication. */
VOID bed_session_create_as(CHAR *user, CHAR *password, UINT type);
/* Ends the connection, where there is one, and the client. */
VOID bed_session_delete(VOID);
/* A mail with the usual subject to the usual recipient. */
VOID bed_mail(NX_SMTP_MAIL *mail, NX_SMTP_RECIPIENT *recipient, CHAR *body);
VOID bed_submit(NX_SMTP_MAIL *mail);
/* Collects a mail, which must be this one. */
VOID bed_collect(NX_SMTP_MAIL *mail);
/* Nothing is left to be collected. */
VOID bed_collected(VOID);
/* Of a mail, and of a recipient: */
VOID bed_result(NX_SMTP_MAIL *mail, UINT status, UINT outcome, UINT reply_code);
VOID bed_recipient_result(NX_SMTP_RECIPIENT *recipient, UINT outcome, UINT reply_code);
/* Submits, collects; it must be accepted. */
VOID bed_mail_delivers(NX_SMTP_MAIL *mail);
/* Ends the connection, the server's so-many-th; nothing is left open. */
VOID bed_disconnects(unsigned connections);

#define BED_EHLO           "EHLO " BED_DOMAIN "\r\n"
#define BED_ENVELOPE       "MAIL FROM:<" BED_FROM ">\r\nRCPT TO:<" BED_TO ">\r\n"
#define BED_DATA(message)  BED_ENVELOPE "DATA\r\n" message
#define BED_REPLIES(words) "250-mx.example.com\r\n250 " words "\r\n"

#endif
