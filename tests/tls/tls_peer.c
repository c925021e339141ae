/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700
#include "tls_peer.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PORTION_MS 20U

static struct tls_peer *peer_of(struct postino_transport *transport)
{
    return (struct tls_peer *)transport;
}

static void peer_say(struct tls_peer *peer, const char *text)
{
    size_t length;

    if (peer->encrypted)
        (void)SSL_write_ex(peer->server, text, strlen(text), &length);
    else
        (void)BIO_write_ex(peer->leaving, text, strlen(text), &length);
}

static void peer_answer(struct tls_peer *peer)
{
    const char *line = peer->line;

    if (peer->heard != NULL)
        peer->heard(peer, line);
    if (peer->in_message) {
        peer->in_message = strcmp(line, ".") != 0;
        peer->messages += !peer->in_message;
        if (!peer->in_message)
            peer_say(peer, "250 taken\r\n");
    } else if (strncmp(line, "EHLO ", 5) == 0) {
        peer_say(peer, peer->starttls && !peer->encrypted ? "250-peer\r\n250 STARTTLS\r\n"
                                                          : "250-peer\r\n250 AUTH PLAIN\r\n");
    } else if (strncmp(line, "MAIL ", 5) == 0 && peer->flood != NULL) {
        peer->flooding = 1;
    } else if (strcmp(line, "STARTTLS") == 0) {
        peer_say(peer, "220 go\r\n");
        peer->encrypted = 1;
    } else if (strncmp(line, "AUTH PLAIN ", 11) == 0) {
        peer->authenticated = 1;
        peer_say(peer, "235 welcome, code word Zimbelstern\r\n");
    } else if (strcmp(line, "DATA") == 0) {
        peer->in_message = 1;
        peer_say(peer, "354 go\r\n");
    } else {
        peer_say(peer, strcmp(line, "QUIT") == 0 ? "221 bye\r\n" : "250 ok\r\n");
    }
}

static void peer_take(struct tls_peer *peer, const char *octets, size_t length)
{
    for (; length != 0; length--, octets++) {
        if (peer->line_octets == sizeof peer->line)
            abort();
        peer->line[peer->line_octets++] = *octets;
        if (*octets != '\n')
            continue;
        peer->line[peer->line_octets - 2] = '\0';
        peer->line_octets = 0;
        peer_answer(peer);
    }
}

static void peer_run_tls(struct tls_peer *peer)
{
    char octets[1000];
    size_t length;

    if (peer->chatter != NULL) {
        (void)BIO_reset(peer->arrived);
        return;
    }
    if (!SSL_is_init_finished(peer->server)) {
        if (SSL_accept(peer->server) != 1)
            return;
        if (!peer->starttls)
            peer_say(peer, "220 peer\r\n");
    }
    while (SSL_read_ex(peer->server, octets, sizeof octets, &length) == 1)
        peer_take(peer, octets, length);
}

/* Does what can be done with what arrived. */
static void peer_run(struct tls_peer *peer)
{
    char octets[1000];
    size_t length;

    if (peer->flooding) {
        (void)BIO_reset(peer->arrived);
        return;
    }
    while (!peer->encrypted && BIO_read_ex(peer->arrived, octets, sizeof octets, &length) == 1)
        peer_take(peer, octets, length);
    if (peer->encrypted)
        peer_run_tls(peer);
    /* The client has the same thread, and its queue of errors. */
    ERR_clear_error();
}

static void peer_close(struct postino_transport *transport, int graceful)
{
    struct tls_peer *peer = peer_of(transport);

    (void)graceful;
    SSL_free(peer->server);
    peer->server = NULL;
}

static int peer_connect(struct postino_transport *transport, uint32_t timeout_ms)
{
    struct tls_peer *peer = peer_of(transport);

    (void)timeout_ms;
    peer->server = SSL_new(peer->context);
    peer->arrived = BIO_new(BIO_s_mem());
    peer->leaving = BIO_new(BIO_s_mem());
    if (peer->server == NULL || peer->arrived == NULL || peer->leaving == NULL)
        abort();
    BIO_set_mem_eof_return(peer->arrived, -1);
    SSL_set_bio(peer->server, peer->arrived, peer->leaving);
    if (peer->version != 0 && SSL_set_max_proto_version(peer->server, peer->version) != 1)
        abort();
    peer->flooding = 0;
    peer->flooded_ms = 0;
    peer->asked = 0;
    peer->connections++;
    peer->taken_octets = 0;
    peer->authenticated = 0;
    peer->line_octets = 0;
    peer->in_message = 0;
    peer->encrypted = !peer->starttls;
    transport->unsent_octets = 0;
    if (peer->starttls)
        peer_say(peer, "220 peer\r\n");
    return 0;
}

static int peer_reserve(struct postino_transport *transport, uint8_t **buffer, size_t *capacity_octets)
{
    struct tls_peer *peer = peer_of(transport);

    if (transport->unsent_octets != 0)
        abort();
    *buffer = peer->send_buffer;
    *capacity_octets = sizeof peer->send_buffer;
    return 0;
}

static int peer_send(struct postino_transport *transport, size_t length_octets)
{
    struct tls_peer *peer = peer_of(transport);
    size_t room = peer->take_octets - peer->taken_octets;
    size_t length;

    if (length_octets != 0) {
        peer->offset_octets = 0;
        transport->unsent_octets = length_octets;
    }
    length = transport->unsent_octets < room ? transport->unsent_octets : room;
    if (peer->most_octets != 0 && length > peer->most_octets)
        length = peer->most_octets;
    if (length != 0 &&
        BIO_write_ex(peer->arrived, peer->send_buffer + peer->offset_octets, length, &length) != 1)
        abort();
    peer->asked = 1;
    peer->offset_octets += length;
    peer->taken_octets += length;
    if (length != 0)
        peer->taken_ms = peer->now_ms;
    transport->unsent_octets -= length;
    peer_run(peer);
    if (transport->unsent_octets == 0)
        return 0;
    return peer->breaks && length == room ? POSTINO_ERROR_SEND : POSTINO_AGAIN;
}

static size_t peer_lends(const struct tls_peer *peer)
{
    return peer->lend_octets != 0 ? peer->lend_octets : 300;
}

/* Has a portion ready. */
static void peer_flood(struct tls_peer *peer)
{
    size_t length;

    while (peer->chatter != NULL && BIO_ctrl_pending(peer->leaving) < peer_lends(peer)) {
        if (BIO_write_ex(peer->leaving, peer->chatter, peer->chatter_octets, &length) != 1)
            abort();
    }
    if (peer->chatter != NULL)
        peer->now_ms += PORTION_MS;
    if (!peer->flooding || peer->flooded_ms >= peer->flood_ms)
        return;
    peer->flooded_ms += PORTION_MS;
    peer->now_ms += PORTION_MS;
    while (BIO_ctrl_pending(peer->leaving) < peer_lends(peer)) {
        if (peer->flood(peer->server) != 1)
            abort();
    }
}

static int peer_receive(struct postino_transport *transport, const uint8_t **data, size_t *length_octets)
{
    struct tls_peer *peer = peer_of(transport);

    if (peer->asked && peer->held_up_ms != 0) {
        peer->now_ms += peer->held_up_ms;
        peer->asked = 0;
        return POSTINO_AGAIN;
    }
    peer_flood(peer);
    *data = peer->receive_buffer;
    if (BIO_read_ex(peer->leaving, peer->receive_buffer, peer_lends(peer), length_octets) == 1)
        return 0;
    if (peer->receive_error != 0)
        return peer->receive_error;
    return peer->breaks && peer->taken_octets == peer->take_octets ? POSTINO_ERROR_CLOSED : POSTINO_AGAIN;
}

/* Its DER. Returns 0, or -1: there is no room for it. */
static int peer_der(struct tls_peer *peer, const X509 *certificate)
{
    uint8_t *end = peer->der;
    int octets = i2d_X509(certificate, NULL);

    if (octets < 0 || (size_t)octets > sizeof peer->der)
        return -1;
    peer->der_octets = (size_t)i2d_X509(certificate, &end);
    return 0;
}

/* No other thread runs, so octets that are not there now never come. */
static int peer_wait(struct postino_transport *transport, unsigned events, uint32_t timeout_ms)
{
    struct tls_peer *peer = peer_of(transport);

    if (((events & POSTINO_EVENT_READ) == 0 || BIO_ctrl_pending(peer->leaving) == 0) &&
        ((events & POSTINO_EVENT_WRITE) == 0 || peer->taken_octets == peer->take_octets))
        peer->now_ms += timeout_ms;
    else if ((events & POSTINO_EVENT_WRITE) != 0)
        peer->now_ms += peer->slow_ms < timeout_ms ? peer->slow_ms : timeout_ms;
    peer->asked = 0;
    return 0;
}

static uint32_t peer_now_ms(struct postino_transport *transport)
{
    return peer_of(transport)->now_ms;
}

static const struct postino_transport_class peer_methods = {
    .connect = peer_connect,
    .reserve = peer_reserve,
    .send = peer_send,
    .receive = peer_receive,
    .wait = peer_wait,
    .close = peer_close,
    .now_ms = peer_now_ms,
};

static int peer_has_name(X509 *certificate)
{
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, "DNS:peer.example");
    int done = names != NULL && X509_add_ext(certificate, names, -1) == 1;

    X509_EXTENSION_free(names);
    return done;
}

static int peer_write_certificate(struct tls_peer *peer, X509 *certificate, EVP_PKEY *key)
{
    FILE *file;
    int handle;
    int done;

    (void)snprintf(peer->certificate_file, sizeof peer->certificate_file, "%s/postino-tls-XXXXXX", P_tmpdir);
    handle = mkstemp(peer->certificate_file);
    file = handle >= 0 ? fdopen(handle, "w") : NULL;
    done = file != NULL && PEM_write_X509(file, certificate) == 1 &&
           PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1;
    return file != NULL && fclose(file) == 0 && done;
}

static X509 *peer_certificate(EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    X509_NAME *name = certificate != NULL ? X509_get_subject_name(certificate) : NULL;

    if (name == NULL || key == NULL || X509_set_version(certificate, X509_VERSION_3) != 1 ||
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) != 1 ||
        X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) == NULL ||
        X509_gmtime_adj(X509_getm_notAfter(certificate), 86400) == NULL ||
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"peer", -1, -1, 0) != 1 ||
        X509_set_issuer_name(certificate, name) != 1 || !peer_has_name(certificate) ||
        X509_set_pubkey(certificate, key) != 1 || X509_sign(certificate, key, EVP_sha256()) == 0)
        abort();
    return certificate;
}

int tls_peer_init(struct tls_peer *peer)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = peer_certificate(key);
    unsigned length;
    int done;

    memset(peer, 0, sizeof *peer);
    peer->transport.methods = &peer_methods;
    peer->take_octets = TLS_PEER_FOR_EVER;
    peer->context = SSL_CTX_new(TLS_server_method());
    done = peer->context != NULL && peer_der(peer, certificate) == 0 &&
           X509_digest(certificate, EVP_sha256(), peer->pin, &length) == 1 &&
           peer_write_certificate(peer, certificate, key) &&
           SSL_CTX_use_certificate(peer->context, certificate) == 1 &&
           SSL_CTX_use_PrivateKey(peer->context, key) == 1 &&
           SSL_CTX_set_session_id_context(peer->context, (const unsigned char *)"p", 1) == 1;
    X509_free(certificate);
    EVP_PKEY_free(key);
    return done ? 0 : -1;
}

void tls_peer_free(struct tls_peer *peer)
{
    SSL_free(peer->server);
    SSL_CTX_free(peer->context);
    (void)unlink(peer->certificate_file);
}
