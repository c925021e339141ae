/* SPDX-License-Identifier: MIT */
#ifndef TLS_MBEDTLS_INTERNAL_H
#define TLS_MBEDTLS_INTERNAL_H

#include <mbedtls/version.h>

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include "postino/tls_mbedtls.h"

#if MBEDTLS_VERSION_NUMBER < 0x02100000 || MBEDTLS_VERSION_NUMBER >= 0x04000000
#error "Mbed TLS 2.16 to 3.x is needed"
#endif

/* A member that 3.x hides, and shows through no function, and that 2.28 does not hide. */
#ifdef MBEDTLS_PRIVATE
#define TLS_PRIVATE(member) MBEDTLS_PRIVATE(member)
#else
#define TLS_PRIVATE(member) member
#endif

#if defined(MBEDTLS_CTR_DRBG_C) && defined(MBEDTLS_ENTROPY_C)
#define TLS_HAS_RANDOM 1
#else
#define TLS_HAS_RANDOM 0
#endif

#if MBEDTLS_VERSION_NUMBER >= 0x03020000 && defined(MBEDTLS_SSL_PROTO_TLS1_3)
#define TLS_HAS_1_3 1
#else
#define TLS_HAS_1_3 0
#endif

#if TLS_HAS_1_3 && defined(MBEDTLS_SSL_KEYING_MATERIAL_EXPORT)
#define TLS_HAS_EXPORTER 1
#else
#define TLS_HAS_EXPORTER 0
#endif

/* The plain text of a record that is sent, and how much is lent at a time of one that arrived. */
#ifndef POSTINO_TLS_MBEDTLS_SEND_OCTETS
#define POSTINO_TLS_MBEDTLS_SEND_OCTETS 4096
#endif
#ifndef POSTINO_TLS_MBEDTLS_RECEIVE_OCTETS
#define POSTINO_TLS_MBEDTLS_RECEIVE_OCTETS 1024
#endif

#define TLS_DIGEST_OCTETS_MAX 64
#define TLS_HOST_OCTETS_MAX   253 /* RFC 1035 section 2.3.4, without the root */

/* So many octets may arrive without effect before the time is looked at: a record (RFC 5246 section 6.2.3),
 * and in the handshake more than a server's certificates. */
#define TLS_RECORD_OCTETS    (5 + 16384 + 2048)
#define TLS_HANDSHAKE_OCTETS (128U * 1024U)

struct tls_address {
    uint8_t length_octets; /* 0: no address; 4; 16 */
    uint8_t octets[16];
};

enum tls_phase {
    TLS_CLOSED,    /* nor is anything of the connection held */
    TLS_CLEAR,     /* inner is open, and what is sent goes to it as it is */
    TLS_HANDSHAKE, /* begun, and neither done nor failed */
    TLS_UP,
    TLS_BROKEN /* a failed handshake or a broken record: nothing is sent or taken any more, not even an end */
};

struct tls_state {
    struct postino_tls_mbedtls *tls;
    struct postino_transport *inner;
    const struct postino_tls_config *config;
    struct tls_address address;         /* that host_name is */
    char host[TLS_HOST_OCTETS_MAX + 1]; /* host_name, without the dot that makes a name absolute */

    mbedtls_ssl_config settings;
    mbedtls_ssl_context ssl;     /* set up from TLS_HANDSHAKE on */
    mbedtls_ssl_session session; /* of the last connection that was verified */
    mbedtls_x509_crt trusted;    /* from ca_file */
    mbedtls_x509_crt certificate;
    mbedtls_pk_context key;
#if TLS_HAS_RANDOM
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context drbg;
#endif
    int (*random)(void *context, unsigned char *output, size_t length_octets);
    void *random_context;

    uint8_t phase;       /* enum tls_phase */
    uint8_t resumable;   /* `session` holds one */
    uint8_t offered;     /* it was, in this handshake */
    uint8_t unresumable; /* the server ends connections that offer one */
    uint8_t has_own;     /* a certificate of the client's can be shown */
    uint8_t seen;        /* the server's certificate was looked at in this handshake */
    uint8_t extended;    /* the session's secret is bound to its handshake (RFC 7627) */
    uint8_t ended;       /* inner has no more octets, or the server said that it sends none */
    uint8_t reading;     /* receive() runs */
    uint8_t unfinished;  /* mbedtls_ssl_write() must be called again with the same octets */
    int inner_error;     /* what inner failed with within a callback; 0: nothing */
    int send_error;      /* what sending failed with in the handshake; 0: nothing */
    int verify_error;    /* what is wrong with the server's certificates; 0: nothing */
    size_t send_offset;  /* of the send buffer: everything before it left */
    size_t record; /* octets behind it that Mbed TLS handed on as one record, of which inner holds a rest */
    const uint8_t *rest; /* octets of inner's that Mbed TLS did not ask for yet: lent, or in `kept` */
    size_t rest_octets;
    uint8_t *kept;
    size_t taken_octets; /* of inner, since the time was looked at; in all, since a limit passed */
    size_t most_octets;  /* that may be: a peer can send for ever what brings nothing */

    uint8_t endpoint[TLS_DIGEST_OCTETS_MAX]; /* tls-server-end-point */
    size_t endpoint_octets;                  /* 0: none */
#if TLS_HAS_EXPORTER
    uint8_t exporter[32]; /* tls-exporter */
#endif
    uint8_t send_buffer[POSTINO_TLS_MBEDTLS_SEND_OCTETS];
    uint8_t receive_buffer[POSTINO_TLS_MBEDTLS_RECEIVE_OCTETS];
};

/* The text of postino_tls_info: set begins anew, the others append. Text that has no room is dropped. */
void tls_mbedtls_text_set(struct postino_tls_mbedtls *tls, const char *text);
void tls_mbedtls_text_add(struct postino_tls_mbedtls *tls, const char *text);
/* Appends octets of the server's: one that cannot be printed becomes '?'. */
void tls_mbedtls_text_add_octets(struct postino_tls_mbedtls *tls, const uint8_t *octets,
                                 size_t length_octets);
void tls_mbedtls_text_add_number(struct postino_tls_mbedtls *tls, unsigned number, unsigned digits_min);
void tls_mbedtls_text_add_address(struct postino_tls_mbedtls *tls, const uint8_t *octets,
                                  size_t length_octets);

/* Reads an IPv4 or IPv6 address. Returns 1; 0: it is none, but may be a name; -1: it is neither. */
int tls_mbedtls_read_address(struct tls_address *address, const char *text);
/* Whether a certificate names the host (RFC 9525): a DNS name or an IP address in its subjectAltName. Where
 * it does not, the text says which names it has instead. */
int tls_mbedtls_names_host(struct tls_state *state, const mbedtls_x509_crt *certificate);

/* Mbed TLS's verify callback: `context` is the state. */
int tls_mbedtls_verify(void *context, mbedtls_x509_crt *certificate, int depth, uint32_t *flags);

/* Reads the files and fills the settings. Returns 0, or POSTINO_ERROR_TLS_CONFIG with a text. */
int tls_mbedtls_settings_init(struct tls_state *state, const struct postino_tls_mbedtls_objects *objects);
void tls_mbedtls_settings_free(struct tls_state *state);

/* Sets the text for a lack of memory. Returns POSTINO_ERROR_TLS_MEMORY. */
int tls_mbedtls_no_memory(struct tls_state *state);
/* Sets the text for a failure of Mbed TLS's. Returns one of enum postino_error_code. `in_handshake` is 0
 * after the handshake. */
int tls_mbedtls_failure(struct tls_state *state, int error, int in_handshake);

/* Begins a handshake, and goes on with it. Returns 0, POSTINO_AGAIN as wait() does, or an error. The error is
 * `late` where the time limit passed. */
int tls_mbedtls_handshake_begin(struct tls_state *state);
int tls_mbedtls_handshake_run(struct tls_state *state, uint32_t timeout_ms, int late);

/* Calls inner's send(). A part of a record that leaves is progress, although the record counts as unsent. */
int tls_mbedtls_inner_send(struct tls_state *state, size_t length_octets);
/* Mbed TLS's view of inner: `context` is the state. */
int tls_mbedtls_bio_send(void *context, const unsigned char *octets, size_t length_octets);
int tls_mbedtls_bio_receive(void *context, unsigned char *octets, size_t length_octets);
/* Copies the octets that inner lent and Mbed TLS did not take, before inner is called again. Returns 0, or -1
 * without memory: inner_error says so. */
int tls_mbedtls_keep_rest(struct tls_state *state);
/* No later connection resumes the session. */
void tls_mbedtls_forget_session(struct tls_state *state);
/* Whether the status of a function of Mbed TLS's only says that a session ticket came (TLS 1.3). Then this
 * function keeps the session, and the caller calls Mbed TLS's function again. */
int tls_mbedtls_take_ticket(struct tls_state *state, int status);

#endif
