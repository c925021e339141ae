/* SPDX-License-Identifier: MIT */
/* Replies of proxies of any octets, compared with parsers of whole replies. The first octet chooses protocol
 * and login, the second the pieces; the others are all that the proxy and the server send. They may be digits
 * that stand for the octets of SOCKS5, so that a file of text has some. */
#include "fuzz.h"

#include "postino/proxy.h"

struct wire {
    struct postino_transport transport;
    const uint8_t *data;
    size_t length;
    uint32_t noise;
    int single; /* octet by octet: none follows a reply too early */
    uint8_t *piece;
    uint8_t room[64];
};

static struct wire *wire_of(struct postino_transport *transport)
{
    return (struct wire *)transport;
}

static int wire_connect(struct postino_transport *transport, uint32_t timeout_ms)
{
    (void)transport;
    (void)timeout_ms;
    return 0;
}

static int wire_reserve(struct postino_transport *transport, uint8_t **buffer, size_t *capacity_octets)
{
    *buffer = wire_of(transport)->room;
    *capacity_octets = sizeof wire_of(transport)->room;
    return 0;
}

static int wire_send(struct postino_transport *transport, size_t length_octets)
{
    FUZZ_CHECK(length_octets != 0 && length_octets <= sizeof wire_of(transport)->room);
    return 0;
}

static int wire_receive(struct postino_transport *transport, const uint8_t **data, size_t *length_octets)
{
    struct wire *wire = wire_of(transport);

    if (wire->length == 0)
        return POSTINO_ERROR_CLOSED;
    free(wire->piece);
    *length_octets = wire->single ? 1 : fuzz_length(&wire->noise, wire->length);
    wire->piece = fuzz_copy(wire->data, *length_octets);
    *data = wire->piece;
    wire->data += *length_octets;
    wire->length -= *length_octets;
    return 0;
}

static int wire_wait(struct postino_transport *transport, unsigned events, uint32_t timeout_ms)
{
    (void)transport;
    (void)events;
    (void)timeout_ms;
    return 0;
}

static void wire_close(struct postino_transport *transport, int graceful)
{
    (void)transport;
    (void)graceful;
}

static uint32_t wire_now_ms(struct postino_transport *transport)
{
    (void)transport;
    return 0;
}

static const struct postino_transport_class wire_methods = {
    .connect = wire_connect,
    .reserve = wire_reserve,
    .send = wire_send,
    .receive = wire_receive,
    .wait = wire_wait,
    .close = wire_close,
    .now_ms = wire_now_ms,
};

/* Where the server's octets begin; 0: the proxy does not connect. */
static size_t reference_socks5(const uint8_t *data, size_t length, int login)
{
    size_t at = 2;
    size_t address;

    if (length < 2 || data[0] != 5 || (data[1] != 0 && (data[1] != 2 || !login)))
        return 0;
    if (data[1] == 2) {
        if (length < 4 || data[2] != 1 || data[3] != 0)
            return 0;
        at = 4;
    }
    if (length < at + 5 || data[at] != 5 || data[at + 1] != 0)
        return 0;
    address = data[at + 3] == 1 ? 4 : data[at + 3] == 4 ? 16 : data[at + 3] == 3 ? 1u + data[at + 4] : 0;
    at += 4 + address + 2;
    return address != 0 && length >= at ? at : 0;
}

static int is_digit(unsigned octet)
{
    return octet >= '0' && octet <= '9';
}

static size_t reference_http(const uint8_t *data, size_t length)
{
    size_t at = 0;

    length = length < POSTINO_PROXY_REPLY_OCTETS_MAX ? length : POSTINO_PROXY_REPLY_OCTETS_MAX;
    for (;;) {
        const uint8_t *line = data + at;
        const uint8_t *end = memchr(line, '\n', length - at);
        int again;

        if (end == NULL || end - line < 12 || memcmp(line, "HTTP/1.", 7) != 0 || !is_digit(line[7]) ||
            line[8] != ' ' || !is_digit(line[9]) || !is_digit(line[10]) || !is_digit(line[11]) ||
            (line[12] != ' ' && line[12] != '\r' && line[12] != '\n'))
            return 0;
        again = line[9] == '1' && memcmp(line + 9, "101", 3) != 0;
        if (!again && line[9] != '2')
            return 0;
        do {
            at = (size_t)(end - data) + 1;
            line = data + at;
            end = memchr(line, '\n', length - at);
            if (end == NULL)
                return 0;
        } while (end != line && !(end == line + 1 && *line == '\r'));
        at = (size_t)(end - data) + 1;
        if (!again)
            return at;
    }
}

/* Receives what is left, which is the server's. */
static void expect(struct postino_transport *transport, const uint8_t *data, size_t length)
{
    const uint8_t *piece;
    size_t octets;

    while (transport->methods->receive(transport, &piece, &octets) == 0) {
        FUZZ_CHECK(octets != 0 && octets <= length && memcmp(piece, data, octets) == 0);
        data += octets;
        length -= octets;
    }
    FUZZ_CHECK(length == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wire wire = {{&wire_methods, 0, 0, 0}, NULL, 0, 0, 0, NULL, {0}};
    struct postino_proxy_config config = {&postino_proxy_socks5, "mail.test", 25, NULL, NULL};
    struct postino_proxy proxy;
    uint8_t *octets;
    size_t server;
    size_t i;
    int error;

    if (size < 2) {
        return 0;
    }
    if ((data[0] & 1) != 0)
        config.protocol = &postino_proxy_http;
    if ((data[0] & 2) != 0)
        config.user = config.password = "secret";
    wire.noise = data[1];
    wire.single = (data[0] & 8) != 0;
    size -= 2;
    octets = fuzz_copy(data + 2, size);
    if ((data[0] & 4) != 0)
        for (i = 0; i < size; i++)
            octets[i] = octets[i] ^ '0';
    data = octets;
    wire.data = data;
    wire.length = size;
    server = config.protocol == &postino_proxy_http ? reference_http(data, size)
                                                    : reference_socks5(data, size, config.user != NULL);
    FUZZ_CHECK(postino_proxy_init(&proxy, &wire.transport, &config) == 0);
    error = proxy.transport.methods->connect(&proxy.transport, 1000);
    FUZZ_CHECK(memchr(proxy.text, '\0', sizeof proxy.text) != NULL);
    FUZZ_CHECK((error == 0) == (proxy.text[0] == '\0'));
    /* Octets behind a reply of SOCKS5 that the next request must answer are an error of their own. */
    if (error == POSTINO_ERROR_PROXY_REPLY && strstr(proxy.text, "octets follow") != NULL)
        server = 0;
    FUZZ_CHECK((error == 0) == (server != 0));
    if (error == 0)
        expect(&proxy.transport, data + server, size - server);
    proxy.transport.methods->close(&proxy.transport, 0);
    free(wire.piece);
    free(octets);
    return 0;
}
