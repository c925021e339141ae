/* SPDX-License-Identifier: MIT */
/* The client's transport with NetX Secure. Invariants: after a failed service a TLS session never sends
 * again, because NetX Secure resets it, and a session that was reset sends in clear text. So a record
 * begins only where the peer's window has room for it: a send that waits in vain would be such a failure.
 * If the window stays shut and no reply arrives, a record of one octet goes out so that TCP probes the
 * window. A record that was not sent whole counts as unsent, because the peer cannot read a part of a
 * record. */
#define NX_SMTP_SOURCE_CODE
#include "nx_smtp_tls.h"
#include "engine/state.h"

#ifdef NX_DISABLE_PACKET_CHAIN
#error "NetX Secure needs packet chains"
#endif

/* The most octets of a record before its text (a header, and an IV in TLS 1.2) and behind it (padding, MAC
 * or tag). */
#define TLS_FRONT_OCTETS 21
#define TLS_TAIL_OCTETS  64

/* So long a window may stay shut, with nothing on its way and nothing heard, before TCP is handed
 * something, in ticks. */
#define TLS_SHUT_TICKS                                                                             \
    (NX_SMTP_CLIENT_SEND_TIMEOUT / 4 < 2UL * NX_IP_PERIODIC_RATE ? NX_SMTP_CLIENT_SEND_TIMEOUT / 4 \
                                                                 : 2UL * NX_IP_PERIODIC_RATE)

enum tls_phase {
    TLS_NONE = 0, /* there is no connection */
    TLS_CLEAR,    /* no TLS session, or none yet */
    TLS_UP,
    TLS_OVER /* the TLS session is at an end, or broken: nx_smtp_tls_error says which */
};

static NX_SMTP_TLS *transport_tls(const NX_SMTP_CLIENT *client)
{
    return (NX_SMTP_TLS *)(VOID *)client->nx_smtp_client_mode_ptr;
}

static UINT tls_exists(const NX_SMTP_TLS *tls)
{
    return tls->nx_smtp_tls_session.nx_secure_tls_id == NX_SECURE_TLS_ID;
}

/* Ends the TLS session, waiting so many ticks for close_notify to be sent, where the connection stands; and
 * deletes it: only the end gives back the packets that it holds. */
static VOID tls_discard(NX_SMTP_TLS *tls, ULONG ticks)
{
    if (tls_exists(tls)) {
        (VOID) nx_secure_tls_session_end(&tls->nx_smtp_tls_session, (UINT)ticks);
        (VOID) nx_secure_tls_session_delete(&tls->nx_smtp_tls_session);
    }
    tls->nx_smtp_tls_info.version = NULL;
    tls->nx_smtp_tls_info.verified = 0;
}

/* The certificate callback: NetX Secure has verified the chain. */
static ULONG tls_check_name(NX_SECURE_TLS_SESSION *session, NX_SECURE_X509_CERT *certificate)
{
    NX_SMTP_TLS *tls = (NX_SMTP_TLS *)(VOID *)((UCHAR *)session - offsetof(NX_SMTP_TLS, nx_smtp_tls_session));
    const NX_SECURE_X509_DISTINGUISHED_NAME *subject = &certificate->nx_secure_x509_distinguished_name;
    const UCHAR *host_name = (const UCHAR *)tls->nx_smtp_tls_host_name;
    UINT status = nx_secure_x509_common_name_dns_check(certificate, host_name, tls->nx_smtp_tls_host_length);

    tls->nx_smtp_tls_info.verified = status == NX_SUCCESS;
    if (status != NX_SUCCESS && tls->nx_smtp_tls_text_length == 0) {
        _nx_smtp_tls_text_set(tls, "the certificate is for ");
        if (subject->nx_secure_x509_common_name != NX_NULL)
            _nx_smtp_tls_text_add(tls, subject->nx_secure_x509_common_name,
                                  subject->nx_secure_x509_common_name_length);
        else
            _nx_smtp_tls_text_add(tls, (const UCHAR *)"another name", 12);
        _nx_smtp_tls_text_add(tls, (const UCHAR *)", not for ", 10);
        _nx_smtp_tls_text_add(tls, host_name, tls->nx_smtp_tls_host_length);
    }
    return status;
}

/* Has the application set the TLS session up, and what is checked of the server. */
static UINT tls_prepare(NX_SMTP_CLIENT *client, NX_SMTP_TLS *tls)
{
    NX_SECURE_TLS_SESSION *session = &tls->nx_smtp_tls_session;
    UINT status = tls->nx_smtp_tls_setup(client, session);

    if (status != NX_SUCCESS) {
        _nx_smtp_tls_text_set(tls, "the application's tls_setup failed");
        return status;
    }
    if (tls->nx_smtp_tls_host_name == NX_NULL)
        return NX_SUCCESS;
    status = nx_secure_tls_session_certificate_callback_set(session, tls_check_name);
#ifndef NX_SECURE_TLS_SNI_EXTENSION_DISABLED
    if (status == NX_SUCCESS)
        status = nx_secure_x509_dns_name_initialize(&tls->nx_smtp_tls_dns_name,
                                                    (const UCHAR *)tls->nx_smtp_tls_host_name,
                                                    (USHORT)tls->nx_smtp_tls_host_length);
    if (status == NX_SUCCESS)
        status = nx_secure_tls_session_sni_extension_set(session, &tls->nx_smtp_tls_dns_name);
#endif
    return status;
}

/* Makes the handshake, waiting so many ticks for each packet of it. Returns 0 or an error. */
static INT tls_handshake(NX_SMTP_CLIENT *client, ULONG ticks)
{
    NX_SMTP_TLS *tls = transport_tls(client);
    UINT status = tls_prepare(client, tls);

    if (status == NX_SUCCESS)
        status = nx_secure_tls_session_start(&tls->nx_smtp_tls_session, &client->nx_smtp_client_socket,
                                             (UINT)ticks);
    /* There are ciphersuites without a certificate, and applications that set callbacks late. */
    if (status == NX_SUCCESS && tls->nx_smtp_tls_host_name != NX_NULL && !tls->nx_smtp_tls_info.verified)
        status = NX_SECURE_X509_CERTIFICATE_DNS_MISMATCH;
    if (status == NX_SUCCESS) {
        tls->nx_smtp_tls_phase = TLS_UP;
        tls->nx_smtp_tls_info.version = "TLS";
        /* NetX Secure does not tell whether the client sent a certificate. EXTERNAL needs one in
         * tls_setup. */
        tls->nx_smtp_tls_info.certified = 1;
        return POSTINO_OK;
    }
    tls->nx_smtp_tls_phase = TLS_OVER;
    tls->nx_smtp_tls_failed = NX_TRUE;
    tls->nx_smtp_tls_error = _nx_smtp_tls_explain(tls, status, 1);
    /* A failure of the connection counts as one of the handshake. */
    if (tls->nx_smtp_tls_error > POSTINO_ERROR_TLS_UNAVAILABLE)
        tls->nx_smtp_tls_error = POSTINO_ERROR_TLS_HANDSHAKE;
    tls_discard(tls, NX_NO_WAIT);
    return tls->nx_smtp_tls_error;
}

static int tls_connect(struct postino_transport *transport, uint32_t timeout_ms)
{
    NX_SMTP_CLIENT *client = (NX_SMTP_CLIENT *)transport;
    struct nx_smtp_transport *self = &client->nx_smtp_client_transport;
    NX_SMTP_TLS *tls = transport_tls(client);
    int error;

    /* While nx_smtp_client_connect()'s connection stands, nx_smtp_mail_send() gets none, and changes
     * nothing of it. */
    if (tls->nx_smtp_tls_phase != TLS_NONE) {
        self->status = NX_ALREADY_BOUND;
        return POSTINO_ERROR_CONNECT;
    }
    tls->nx_smtp_tls_status = NX_SUCCESS;
    tls->nx_smtp_tls_error = POSTINO_OK;
    tls->nx_smtp_tls_failed = NX_FALSE;
    tls->nx_smtp_tls_blocked = NX_FALSE;
    _nx_smtp_tls_text_set(tls, "");
    error = tls->nx_smtp_tls_inner->connect(transport, timeout_ms);
    if (error != POSTINO_OK)
        return error;
    tls->nx_smtp_tls_phase = TLS_CLEAR;
    if (tls->nx_smtp_tls_mode != NX_SMTP_TLS_IMPLICIT)
        return POSTINO_OK;
    error = tls_handshake(client, self->patience);
    if (error != POSTINO_OK) {
        self->status = NX_SMTP_TLS_HANDSHAKE_ERROR;
        transport->methods->close(transport, 0);
        return error == POSTINO_ERROR_TIMEOUT ? POSTINO_ERROR_CONNECT_TIMEOUT : error;
    }
    /* The session of nx_smtp_mail_send() was started before the connection, and hears of it here; that of
     * nx_smtp_session.h asks. */
    client->nx_smtp_client_session.tls = &tls->nx_smtp_tls_info;
    return POSTINO_OK;
}

static int tls_start_tls(struct postino_transport *transport, uint32_t timeout_ms)
{
    NX_SMTP_CLIENT *client = (NX_SMTP_CLIENT *)transport;
    ULONG ticks = NX_SMTP_ENVELOPE_TIMEOUT;

    NX_PARAMETER_NOT_USED(timeout_ms);
    if (ticks > client->nx_smtp_client_transport.patience)
        ticks = client->nx_smtp_client_transport.patience;
    /* NX_NO_WAIT makes no handshake. */
    if (ticks == NX_NO_WAIT)
        return POSTINO_AGAIN;
    return transport_tls(client)->nx_smtp_tls_phase == TLS_CLEAR ? tls_handshake(client, ticks)
                                                                 : POSTINO_ERROR_STATE;
}

/* Releases the packet that was lent. */
static VOID tls_release(struct nx_smtp_transport *self)
{
    if (self->in != NX_NULL)
        nx_packet_release(self->in);
    self->in = NX_NULL;
    self->piece = NX_NULL;
}

/* As the inner transport's fetch, under TLS: has a piece of what arrived at hand, waiting for it for so
 * many ticks. Returns 0, POSTINO_AGAIN, or the error that the stream ended with. */
static INT tls_fetch(NX_SMTP_CLIENT *client, ULONG ticks)
{
    struct nx_smtp_transport *self = &client->nx_smtp_client_transport;
    NX_SMTP_TLS *tls = transport_tls(client);
    UINT status;

    if (self->piece != NX_NULL)
        return POSTINO_OK;
    if (tls->nx_smtp_tls_phase != TLS_UP)
        return tls->nx_smtp_tls_error;
    tls_release(self);
    status = nx_secure_tls_session_receive(&tls->nx_smtp_tls_session, &self->in, ticks);
    if (status == NX_SUCCESS) {
        self->piece = self->in;
        self->shortage = 0;
        return POSTINO_OK;
    }
    self->in = NX_NULL;
    if (status == NX_NO_PACKET)
        return POSTINO_AGAIN;
    tls->nx_smtp_tls_phase = TLS_OVER;
    tls->nx_smtp_tls_error = _nx_smtp_tls_explain(tls, status, 0);
    return tls->nx_smtp_tls_error;
}

/* How many octets of text a record may have now; 0: none, wait. */
static ULONG tls_window(NX_SMTP_CLIENT *client)
{
    NX_SMTP_TLS *tls = transport_tls(client);
    ULONG mss = client->nx_smtp_client_transport.mss;
    ULONG depth = 0;
    ULONG window = 0;

    (VOID) nx_tcp_socket_info_get(&client->nx_smtp_client_socket, NX_NULL, NX_NULL, NX_NULL, NX_NULL, NX_NULL,
                                  NX_NULL, NX_NULL, NX_NULL, &depth, &window, NX_NULL);
    if (window > mss)
        window = mss;
    /* Packets on their way will be acknowledged, and the window opens further. Without any it stays as it
     * is. */
    if (window > TLS_FRONT_OCTETS + TLS_TAIL_OCTETS && (window == mss || depth == 0)) {
        tls->nx_smtp_tls_blocked = NX_FALSE;
        return window - TLS_FRONT_OCTETS - TLS_TAIL_OCTETS;
    }
    if (!tls->nx_smtp_tls_blocked || depth != 0)
        tls->nx_smtp_tls_shut = tx_time_get();
    tls->nx_smtp_tls_blocked = NX_TRUE;
    if (tx_time_get() - tls->nx_smtp_tls_shut < TLS_SHUT_TICKS)
        return 0;
    /* The update that opened it may have been lost, and TCP asks for it only where it has something to send
     * (RFC 9293 section 3.8.6.1). So it gets one octet's record, and time for it. */
    tls->nx_smtp_tls_shut = tx_time_get();
    return 1;
}

static int tls_reserve(struct postino_transport *transport, uint8_t **buffer, size_t *capacity_octets)
{
    NX_SMTP_CLIENT *client = (NX_SMTP_CLIENT *)transport;
    struct nx_smtp_transport *self = &client->nx_smtp_client_transport;
    NX_SMTP_TLS *tls = transport_tls(client);
    ULONG window;
    size_t room;

    if (tls->nx_smtp_tls_phase == TLS_CLEAR)
        return tls->nx_smtp_tls_inner->reserve(transport, buffer, capacity_octets);
    /* Received records come first: after a send that fails they could not be read. They also brought the
     * present window. */
    if (tls_fetch(client, NX_NO_WAIT) != POSTINO_AGAIN) {
        tls->nx_smtp_tls_shut = tx_time_get();
        return POSTINO_AGAIN;
    }
#ifndef NX_SMTP_CLIENT_LOCK_STEP
    if (_nx_smtp_transport_bound(client, &client->nx_smtp_client_session))
        return POSTINO_AGAIN;
#endif
    window = tls_window(client);
    if (window == 0)
        return POSTINO_AGAIN;
    if (self->out == NX_NULL) {
        UINT status = nx_secure_tls_packet_allocate(
            &tls->nx_smtp_tls_session, client->nx_smtp_client_packet_pool_ptr, &self->out, NX_NO_WAIT);

        if (status == NX_NO_PACKET && self->shortage++ < NX_SMTP_CLIENT_PACKET_TIMEOUT)
            return POSTINO_AGAIN;
        if (status != NX_SUCCESS) {
            self->out = NX_NULL;
            return POSTINO_ERROR_BUFFER;
        }
        self->shortage = 0;
    }
    room = (size_t)(self->out->nx_packet_data_end - self->out->nx_packet_prepend_ptr);
    /* Where there is no room for the tail, it gets a packet of its own from the IP instance's pool. */
    if (room > 2 * TLS_TAIL_OCTETS)
        room -= TLS_TAIL_OCTETS;
    if (room > window)
        room = window;
    *buffer = self->out->nx_packet_prepend_ptr;
    *capacity_octets = room;
    return room != 0 ? POSTINO_OK : POSTINO_ERROR_BUFFER;
}

static int tls_send(struct postino_transport *transport, size_t length_octets)
{
    NX_SMTP_CLIENT *client = (NX_SMTP_CLIENT *)transport;
    struct nx_smtp_transport *self = &client->nx_smtp_client_transport;
    NX_SMTP_TLS *tls = transport_tls(client);
    NX_PACKET *packet = self->out;
    UINT status;

    if (tls->nx_smtp_tls_phase == TLS_CLEAR)
        return tls->nx_smtp_tls_inner->send(transport, length_octets);
    packet->nx_packet_append_ptr = packet->nx_packet_prepend_ptr + length_octets;
    packet->nx_packet_length = (ULONG)length_octets;
    /* The window has room. The wait is for the transmit queue, which the peer's TCP acknowledges by
     * itself, or for a window that stayed shut. */
    status = nx_secure_tls_session_send(&tls->nx_smtp_tls_session, packet, NX_SMTP_CLIENT_SEND_TIMEOUT);
    if (status == NX_SUCCESS) {
        self->out = NX_NULL;
        transport->unsent_octets = 0;
        return POSTINO_OK;
    }
    transport->unsent_octets = length_octets;
    tls->nx_smtp_tls_phase = TLS_OVER;
    tls->nx_smtp_tls_status = status;
    tls->nx_smtp_tls_error = POSTINO_ERROR_SEND;
    return POSTINO_ERROR_SEND;
}

static int tls_receive(struct postino_transport *transport, const uint8_t **data, size_t *length_octets)
{
    NX_SMTP_CLIENT *client = (NX_SMTP_CLIENT *)transport;
    struct nx_smtp_transport *self = &client->nx_smtp_client_transport;
    NX_SMTP_TLS *tls = transport_tls(client);
    NX_PACKET *packet;
    INT error;

    if (tls->nx_smtp_tls_phase == TLS_CLEAR)
        return tls->nx_smtp_tls_inner->receive(transport, data, length_octets);
    do {
        error = tls_fetch(client, NX_NO_WAIT);
        if (error != POSTINO_OK)
            return error;
        packet = self->piece;
        self->piece = packet->nx_packet_next;
        *data = packet->nx_packet_prepend_ptr;
        *length_octets = (size_t)(packet->nx_packet_append_ptr - packet->nx_packet_prepend_ptr);
    } while (*length_octets == 0);
    return POSTINO_OK;
}

static int tls_wait(struct postino_transport *transport, unsigned events, uint32_t timeout_ms)
{
    NX_SMTP_CLIENT *client = (NX_SMTP_CLIENT *)transport;
    NX_SMTP_TLS *tls = transport_tls(client);

    if (tls->nx_smtp_tls_phase == TLS_CLEAR)
        return tls->nx_smtp_tls_inner->wait(transport, events, timeout_ms);
    /* Nothing tells when the peer's window opens: look again at every tick. */
    (VOID) tls_fetch(client, (events & POSTINO_EVENT_WRITE) != 0 ? 1 : _nx_smtp_transport_ticks(timeout_ms));
    return POSTINO_OK;
}

static void tls_close(struct postino_transport *transport, int graceful)
{
    NX_SMTP_CLIENT *client = (NX_SMTP_CLIENT *)transport;
    NX_SMTP_TLS *tls = transport_tls(client);

    if (graceful != 0) {
        /* It may be the packet that close_notify needs. */
        tls_release(&client->nx_smtp_client_transport);
        tls_discard(tls, NX_SMTP_CLIENT_DISCONNECT_TIMEOUT);
    }
    tls->nx_smtp_tls_inner->close(transport, graceful);
    /* Behind a reset no close_notify can be sent, which would say that all is well. */
    tls_discard(tls, NX_NO_WAIT);
    tls->nx_smtp_tls_phase = TLS_NONE;
}

static uint32_t tls_now_ms(struct postino_transport *transport)
{
    return transport_tls((NX_SMTP_CLIENT *)transport)->nx_smtp_tls_inner->now_ms(transport);
}

static const struct postino_tls_info *tls_info(struct postino_transport *transport)
{
    return &transport_tls((NX_SMTP_CLIENT *)transport)->nx_smtp_tls_info;
}

const struct postino_transport_class _nx_smtp_tls_transport = {
    .connect = tls_connect,
    .reserve = tls_reserve,
    .send = tls_send,
    .receive = tls_receive,
    .wait = tls_wait,
    .close = tls_close,
    .now_ms = tls_now_ms,
    .start_tls = tls_start_tls,
    .tls = tls_info,
};
