/* SPDX-License-Identifier: MIT */
/* CONNECT of HTTP/1.1: RFC 9110 section 9.3.6, RFC 9112, Basic by RFC 7617. Invariants: of the reply only the
 * status line is kept, as text. The octet behind the empty line is the server's, whatever the header says
 * about a content. */
#include "proxy.h"

#include <string.h>

#include "text/text.h"

/* In the status line "HTTP/1.1 200 OK". */
#define HTTP_VERSION_AT 7
#define HTTP_STATUS_AT  9
#define HTTP_REASON_AT  12

/* The status line's part of the text; advice follows. */
#define HTTP_TEXT_OCTETS 110

enum http_state {
    HTTP_STATUS_LINE,
    HTTP_LINE_START,
    HTTP_LINE_START_CR, /* a CR begins the line: with LF it ends the header */
    HTTP_LINE
};

static int http_check(const struct postino_proxy_config *config)
{
    /* RFC 7617 section 2: a colon ends the user name. */
    return strlen(config->user) > POSTINO_PROXY_HTTP_OCTETS_MAX ||
                   strlen(config->password) > POSTINO_PROXY_HTTP_OCTETS_MAX ||
                   memchr(config->user, ':', strlen(config->user)) != NULL
               ? POSTINO_ERROR_PROXY_CREDENTIALS
               : POSTINO_OK;
}

static void http_write_server(struct proxy_writer *writer, const struct postino_proxy_config *config)
{
    char port[PROXY_NUMBER_OCTETS];
    int is_ipv6 = memchr(config->host, ':', strlen(config->host)) != NULL;

    proxy_number(port, config->port);
    proxy_write_text(writer, is_ipv6 ? "[" : "");
    proxy_write_text(writer, config->host);
    proxy_write_text(writer, is_ipv6 ? "]:" : ":");
    proxy_write_text(writer, port);
}

/* The octet at `at` of "user:password". */
static unsigned http_login_octet(const struct postino_proxy_config *config, size_t user_octets, size_t at)
{
    if (at == user_octets)
        return ':';
    return (unsigned char)(at < user_octets ? config->user[at] : config->password[at - user_octets - 1]);
}

/* Writes "user:password" in base64. */
static void http_write_basic(struct proxy_writer *writer, const struct postino_proxy_config *config)
{
    size_t user_octets = strlen(config->user);
    size_t octets = user_octets + 1 + strlen(config->password);
    uint32_t group = 0;
    unsigned bits = 0;
    size_t i;

    for (i = 0; i < octets; i++) {
        group = group << 8 | http_login_octet(config, user_octets, i);
        for (bits += 8; bits >= 6; bits -= 6)
            proxy_write_octet(writer, postino_base64_digit((unsigned)(group >> (bits - 6))));
    }
    if (bits != 0)
        proxy_write_octet(writer, postino_base64_digit((unsigned)(group << (6 - bits))));
    proxy_write_text(writer, bits == 2 ? "==" : bits == 4 ? "=" : "");
}

static void http_request(struct postino_proxy *proxy, struct proxy_writer *writer)
{
    const struct postino_proxy_config *config = proxy->config;

    proxy->state = HTTP_STATUS_LINE;
    proxy->position = 0;
    proxy->reply_octets = 0;
    proxy_write_text(writer, "CONNECT ");
    http_write_server(writer, config);
    proxy_write_text(writer, " HTTP/1.1\r\nHost: ");
    http_write_server(writer, config);
    if (config->user != NULL) {
        proxy_write_text(writer, "\r\nProxy-Authorization: Basic ");
        http_write_basic(writer, config);
    }
    proxy_write_text(writer, "\r\n\r\n");
}

/* A final reply other than 2xx. The text has the status line already. */
static int http_refused(struct postino_proxy *proxy)
{
    unsigned status = proxy->reply_code;
    int error = POSTINO_ERROR_PROXY_REFUSED;
    const char *advice = "the proxy refuses this connection";

    /* tinyproxy answers 401 to a wrong password, though 407 is the proxy's (RFC 9110 section 15.5.8). */
    if (status == 407 || status == 401) {
        error = POSTINO_ERROR_PROXY_AUTHENTICATION;
        advice = proxy->config->user != NULL ? "it refused user name and password (Basic): check both"
                                             : "it wants a login: give user name and password";
    } else if (status == 403) {
        advice = "the proxy's rules forbid this server or port";
    } else if (status == 400 || status == 405 || status == 501 || status == 505) {
        advice = "it does not make connections: check the proxy's host and port";
    } else if (status == 408 || status == 429 || status / 100 == 5) {
        error = POSTINO_ERROR_PROXY_UNREACHABLE;
        advice = "check the server's name and port, or try again later";
    }
    proxy_text(proxy, "\": ");
    proxy_text(proxy, advice);
    return error;
}

static int http_malformed(struct postino_proxy *proxy)
{
    proxy->reply_code = 0;
    return proxy_fail(proxy, POSTINO_ERROR_PROXY_REPLY,
                      "the reply is none of HTTP/1: check the proxy's protocol and port");
}

/* The status line ends. Interim replies (RFC 9110 section 15.2) decide nothing, except 101, which changes the
 * protocol. */
static int http_status(struct postino_proxy *proxy)
{
    unsigned status = proxy->reply_code;

    if (proxy->position < HTTP_REASON_AT || status < 100)
        return http_malformed(proxy);
    proxy->state = HTTP_LINE_START;
    return status / 100 == 2 || (status / 100 == 1 && status != 101) ? PROXY_MORE : http_refused(proxy);
}

static int http_status_line(struct postino_proxy *proxy, unsigned octet)
{
    static const char version[] = {'H', 'T', 'T', 'P', '/', '1', '.'};
    unsigned at = proxy->position;
    int is_digit = octet - '0' < 10;
    int fits;

    if (octet == '\n')
        return http_status(proxy);
    if (at == 0) {
        proxy->reply_code = 0;
        proxy_text_begin(proxy);
        proxy_text(proxy, "\"");
    }
    if (octet != '\r' && proxy->text_octets < HTTP_TEXT_OCTETS)
        proxy_text_octet(proxy, octet);
    if (at < HTTP_VERSION_AT)
        fits = octet == (unsigned char)version[at];
    else if (at == HTTP_VERSION_AT)
        fits = is_digit;
    else if (at < HTTP_STATUS_AT)
        fits = octet == ' ';
    else if (at < HTTP_REASON_AT)
        fits = is_digit;
    else
        fits = at > HTTP_REASON_AT || octet == ' ' || octet == '\r';
    if (!fits)
        return http_malformed(proxy);
    if (at >= HTTP_STATUS_AT && at < HTTP_REASON_AT)
        proxy->reply_code = (uint16_t)(proxy->reply_code * 10 + (octet - '0'));
    proxy->position++;
    return PROXY_MORE;
}

/* The empty line behind the header. */
static int http_header_end(struct postino_proxy *proxy)
{
    if (proxy->reply_code / 100 == 2) {
        proxy->reply_code = 0;
        return PROXY_DONE;
    }
    proxy->state = HTTP_STATUS_LINE;
    proxy->position = 0;
    return PROXY_MORE;
}

static int http_reply(struct postino_proxy *proxy, unsigned octet)
{
    if (++proxy->reply_octets > POSTINO_PROXY_REPLY_OCTETS_MAX) {
        proxy->reply_code = 0;
        return proxy_fail(proxy, POSTINO_ERROR_PROXY_REPLY,
                          "the reply is longer than 8192 octets: is it a proxy of HTTP?");
    }
    if (proxy->state == HTTP_STATUS_LINE)
        return http_status_line(proxy, octet);
    /* A lone LF ends a line too: RFC 9112 section 2.2. */
    if (octet == '\n' && proxy->state != HTTP_LINE)
        return http_header_end(proxy);
    if (octet == '\n')
        proxy->state = HTTP_LINE_START;
    else
        proxy->state = octet == '\r' && proxy->state == HTTP_LINE_START ? HTTP_LINE_START_CR : HTTP_LINE;
    return PROXY_MORE;
}

const struct postino_proxy_protocol postino_proxy_http = {"HTTP", PROXY_STEP_CONNECT, http_check,
                                                          http_request, http_reply};
