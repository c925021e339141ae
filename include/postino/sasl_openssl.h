/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_SASL_OPENSSL_H
#define POSTINO_SASL_OPENSSL_H

#include "postino/crypto.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The crypto table of SASL mechanisms, by OpenSSL 3; its context is NULL. May be used from any thread. If
 * OpenSSL is configured without MD5, CRAM-MD5 fails with POSTINO_ERROR_CRYPTO. */
extern const struct postino_sasl_crypto postino_sasl_openssl;

#ifdef __cplusplus
}
#endif

#endif
