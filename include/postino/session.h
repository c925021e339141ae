/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_SESSION_H
#define POSTINO_SESSION_H

#include <stddef.h>
#include <stdint.h>

#include "postino/config.h"
#include "postino/extension.h"
#include "postino/mail.h"
#include "postino/sasl.h"
#include "postino/tls.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The protocol engine: one SMTP session (RFC 5321) over one connection. It does no input or output, reads no
 * clock, allocates nothing and has no global state: the port asks it what it wants, fetches the octets to
 * send, gives it what arrived and tells it the time. Everything here is to be called by one thread at a time.
 *
 *     postino_session_init(&session, &config, now_ms);          the connection is open
 *     while (!((want = postino_session_want(&session)) & POSTINO_WANT_CLOSED)) {
 *         if (want & POSTINO_WANT_COLLECT)  postino_session_finished()
 *         if (want & POSTINO_WANT_MAIL) postino_session_submit() or postino_session_quit(), if there is
 *         reason if (want & POSTINO_WANT_SEND) length = postino_session_output(&session, buffer, capacity,
 *         now_ms) if (want & POSTINO_WANT_RECEIVE) postino_session_input(&session, octets, length, now_ms)
 *         wait at most postino_session_wait_ms() postino_session_input() with what arrived meanwhile, then
 *         postino_session_tick(&session, now_ms)
 *     }
 *     close the connection; postino_session_lost(&session, 0, unsent); postino_session_finished() until NULL
 *
 * What the connection does not take of the octets handed out is kept by the port and sent before the next
 * output(); for those alone, and while SEND is wanted, it waits until it can write, and when some of them
 * leave it calls postino_session_progress(). It never waits in a send: it receives meanwhile, for the server
 * may be waiting to be heard. After a failed send it receives to the end before lost(): the server's reason
 * may be there. src/client/pump.c does so over any transport; examples/epoll_sessions.c for a thousand
 * connections in one thread.
 *
 * The port reads the clock, then hands in all that has arrived, and only then ticks: a loop that comes late,
 * after other work or a stopped process, finds a limit passed and the reply in the socket, and must hear it
 * first. To hear has an end there, or a peer that sends for ever is never late.
 *
 * Times are milliseconds of any clock that runs on and wraps at 2^32. */

/* What postino_session_want() says, as bits. */
enum postino_want {
    POSTINO_WANT_SEND = 1,    /* postino_session_output() has octets to send */
    POSTINO_WANT_RECEIVE = 2, /* a reply is awaited (or, between mails, the server's farewell may come) */
    POSTINO_WANT_MAIL = 4, /* a mail could start at once, as long as none is handed in: no reason to hurry */
    POSTINO_WANT_CLOSED = 8, /* the session is over: close the connection, then call postino_session_lost() */
    POSTINO_WANT_GRACEFUL =
        16, /* with CLOSED: QUIT was answered, so close in the orderly way; without: abort */
    POSTINO_WANT_COLLECT = 32, /* postino_session_finished() has a mail to give back */
    /* The server awaits the TLS handshake. What has arrived and was not handed in is to be handed in first,
     * in the clear: it ends the session, for it is an attack (RFC 3207 section 6). Then the handshake, then
     * postino_session_tls_started(), or postino_session_tls_failed() and postino_session_lost(). */
    POSTINO_WANT_START_TLS = 64
};

enum postino_session_flag {
    /* Mechanisms that show the password to whoever reads the connection may be used on one that is not
     * encrypted. */
    POSTINO_SESSION_CLEAR_TEXT_AUTH = 1,
    /* Go on without authentication where the server's EHLO reply offers none. Without this flag, and with
     * credentials, no mail is sent unauthenticated. */
    POSTINO_SESSION_AUTH_IF_OFFERED = 2,
    /* With postino_faults: the next mechanism of the list that the server offers is tried after 534, 535 or
     * 538 too, which refuse the credentials. Servers count such attempts, and may lock the account. After
     * 500, 501, 502 and 504, which say that the mechanism does not work, postino_faults always tries the next
     * one. */
    POSTINO_SESSION_AUTH_NEXT = 4,
    /* Say HELO in place of EHLO, for a server that ends the connection at EHLO. There are no extensions then,
     * nor TLS or authentication. */
    POSTINO_SESSION_HELO = 8
};

/* How long to wait, in milliseconds, and where RFC 5321 section 4.5.3.2 says so. */
struct postino_time_limits {
    uint32_t greeting_ms; /* the 220 greeting (.1) */
    uint32_t command_ms;  /* EHLO, AUTH, MAIL, RCPT, RSET (.2, .3) */
    uint32_t data_ms;     /* the 354 reply to DATA (.4) */
    uint32_t block_ms;    /* until an octet of the message leaves (.5) */
    uint32_t final_ms;    /* the reply to the end of the message (.6) */
    uint32_t quit_ms;     /* the 221 reply: no mail depends on it */
    /* A mail over one connection as a whole, from its first octet handed out to its last reply; 0: no such
     * limit. The others bound each wait, so a peer that moves an octet now and then could take any time. */
    uint32_t mail_ms;
};

/* 5 min, 5 min, 2 min, 3 min, 10 min; 5 s for QUIT; none for a mail. */
extern const struct postino_time_limits postino_time_limits_rfc5321;

/* A complete reply, valid during the call that hands it over. */
struct postino_reply {
    uint16_t code;
    const char *text; /* the head of the text, lines separated by '\n'; not terminated */
    size_t text_octets;
};

/* What a session may do about a server's faults. */
struct postino_faults {
    /* private */
    unsigned (*refused)(struct postino_session *session, const struct postino_step *step);
    void (*nonsense)(struct postino_session *session, uint8_t octet);
};

/* A line that is no reply is kept for postino_session_text(), as it says what the server is; and the next
 * mechanism is tried where the server refuses one: see POSTINO_SESSION_AUTH_NEXT. */
extern const struct postino_faults postino_faults;

/* What keeps the recipients' replies in their records. */
struct postino_records {
    /* private */
    const struct postino_text_sink *sink;
    void (*reply_complete)(struct postino_session *session);
};

/* Each recipient's record gets the reply that decided its recipient, or the latest one that it had a part in.
 * As long as none has, and after a lost connection, it may hold the head of a reply that did not arrive
 * whole. */
extern const struct postino_records postino_records;

/* Borrowed by the session from init until it is over; only what has a comment that says so may be left 0. */
struct postino_session_config {
    /* The client's fully qualified domain name, or an address literal: [192.0.2.1], [IPv6:2001:db8::1]
     * (4.1.3). */
    const char *ehlo_name;
    const struct postino_time_limits *time_limits;
    /* NULL: no authentication. */
    const struct postino_credentials *credentials;
    /* Those that may be used, the preferred one first, ended by NULL; at most 32. NULL without
     * credentials. */
    const struct postino_mechanism *const *mechanisms;
    /* What to understand of the EHLO reply, ended by NULL; with mechanisms postino_extension_auth must be
     * among it. NULL: nothing. */
    const struct postino_extension *const *extensions;
    /* The one to try when the server lists none of them; NULL: fail instead. */
    const struct postino_mechanism *last_resort;
    /* Octets of a 334 text above which the exchange is cancelled; 0: no limit. */
    uint16_t challenge_octets_max;
    uint16_t flags; /* of enum postino_session_flag */
    /* Extensions that do not work there though the server offers them, of enum postino_capability:
     * PIPELINING, CHUNKING and BINARYMIME are not used; SIZE and 8BITMIME put no parameter behind MAIL, nor
     * do options of a mail that it names as optional. postino_client finds them out. */
    uint32_t avoided;
    /* With PIPELINING, how many mails may be under way at the same time; as many may become UNKNOWN when the
     * connection is lost. 0 and 1: a mail starts when the one before it is settled. */
    uint16_t mails_in_flight_max;
    /* A message of more octets is not sent before the server has taken a recipient (with BDAT; DATA waits
     * anyway). 0: 65536. */
    uint32_t group_octets_max;
    /* NULL: SMTP. &postino_lmtp: LMTP. */
    const struct postino_lmtp *lmtp;
    /* NULL: as &postino_tls_none. With the others postino_extension_starttls must be among the extensions. */
    const struct postino_tls_policy *tls;
    /* NULL: a server's fault ends the session at once, and codes that differ within a reply are
     * POSTINO_ERROR_REPLY_SYNTAX. &postino_faults: see there. */
    const struct postino_faults *faults;
    /* NULL, or called with each reply to a mail's commands and to its message; `recipient` is set for RCPT,
     * and with LMTP for the message too. Replies that say nothing any more, behind one that decided the mail,
     * are left out. Must not call the session. */
    void (*on_reply)(void *context, struct postino_mail *mail, struct postino_recipient *recipient,
                     const struct postino_reply *reply);
    void *context;
    /* NULL: the recipients' records stay empty. &postino_records: each holds its recipient's reply. */
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
    /* private; octets first: what stands near the beginning is reached with shorter instructions on devices
     */
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
    uint16_t in_flight;      /* mails begun and not settled */
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
    /* What extensions and options add to MAIL and RCPT; NULL: nothing. */
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

/* Starts a session over a connection that has just been opened, at `now_ms`. May be called on memory in any
 * state, of an object that no session uses. Configuration and everything it points to are borrowed until the
 * session is over. Returns 0, POSTINO_ERROR_ARGUMENT, POSTINO_ERROR_OBJECT_SIZE, POSTINO_ERROR_EHLO_NAME or
 * POSTINO_ERROR_CREDENTIALS; on an error nothing is borrowed and the session must not be used. (RFC 5321
 * section 3.1) */
#define postino_session_init(session, config, now_ms) \
    postino_session_init_sized((session), sizeof *(session), (config), (now_ms))
int postino_session_init_sized(struct postino_session *session, size_t session_octets,
                               const struct postino_session_config *config, uint32_t now_ms);

/* Begins the greeting's time limit at `now_ms`, for a port that has its session check the mails before it
 * connects. May be called before the first of postino_session_input() and postino_session_tick(). */
void postino_session_connected(struct postino_session *session, uint32_t now_ms);

/* Tells that the connection is encrypted from now on: after POSTINO_WANT_START_TLS, or before anything else
 * was said, for implicit TLS. After STARTTLS the session forgets all that it learnt and says EHLO again (RFC
 * 3207 section 4.2). `info` is borrowed until the session is over. */
void postino_session_tls_started(struct postino_session *session, const struct postino_tls_info *info,
                                 uint32_t now_ms);

/* Ends the session because TLS failed: `error` is a -4xx code, `text` says it in words, to be had from
 * postino_session_text(); it is copied, as far as there is room. Before postino_session_lost(), which is
 * still to be called. */
void postino_session_tls_failed(struct postino_session *session, int error, const char *text);

/* Says what the session wants, as bits of enum postino_want. May be called at any time after init. */
unsigned postino_session_want(const struct postino_session *session);

/* Writes the next octets to send to `out`, at most `capacity`, and returns how many; 0 where SEND is not
 * wanted, or when the mail source has nothing now. May return less than there is. An octet handed out counts
 * as sent unless postino_session_lost() says otherwise. */
size_t postino_session_output(struct postino_session *session, uint8_t *out, size_t capacity,
                              uint32_t now_ms);

/* Takes octets that arrived, in any split. They are not kept. May be called at any time; after the end they
 * are ignored. */
void postino_session_input(struct postino_session *session, const uint8_t *data, size_t length_octets,
                           uint32_t now_ms);

/* Returns for how many milliseconds from `now_ms` the port may wait before postino_session_tick();
 * UINT32_MAX: for ever. (The clock wraps, so a point in time could not say "never".) */
uint32_t postino_session_wait_ms(const struct postino_session *session, uint32_t now_ms);

/* Tells the time. When a limit has passed, the session is over (POSTINO_ERROR_TIMEOUT;
 * POSTINO_ERROR_MAIL_TIMEOUT after the one of a whole mail). Everything that has arrived is to be handed in
 * first, by postino_session_input(). May be called at any time. */
void postino_session_tick(struct postino_session *session, uint32_t now_ms);

/* Tells that octets handed out earlier left now: the time limit that runs begins anew, for the peer reads.
 * May be called at any time. */
void postino_session_progress(struct postino_session *session, uint32_t now_ms);

/* Ends the session: the connection is closed, or was lost. The port calls it once for each session, always.
 * `error` is what the port knows of the reason (a -3xx code; 0: nothing), and counts where the session has no
 * error of its own. `unsent_octets` counts those of the last octets handed out by postino_session_output()
 * that the connection never took. Settles every mail that is not: accepted mails stay accepted; one whose end
 * mark may have left is UNKNOWN, any other TRANSIENT, one of which nothing left NOT_ATTEMPTED. */
void postino_session_lost(struct postino_session *session, int error, size_t unsent_octets);

/* Ends the session from the caller's side at once: the next want is CLOSED, the error POSTINO_ERROR_ABORTED.
 * Mails are settled by postino_session_lost(). */
void postino_session_abort(struct postino_session *session);

/* Hands in a mail. May be called at any time from init until quit, wanted or not: a mail that cannot start
 * yet waits in line. The mail, its recipients, their options and its source are borrowed until
 * postino_session_finished() returns it. Checks the addresses first. Returns 0; POSTINO_ERROR_ARGUMENT,
 * POSTINO_ERROR_REVERSE_PATH or POSTINO_ERROR_FORWARD_PATH for what is wrong with the mail;
 * POSTINO_ERROR_MAIL_IN_USE, _RECIPIENT_, _SOURCE_, _RECORD_, _OPTIONS_ or _PART_IN_USE for an object that is
 * in use; POSTINO_ERROR_STATE after quit; or the session's error: it is over. On an error the mail is not
 * borrowed, and nothing of it was sent. */
int postino_session_submit(struct postino_session *session, struct postino_mail *mail);

/* Returns the next settled mail and ends its loan; NULL when there is none. They come in the order of their
 * last transactions: that of their submission, save that a mail which needs more than one comes later. Its
 * result says what became of it, each recipient's outcome what became of that one. */
struct postino_mail *postino_session_finished(struct postino_session *session);

/* Ends the session in the orderly way once every mail handed in is settled: QUIT, then CLOSED (RFC 5321
 * section 4.1.1.10). May be called at any time. */
void postino_session_quit(struct postino_session *session);

/* Private: takes all of the text of replies, of which the session keeps the head. */
struct postino_text_sink {
    void (*take)(struct postino_session *session, uint8_t octet);
    /* The session is over: nothing more comes. NULL: that does not matter. */
    void (*lost)(struct postino_session *session);
};

/* The commands that ask the server something outside of a mail. */
enum postino_service_command {
    POSTINO_SERVICE_NOOP = 0, /* RFC 5321 section 4.1.1.9 */
    POSTINO_SERVICE_RSET = 1, /* section 4.1.1.5 */
    POSTINO_SERVICE_VRFY = 2, /* section 4.1.1.6 */
    POSTINO_SERVICE_EXPN = 3, /* section 4.1.1.7 */
    POSTINO_SERVICE_HELP = 4, /* section 4.1.1.8 */
    POSTINO_SERVICE_ETRN = 5  /* RFC 1985 */
};

/* A service command and its reply; the caller's memory, borrowed until `done` is set, or until
 * postino_session_lost() ends the session; in one session at a time. Start from {0}. */
struct postino_service {
    uint8_t command;      /* enum postino_service_command */
    const char *argument; /* NULL: none. VRFY and EXPN need one: a user, a list; ETRN a domain */
    char *text;           /* the caller's buffer for the reply's text; NULL: none */
    size_t text_capacity_octets;
    /* Result. */
    uint8_t done;        /* the reply is there */
    uint16_t reply_code; /* 0: it did not come */
    size_t text_octets; /* the whole text had so many, lines separated by '\n'; what had no room is dropped */
    /* private */
    uint8_t in_use;
    struct postino_text_sink sink;
};

/* Working memory of a mechanism that looks at challenges: the caller's, one for each session. */
struct postino_sasl_state {
    /* private */
    uint8_t digits;            /* of the challenge's base64 */
    uint8_t padding;           /* '=' among them */
    uint8_t challenge_error;   /* it is no base64, or too long; or a hash failed */
    uint8_t initial;           /* the first response went with the command */
    uint8_t verified;          /* the server proved that it knows the password, or need not */
    uint8_t digest_octets;     /* of the mechanism's hash */
    uint16_t bits;             /* of the digits that came last */
    uint16_t challenge_octets; /* that are decoded */
    int16_t error;             /* that the exchange is cancelled for; 0: it goes on */
    uint16_t bare;             /* of `first`: where client-first-message-bare begins */
    uint16_t nonce;            /* where our nonce does */
    uint16_t first_octets;     /* up to its end */
    uint16_t binding;          /* where ",c=...," begins: SCRAM's channel binding, in base64 */
    uint16_t binding_octets;
    uint16_t server_nonce; /* octets of "r=" and the whole nonce, with which the challenge begins */
    uint8_t signature[POSTINO_HASH_OCTETS_MAX];
    char proof[92]; /* ",p=" and it in base64 */
    char first
        [POSTINO_SASL_FIRST_OCTETS]; /* the first response; of OAUTHBEARER's what stands before the token */
    /* The one that arrives, decoded; and behind it what is decoded of its parts. */
    uint8_t challenge[POSTINO_SASL_CHALLENGE_OCTETS + POSTINO_SASL_SALT_OCTETS];
};

/* Asks the server something when no mail is under way; MAIL is wanted again when the reply came. Whatever it
 * says, the session goes on. Returns 0; POSTINO_ERROR_STATE when a mail or another command is under way, or
 * the session is not up; POSTINO_ERROR_ARGUMENT for an argument that is missing, over 500 octets, or holds
 * what cannot be sent; POSTINO_ERROR_SERVICE_IN_USE when `service` is under way, here or in another
 * session. */
int postino_session_service(struct postino_session *session, struct postino_service *service);

/* Tells that a source which answered WAIT has octets again. May be called at any time. */
void postino_session_source_ready(struct postino_session *session);

/* Returns the session's first error, and where it happened; error 0 as long as there is none. The pointer is
 * valid as long as the session. */
const struct postino_result *postino_session_result(const struct postino_session *session);

/* Returns the head of the text of the reply that decided the last failure (or, without one, of the last
 * reply), lines separated by '\n', and its length; not terminated. Of a line that is no reply (a greeting
 * that is no SMTP) it is that line, of TLS that failed the transport's words. A failure that no reply decided
 * (a time-out, a mail's own fault) has no text. A tab is told as a blank, any other control character as '?'.
 * At most POSTINO_REPLY_TEXT_OCTETS are kept. Valid until a mail that is still under way is answered. */
const char *postino_session_text(const struct postino_session *session, size_t *length_octets);

/* Returns the name of the mechanism that authentication used or tried last; NULL: none. Valid as long as the
 * configuration. */
const char *postino_session_mechanism(const struct postino_session *session);

/* Returns what the EHLO reply listed, as bits of enum postino_capability; 0 before it. */
uint32_t postino_session_capabilities(const struct postino_session *session);

/* Says whether the octets that postino_session_output() handed out last are to be masked in a transcript:
 * they hold a user name, a password, or the address of a recipient of kind BCC, and nothing besides that
 * belongs to another command. To be asked right after postino_session_output(). Returns 1 or 0. */
int postino_session_is_secret(const struct postino_session *session);

#ifdef __cplusplus
}
#endif

#endif
