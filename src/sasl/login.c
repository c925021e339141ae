/* SPDX-License-Identifier: MIT */
/* LOGIN: the first challenge is answered with the user name, the second with the password, whatever they say.
 * Servers differ on an initial response, so there is none. */
#include "../engine/internal.h"

static void login_respond(struct postino_emitter *emitter, const struct postino_credentials *credentials,
                          unsigned round)
{
    postino_emit_text(emitter, round == 0 ? credentials->user : credentials->password);
}

const struct postino_mechanism postino_sasl_login = {.name = POSTINO_TEXT("LOGIN"),
                                                     .respond = login_respond,
                                                     .flags = POSTINO_MECHANISM_CLEAR_TEXT,
                                                     .needs = POSTINO_NEEDS_USER | POSTINO_NEEDS_PASSWORD,
                                                     .rounds = 2};
