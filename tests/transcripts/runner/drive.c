/* SPDX-License-Identifier: MIT */
/* The caller's objects, which the replay over the session and the replay over the pump share. */
#include "drive.h"

#include "test_crypto.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void drive_find(struct drive *drive, const char *format, ...)
{
    va_list arguments;

    if (drive->finding[0] != '\0') {
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(drive->finding, sizeof drive->finding, format, arguments);
    va_end(arguments);
}

static const struct postino_mechanism *drive_mechanism(enum transcript_auth auth)
{
    if (auth == TRANSCRIPT_AUTH_NONE) {
        return NULL;
    }
    return auth == TRANSCRIPT_AUTH_LOGIN ? &postino_sasl_login : &postino_sasl_plain;
}

static void drive_configure(struct drive *drive)
{
    const struct transcript *transcript = drive->transcript;

    drive->config.ehlo_name = transcript->ehlo_name;
    drive->config.faults = &postino_faults;
    drive->config.time_limits = &postino_time_limits_rfc5321;
    drive->config.extensions = transcript->extensions_said ? transcript->extensions : postino_extensions_all;
    drive->config.mails_in_flight_max = transcript->in_flight;
    drive->config.group_octets_max = transcript->group_octets_max;
    drive->config.lmtp = transcript->lmtp ? &postino_lmtp : NULL;
    drive->config.flags = transcript->flags;
    drive->config.avoided = transcript->avoided;
    drive->config.tls = transcript->policy;
    drive->config.challenge_octets_max = transcript->challenge_octets_max;
    drive->config.last_resort = drive_mechanism(transcript->last_resort);
    if (transcript->user != NULL || transcript->token != NULL || transcript->auth == TRANSCRIPT_AUTH_LIST) {
        drive->credentials.user = transcript->user;
        drive->credentials.password = transcript->password;
        drive->credentials.token = transcript->token;
        drive->credentials.authzid = transcript->authzid;
        drive->credentials.host = transcript->host;
        drive->credentials.port = transcript->port;
        drive->credentials.channel_binding = transcript->channel_binding;
        drive->credentials.prepared = !transcript->unprepared;
        drive->credentials.crypto = &test_crypto;
        drive->credentials.crypto_context = (void *)(uintptr_t)transcript->nonce;
        memset(&drive->sasl, 0xA5, sizeof drive->sasl);
        drive->credentials.state = &drive->sasl;
        drive->mechanisms[0] = drive_mechanism(transcript->auth);
        drive->mechanisms[1] = transcript->auth == TRANSCRIPT_AUTH_ANY ? &postino_sasl_login : NULL;
        drive->config.credentials = &drive->credentials;
        drive->config.mechanisms =
            transcript->auth == TRANSCRIPT_AUTH_LIST ? transcript->mechanisms : drive->mechanisms;
    }
}

static void drive_prepare_recipients(struct drive *drive, size_t i)
{
    const struct transcript_mail *mail = &drive->transcript->mails[i];
    struct postino_recipient *recipients = drive->recipients[i];
    size_t j;

    for (j = 0; j < mail->recipients; j++) {
        recipients[j].address = mail->to[j].address;
        recipients[j].kind = mail->to[j].kind;
        recipients[j].options = mail->to[j].has_options ? &mail->to[j].options : NULL;
        recipients[j].next = j + 1 < mail->recipients ? &recipients[j + 1] : NULL;
    }
}

static void drive_prepare_mail(struct drive *drive, size_t i)
{
    const struct transcript_mail *mail = &drive->transcript->mails[i];
    struct test_source *source = &drive->sources[i];

    memset(&drive->mails[i], 0xA5, sizeof drive->mails[i]);
    test_source_init(source, mail->body, mail->body_octets);
    source->piece_octets = mail->span_octets != 0 ? mail->span_octets : drive->plan.span_octets;
    source->wait_octets = mail->wait_octets;
    source->fail_octets = mail->fail_octets;
    source->begin_error = mail->begin_error;
    source->size_octets = mail->size_octets;
    source->flags = mail->source_flags;
    drive->options[i] = mail->options;
    drive->mails[i].reverse_path = mail->from;
    drive->mails[i].recipients = &drive->recipients[i][0];
    drive->mails[i].source = &source->source;
    drive->mails[i].delivery = mail->partial ? &postino_delivery_partial : NULL;
    drive->mails[i].options = mail->has_options ? &drive->options[i] : NULL;
    drive->mails[i].flags = mail->flags;
    drive->mails[i].marks = 0; /* it is not in use */
    drive_prepare_recipients(drive, i);
}

void drive_init(struct drive *drive, const struct transcript *transcript, const struct drive_plan *plan)
{
    size_t i;

    memset(drive, 0, sizeof *drive);
    /* An engine that reads what it never wrote shall not find zeros there. */
    memset(&drive->session, 0xA5, sizeof drive->session);
    drive->transcript = transcript;
    drive->plan = *plan;
    drive_configure(drive);
    for (i = 0; i < transcript->mail_count; i++) {
        drive_prepare_mail(drive, i);
    }
    for (i = 0; i < transcript->service_count; i++) {
        const struct transcript_service *service = &transcript->services[i];

        drive->services[i].command = service->command;
        drive->services[i].argument = service->argument;
        drive->services[i].text = drive->service_texts[i];
        drive->services[i].text_capacity_octets = service->capacity_octets;
    }
}

void drive_check_mask(struct drive *drive, const struct scripted_peer *peer, size_t length_octets, int masked)
{
    const struct transcript *transcript = drive->transcript;
    size_t index = peer->client_index;
    size_t offset = peer->client_offset;

    for (; length_octets != 0 && index < transcript->event_count; length_octets--) {
        const struct peer_event *event = &transcript->events[index];

        /* Octets that the client may send are not known to be sent. */
        if (event->kind == PEER_CLIENT_MAYBE) {
            return;
        }
        if ((transcript->secret[event->data + offset - transcript->octets] != 0) != (masked != 0)) {
            drive_find(drive,
                       masked ? "masked what is no secret, at offset %lu" : "shows a secret, at offset %lu",
                       (unsigned long)peer->taken_octets);
            return;
        }
        if (++offset == event->length_octets) {
            offset = 0;
            do {
                index++;
            } while (index < transcript->event_count && transcript->events[index].kind != PEER_CLIENT &&
                     transcript->events[index].kind != PEER_CLIENT_MAYBE);
        }
    }
}

void drive_submit_next(struct drive *drive)
{
    size_t i = drive->submitted;
    size_t j = drive->asked;

    if (j < drive->transcript->service_count && drive->transcript->services[j].before == i) {
        drive->service_errors[j] = postino_session_service(&drive->session, &drive->services[j]);
        drive->asked++;
        return;
    }
    if (i < drive->transcript->mail_count) {
        drive->submit_errors[i] = postino_session_submit(&drive->session, &drive->mails[i]);
    } else {
        postino_session_quit(&drive->session);
    }
    drive->submitted++;
}

void drive_submit_all(struct drive *drive)
{
    while (drive->submitted <= drive->transcript->mail_count) {
        drive_submit_next(drive);
    }
}

int drive_release_sources(struct drive *drive)
{
    int waited = 0;
    size_t i;

    for (i = 0; i < drive->transcript->mail_count && !drive->transcript->never_ready; i++) {
        waited |= test_source_release(&drive->sources[i]);
    }
    if (waited) {
        postino_session_source_ready(&drive->session);
    }
    return waited;
}
