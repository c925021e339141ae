/* SPDX-License-Identifier: MIT */
/* Service commands (RFC 5321 sections 4.1.1.5 to 4.1.1.9, RFC 1985). The file stands alone, so only a
 * build that asks for them carries them. Invariant: the session goes on after any reply to them. */
#include "emitter.h"
#include "reply.h"
#include "state.h"

#define SERVICE_ARGUMENT_MAX 500

/* Returns the service command in hand, which the session knows by its sink. */
static struct postino_service *service_of(const struct postino_session *session)
{
    const char *sink = (const char *)session->text_sink;

    return (struct postino_service *)(sink - offsetof(struct postino_service, sink));
}

static void service_emit(const struct postino_session *session, struct postino_emitter *emitter)
{
    static const char verbs[][5] = {"NOOP", "RSET", "VRFY", "EXPN", "HELP", "ETRN"};
    const struct postino_service *service = service_of(session);

    postino_emit_text(emitter, verbs[service->command]);
    if (service->argument != NULL) {
        postino_emit(emitter, ' ');
        postino_emit_text(emitter, service->argument);
    }
}

static void service_take(struct postino_session *session, uint8_t octet)
{
    struct postino_service *service = service_of(session);

    if (service->text_octets < service->text_capacity_octets)
        service->text[service->text_octets] = (char)postino_shown_octet(octet);
    service->text_octets++;
}

static void service_end(struct postino_session *session)
{
    service_of(session)->in_use = 0;
    session->text_sink = NULL;
}

static unsigned service_done(struct postino_session *session)
{
    struct postino_service *service = service_of(session);

    service->reply_code = session->reply.code;
    service->done = 1;
    service_end(session);
    return STEP_NEXT;
}

static const struct postino_feature_step service_step = {
    {"\007", POSTINO_STEP_SERVICE, 0, offsetof(struct postino_time_limits, command_ms), STEP_DONE},
    service_emit,
    service_done};

static int service_argument(const struct postino_service *service)
{
    const char *argument = service->argument;
    size_t i;

    if (argument == NULL)
        return service->command != POSTINO_SERVICE_VRFY && service->command != POSTINO_SERVICE_EXPN &&
               service->command != POSTINO_SERVICE_ETRN;
    if (service->command == POSTINO_SERVICE_NOOP || service->command == POSTINO_SERVICE_RSET)
        return 0;
    for (i = 0; argument[i] != '\0'; i++) {
        if (argument[i] < ' ' || argument[i] > '~')
            return 0;
    }
    return i != 0 && i <= SERVICE_ARGUMENT_MAX;
}

int postino_session_service(struct postino_session *session, struct postino_service *service)
{
    if (service == NULL || service->command > POSTINO_SERVICE_ETRN || !service_argument(service) ||
        (service->text == NULL && service->text_capacity_octets != 0))
        return POSTINO_ERROR_ARGUMENT;
    if (service->in_use)
        return POSTINO_ERROR_SERVICE_IN_USE;
    if ((postino_session_want(session) & POSTINO_WANT_MAIL) == 0 || session->outstanding != 0)
        return POSTINO_ERROR_STATE;
    service->in_use = 1;
    service->done = 0;
    service->reply_code = 0;
    service->text_octets = 0;
    service->sink.take = service_take;
    service->sink.lost = service_end;
    session->text_sink = &service->sink;
    session->fresh = 1; /* the call has no time argument, so the session's clock may be stale */
    postino_session_enter(session, &service_step.step);
    return POSTINO_OK;
}
