/* SPDX-License-Identifier: MIT */
/* PLAIN (RFC 4616): who to act as, if anybody else; NUL user NUL password; whatever the server's challenge
 * says, and once more for a server that ignored the initial response (RFC 4954 section 4). */
#include "../engine/internal.h"

static void plain_respond(struct postino_emitter *emitter, const struct postino_credentials *credentials,
                          unsigned round)
{
    (void)round;
    if (credentials->authzid != NULL)
        postino_emit_text(emitter, credentials->authzid);
    postino_emit(emitter, '\0');
    postino_emit_text(emitter, credentials->user);
    postino_emit(emitter, '\0');
    postino_emit_text(emitter, credentials->password);
}

const struct postino_mechanism postino_sasl_plain = {
    .name = POSTINO_TEXT("PLAIN"),
    .respond = plain_respond,
    .flags = POSTINO_MECHANISM_CLEAR_TEXT | POSTINO_MECHANISM_INITIAL_RESPONSE | POSTINO_MECHANISM_PREPARED,
    .needs = POSTINO_NEEDS_USER | POSTINO_NEEDS_PASSWORD,
    .rounds = 2};
