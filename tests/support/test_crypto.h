/* SPDX-License-Identifier: MIT */
#ifndef TEST_CRYPTO_H
#define TEST_CRYPTO_H

#include "postino/crypto.h"

/* MD5, SHA-1 and SHA-256 for tests that need no library. The random octets are the context, a string in
 * base64, decoded: 18 octets are a SCRAM nonce as RFC 5802 prints one. */
extern const struct postino_sasl_crypto test_crypto;

#endif
