/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_MAIL_H
#define POSTINO_MAIL_H

#include <stddef.h>
#include <stdint.h>

#include "postino/error.h"
#include "postino/source.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A mail, its recipients and the options for them. Everything is the caller's memory. The session borrows it
 * from postino_session_submit() until postino_session_finished() returns the mail. Start from {0}.
 *
 * A mail, a recipient, a record, a source, the parts of a message and a mail's options are in one mail at a
 * time, in one place. They are marked while they are borrowed. A second submission, to the same session or
 * another, fails before anything is changed, with an error of its own: POSTINO_ERROR_MAIL_IN_USE and the six
 * codes behind it. Strings, struct postino_recipient_options and struct postino_delivery may be shared.
 *
 * The marks go when the mail is returned. They stay where a session is abandoned with mails that
 * postino_session_finished() did not return. Then start again from {0}, and make sources, parts and options
 * again. */

struct postino_mail;
struct postino_recipient;
struct postino_session;
struct postino_emitter;
struct postino_step;

/* The place of a recipient in the message's header. In the envelope all kinds are the same; a trace masks
 * recipients of kind BCC. */
enum postino_recipient_kind {
    POSTINO_RECIPIENT_TO = 0,
    POSTINO_RECIPIENT_CC = 1,
    POSTINO_RECIPIENT_BCC = 2
};

/* When the sender gets a report about the recipient (RFC 3461 section 4.1), as bits. */
enum postino_notify {
    POSTINO_NOTIFY_SUCCESS = 1,
    POSTINO_NOTIFY_FAILURE = 2,
    POSTINO_NOTIFY_DELAY = 4,
    POSTINO_NOTIFY_NEVER = 8 /* alone */
};

/* The options of one recipient (DSN, RFC 3461). Its mail must have options too. */
struct postino_recipient_options {
    uint8_t notify; /* of enum postino_notify; 0: the server's default */
    /* ORCPT: an address type and an address ("rfc822", "ann@example.org"), sent in xtext; NULL: none. */
    const char *original_type;
    const char *original_address;
};

/* Keeps the reply that decided a recipient. The text buffer is the caller's. postino_records fills the record
 * in. */
struct postino_record {
    char *text;
    size_t text_capacity_octets;
    /* Result. */
    /* The octets in the buffer: the head of the reply's text, as postino_session_text() returns it; not
     * terminated. */
    size_t text_octets;
    struct postino_enhanced_code enhanced_code;
    /* private */
    uint8_t in_use;
};

struct postino_recipient {
    const char *address; /* forward-path, with or without its angle brackets */
    struct postino_recipient *next;
    const struct postino_recipient_options *options; /* NULL: none */
    struct postino_record *record;                   /* NULL: none */
    uint8_t kind;                                    /* enum postino_recipient_kind */
    /* private */
    uint8_t state;
    /* A recipient of its domain is in the open transaction; valid where `domain` is the recipient itself. */
    uint8_t domain_asked;
    /* Result. */
    uint8_t outcome;     /* enum postino_outcome */
    uint16_t reply_code; /* the reply that decided it: to RCPT, or to the whole mail */
    /* private */
    uint8_t in_use;
    struct postino_span path;         /* the address without its brackets */
    struct postino_recipient *domain; /* the first recipient with the same domain; NULL: not known */
};

/* A way of delivery to several recipients. A build links the one that it names. */
struct postino_delivery {
    /* private */
    const struct postino_step *(*choose)(struct postino_session *session, const struct postino_step *step);
    int (*defer)(struct postino_session *session);
    int (*again)(struct postino_session *session, struct postino_mail *mail);
};

/* Delivers to the recipients that the server accepts. The server may refuse others because they are too many:
 * 452, 552 (RFC 5321 section 4.5.3.1.10), LIMITS (RFC 9422), or more than a hundred. These get further
 * transactions of the same mail if the source can be read again. Without postino_delivery_partial one refused
 * recipient stops the mail for all. */
extern const struct postino_delivery postino_delivery_partial;

/* The part of the message that a report returns (RFC 3461 section 4.3). */
enum postino_return {
    POSTINO_RETURN_DEFAULT = 0,
    POSTINO_RETURN_FULL = 1,
    POSTINO_RETURN_HEADERS = 2
};

struct postino_options_class {
    /* private */
    int (*check)(struct postino_session *session, struct postino_mail *mail);
    void (*parameter)(const struct postino_session *session, struct postino_emitter *emitter);
};

/* The options of a mail. Start from postino_options_init(). If the server does not offer an extension that
 * they need, the mail fails with POSTINO_ERROR_NOT_OFFERED before anything of it is sent, and `missing` names
 * the extension. Options of extensions in `optional` are left out instead. */
struct postino_options {
    /* private */
    const struct postino_options_class *methods;
    /* public */
    uint32_t optional; /* of enum postino_capability: extensions that may be left out */
    /* DSN (RFC 3461). */
    const char *envelope_id; /* ENVID, sent in xtext; at most 100 octets of it; NULL: none */
    uint8_t return_content;  /* enum postino_return */
    /* Not 0: addresses and headers may hold UTF-8 (RFC 6531). With 0, addresses outside ASCII are refused. */
    uint8_t utf8;
    /* Not 0: the mail travels over TLS only, from server to server (RFC 8689). */
    uint8_t require_tls;
    /* MT-PRIORITY (RFC 6710): -9 to 9; used where has_priority is not 0. */
    uint8_t has_priority;
    int8_t priority;
    /* DELIVERBY (RFC 2852), within so many seconds. Mode 'N' asks for a notice after that time, mode 'R' for
     * a return; 0: no DELIVERBY. A negative number of seconds is allowed with 'N' only. */
    char deliver_by_mode;
    uint8_t deliver_by_trace; /* not 0: each relay reports (the T) */
    int32_t deliver_by_s;
    /* FUTURERELEASE (RFC 4865). Hold the mail for so many seconds (0: do not), or until a time in the form of
     * RFC 3339, "2026-12-24T18:00:00Z" (NULL: do not). */
    uint32_t hold_for_s;
    const char *hold_until;
    /* The identity of the submitter, AUTH= (RFC 4954 section 5), sent in xtext; "<>": not known; NULL: no
     * AUTH=. */
    const char *submitter;
    /* Result: the extension that the server lacks, of enum postino_capability; 0: none. */
    uint32_t missing;
    /* private */
    uint8_t in_use;
};

/* Makes options that ask for nothing. May be called at any time that no session uses them, from any
 * thread. */
void postino_options_init(struct postino_options *options);

enum postino_mail_flag {
    /* Sends a message with octets above 127 even to a server without 8BITMIME. Without this flag such a mail
     * fails with POSTINO_ERROR_8BIT. */
    POSTINO_MAIL_8BIT_ANYWAY = 1
};

struct postino_mail {
    const char *reverse_path; /* the sender; "" or "<>" is the null reverse-path */
    struct postino_recipient *recipients;
    struct postino_source *source;
    const struct postino_delivery *delivery; /* NULL: to all recipients or to none */
    struct postino_options *options;         /* NULL: none */
    uint8_t flags;                           /* of enum postino_mail_flag */
    /* private */
    uint8_t state;    /* enum mail_state */
    uint8_t marks;    /* enum mail_mark */
    uint8_t attempts; /* by the client, over several connections */
    /* Result. */
    struct postino_result result;
    /* private */
    uint16_t chunks; /* sent and not answered */
    struct postino_mail *next;
    struct postino_recipient *waiting; /* the first recipient that no earlier transaction decided */
    /* The recipient behind the last one of the open transaction; NULL: none. */
    struct postino_recipient *behind;
    struct postino_span path; /* the sender without its brackets */
    size_t start;             /* position of the mail's first octet in the output stream */
    size_t end;               /* position behind its end mark */
    uint32_t begun_ms;        /* when its first octet was handed out */
};

#ifdef __cplusplus
}
#endif

#endif
