/* SPDX-License-Identifier: MIT */
/* DKIM's crypto table in OpenSSL 3. Invariant: key and hashes are OpenSSL's objects or NULL. */
#include <limits.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "postino/dkim_openssl.h"

static int dkim_hash_start(void *context, unsigned which)
{
    struct postino_dkim_openssl *self = context;

    return EVP_DigestInit_ex(self->hashes[which], EVP_sha256(), NULL) == 1 ? 0 : -1;
}

static int dkim_hash_add(void *context, unsigned which, const uint8_t *data, size_t length_octets)
{
    struct postino_dkim_openssl *self = context;

    return EVP_DigestUpdate(self->hashes[which], data, length_octets) == 1 ? 0 : -1;
}

static int dkim_hash_end(void *context, unsigned which, uint8_t *hash)
{
    struct postino_dkim_openssl *self = context;

    return EVP_DigestFinal_ex(self->hashes[which], hash, NULL) == 1 ? 0 : -1;
}

static int dkim_sign_rsa(void *context, const uint8_t *hash, uint8_t *signature, size_t *length_octets)
{
    struct postino_dkim_openssl *self = context;
    EVP_PKEY_CTX *signer = EVP_PKEY_CTX_new(self->key, NULL);
    int done;

    *length_octets = POSTINO_DKIM_SIGNATURE_OCTETS;
    done = signer != NULL && EVP_PKEY_sign_init(signer) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(signer, RSA_PKCS1_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(signer, EVP_sha256()) == 1 &&
           EVP_PKEY_sign(signer, signature, length_octets, hash, POSTINO_DKIM_HASH_OCTETS) == 1;
    EVP_PKEY_CTX_free(signer);
    return done ? 0 : -1;
}

static int dkim_sign_ed25519(void *context, const uint8_t *hash, uint8_t *signature, size_t *length_octets)
{
    struct postino_dkim_openssl *self = context;
    EVP_MD_CTX *signer = EVP_MD_CTX_new();
    int done;

    *length_octets = POSTINO_DKIM_SIGNATURE_OCTETS;
    done = signer != NULL && EVP_DigestSignInit(signer, NULL, NULL, NULL, self->key) == 1 &&
           EVP_DigestSign(signer, signature, length_octets, hash, POSTINO_DKIM_HASH_OCTETS) == 1;
    EVP_MD_CTX_free(signer);
    return done ? 0 : -1;
}

/* No key may make a program ask at its terminal. */
static int dkim_no_password(char *buffer, int size, int writing, void *context)
{
    (void)buffer;
    (void)size;
    (void)writing;
    (void)context;
    return -1;
}

int postino_dkim_openssl_init(struct postino_dkim_openssl *self, const char *pem, size_t length_octets)
{
    BIO *bio;
    int is_rsa;

    memset(self, 0, sizeof *self);
    if (pem == NULL || length_octets > INT_MAX)
        return POSTINO_ERROR_ARGUMENT;
    bio = BIO_new_mem_buf(pem, (int)length_octets);
    self->hashes[0] = EVP_MD_CTX_new();
    self->hashes[1] = EVP_MD_CTX_new();
    if (bio == NULL || self->hashes[0] == NULL || self->hashes[1] == NULL) {
        BIO_free(bio);
        return POSTINO_ERROR_CAPACITY;
    }
    self->key = PEM_read_bio_PrivateKey(bio, NULL, dkim_no_password, NULL);
    BIO_free(bio);
    ERR_clear_error();
    if (self->key == NULL)
        return POSTINO_ERROR_ARGUMENT;
    is_rsa = EVP_PKEY_is_a(self->key, "RSA");
    if (is_rsa ? EVP_PKEY_get_bits(self->key) < 1024 ||
                     EVP_PKEY_get_size(self->key) > POSTINO_DKIM_SIGNATURE_OCTETS
               : !EVP_PKEY_is_a(self->key, "ED25519"))
        return POSTINO_ERROR_ARGUMENT;
    self->crypto.hash_start = dkim_hash_start;
    self->crypto.hash_add = dkim_hash_add;
    self->crypto.hash_end = dkim_hash_end;
    self->crypto.sign = is_rsa ? dkim_sign_rsa : dkim_sign_ed25519;
    self->crypto.algorithm = is_rsa ? "rsa-sha256" : "ed25519-sha256";
    return POSTINO_OK;
}

void postino_dkim_openssl_free(struct postino_dkim_openssl *self)
{
    EVP_PKEY_free(self->key);
    EVP_MD_CTX_free(self->hashes[0]);
    EVP_MD_CTX_free(self->hashes[1]);
    memset(self, 0, sizeof *self);
}
