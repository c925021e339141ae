/* SPDX-License-Identifier: MIT */
/* XOAUTH2, as Google and Microsoft document it: the name and a bearer token, which is borrowed however long it is. */
#include "internal.h"

static int xoauth2_respond(const struct postino_credentials *credentials, unsigned round,
                           struct postino_span *spans)
{
    if (round != 0)
        return 0;
    spans[0] = (struct postino_span){"user=", POSTINO_SASL_TEXT};
    spans[1] = (struct postino_span){credentials->user, POSTINO_SASL_TEXT};
    spans[2] = (struct postino_span){"\001auth=Bearer ", POSTINO_SASL_TEXT};
    spans[3] = (struct postino_span){credentials->token, POSTINO_SASL_TEXT};
    spans[4] = (struct postino_span){"\001\001", 2};
    return 5;
}

static const struct postino_sasl_exchange xoauth2_exchange = {postino_sasl_start, postino_sasl_allowed, NULL,
                                                              postino_sasl_token_challenge, 0};

const struct postino_mechanism postino_sasl_xoauth2 = {.name = "XOAUTH2",
                                                       .respond = xoauth2_respond,
                                                       .flags = POSTINO_MECHANISM_CLEAR_TEXT |
                                                                POSTINO_MECHANISM_INITIAL_RESPONSE,
                                                       .needs = POSTINO_NEEDS_USER | POSTINO_NEEDS_TOKEN,
                                                       .exchange = &xoauth2_exchange};
