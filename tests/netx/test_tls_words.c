/* SPDX-License-Identifier: MIT */
/* Tests the error and the text for each status of NetX Secure, also for statuses that the host layer never
 * returns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define NX_SMTP_SOURCE_CODE
#include "nx_smtp_tls.h"
#include "netx_host.h"

extern const NX_SECURE_TLS_CRYPTO nx_crypto_tls_ciphers;

static NX_SMTP_TLS tls;

/* As a thread, which alone may do this. */
static VOID create(ULONG input)
{
    static UCHAR metadata[8192];

    (VOID) input;
    assert_int_equal(nx_secure_tls_session_create(&tls.nx_smtp_tls_session, &nx_crypto_tls_ciphers, metadata,
                                                  sizeof metadata),
                     NX_SUCCESS);
}

static void begin(UINT alert)
{
    memset(&tls, 0, sizeof tls);
    assert_int_equal(netx_host_run(create, 0), TX_SUCCESS);
    tls.nx_smtp_tls_session.nx_secure_tls_received_alert_level = 2;
    tls.nx_smtp_tls_session.nx_secure_tls_received_alert_value = alert;
}

static void explained(UINT status, UINT alert, UINT in_handshake, INT error, const char *text)
{
    begin(alert);
    assert_int_equal(_nx_smtp_tls_explain(&tls, status, in_handshake), error);
    assert_string_equal(tls.nx_smtp_tls_text, text);
    assert_int_equal(tls.nx_smtp_tls_text_length, strlen(text));
    assert_int_equal(tls.nx_smtp_tls_status, status);
}

static void ends(void **state)
{
    (void)state;
    explained(NX_NOT_CONNECTED, 0, 0, POSTINO_ERROR_CLOSED, "");
    explained(NX_NOT_CONNECTED, 0, 1, POSTINO_ERROR_CLOSED, "the connection was lost in the TLS handshake");
    explained(NX_SECURE_TLS_CLOSE_NOTIFY_RECEIVED, 0, 0, POSTINO_ERROR_CLOSED, "");
    /* Versions of NetX Secure that tell close_notify as an alert. */
    explained(NX_SECURE_TLS_ALERT_RECEIVED, 0, 0, POSTINO_ERROR_CLOSED, "");
}

static void alerts(void **state)
{
    (void)state;
    explained(NX_SECURE_TLS_ALERT_RECEIVED, 40, 1, POSTINO_ERROR_TLS_HANDSHAKE,
              "the server refused, by the alert 40");
    explained(NX_SECURE_TLS_ALERT_RECEIVED, 40, 0, POSTINO_ERROR_TLS_RECORD,
              "the server refused, by the alert 40");
    explained(NX_SECURE_TLS_ALERT_RECEIVED, 42, 1, POSTINO_ERROR_TLS_REFUSED,
              "the server refused, by the alert 42");
    explained(NX_SECURE_TLS_ALERT_RECEIVED, 47, 1, POSTINO_ERROR_TLS_HANDSHAKE,
              "the server refused, by the alert 47");
    explained(NX_SECURE_TLS_ALERT_RECEIVED, 48, 1, POSTINO_ERROR_TLS_REFUSED,
              "the server refused, by the alert 48");
    /* TLS 1.3: the client took the handshake for finished when it came. */
    explained(NX_SECURE_TLS_ALERT_RECEIVED, 116, 0, POSTINO_ERROR_TLS_REFUSED,
              "the server refused, by the alert 116");
    explained(NX_SECURE_TLS_ALERT_RECEIVED, 70, 1, POSTINO_ERROR_TLS_VERSION,
              "the server refused, by the alert 70");
}

static void statuses(void **state)
{
    (void)state;
    explained(NX_NO_PACKET, 0, 1, POSTINO_ERROR_TIMEOUT,
              "the server did not finish the TLS handshake in time");
    explained(NX_SECURE_TLS_UNSUPPORTED_TLS_VERSION, 0, 1, POSTINO_ERROR_TLS_VERSION,
              "no TLS version in common");
    explained(NX_SECURE_TLS_CERTIFICATE_SIG_CHECK_FAILED, 0, 1, POSTINO_ERROR_TLS_CERTIFICATE,
              "the certificate's signature is wrong");
    explained(NX_SECURE_X509_CERTIFICATE_EXPIRED, 0, 1, POSTINO_ERROR_TLS_EXPIRED,
              "the certificate is expired");
    explained(NX_SECURE_TLS_ALLOCATE_PACKET_FAILED, 0, 0, POSTINO_ERROR_BUFFER,
              "no packet for TLS in the pool of the IP instance: give that pool more packets");
    explained(NX_SECURE_TLS_UNKNOWN_TLS_VERSION, 0, 1, POSTINO_ERROR_TLS_HANDSHAKE,
              "the server does not speak TLS there: use port 465, or STARTTLS on port 587");
    explained(NX_SECURE_TLS_UNKNOWN_TLS_VERSION, 0, 0, POSTINO_ERROR_TLS_RECORD,
              "what arrived is no sound TLS: NetX Secure status 0x10F");
    explained(0x14E, 0, 1, POSTINO_ERROR_TLS_HANDSHAKE, "the TLS handshake failed: NetX Secure status 0x14E");
    explained(0x150, 0, 0, POSTINO_ERROR_TLS_RECORD,
              "what arrived is no sound TLS: NetX Secure status 0x150");
}

/* The longest of them has room. */
static void no_text_is_cut(void **state)
{
    UINT status;

    (void)state;
    for (status = 1; status < 0x200; status++) {
        begin(40);
        (void)_nx_smtp_tls_explain(&tls, status, 1);
        assert_in_range(tls.nx_smtp_tls_text_length, 1, NX_SMTP_TLS_TEXT_OCTETS - 2);
    }
}

static void the_first_text_stays(void **state)
{
    (void)state;
    begin(0);
    _nx_smtp_tls_text_set(&tls, "the certificate is for a, not for b");
    assert_int_equal(_nx_smtp_tls_explain(&tls, NX_SECURE_X509_CERTIFICATE_DNS_MISMATCH, 1),
                     POSTINO_ERROR_TLS_NAME);
    assert_string_equal(tls.nx_smtp_tls_text, "the certificate is for a, not for b");
}

static void texts_end(void **state)
{
    static const UCHAR octets[] = "a\r\n\x80z";
    UINT i;

    (void)state;
    begin(0);
    _nx_smtp_tls_text_add(&tls, octets, 5);
    assert_string_equal(tls.nx_smtp_tls_text, "a???z");
    for (i = 0; i < NX_SMTP_TLS_TEXT_OCTETS; i++)
        _nx_smtp_tls_text_add(&tls, octets, 5);
    assert_int_equal(strlen(tls.nx_smtp_tls_text), NX_SMTP_TLS_TEXT_OCTETS - 1);
    _nx_smtp_tls_text_set(&tls, "new");
    assert_string_equal(tls.nx_smtp_tls_text, "new");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ends),
                                       cmocka_unit_test(alerts),
                                       cmocka_unit_test(statuses),
                                       cmocka_unit_test(no_text_is_cut),
                                       cmocka_unit_test(the_first_text_stays),
                                       cmocka_unit_test(texts_end)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
