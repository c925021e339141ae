/* SPDX-License-Identifier: MIT */
/* A user's program with the composer over OpenSSL and libidn2, and SASLprep over libidn. */
#include <string.h>

#include "postino/dkim_openssl.h"
#include "postino/error.h"
#include "postino/idn2.h"
#include "postino/saslprep_idn.h"

int main(void)
{
    struct postino_dkim_openssl key;
    char address[64];
    char prepared[64];
    struct postino_credentials credentials = {.password = "\342\205\250"};

    if (postino_saslprep_idn_credentials(&credentials, prepared, sizeof prepared, NULL) != 0 ||
        strcmp(credentials.password, "IX") != 0)
        return 1;
    if (postino_idn2_address("a@b\303\274cher.example", address, sizeof address) != 0 ||
        strcmp(address, "a@xn--bcher-kva.example") != 0)
        return 1;
    return postino_dkim_openssl_init(&key, "no key", 6) != POSTINO_ERROR_ARGUMENT;
}
