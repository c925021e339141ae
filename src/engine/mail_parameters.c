/* SPDX-License-Identifier: MIT */
/* The parameters of MAIL that describe the message: SIZE (RFC 1870) and BODY (RFC 6152, RFC 3030).
 * Invariant: MAIL has no parameter that was not offered, and no mail begins whose message is too large for
 * the server. */
#include "emitter.h"
#include "mails.h"
#include "reply.h"
#include "state.h"

/* SIZE without a limit, with 0, or with a number that does not fit means no limit. */
static void body_take_size(struct postino_session *session)
{
    size_t limit = postino_extensions_number(session);

    /* Behind a comma or a blank more of the parameter follows, which is no number. */
    if (limit == 0 || session->size_limit_octets != POSTINO_SIZE_UNKNOWN)
        limit = POSTINO_SIZE_UNKNOWN;
    session->size_limit_octets = limit;
    if (limit == POSTINO_SIZE_UNKNOWN)
        session->take_word = NULL;
}

/* RFC 1870 section 6.1: a message above the server's limit need not be tried. */
static int body_check_size(struct postino_session *session, struct postino_mail *mail)
{
    int error = postino_count(session, mail);

    if (error == POSTINO_OK && session->message.size_octets != POSTINO_SIZE_UNKNOWN &&
        session->message.size_octets > session->size_limit_octets)
        error = POSTINO_ERROR_MESSAGE_SIZE;
    return error;
}

static void body_emit_size(const struct postino_session *session, struct postino_emitter *emitter)
{
    if (session->message.size_octets == POSTINO_SIZE_UNKNOWN)
        return;
    postino_emit_text(emitter, " SIZE=");
    postino_emit_number(emitter, session->message.size_octets);
}

static void body_emit_8bit(const struct postino_session *session, struct postino_emitter *emitter)
{
    if ((session->message.flags & (POSTINO_SOURCE_8BIT | POSTINO_SOURCE_BINARY)) == POSTINO_SOURCE_8BIT)
        postino_emit_text(emitter, " BODY=8BITMIME");
}

static void body_emit_binary(const struct postino_session *session, struct postino_emitter *emitter)
{
    if ((session->message.flags & POSTINO_SOURCE_BINARY) != 0)
        postino_emit_text(emitter, " BODY=BINARYMIME");
}

const struct postino_extension postino_extension_size = {
    POSTINO_TEXT("SIZE"), body_take_size, body_check_size, body_emit_size, POSTINO_CAPABILITY_SIZE};
const struct postino_extension postino_extension_8bitmime = {POSTINO_TEXT("8BITMIME"), NULL, NULL,
                                                             body_emit_8bit, POSTINO_CAPABILITY_8BITMIME};
const struct postino_extension postino_extension_binarymime = {
    POSTINO_TEXT("BINARYMIME"), NULL, NULL, body_emit_binary, POSTINO_CAPABILITY_BINARYMIME};
