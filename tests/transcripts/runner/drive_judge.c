/* SPDX-License-Identifier: MIT */
/* Compares the end of a replay with the transcript's expectations. */
#include "drive.h"

#include "secret.h"

#include <string.h>

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
        if (drive_differs(expected->to[j].outcome, recipient->outcome) ||
            drive_differs(expected->to[j].code, recipient->reply_code)) {
            drive_find(drive, "mail %d recipient %d: %s %d, expected %s %d", (int)i + 1, (int)j + 1,
                       postino_outcome_name(recipient->outcome), recipient->reply_code,
                       postino_outcome_name((unsigned)expected->to[j].outcome), expected->to[j].code);
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

static void drive_judge_mail(struct drive *drive, size_t i, int turn)
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
    if (drive->turns[i] != (expected->turn != 0 ? expected->turn : turn)) {
        drive_find(drive, "mail %d was handed back as number %d", (int)i + 1, drive->turns[i]);
    }
    if (drive->turns[i] == 0) {
        return;
    }
    if (drive->mails[i].options != NULL && drive->options[i].missing != expected->missing) {
        drive_find(drive, "mail %d lacks %s", (int)i + 1, postino_capability_name(drive->options[i].missing));
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

/* Takes the mails back in the order of the session. */
static void drive_collect(struct drive *drive)
{
    struct postino_mail *mail;
    int turn = 0;

    while ((mail = postino_session_finished(&drive->session)) != NULL) {
        if (drive->turns[mail - drive->mails] != 0) {
            drive_find(drive, "a mail was handed back twice");
            return;
        }
        drive->turns[mail - drive->mails] = ++turn;
    }
}

static void drive_judge_service(struct drive *drive, size_t i)
{
    const struct transcript_service *expected = &drive->transcript->services[i];
    const struct postino_service *service = &drive->services[i];
    size_t kept = service->text_octets;

    if (i >= drive->asked) {
        drive_find(drive, "service command %d was never wanted", (int)i + 1);
        return;
    }
    if (drive->service_errors[i] != expected->error) {
        drive_find(drive, "service command %d: %s", (int)i + 1,
                   transcript_error_name(drive->service_errors[i]));
    }
    if (expected->error != 0) {
        return;
    }
    if (drive_differs(expected->code, service->reply_code) || service->done != (service->reply_code != 0)) {
        drive_find(drive, "service command %d: code %d, done %d", (int)i + 1, service->reply_code,
                   service->done);
    }
    if (expected->text == NULL) {
        return;
    }
    if (kept != strlen(expected->text)) {
        drive_find(drive, "service command %d: a text of %lu octets", (int)i + 1, (unsigned long)kept);
        return;
    }
    if (kept > expected->capacity_octets) {
        kept = expected->capacity_octets;
    }
    if (memcmp(service->text, expected->text, kept) != 0) {
        drive_find(drive, "service command %d: text is \"%.*s\"", (int)i + 1, (int)kept, service->text);
    }
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
    if (expected->mechanism != NULL &&
        (postino_session_mechanism(&drive->session) == NULL ||
         strcmp(expected->mechanism, postino_session_mechanism(&drive->session)) != 0)) {
        drive_find(drive, "the mechanism is %s", postino_session_mechanism(&drive->session));
    }
    if (expected->capabilities_said &&
        expected->capabilities != postino_session_capabilities(&drive->session)) {
        drive_find(drive, "capabilities are 0x%lx",
                   (unsigned long)postino_session_capabilities(&drive->session));
    }
    if (drive_differs(expected->graceful, drive->graceful)) {
        drive_find(drive, "closed %s", drive->graceful ? "gracefully" : "by abort");
    }
    if (expected->after_ms != TRANSCRIPT_NOT_SAID && (uint32_t)expected->after_ms != drive->elapsed_ms) {
        drive_find(drive, "it took %lu ms", (unsigned long)drive->elapsed_ms);
    }
}

static void drive_judge_secret(struct drive *drive, const char *secret)
{
    if (secret != NULL && secret_is_in(&drive->session, sizeof drive->session, secret, strlen(secret))) {
        drive_find(drive, "the session still holds a secret");
    }
}

/* Of an exchange that was cut off the state is the caller's to wipe. */
static void drive_judge_secrets(struct drive *drive)
{
    const struct postino_result *result = postino_session_result(&drive->session);
    int cut = result->step == POSTINO_STEP_AUTH && result->error != POSTINO_ERROR_REFUSED &&
              result->error != POSTINO_ERROR_CHALLENGE && result->error != POSTINO_ERROR_CHALLENGE_SYNTAX &&
              result->error != POSTINO_ERROR_ITERATIONS && result->error != POSTINO_ERROR_CRYPTO &&
              result->error != POSTINO_ERROR_CREDENTIALS_SIZE && result->error != POSTINO_ERROR_AUTH_SERVER;

    drive_judge_secret(drive, drive->credentials.password);
    drive_judge_secret(drive, drive->credentials.token);
    if (cut) {
        postino_sasl_wipe(drive->credentials.state);
    }
    if (drive->session.mechanism != NULL && drive->session.mechanism->exchange != NULL &&
        !secret_is_wiped(&drive->sasl, sizeof drive->sasl)) {
        drive_find(drive, "the state of the exchange is not wiped");
    }
}

void drive_judge(struct drive *drive, const struct scripted_peer *peer)
{
    int turn = 0;
    size_t i;

    if (peer->departure[0] != '\0') {
        drive_find(drive, "%s", peer->departure);
    }
    if (!scripted_peer_heard_all(peer)) {
        drive_find(drive, "the client did not send all that it should, but %lu octets",
                   (unsigned long)peer->taken_octets);
    }
    drive_collect(drive);
    for (i = 0; i < drive->transcript->mail_count; i++) {
        turn += i < drive->submitted && drive->submit_errors[i] == 0;
        drive_judge_mail(drive, i, turn);
    }
    for (i = 0; i < drive->transcript->service_count; i++) {
        drive_judge_service(drive, i);
    }
    drive_judge_session(drive);
    drive_judge_secrets(drive);
}
