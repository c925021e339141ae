/* SPDX-License-Identifier: MIT */
/* LOGIN: the first challenge is answered with the user name, the second with the password, whatever they say.
 * Servers differ on an initial response, so there is none. */
#include "internal.h"

static int login_respond(const struct postino_credentials *credentials, unsigned round,
                         struct postino_span *spans)
{
    if (round > 1)
        return -1;
    spans[0] =
        (struct postino_span){round == 0 ? credentials->user : credentials->password, POSTINO_SASL_TEXT};
    return 1;
}

const struct postino_mechanism postino_sasl_login = {.name = "LOGIN",
                                                     .respond = login_respond,
                                                     .flags = POSTINO_MECHANISM_CLEAR_TEXT,
                                                     .needs = POSTINO_NEEDS_USER | POSTINO_NEEDS_PASSWORD};
