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

/* A mail, its recipients and what may be asked for them. All of it is the caller's memory, borrowed by the
 * session from postino_session_submit() until postino_session_finished() returns the mail. Start from {0}.
 *
 * A mail, a recipient, a record, a source, the parts of a message and a mail's options are in one mail at a
 * time, in one place. While they are borrowed they are marked; to hand one in again, to the same session or
 * another, fails with an error of its own (POSTINO_ERROR_MAIL_IN_USE and the six behind it) before anything
 * is changed. Strings, struct postino_recipient_options and struct postino_delivery may be shared. The marks
 * go when the mail is given back. Where a session is abandoned, with mails that postino_session_finished()
 * did not return, they stay: start again from {0}, and make sources, parts and options again. */

struct postino_mail;
struct postino_recipient;
struct postino_session;
struct postino_emitter;
struct postino_step;

/* Where a recipient stands in the message's header. In the envelope all are the same; a trace masks those of
 * kind BCC. */
enum postino_recipient_kind {
    POSTINO_RECIPIENT_TO = 0,
    POSTINO_RECIPIENT_CC = 1,
    POSTINO_RECIPIENT_BCC = 2
};

/* When the recipient's fate is to be reported to the sender (RFC 3461 section 4.1), as bits. */
enum postino_notify {
    POSTINO_NOTIFY_SUCCESS = 1,
    POSTINO_NOTIFY_FAILURE = 2,
    POSTINO_NOTIFY_DELAY = 4,
    POSTINO_NOTIFY_NEVER = 8 /* alone */
};

/* What is asked for one recipient (DSN, RFC 3461). Its mail must have options too. */
struct postino_recipient_options {
    uint8_t notify; /* of enum postino_notify; 0: the server's default */
    /* ORCPT: an address type and an address ("rfc822", "ann@example.org"), sent in xtext; NULL: none. */
    const char *original_type;
    const char *original_address;
};

/* Where the reply that decided a recipient is to be kept; the text buffer is the caller's. Filled in by
 * postino_records. */
struct postino_record {
    char *text;
    size_t text_capacity_octets;
    /* Result. */
    /* The reply's text, as postino_session_text() tells it; not terminated. As much of it as the buffer
     * holds. */
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
    uint8_t domain_asked; /* one of its domain is in the transaction under way; where domain is itself */
    /* Result. */
    uint8_t outcome;     /* enum postino_outcome */
    uint16_t reply_code; /* the reply that decided it: to RCPT, or to the whole mail */
    /* private */
    uint8_t in_use;
    struct postino_span path;         /* the address without its brackets */
    struct postino_recipient *domain; /* the first that has the same; NULL: not known */
};

/* A way of delivering to several recipients. A build carries the one that it names. */
struct postino_delivery {
    /* private */
    const struct postino_step *(*choose)(struct postino_session *session, const struct postino_step *step);
    int (*defer)(struct postino_session *session);
    int (*again)(struct postino_session *session, struct postino_mail *mail);
};

/* Delivers to those recipients that the server takes. What it does not take of them at once, because they are
 * too many (452, 552: RFC 5321 section 4.5.3.1.10; LIMITS: RFC 9422; more than a hundred), goes out in
 * further transactions of the same mail, if the source can be read again. Without it one refused recipient
 * gives the mail up for all. */
extern const struct postino_delivery postino_delivery_partial;

/* How much of the message a report returns (RFC 3461 section 4.3). */
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

/* What is asked for a mail beyond its delivery. Start from postino_options_init(). What the server does not
 * offer fails the mail with POSTINO_ERROR_NOT_OFFERED before anything of it is sent, and `missing` says which
 * extension it was; those among `optional` are left out instead. */
struct postino_options {
    /* private */
    const struct postino_options_class *methods;
    /* public */
    uint32_t optional; /* of enum postino_capability: what may be left out */
    /* DSN (RFC 3461). */
    const char *envelope_id; /* ENVID, sent in xtext; at most 100 octets of it; NULL: none */
    uint8_t return_content;  /* enum postino_return */
    /* Addresses and headers may hold UTF-8 (RFC 6531). Addresses that do are refused without it. */
    uint8_t utf8;
    /* Only over TLS, from server to server (RFC 8689). */
    uint8_t require_tls;
    /* MT-PRIORITY (RFC 6710): -9 to 9; used where has_priority is not 0. */
    uint8_t has_priority;
    int8_t priority;
    /* DELIVERBY (RFC 2852): within so many seconds, or else by mode 'N' a notice, by 'R' a return; 0: none. A
     * negative number of seconds goes with 'N' only. */
    char deliver_by_mode;
    uint8_t deliver_by_trace; /* each relay is to be told of (the T) */
    int32_t deliver_by_s;
    /* FUTURERELEASE (RFC 4865): hold the mail for so many seconds, 0: do not; or until a time as RFC 3339
     * writes it, "2026-12-24T18:00:00Z", NULL: do not. */
    uint32_t hold_for_s;
    const char *hold_until;
    /* The submitter's identity, AUTH= (RFC 4954 section 5), sent in xtext; "<>" for none known; NULL: not
     * said. */
    const char *submitter;
    /* Result: the extension that the server lacks, of enum postino_capability; 0: none. */
    uint32_t missing;
    /* private */
    uint8_t in_use;
};

/* Makes options that ask for nothing. May be called at any time that no session uses them. */
void postino_options_init(struct postino_options *options);

enum postino_mail_flag {
    /* A message with octets above 127 goes out even where the server does not offer 8BITMIME. Without it such
     * a mail fails with POSTINO_ERROR_8BIT. */
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
    uint8_t attempts; /* of the client to send it over another connection */
    /* Result. */
    struct postino_result result;
    /* private */
    uint16_t chunks; /* sent and not answered */
    struct postino_mail *next;
    struct postino_recipient *waiting; /* the first that is not decided by an earlier transaction */
    struct postino_recipient *behind;  /* the one behind those of the transaction under way; NULL: none */
    struct postino_span path;          /* the sender without its brackets */
    size_t start;                      /* where the mail's first octet stands in the output stream */
    size_t end;                        /* where the octet after its end mark stands */
    uint32_t begun_ms;                 /* when its first octet was handed out */
};

#ifdef __cplusplus
}
#endif

#endif
