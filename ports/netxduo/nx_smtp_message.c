/* SPDX-License-Identifier: MIT */
/* The message that a NetX Duo application sends. Invariant: part is what is left of the piece before
 * message->piece; the pieces follow each other in the order of the table, and none is copied. */
#define NX_SMTP_SOURCE_CODE
#include "nxd_smtp_client.h"
#include "internal.h"

/* RFC 5322 section 2.1.1, less "Subject: ". */
#define MESSAGE_SUBJECT_MAX (998 - 9)

/* The message as the original writes it, then what it lacks. Its texts stand behind each other, so that an
 * octet says where one begins. */
#define MESSAGE_TO      "To: "
#define MESSAGE_FROM    "\r\nFrom: "
#define MESSAGE_SUBJECT "\r\nSubject: "
#define MESSAGE_MIME                                                               \
    "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain;\r\n charset=\"utf-8\"\r\n" \
    "Content-Transfer-Encoding: 8bit\r\n"
#define MESSAGE_LOW  "X-Priority: 5\r\nImportance: low\r\n\r\n"
#define MESSAGE_HIGH "X-Priority: 1\r\nImportance: high\r\n\r\n"

static const CHAR message_texts[] =
    MESSAGE_TO MESSAGE_FROM MESSAGE_SUBJECT MESSAGE_MIME MESSAGE_LOW MESSAGE_HIGH;

#define MESSAGE_OCTETS(text) (sizeof(text) - 1)
#define MESSAGE_TEXT(before, text)                   \
    {                                                \
        MESSAGE_OCTETS(before), MESSAGE_OCTETS(text) \
    }
/* A piece without text is a span of the message. */
#define MESSAGE_SPAN(member)                                         \
    {                                                                \
        offsetof(struct nx_smtp_message, member) / sizeof(size_t), 0 \
    }

static const struct {
    UCHAR place;
    UCHAR octets;
} message_pieces[] = {
    MESSAGE_TEXT("", MESSAGE_TO),
    MESSAGE_SPAN(mail), /* the recipient, which stands elsewhere */
    MESSAGE_TEXT(MESSAGE_TO, MESSAGE_FROM),
    MESSAGE_SPAN(mail.path),
    MESSAGE_TEXT(MESSAGE_TO MESSAGE_FROM, MESSAGE_SUBJECT),
    MESSAGE_SPAN(subject),
    MESSAGE_TEXT(MESSAGE_TO MESSAGE_FROM MESSAGE_SUBJECT, MESSAGE_MIME),
    MESSAGE_SPAN(headers),
    /* One of these, by priority: they are powers of two. */
    MESSAGE_TEXT(MESSAGE_TO MESSAGE_FROM MESSAGE_SUBJECT MESSAGE_MIME, MESSAGE_LOW),
    {MESSAGE_OCTETS(MESSAGE_TO MESSAGE_FROM MESSAGE_SUBJECT MESSAGE_MIME) - 2, 2},
    MESSAGE_TEXT(MESSAGE_TO MESSAGE_FROM MESSAGE_SUBJECT MESSAGE_MIME MESSAGE_LOW, MESSAGE_HIGH),
    MESSAGE_SPAN(body),
};
#define MESSAGE_ENDING 8
#define MESSAGE_BODY   11
#define MESSAGE_PIECES 12

static struct nx_smtp_message *message_of(struct postino_source *source)
{
    return (struct nx_smtp_message *)(VOID *)((UCHAR *)source - offsetof(struct nx_smtp_message, source));
}

static int message_begin(struct postino_source *source, uint32_t capabilities,
                         struct postino_source_info *info)
{
    struct nx_smtp_message *message = message_of(source);

    (VOID) capabilities;
    message->piece = 0;
    message->part.length_octets = 0;
    info->size_octets = POSTINO_SIZE_UNKNOWN;
    info->flags = POSTINO_SOURCE_REWINDS | POSTINO_SOURCE_IN_MEMORY;
    return POSTINO_OK;
}

enum postino_source_status _nx_smtp_message_span(struct postino_source *source, const uint8_t **data,
                                                 size_t *length_octets)
{
    struct nx_smtp_message *message = message_of(source);

    while (message->part.length_octets == 0) {
        UINT index = message->piece;
        const VOID *piece;

        if (index == MESSAGE_PIECES)
            return POSTINO_SOURCE_END;
        message->piece = (UCHAR)(index + 1);
        if (index == MESSAGE_ENDING) {
            index += message->priority >> 1;
            message->piece = MESSAGE_BODY;
        }
        if (message_pieces[index].octets != 0) {
            message->part.data = message_texts + message_pieces[index].place;
            message->part.length_octets = message_pieces[index].octets;
            continue;
        }
        piece = (const size_t *)(const VOID *)message + message_pieces[index].place;
        if (piece == message)
            piece = &message->mail.recipients->path;
        message->part = *(const struct postino_span *)piece;
    }
    *data = message->part.data;
    *length_octets = message->part.length_octets;
    return POSTINO_SOURCE_DATA;
}

void _nx_smtp_message_consume(struct postino_source *source, size_t length_octets)
{
    struct postino_span *part = &message_of(source)->part;

    part->data = (const UCHAR *)part->data + length_octets;
    part->length_octets -= length_octets;
}

static const struct postino_source_class message_class = {message_begin, _nx_smtp_message_span,
                                                          _nx_smtp_message_consume};

UINT _nx_smtp_message_compose(struct nx_smtp_message *message, UINT priority, const CHAR *subject)
{
    UINT length;

    message->mail.result.outcome = POSTINO_OUTCOME_NOT_ATTEMPTED;
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
    message->source.methods = &message_class;
    message->mail.source = &message->source;
    return NX_SUCCESS;
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
    if (session->sent.step->id == POSTINO_STEP_MAIL &&
        (session->capabilities & POSTINO_CAPABILITY_MT_PRIORITY) != 0)
        message_emit_priority(session, emitter);
}

const struct postino_extension nx_smtp_message_offered = {"MT-PRIORITY", postino_extensions_ignore, NULL,
                                                          NULL, POSTINO_CAPABILITY_MT_PRIORITY};

/* What a mail's options say of it is not said twice. */
static VOID message_say_priority(const struct postino_session *session, struct postino_emitter *emitter)
{
    const struct postino_options *options = session->sent.mail->options;

    if (options == NULL || options->has_priority == 0)
        message_emit_priority(session, emitter);
}

const struct postino_extension nx_smtp_extension_priority = {
    "MT-PRIORITY", postino_extensions_ignore, NULL, message_say_priority, POSTINO_CAPABILITY_MT_PRIORITY};
