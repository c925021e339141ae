/* SPDX-License-Identifier: MIT */
/* The constants of the NetX Duo SMTP Client: mechanisms, priorities, reply codes and status values.
 * Included by nxd_smtp_client.h. */
#ifndef NX_SMTP_CODES_H
#define NX_SMTP_CODES_H

#define NX_SMTP_CLIENT_ID 0x534D5450UL

#define NX_SMTP_CLIENT_AUTH_LOGIN         1
#define NX_SMTP_CLIENT_AUTH_CRAM_MD5      2
#define NX_SMTP_CLIENT_AUTH_PLAIN         3
#define NX_SMTP_CLIENT_AUTH_NONE          0xFFFF
/* Ours: these and NX_SMTP_CLIENT_AUTH_CRAM_MD5 need nx_smtp_client_crypto_set(). */
#define NX_SMTP_CLIENT_AUTH_SCRAM_SHA_256 0x101
#define NX_SMTP_CLIENT_AUTH_SCRAM_SHA_1   0x102
#define NX_SMTP_CLIENT_AUTH_SCRAM_SHA_512 0x103
/* These need nx_smtp_client_token_set(). */
#define NX_SMTP_CLIENT_AUTH_XOAUTH2       0x104
#define NX_SMTP_CLIENT_AUTH_OAUTHBEARER   0x105
/* And this nx_smtp_client_external_set(). */
#define NX_SMTP_CLIENT_AUTH_EXTERNAL      0x106

#define NX_SMTP_MAIL_PRIORITY_LOW    0x01
#define NX_SMTP_MAIL_PRIORITY_NORMAL 0x02
#define NX_SMTP_MAIL_PRIORITY_HIGH   0x04

#define NX_SMTP_RECIPIENT_TO  0x01
#define NX_SMTP_RECIPIENT_CC  0x02
#define NX_SMTP_RECIPIENT_BCC 0x04

#define NX_SMTP_CODE_GREETING_OK                       220
#define NX_SMTP_CODE_ACKNOWLEDGE_QUIT                  221
#define NX_SMTP_CODE_AUTHENTICATION_SUCCESSFUL         235
#define NX_SMTP_CODE_OK_TO_CONTINUE                    250
#define NX_SMTP_CODE_CANNOT_VERIFY_RECIPIENT           252
#define NX_SMTP_CODE_AUTHENTICATION_TYPE_ACCEPTED      334
#define NX_SMTP_CODE_SEND_MAIL_INPUT                   354
#define NX_SMTP_CODE_SERVICE_NOT_AVAILABLE             421
#define NX_SMTP_CODE_SERVICE_INTERNAL_SERVER_ERROR     451
#define NX_SMTP_CODE_INSUFFICIENT_STORAGE              452
#define NX_SMTP_CODE_AUTH_FAILED_INTERNAL_SERVER_ERROR 454
#define NX_SMTP_CODE_COMMAND_SYNTAX_ERROR              500
#define NX_SMTP_CODE_PARAMETER_SYNTAX_ERROR            501
#define NX_SMTP_CODE_COMMAND_NOT_IMPLEMENTED           502
#define NX_SMTP_CODE_BAD_SEQUENCE                      503
#define NX_SMTP_CODE_PARAMETER_NOT_IMPLEMENTED         504
#define NX_SMTP_CODE_AUTH_REQUIRED                     530
#define NX_SMTP_CODE_AUTH_FAILED                       535
#define NX_SMTP_CODE_REQUESTED_ACTION_NOT_TAKEN        550
#define NX_SMTP_CODE_USER_NOT_LOCAL                    551
#define NX_SMTP_CODE_OVERSIZE_MAIL_DATA                552
#define NX_SMTP_CODE_BAD_MAILBOX                       553
#define NX_SMTP_CODE_TRANSACTION_FAILED                554
#define NX_SMTP_CODE_BAD_SERVER_CODE_RECEIVED          555

/* Status values, besides those of NetX Duo: when each occurs. */
#define NX_SMTP_AUTHENTICATION_ERROR       0xA0 /* no user name, or a mechanism that is not built in */
#define NX_SMTP_OVERSIZE_MAIL_DATA         0xA1 /* reserved: a server refuses mails that are too large */
#define NX_SMTP_INVALID_SERVER_REPLY       0xA2 /* a reply that does not answer what was sent */
#define NX_SMTP_INTERNAL_ERROR             0xA3 /* reserved */
#define NX_SMTP_SERVER_ERROR_CODE_RECEIVED 0xA4 /* 421 after the greeting: the server closes */
#define NX_SMTP_INVALID_PARAM              0xA5 /* an address, subject, domain or length, or no IP instance */
#define NX_SMTP_PACKET_ALLOCATE_ERROR      0xA6 /* the pool had no packet in time */
#define NX_SMTP_GREET_REPLY_ERROR          0xA7 /* the greeting was not 220 */
#define NX_SMTP_HELLO_REPLY_ERROR          0xA8 /* EHLO and HELO were refused */
#define NX_SMTP_MAIL_REPLY_ERROR           0xA9 /* MAIL was refused */
#define NX_SMTP_RCPT_REPLY_ERROR           0xAA /* RCPT was refused */
#define NX_SMTP_MESSAGE_REPLY_ERROR        0xAB /* the message was refused, or its outcome is not known */
#define NX_SMTP_DATA_REPLY_ERROR           0xAC /* DATA was refused */
#define NX_SMTP_AUTH_REPLY_ERROR           0xAD /* authentication was refused */
#define NX_SMTP_SERVER_ERROR_REPLY         0xAE /* a reply without a code */
#define NX_SMTP_TRANSMIT_ERROR             0xAF /* the TCP connection took no more, at once or in time */
#define NX_SMTP_INVALID_SERVER_CHALLENGE   0xB0 /* a challenge too long, or one too many */
#define NX_SMTP_OVERSIZE_SERVER_REPLY      0xB1 /* a reply of more than POSTINO_REPLY_LINES_MAX lines */
#define NX_SMTP_CLIENT_NOT_INTIALIZED      0xB2 /* the client was not created, or is deleted */
#define NX_SMTP_CLIENT_NOT_INITIALIZED     0xB2
/* Ours, with nx_smtp_client_tls_set(): */
#define NX_SMTP_TLS_NOT_OFFERED            0xB3 /* TLS is required, and the server does not offer STARTTLS */
#define NX_SMTP_TLS_REFUSED                0xB4 /* STARTTLS was offered, and refused when it was sent */
#define NX_SMTP_TLS_HANDSHAKE_ERROR        0xB5 /* nx_smtp_client_tls_status_get() says why */
#define NX_SMTP_TLS_INJECTION              0xB6 /* clear text behind the reply to STARTTLS: an attack */
#define NX_SMTP_TLS_RECORD_ERROR           0xB7 /* a record after the handshake is not valid */

/* Ours, with nx_smtp_session.h and nx_smtp_message.h: an object that is in use was submitted or added once
 * more. No object was changed. */
#define NX_SMTP_MAIL_IN_USE      0xB8 /* a mail or message that is submitted and not collected */
#define NX_SMTP_RECIPIENT_IN_USE 0xB9 /* in another mail, or twice in one */
#define NX_SMTP_OPTIONS_IN_USE   0xBA /* of another mail */
#define NX_SMTP_PART_IN_USE      0xBB /* in this or another message */
#define NX_SMTP_HEADER_IN_USE    0xBC /* in this or another message */

/* The outcome of a mail, or of a recipient: nx_smtp_client_outcome_get(). */
#define NX_SMTP_OUTCOME_NONE          0 /* no mail was sent with this client yet */
#define NX_SMTP_OUTCOME_ACCEPTED      1
#define NX_SMTP_OUTCOME_UNKNOWN       2 /* it may have been delivered: the reply to its end was lost */
#define NX_SMTP_OUTCOME_TRANSIENT     3 /* not delivered; try again later */
#define NX_SMTP_OUTCOME_PERMANENT     4 /* not delivered; the same mail will be refused again */
#define NX_SMTP_OUTCOME_NOT_ATTEMPTED 5 /* nothing of it was sent */

#endif
