/* SPDX-License-Identifier: MIT */
/* PLAIN (RFC 4616): who to act as, if anybody else; NUL user NUL password; whatever the server's challenge says, and once more for a server
 * that ignored the initial response (RFC 4954 section 4). */
#include "internal.h"

static int plain_respond(const struct postino_credentials *credentials, unsigned round,
                         struct postino_span *spans)
{
    if (round > 1)
        return -1;
    spans[0] = (struct postino_span){credentials->authzid, POSTINO_SASL_TEXT};
    if (credentials->authzid == NULL)
        spans[0].length_octets = 0;
    spans[1] = (struct postino_span){"", 1};
    spans[2] = (struct postino_span){credentials->user, POSTINO_SASL_TEXT};
    spans[3] = (struct postino_span){"", 1};
    spans[4] = (struct postino_span){credentials->password, POSTINO_SASL_TEXT};
    return 5;
}

const struct postino_mechanism postino_sasl_plain = {
    .name = "PLAIN",
    .respond = plain_respond,
    .flags = POSTINO_MECHANISM_CLEAR_TEXT | POSTINO_MECHANISM_INITIAL_RESPONSE | POSTINO_MECHANISM_PREPARED,
    .needs = POSTINO_NEEDS_USER | POSTINO_NEEDS_PASSWORD};
