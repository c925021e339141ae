/* SPDX-License-Identifier: MIT */
/* The message that a NetX Duo application sends. Invariant: none of it is copied; the header is composed
 * for each piece of it that goes out, of the application's strings. */
#define NX_SMTP_SOURCE_CODE
#include "nxd_smtp_client.h"
#include "engine/emitter.h"
#include "engine/state.h"

/* RFC 5322 section 2.1.1, less "Subject: ". */
#define MESSAGE_SUBJECT_MAX (998 - 9)

/* Between two encoded words; the second follows a fold. */
#define MESSAGE_BORDER  "?=\r\n =?utf-8?Q?"
/* For the text of the first, behind "Subject: ", in a line of 76 (RFC 2047 section 2). A character takes 12
 * at most. */
#define MESSAGE_COLUMNS (76 - 9 - 10 - 2)

/* The drop-in has it in one place, and the services in another: a program calls one of them. */
#ifdef __GNUC__
#define MESSAGE_BODY static inline __attribute__((always_inline))
#else
#define MESSAGE_BODY static
#endif

/* An object, not a literal in each place: compilers merge equal literals of one file, and the first place
 * has all. */
const CHAR _nx_smtp_message_mime[] =
    "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain;\r\n charset=\"utf-8\"\r\n"
    "Content-Transfer-Encoding: 8bit\r\n";

UINT _nx_smtp_message_compose(struct nx_smtp_message *message, UINT priority, const CHAR *subject)
{
    UINT length;
    UINT bits = 0;

    message->single.mail.result.outcome = POSTINO_OUTCOME_NOT_ATTEMPTED;
    for (length = 0; subject[length] != '\0'; length++) {
        UCHAR octet = (UCHAR)subject[length];

        if (length == MESSAGE_SUBJECT_MAX || octet < ' ' || octet == 127)
            return NX_SMTP_INVALID_PARAM;
        bits |= octet;
    }
    if (priority != NX_SMTP_MAIL_PRIORITY_LOW && priority != NX_SMTP_MAIL_PRIORITY_HIGH)
        priority = NX_SMTP_MAIL_PRIORITY_NORMAL;
    message->priority = (UCHAR)priority;
    message->subject.data = subject;
    message->subject.length_octets = bits > 127 ? NX_SMTP_SUBJECT_ENCODED : length;
    message->headers.length_octets = 0;
    return NX_SUCCESS;
}

static VOID message_emit_hex(struct postino_emitter *emitter, UINT digit)
{
    postino_emit(emitter, digit + (digit < 10 ? '0' : 'A' - 10));
}

/* Outside of ASCII a subject goes out in encoded words, in Q: any number of those is joined by every
 * reader. In B a word of whole characters may need padding, behind which GMime's readers lose what
 * follows. */
MESSAGE_BODY VOID message_subject(const struct postino_span *subject, struct postino_emitter *emitter)
{
    const CHAR *octet = subject->data;
    const CHAR *border = &MESSAGE_BORDER[5];
    UINT columns = MESSAGE_COLUMNS;

    if (subject->length_octets != NX_SMTP_SUBJECT_ENCODED) {
        postino_emit_octets(emitter, octet, subject->length_octets);
        return;
    }
    do {
        UCHAR value = (UCHAR)*octet;

        /* Between two characters; where none begins, for it is no UTF-8, anywhere. */
        if (columns > MESSAGE_COLUMNS - 3 || (columns > MESSAGE_COLUMNS - 12 && (value & 0xC0) != 0x80)) {
            postino_emit_text(emitter, border);
            border = MESSAGE_BORDER;
            columns = 0;
        }
        columns += 3;
        postino_emit(emitter, '=');
        message_emit_hex(emitter, value >> 4);
        message_emit_hex(emitter, value & 15u);
    } while (*++octet != '\0');
    postino_emit_octets(emitter, border, sizeof "?=" - 1);
}

VOID _nx_smtp_message_subject(const struct postino_span *subject, struct postino_emitter *emitter)
{
    message_subject(subject, emitter);
}

const CHAR *_nx_smtp_message_importance(const struct nx_smtp_message *message)
{
    static const CHAR none[] = "";

    if (message->priority == NX_SMTP_MAIL_PRIORITY_LOW)
        return "X-Priority: 5\r\nImportance: low\r\n";
    if (message->priority == NX_SMTP_MAIL_PRIORITY_HIGH)
        return "X-Priority: 1\r\nImportance: high\r\n";
    return none;
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
        message_subject(&message->subject, emitter);
        postino_emit_text(emitter, _nx_smtp_message_mime);
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

/* A priority in the mail's options is not sent twice. */
static VOID message_say_priority(const struct postino_session *session, struct postino_emitter *emitter)
{
    const struct postino_options *options = session->sent.mail->options;

    if (options == NULL || options->has_priority == 0)
        message_emit_priority(session, emitter);
}

const struct postino_extension nx_smtp_extension_priority = {
    POSTINO_TEXT("MT-PRIORITY"), NULL, NULL, message_say_priority, POSTINO_CAPABILITY_MT_PRIORITY};
