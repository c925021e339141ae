/* SPDX-License-Identifier: MIT */
#ifndef AUTH_FIXTURE_H
#define AUTH_FIXTURE_H

/* A session up to the EHLO reply, with the crypto table under test. */
#include "bench.h"
#include "table.h"

struct auth {
    struct bench bench;
    struct postino_sasl_state state;
    struct postino_tls_info tls;
};

static void start_with(struct auth *auth, const struct postino_mechanism *const *mechanisms,
                       const struct postino_tls_info *tls, const char *offers,
                       const struct postino_sasl_crypto *crypto)
{
    char reply[200];

    bench_prepare(&auth->bench);
    memset(&auth->state, 0xA5, sizeof auth->state);
    auth->bench.credentials = (struct postino_credentials){
        .user = "user", .password = "pencil", .crypto = crypto, .state = &auth->state};
    auth->bench.credentials.crypto_context = table_context();
    auth->bench.config.credentials = &auth->bench.credentials;
    auth->bench.config.mechanisms = mechanisms;
    bench_start(&auth->bench);
    if (tls != NULL)
        postino_session_tls_started(&auth->bench.session, tls, 0);
    bench_submit(&auth->bench);
    bench_exchange(&auth->bench, "220 mx\r\n", "EHLO client.example.com\r\n");
    (void)snprintf(reply, sizeof reply, "250-mx\r\n250 AUTH %s\r\n", offers);
    bench_input(&auth->bench, reply);
}

static void start(struct auth *auth, const struct postino_mechanism *const *mechanisms,
                  const struct postino_tls_info *tls, const char *offers)
{
    start_with(auth, mechanisms, tls, offers, table);
}

static void assert_wiped(const struct postino_sasl_state *state)
{
    const uint8_t *octets = (const uint8_t *)state;
    size_t i;

    for (i = 0; i < sizeof *state; i++)
        assert_int_equal(octets[i], 0);
}

#endif
