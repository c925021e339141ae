/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_SESSION_H
#define POSTINO_SESSION_H

#include <stddef.h>
#include <stdint.h>

#include "postino/config.h"
#include "postino/extension.h"
#include "postino/mail.h"
#include "postino/sasl.h"
#include "postino/service.h"
#include "postino/time_limits.h"
#include "postino/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The protocol engine: one SMTP session (RFC 5321) over one connection. The engine does no input or output,
 * reads no clock, allocates nothing and has no global state. The port asks the session what it wants, fetches
 * the octets to send, passes in the octets that arrived, and tells the time. One thread at a time calls the
 * functions of a session.
 *
 *     postino_session_init(&session, &config, now_ms);          the connection is open
 *     while (!((want = postino_session_want(&session)) & POSTINO_WANT_CLOSED)) {
 *         if (want & POSTINO_WANT_COLLECT)  postino_session_finished()
 *         if (want & POSTINO_WANT_MAIL)     postino_session_submit() or postino_session_quit(), if needed
 *         if (want & POSTINO_WANT_SEND)     postino_session_output(&session, buffer, capacity, now_ms)
 *         if (want & POSTINO_WANT_RECEIVE)  postino_session_input(&session, octets, length, now_ms)
 *         wait at most postino_session_wait_ms()
 *         postino_session_input() with what arrived meanwhile, then postino_session_tick(&session, now_ms)
 *     }
 *     close the connection; postino_session_lost(&session, 0, unsent);
 *     postino_session_finished() until NULL
 *
 * Rules for the port:
 * - The port keeps octets that the connection does not take, and sends them before the next output().
 * - The port waits until it can write only for such octets, and while SEND is wanted. It calls
 *   postino_session_progress() when some of these octets leave.
 * - The port never waits in a send. It receives meanwhile, because the server may be waiting for us to read.
 * - After a failed send the port receives to the end before lost(): the server's reason may be there.
 * - The port reads the clock, then passes in everything that has arrived, and only then ticks. A loop that
 *   comes late finds a limit passed and the reply in the socket, and the reply must count.
 * - The receiving has a bound, because a peer that sends for ever would otherwise never be late.
 *
 * src/client/pump.c does so over any transport, examples/epoll_sessions.c for a thousand connections in one
 * thread. Times are milliseconds of any clock that runs on and wraps at 2^32. */

/* The wishes of a session, as bits of postino_session_want(). */
enum postino_want {
    POSTINO_WANT_SEND = 1,    /* postino_session_output() has octets to send */
    POSTINO_WANT_RECEIVE = 2, /* a reply is awaited, or between mails the server's 421 may arrive */
    POSTINO_WANT_MAIL = 4,    /* a submitted mail would start at once; a session without mails may idle */
    POSTINO_WANT_CLOSED = 8, /* the session is over: close the connection, then call postino_session_lost() */
    /* With CLOSED: QUIT was answered, so close in the orderly way. CLOSED alone: abort the connection. */
    POSTINO_WANT_GRACEFUL = 16,
    POSTINO_WANT_COLLECT = 32, /* postino_session_finished() has a mail to return */
    /* The server awaits the TLS handshake. The port first passes in octets that have arrived in clear text:
     * they end the session, because they are an attack (RFC 3207 section 6). Then it makes the handshake, and
     * calls postino_session_tls_started(), or postino_session_tls_failed() and postino_session_lost(). */
    POSTINO_WANT_START_TLS = 64
};

enum postino_session_flag {
    /* Allows mechanisms that send the password or the token on a connection that is not encrypted. */
    POSTINO_SESSION_CLEAR_TEXT_AUTH = 1,
    /* Continues without authentication if the EHLO reply offers none. Without this flag a session with
     * credentials sends no mail unauthenticated. */
    POSTINO_SESSION_AUTH_IF_OFFERED = 2,
    /* With postino_faults: tries the next mechanism that the server offers after 534, 535 and 538 too. These
     * codes refuse the credentials; servers count such attempts and may lock the account. After 500, 501, 502
     * and 504 the mechanism does not work, and postino_faults always tries the next one. */
    POSTINO_SESSION_AUTH_NEXT = 4,
    /* Says HELO in place of EHLO, for a server that ends the connection at EHLO. Then there are no
     * extensions, no TLS and no authentication. */
    POSTINO_SESSION_HELO = 8
};

/* A complete reply, valid during the call that passes it. */
struct postino_reply {
    uint16_t code;
    const char *text; /* the head of the text, lines separated by '\n'; not terminated */
    size_t text_octets;
};

/* How a session handles a server's faults. */
struct postino_faults {
    /* private */
    unsigned (*refused)(struct postino_session *session, const struct postino_step *step);
    void (*nonsense)(struct postino_session *session, uint8_t octet);
};

/* Keeps a line that is no reply for postino_session_text(), because it shows what the server is. Tries the
 * next mechanism where the server refuses one: see POSTINO_SESSION_AUTH_NEXT. */
extern const struct postino_faults postino_faults;

/* Keeps the replies of recipients in their records. */
struct postino_records {
    /* private */
    const struct postino_text_sink *sink;
    void (*reply_complete)(struct postino_session *session);
};

/* The record of each recipient gets the reply that decided the recipient, or the latest reply that covered
 * it. Until then, and after a lost connection, a record may hold the head of a reply that did not arrive
 * whole. */
extern const struct postino_records postino_records;

/* The session borrows it from init until it is over. A member may be 0 only if its comment says so. */
struct postino_session_config {
    /* The client's fully qualified domain name, or an address literal: [192.0.2.1], [IPv6:2001:db8::1] (RFC
     * 5321 section 4.1.3). */
    const char *ehlo_name;
    const struct postino_time_limits *time_limits;
    /* NULL: no authentication. */
    const struct postino_credentials *credentials;
    /* The allowed mechanisms, the preferred one first, ended by NULL; at most 32. NULL without
     * credentials. */
    const struct postino_mechanism *const *mechanisms;
    /* The extensions to recognise in the EHLO reply, ended by NULL. With mechanisms postino_extension_auth
     * must be among them. NULL: none. */
    const struct postino_extension *const *extensions;
    /* The mechanism to try when the server lists none of `mechanisms`; NULL: fail instead. */
    const struct postino_mechanism *last_resort;
    /* A 334 text with more octets cancels the exchange; 0: no limit. */
    uint16_t challenge_octets_max;
    uint16_t flags; /* of enum postino_session_flag */
    /* Extensions that this server offers and that do not work there, of enum postino_capability; 0: none.
     * PIPELINING, CHUNKING and BINARYMIME are then not used. SIZE and 8BITMIME put no parameter behind MAIL,
     * nor do options that the mail names as optional. postino_client finds these extensions out. */
    uint32_t avoided;
    /* With PIPELINING, the number of mails that may be under way at the same time. As many mails may become
     * UNKNOWN when the connection is lost. 0 and 1: a mail starts when the mail before it is finished. */
    uint16_t mails_in_flight_max;
    /* A larger message is not sent by BDAT before the server has accepted a recipient; DATA waits anyway. 0:
     * 65536. */
    uint32_t group_octets_max;
    /* NULL: SMTP. &postino_lmtp: LMTP. */
    const struct postino_lmtp *lmtp;
    /* NULL: as &postino_tls_none. The others need postino_extension_starttls among the extensions. */
    const struct postino_tls_policy *tls;
    /* NULL: a server's fault ends the session at once, and different codes within a reply are
     * POSTINO_ERROR_REPLY_SYNTAX. &postino_faults: see there. */
    const struct postino_faults *faults;
    /* NULL, or called with each reply to a mail's commands and to its message. `recipient` is set for RCPT,
     * and with LMTP for the message too. Replies behind the one that decided the mail are left out. Must not
     * call the session. */
    void (*on_reply)(void *context, struct postino_mail *mail, struct postino_recipient *recipient,
                     const struct postino_reply *reply);
    void *context;
    /* NULL: the records of recipients stay empty. &postino_records: each record holds its recipient's
     * reply. */
    const struct postino_records *records;
};

/* Private: a mail of which little more than its body is kept, for a session that sends no other. */
struct postino_single {
    struct postino_mail mail; /* first: a cursor holds its address */
    struct postino_span body; /* what has not gone out */
};

struct postino_chunking;
struct postino_text_sink;
struct postino_pipelining;
struct postino_mail_strategy;

/* A place in the queue of outstanding steps, which is the list of mails and their recipients itself. */
struct postino_cursor {
    const struct postino_step *step;
    struct postino_mail *mail;
    struct postino_recipient *recipient;
};

struct postino_session {
    /* private; octets first: what stands near the beginning is reached with shorter instructions on
     * devices */
    uint8_t over;     /* POSTINO_WANT_CLOSED, GRACEFUL besides or not; 0: the session goes on */
    uint8_t quitting; /* QUIT follows the last mail */
    uint8_t dirty;    /* what the server may hold that RSET must end before the next MAIL: enum dirty_state */
    uint8_t source_waits;  /* the mail source had nothing */
    uint8_t text_is_error; /* the text is that of a failure: later replies leave it alone */
    uint8_t round;         /* of the authentication exchange */
    uint8_t line;          /* what is known of the reply line that is arriving: enum reply_line */
    uint8_t word_octets;   /* of its word that is arriving; before its code, blanks and line ends */
    uint8_t complete;      /* the sent step has no more octets to hand out */
    uint8_t filter;        /* state of the data filter */
    uint8_t chunk;         /* that is being sent: enum chunk_state */
    uint8_t secret;        /* the octets handed out last are */
    uint8_t response_long; /* PLAIN's does not fit the line of AUTH */
    uint8_t recorded;      /* of the reply that is arriving: enum record_state */
    uint8_t fresh; /* a step was entered by a call that tells no time: its limit begins with the next one */
    uint8_t outstanding_max; /* so many steps may await their replies, where each takes a buffer; 0: 65535 */
    uint16_t line_code;      /* of the reply line that is arriving, as many digits as arrived */
    uint16_t lines;          /* of the reply that arrived before it */
    uint16_t outstanding;    /* steps that went out whole and were not answered */
    uint16_t in_flight;      /* mails begun and not finished */
    struct postino_result result; /* the first connection error */
    uint16_t asked;               /* recipients of the transaction that is being sent */
    uint16_t domains_asked;       /* and their domains, where those are limited */
    uint16_t mails_begun;         /* counted where MAILMAX is told */
    struct {
        uint16_t code;
        uint16_t text_code;        /* of the one whose text is kept */
        size_t text_octets;        /* kept or not */
    } reply;                       /* that is arriving, or arrived last */
    struct postino_cursor sent;    /* the step whose octets go out now, or went out last */
    struct postino_cursor replied; /* the step whose reply comes next */
    const struct postino_session_config *config;
    struct postino_mail *mails; /* submitted and not yet handed back, in order of their transactions */
    struct postino_mail *next;  /* the first of them that has not begun; NULL: none */
    uint32_t capabilities;      /* enum postino_capability */
    uint32_t now_ms;            /* as the last call told it */
    uint32_t since_ms;          /* when the time limit of the step in hand began to run */
    size_t offset_octets;       /* of the sent command or end mark, handed out already */
    size_t output_octets;       /* handed out in all: the position in the output stream */
    const struct postino_mail_strategy *strategy; /* what runs the mails */
    const struct postino_pipelining *pipelining;  /* NULL: each step waits for its reply */
    struct postino_source_info message; /* of the mail that is being sent; what is not in a chunk yet */
    const struct postino_mechanism *mechanism; /* in use */
    uint32_t offered; /* of config->mechanisms, those that are left to be tried: the first is bit 0 */
    void (*take_word)(struct postino_session *session); /* what its next word means; NULL: nothing */
    /* Adds the parameters of extensions and options to MAIL and RCPT; NULL: there are none. */
    void (*parameters)(const struct postino_session *session, struct postino_emitter *emitter);
    const struct postino_text_sink *text_sink; /* takes the text of replies; NULL: nobody does */
    const struct postino_chunking *chunking;   /* NULL: not offered */
    size_t chunk_octets;                       /* of the chunk that is being sent, all that are still to go */
    struct postino_mail *last;                 /* of them; not valid where there is none */
    size_t size_limit_octets;                  /* the server's SIZE; POSTINO_SIZE_UNKNOWN: none */
    const struct postino_tls_info *tls;        /* NULL: the connection is in the clear */
    /* 16 bits and octets behind each other leave no gap. */
    uint16_t recipients_max; /* the server's RCPTMAX, RCPTDOMAINMAX, MAILMAX; 0: not said */
    uint16_t domains_max;
    uint16_t mails_max;
    char word[22]; /* of the EHLO line, as much as fits: more than the longest that can be known */
    char text[POSTINO_REPLY_TEXT_OCTETS];
};

/* Starts a session over a connection that has just been opened, at `now_ms`. The object may hold anything,
 * but no session may be using it. The configuration and everything it points to are borrowed until the
 * session is over. Returns 0, POSTINO_ERROR_ARGUMENT, POSTINO_ERROR_OBJECT_SIZE, POSTINO_ERROR_EHLO_NAME, or
 * an error of the credentials:
 * - POSTINO_ERROR_CREDENTIALS: PLAIN or LOGIN needs a name and a password;
 * - POSTINO_ERROR_CREDENTIALS_SIZE: a line of PLAIN or LOGIN would be too long;
 * - POSTINO_ERROR_PREPARED: octets above 127, and `prepared` is not set.
 * After an error nothing is borrowed and the session must not be used. (RFC 5321 section 3.1) */
#define postino_session_init(session, config, now_ms) \
    postino_session_init_sized((session), sizeof *(session), (config), (now_ms))
int postino_session_init_sized(struct postino_session *session, size_t session_octets,
                               const struct postino_session_config *config, uint32_t now_ms);

/* Starts the time limit of the greeting at `now_ms`, for a port that submits mails before it connects. May be
 * called before the first postino_session_input() and postino_session_tick(). */
void postino_session_connected(struct postino_session *session, uint32_t now_ms);

/* Tells the session that the connection is encrypted from now on. Call it after POSTINO_WANT_START_TLS, or
 * for implicit TLS before anything else was said. After STARTTLS the session forgets everything that it
 * learnt and says EHLO again (RFC 3207 section 4.2). `info` is borrowed until the session is over. */
void postino_session_tls_started(struct postino_session *session, const struct postino_tls_info *info,
                                 uint32_t now_ms);

/* Ends the session because TLS failed. `error` is a -4xx code. `text` describes the failure; it is copied as
 * far as there is room, and postino_session_text() returns it. Call it before postino_session_lost(), which
 * is still needed. */
void postino_session_tls_failed(struct postino_session *session, int error, const char *text);

/* Returns the wishes of the session, as bits of enum postino_want. May be called at any time after init. */
unsigned postino_session_want(const struct postino_session *session);

/* Writes the next octets to send to `out`, at most `capacity` octets, and returns their number. Returns 0 if
 * SEND is not wanted, or if the mail source has nothing now. May return less than there is. An octet that was
 * returned counts as sent unless postino_session_lost() says otherwise. May be called at any time after
 * init. */
size_t postino_session_output(struct postino_session *session, uint8_t *out, size_t capacity,
                              uint32_t now_ms);

/* Parses octets that arrived, in any split. The session does not keep them. May be called at any time; after
 * the end of the session the octets are ignored. */
void postino_session_input(struct postino_session *session, const uint8_t *data, size_t length_octets,
                           uint32_t now_ms);

/* Returns the milliseconds from `now_ms` that the port may wait before postino_session_tick(); UINT32_MAX:
 * for ever. (The clock wraps, so a point in time could not say "never".) May be called at any time after
 * init. */
uint32_t postino_session_wait_ms(const struct postino_session *session, uint32_t now_ms);

/* Tells the time. A limit that has passed ends the session with POSTINO_ERROR_TIMEOUT, or with
 * POSTINO_ERROR_MAIL_TIMEOUT if it was the limit of a whole mail. Before the call, everything that has
 * arrived must be passed to postino_session_input(). May be called at any time. */
void postino_session_tick(struct postino_session *session, uint32_t now_ms);

/* Tells that octets of an earlier output left now. The running time limit begins anew, because the peer
 * reads. May be called at any time. */
void postino_session_progress(struct postino_session *session, uint32_t now_ms);

/* Ends the session: the connection is closed, or was lost. The port calls it exactly once for each session.
 * `error` is the reason as the port knows it (a -3xx code; 0: not known), and counts if the session has no
 * error of its own. `unsent_octets` is how many of the last octets from postino_session_output() the
 * connection never took. Finishes all mails. Accepted mails stay accepted. A mail whose end mark may have
 * left is UNKNOWN, a mail of which nothing left is NOT_ATTEMPTED, and any other mail is TRANSIENT. */
void postino_session_lost(struct postino_session *session, int error, size_t unsent_octets);

/* Ends the session at once for the caller. The next want is CLOSED, and the error is POSTINO_ERROR_ABORTED.
 * postino_session_lost() finishes the mails. May be called at any time after init. */
void postino_session_abort(struct postino_session *session);

/* Submits a mail. May be called at any time from init until quit, also while MAIL is not wanted: the mail
 * then waits in line. Checks the addresses first. The mail, its recipients, their options and its source are
 * borrowed until postino_session_finished() returns the mail. Returns 0, or:
 * - POSTINO_ERROR_ARGUMENT, POSTINO_ERROR_REVERSE_PATH or POSTINO_ERROR_FORWARD_PATH: the mail is wrong;
 * - POSTINO_ERROR_MAIL_IN_USE, _RECIPIENT_, _SOURCE_, _RECORD_, _OPTIONS_ or _PART_IN_USE: an object is in
 *   use;
 * - POSTINO_ERROR_STATE: postino_session_quit() was called;
 * - the session's error: the session is over.
 * After an error the mail is not borrowed, and nothing of it was sent. */
int postino_session_submit(struct postino_session *session, struct postino_mail *mail);

/* Returns the next finished mail and ends its loan; NULL: there is none. The mail's result and the outcome of
 * each recipient say what became of them. Mails come in the order of their last transactions. This is the
 * order of submission, but a mail that needs further transactions comes later. May be called at any time
 * after init. */
struct postino_mail *postino_session_finished(struct postino_session *session);

/* Ends the session in the orderly way once every submitted mail is finished: QUIT, then CLOSED (RFC 5321
 * section 4.1.1.10). May be called at any time. */
void postino_session_quit(struct postino_session *session);

/* Tells that a source which answered WAIT has octets again. May be called at any time. */
void postino_session_source_ready(struct postino_session *session);

/* Returns the session's first error and its step; error 0: there is none. The pointer is valid as long as the
 * session. */
const struct postino_result *postino_session_result(const struct postino_session *session);

/* Returns the head of the text of the reply that decided the last failure, or without a failure of the last
 * reply. Lines are separated by '\n'; the text is not terminated, and *length_octets is its length. Special
 * cases:
 * - A line that is no reply, such as a greeting that is not SMTP, is the text itself.
 * - A failure of TLS has the transport's words.
 * - A failure that no reply decided (a time-out, a mail's own fault) has no text.
 * A tab becomes a blank, any other control character '?'. At most POSTINO_REPLY_TEXT_OCTETS are kept. Valid
 * until a mail that is under way is answered. May be called at any time after init. */
const char *postino_session_text(const struct postino_session *session, size_t *length_octets);

/* Returns the name of the mechanism that authentication used or tried last; NULL: none. Valid as long as the
 * configuration. */
const char *postino_session_mechanism(const struct postino_session *session);

/* Returns the extensions that the EHLO reply listed, as bits of enum postino_capability; 0 before the
 * reply. */
uint32_t postino_session_capabilities(const struct postino_session *session);

/* Returns 1 if the octets that postino_session_output() returned last must be masked in a transcript, else 0.
 * Such octets hold a user name, a password, or the address of a recipient of kind BCC, and nothing of another
 * command. Call it right after postino_session_output(). */
int postino_session_is_secret(const struct postino_session *session);

#ifdef __cplusplus
}
#endif

#endif
