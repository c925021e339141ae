/* SPDX-License-Identifier: MIT */
/* The transport over a NetX Duo TCP socket. Invariant: `out` and `in` are the packets that the client
 * holds, or NULL. Every session ends with close(), which releases them. Sends never wait: two ends that
 * wait for each other's window would wait for ever. */
#define NX_SMTP_SOURCE_CODE
#include "nxd_smtp_client.h"
#include "engine/state.h"

/* The milliseconds of a tick where they are a whole number, as with 100 or 1000 ticks a second; else 0. */
#define TRANSPORT_TICK_MS ((uint32_t)(1000 % NX_IP_PERIODIC_RATE == 0 ? 1000 / NX_IP_PERIODIC_RATE : 0))

/* The longest wait in one piece: its product with the tick rate fits 32 bits. */
#define TRANSPORT_WAIT_MS 600000UL

static uint32_t transport_now_ms(struct postino_transport *transport)
{
    struct nx_smtp_transport *self = (struct nx_smtp_transport *)transport;
    ULONG now = tx_time_get();
    ULONG product;

    /* Both clocks wrap at 2^32. */
    if (TRANSPORT_TICK_MS != 0)
        return (uint32_t)now * TRANSPORT_TICK_MS;
    /* Counted in steps, for the product of all ticks since the start would not fit. */
    product = (now - self->ticks) * 1000 + self->remainder;
    self->ticks = now;
    self->milliseconds += (uint32_t)(product / NX_IP_PERIODIC_RATE);
    self->remainder = (USHORT)(product % NX_IP_PERIODIC_RATE);
    return self->milliseconds;
}

/* Rounds up, so that the limit has passed when the wait is over. */
ULONG _nx_smtp_transport_ticks(uint32_t timeout_ms)
{
    if (TRANSPORT_TICK_MS == 1)
        return timeout_ms;
    if (TRANSPORT_TICK_MS != 0)
        return timeout_ms / (TRANSPORT_TICK_MS + (TRANSPORT_TICK_MS == 0)) + 1;
    if (timeout_ms > TRANSPORT_WAIT_MS)
        timeout_ms = TRANSPORT_WAIT_MS;
    return timeout_ms * NX_IP_PERIODIC_RATE / 1000 + 1;
}

/* Releases the packet that was lent. */
static VOID transport_release(struct nx_smtp_transport *self)
{
    if (self->in != NX_NULL)
        nx_packet_release(self->in);
    self->in = NX_NULL;
}

/* Has a piece of an arrived packet at hand, waiting for it for so many ticks; the one lent before is done
 * with. */
static UINT transport_fetch(NX_SMTP_CLIENT *client, ULONG ticks)
{
    struct nx_smtp_transport *self = &client->nx_smtp_client_transport;
    UINT status;

    if (self->piece != NX_NULL)
        return NX_SUCCESS;
    transport_release(self);
    status = nx_tcp_socket_receive(&client->nx_smtp_client_socket, &self->in, ticks);
    if (status == NX_SUCCESS) {
        self->piece = self->in;
        self->shortage = 0;
    }
    return status;
}

/* Packets of the IP instance's pool that stay free: for acknowledgements, for a packet of ours, and one
 * more. */
#define TRANSPORT_SPARE_PACKETS 3

int _nx_smtp_transport_bound(const NX_SMTP_CLIENT *client, struct postino_session *session)
{
    ULONG packets = client->nx_smtp_client_socket.nx_tcp_socket_ip_ptr->nx_ip_default_packet_pool
                        ->nx_packet_pool_available;

    packets = packets > TRANSPORT_SPARE_PACKETS ? packets - TRANSPORT_SPARE_PACKETS : 1;
    session->outstanding_max = (uint8_t)(packets <= UINT8_MAX ? packets : 0);
    return packets < session->outstanding;
}

static int transport_reserve(struct postino_transport *transport, uint8_t **buffer, size_t *capacity_octets)
{
    NX_SMTP_CLIENT *client = (NX_SMTP_CLIENT *)transport;
    struct nx_smtp_transport *self = &client->nx_smtp_client_transport;
    NX_PACKET *packet;
    size_t room;

#ifndef NX_SMTP_CLIENT_LOCK_STEP
    /* Received packets come first: until the session takes them, the pool lacks them. */
    if (transport_fetch(client, NX_NO_WAIT) == NX_SUCCESS ||
        _nx_smtp_transport_bound(client, &client->nx_smtp_client_session))
        return POSTINO_AGAIN;
#endif
    /* Without a wait: the missing packets may be on their way to a server that takes none before we have
     * taken its replies. The caller waits a tick before the next try. */
    if (self->out == NX_NULL) {
        UINT status =
            nx_packet_allocate(client->nx_smtp_client_packet_pool_ptr, &self->out, NX_TCP_PACKET, NX_NO_WAIT);

        if (status == NX_NO_PACKET && self->shortage++ < NX_SMTP_CLIENT_PACKET_TIMEOUT)
            return POSTINO_AGAIN;
        if (status != NX_SUCCESS)
            return POSTINO_ERROR_BUFFER;
        self->shortage = 0;
    }
    packet = self->out;
    room = (size_t)(packet->nx_packet_data_end - packet->nx_packet_prepend_ptr);
    /* A packet above the segment size would be copied, into packets that the pool may not have. */
    if (room > self->mss)
        room = self->mss;
    *buffer = packet->nx_packet_prepend_ptr;
    *capacity_octets = room;
    return room != 0 ? POSTINO_OK : POSTINO_ERROR_BUFFER;
}

static int transport_send(struct postino_transport *transport, size_t length_octets)
{
    NX_SMTP_CLIENT *client = (NX_SMTP_CLIENT *)transport;
    struct nx_smtp_transport *self = &client->nx_smtp_client_transport;
    UINT status;

    if (length_octets != 0) {
        self->out->nx_packet_append_ptr = self->out->nx_packet_prepend_ptr + length_octets;
        self->out->nx_packet_length = (ULONG)length_octets;
    }
    status = nx_tcp_socket_send(&client->nx_smtp_client_socket, self->out, NX_NO_WAIT);
    if (status == NX_SUCCESS) {
        self->out = NX_NULL;
        transport->unsent_octets = 0;
        return POSTINO_OK;
    }
    /* The packet holds the octets that were not sent. */
    transport->unsent_octets = self->out->nx_packet_length;
    if (status == NX_WINDOW_OVERFLOW || status == NX_TX_QUEUE_DEPTH || status == NX_NO_PACKET)
        return POSTINO_AGAIN;
    return POSTINO_ERROR_SEND;
}

static int transport_receive(struct postino_transport *transport, const uint8_t **data, size_t *length_octets)
{
    NX_SMTP_CLIENT *client = (NX_SMTP_CLIENT *)transport;
    struct nx_smtp_transport *self = &client->nx_smtp_client_transport;
    UINT status = transport_fetch(client, NX_NO_WAIT);
    NX_PACKET *packet = self->piece;

    if (status != NX_SUCCESS)
        return status == NX_NO_PACKET ? POSTINO_AGAIN : POSTINO_ERROR_CLOSED;
#ifdef NX_DISABLE_PACKET_CHAIN
    self->piece = NX_NULL;
#else
    self->piece = packet->nx_packet_next;
#endif
    *data = packet->nx_packet_prepend_ptr;
    *length_octets = (size_t)(packet->nx_packet_append_ptr - packet->nx_packet_prepend_ptr);
    return POSTINO_OK;
}

static int transport_wait(struct postino_transport *transport, unsigned events, uint32_t timeout_ms)
{
    /* No callback tells that the peer's window opened: look again at every tick. receive() returns the
     * packet that this call finds. */
    transport_fetch((NX_SMTP_CLIENT *)transport,
                    (events & POSTINO_EVENT_WRITE) != 0 ? 1 : _nx_smtp_transport_ticks(timeout_ms));
    return POSTINO_OK;
}

static void transport_close(struct postino_transport *transport, int graceful)
{
    NX_SMTP_CLIENT *client = (NX_SMTP_CLIENT *)transport;
    struct nx_smtp_transport *self = &client->nx_smtp_client_transport;
    NX_TCP_SOCKET *socket = &client->nx_smtp_client_socket;

    /* Octets that were not sent may hold a password. The stack owns a packet that was sent. */
    if (self->out != NX_NULL) {
        postino_clear(self->out->nx_packet_data_start,
                      (size_t)(self->out->nx_packet_data_end - self->out->nx_packet_data_start));
        nx_packet_release(self->out);
    }
    self->out = NX_NULL;
    transport_release(self);
    self->piece = NX_NULL;
    nx_tcp_socket_disconnect(socket, graceful != 0 ? NX_SMTP_CLIENT_DISCONNECT_TIMEOUT : NX_NO_WAIT);
    nx_tcp_client_socket_unbind(socket);
}

static int transport_connect(struct postino_transport *transport, uint32_t timeout_ms)
{
    NX_SMTP_CLIENT *client = (NX_SMTP_CLIENT *)transport;
    struct nx_smtp_transport *self = &client->nx_smtp_client_transport;
    NX_TCP_SOCKET *socket = &client->nx_smtp_client_socket;
    UINT status;

    /* The limit is the option's: in ticks, as the application gave it. */
    NX_PARAMETER_NOT_USED(timeout_ms);
    status = nx_tcp_client_socket_bind(socket, NX_ANY_PORT, self->patience);
    if (status == NX_SUCCESS) {
        transport->unsent_octets = 0;
        self->shortage = 0;
        status = nxd_tcp_client_socket_connect(socket, &client->nx_smtp_client_server_address,
                                               client->nx_smtp_client_server_port, self->patience);
        if (status == NX_SUCCESS) {
            nx_tcp_socket_mss_get(socket, &self->mss);
            return POSTINO_OK;
        }
        transport_close(transport, 0);
    }
    self->status = (USHORT)status;
    return POSTINO_ERROR_CONNECT;
}

const struct postino_transport_class _nx_smtp_transport = {
    .connect = transport_connect,
    .reserve = transport_reserve,
    .send = transport_send,
    .receive = transport_receive,
    .wait = transport_wait,
    .close = transport_close,
    .now_ms = transport_now_ms,
};
