/* SPDX-License-Identifier: MIT */
#include "signer.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "postino/dkim_openssl.h"

static struct postino_dkim_openssl signer;
static BIO *text;

unsigned signer_kinds(void)
{
    return 2;
}

int signer_make(unsigned kind)
{
    EVP_PKEY *key = kind == 0 ? EVP_RSA_gen(1024) : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    int made;

    text = BIO_new(BIO_s_mem());
    made = key != NULL && text != NULL && PEM_write_bio_PrivateKey(text, key, NULL, NULL, 0, NULL, NULL) == 1;
    EVP_PKEY_free(key);
    return made ? 0 : -1;
}

int signer_init(void)
{
    char *pem;
    long octets = BIO_get_mem_data(text, &pem);

    return postino_dkim_openssl_init(&signer, pem, (size_t)octets);
}

const struct postino_dkim_crypto *signer_table(void **context)
{
    *context = &signer;
    return &signer.crypto;
}

void signer_free(void)
{
    postino_dkim_openssl_free(&signer);
}

void signer_end(void)
{
    BIO_free(text);
}
