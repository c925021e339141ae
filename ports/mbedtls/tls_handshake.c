/* SPDX-License-Identifier: MIT */
/* The handshake, and what Mbed TLS sees of the transport below. Invariant: octets that inner lent are Mbed
 * TLS's, or copied, before inner is called again, for they are valid no longer. */
#include "tls_internal.h"

#include <string.h>

#include <mbedtls/platform.h>

/* Any negative value that Mbed TLS has no meaning for ends what it does; the reason is in inner_error. */
#define TLS_BIO_FAILED (-0x7fff)

int tls_mbedtls_keep_rest(struct tls_state *state)
{
    uint8_t *copy;

    if (state->rest_octets == 0 || state->kept != NULL)
        return 0;
    copy = mbedtls_calloc(1, state->rest_octets);
    if (copy == NULL) {
        state->inner_error = tls_mbedtls_no_memory(state);
        return -1;
    }
    memcpy(copy, state->rest, state->rest_octets);
    state->rest = copy;
    state->kept = copy;
    return 0;
}

int tls_mbedtls_inner_send(struct tls_state *state, size_t length_octets)
{
    struct postino_transport *inner = state->inner;
    size_t unsent = length_octets != 0 ? length_octets : inner->unsent_octets;
    int status = inner->methods->send(inner, length_octets);

    state->tls->transport.moved |= inner->moved || inner->unsent_octets < unsent;
    inner->moved = 0;
    return status;
}

int tls_mbedtls_bio_send(void *context, const unsigned char *octets, size_t length_octets)
{
    struct tls_state *state = context;
    struct postino_transport *inner = state->inner;
    uint8_t *buffer;
    size_t capacity;
    int status;

    /* An alert that reading calls for must not flush a record of ours unseen: mbedtls_ssl_write(), called
     * again for it, would send it twice. */
    if (state->reading && state->unfinished)
        return MBEDTLS_ERR_SSL_WANT_WRITE;
    if (tls_mbedtls_keep_rest(state) != 0)
        return TLS_BIO_FAILED;
    status = state->send_error;
    if (status == 0 && inner->unsent_octets != 0)
        status = tls_mbedtls_inner_send(state, 0);
    if (status == 0)
        status = inner->methods->reserve(inner, &buffer, &capacity);
    if (status == 0) {
        if (length_octets > capacity)
            length_octets = capacity;
        memcpy(buffer, octets, length_octets);
        status = tls_mbedtls_inner_send(state, length_octets);
        /* Octets that inner keeps for later count as taken. */
        if (status >= 0)
            return (int)length_octets;
    }
    if (status > 0)
        return MBEDTLS_ERR_SSL_WANT_WRITE;
    /* In the handshake the server's reason may be there already: Mbed TLS reads it when it believes all
     * sent. */
    if (state->phase == TLS_HANDSHAKE) {
        state->send_error = status;
        return (int)length_octets;
    }
    state->inner_error = status;
    return TLS_BIO_FAILED;
}

int tls_mbedtls_bio_receive(void *context, unsigned char *octets, size_t length_octets)
{
    struct tls_state *state = context;

    if (state->rest_octets == 0) {
        int status;

        if (state->ended)
            return 0;
        if (state->taken_octets >= state->most_octets)
            return MBEDTLS_ERR_SSL_WANT_READ;
        mbedtls_free(state->kept);
        state->kept = NULL;
        status = state->inner->methods->receive(state->inner, &state->rest, &state->rest_octets);
        if (status != 0) {
            state->rest_octets = 0;
            if (status > 0)
                return MBEDTLS_ERR_SSL_WANT_READ;
            if (state->send_error != 0) {
                state->inner_error = state->send_error;
                return TLS_BIO_FAILED;
            }
            if (status != POSTINO_ERROR_CLOSED) {
                state->inner_error = status;
                return TLS_BIO_FAILED;
            }
            state->ended = 1;
            return 0;
        }
        state->taken_octets += state->rest_octets;
    }
    if (length_octets > state->rest_octets)
        length_octets = state->rest_octets;
    memcpy(octets, state->rest, length_octets);
    state->rest += length_octets;
    state->rest_octets -= length_octets;
    return (int)length_octets;
}

void tls_mbedtls_forget_session(struct tls_state *state)
{
    mbedtls_ssl_session_free(&state->session);
    mbedtls_ssl_session_init(&state->session);
    state->resumable = 0;
}

int tls_mbedtls_handshake_begin(struct tls_state *state)
{
    int has_name = state->host[0] != '\0' && state->address.length_octets == 0;

    mbedtls_ssl_init(&state->ssl);
    state->phase = TLS_HANDSHAKE;
    state->seen = 0;
    state->verify_error = 0;
    /* A name that is NULL says that it was thought of: 3.6 refuses to verify a chain otherwise. */
    if (mbedtls_ssl_setup(&state->ssl, &state->settings) != 0 ||
        mbedtls_ssl_set_hostname(&state->ssl, has_name ? state->host : NULL) != 0) {
        state->phase = TLS_BROKEN;
        return tls_mbedtls_no_memory(state);
    }
    mbedtls_ssl_set_bio(&state->ssl, state, tls_mbedtls_bio_send, tls_mbedtls_bio_receive, NULL);
    state->offered = 0;
    if (state->resumable && !state->unresumable) {
        state->offered = mbedtls_ssl_set_session(&state->ssl, &state->session) == 0;
        if (!state->offered)
            tls_mbedtls_forget_session(state);
    }
    return 0;
}

static void handshake_keep_session(struct tls_state *state)
{
    tls_mbedtls_forget_session(state);
    state->resumable = mbedtls_ssl_get_session(&state->ssl, &state->session) == 0;
    if (!state->resumable)
        tls_mbedtls_forget_session(state);
}

static int handshake_is_tls13(const struct tls_state *state)
{
#if TLS_HAS_1_3
    return mbedtls_ssl_get_version_number(&state->ssl) == MBEDTLS_SSL_VERSION_TLS1_3;
#else
    (void)state;
    return 0;
#endif
}

int tls_mbedtls_take_ticket(struct tls_state *state, int status)
{
#if TLS_HAS_1_3 && defined(MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
    if (status != MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
        return 0;
    handshake_keep_session(state);
    return 1;
#else
    (void)state;
    (void)status;
    return 0;
#endif
}

static void handshake_tell(struct tls_state *state)
{
    struct postino_tls_info *info = &state->tls->info;
#if TLS_HAS_EXPORTER
    static const char label[] = "EXPORTER-Channel-Binding"; /* RFC 9266 section 2 */
#endif

    info->version = mbedtls_ssl_get_version(&state->ssl);
    info->cipher = mbedtls_ssl_get_ciphersuite(&state->ssl);
    /* A session goes on without the server's certificate: then it was not looked at. */
    info->resumed = !state->seen;
    info->verified = state->config->verify == POSTINO_TLS_VERIFY_FULL || state->config->pin_count != 0;
#if MBEDTLS_VERSION_NUMBER < 0x03000000
    if (state->seen)
        info->certified = state->has_own && state->ssl.client_auth != 0;
#else
    /* Whether the server asked for it is not shown. */
    if (state->seen)
        info->certified = state->has_own;
#endif
    memset(info->bindings, 0, sizeof info->bindings);
#if MBEDTLS_VERSION_NUMBER < 0x03000000 && defined(MBEDTLS_SSL_RENEGOTIATION)
    /* The first Finished message (RFC 5929 section 3.1): the client's, and the server's in a session that
     * goes on. 3.x hides both. Without RFC 7627 they may be those of another connection. */
    if (state->extended) {
        info->bindings[0].name = "tls-unique";
        info->bindings[0].data =
            (const uint8_t *)(info->resumed ? state->ssl.peer_verify_data : state->ssl.own_verify_data);
        info->bindings[0].length_octets = state->ssl.verify_data_len;
    }
#endif
#if TLS_HAS_EXPORTER
    if (handshake_is_tls13(state) &&
        mbedtls_ssl_export_keying_material(&state->ssl, state->exporter, sizeof state->exporter, label,
                                           sizeof label - 1, NULL, 0, 0) == 0) {
        info->bindings[0].name = "tls-exporter";
        info->bindings[0].data = state->exporter;
        info->bindings[0].length_octets = sizeof state->exporter;
    }
#endif
    if (state->endpoint_octets != 0) {
        info->bindings[1].name = "tls-server-end-point";
        info->bindings[1].data = state->endpoint;
        info->bindings[1].length_octets = state->endpoint_octets;
    }
    tls_mbedtls_text_set(state->tls, "");
}

static int handshake_is_done(const struct tls_state *state)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03020000
    return mbedtls_ssl_is_handshake_over((mbedtls_ssl_context *)&state->ssl);
#else
    return state->ssl.TLS_PRIVATE(state) == MBEDTLS_SSL_HANDSHAKE_OVER;
#endif
}

/* One step. Returns 0 when all is done and sent, POSTINO_AGAIN with the events to wait for, or an error. */
static int handshake_advance(struct tls_state *state, unsigned *events)
{
    struct postino_transport *inner = state->inner;
    int status;

    *events = 0;
    do {
        status = handshake_is_done(state) ? 0 : mbedtls_ssl_handshake(&state->ssl);
    } while (tls_mbedtls_take_ticket(state, status));
    if (status == MBEDTLS_ERR_SSL_WANT_READ)
        *events = POSTINO_EVENT_READ;
    else if (status == MBEDTLS_ERR_SSL_WANT_WRITE)
        *events = POSTINO_EVENT_WRITE;
    else if (status != 0)
        return tls_mbedtls_failure(state, status, 1);
    if (state->send_error != 0 && *events == 0)
        return state->send_error;
    if (state->send_error == 0 && inner->unsent_octets != 0) {
        if (tls_mbedtls_keep_rest(state) != 0)
            return state->inner_error;
        status = tls_mbedtls_inner_send(state, 0);
        if (status > 0)
            *events |= POSTINO_EVENT_WRITE;
        else if (status < 0 && *events == 0)
            return status;
    }
    return *events != 0 ? POSTINO_AGAIN : 0;
}

/* Some servers end the connection of a client that resumes a session: Dovecot 2.3 does where it asks for
 * certificates. No session is offered to such a server again. A fault of a certificate, or a time limit,
 * has another reason. */
static void handshake_give_up_session(struct tls_state *state, int error)
{
    if (state->offered &&
        (error == POSTINO_ERROR_CLOSED || error == POSTINO_ERROR_RECEIVE || error == POSTINO_ERROR_SEND ||
         error == POSTINO_ERROR_TLS_HANDSHAKE || error == POSTINO_ERROR_TLS_REFUSED))
        state->unresumable = 1;
}

int tls_mbedtls_handshake_run(struct tls_state *state, uint32_t timeout_ms, int late)
{
    struct postino_transport *inner = state->inner;
    const uint32_t start_ms = inner->methods->now_ms(inner);
    size_t heard_octets = 0;
    int late_already = 0;
    unsigned events;
    int status;

    state->taken_octets = 0;
    state->most_octets = TLS_HANDSHAKE_OCTETS;
    for (;;) {
        uint32_t passed_ms;
        uint32_t left_ms;

        status = handshake_advance(state, &events);
        if (status <= 0)
            break;
        passed_ms = inner->methods->now_ms(inner) - start_ms;
        left_ms = timeout_ms == UINT32_MAX ? timeout_ms : passed_ms < timeout_ms ? timeout_ms - passed_ms : 0;
        /* Octets that had arrived by then are read, but not without end. */
        if (left_ms == 0 && late_already &&
            (state->taken_octets == heard_octets || state->taken_octets >= state->most_octets)) {
            tls_mbedtls_text_set(state->tls, "the server did not finish the TLS handshake in time");
            status = late;
            break;
        }
        if (left_ms != 0)
            state->taken_octets = 0;
        late_already = left_ms == 0;
        heard_octets = state->taken_octets;
        if (tls_mbedtls_keep_rest(state) != 0) {
            status = state->inner_error;
            break;
        }
        status = inner->methods->wait(inner, events, left_ms);
        if (status > 0)
            return status;
        if (status < 0)
            break;
    }
    if (status < 0) {
        state->phase = TLS_BROKEN;
        tls_mbedtls_forget_session(state);
        handshake_give_up_session(state, status);
        return status;
    }
    state->phase = TLS_UP;
    handshake_tell(state);
    /* In TLS 1.3 it comes by a ticket, and until then the one before may go on. */
    if (!handshake_is_tls13(state))
        handshake_keep_session(state);
    return 0;
}
