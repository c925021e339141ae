/* SPDX-License-Identifier: MIT */
/* The automatic choice. A token comes before a password: who has one means it. */
#include "../engine/internal.h"

const struct postino_mechanism *const postino_sasl_all[] = {
    &postino_sasl_oauthbearer,
    &postino_sasl_xoauth2,
    &postino_sasl_scram_sha_256_plus,
    &postino_sasl_scram_sha_1_plus,
    &postino_sasl_scram_sha_512,
    &postino_sasl_scram_sha_256,
    &postino_sasl_scram_sha_1,
    &postino_sasl_cram_md5,
    /* Of these neither is stronger; PLAIN takes one round trip less. */
    &postino_sasl_plain,
    &postino_sasl_login,
    NULL,
};
