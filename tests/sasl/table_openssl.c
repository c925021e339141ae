/* SPDX-License-Identifier: MIT */
#include "postino/sasl_openssl.h"
#include "table.h"

const struct postino_sasl_crypto *const table = &postino_sasl_openssl;

void *table_context(void)
{
    return NULL;
}
