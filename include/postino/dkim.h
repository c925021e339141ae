/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_DKIM_H
#define POSTINO_DKIM_H

#include "postino/error.h"
#include "postino/raw_message.h"
#include "postino/source.h"

#ifdef __cplusplus
extern "C" {
#endif

#define POSTINO_DKIM_HASH_OCTETS      32
#define POSTINO_DKIM_SIGNATURE_OCTETS 512 /* of an RSA key of 4096 bits */

/* The two SHA-256 hashes that run side by side. */
enum postino_dkim_hash {
    POSTINO_DKIM_BODY = 0,
    POSTINO_DKIM_HEADER = 1
};

/* The functions of a crypto library that DKIM needs. Each returns 0, or a negative value: the mail fails. */
struct postino_dkim_crypto {
    /* Starts one of the two hashes anew. */
    int (*hash_start)(void *context, unsigned which);
    int (*hash_add)(void *context, unsigned which, const uint8_t *data, size_t length_octets);
    /* Ends the hash and writes its POSTINO_DKIM_HASH_OCTETS. */
    int (*hash_end)(void *context, unsigned which, uint8_t *hash);
    /* Signs the header's hash: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017), or Ed25519 with the hash as its
     * message (RFC 8463). Sets *length_octets, at most POSTINO_DKIM_SIGNATURE_OCTETS. */
    int (*sign)(void *context, const uint8_t *hash, uint8_t *signature, size_t *length_octets);
    const char *algorithm; /* "rsa-sha256" or "ed25519-sha256" */
};

/* The largest number of signed names. */
#define POSTINO_DKIM_NAMES_MAX 16

/* A source over a message. It puts a DKIM-Signature in front of it (RFC 6376, relaxed/relaxed, the whole
 * body). postino_dkim_init() makes it; then the members above "Result" may be set. A further signature is
 * another source over this one. */
struct postino_dkim {
    struct postino_source source;
    /* The time of signing, in seconds since 1970-01-01 00:00 UTC (t=), and the lifetime of the signature
     * (x=); 0: neither is written. */
    uint32_t signed_s;
    uint32_t lifetime_s;
    /* Result of the last begin, and the faults of the header's lines, of enum postino_raw_fault. */
    int16_t error;
    uint16_t faults;
    /* private */
    const struct postino_dkim_crypto *crypto;
    void *context;
    const char *domain;
    const char *selector;
    struct postino_source *inner;
    size_t written_octets;
    size_t lent_octets;
    size_t taken_octets;
    size_t signature_octets;
    size_t blank_lines;
    size_t line_octets;
    size_t total_octets; /* of the message on the wire */
    uint32_t names;      /* bits: the signed ones of the known names */
    uint8_t order[POSTINO_DKIM_NAMES_MAX];
    uint8_t order_count;
    uint8_t hashed;
    uint8_t state;
    uint8_t cr;
    uint8_t blank;
    uint8_t line_open;
    uint8_t failed;
    uint8_t body_hash[POSTINO_DKIM_HASH_OCTETS];
    uint8_t signature[POSTINO_DKIM_SIGNATURE_OCTETS];
    struct postino_header_lines lines;
    uint8_t buffer[128];
};

/* Makes the source. `inner` supplies the message, composed or ready. It is read twice, so it must be one that
 * can be begun again. `domain` and `selector` name the key (d=, s=), in ASCII. `crypto` works on `context`,
 * which has the key. All are borrowed until the mail is finished. May be called at any time that no session
 * reads the source, from any thread, one at a time.
 *
 * The signed fields are From (and that there is no second), Sender, Reply-To, To, Cc, Subject, Date,
 * Message-ID, In-Reply-To, References, MIME-Version, Content-Type, Content-Transfer-Encoding,
 * List-Unsubscribe and List-Unsubscribe-Post. The header's lines are read as postino_raw_message_init() says.
 * A ready message behind a struct postino_raw_message is signed in the form that this source lends.
 *
 * The size is known if begin() succeeds. begin() fails, with the reason in `error`:
 * - POSTINO_ERROR_RAW: a signed field occurs twice, a header line is no field, or the header has something in
 *   front that verifiers would not take for a header. `faults` has SYNTAX, BOM, EMPTY_LINE or MBOX.
 * - POSTINO_ERROR_FIELD_MISSING: the message has no From.
 * - POSTINO_ERROR_STATE: the message cannot be begun again, or is binary. */
void postino_dkim_init(struct postino_dkim *dkim, struct postino_source *inner,
                       const struct postino_dkim_crypto *crypto, void *context, const char *domain,
                       const char *selector);

#ifdef __cplusplus
}
#endif

#endif
