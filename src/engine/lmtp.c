/* SPDX-License-Identifier: MIT */
/* LMTP (RFC 2033): LHLO in place of EHLO, and behind the message a reply for each recipient that was
 * accepted, in their order. Invariant: while these replies come, the reply cursor stands on the recipient
 * of the next one. */
#include "state.h"

static const struct postino_step lmtp_hello = {POSTINO_TEXT("LHLO \001"), POSTINO_STEP_EHLO, 2,
                                               offsetof(struct postino_time_limits, command_ms) | STEP_LISTS,
                                               STEP_KNOWN};

static struct postino_recipient *lmtp_taken(struct postino_recipient *recipient)
{
    while (recipient != NULL &&
           (recipient->state != RECIPIENT_TAKEN || recipient->outcome != POSTINO_OUTCOME_PENDING))
        recipient = recipient->next;
    return recipient;
}

/* Before the reply to the message: moves the cursor to its recipient. */
static void lmtp_before(struct postino_session *session)
{
    struct postino_cursor *replied = &session->replied;

    if (replied->step->id == POSTINO_STEP_MESSAGE && replied->recipient == NULL &&
        replied->mail->state == MAIL_ENDED &&
        ((replied->mail->marks & MAIL_CHUNKED) == 0 || replied->mail->chunks <= 1))
        replied->recipient = lmtp_taken(replied->mail->waiting);
}

/* Decides the recipient. Returns 1 when a reply for another recipient follows. Otherwise returns 0, and
 * *refused is 0 if the message was accepted for anybody. */
static int lmtp_reply(struct postino_session *session, int *refused)
{
    struct postino_cursor *replied = &session->replied;
    struct postino_recipient *recipient = replied->recipient;
    unsigned code = session->reply.code;

    if (recipient == NULL)
        return 0;
    recipient->reply_code = (uint16_t)code;
    recipient->outcome = code < 400   ? POSTINO_OUTCOME_ACCEPTED
                         : code < 500 ? POSTINO_OUTCOME_TRANSIENT
                                      : POSTINO_OUTCOME_PERMANENT;
    replied->recipient = lmtp_taken(recipient);
    if (replied->recipient != NULL) {
        /* The chunk was counted off with its first reply. */
        session->outstanding++;
        if ((replied->mail->marks & MAIL_CHUNKED) != 0)
            replied->mail->chunks++;
        return 1;
    }
    for (recipient = replied->mail->recipients; recipient != NULL; recipient = recipient->next) {
        if (recipient->state == RECIPIENT_TAKEN && recipient->outcome == POSTINO_OUTCOME_ACCEPTED) {
            *refused = 0;
            break;
        }
    }
    return 0;
}

const struct postino_lmtp postino_lmtp = {&lmtp_hello, lmtp_before, lmtp_reply};
