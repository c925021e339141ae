/* SPDX-License-Identifier: MIT */
/* Invariant: every test starts from the same settings. */
#include "peer_run.h"

#include <string.h>

struct peer_run run;

int peer_run_setup(void **state)
{
    const struct postino_time_limits limits = {3000, 3000, 3000, 3000, 3000, 3000, 0};

    (void)state;
    memset(&run, 0, sizeof run);
    run.limits = limits;
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
    error = backend_init(&run.peer.transport, &run.config);
    return error == 0 ? postino_client_init(&run.client, backend_transport(), &config) : error;
}

int peer_run_send(void)
{
    static const char text[] = "Subject: x\r\n\r\nThe salamander sleeps.\r\n";

    postino_memory_source_init(&run.source, text, sizeof text - 1);
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
