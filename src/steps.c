/* SPDX-License-Identifier: MIT */
/* The steps of the dialogue (RFC 5321 sections 3.3 and 4.1.4): what each sends, and what follows its reply.
 * Invariant: a step is entered with its mail and recipient already in the sent cursor. */
#include "internal.h"

/* RFC 4954 section 4: an initial response travels with the command if the line keeps to RFC 5321's 512
 * octets. */
#define STEPS_COMMAND_MAX 512

static void steps_build_path(struct postino_command *command, const char *address)
{
    /* Checked when the mail was submitted. */
    (void)postino_address_path(address, &command->spans[1]);
    command->spans[2].data = ">";
    command->spans[2].length_octets = 1;
    command->plain = 3;
}

static void steps_build_mail(const struct postino_session *session, struct postino_command *command)
{
    steps_build_path(command, session->sent.mail->reverse_path);
}

static void steps_build_rcpt(const struct postino_session *session, struct postino_command *command)
{
    steps_build_path(command, session->sent.recipient->address);
}

static void steps_build_word(struct postino_command *command, const char *word)
{
    command->spans[1].data = word;
    command->spans[1].length_octets = strlen(word);
    command->plain = 2;
}

static void steps_build_ehlo(const struct postino_session *session, struct postino_command *command)
{
    steps_build_word(command, session->config->ehlo_name);
}

/* session->round counts the responses that are given with the step in hand and before. */
static void steps_build_response(const struct postino_session *session, struct postino_command *command)
{
    int spans = session->mechanism->respond(session->config->credentials, session->round - 1u,
                                            &command->spans[command->plain]);

    command->encoded = (unsigned)spans;
}

static void steps_build_auth(const struct postino_session *session, struct postino_command *command)
{
    steps_build_word(command, session->mechanism->name);
    if (session->round != 0) {
        command->spans[2].data = " ";
        command->spans[2].length_octets = 1;
        command->plain = 3;
        steps_build_response(session, command);
    }
}

static void steps_enter_ehlo(struct postino_session *session)
{
    postino_session_enter(session, STEP_EHLO);
}

static int steps_allowed(const struct postino_session *session, const struct postino_mechanism *mechanism)
{
    return (session->config->flags & POSTINO_SESSION_CLEAR_TEXT_AUTH) != 0 ||
           (mechanism->flags & POSTINO_MECHANISM_CLEAR_TEXT) == 0;
}

static const struct postino_mechanism *steps_mechanism(const struct postino_session *session)
{
    const struct postino_mechanism *const *mechanism = session->config->mechanisms;
    const struct postino_mechanism *last_resort = session->config->last_resort;
    unsigned offered;

    for (offered = session->mechanisms_offered; offered != 0; offered >>= 1, mechanism++) {
        if ((offered & 1) != 0 && steps_allowed(session, *mechanism))
            return *mechanism;
    }
    return last_resort != NULL && steps_allowed(session, last_resort) ? last_resort : NULL;
}

static void steps_ehlo_accepted(struct postino_session *session)
{
    const struct postino_session_config *config = session->config;
    struct postino_command command;

    if (config->credentials == NULL || ((config->flags & POSTINO_SESSION_AUTH_IF_OFFERED) != 0 &&
                                        (session->capabilities & POSTINO_CAPABILITY_AUTH) == 0)) {
        postino_steps_next(session);
        return;
    }
    session->mechanism = steps_mechanism(session);
    if (session->mechanism == NULL) {
        postino_steps_give_up(session, POSTINO_ERROR_NO_MECHANISM);
        return;
    }
    session->round = (session->mechanism->flags & POSTINO_MECHANISM_INITIAL_RESPONSE) != 0;
    postino_session_enter(session, STEP_AUTH);
    postino_command_build(session, &command);
    if (postino_command_octets(&command) > STEPS_COMMAND_MAX)
        session->round = 0;
}

void postino_steps_challenge(struct postino_session *session)
{
    struct postino_span spans[POSTINO_SASL_SPANS];
    unsigned limit = session->config->challenge_octets_max;

    /* The count includes the line's end. */
    if ((limit != 0 && session->challenge_octets > limit + 1) ||
        session->mechanism->respond(session->config->credentials, session->round, spans) < 0) {
        postino_session_enter(session, STEP_AUTH_CANCEL);
        return;
    }
    session->round++;
    postino_session_enter(session, STEP_AUTH_RESPONSE);
}

static void steps_auth_cancelled(struct postino_session *session)
{
    postino_steps_give_up(session, POSTINO_ERROR_CHALLENGE);
}

static void steps_refused(struct postino_session *session)
{
    postino_steps_give_up(session, POSTINO_ERROR_REFUSED);
}

/* RFC 5321 section 4.1.4: a server that does not know EHLO gets HELO; but without EHLO there is no
 * authentication. */
static void steps_ehlo_refused(struct postino_session *session)
{
    const struct postino_session_config *config = session->config;

    if (session->code >= 500 &&
        (config->credentials == NULL || (config->flags & POSTINO_SESSION_AUTH_IF_OFFERED) != 0))
        postino_session_enter(session, STEP_HELO);
    else
        steps_refused(session);
}

void postino_steps_give_up(struct postino_session *session, int error)
{
    struct postino_mail *mail;

    postino_session_record(session, error);
    session->result.outcome = POSTINO_OUTCOME_NOT_ATTEMPTED;
    for (mail = session->mails; mail != NULL; mail = mail->next) {
        if ((mail->progress & MAIL_SETTLED) == 0)
            postino_session_settle(mail, &session->result);
    }
    session->flags |= SESSION_QUITTING;
    postino_session_enter(session, STEP_QUIT);
}

/* Begins the mail's transaction. Returns 0, or -1 when the mail cannot be sent and is settled. */
static int steps_begin(struct postino_session *session, struct postino_mail *mail)
{
    struct postino_source *source = mail->source;
    struct postino_result result = {POSTINO_ERROR_SOURCE, 0, POSTINO_STEP_MAIL,
                                    POSTINO_OUTCOME_NOT_ATTEMPTED};
    size_t size_octets;

    if (source->methods->begin(source, session->capabilities, &size_octets) != 0) {
        postino_session_settle(mail, &result);
        return -1;
    }
    /* RFC 1870 section 6.1: what is larger than the server's limit need not be tried. */
    if (session->size_limit_octets != 0 && size_octets != POSTINO_SIZE_UNKNOWN &&
        size_octets > session->size_limit_octets) {
        result.error = POSTINO_ERROR_MESSAGE_SIZE;
        result.outcome = POSTINO_OUTCOME_PERMANENT;
        postino_session_settle(mail, &result);
        return -1;
    }
    mail->progress = MAIL_STARTED;
    mail->start = session->output_octets;
    session->sent.mail = mail;
    session->flags = (uint16_t)((session->flags | SESSION_DIRTY) & ~SESSION_TEXT_KEPT);
    postino_session_enter(session, STEP_MAIL);
    return 0;
}

void postino_steps_next(struct postino_session *session)
{
    struct postino_mail *mail;

    session->sent.mail = NULL;
    session->sent.recipient = NULL;
    for (mail = session->mails; mail != NULL; mail = mail->next) {
        if ((mail->progress & MAIL_SETTLED) != 0)
            continue;
        if ((session->flags & SESSION_DIRTY) != 0) {
            postino_session_enter(session, STEP_RSET);
            return;
        }
        if (steps_begin(session, mail) == 0)
            return;
    }
    postino_session_enter(session, (session->flags & SESSION_QUITTING) != 0 ? STEP_QUIT : STEP_IDLE);
}

static unsigned steps_refusal(const struct postino_session *session)
{
    return session->code >= 500 ? POSTINO_OUTCOME_PERMANENT : POSTINO_OUTCOME_TRANSIENT;
}

static void steps_settle(struct postino_session *session, int error, unsigned outcome)
{
    struct postino_result result;

    result.error = (int16_t)error;
    result.reply_code = session->code;
    result.step = session->replied.step->id;
    result.outcome = (uint8_t)outcome;
    postino_session_settle(session->replied.mail, &result);
}

void postino_steps_refuse_mail(struct postino_session *session)
{
    session->flags |= SESSION_TEXT_KEPT;
    steps_settle(session, POSTINO_ERROR_REFUSED, steps_refusal(session));
}

static void steps_mail_refused(struct postino_session *session)
{
    postino_steps_refuse_mail(session);
    postino_steps_next(session);
}

static void steps_mail_accepted(struct postino_session *session)
{
    session->sent.recipient = session->replied.mail->recipients;
    postino_session_enter(session, STEP_RCPT);
}

static void steps_rcpt_next(struct postino_session *session)
{
    struct postino_recipient *recipient = session->replied.recipient->next;

    session->sent.recipient = recipient;
    if (recipient != NULL) {
        postino_session_enter(session, STEP_RCPT);
        return;
    }
    for (recipient = session->replied.mail->recipients; recipient != NULL; recipient = recipient->next) {
        if (recipient->outcome == POSTINO_OUTCOME_PENDING) {
            postino_session_enter(session, STEP_DATA);
            return;
        }
    }
    steps_mail_refused(session);
}

static void steps_rcpt_accepted(struct postino_session *session)
{
    session->replied.recipient->reply_code = session->code;
    steps_rcpt_next(session);
}

static void steps_rcpt_refused(struct postino_session *session)
{
    session->replied.recipient->reply_code = session->code;
    session->replied.recipient->outcome = (uint8_t)steps_refusal(session);
    session->flags |= SESSION_TEXT_KEPT;
    if ((session->replied.mail->flags & POSTINO_MAIL_PARTIAL) != 0) {
        steps_rcpt_next(session);
    } else {
        steps_settle(session, POSTINO_ERROR_REFUSED, POSTINO_OUTCOME_NOT_ATTEMPTED);
        postino_steps_next(session);
    }
}

static void steps_data_accepted(struct postino_session *session)
{
    session->filter = 0;
    postino_session_enter(session, STEP_MESSAGE);
}

static void steps_message_accepted(struct postino_session *session)
{
    session->flags &= (uint16_t)~SESSION_DIRTY;
    steps_settle(session, POSTINO_OK, POSTINO_OUTCOME_ACCEPTED);
    postino_steps_next(session);
}

static void steps_rset_accepted(struct postino_session *session)
{
    session->flags &= (uint16_t)~SESSION_DIRTY;
    postino_steps_next(session);
}

/* Nothing was asked: the dialogue is out of step. */
static void steps_unasked(struct postino_session *session)
{
    postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED);
}

static void steps_quit_answered(struct postino_session *session)
{
    session->flags |= SESSION_GRACEFUL | SESSION_CLOSED;
}

#define LIMIT(name) offsetof(struct postino_time_limits, name)

const struct postino_step postino_steps[STEP_ROWS] = {
    [STEP_GREETING] = {NULL, NULL, steps_enter_ehlo, steps_refused, 220, POSTINO_STEP_GREETING,
                       LIMIT(greeting_ms)},
    [STEP_EHLO] = {"EHLO ", steps_build_ehlo, steps_ehlo_accepted, steps_ehlo_refused, 2, POSTINO_STEP_EHLO,
                   LIMIT(command_ms)},
    [STEP_HELO] = {"HELO ", steps_build_ehlo, postino_steps_next, steps_refused, 2, POSTINO_STEP_EHLO,
                   LIMIT(command_ms)},
    [STEP_AUTH] = {"AUTH ", steps_build_auth, postino_steps_next, steps_refused, 235, POSTINO_STEP_AUTH,
                   LIMIT(command_ms)},
    [STEP_AUTH_RESPONSE] = {"", steps_build_response, postino_steps_next, steps_refused, 235,
                            POSTINO_STEP_AUTH, LIMIT(command_ms)},
    [STEP_AUTH_CANCEL] = {"*", NULL, steps_auth_cancelled, steps_auth_cancelled, 2, POSTINO_STEP_AUTH,
                          LIMIT(command_ms)},
    [STEP_IDLE] = {NULL, NULL, steps_unasked, steps_unasked, 2, POSTINO_STEP_IDLE, LIMIT(command_ms)},
    [STEP_MAIL] = {"MAIL FROM:<", steps_build_mail, steps_mail_accepted, steps_mail_refused, 2,
                   POSTINO_STEP_MAIL, LIMIT(command_ms)},
    [STEP_RCPT] = {"RCPT TO:<", steps_build_rcpt, steps_rcpt_accepted, steps_rcpt_refused, 2,
                   POSTINO_STEP_RCPT, LIMIT(command_ms)},
    [STEP_DATA] = {"DATA", NULL, steps_data_accepted, steps_mail_refused, 3, POSTINO_STEP_DATA,
                   LIMIT(data_ms)},
    [STEP_MESSAGE] = {NULL, NULL, steps_message_accepted, steps_mail_refused, 2, POSTINO_STEP_MESSAGE,
                      LIMIT(final_ms)},
    [STEP_RSET] = {"RSET", NULL, steps_rset_accepted, steps_refused, 2, POSTINO_STEP_RSET, LIMIT(command_ms)},
    [STEP_QUIT] = {"QUIT", NULL, steps_quit_answered, steps_quit_answered, 221, POSTINO_STEP_QUIT,
                   LIMIT(quit_ms)},
};
