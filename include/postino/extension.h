/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_EXTENSION_H
#define POSTINO_EXTENSION_H

#include "postino/mail.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The extensions in the server's EHLO reply, as bits. */
enum postino_capability {
    POSTINO_CAPABILITY_AUTH = 1,                /* RFC 4954 */
    POSTINO_CAPABILITY_SIZE = 2,                /* RFC 1870 */
    POSTINO_CAPABILITY_8BITMIME = 4,            /* RFC 6152 */
    POSTINO_CAPABILITY_ENHANCEDSTATUSCODES = 8, /* RFC 2034 */
    POSTINO_CAPABILITY_PIPELINING = 0x10,       /* RFC 2920 */
    POSTINO_CAPABILITY_CHUNKING = 0x20,         /* RFC 3030 */
    POSTINO_CAPABILITY_STARTTLS = 0x40,         /* RFC 3207 */
    POSTINO_CAPABILITY_SMTPUTF8 = 0x80,         /* RFC 6531 */
    POSTINO_CAPABILITY_DSN = 0x100,             /* RFC 3461 */
    POSTINO_CAPABILITY_BINARYMIME = 0x200,      /* RFC 3030 */
    POSTINO_CAPABILITY_DELIVERBY = 0x400,       /* RFC 2852 */
    POSTINO_CAPABILITY_FUTURERELEASE = 0x800,   /* RFC 4865 */
    POSTINO_CAPABILITY_MT_PRIORITY = 0x1000,    /* RFC 6710 */
    POSTINO_CAPABILITY_REQUIRETLS = 0x2000,     /* RFC 8689 */
    POSTINO_CAPABILITY_LIMITS = 0x4000,         /* RFC 9422 */
    POSTINO_CAPABILITY_VRFY = 0x8000,           /* RFC 5321 section 3.5 */
    POSTINO_CAPABILITY_EXPN = 0x10000,          /* RFC 5321 section 3.5 */
    POSTINO_CAPABILITY_HELP = 0x20000,          /* RFC 5321 section 4.1.1.8 */
    POSTINO_CAPABILITY_ETRN = 0x40000           /* RFC 1985 */
};

/* Names an extension as the EHLO reply does. `capability` is one bit. May be called at any time, from any
 * thread. Returns a static string, never NULL. */
const char *postino_capability_name(uint32_t capability);

/* An extension that a session recognises in the EHLO reply (RFC 5321 section 4.1.1.1) and uses if it is
 * offered. A build links the extensions that its configuration names. */
struct postino_extension {
    const char *keyword; /* in upper case */
    /* private */
    /* Takes a parameter, session->word. NULL: parameters have no meaning for us. */
    void (*take_parameter)(struct postino_session *session);
    /* Checks a mail that begins, if the extension is offered; returns 0 or an error. NULL: no check. */
    int (*check)(struct postino_session *session, struct postino_mail *mail);
    /* Adds its parameter to MAIL, if the extension is offered. NULL: none. */
    void (*parameter)(const struct postino_session *session, struct postino_emitter *emitter);
    uint32_t capability; /* of enum postino_capability */
};

extern const struct postino_extension postino_extension_auth;
/* SIZE= with MAIL if the size is known. A mail over the server's limit fails before it is sent. */
extern const struct postino_extension postino_extension_size;
/* BODY=8BITMIME if needed. A mail that needs it and cannot have it fails: see enum postino_mail_flag. */
extern const struct postino_extension postino_extension_8bitmime;
extern const struct postino_extension postino_extension_enhancedstatuscodes;
/* Commands travel in groups, and mails follow each other: see mails_in_flight_max. */
extern const struct postino_extension postino_extension_pipelining;
/* BDAT in place of DATA. */
extern const struct postino_extension postino_extension_chunking;
/* BODY=BINARYMIME for a binary source; without it such a mail fails. Takes effect with CHUNKING. */
extern const struct postino_extension postino_extension_binarymime;
extern const struct postino_extension postino_extension_starttls;
/* The session observes MAILMAX, RCPTMAX and RCPTDOMAINMAX. */
extern const struct postino_extension postino_extension_limits;
/* Extensions that struct postino_options may need. */
extern const struct postino_extension postino_extension_smtputf8;
extern const struct postino_extension postino_extension_dsn;
extern const struct postino_extension postino_extension_deliverby;
extern const struct postino_extension postino_extension_futurerelease;
extern const struct postino_extension postino_extension_mt_priority;
extern const struct postino_extension postino_extension_requiretls;
/* Service commands. */
extern const struct postino_extension postino_extension_vrfy;
extern const struct postino_extension postino_extension_expn;
extern const struct postino_extension postino_extension_help;
extern const struct postino_extension postino_extension_etrn;
/* All extensions, in the form that the configuration takes. */
extern const struct postino_extension *const postino_extensions_all[];

/* LMTP (RFC 2033) in place of SMTP: LHLO, and a reply for each recipient after the message. */
struct postino_lmtp {
    /* private */
    const struct postino_step *hello;
    void (*before)(struct postino_session *session);
    int (*reply)(struct postino_session *session, int *refused);
};

extern const struct postino_lmtp postino_lmtp;

#ifdef __cplusplus
}
#endif

#endif
