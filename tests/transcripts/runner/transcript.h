/* SPDX-License-Identifier: MIT */
#ifndef TRANSCRIPT_H
#define TRANSCRIPT_H

#include "postino/session.h"
#include "scripted_peer.h"
#include "transcript_table.h"

/* One case of a transcript file as it was read. README.md describes the format. */

#define TRANSCRIPT_MAILS       6
#define TRANSCRIPT_RECIPIENTS  8
#define TRANSCRIPT_EXTENSIONS  24
#define TRANSCRIPT_MECHANISMS  12
#define TRANSCRIPT_SERVICES    8
#define TRANSCRIPT_TEXT_OCTETS 512 /* of a service command's reply */
#define TRANSCRIPT_EVENTS      160
#define TRANSCRIPT_HANDSHAKES  2
#define TRANSCRIPT_LINE_OCTETS 4096
#define TRANSCRIPT_OCTETS      262144
#define TRANSCRIPT_NOT_SAID    (-1000000) /* of a value that the file expects nothing of */
#define TRANSCRIPT_NX_FAILURE  (-1)       /* any status but NX_SUCCESS */

enum transcript_way {
    TRANSCRIPT_SESSION = 1,
    TRANSCRIPT_PUMP = 2,
    TRANSCRIPT_NETX = 4
};

enum transcript_auth {
    TRANSCRIPT_AUTH_NONE,
    TRANSCRIPT_AUTH_PLAIN,
    TRANSCRIPT_AUTH_LOGIN,
    TRANSCRIPT_AUTH_ANY, /* PLAIN preferred, then LOGIN */
    TRANSCRIPT_AUTH_LIST /* those that transcript.mechanisms names */
};

/* When mails and QUIT are handed in. */
enum transcript_pace {
    TRANSCRIPT_BOTH,
    TRANSCRIPT_TOGETHER, /* all at once */
    TRANSCRIPT_SINGLY    /* each when it is wanted */
};

struct transcript_recipient {
    const char *address;
    uint8_t kind; /* enum postino_recipient_kind */
    int has_options;
    struct postino_recipient_options options;

    /* Expected. */
    int outcome;
    int code;
};

struct transcript_service {
    uint8_t command; /* enum postino_service_command */
    const char *argument;
    size_t capacity_octets; /* of the buffer for its text */
    size_t before;          /* asked in front of the mail of this index */

    /* Expected. */
    int error; /* of the call */
    int code;
    const char *text;
};

struct transcript_mail {
    const char *from;
    struct transcript_recipient to[TRANSCRIPT_RECIPIENTS];
    size_t recipients;
    int has_options;
    struct postino_options options;
    const char *subject; /* of the NetX way, where the client writes the headers */
    uint8_t flags;       /* of enum postino_mail_flag */
    int partial;         /* to those recipients that are taken */
    const uint8_t *body;
    size_t body_octets;
    size_t wait_octets; /* see struct test_source */
    size_t fail_octets;
    int begin_error;
    size_t size_octets;
    size_t span_octets;   /* the source lends so many at a time; 0: as the plan says */
    uint8_t source_flags; /* of enum postino_source_flag */

    /* Expected. */
    int submit;
    int turn;         /* it is handed back as the so-manieth; 0: in the order of the file */
    uint32_t missing; /* of enum postino_capability */
    int outcome;
    int error;
    int step;
    int code;
    int nx_status;
};

struct transcript {
    unsigned ways;   /* of enum transcript_way */
    int read_first;  /* the client reads all that is there before it sends */
    int linger;      /* the client listens between mails until the server falls silent */
    int interrupts;  /* the client may speak while the server still does */
    int never_ready; /* a source that waits is never released */
    const char *ehlo_name;
    const char *user; /* NULL: no credentials */
    const char *password;
    const char *token;
    const char *authzid;
    const char *host;
    uint16_t port;
    const char *channel_binding; /* the one to use; NULL: the first */
    const char *nonce;           /* for SCRAM, in base64 */
    int unprepared;
    const struct postino_mechanism *mechanisms[TRANSCRIPT_MECHANISMS + 1];
    enum transcript_auth auth;
    enum transcript_auth last_resort;
    uint8_t flags;    /* enum postino_session_flag */
    uint32_t avoided; /* of enum postino_capability */
    uint16_t challenge_octets_max;
    uint16_t in_flight;
    uint32_t group_octets_max;
    int lmtp;
    enum transcript_pace pace;
    const struct postino_tls_policy *policy; /* NULL: not said */
    int has_tls;                             /* the transport has TLS */
    int extensions_said;
    const struct postino_extension *extensions[TRANSCRIPT_EXTENSIONS + 1];
    struct transcript_service services[TRANSCRIPT_SERVICES];
    size_t service_count;

    struct transcript_mail mails[TRANSCRIPT_MAILS];
    size_t mail_count;
    struct peer_event events[TRANSCRIPT_EVENTS];
    size_t event_count;
    struct peer_tls tls[TRANSCRIPT_HANDSHAKES];
    size_t tls_count;
    size_t server_octets;
    int has_secrets;

    /* Expected of the session. */
    int ends_said;
    int error;
    int step;
    int code;
    const char *text;
    const char *mechanism; /* that authentication tried last; NULL: not said */
    int capabilities_said;
    uint32_t capabilities; /* of the EHLO reply */
    int graceful;
    long after_ms;

    /* private */
    int netx; /* <headers> stands for the header lines */
    uint8_t octets[TRANSCRIPT_OCTETS];
    uint8_t secret[TRANSCRIPT_OCTETS]; /* those of them that the client must mask */
    size_t used_octets;
};

/* Reads one case of a file for one way of running it. Returns 0, or -1 after a message on stderr. */
int transcript_read(struct transcript *transcript, const struct transcript_table *table, size_t index,
                    int netx);

/* transcript_words.c: names of values. Each returns TRANSCRIPT_NOT_SAID for a name it does not know. */
int transcript_error_value(const char *name);
int transcript_step_value(const char *name);
int transcript_outcome_value(const char *name);
const char *transcript_error_name(int error);
/* Keywords of extensions, separated by commas, as bits of enum postino_capability, "" as 0; UINT32_MAX where
 * one of them is unknown. */
uint32_t transcript_capabilities(const char *names);

/* transcript_config.c, transcript_mail.c: what stands behind "config", "mail" and "service". Each returns 0,
 * or -1 for a bad line. */
int transcript_read_config(struct transcript *transcript, const char *line);
int transcript_read_mail(struct transcript *transcript, const char *line);
int transcript_read_service(struct transcript *transcript, const char *line);

/* transcript_expect.c: the rest of an "expect" and of an "ends" line. Each returns 0, or -1 for a bad line.
 */
int transcript_read_expectation(struct transcript *transcript, const char *line);
int transcript_read_ends(struct transcript *transcript, const char *line);

/* transcript_tls.c */
/* The policy of a name, or NULL. */
const struct postino_tls_policy *transcript_tls_policy(const char *name);
/* The rest of a "<tls" line. Returns 0, or -1 for a bad line. */
int transcript_read_tls(struct transcript *transcript, struct peer_event *event, const char *line);

/* transcript_secret.c: sets transcript->secret, once all is read. */
void transcript_mark_secrets(struct transcript *transcript);

/* transcript_text.c: takes octets into the transcript's own memory. */
/* Appends one octet. Returns 0, or -1 when the memory is full. */
int transcript_put(struct transcript *transcript, uint8_t octet);
/* Appends text with its escapes resolved, up to `end`. Returns 0, or -1 for a bad escape. */
int transcript_unescape(struct transcript *transcript, const char *text, const char *end);

/* A word of a directive: key, or key=value, or key="value". */
struct transcript_word {
    char key[32];
    const char *value; /* NULL: none */
};
/* Takes the next word off *line. Returns 1, 0 at the end of the line, or -1 for a bad one. */
int transcript_next_word(struct transcript *transcript, const char **line, struct transcript_word *word);

#endif
