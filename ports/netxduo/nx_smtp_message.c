/* SPDX-License-Identifier: MIT */
/* The message that a NetX Duo application sends. Invariant: none of it is copied; the header is composed for each piece of
 * it that goes out, of the application's strings. */
#define NX_SMTP_SOURCE_CODE
#include "nxd_smtp_client.h"
#include "internal.h"

/* RFC 5322 section 2.1.1, less "Subject: ". */
#define MESSAGE_SUBJECT_MAX (998 - 9)

UINT _nx_smtp_message_compose(struct nx_smtp_message *message, UINT priority, const CHAR *subject)
{
    UINT length;

    message->single.mail.result.outcome = POSTINO_OUTCOME_NOT_ATTEMPTED;
    for (length = 0; subject[length] != '\0'; length++) {
        UCHAR octet = (UCHAR)subject[length];

        if (length == MESSAGE_SUBJECT_MAX || octet < ' ' || octet == 127)
            return NX_SMTP_INVALID_PARAM;
    }
    if (priority != NX_SMTP_MAIL_PRIORITY_LOW && priority != NX_SMTP_MAIL_PRIORITY_HIGH)
        priority = NX_SMTP_MAIL_PRIORITY_NORMAL;
    message->priority = (UCHAR)priority;
    message->subject.data = subject;
    message->subject.length_octets = length;
    message->headers.length_octets = 0;
    return NX_SUCCESS;
}

const CHAR *_nx_smtp_message_importance(const struct nx_smtp_message *message)
{
    if (message->priority == NX_SMTP_MAIL_PRIORITY_LOW)
        return "X-Priority: 5\r\nImportance: low\r\n";
    if (message->priority == NX_SMTP_MAIL_PRIORITY_HIGH)
        return "X-Priority: 1\r\nImportance: high\r\n";
    return "";
}

static VOID message_emit_priority(const struct postino_session *session, struct postino_emitter *emitter)
{
    UINT priority = ((const struct nx_smtp_message *)session->sent.mail)->priority;

    if (priority != NX_SMTP_MAIL_PRIORITY_NORMAL)
        postino_emit_text(emitter,
                          priority == NX_SMTP_MAIL_PRIORITY_LOW ? " MT-PRIORITY=-4" : " MT-PRIORITY=4");
}

VOID _nx_smtp_message_parameters(const struct postino_session *session, struct postino_emitter *emitter)
{
    const struct nx_smtp_message *message = (const struct nx_smtp_message *)session->sent.mail;
    UINT id = session->sent.step->id;

    if (id == POSTINO_STEP_MESSAGE) {
        postino_emit_octets(emitter, message->subject.data, message->subject.length_octets);
        postino_emit_text(emitter, NX_SMTP_MESSAGE_MIME);
        postino_emit_octets(emitter, message->headers.data, message->headers.length_octets);
        postino_emit_text(emitter, _nx_smtp_message_importance(message));
    }
#ifndef NX_SMTP_CLIENT_LOCK_STEP
    if (id == POSTINO_STEP_MAIL && (session->capabilities & POSTINO_CAPABILITY_MT_PRIORITY) != 0)
        message_emit_priority(session, emitter);
#endif
}

const struct postino_extension nx_smtp_message_offered = {POSTINO_TEXT("MT-PRIORITY"), NULL, NULL, NULL,
                                                          POSTINO_CAPABILITY_MT_PRIORITY};

/* What a mail's options say of it is not said twice. */
static VOID message_say_priority(const struct postino_session *session, struct postino_emitter *emitter)
{
    const struct postino_options *options = session->sent.mail->options;

    if (options == NULL || options->has_priority == 0)
        message_emit_priority(session, emitter);
}

const struct postino_extension nx_smtp_extension_priority = {
    POSTINO_TEXT("MT-PRIORITY"), NULL, NULL, message_say_priority, POSTINO_CAPABILITY_MT_PRIORITY};
