/* SPDX-License-Identifier: MIT */
/* Tests the calls that nx_smtp_client_tls_set() and nx_smtp_client_tls_status_get() refuse. A client that
 * they refused to serve goes on as before. Also tests the calls that NetX Secure on the host refuses. */
#include "nx_smtp_tls.h"
#include "session_bed.h"

extern const NX_SECURE_TLS_CRYPTO nx_crypto_tls_ciphers;

static NX_SMTP_TLS tls;
static CHAR host_name[] = "mail.test";

static UINT no_setup(NX_SMTP_CLIENT *client_ptr, NX_SECURE_TLS_SESSION *tls_session)
{
    (VOID) client_ptr;
    (VOID) tls_session;
    return NX_NOT_SUCCESSFUL;
}

static UINT set(UINT mode, CHAR *name)
{
    return nx_smtp_client_tls_set(&bed_client, &tls, mode, name, no_setup);
}

BED_THREAD(pointers)
{
    NX_SMTP_CLIENT none;

    (VOID) input;
    memset(&none, 0, sizeof none);
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    assert_int_equal(nx_smtp_client_tls_set(NX_NULL, &tls, NX_SMTP_TLS_IMPLICIT, host_name, no_setup),
                     NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_tls_set(&bed_client, NX_NULL, NX_SMTP_TLS_IMPLICIT, host_name, no_setup),
                     NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_tls_set(&bed_client, &tls, NX_SMTP_TLS_IMPLICIT, host_name, NULL),
                     NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_tls_set(&none, &tls, NX_SMTP_TLS_IMPLICIT, host_name, no_setup),
                     NX_SMTP_CLIENT_NOT_INITIALIZED);
    bed_delivers();
    bed_delete();
}

BED_THREAD(values)
{
    CHAR longest[NX_SECURE_X509_DNS_NAME_MAX + 2];

    (VOID) input;
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    assert_int_equal(set(NX_SMTP_TLS_OPPORTUNISTIC + 1, host_name), NX_SMTP_INVALID_PARAM);
    assert_int_equal(set(NX_SMTP_TLS_IMPLICIT, longest + sizeof longest - 1), NX_SIZE_ERROR);
    assert_int_equal(set(NX_SMTP_TLS_IMPLICIT, longest), NX_SIZE_ERROR);
    bed_delivers();
    assert_int_equal(set(NX_SMTP_TLS_STARTTLS, longest + 1), NX_SUCCESS);
    bed_delete();
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    assert_int_equal(set(NX_SMTP_TLS_STARTTLS, NX_NULL), NX_SUCCESS);
    bed_delete();
}

BED_THREAD(once)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    assert_int_equal(set(NX_SMTP_TLS_IMPLICIT, host_name), NX_SUCCESS);
    assert_int_equal(set(NX_SMTP_TLS_IMPLICIT, host_name), NX_ALREADY_ENABLED);
    bed_delete();
    bed_session_create();
    assert_int_equal(set(NX_SMTP_TLS_IMPLICIT, host_name), NX_ALREADY_ENABLED);
    bed_session_delete();
}

BED_THREAD(status)
{
    CHAR text[NX_SMTP_TLS_TEXT_OCTETS];
    UINT nx_status = 99;
    UINT length = 99;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    assert_int_equal(nx_smtp_client_tls_status_get(&bed_client, &nx_status, text, sizeof text, &length),
                     NX_NOT_ENABLED);
    assert_int_equal(set(NX_SMTP_TLS_IMPLICIT, host_name), NX_SUCCESS);
    assert_int_equal(nx_smtp_client_tls_status_get(NX_NULL, &nx_status, text, sizeof text, &length),
                     NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_tls_status_get(&bed_client, NX_NULL, text, sizeof text, &length),
                     NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_tls_status_get(&bed_client, &nx_status, NX_NULL, 1, &length),
                     NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_tls_status_get(&bed_client, &nx_status, text, 1, NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_tls_status_get(&bed_client, &nx_status, text, 0, &length), NX_SIZE_ERROR);
    assert_int_equal(nx_smtp_client_tls_status_get(&bed_client, &nx_status, text, sizeof text, &length),
                     NX_SUCCESS);
    assert_int_equal(nx_status, NX_SUCCESS);
    assert_int_equal(length, 0);
    bed_fails(NX_SMTP_TLS_HANDSHAKE_ERROR, NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    assert_int_equal(nx_smtp_client_tls_status_get(&bed_client, &nx_status, text, 5, &length), NX_SUCCESS);
    assert_int_equal(nx_status, NX_NOT_SUCCESSFUL);
    assert_int_equal(length, 4);
    assert_string_equal(text, "the ");
    /* A new connection begins anew: this one is refused by TCP. */
    server_stop(&bed_server);
    assert_int_equal(bed_send("Hello"), NX_NOT_CONNECTED);
    assert_int_equal(nx_smtp_client_tls_status_get(&bed_client, &nx_status, text, sizeof text, &length),
                     NX_SUCCESS);
    assert_int_equal(nx_status, NX_SUCCESS);
    assert_int_equal(length, 0);
    bed_delete();
}

BED_THREAD(netx_secure)
{
    static NX_SECURE_TLS_SESSION session;
    static NX_SECURE_X509_CERT certificate;
    static NX_SECURE_X509_DNS_NAME name;
    static UCHAR octets[] = "no certificate";
    NX_PACKET *packet = NX_NULL;
    NX_TCP_SOCKET tcp_socket;
    ULONG size = 0;

    (VOID) input;
    assert_int_equal(nx_secure_tls_session_start(&session, &tcp_socket, 0),
                     NX_SECURE_TLS_SESSION_UNINITIALIZED);
    assert_int_equal(nx_secure_tls_metadata_size_calculate(&nx_crypto_tls_ciphers, &size), NX_SUCCESS);
    assert_int_equal(nx_secure_tls_session_create(&session, &nx_crypto_tls_ciphers, bed_memory, size - 1),
                     NX_SECURE_TLS_INSUFFICIENT_METADATA_SPACE);
    assert_int_equal(nx_secure_tls_session_create(&session, &nx_crypto_tls_ciphers, NX_NULL, size),
                     NX_PTR_ERROR);
    assert_int_equal(nx_secure_tls_session_create(&session, &nx_crypto_tls_ciphers, bed_memory, size),
                     NX_SUCCESS);
    assert_int_equal(nx_secure_tls_session_start(&session, NX_NULL, 0), NX_PTR_ERROR);
    assert_int_equal(nx_secure_tls_session_receive(&session, &packet, NX_NO_WAIT),
                     NX_SECURE_TLS_INVALID_STATE);
    assert_int_equal(nx_secure_tls_session_protocol_version_override(&session, 0x0301),
                     NX_SECURE_TLS_UNSUPPORTED_TLS_VERSION);
    assert_int_equal(nx_secure_tls_trusted_certificate_add(&session, NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_secure_x509_certificate_initialize(&certificate, octets, sizeof octets, NX_NULL, 0,
                                                           NX_NULL, 0, NX_SECURE_X509_KEY_TYPE_NONE),
                     NX_SECURE_TLS_INVALID_CERTIFICATE);
    assert_int_equal(nx_secure_x509_certificate_initialize(&certificate, octets, sizeof octets, octets, 1,
                                                           NX_NULL, 0, NX_SECURE_X509_KEY_TYPE_NONE),
                     NX_SECURE_TLS_INSUFFICIENT_CERT_SPACE);
    assert_int_equal(nx_secure_x509_dns_name_initialize(&name, octets, NX_SECURE_X509_DNS_NAME_MAX + 1),
                     NX_SECURE_X509_NAME_STRING_TOO_LONG);
    /* Nothing is sent on a session that does not stand; the real one would send in the clear. */
    assert_int_equal(nx_packet_allocate(&bed_pool, &packet, NX_TCP_PACKET, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(nx_secure_tls_session_send(&session, packet, NX_NO_WAIT), NX_INVALID_PACKET);
    assert_int_equal(nx_packet_data_append(packet, octets, sizeof octets, &bed_pool, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(nx_secure_tls_session_send(&session, packet, NX_NO_WAIT),
                     NX_SECURE_TLS_SESSION_UNINITIALIZED);
    assert_int_equal(nx_packet_release(packet), NX_SUCCESS);
    assert_int_equal(nx_secure_tls_session_end(&session, NX_NO_WAIT), NX_SUCCESS);
    assert_int_equal(nx_secure_tls_session_delete(&session), NX_SUCCESS);
    assert_int_equal(nx_secure_tls_session_delete(&session), NX_SECURE_TLS_SESSION_UNINITIALIZED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {BED_CASE(pointers), BED_CASE(values), BED_CASE(once), BED_CASE(status),
                                       BED_CASE(netx_secure)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
