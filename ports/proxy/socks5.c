/* SPDX-License-Identifier: MIT */
/* SOCKS5: RFC 1928, user name and password by RFC 1929. Invariant: a reply is read only as far as its own
 * length, so octets of the server behind it stay. */
#include "proxy.h"

#include <string.h>

#define SOCKS5_VERSION       5
#define SOCKS5_LOGIN_VERSION 1

enum socks5_method {
    SOCKS5_METHOD_NONE = 0,
    SOCKS5_METHOD_PASSWORD = 2,
    SOCKS5_METHOD_REFUSED = 255
};

enum socks5_address {
    SOCKS5_ADDRESS_IPV4 = 1,
    SOCKS5_ADDRESS_NAME = 3,
    SOCKS5_ADDRESS_IPV6 = 4
};

static int socks5_check(const struct postino_proxy_config *config)
{
    size_t user_octets = strlen(config->user);

    /* RFC 1929 section 2. It wants one octet of a password at least; proxies that take a token as the user
     * name take none. */
    return user_octets == 0 || user_octets > POSTINO_PROXY_SOCKS5_OCTETS_MAX ||
                   strlen(config->password) > POSTINO_PROXY_SOCKS5_OCTETS_MAX
               ? POSTINO_ERROR_PROXY_CREDENTIALS
               : POSTINO_OK;
}

static void socks5_write_counted(struct proxy_writer *writer, const char *text)
{
    proxy_write_octet(writer, (unsigned)strlen(text));
    proxy_write_text(writer, text);
}

static void socks5_write_connect(struct proxy_writer *writer, const struct postino_proxy_config *config)
{
    uint8_t address[16];

    proxy_write(writer, "\005\001\000", 3);
    if (proxy_ipv4(config->host, address)) {
        proxy_write_octet(writer, SOCKS5_ADDRESS_IPV4);
        proxy_write(writer, address, 4);
    } else if (proxy_ipv6(config->host, address)) {
        proxy_write_octet(writer, SOCKS5_ADDRESS_IPV6);
        proxy_write(writer, address, 16);
    } else {
        proxy_write_octet(writer, SOCKS5_ADDRESS_NAME);
        socks5_write_counted(writer, config->host);
    }
    proxy_write_octet(writer, config->port >> 8);
    proxy_write_octet(writer, config->port & 0xffu);
}

static void socks5_request(struct postino_proxy *proxy, struct proxy_writer *writer)
{
    const struct postino_proxy_config *config = proxy->config;

    proxy->position = 0;
    switch (proxy->step) {
    case PROXY_STEP_METHODS:
        /* A proxy that needs no login may say so, and gets no password then. */
        if (config->user != NULL)
            proxy_write(writer, "\005\002\000\002", 4);
        else
            proxy_write(writer, "\005\001\000", 3);
        break;
    case PROXY_STEP_LOGIN:
        proxy_write_octet(writer, SOCKS5_LOGIN_VERSION);
        socks5_write_counted(writer, config->user);
        socks5_write_counted(writer, config->password);
        break;
    default:
        socks5_write_connect(writer, config);
        break;
    }
}

static int socks5_next(struct postino_proxy *proxy, unsigned step)
{
    proxy->step = (uint8_t)step;
    return PROXY_NEXT;
}

static int socks5_methods_reply(struct postino_proxy *proxy, unsigned method)
{
    int has_login = proxy->config->user != NULL;

    if (method == SOCKS5_METHOD_NONE)
        return socks5_next(proxy, PROXY_STEP_CONNECT);
    if (method == SOCKS5_METHOD_PASSWORD && has_login)
        return socks5_next(proxy, PROXY_STEP_LOGIN);
    proxy->reply_code = (uint16_t)method;
    if (method != SOCKS5_METHOD_REFUSED)
        return proxy_fail(proxy, POSTINO_ERROR_PROXY_REPLY, "the proxy chose a login that was not offered");
    return proxy_fail(proxy, POSTINO_ERROR_PROXY_AUTHENTICATION,
                      has_login ? "the proxy takes neither a user name with password nor no login"
                                : "the proxy wants a login: give user name and password");
}

static int socks5_login_reply(struct postino_proxy *proxy, unsigned status)
{
    if (status == 0)
        return socks5_next(proxy, PROXY_STEP_CONNECT);
    proxy->reply_code = (uint16_t)status;
    return proxy_fail(proxy, POSTINO_ERROR_PROXY_AUTHENTICATION,
                      "the proxy refused user name and password: check both");
}

/* RFC 1928 section 6. */
static int socks5_refused(struct postino_proxy *proxy, unsigned reply)
{
    static const char *const texts[] = {
        [1] = "the proxy failed: the server's name may be unknown to it; try again later",
        [2] = "the proxy's rules forbid this server or port",
        [3] = "the proxy cannot reach the server's network: try again later",
        [4] = "the proxy cannot reach the server: check its name, or try again later",
        [5] = "the server refused the connection: check its port",
        [6] = "the server is too far away, or does not answer: try again later",
        [7] = "the proxy does not make connections",
        [8] = "the proxy does not know this kind of address: give another one, or a name",
    };

    proxy->reply_code = (uint16_t)reply;
    proxy_text_begin(proxy);
    proxy_text(proxy, "reply ");
    proxy_text_number(proxy, reply);
    proxy_text(proxy, ": ");
    proxy_text(proxy, reply < sizeof texts / sizeof texts[0] ? texts[reply] : "RFC 1928 has no such reply");
    return reply == 2 || reply > 6 ? POSTINO_ERROR_PROXY_REFUSED : POSTINO_ERROR_PROXY_UNREACHABLE;
}

/* The reply to CONNECT: version, reply, zero, kind of address, address and port. */
static int socks5_connect_reply(struct postino_proxy *proxy, unsigned octet)
{
    switch (proxy->position) {
    case 1:
        return octet != 0 ? socks5_refused(proxy, octet) : PROXY_MORE;
    case 2:
        return PROXY_MORE;
    case 3:
        if (octet == SOCKS5_ADDRESS_IPV4)
            proxy->awaited = 4 + 2;
        else if (octet == SOCKS5_ADDRESS_IPV6)
            proxy->awaited = 16 + 2;
        else if (octet != SOCKS5_ADDRESS_NAME)
            return proxy_fail(proxy, POSTINO_ERROR_PROXY_REPLY, "the proxy's address is of no known kind");
        else
            proxy->awaited = 0; /* the next octet is the length */
        return PROXY_MORE;
    case 4:
        if (proxy->awaited == 0) {
            proxy->awaited = (uint16_t)(octet + 2);
            return PROXY_MORE;
        }
        break;
    default:
        break;
    }
    return --proxy->awaited == 0 ? PROXY_DONE : PROXY_MORE;
}

static int socks5_reply(struct postino_proxy *proxy, unsigned octet)
{
    unsigned version = proxy->step == PROXY_STEP_LOGIN ? SOCKS5_LOGIN_VERSION : SOCKS5_VERSION;
    int status;

    if (proxy->position == 0) {
        proxy->position = 1;
        return octet == version
                   ? PROXY_MORE
                   : proxy_fail(proxy, POSTINO_ERROR_PROXY_REPLY,
                                "the reply is none of SOCKS5: check the proxy's protocol and port");
    }
    if (proxy->step == PROXY_STEP_METHODS)
        return socks5_methods_reply(proxy, octet);
    if (proxy->step == PROXY_STEP_LOGIN)
        return socks5_login_reply(proxy, octet);
    status = socks5_connect_reply(proxy, octet);
    proxy->position++;
    return status;
}

const struct postino_proxy_protocol postino_proxy_socks5 = {"SOCKS5", PROXY_STEP_METHODS, socks5_check,
                                                            socks5_request, socks5_reply};
