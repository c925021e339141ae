/* SPDX-License-Identifier: MIT */
/* Authentication (RFC 4954): the choice of a mechanism, and the dialogue of PLAIN and LOGIN, which answer any
 * challenge. Invariant: a mechanism that shows the password is used in clear text only where the
 * configuration says so. */
#include "auth.h"

#include "emitter.h"
#include "state.h"

int postino_auth_allowed(const struct postino_session *session, const struct postino_mechanism *mechanism)
{
    if (mechanism->exchange != NULL && !mechanism->exchange->allowed(session, mechanism))
        return 0;
    return session->tls != NULL || (session->config->flags & POSTINO_SESSION_CLEAR_TEXT_AUTH) != 0 ||
           (mechanism->flags & POSTINO_MECHANISM_CLEAR_TEXT) == 0;
}

int postino_auth_unneeded(const struct postino_session *session)
{
    const struct postino_session_config *config = session->config;

    return config->credentials == NULL || ((config->flags & POSTINO_SESSION_AUTH_IF_OFFERED) != 0 &&
                                           (session->capabilities & POSTINO_CAPABILITY_AUTH) == 0);
}

unsigned postino_auth_begin(struct postino_session *session)
{
    const struct postino_mechanism *mechanism = session->config->last_resort;
    const struct postino_mechanism *const *next = session->config->mechanisms;
    uint32_t offered = session->offered;

    if (postino_auth_unneeded(session))
        return STEP_NEXT;
    if (offered != 0) {
        for (; (offered & 1) == 0; offered >>= 1)
            next++;
        mechanism = *next;
    } else if (mechanism == NULL || !postino_auth_allowed(session, mechanism)) {
        return postino_session_give_up(session, POSTINO_ERROR_NO_MECHANISM);
    }
    session->mechanism = mechanism;
    if (mechanism->exchange != NULL)
        return mechanism->exchange->start(session);
    session->round = (mechanism->flags & POSTINO_MECHANISM_INITIAL_RESPONSE) != 0 && !session->response_long;
    return STEP_AUTH + session->round;
}

unsigned postino_auth_challenge(struct postino_session *session)
{
    unsigned limit = session->config->challenge_octets_max;

    if ((limit != 0 && session->reply.text_octets > limit) || session->round >= session->mechanism->rounds)
        return STEP_AUTH_CANCEL;
    session->round++;
    return STEP_AUTH_RESPONSE;
}

/* Octets of a response of a mechanism without an exchange. */
static size_t auth_response_octets(const struct postino_credentials *credentials,
                                   const struct postino_mechanism *mechanism, unsigned round)
{
    struct postino_emitter emitter = {NULL, 0, 0, 0};

    postino_emit_base64(&emitter);
    mechanism->respond(&emitter, credentials, round);
    postino_emit_base64_end(&emitter);
    return emitter.place;
}

/* strlen() may be larger than all of this. */
static size_t auth_name_octets(const char *name)
{
    size_t octets = 0;

    while (name[octets] != '\0')
        octets++;
    return octets;
}

int postino_auth_response_is_long(const struct postino_credentials *credentials,
                                  const struct postino_mechanism *mechanism)
{
    /* A name or password that is missing is found out elsewhere. */
    return mechanism != NULL && mechanism->exchange == NULL &&
           (mechanism->flags & POSTINO_MECHANISM_INITIAL_RESPONSE) != 0 && credentials->user != NULL &&
           credentials->password != NULL &&
           auth_name_octets(mechanism->name) + auth_response_octets(credentials, mechanism, 0) + 2 >
               AUTH_ARGUMENT_OCTETS_MAX;
}

static int auth_is_ascii(const char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        if ((uint8_t)*text > 127)
            return 0;
    }
    return 1;
}

/* Whether a mechanism without an exchange says no line that is too long. */
static int auth_lines_fit(const struct postino_credentials *credentials,
                          const struct postino_mechanism *mechanism)
{
    unsigned round;

    for (round = 0; round < mechanism->rounds; round++) {
        if (auth_response_octets(credentials, mechanism, round) > POSTINO_AUTH_LINE_OCTETS)
            return 0;
    }
    return 1;
}

/* A mechanism with an exchange that lacks credentials is passed over when the server offers it. */
int postino_auth_check(const struct postino_session_config *config)
{
    const struct postino_credentials *credentials = config->credentials;
    const struct postino_mechanism *const *mechanism = config->mechanisms;
    int ascii =
        credentials->prepared || (auth_is_ascii(credentials->user) && auth_is_ascii(credentials->password) &&
                                  auth_is_ascii(credentials->authzid));
    int missing = credentials->user == NULL || credentials->password == NULL;

    if (mechanism == NULL)
        return missing ? POSTINO_ERROR_CREDENTIALS : POSTINO_OK;
    for (; *mechanism != NULL; mechanism++) {
        if ((*mechanism)->exchange == NULL && missing)
            return POSTINO_ERROR_CREDENTIALS;
        if ((*mechanism)->exchange == NULL && !auth_lines_fit(credentials, *mechanism))
            return POSTINO_ERROR_CREDENTIALS_SIZE;
        if (((*mechanism)->flags & POSTINO_MECHANISM_PREPARED) != 0 && !ascii)
            return POSTINO_ERROR_PREPARED;
    }
    return POSTINO_OK;
}
