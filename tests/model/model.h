/* SPDX-License-Identifier: MIT */
#ifndef MODEL_H
#define MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "postino/client.h"

/* The reference model: mails, a server that behaves at random but knows the rules, and the store of what it
 * accepted. It shares nothing with the engine but the public headers. */

#define MODEL_MAILS_MAX       12
#define MODEL_CONNECTIONS_MAX 64
#define MODEL_NEVER           SIZE_MAX

/* ---- base.c ---- */

struct model_random {
    uint64_t state;
};

void model_seed(struct model_random *random, uint64_t seed);
/* From now on every draw, of whomever, takes two of these octets, as long as there are any: so a fuzzer
 * decides. They are borrowed until the next call. */
void model_input(const uint8_t *data, size_t length);
/* 0 to below - 1. */
uint32_t model_draw(struct model_random *random, uint32_t below);
/* 1 in so many of a thousand cases. */
int model_chance(struct model_random *random, uint32_t per_mille);
/* A length of 1 to max, short ones as likely as long ones. */
size_t model_length(struct model_random *random, size_t max);

struct model_buffer {
    uint8_t *data;
    size_t length;
    size_t capacity;
};

void model_append(struct model_buffer *buffer, const void *data, size_t length);
void model_append_text(struct model_buffer *buffer, const char *text);
void model_free(struct model_buffer *buffer);

/* ---- mails.c ---- */

struct model_recipient {
    char address[48];
    unsigned copies;       /* in the store */
    uint16_t refusal_code; /* the server's answer to its last RCPT; 0: it was not refused */
    size_t refusal_end;    /* where that answer ends in the server's stream, of that connection */
    uint16_t final_code;   /* the answer to the message, for this recipient */
    size_t final_end;
    unsigned connection; /* of the two */
    uint16_t codes[8];   /* all that concerned it, the oldest overwritten */
    unsigned code_count;
    unsigned ends; /* end marks that the server has seen for it */
};

struct model_source {
    struct postino_source source; /* first, as the contract says */
    const struct model_buffer *body;
    struct model_random random;
    struct postino_source_info info;
    size_t position;
    size_t lent;
    size_t piece_max;
    size_t fail_at; /* MODEL_NEVER: nowhere */
    size_t wait_at;
    int begin_error;
    int waiting;
};

struct model_mail {
    struct postino_mail mail;
    struct postino_recipient *recipients;
    struct model_recipient *models;
    size_t recipient_count;
    char reverse_path[32];
    struct model_buffer body; /* what the source gives */
    struct model_buffer wire; /* what must arrive */
    union {
        struct postino_memory_source memory;
        struct postino_spans_source spans;
        struct postino_callback_source callback;
    } library;
    struct model_source own;
    struct postino_span spans[3];
    uint16_t codes[8]; /* refusals of MAIL, DATA, BDAT */
    unsigned code_count;
    int ended;        /* an end mark came for it, with recipients or without */
    size_t ended_end; /* where the answer to the last one ends */
    unsigned ended_connection;
    int fails;     /* its source does, or its begin */
    int says_8bit; /* the source does, where it must */
    int rewinds;
    int binary;
    unsigned submitted;
    unsigned returned;
    int taken; /* submit() returned 0 */
};

/* ---- settings.c ---- */

struct model_settings {
    int lmtp;
    int auth;
    int auth_if_offered;
    uint32_t capabilities; /* that the client understands: POSTINO_CAPABILITY_... */
    unsigned mails_in_flight_max;
    size_t group_octets_max;
    size_t octets_max; /* of a message */
    const struct postino_extension *extensions[24];
};

struct model_world;

/* Draws what the client understands, and the mails. */
void model_settings_draw(struct model_world *world);
void model_mails_draw(struct model_world *world);
void model_mails_free(struct model_world *world);
/* The mail with that sender, or recipient; -1: none. */
int model_mail_of_sender(const struct model_world *world, const char *path);
int model_mail_of_recipient(const struct model_world *world, const char *path, size_t *recipient);

/* ---- server.c and its parts ---- */

struct model_policy {
    uint32_t capabilities; /* offered */
    uint32_t refuse_ehlo;  /* all in thousandths */
    uint32_t refuse_auth;
    uint32_t refuse_mail;
    uint32_t refuse_rcpt;
    uint32_t refuse_data;
    uint32_t refuse_chunk;
    uint32_t refuse_final;
    uint32_t refuse_rset;
    uint32_t closing; /* 421 in place of any reply */
    uint32_t multi_line;
    uint32_t drop_final; /* the answer to a message gets lost before 221 */
    size_t recipients_max;
    int limits_told; /* as LIMITS */
    size_t mails_max;
    size_t domains_max;
    size_t size_limit;    /* 0: none */
    int eager_354;        /* 354 although no recipient was taken */
    size_t cut_client;    /* the connection breaks behind so many octets of the client */
    size_t cut_server;    /* or of the server */
    size_t silent_behind; /* so many replies, it says nothing more */
};

enum model_state {
    MODEL_COMMAND,
    MODEL_DATA,
    MODEL_CHUNK,
    MODEL_RESPONSE, /* to a challenge */
    MODEL_GONE
};

struct model_transaction {
    int mail;         /* index; -1: MAIL was refused, or none */
    int open;         /* the server took MAIL */
    int known_sender; /* index, refused or not */
    size_t mail_end;  /* where the refusal of MAIL ends; MODEL_NEVER: it was not refused */
    size_t asked;
    size_t refused;
    size_t last_reply_end;  /* to RCPT */
    size_t first_taken_end; /* where the first acceptance of a recipient ends; MODEL_NEVER: none */
    size_t accepted[160];
    size_t accepted_count;
    int eight_bit;
    int binary;
    int chunks;       /* BDAT was used */
    int chunk_failed; /* BDAT was refused */
    struct model_buffer data;
};

struct model_mark {
    size_t sent;  /* where in the client's stream */
    size_t given; /* so much of the server's stream had the client then */
};

struct model_event {
    char kind; /* 'C' sent, 's' taken by the server, 'S' received by the client, or a remark */
    size_t length;
};

struct model_connection {
    struct model_world *world;
    unsigned index;
    struct model_random random;
    struct model_policy policy;
    struct model_buffer in;  /* all that the client handed out */
    size_t taken;            /* by the server */
    size_t heard;            /* of that, before it listened no more */
    struct model_buffer out; /* all that the server said */
    size_t given;            /* to the client */
    size_t unsent;           /* of `in`, as told to the client */
    int broken;              /* nothing passes any more in either direction */
    int closed;              /* the server sends no more */
    int silent;
    size_t replies;

    enum model_state state;
    char line[1200];
    size_t line_length;
    size_t line_start;
    size_t barrier; /* so much must the client have been given before it says more */
    int greeted, extended, authenticated, rset_since_end, rset_refused;
    size_t rset_end;
    /* The last refusal that ended a mail and left its transaction open. The end of the reply, the count of
     * transactions then, and the end of the reply that accepted the RSET behind it; 0: none. */
    size_t left_open_end, left_open_transaction, left_open_cleared;
    size_t confused_end; /* the first refusal of RSET: what was said behind it the client need not believe */
    unsigned auth_round;
    size_t final_start, final_end; /* of the last answer to a message */
    int final_dropped;
    size_t mails_begun;
    size_t decided[1024]; /* for each transaction, where the reply ends that decided it */
    size_t transactions;
    struct model_transaction transaction;
    uint8_t dots; /* state in DATA */
    size_t chunk_left;
    int chunk_last;

    struct model_mark *marks;
    size_t mark_count, mark_capacity, mark_index;
    struct model_event *events;
    size_t event_count, event_capacity;
};

void model_connection_init(struct model_connection *connection, struct model_world *world, unsigned index);
void model_connection_free(struct model_connection *connection);
/* The client handed out octets. */
void model_connection_sent(struct model_connection *connection, const uint8_t *data, size_t length);
/* So many more of them reach the server. */
void model_connection_deliver(struct model_connection *connection, size_t length);
/* So many more of the server's octets reach the client. */
const uint8_t *model_connection_give(struct model_connection *connection, size_t length);
void model_connection_event(struct model_connection *connection, char kind, size_t length);
/* The octets that the client had received when it sent the octet at `sent`. Calls must come in the order
 * of `sent`. */
size_t model_given_at(struct model_connection *connection, size_t sent);

/* replies.c: says it, or something else in its place; returns what it said. */
unsigned model_reply(struct model_connection *connection, unsigned code);
unsigned model_refusal(struct model_connection *connection);
void model_reply_ehlo(struct model_connection *connection);
void model_policy_draw(struct model_connection *connection);

/* commands.c: a line is complete. */
void model_command(struct model_connection *connection);
void model_command_fault(struct model_connection *connection, const char *what);
/* The octets that the client had received when it began this command. */
size_t model_knew(struct model_connection *connection);
/* The reply said last gave up the mail whose transaction is open. */
void model_left_open(struct model_connection *connection);
/* A command of transaction `number` came: behind a refusal that left one open, RSET must have been
 * answered. */
void model_check_left_open(struct model_connection *connection, size_t number);
/* Where the reply that was said last ends; MODEL_NEVER for a silent server. */
size_t model_reply_end(const struct model_connection *connection);
void model_mail_decided(struct model_connection *connection);

/* envelope.c */
void model_transaction_begin(struct model_connection *connection);
void model_mail_command(struct model_connection *connection, char *arguments);
void model_rcpt_command(struct model_connection *connection, char *arguments);

/* receive.c */
size_t model_receive_data(struct model_connection *connection, const uint8_t *data, size_t length);
size_t model_receive_chunk(struct model_connection *connection, const uint8_t *data, size_t length);
void model_chunk_done(struct model_connection *connection);

/* ---- the whole ---- */

struct model_world {
    uint64_t seed;
    struct model_random random;
    struct model_settings settings;
    struct model_mail mails[MODEL_MAILS_MAX];
    size_t mail_count;
    struct model_connection *connections[MODEL_CONNECTIONS_MAX];
    unsigned connection_count;
    /* MAIL was answered 504 or 555: a client may leave out SIZE and BODY from then on. */
    int parameters_refused;
    char fault[400]; /* the first; "": none */
};

void model_fault(struct model_world *world, const char *format, ...);
struct model_connection *model_connect(struct model_world *world);

/* oracle.c: compares what the client says of its mails with the store. */
void model_judge(struct model_world *world);
void model_dump(const struct model_world *world);

/* base.c: draws all that there is in a world that is all 0, sends the mails, over a session alone or by the
 * client, and judges. */
void model_run(struct model_world *world, uint64_t seed, int client);
/* Frees all that it holds. */
void model_world_free(struct model_world *world);

/* session_run.c, client_run.c */
void model_run_session(struct model_world *world);
void model_run_client(struct model_world *world);

#endif
