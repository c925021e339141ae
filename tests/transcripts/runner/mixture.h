/* SPDX-License-Identifier: MIT */
#ifndef MIXTURE_H
#define MIXTURE_H

#include <stddef.h>
#include <stdint.h>

/* A server that answers each command as a table says, whatever the commands before were answered: every
 * mixture of acceptance and refusal. It keeps a log, watches the client's manners, and the log alone says
 * what must become of each mail. */

#define MIXTURE_MAILS        3
#define MIXTURE_RECIPIENTS   3
#define MIXTURE_TRANSACTIONS 4 /* of one mail: each decides one of its recipients at least */
#define MIXTURE_LOG          256
#define MIXTURE_OCTETS       8192

enum mixture_verb {
    MIXTURE_HELLO, /* the greeting, EHLO */
    MIXTURE_RSET,
    MIXTURE_MAIL,
    MIXTURE_RCPT,
    MIXTURE_DATA,
    MIXTURE_MESSAGE, /* complete, by DATA or BDAT */
    MIXTURE_QUIT
};

/* The replies of one transaction. */
struct mixture_codes {
    unsigned mail;
    unsigned rcpt[MIXTURE_RECIPIENTS];
    unsigned data;
    unsigned message;
};

struct mixture_mail {
    unsigned recipients;
    int partial;
    int rewinds;
    struct mixture_codes codes[MIXTURE_TRANSACTIONS];
};

struct mixture_plan {
    int pipelining;
    int chunking;
    unsigned mails;
    unsigned in_flight;
    unsigned cut;           /* the connection is lost after so many replies; 0: it is not */
    size_t capacity_octets; /* of a call that fetches octets */
    size_t piece_octets;    /* of replies at a time; 0: all there are */
    int eager;              /* replies come while the client has more to send */
    int singly;             /* each mail and QUIT when it is wanted */
    struct mixture_mail mail[MIXTURE_MAILS];
};

struct mixture_entry {
    enum mixture_verb verb;
    unsigned mail;
    unsigned recipient;
    unsigned code;
    size_t reply_end_octets; /* in the stream of replies */
    int lone;                /* a message of no octet */
};

struct mixture {
    const struct mixture_plan *plan;
    struct mixture_entry log[MIXTURE_LOG];
    unsigned count;
    char replies[MIXTURE_OCTETS];
    size_t replies_octets;
    size_t given_octets; /* of them to the client */
    char breach[200];    /* the client's first breach of the rules; "": none */

    /* private */
    unsigned mail;                        /* in hand */
    unsigned transactions[MIXTURE_MAILS]; /* of each that began */
    int in_message;
    size_t chunk_octets;
    int in_chunk;
    unsigned log_at_line; /* the first entry that had not been answered when the line in hand began */
    char line[256];
    size_t line_octets;
    char message[64];
    size_t message_octets;
};

void mixture_init(struct mixture *mixture, const struct mixture_plan *plan);

/* Takes octets of the client's. */
void mixture_take(struct mixture *mixture, const uint8_t *data, size_t length_octets);

/* The entries, from the first one on, whose replies the client has in full. */
unsigned mixture_answered(const struct mixture *mixture);

/* The message of a mail. */
size_t mixture_message(unsigned mail, char *text, size_t capacity);

/* mixture_oracle.c: what must become of the mails. */
struct mixture_fate {
    uint8_t outcome; /* enum postino_outcome */
    uint8_t other;   /* another one that will do */
    unsigned code;   /* 0: any */
};

struct mixture_fates {
    struct mixture_fate recipients[MIXTURE_MAILS][MIXTURE_RECIPIENTS];
    int desynchronised; /* the client must have closed the connection */
    int left;           /* recipients about whom the dialogue decided nothing */
};

void mixture_judge(const struct mixture *mixture, struct mixture_fates *fates);

/* The state of the current transaction, by the replies before an entry of the log. */
struct mixture_standing {
    int decided;    /* it is given up */
    unsigned taken; /* recipients that were accepted */
    unsigned asked;
    unsigned answered; /* of them */
};

void mixture_stand(const struct mixture *mixture, unsigned first, unsigned mail,
                   struct mixture_standing *standing);

/* mixture_run.c: runs a session. Returns 0, or -1 where an outcome is wrong; then mixture_print() prints the
 * dialogue. */
int mixture_run(const struct mixture_plan *plan);
void mixture_print(const struct mixture_plan *plan);

#endif
