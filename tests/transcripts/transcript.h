/* SPDX-License-Identifier: MIT */
#ifndef TRANSCRIPT_H
#define TRANSCRIPT_H

#include "postino/session.h"
#include "scripted_peer.h"

/* A transcript file as it was read. README.md describes the format. */

#define TRANSCRIPT_MAILS      4
#define TRANSCRIPT_RECIPIENTS 8
#define TRANSCRIPT_EVENTS     160
#define TRANSCRIPT_OCTETS     262144
#define TRANSCRIPT_NOT_SAID   (-1000000) /* of a value that the file expects nothing of */
#define TRANSCRIPT_NX_FAILURE (-1)       /* any status but NX_SUCCESS */

enum transcript_way {
    TRANSCRIPT_SESSION = 1,
    TRANSCRIPT_PUMP = 2,
    TRANSCRIPT_NETX = 4
};

enum transcript_auth {
    TRANSCRIPT_AUTH_NONE,
    TRANSCRIPT_AUTH_PLAIN,
    TRANSCRIPT_AUTH_LOGIN,
    TRANSCRIPT_AUTH_ANY /* PLAIN preferred, then LOGIN */
};

struct transcript_mail {
    const char *from;
    const char *to[TRANSCRIPT_RECIPIENTS];
    size_t recipients;
    const char *subject; /* of the NetX way, where the client writes the headers */
    uint8_t flags;       /* of enum postino_mail_flag */
    int partial;         /* to those recipients that are taken */
    const uint8_t *body;
    size_t body_octets;
    size_t wait_octets; /* see struct test_source */
    size_t fail_octets;
    int begin_error;
    size_t size_octets;

    /* Expected. */
    int submit;
    int outcome;
    int error;
    int step;
    int code;
    int nx_status;
    int recipient_outcomes[TRANSCRIPT_RECIPIENTS];
    int recipient_codes[TRANSCRIPT_RECIPIENTS];
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
    enum transcript_auth auth;
    enum transcript_auth last_resort;
    uint8_t flags; /* enum postino_session_flag */
    uint16_t challenge_octets_max;

    struct transcript_mail mails[TRANSCRIPT_MAILS];
    size_t mail_count;
    struct peer_event events[TRANSCRIPT_EVENTS];
    size_t event_count;
    size_t server_octets;

    /* Expected of the session. */
    int ends_said;
    int error;
    int step;
    int code;
    const char *text;
    int graceful;
    long after_ms;

    /* private */
    int netx; /* <headers> stands for the header lines */
    uint8_t octets[TRANSCRIPT_OCTETS];
    size_t used_octets;
};

/* Reads a file for one way of running it. Returns 0, or -1 after a message on stderr. */
int transcript_read(struct transcript *transcript, const char *path, int netx);

/* transcript_words.c: names of values. Each returns TRANSCRIPT_NOT_SAID for a name it does not know. */
int transcript_error_value(const char *name);
int transcript_step_value(const char *name);
int transcript_outcome_value(const char *name);
const char *transcript_error_name(int error);

/* transcript_expect.c: the rest of an "expect" and of an "ends" line. Each returns 0, or -1 for a bad line.
 */
int transcript_read_expectation(struct transcript *transcript, const char *line);
int transcript_read_ends(struct transcript *transcript, const char *line);

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
