/* SPDX-License-Identifier: MIT */
#ifndef SEND_MANY_H
#define SEND_MANY_H

#include "postino/client.h"
#include "postino/tls.h"

enum {
    MANY_MAILS = 400,
    MANY_RECIPIENTS = 1000,
    MANY_SERVICES = 10,
    MANY_TEXT_OCTETS = 300,
    MANY_SERVICE_TEXT_OCTETS = 2000,
    MANY_EXTENSIONS = 40
};

struct many_recipient {
    struct postino_recipient recipient;
    struct postino_recipient_options options;
    struct postino_record record;
    char text[MANY_TEXT_OCTETS];
};

struct many_mail {
    struct postino_mail mail; /* first: a collected mail is turned back into its job */
    struct postino_options options;
    struct postino_memory_source memory;
    struct postino_callback_source callback;
    const char *message;
    size_t message_octets;
    size_t piece_octets; /* 0: in one piece, of a size that is told */
    size_t read_octets;
    struct postino_recipient *last;
};

struct many_service {
    struct postino_service service;
    const char *verb;
    char text[MANY_SERVICE_TEXT_OCTETS];
};

/* The job of send_many.c. */
struct many_job {
    const char *host;
    const char *port;
    int secure; /* not 0: over TLS, as tls says */
    int apart;  /* not 0: each mail over a connection of its own */
    struct postino_tls_config tls;
    struct postino_client_config config;
    const struct postino_extension *extensions[MANY_EXTENSIONS];
    struct many_mail mails[MANY_MAILS];
    struct many_recipient recipients[MANY_RECIPIENTS];
    struct many_service services[MANY_SERVICES];
    size_t mail_count;
    size_t recipient_count;
    size_t service_count;
};

/* Takes the job from its text, which is cut to pieces and borrowed as long as the job is used. A job that
 * is not understood ends the program. */
void many_take_job(struct many_job *job, char *text);

__attribute__((noreturn)) void many_reject(const char *reason, const char *what);

#endif
