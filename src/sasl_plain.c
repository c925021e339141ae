/* SPDX-License-Identifier: MIT */
/* PLAIN (RFC 4616): who to act as, if anybody else; NUL user NUL password; whatever the server's challenge says, and once more for a server
 * that ignored the initial response (RFC 4954 section 4). */
#include "internal.h"

static int plain_respond(const struct postino_credentials *credentials, unsigned round,
                         struct postino_span *spans)
{
    if (round > 1)
        return -1;
    spans[0].data = credentials->authzid != NULL ? credentials->authzid : "";
    spans[0].length_octets = POSTINO_SASL_TEXT_NUL;
    spans[1].data = credentials->user;
    spans[1].length_octets = POSTINO_SASL_TEXT_NUL;
    spans[2].data = credentials->password;
    spans[2].length_octets = POSTINO_SASL_TEXT;
    return 3;
}

const struct postino_mechanism postino_sasl_plain = {
    .name = "PLAIN",
    .respond = plain_respond,
    .flags = POSTINO_MECHANISM_CLEAR_TEXT | POSTINO_MECHANISM_INITIAL_RESPONSE | POSTINO_MECHANISM_PREPARED,
    .needs = POSTINO_NEEDS_USER | POSTINO_NEEDS_PASSWORD};
