/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_PROXY_H
#define POSTINO_PROXY_H

#include "postino/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A way to the server through a proxy: a transport over another transport, without heap, clock or I/O of its
 * own. The inner transport connects to the proxy. connect() then asks the proxy for a connection to the
 * server. Afterwards all octets pass through unchanged.
 *
 * TLS with the server stands above the proxy: postino_tls_openssl_init(&tls, &proxy.transport, &config). The
 * proxy transport itself has no TLS. Where the inner transport speaks TLS with the proxy, this TLS ends at
 * the proxy: it protects the proxy's password, and counts as none for the session. */

/* The longest user name and password of SOCKS5 (RFC 1929), and of HTTP. */
#define POSTINO_PROXY_SOCKS5_OCTETS_MAX 255
#define POSTINO_PROXY_HTTP_OCTETS_MAX   4096
/* The longest name of a server. */
#define POSTINO_PROXY_HOST_OCTETS_MAX   255
/* A reply of an HTTP proxy ends after so many octets, interim replies (1xx) included. */
#define POSTINO_PROXY_REPLY_OCTETS_MAX  8192
/* The text about a failure, with its zero. */
#define POSTINO_PROXY_TEXT_OCTETS       200
/* Octets of the server that arrive with the proxy's reply are kept here if the caller sends before it
 * receives, as implicit TLS does. An SMTP client receives first and needs no room. */
#define POSTINO_PROXY_KEPT_OCTETS       128

/* The protocol of a proxy. A build carries the protocols that it names. */
struct postino_proxy_protocol;
/* SOCKS5 (RFC 1928), without login or with user name and password (RFC 1929). */
extern const struct postino_proxy_protocol postino_proxy_socks5;
/* The CONNECT method of HTTP/1.1 (RFC 9110 section 9.3.6), without login or with Basic (RFC 7617). Proxies of
 * HTTP/1.0 are served too. */
extern const struct postino_proxy_protocol postino_proxy_http;

/* Start from {0}. The transport borrows the object and its strings. They may change while the transport is
 * closed. */
struct postino_proxy_config {
    const struct postino_proxy_protocol *protocol;
    /* The server: a domain name in ASCII, which the proxy resolves, or an IPv4 or IPv6 address, without
     * brackets. */
    const char *host;
    uint16_t port; /* of the server: 1 to 65535 */
    /* The login at the proxy; both NULL: none. An empty string is a value. Octets above 127 go out as they
     * are: UTF-8 is usual. Control characters are refused, and with HTTP a colon in the user name. */
    const char *user;
    const char *password;
};

struct postino_proxy {
    struct postino_transport transport;
    /* The particulars of the last connect() that failed: protocol and step, the proxy's reply, advice.
     * Characters of the proxy's that are not printable ASCII are shown as '?'. Never holds user name or
     * password. Empty: nothing failed. */
    char text[POSTINO_PROXY_TEXT_OCTETS];
    /* The reply that refused: an HTTP status (403), or the octet of SOCKS5; 0: there is none. */
    uint16_t reply_code;
    /* private */
    uint8_t step;
    uint8_t state;         /* HTTP: in the reply */
    uint16_t awaited;      /* SOCKS5: octets of the reply that are still to come */
    uint16_t position;     /* SOCKS5: in the reply; HTTP: in its status line */
    uint16_t reply_octets; /* HTTP: of the whole reply so far */
    uint16_t text_octets;  /* in use */
    size_t lent_octets;    /* arrived with the proxy's reply, and not received by the caller yet */
    const uint8_t *lent;
    struct postino_transport *inner;
    const struct postino_proxy_config *config;
    uint8_t kept[POSTINO_PROXY_KEPT_OCTETS];
};

/* Prepares a closed transport: use &proxy->transport in place of `inner`. `inner` connects to the proxy's own
 * host and port. Both pointers are borrowed as long as the transport is used. May be called at any time, from
 * any thread, on an object that no client uses.
 *
 * Returns 0 or an error:
 * - POSTINO_ERROR_ARGUMENT: a pointer is NULL, the port is 0, or one of user and password is there alone;
 * - POSTINO_ERROR_OBJECT_SIZE: caller and library were compiled with different options;
 * - POSTINO_ERROR_PROXY_HOST: the server's name cannot be sent;
 * - POSTINO_ERROR_PROXY_CREDENTIALS: user name or password cannot be sent.
 * connect() checks the configuration again, because it may have changed.
 *
 * connect() takes at most its time limit, the inner transport's part included. It returns what the inner
 * transport's calls return, and besides:
 * - POSTINO_ERROR_PROXY_AUTHENTICATION: the proxy wants a login that is missing, or refused it (407, 401);
 * - POSTINO_ERROR_PROXY_REFUSED: the proxy does not make this connection (403, SOCKS5 2): do not retry;
 * - POSTINO_ERROR_PROXY_UNREACHABLE: the proxy did not reach the server (502, SOCKS5 1, 3 to 6): retry later;
 * - POSTINO_ERROR_PROXY_REPLY: the proxy's reply is malformed, too long or cut off: check protocol and port;
 * - POSTINO_ERROR_CONNECT_TIMEOUT: the proxy did not answer in time, or wait() returned POSTINO_AGAIN.
 * After any of them nothing is open and no octet of a mail was sent. proxy->text says more. */
#define postino_proxy_init(proxy, inner, config) \
    postino_proxy_init_sized((proxy), sizeof *(proxy), (inner), (config))
int postino_proxy_init_sized(struct postino_proxy *proxy, size_t proxy_octets,
                             struct postino_transport *inner, const struct postino_proxy_config *config);

#ifdef __cplusplus
}
#endif

#endif
