/* SPDX-License-Identifier: MIT */
/* A NetX Duo application that sends mails by its arguments, NAME=VALUE each. It prints a line for each
 * mail: the outcome, and the TLS connection. Its exit status is 0 unless a packet or a socket leaks, or an
 * argument is wrong. */
#include "client_arguments.h"
#include "netx_host.h"
#include "nx_smtp_tls.h"

#include <postino/sasl_openssl.h>
#include <stdlib.h>
#include <time.h>

#define MAILS_MAX 128
#define POOL_MAX  (160 * 1024)

extern const NX_SECURE_TLS_CRYPTO nx_crypto_tls_ciphers_ecc;
extern const USHORT nx_crypto_ecc_supported_groups[];
extern const UINT nx_crypto_ecc_supported_groups_size;
extern const NX_CRYPTO_METHOD *nx_crypto_ecc_curves[];

static NX_PACKET_POOL pool;
static NX_PACKET_POOL ip_pool;
static NX_IP ip;
static NX_SMTP_CLIENT client;
static NX_SMTP_SESSION session;
static NX_SMTP_TLS tls;
static NX_SMTP_TRACE trace;
static NX_SMTP_CRYPTO crypto;
static NX_SMTP_TOKEN token;
static NX_SMTP_EXTERNAL external;
static NX_SMTP_MAIL mails[MAILS_MAX];
static NX_SMTP_RECIPIENT recipients[MAILS_MAX];
static ULONG64 pool_memory[POOL_MAX / sizeof(ULONG64)];
static ULONG64 ip_memory[POOL_MAX / sizeof(ULONG64)];
static UCHAR metadata[16384];
static UCHAR packet_buffer[20000];
static UCHAR remote_buffer[3][2048];
static NX_SECURE_X509_CERT remote[3];
static NX_SECURE_X509_CERT trusted;
static NX_SECURE_X509_CERT own;
static struct der ca_der;
static struct der own_der;
static struct der key_der;
static UINT failed;

static VOID fails(const char *what)
{
    fprintf(stderr, "tls_client: %s\n", what);
    failed = 1;
}

static ULONG seconds(VOID)
{
    /* Called before the certificate callback: which is taken away by it. */
    if (number("clock", "1") == 2)
        (VOID) nx_secure_tls_session_certificate_callback_set(&tls.nx_smtp_tls_session, NULL);
    return (ULONG)time(NULL) + number("ahead", "0");
}

static ULONG random_bits(VOID)
{
    return (ULONG)rand();
}

static ULONG refuses(NX_SECURE_TLS_SESSION *tls_session, NX_SECURE_X509_CERT *certificate)
{
    (VOID) tls_session;
    (VOID) certificate;
    return 0x777;
}

static UINT add_certificates(NX_SECURE_TLS_SESSION *tls_session)
{
    UINT status = NX_SUCCESS;
    UINT i;

    for (i = 0; i < number("remotes", "3"); i++)
        status |= nx_secure_tls_remote_certificate_allocate(tls_session, &remote[i], remote_buffer[i],
                                                            (UINT)number("remote_size", "2048"));
    if (ca_der.length != 0) {
        status |= nx_secure_x509_certificate_initialize(&trusted, ca_der.octets, (USHORT)ca_der.length,
                                                        NX_NULL, 0, NX_NULL, 0, NX_SECURE_X509_KEY_TYPE_NONE);
        status |= nx_secure_tls_trusted_certificate_add(tls_session, &trusted);
    }
    if (own_der.length != 0) {
        status |= nx_secure_x509_certificate_initialize(&own, own_der.octets, (USHORT)own_der.length, NX_NULL,
                                                        0, key_der.octets, (USHORT)key_der.length,
                                                        NX_SECURE_X509_KEY_TYPE_EC_DER);
        status |= nx_secure_tls_local_certificate_add(tls_session, &own);
    }
    return status;
}

static UINT tls_setup(NX_SMTP_CLIENT *client_ptr, NX_SECURE_TLS_SESSION *tls_session)
{
    UINT status;

    if (client_ptr != &client || number("setup", "0") != 0)
        return (UINT)number("setup", "1");
    status = nx_secure_tls_session_create(tls_session, &nx_crypto_tls_ciphers_ecc, metadata,
                                          number("metadata", "16384"));
    if (status != NX_SUCCESS)
        return status;
    status |= nx_secure_tls_ecc_initialize(tls_session, nx_crypto_ecc_supported_groups,
                                           (USHORT)nx_crypto_ecc_supported_groups_size, nx_crypto_ecc_curves);
    status |= nx_secure_tls_session_packet_buffer_set(tls_session, packet_buffer, number("buffer", "20000"));
    status |= add_certificates(tls_session);
    if (number("clock", "1") != 0)
        status |= nx_secure_tls_session_time_function_set(tls_session, seconds);
    if (number("refuses", "0") != 0)
        status |= nx_secure_tls_session_certificate_callback_set(tls_session, refuses);
    if (number("version", "0") != 0)
        status |=
            nx_secure_tls_session_protocol_version_override(tls_session, (USHORT)number("version", "0"));
    return status;
}

static VOID print_dialogue(VOID *context, enum postino_direction direction, const UCHAR *data, size_t length)
{
    (VOID) context;
    /* Before the message, with no record in hand. */
    if (number("shut", "0") != 0 && direction == POSTINO_DIRECTION_SERVER && data != NX_NULL && length > 3 &&
        memcmp(data, "354", 3) == 0)
        netx_host_transmit_window_shut(number("shut", "0"));
    if (data == NX_NULL)
        fprintf(stderr, "%c: ***\n", (int)direction);
    else
        fprintf(stderr, "%c: %.*s", (int)direction, (int)length, (const char *)data);
}

/* A body of lines of 50 octets, `lines` of them at a time. */
static UINT lines(NX_SMTP_MAIL *mail_ptr, VOID *context, ULONG offset, CHAR **data_ptr, ULONG *length_ptr)
{
    static const CHAR line[] = "0123456789012345678901234567890123456789 1234567\r\n";
    static CHAR octets[600 * (sizeof line - 1)];
    const ULONG count = number("lines", "1");
    ULONG i;

    (VOID) mail_ptr;
    (VOID) context;
    for (i = 0; i < count; i++)
        memcpy(octets + i * (sizeof line - 1), line, sizeof line - 1);
    *data_ptr = octets;
    *length_ptr = offset < number("octets", "0") ? count * (ULONG)(sizeof line - 1) : 0;
    return NX_SUCCESS;
}

static VOID print_result(UINT status, UINT outcome)
{
    CHAR words[NX_SMTP_TLS_TEXT_OCTETS] = "";
    CHAR reply[POSTINO_REPLY_TEXT_OCTETS + 1] = "";
    UINT nx_status = 0;
    UINT code = 0;
    UINT length;

    if (strcmp(argument("mode", ""), "none") != 0 &&
        nx_smtp_client_tls_status_get(&client, &nx_status, words, sizeof words, &length) != NX_SUCCESS)
        fails("tls_status_get");
    if (nx_smtp_client_reply_get(&client, &code, reply, sizeof reply, &length) != NX_SUCCESS)
        fails("reply_get");
    printf("status=0x%02X outcome=%u nx=0x%X code=%u reply=%.*s text=%s\n", status, outcome, nx_status, code,
           (int)strcspn(reply, "\n"), reply, words);
}

static UINT mode(VOID)
{
    const char *name = argument("mode", "implicit");

    if (strcmp(name, "implicit") == 0)
        return NX_SMTP_TLS_IMPLICIT;
    return strcmp(name, "starttls") == 0 ? NX_SMTP_TLS_STARTTLS : NX_SMTP_TLS_OPPORTUNISTIC;
}

/* The bearer token is the argument's. */
static VOID use_token(const char *name)
{
    if (argument(name, NULL) != NULL &&
        nx_smtp_client_token_set(&client, &token, text(name, "")) != NX_SUCCESS)
        fails("token_set");
}

static VOID create_client(VOID)
{
    NXD_ADDRESS server;
    UINT type = (UINT)number("auth", "3");

    memset(&server, 0, sizeof server);
    server.nxd_ip_version = NX_IP_VERSION_V4;
    server.nxd_ip_address.v4 = IP_ADDRESS(127, 0, 0, 1);
    if (argument("user", "")[0] == '\0' && argument("token", NULL) == NULL &&
        type != NX_SMTP_CLIENT_AUTH_EXTERNAL)
        type = NX_SMTP_CLIENT_AUTH_NONE;
    if (nxd_smtp_client_create(&client, &ip, &pool, text("user", ""), text("password", ""),
                               text("from", "tim@mail.test"), text("domain", "client.example"), type, &server,
                               (UINT)number("port", "0")) != NX_SUCCESS)
        fails("create");
    if (nx_smtp_client_crypto_set(&client, &crypto, &postino_sasl_openssl, NX_NULL) != NX_SUCCESS)
        fails("crypto_set");
    use_token("token");
    if (type == NX_SMTP_CLIENT_AUTH_EXTERNAL &&
        nx_smtp_client_external_set(&client, &external,
                                    argument("identity", NULL) != NULL ? text("identity", "") : NX_NULL) !=
            NX_SUCCESS)
        fails("external_set");
    if (number("trace", "0") == 1 &&
        nx_smtp_client_trace_set(&client, &trace, print_dialogue, NX_NULL) != NX_SUCCESS)
        fails("trace_set");
    if (strcmp(argument("mode", ""), "none") != 0 &&
        nx_smtp_client_tls_set(&client, &tls, mode(),
                               argument("host", NULL) != NULL ? text("host", "") : NX_NULL,
                               tls_setup) != NX_SUCCESS)
        fails("tls_set");
    if (number("trace", "0") == 2 &&
        nx_smtp_client_trace_set(&client, &trace, print_dialogue, NX_NULL) != NX_SUCCESS)
        fails("trace_set");
}

/* The original's way: a connection for each mail. */
static VOID send_mails(VOID)
{
    ULONG i;

    for (i = 0; i < number("mails", "1"); i++) {
        UINT outcome = 99;
        UINT status = nx_smtp_mail_send(&client, "bob@mail.test", NX_SMTP_MAIL_PRIORITY_NORMAL, "Water",
                                        "It rises.\r\n", 11);

        if (nx_smtp_client_outcome_get(&client, &outcome) != NX_SUCCESS)
            fails("outcome_get");
        print_result(status, outcome);
    }
}

/* Collects what was handed in, and prints it. */
static VOID collect_mails(VOID)
{
    NX_SMTP_RESULT result;
    NX_SMTP_MAIL *mail;
    UINT status;

    for (;;) {
        status = nx_smtp_client_mail_collect(&client, &mail,
                                             number("late", "0") != 0 ? NX_NO_WAIT : NX_WAIT_FOREVER);
        /* A caller who looks now and then. */
        if (status == NX_IN_PROGRESS) {
            (VOID) tx_thread_sleep(number("late", "0"));
            continue;
        }
        if (status != NX_SUCCESS)
            break;
        if (nx_smtp_mail_result_get(mail, &result) != NX_SUCCESS)
            fails("result_get");
        print_result(result.nx_smtp_result_status, result.nx_smtp_result_outcome);
    }
    if (status != NX_NO_MORE_ENTRIES)
        fails("collect");
}

/* Many mails over one connection. */
static VOID submit_mails(VOID)
{
    const ULONG count = number("mails", "1");
    const ULONG pause = number("pause", "0"); /* behind each mail, in ticks */
    NX_SMTP_STATISTICS statistics;
    UINT status;
    ULONG i;

    if (nx_smtp_client_session_enable(&client, &session) != NX_SUCCESS)
        fails("session_enable");
    if (nx_smtp_client_mails_in_flight_set(&client, (UINT)number("flight", "32")) != NX_SUCCESS)
        fails("mails_in_flight_set");
    if (number("connect", "0") != 0) {
        ULONG began = tx_time_get();

        status = nx_smtp_client_connect(&client, number("connect", "0") * NX_IP_PERIODIC_RATE / 1000);
        printf("ticks=%u ", (UINT)(tx_time_get() - began));
        print_result(status, 0);
    }
    for (i = 0; i < count && i < MAILS_MAX; i++) {
        status = nx_smtp_mail_create(&mails[i], "Water", "It rises.\r\n", 11, NX_SMTP_MAIL_PRIORITY_NORMAL);
        if (number("octets", "0") != 0)
            status |= nx_smtp_mail_body_callback_set(&mails[i], lines, NX_NULL, number("octets", "0"));
        status |= nx_smtp_mail_recipient_add(&mails[i], &recipients[i], text("to", "bob@mail.test"),
                                             NX_SMTP_RECIPIENT_TO);
        status |= nx_smtp_client_mail_submit(&client, &mails[i]);
        if (status != NX_SUCCESS)
            fails("submit");
        if (pause != 0) {
            collect_mails();
            (VOID) tx_thread_sleep(pause);
            use_token("renewed");
        }
    }
    if (number("extensions", "0") != 0 &&
        nx_smtp_client_extensions_set(&client, postino_extensions_all) != NX_SUCCESS)
        fails("extensions_set");
    collect_mails();
    if (nx_smtp_client_disconnect(&client, number("patience", "500")) != NX_SUCCESS)
        fails("disconnect");
    if (nx_smtp_client_statistics_get(&client, &statistics) != NX_SUCCESS)
        fails("statistics_get");
    printf("connections=%u sent=%u received=%u\n", (UINT)statistics.nx_smtp_statistics_connections,
           (UINT)statistics.nx_smtp_statistics_octets_sent,
           (UINT)statistics.nx_smtp_statistics_octets_received);
}

static VOID check_pool(NX_PACKET_POOL *which, const char *name)
{
    ULONG total = 0;
    ULONG available = 0;
    ULONG invalid = 0;

    (VOID) nx_packet_pool_info_get(which, &total, &available, NX_NULL, NX_NULL, &invalid);
    if (total != available || invalid != 0)
        fails(name);
}

static VOID create_pool(NX_PACKET_POOL *which, VOID *memory, ULONG packets, ULONG payload)
{
    if (nx_packet_pool_create(which, "packets", payload, memory,
                              (ULONG)((payload + sizeof(NX_PACKET)) * packets)) != NX_SUCCESS)
        fails("pool");
}

static VOID application(ULONG input)
{
    (VOID) input;
    nx_system_initialize();
    nx_secure_tls_initialize();
    create_pool(&pool, pool_memory, number("packets", "12"), number("payload", "1536"));
    create_pool(&ip_pool, ip_memory, number("ip_packets", "24"), number("ip_payload", "1536"));
    if (nx_ip_create(&ip, "ip", IP_ADDRESS(127, 0, 0, 1), 0xFFFFFF00UL, &ip_pool, _nx_ram_network_driver,
                     metadata, 512, 1) != NX_SUCCESS ||
        nx_tcp_enable(&ip) != NX_SUCCESS)
        fails("ip");
    netx_host_transmit_window_set(number("window", "0"));
    netx_host_acknowledge_delay_set(number("delay", "0"));
    netx_host_receive_piece_set(number("piece", "0"));
    netx_host_mss_set(number("mss", "0"));
    netx_host_fail_set((UINT)number("fault", "0"), number("nth", "1"), number("nth", "0") != 0 ? 1 : 0,
                       (UINT)number("fault_status", "0x38"));
    create_client();
    if (number("stamp", "0") != 0) {
        static NX_SMTP_HEADERS headers;

        (VOID) nx_smtp_client_headers_set(&client, &headers, seconds, random_bits);
    }
    if (strcmp(argument("way", "send"), "send") == 0)
        send_mails();
    else
        submit_mails();
    if (nx_smtp_client_delete(&client) != NX_SUCCESS)
        fails("delete");
    check_pool(&pool, "a packet leaks");
    check_pool(&ip_pool, "a packet of the IP instance leaks");
    if (netx_host_open_sockets() != 0)
        fails("a socket leaks");
    if (tls.nx_smtp_tls_session.nx_secure_tls_host_connection != NULL)
        fails("a TLS session leaks");
}

int main(int count, char **values)
{
    arguments_set(count, values);
    read_der("ca", &ca_der);
    read_der("certificate", &own_der);
    read_der("key", &key_der);
    if (netx_host_run(application, 0) != TX_SUCCESS)
        return 2;
    (VOID) netx_host_reset();
    return failed != 0;
}
