/* SPDX-License-Identifier: MIT */
/* Texts and error codes for the statuses of NetX Secure. Invariants: the text always ends in a NUL, and
 * the first failure is the one that is reported. */
#define NX_SMTP_SOURCE_CODE
#include "nx_smtp_tls.h"

static VOID words_put(NX_SMTP_TLS *tls_ptr, UCHAR octet)
{
    UINT length = tls_ptr->nx_smtp_tls_text_length;

    if (length == NX_SMTP_TLS_TEXT_OCTETS - 1)
        return;
    tls_ptr->nx_smtp_tls_text[length] = octet >= ' ' && octet < 127 ? (CHAR)octet : '?';
    tls_ptr->nx_smtp_tls_text[length + 1] = '\0';
    tls_ptr->nx_smtp_tls_text_length = length + 1;
}

VOID _nx_smtp_tls_text_add(NX_SMTP_TLS *tls_ptr, const UCHAR *octets, UINT length)
{
    for (; length != 0; length--)
        words_put(tls_ptr, *octets++);
}

static VOID words_add(NX_SMTP_TLS *tls_ptr, const CHAR *text)
{
    while (*text != '\0')
        words_put(tls_ptr, (UCHAR)*text++);
}

VOID _nx_smtp_tls_text_set(NX_SMTP_TLS *tls_ptr, const CHAR *text)
{
    tls_ptr->nx_smtp_tls_text_length = 0;
    tls_ptr->nx_smtp_tls_text[0] = '\0';
    words_add(tls_ptr, text);
}

/* `base` 10 or 16. */
static VOID words_add_number(NX_SMTP_TLS *tls_ptr, UINT number, UINT base)
{
    UCHAR digits[10];
    UINT at = sizeof digits;

    do {
        digits[--at] = (UCHAR) "0123456789ABCDEF"[number % base];
        number /= base;
    } while (number != 0);
    _nx_smtp_tls_text_add(tls_ptr, digits + at, (UINT)sizeof digits - at);
}

/* The alerts that say something of the client (RFC 8446 section 6.2): its certificate, or its lack. */
static UINT words_refuse_us(UINT alert)
{
    return (alert >= 41 && alert <= 46) || alert == 48 || alert == 49 || alert == 116;
}

static INT words_alert(NX_SMTP_TLS *tls_ptr, UINT in_handshake)
{
    UINT level = 0;
    UINT alert = 0;

    (VOID) nx_secure_tls_session_alert_value_get(&tls_ptr->nx_smtp_tls_session, &level, &alert);
    /* close_notify: some versions of NetX Secure tell it as any other alert. */
    if (alert == 0)
        return POSTINO_ERROR_CLOSED;
    if (tls_ptr->nx_smtp_tls_text_length == 0) {
        words_add(tls_ptr, "the server refused, by the alert ");
        words_add_number(tls_ptr, alert, 10);
    }
    if (alert == 70)
        return POSTINO_ERROR_TLS_VERSION;
    if (words_refuse_us(alert))
        return POSTINO_ERROR_TLS_REFUSED;
    return in_handshake != 0 ? POSTINO_ERROR_TLS_HANDSHAKE : POSTINO_ERROR_TLS_RECORD;
}

/* An SMTP server's greeting in the clear, above all. */
#define WORDS_NO_TLS "the server does not speak TLS there: use port 465, or STARTTLS on port 587"

INT _nx_smtp_tls_explain(NX_SMTP_TLS *tls_ptr, UINT status, UINT in_handshake)
{
    static const struct {
        USHORT status;
        SHORT error;
        const CHAR *text;
    } words[] = {
        {NX_NO_PACKET, POSTINO_ERROR_TIMEOUT, "the server did not finish the TLS handshake in time"},
        {NX_NOT_CONNECTED, POSTINO_ERROR_CLOSED, "the connection was lost in the TLS handshake"},
        /* NetX Secure's own values, by the names of its headers where those are in every version: */
        {0x102, POSTINO_ERROR_TLS_HANDSHAKE, WORDS_NO_TLS},
        {0x10F, POSTINO_ERROR_TLS_HANDSHAKE, WORDS_NO_TLS},
        {0x110, POSTINO_ERROR_TLS_VERSION, "no TLS version in common"},
        {0x111, POSTINO_ERROR_BUFFER,
         "no packet for TLS in the pool of the IP instance: give that pool more packets"},
        {0x112, POSTINO_ERROR_TLS_CERTIFICATE, "the certificate is malformed"},
        {0x117, POSTINO_ERROR_TLS_CERTIFICATE, "the certificate's signature is wrong"},
        {0x11A, POSTINO_ERROR_TLS_ISSUER,
         "the certificate is self-signed, and not trusted: add it to the trusted ones"},
        {0x11B, POSTINO_ERROR_TLS_ISSUER,
         "the certificate's issuer is not trusted: add its certificate to the trusted ones"},
        {0x127, POSTINO_ERROR_CLOSED, "the server ended the TLS handshake"},
        {0x129, POSTINO_ERROR_TLS_CONFIG,
         "no room for the server's certificates: call nx_secure_tls_remote_certificate_allocate() for each"},
        {0x12D, POSTINO_ERROR_TLS_CONFIG,
         "too little room for a certificate of the server's: give it a larger buffer"},
        {0x135, POSTINO_ERROR_TLS_CONFIG,
         "the TLS packet buffer is too small for the server's certificates, or a packet of the IP instance's "
         "pool "
         "for the ClientHello: enlarge them"},
        {0x13F, POSTINO_ERROR_TLS_CONFIG,
         "the TLS metadata area is too small: nx_secure_tls_metadata_size_calculate() tells its size"},
        {0x18C, POSTINO_ERROR_TLS_CERTIFICATE, "the certificate's chain cannot be verified"},
        {0x193, POSTINO_ERROR_TLS_EXPIRED, "the certificate is expired"},
        {0x194, POSTINO_ERROR_TLS_EXPIRED, "the certificate is not valid yet"},
        {0x195, POSTINO_ERROR_TLS_NAME, "the certificate is for another name"},
    };
    UINT i;

    tls_ptr->nx_smtp_tls_status = status;
    if (status == NX_SECURE_TLS_ALERT_RECEIVED)
        return words_alert(tls_ptr, in_handshake);
    for (i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i].status != status || (words[i].error == POSTINO_ERROR_TLS_HANDSHAKE && in_handshake == 0))
            continue;
        if (tls_ptr->nx_smtp_tls_text_length == 0 &&
            (in_handshake != 0 || words[i].error != POSTINO_ERROR_CLOSED))
            words_add(tls_ptr, words[i].text);
        return words[i].error;
    }
    if (tls_ptr->nx_smtp_tls_text_length == 0) {
        words_add(tls_ptr, in_handshake != 0 ? "the TLS handshake failed" : "what arrived is no sound TLS");
        words_add(tls_ptr, ": NetX Secure status 0x");
        words_add_number(tls_ptr, status, 16);
    }
    return in_handshake != 0 ? POSTINO_ERROR_TLS_HANDSHAKE : POSTINO_ERROR_TLS_RECORD;
}
