/* SPDX-License-Identifier: MIT */
#ifndef TEST_CRYPTO_H
#define TEST_CRYPTO_H

#include "postino/crypto.h"

/* MD5, SHA-1 and SHA-256 for tests that may need no library, and a generator that gives what the context, a
 * string of base64, decodes to: 18 octets of it are a SCRAM nonce as RFC 5802 prints one. */
extern const struct postino_sasl_crypto test_crypto;

#endif
