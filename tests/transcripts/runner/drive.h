/* SPDX-License-Identifier: MIT */
#ifndef DRIVE_H
#define DRIVE_H

#include "postino/session.h"
#include "test_source.h"
#include "transcript.h"

/* One way to replay a transcript. */
struct drive_plan {
    size_t capacity_octets; /* of a call that fetches octets to send */
    size_t piece_octets;    /* the server's octets come so many at a time; 0: as they are ready */
    size_t split_octets;    /* and never together across this offset; 0: no split */
    size_t span_octets;     /* the source lends so many at a time; 0: all */
    int together;           /* mails and QUIT are handed in at once, not each when it is wanted */
    int idles;              /* over the pump: waits end for no reason, sends say AGAIN first */
    uint32_t start_ms;      /* what the clock says when the session starts */
};

/* One replay: its plan, its objects, and its first finding. */
struct drive {
    const struct transcript *transcript;
    struct drive_plan plan;
    struct postino_session session;
    struct postino_session_config config;
    struct postino_credentials credentials;
    struct postino_sasl_state sasl;
    const struct postino_mechanism *mechanisms[3];
    struct postino_mail mails[TRANSCRIPT_MAILS];
    struct postino_recipient recipients[TRANSCRIPT_MAILS][TRANSCRIPT_RECIPIENTS];
    struct postino_options options[TRANSCRIPT_MAILS];
    int turns[TRANSCRIPT_MAILS]; /* in which it was handed back; 0: it was not */
    struct postino_service services[TRANSCRIPT_SERVICES];
    char service_texts[TRANSCRIPT_SERVICES][TRANSCRIPT_TEXT_OCTETS];
    int service_errors[TRANSCRIPT_SERVICES];
    size_t asked; /* service commands */
    struct test_source sources[TRANSCRIPT_MAILS];
    int submit_errors[TRANSCRIPT_MAILS];
    size_t submitted;
    int graceful;
    uint32_t elapsed_ms;
    void (*on_turn)(const struct postino_session *session); /* over the session; or NULL */
    char finding[256];                                      /* the first; "": none */
};

/* Prepares everything but the session. */
void drive_init(struct drive *drive, const struct transcript *transcript, const struct drive_plan *plan);

/* Hands in the next mail or service command, or after the last one asks for QUIT. */
void drive_submit_next(struct drive *drive);
void drive_submit_all(struct drive *drive);

/* Ends the WAIT of a source. Returns 1 if one was waiting, else 0. */
int drive_release_sources(struct drive *drive);

/* The session hands out so many octets, and masks them or not: whether that is right for those that the
 * script has next. To be called before the peer takes them. */
void drive_check_mask(struct drive *drive, const struct scripted_peer *peer, size_t length_octets,
                      int masked);

void drive_find(struct drive *drive, const char *format, ...);

/* drive_judge.c: compares what came of it with what the transcript expects. */
void drive_judge(struct drive *drive, const struct scripted_peer *peer);

/* The two ways. Afterwards drive->finding says what was wrong. */
void drive_over_session(struct drive *drive);
void drive_over_pump(struct drive *drive);

#endif
