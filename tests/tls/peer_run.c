/* SPDX-License-Identifier: MIT */
/* Invariant: every test starts from the same settings. */
#include "peer_run.h"

#include "fault.h"

#include <string.h>

struct peer_run run;

/* Each of the peer's methods, called outside; unsent_octets is the way's own. */
#define WAY(call)                                         \
    struct postino_transport *peer = &run.peer.transport; \
    int status;                                           \
    fault_outside++;                                      \
    status = peer->methods->call;                         \
    fault_outside--;                                      \
    way->unsent_octets = peer->unsent_octets;             \
    return status

static int way_connect(struct postino_transport *way, uint32_t timeout_ms)
{
    WAY(connect(peer, timeout_ms));
}

static int way_reserve(struct postino_transport *way, uint8_t **buffer, size_t *capacity_octets)
{
    WAY(reserve(peer, buffer, capacity_octets));
}

static int way_send(struct postino_transport *way, size_t length_octets)
{
    WAY(send(peer, length_octets));
}

static int way_receive(struct postino_transport *way, const uint8_t **data, size_t *length_octets)
{
    WAY(receive(peer, data, length_octets));
}

static int way_wait(struct postino_transport *way, unsigned events, uint32_t timeout_ms)
{
    WAY(wait(peer, events, timeout_ms));
}

static void way_close(struct postino_transport *way, int graceful)
{
    (void)way;
    fault_outside++;
    run.peer.transport.methods->close(&run.peer.transport, graceful);
    fault_outside--;
}

static uint32_t way_now_ms(struct postino_transport *way)
{
    (void)way;
    return run.peer.now_ms;
}

static const struct postino_transport_class way_methods = {
    .connect = way_connect,
    .reserve = way_reserve,
    .send = way_send,
    .receive = way_receive,
    .wait = way_wait,
    .close = way_close,
    .now_ms = way_now_ms,
};

int peer_run_setup(void **state)
{
    const struct postino_time_limits limits = {3000, 3000, 3000, 3000, 3000, 3000, 0};

    (void)state;
    memset(&run, 0, sizeof run);
    run.limits = limits;
    run.way.methods = &way_methods;
    if (tls_peer_init(&run.peer) != 0)
        return -1;
    run.config.host_name = "peer.example";
    run.config.ca_file = run.peer.certificate_file;
    return 0;
}

int peer_run_teardown(void **state)
{
    (void)state;
    tls_peer_free(&run.peer);
    return 0;
}

const struct postino_tls_info *peer_run_info(void)
{
    return backend_transport()->methods->tls(backend_transport());
}

int peer_run_start(void)
{
    struct postino_client_config config = {.ehlo_name = "client.example", .connect_timeout_ms = 3000};
    int error;

    config.time_limits = &run.limits;
    run.config.mode = run.peer.starttls ? POSTINO_TLS_MODE_STARTTLS : POSTINO_TLS_MODE_IMPLICIT;
    error = backend_init(&run.way, &run.config);
    return error == 0 ? postino_client_init(&run.client, backend_transport(), &config) : error;
}

int peer_run_send(void)
{
    const char *text = run.text != NULL ? run.text : "Subject: x\r\n\r\nThe salamander sleeps.\r\n";

    postino_memory_source_init(&run.source, text, strlen(text));
    memset(&run.recipient, 0, sizeof run.recipient);
    run.recipient.address = "bob@peer.example";
    run.mail = (struct postino_mail){
        .reverse_path = "ann@peer.example", .recipients = &run.recipient, .source = &run.source.source};
    return postino_client_send(&run.client, &run.mail);
}

void peer_run_end(void)
{
    postino_client_quit(&run.client);
    backend_end();
}
