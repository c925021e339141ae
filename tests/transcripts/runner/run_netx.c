/* SPDX-License-Identifier: MIT */
/* Replays the cases with an nx= through nx_smtp_mail_send on the host layer: as a firmware sends its mail,
 * over TCP to a server on a loopback port. A run of no case fails. */
#include "netx_server.h"
#include "transcript.h"

#include "netx_host.h"
#include "nxd_smtp_client.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define RUN_PAYLOAD_OCTETS 512
#define RUN_PACKETS        20
#define RUN_SPLITS         6 /* of the server's octets, a case */

struct run {
    int count;
    char **paths;
    unsigned port;
    unsigned long passed;
    unsigned long failed;
};

/* One way to replay a file. */
struct netx_plan {
    size_t piece_octets;  /* of the server's octets */
    size_t split_octets;  /* of the server's octets */
    ULONG segment_octets; /* the client's segments; 0: as they are */
    ULONG chain_octets;   /* received packets are chains of such pieces; 0: they are not */
    char finding[200];
};

static struct run run;
static struct transcript_table table;
static struct transcript transcript;
static NX_PACKET_POOL pool;
static NX_IP ip;
static NX_SMTP_CLIENT client;
static ULONG64 pool_memory[RUN_PACKETS * (RUN_PAYLOAD_OCTETS + sizeof(NX_PACKET)) / sizeof(ULONG64)];
static ULONG64 ip_stack[256];

static void netx_find(struct netx_plan *plan, const char *format, ...)
{
    va_list arguments;

    if (plan->finding[0] != '\0') {
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(plan->finding, sizeof plan->finding, format, arguments);
    va_end(arguments);
}

/* The client's strings are not const, though it writes to none. */
static CHAR *netx_string(const char *text)
{
    static CHAR strings[8][512];
    static unsigned next;
    CHAR *string = strings[next++ % 8];

    (void)snprintf(string, sizeof strings[0], "%s", text != NULL ? text : "");
    return string;
}

static UINT netx_authentication(void)
{
    /* With the flag, a client goes on where the server offers nothing: the User Guide's NONE does. */
    if (transcript.user == NULL || (transcript.flags & POSTINO_SESSION_AUTH_IF_OFFERED) != 0) {
        return NX_SMTP_CLIENT_AUTH_NONE;
    }
    return transcript.auth == TRANSCRIPT_AUTH_LOGIN ? NX_SMTP_CLIENT_AUTH_LOGIN : NX_SMTP_CLIENT_AUTH_PLAIN;
}

static UINT netx_outcome(int outcome)
{
    switch (outcome) {
    case POSTINO_OUTCOME_ACCEPTED:
        return NX_SMTP_OUTCOME_ACCEPTED;
    case POSTINO_OUTCOME_TRANSIENT:
        return NX_SMTP_OUTCOME_TRANSIENT;
    case POSTINO_OUTCOME_PERMANENT:
        return NX_SMTP_OUTCOME_PERMANENT;
    case POSTINO_OUTCOME_UNKNOWN:
        return NX_SMTP_OUTCOME_UNKNOWN;
    default:
        return NX_SMTP_OUTCOME_NOT_ATTEMPTED;
    }
}

/* Sends the mail as an application does. Returns the status of nx_smtp_mail_send. */
static UINT netx_send(struct netx_plan *plan)
{
    const struct transcript_mail *mail = &transcript.mails[0];
    NXD_ADDRESS address;
    UINT outcome = NX_SMTP_OUTCOME_NONE;
    UINT status;

    memset(&address, 0, sizeof address);
    address.nxd_ip_version = NX_IP_VERSION_V4;
    address.nxd_ip_address.v4 = IP_ADDRESS(127, 0, 0, 1);
    status =
        nxd_smtp_client_create(&client, &ip, &pool, netx_string(transcript.user),
                               netx_string(transcript.password), netx_string(mail->from),
                               netx_string(transcript.ehlo_name), netx_authentication(), &address, run.port);
    if (status != NX_SUCCESS) {
        netx_find(plan, "create said 0x%02X", (unsigned)status);
        return status;
    }
    status =
        nx_smtp_mail_send(&client, netx_string(mail->to[0].address), NX_SMTP_MAIL_PRIORITY_NORMAL,
                          netx_string(mail->subject), (CHAR *)(uintptr_t)mail->body, (UINT)mail->body_octets);
    if (nx_smtp_client_outcome_get(&client, &outcome) != NX_SUCCESS ||
        outcome != netx_outcome(mail->outcome)) {
        netx_find(plan, "status 0x%02X, outcome %u", (unsigned)status, (unsigned)outcome);
    }
    if (nx_smtp_client_delete(&client) != NX_SUCCESS) {
        netx_find(plan, "the client could not be deleted");
    }
    return status;
}

static void netx_judge(struct netx_plan *plan, const struct scripted_peer *peer, UINT status,
                       enum netx_server_end end)
{
    int expected = transcript.mails[0].nx_status;
    ULONG total;
    ULONG available;
    ULONG invalid;

    if (peer->departure[0] != '\0') {
        netx_find(plan, "%s", peer->departure);
    }
    if (expected == TRANSCRIPT_NX_FAILURE ? status == NX_SUCCESS : status != (UINT)expected) {
        netx_find(plan, "status 0x%02X", (unsigned)status);
    }
    if (!scripted_peer_heard_all(peer)) {
        netx_find(plan, "the client did not send all that it should");
    }
    if (end == NETX_SERVER_END_NONE) {
        netx_find(plan, "the client did not close the connection");
    }
    if (transcript.graceful == 1 && end == NETX_SERVER_END_RESET) {
        netx_find(plan, "the client reset the connection");
    }
    if (nx_packet_pool_info_get(&pool, &total, &available, NX_NULL, NX_NULL, &invalid) != NX_SUCCESS ||
        available != total || invalid != 0) {
        netx_find(plan, "%lu packets lost, %lu released twice", (unsigned long)(total - available),
                  (unsigned long)invalid);
    }
}

static void netx_once(const struct table_case *row, struct netx_plan plan)
{
    struct scripted_peer peer;
    UINT status;

    scripted_peer_init(&peer, transcript.events, transcript.event_count, 0);
    peer.piece_octets = plan.piece_octets;
    peer.split_octets = plan.split_octets;
    peer.interruptible = transcript.interrupts;
    netx_host_mss_set(plan.segment_octets);
    netx_host_receive_piece_set(plan.chain_octets);
    if (netx_server_start(&peer) != 0) {
        run.failed++;
        return;
    }
    status = netx_send(&plan);
    netx_judge(&plan, &peer, status, netx_server_join());
    if (plan.finding[0] == '\0') {
        run.passed++;
        return;
    }
    run.failed++;
    (void)printf("%s: case %.*s: pieces %lu, split %lu, segments %lu, chains %lu: %s\n", table.path,
                 (int)row->name_octets, row->name, (unsigned long)plan.piece_octets,
                 (unsigned long)plan.split_octets, (unsigned long)plan.segment_octets,
                 (unsigned long)plan.chain_octets, plan.finding);
}

static void netx_case(const struct table_case *row)
{
    struct netx_plan plan = {0};
    unsigned i;

    netx_once(row, plan);
    plan.piece_octets = 1;
    netx_once(row, plan);
    plan.piece_octets = 0;
    plan.segment_octets = 7;
    plan.chain_octets = 3;
    netx_once(row, plan);
    plan.segment_octets = 0;
    plan.chain_octets = 0;
    for (i = 1; i <= RUN_SPLITS; i++) {
        size_t split = transcript.server_octets * i / (RUN_SPLITS + 1);

        if (split != plan.split_octets) {
            plan.split_octets = split;
            netx_once(row, plan);
        }
    }
}

static void netx_file(const char *path)
{
    size_t i;

    if (table_read(&table, path) != 0) {
        run.failed++;
        return;
    }
    for (i = 0; i < table.case_count; i++) {
        if (transcript_read(&transcript, &table, i, 1) != 0) {
            run.failed++;
        } else if (transcript.ways & TRANSCRIPT_NETX) {
            netx_case(&table.cases[i]);
        }
    }
}

static VOID netx_run(ULONG input)
{
    int i;

    (VOID) input;
    nx_system_initialize();
    if (nx_packet_pool_create(&pool, netx_string("pool"), RUN_PAYLOAD_OCTETS, pool_memory,
                              (ULONG)sizeof pool_memory) != NX_SUCCESS ||
        nx_ip_create(&ip, netx_string("ip"), IP_ADDRESS(127, 0, 0, 1), 0xFF000000UL, &pool,
                     _nx_ram_network_driver, ip_stack, (ULONG)sizeof ip_stack, 1) != NX_SUCCESS ||
        nx_tcp_enable(&ip) != NX_SUCCESS) {
        (void)printf("the host layer could not be set up\n");
        run.failed++;
        return;
    }
    for (i = 1; i < run.count; i++) {
        netx_file(run.paths[i]);
    }
}

int main(int count, char **arguments)
{
    run.count = count;
    run.paths = arguments;
    run.port = netx_server_open();
    if (run.port == 0 || netx_host_run(netx_run, 0) != TX_SUCCESS) {
        run.failed++;
    }
    (void)netx_host_reset();
    netx_server_close();
    if (run.passed + run.failed == 0) {
        (void)printf("no transcript was run\n");
        run.failed++;
    }
    (void)printf("%lu passed, %lu failed\n", run.passed, run.failed);
    return run.failed != 0;
}
