/* SPDX-License-Identifier: MIT */
/* A NetX Duo application that sends a mail under TLS, by NetX Secure, and prints why it failed. It refuses a
 * server whose certificate ISSUER did not sign, or that has another name. On a board ISSUER's certificate is
 * an array in flash, in DER. On a PC, over the host layer, it is read from the file that MAIL_ISSUER names:
 *
 *     MAIL_ISSUER=ca.der NETX_HOST_ADDRESS_MAP=192.168.1.10=127.0.0.1 NETX_HOST_PORT_MAP=465:4650
 *     netx_send_mail_tls
 * / */
#include "nx_api.h"
#include "nx_smtp_tls.h"

#define CLIENT_ADDRESS IP_ADDRESS(192, 168, 1, 20)
#define SERVER_ADDRESS IP_ADDRESS(192, 168, 1, 10)
#define SERVER_NAME    "mail.test"
#define SERVER_PORT    465

#define USERNAME      "alice@mail.test"
#define PASSWORD      "secret"
#define FROM_ADDRESS  "alice@mail.test"
#define RECIPIENT     "bob@mail.test"
#define CLIENT_DOMAIN "sensor.mail.test"

#define PAYLOAD_SIZE 1536
#define PACKETS      16
#define POOL_SIZE    ((PAYLOAD_SIZE + sizeof(NX_PACKET)) * PACKETS)
#define STACK_SIZE   8192
#define ISSUER_MAX   2048
#define CERTIFICATES 3 /* of the server's chain, at most */

/* The driver of the board's network interface. */
#ifndef NETWORK_DRIVER
#define NETWORK_DRIVER _nx_ram_network_driver
#endif
VOID NETWORK_DRIVER(NX_IP_DRIVER *driver_request);

/* The ciphersuites and curves that NetX Crypto has. */
extern const NX_SECURE_TLS_CRYPTO nx_crypto_tls_ciphers_ecc;
extern const USHORT nx_crypto_ecc_supported_groups[];
extern const UINT nx_crypto_ecc_supported_groups_size;
extern const NX_CRYPTO_METHOD *nx_crypto_ecc_curves[];

static TX_THREAD mail_thread;
static NX_PACKET_POOL pool;
static NX_IP ip;
static NX_SMTP_CLIENT smtp_client;
static NX_SMTP_TLS tls;

static UCHAR metadata[18000];
static UCHAR packet_buffer[16384];
static UCHAR certificate_buffers[CERTIFICATES][2048];
static NX_SECURE_X509_CERT certificates[CERTIFICATES];
static NX_SECURE_X509_CERT issuer;
static UCHAR issuer_der[ISSUER_MAX];
static USHORT issuer_length;

static VOID mail_thread_entry(ULONG input);

int main(VOID)
{
    tx_kernel_enter();
    return 0;
}

VOID tx_application_define(VOID *first_unused_memory)
{
    UCHAR *memory = first_unused_memory;
    UINT status;

    nx_system_initialize();
    nx_secure_tls_initialize();
    status = tx_thread_create(&mail_thread, "mail", mail_thread_entry, 0, memory, STACK_SIZE, 4, 4,
                              TX_NO_TIME_SLICE, TX_AUTO_START);
    memory += STACK_SIZE;
    status |= nx_packet_pool_create(&pool, "packets", PAYLOAD_SIZE, memory, POOL_SIZE);
    memory += POOL_SIZE;
    status |=
        nx_ip_create(&ip, "ip", CLIENT_ADDRESS, 0xFFFFFF00UL, &pool, NETWORK_DRIVER, memory, STACK_SIZE, 1);
    memory += STACK_SIZE;
    status |= nx_arp_enable(&ip, memory, 1024);
    status |= nx_tcp_enable(&ip);
    if (status != NX_SUCCESS)
        printf("setting up failed\n");
}

static VOID load_issuer(VOID)
{
    const char *name = getenv("MAIL_ISSUER");
    FILE *file = name != NULL ? fopen(name, "rb") : NULL;

    if (file == NULL)
        return;
    issuer_length = (USHORT)fread(issuer_der, 1, sizeof issuer_der, file);
    (void)fclose(file);
}

static UINT tls_setup(NX_SMTP_CLIENT *client_ptr, NX_SECURE_TLS_SESSION *session)
{
    UINT status =
        nx_secure_tls_session_create(session, &nx_crypto_tls_ciphers_ecc, metadata, sizeof metadata);
    UINT i;

    NX_PARAMETER_NOT_USED(client_ptr);
    status |= nx_secure_tls_ecc_initialize(session, nx_crypto_ecc_supported_groups,
                                           (USHORT)nx_crypto_ecc_supported_groups_size, nx_crypto_ecc_curves);
    status |= nx_secure_tls_session_packet_buffer_set(session, packet_buffer, sizeof packet_buffer);
    for (i = 0; i < CERTIFICATES; i++)
        status |= nx_secure_tls_remote_certificate_allocate(session, &certificates[i], certificate_buffers[i],
                                                            sizeof certificate_buffers[i]);
    status |= nx_secure_x509_certificate_initialize(&issuer, issuer_der, issuer_length, NX_NULL, 0, NX_NULL,
                                                    0, NX_SECURE_X509_KEY_TYPE_NONE);
    return status | nx_secure_tls_trusted_certificate_add(session, &issuer);
}

static UINT send_mail(VOID)
{
    static CHAR body[] = "The pump in the cellar is running.\r\n";
    UINT outcome = NX_SMTP_OUTCOME_NONE;
    UINT length = 0;
    UINT nx_status = 0;
    CHAR text[NX_SMTP_TLS_TEXT_OCTETS] = "";
    NXD_ADDRESS server;
    UINT status;

    server.nxd_ip_version = NX_IP_VERSION_V4;
    server.nxd_ip_address.v4 = SERVER_ADDRESS;
    status = nxd_smtp_client_create(&smtp_client, &ip, &pool, USERNAME, PASSWORD, FROM_ADDRESS, CLIENT_DOMAIN,
                                    NX_SMTP_CLIENT_AUTH_PLAIN, &server, SERVER_PORT);
    if (status == NX_SUCCESS)
        status = nx_smtp_client_tls_set(&smtp_client, &tls, NX_SMTP_TLS_IMPLICIT, SERVER_NAME, tls_setup);
    if (status != NX_SUCCESS) {
        printf("create: status 0x%02X\n", status);
        return status;
    }
    status = nx_smtp_mail_send(&smtp_client, RECIPIENT, NX_SMTP_MAIL_PRIORITY_HIGH, "Water in the cellar",
                               body, sizeof(body) - 1);
    nx_smtp_client_outcome_get(&smtp_client, &outcome);
    nx_smtp_client_tls_status_get(&smtp_client, &nx_status, text, sizeof text, &length);
    printf("status 0x%02X, outcome %u, NetX Secure 0x%03X %s\n", status, outcome, nx_status, text);
    nx_smtp_client_delete(&smtp_client);
    return status;
}

static VOID mail_thread_entry(ULONG input)
{
    NX_PARAMETER_NOT_USED(input);
    load_issuer();
    exit(send_mail() == NX_SUCCESS ? 0 : 1);
}
