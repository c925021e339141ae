/* SPDX-License-Identifier: MIT */
/* What both ways of a replay have in common: the caller's objects, and the judgement. */
#include "drive.h"

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
    drive->config.time_limits = &postino_time_limits_rfc5321;
    drive->config.extensions = postino_extensions_all;
    drive->config.flags = transcript->flags;
    drive->config.challenge_octets_max = transcript->challenge_octets_max;
    drive->config.last_resort = drive_mechanism(transcript->last_resort);
    if (transcript->user != NULL) {
        drive->credentials.user = transcript->user;
        drive->credentials.password = transcript->password;
        drive->mechanisms[0] = drive_mechanism(transcript->auth);
        drive->mechanisms[1] = transcript->auth == TRANSCRIPT_AUTH_ANY ? &postino_sasl_login : NULL;
        drive->config.credentials = &drive->credentials;
        drive->config.mechanisms = drive->mechanisms;
    }
}

void drive_init(struct drive *drive, const struct transcript *transcript, const struct drive_plan *plan)
{
    size_t i;
    size_t j;

    memset(drive, 0, sizeof *drive);
    /* An engine that reads what it never wrote shall not find zeros there. */
    memset(&drive->session, 0xA5, sizeof drive->session);
    drive->transcript = transcript;
    drive->plan = *plan;
    drive_configure(drive);
    for (i = 0; i < transcript->mail_count; i++) {
        const struct transcript_mail *mail = &transcript->mails[i];
        struct test_source *source = &drive->sources[i];

        memset(&drive->mails[i], 0xA5, sizeof drive->mails[i]);
        test_source_init(source, mail->body, mail->body_octets);
        source->piece_octets = plan->span_octets;
        source->wait_octets = mail->wait_octets;
        source->fail_octets = mail->fail_octets;
        source->begin_error = mail->begin_error;
        source->size_octets = mail->size_octets;
        drive->mails[i].reverse_path = mail->from;
        drive->mails[i].recipients = &drive->recipients[i][0];
        drive->mails[i].source = &source->source;
        drive->mails[i].delivery = mail->partial ? &postino_delivery_partial : NULL;
        drive->mails[i].options = NULL;
        drive->mails[i].flags = mail->flags;
        for (j = 0; j < mail->recipients; j++) {
            drive->recipients[i][j].address = mail->to[j];
            drive->recipients[i][j].options = NULL;
            drive->recipients[i][j].next = j + 1 < mail->recipients ? &drive->recipients[i][j + 1] : NULL;
        }
    }
}

void drive_submit_next(struct drive *drive)
{
    size_t i = drive->submitted;

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

static int drive_differs(int expected, int actual)
{
    return expected != TRANSCRIPT_NOT_SAID && expected != actual;
}

static void drive_judge_recipients(struct drive *drive, size_t i)
{
    const struct transcript_mail *expected = &drive->transcript->mails[i];
    size_t j;

    for (j = 0; j < expected->recipients; j++) {
        const struct postino_recipient *recipient = &drive->recipients[i][j];

        if (recipient->outcome == POSTINO_OUTCOME_PENDING) {
            drive_find(drive, "mail %d recipient %d is still pending", (int)i + 1, (int)j + 1);
        }
        if (expected->recipients == 1 && recipient->outcome != drive->mails[i].result.outcome) {
            drive_find(drive, "mail %d: its only recipient is %s", (int)i + 1,
                       postino_outcome_name(recipient->outcome));
        }
        if (drive_differs(expected->recipient_outcomes[j], recipient->outcome) ||
            drive_differs(expected->recipient_codes[j], recipient->reply_code)) {
            drive_find(drive, "mail %d recipient %d: %s %d, expected %s %d", (int)i + 1, (int)j + 1,
                       postino_outcome_name(recipient->outcome), recipient->reply_code,
                       postino_outcome_name((unsigned)expected->recipient_outcomes[j]),
                       expected->recipient_codes[j]);
        }
    }
}

/* The session was over before it wanted the mail: it takes none any more, and says why. */
static void drive_judge_late(struct drive *drive, size_t i)
{
    int error = postino_session_submit(&drive->session, &drive->mails[i]);

    if (error == 0 || error != postino_session_result(&drive->session)->error) {
        drive_find(drive, "mail %d: submit said %s after the end", (int)i + 1, transcript_error_name(error));
    }
}

static void drive_judge_mail(struct drive *drive, size_t i)
{
    const struct transcript_mail *expected = &drive->transcript->mails[i];
    const struct postino_result *result = &drive->mails[i].result;

    if (i >= drive->submitted) {
        drive_judge_late(drive, i);
        return;
    }
    if (drive->submit_errors[i] != expected->submit) {
        drive_find(drive, "mail %d: submit said %s", (int)i + 1,
                   transcript_error_name(drive->submit_errors[i]));
    }
    if (drive->submit_errors[i] != 0) {
        return;
    }
    if (postino_session_finished(&drive->session) != &drive->mails[i]) {
        drive_find(drive, "mail %d was not handed back in its turn", (int)i + 1);
        return;
    }
    if (drive_differs(expected->outcome, result->outcome) || drive_differs(expected->error, result->error) ||
        drive_differs(expected->step, result->step) || drive_differs(expected->code, result->reply_code)) {
        drive_find(drive, "mail %d: outcome=%s error=%s step=%s code=%d", (int)i + 1,
                   postino_outcome_name(result->outcome), transcript_error_name(result->error),
                   postino_step_name(result->step), result->reply_code);
    }
    if ((result->outcome == POSTINO_OUTCOME_ACCEPTED) != (result->error == 0)) {
        drive_find(drive, "mail %d: accepted and an error, or neither", (int)i + 1);
    }
    if (drive->sources[i].breach != NULL) {
        drive_find(drive, "mail %d: %s", (int)i + 1, drive->sources[i].breach);
    }
    drive_judge_recipients(drive, i);
}

static void drive_judge_session(struct drive *drive)
{
    const struct transcript *expected = drive->transcript;
    const struct postino_result *result = postino_session_result(&drive->session);
    size_t length = 0;
    const char *text = postino_session_text(&drive->session, &length);

    if (drive_differs(expected->error, result->error) || drive_differs(expected->step, result->step) ||
        drive_differs(expected->code, result->reply_code)) {
        drive_find(drive, "session: error=%s step=%s code=%d", transcript_error_name(result->error),
                   postino_step_name(result->step), result->reply_code);
    }
    if (length > POSTINO_REPLY_TEXT_OCTETS ||
        (expected->text != NULL &&
         (length != strlen(expected->text) || memcmp(text, expected->text, length) != 0))) {
        drive_find(drive, "text is \"%.*s\"", (int)length, text);
    }
    if (drive_differs(expected->graceful, drive->graceful)) {
        drive_find(drive, "closed %s", drive->graceful ? "gracefully" : "by abort");
    }
    if (expected->after_ms != TRANSCRIPT_NOT_SAID && (uint32_t)expected->after_ms != drive->elapsed_ms) {
        drive_find(drive, "it took %lu ms", (unsigned long)drive->elapsed_ms);
    }
}

void drive_judge(struct drive *drive, const struct scripted_peer *peer)
{
    size_t i;

    if (peer->departure[0] != '\0') {
        drive_find(drive, "%s", peer->departure);
    }
    if (!scripted_peer_heard_all(peer)) {
        drive_find(drive, "the client did not send all that it should, but %lu octets",
                   (unsigned long)peer->taken_octets);
    }
    for (i = 0; i < drive->transcript->mail_count; i++) {
        drive_judge_mail(drive, i);
    }
    if (postino_session_finished(&drive->session) != NULL) {
        drive_find(drive, "a mail was handed back twice");
    }
    drive_judge_session(drive);
}
