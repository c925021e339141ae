/* SPDX-License-Identifier: MIT */
/* A user's program: a NetX Duo application that makes an SMTP client, with TLS
 * where it is compiled so, and ends. */

#include "nx_api.h"
#include "nxd_smtp_client.h"
#ifdef WITH_TLS
#include "nx_smtp_tls.h"

static NX_SMTP_TLS tls;

static UINT tls_setup(NX_SMTP_CLIENT *client_ptr, NX_SECURE_TLS_SESSION *session)
{
    (VOID) client_ptr;
    return nx_secure_tls_session_delete(session);
}
#endif

static TX_THREAD thread;
static NX_PACKET_POOL pool;
static NX_IP ip;
static NX_SMTP_CLIENT client;
static ULONG thread_stack[1024];
static ULONG ip_stack[1024];
static ULONG pool_memory[4096];

static VOID thread_entry(ULONG input)
{
    NXD_ADDRESS server = {.nxd_ip_version = NX_IP_VERSION_V4};
    UINT status;

    (VOID) input;
    server.nxd_ip_address.v4 = IP_ADDRESS(127, 0, 0, 1);
    status = nxd_smtp_client_create(&client, &ip, &pool, "user", "password", "from@example.com",
                                    "example.com", NX_SMTP_CLIENT_AUTH_NONE, &server, 25);
#ifdef WITH_TLS
    if (status == NX_SUCCESS) {
        status = nx_smtp_client_tls_set(&client, &tls, NX_SMTP_TLS_IMPLICIT, "mail.example", tls_setup);
    }
#endif
    if (status == NX_SUCCESS) {
        status = nx_smtp_client_delete(&client);
    }
    printf("status 0x%02X\n", (unsigned)status);
    exit(status == NX_SUCCESS ? 0 : 1);
}

VOID tx_application_define(VOID *first_unused_memory)
{
    (VOID) first_unused_memory;
    nx_system_initialize();
    if (nx_packet_pool_create(&pool, "pool", 512, pool_memory, sizeof pool_memory) != NX_SUCCESS ||
        nx_ip_create(&ip, "ip", IP_ADDRESS(127, 0, 0, 1), 0xFF000000UL, &pool, _nx_ram_network_driver,
                     ip_stack, sizeof ip_stack, 1) != NX_SUCCESS ||
        nx_tcp_enable(&ip) != NX_SUCCESS ||
        tx_thread_create(&thread, "thread", thread_entry, 0, thread_stack, sizeof thread_stack, 8, 8,
                         TX_NO_TIME_SLICE, TX_AUTO_START) != TX_SUCCESS) {
        exit(1);
    }
}

int main(void)
{
    tx_kernel_enter();
    return 1;
}
