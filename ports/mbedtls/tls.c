/* SPDX-License-Identifier: MIT */
/* TLS by Mbed TLS as a transport over another. Invariants: plain text counts as unsent until inner has
 * sent its whole record, because the peer cannot read a part of a record. Mbed TLS gets no new record
 * while inner holds octets of the one before, so inner's unsent octets always belong to one record. */
#include "tls_internal.h"

#include <string.h>

#include <mbedtls/platform.h>
#include <mbedtls/platform_util.h>

/* How long an orderly end may wait to be sent. */
#define TLS_CLOSE_MS 1000U

static struct tls_state *tls_state(struct postino_transport *transport)
{
    return ((struct postino_tls_mbedtls *)transport)->state;
}

/* Without a state: init failed. */
static int tls_phase(struct postino_transport *transport)
{
    const struct tls_state *state = tls_state(transport);

    return state != NULL ? state->phase : TLS_CLOSED;
}

static void tls_release(struct tls_state *state)
{
    struct postino_tls_info *info = &state->tls->info;

    if (state->phase >= TLS_HANDSHAKE)
        mbedtls_ssl_free(&state->ssl);
    mbedtls_free(state->kept);
    state->kept = NULL;
    state->rest_octets = 0;
    mbedtls_platform_zeroize(state->send_buffer, sizeof state->send_buffer);
    mbedtls_platform_zeroize(state->receive_buffer, sizeof state->receive_buffer);
    state->phase = TLS_CLOSED;
    info->version = NULL;
    info->cipher = NULL;
    info->verified = 0;
    info->resumed = 0;
    memset(info->bindings, 0, sizeof info->bindings);
}

/* Sends what inner holds, in bounded time. */
static int tls_flush(struct tls_state *state, uint32_t start_ms)
{
    struct postino_transport *inner = state->inner;
    uint32_t passed_ms = inner->methods->now_ms(inner) - start_ms;

    return passed_ms < TLS_CLOSE_MS &&
           inner->methods->wait(inner, POSTINO_EVENT_WRITE, TLS_CLOSE_MS - passed_ms) == 0;
}

static void tls_say_end(struct tls_state *state)
{
    struct postino_transport *inner = state->inner;
    const uint32_t start_ms = inner->methods->now_ms(inner);
    int status;

    /* Behind half a record nothing can be said. */
    if (state->phase != TLS_UP || state->unfinished || state->inner_error != 0)
        return;
    do {
        status = mbedtls_ssl_close_notify(&state->ssl);
    } while (status == MBEDTLS_ERR_SSL_WANT_WRITE && tls_flush(state, start_ms));
    while (status == 0 && inner->unsent_octets != 0) {
        status = tls_mbedtls_inner_send(state, 0);
        if (status == POSTINO_AGAIN && tls_flush(state, start_ms))
            status = 0;
    }
}

static void tls_close(struct postino_transport *transport, int graceful)
{
    struct tls_state *state = tls_state(transport);

    if (state == NULL)
        return;
    if (graceful != 0)
        tls_say_end(state);
    state->inner->methods->close(state->inner, graceful);
    tls_release(state);
}

static int tls_connect_once(struct tls_state *state, uint32_t start_ms, uint32_t timeout_ms)
{
    struct postino_transport *inner = state->inner;
    uint32_t passed_ms = inner->methods->now_ms(inner) - start_ms;
    uint32_t left_ms = timeout_ms == UINT32_MAX ? timeout_ms
                       : passed_ms < timeout_ms ? timeout_ms - passed_ms
                                                : 0;
    int status;

    state->ended = 0;
    state->unfinished = 0;
    state->inner_error = 0;
    state->send_error = 0;
    state->record = 0;
    status = inner->methods->connect(inner, left_ms);
    state->tls->transport.port = inner->port;
    if (status != 0)
        return status;
    state->phase = TLS_CLEAR;
    if (state->config->mode != POSTINO_TLS_MODE_IMPLICIT)
        return 0;
    status = tls_mbedtls_handshake_begin(state);
    passed_ms = inner->methods->now_ms(inner) - start_ms;
    if (status == 0 && timeout_ms != UINT32_MAX)
        timeout_ms = passed_ms < timeout_ms ? timeout_ms - passed_ms : 0;
    if (status == 0)
        status = tls_mbedtls_handshake_run(state, timeout_ms, POSTINO_ERROR_CONNECT_TIMEOUT);
    if (status != 0)
        tls_close(&state->tls->transport, 0);
    return status;
}

static int tls_connect(struct postino_transport *transport, uint32_t timeout_ms)
{
    struct tls_state *state = tls_state(transport);
    uint32_t start_ms;
    int unresumable;
    int status;

    if (state == NULL)
        return POSTINO_ERROR_TLS_CONFIG;
    if (state->phase != TLS_CLOSED)
        return POSTINO_ERROR_STATE;
    transport->unsent_octets = 0;
    tls_mbedtls_text_set(state->tls, "");
    start_ms = state->inner->methods->now_ms(state->inner);
    unresumable = state->unresumable;
    status = tls_connect_once(state, start_ms, timeout_ms);
    if (status != 0 && state->unresumable && !unresumable)
        status = tls_connect_once(state, start_ms, timeout_ms);
    /* The caller's time limit passed, and connect() cannot be continued. */
    return status > 0 ? POSTINO_ERROR_CONNECT_TIMEOUT : status;
}

static int tls_start(struct postino_transport *transport, uint32_t timeout_ms)
{
    struct tls_state *state = tls_state(transport);
    int status = 0;

    if (tls_phase(transport) != TLS_CLEAR && tls_phase(transport) != TLS_HANDSHAKE)
        return POSTINO_ERROR_STATE;
    if (state->phase == TLS_CLEAR)
        status = tls_mbedtls_handshake_begin(state);
    return status == 0 ? tls_mbedtls_handshake_run(state, timeout_ms, POSTINO_ERROR_TIMEOUT) : status;
}

static int tls_reserve(struct postino_transport *transport, uint8_t **buffer, size_t *capacity_octets)
{
    struct tls_state *state = tls_state(transport);
    int most;

    switch (tls_phase(transport)) {
    case TLS_CLEAR:
        return state->inner->methods->reserve(state->inner, buffer, capacity_octets);
    case TLS_UP:
        break;
    default:
        return POSTINO_ERROR_STATE;
    }
    if (transport->unsent_octets != 0)
        return POSTINO_ERROR_STATE;
    most = mbedtls_ssl_get_max_out_record_payload(&state->ssl);
    *buffer = state->send_buffer;
    *capacity_octets =
        most > 0 && (size_t)most < sizeof state->send_buffer ? (size_t)most : sizeof state->send_buffer;
    return 0;
}

/* Gives one record to Mbed TLS, or, where it has one already, lets it go on with that one. */
static int tls_write(struct tls_state *state, size_t length_octets)
{
    int status;

    state->taken_octets = 0;
    state->most_octets = TLS_RECORD_OCTETS;
    /* Writing may come upon a ticket that reading left half done. */
    do {
        status = mbedtls_ssl_write(&state->ssl, state->send_buffer + state->send_offset, length_octets);
    } while (tls_mbedtls_take_ticket(state, status));
    state->unfinished = 1;
    if (tls_mbedtls_keep_rest(state) != 0)
        return state->inner_error;
    if (status == MBEDTLS_ERR_SSL_WANT_WRITE || status == MBEDTLS_ERR_SSL_WANT_READ)
        return POSTINO_AGAIN;
    if (status <= 0)
        return state->inner_error != 0 ? state->inner_error : POSTINO_ERROR_SEND;
    state->unfinished = 0;
    state->record = (size_t)status;
    return 0;
}

static int tls_send(struct postino_transport *transport, size_t length_octets)
{
    struct tls_state *state = tls_state(transport);
    struct postino_transport *inner;
    int status;

    if (tls_phase(transport) == TLS_CLEAR) {
        status = tls_mbedtls_inner_send(state, length_octets);
        transport->unsent_octets = state->inner->unsent_octets;
        return status;
    }
    if (tls_phase(transport) != TLS_UP)
        return POSTINO_ERROR_STATE;
    if (length_octets > sizeof state->send_buffer)
        return POSTINO_ERROR_ARGUMENT;
    if (length_octets > 0) {
        if (transport->unsent_octets != 0)
            return POSTINO_ERROR_STATE;
        state->send_offset = 0;
        transport->unsent_octets = length_octets;
    }
    inner = state->inner;
    for (;;) {
        /* A record that Mbed TLS has begun is its own to go on with: it flushes inner itself. */
        if (!state->unfinished && inner->unsent_octets != 0) {
            status = tls_mbedtls_inner_send(state, 0);
            if (status != 0)
                return status;
        }
        transport->unsent_octets -= state->record;
        state->send_offset += state->record;
        state->record = 0;
        if (transport->unsent_octets == 0)
            break;
        status = tls_write(state, transport->unsent_octets);
        if (status != 0)
            return status;
    }
    /* It may have held a password. */
    mbedtls_platform_zeroize(state->send_buffer, state->send_offset);
    return 0;
}

static int tls_read(struct tls_state *state)
{
    int status;

    state->taken_octets = 0;
    state->most_octets = TLS_RECORD_OCTETS;
    do {
        status = mbedtls_ssl_read(&state->ssl, state->receive_buffer, sizeof state->receive_buffer);
        /* 0 is an empty record, unless it is the end. */
    } while (tls_mbedtls_take_ticket(state, status) || (status == 0 && !state->ended));
    return status;
}

static int tls_receive(struct postino_transport *transport, const uint8_t **data, size_t *length_octets)
{
    struct tls_state *state = tls_state(transport);
    int status;

    switch (tls_phase(transport)) {
    case TLS_CLEAR:
        status = state->inner->methods->receive(state->inner, data, length_octets);
        transport->unsent_octets = state->inner->unsent_octets;
        return status;
    case TLS_HANDSHAKE:
        /* start_tls() is to be called again; until it is done nothing is heard. */
        return POSTINO_AGAIN;
    case TLS_UP:
        break;
    default:
        return POSTINO_ERROR_STATE;
    }
    state->reading = 1;
    status = tls_read(state);
    state->reading = 0;
    if (tls_mbedtls_keep_rest(state) != 0) {
        state->phase = TLS_BROKEN;
        return state->inner_error;
    }
    if (status > 0) {
        *data = state->receive_buffer;
        *length_octets = (size_t)status;
        return 0;
    }
    if (status == MBEDTLS_ERR_SSL_WANT_READ || status == MBEDTLS_ERR_SSL_WANT_WRITE)
        return POSTINO_AGAIN;
    status = tls_mbedtls_failure(state, status, 0);
    if (status != POSTINO_ERROR_CLOSED) {
        state->phase = TLS_BROKEN;
        /* A connection that is lost takes no session with it (RFC 5246 section 7.2.1). */
        if (state->inner_error == 0)
            tls_mbedtls_forget_session(state);
    }
    return status;
}

static int tls_wait(struct postino_transport *transport, unsigned events, uint32_t timeout_ms)
{
    struct tls_state *state = tls_state(transport);

    if (tls_phase(transport) == TLS_CLOSED)
        return POSTINO_ERROR_STATE;
    /* Octets that were read from inner already do not make inner readable. */
    if (state->phase == TLS_UP && (events & POSTINO_EVENT_READ) != 0 &&
        (state->rest_octets != 0 || mbedtls_ssl_get_bytes_avail(&state->ssl) != 0 ||
         mbedtls_ssl_check_pending(&state->ssl) != 0))
        return 0;
    return state->inner->methods->wait(state->inner, events, timeout_ms);
}

static uint32_t tls_now_ms(struct postino_transport *transport)
{
    const struct tls_state *state = tls_state(transport);

    return state != NULL ? state->inner->methods->now_ms(state->inner) : 0;
}

static const struct postino_tls_info *tls_info(struct postino_transport *transport)
{
    return &((struct postino_tls_mbedtls *)transport)->info;
}

static const struct postino_transport_class tls_methods = {
    .connect = tls_connect,
    .reserve = tls_reserve,
    .send = tls_send,
    .receive = tls_receive,
    .wait = tls_wait,
    .close = tls_close,
    .now_ms = tls_now_ms,
    .start_tls = tls_start,
    .tls = tls_info,
};

int postino_tls_mbedtls_init_with(struct postino_tls_mbedtls *tls, struct postino_transport *inner,
                                  const struct postino_tls_config *config,
                                  const struct postino_tls_mbedtls_objects *objects)
{
    struct tls_state *state;
    int error;

    if (tls == NULL || inner == NULL || config == NULL)
        return POSTINO_ERROR_ARGUMENT;
    memset(tls, 0, sizeof *tls);
    tls->transport.methods = &tls_methods;
    tls->info.text = tls->text;
    state = mbedtls_calloc(1, sizeof *state);
    if (state == NULL) {
        tls_mbedtls_text_set(tls, postino_strerror(POSTINO_ERROR_TLS_MEMORY));
        return POSTINO_ERROR_TLS_MEMORY;
    }
    state->tls = tls;
    state->inner = inner;
    state->config = config;
    error = tls_mbedtls_settings_init(state, objects);
    if (error == 0) {
        tls->state = state;
        return 0;
    }
    tls_mbedtls_settings_free(state);
    mbedtls_free(state);
    return error;
}

int postino_tls_mbedtls_init(struct postino_tls_mbedtls *tls, struct postino_transport *inner,
                             const struct postino_tls_config *config)
{
    return postino_tls_mbedtls_init_with(tls, inner, config, NULL);
}

void postino_tls_mbedtls_end(struct postino_tls_mbedtls *tls)
{
    struct tls_state *state;

    if (tls == NULL || tls->state == NULL)
        return;
    state = tls->state;
    if (state->phase != TLS_CLOSED)
        tls_close(&tls->transport, 0);
    tls_mbedtls_settings_free(state);
    mbedtls_platform_zeroize(state, sizeof *state);
    mbedtls_free(state);
    tls->state = NULL;
}
