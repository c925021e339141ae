/* SPDX-License-Identifier: MIT */
/* The mails of the services that send many: a source that makes the message piece by piece. Invariant:
 * until the header's list of recipients is complete, the next piece is one of that list. A callback's body
 * follows the last piece, from nx_smtp_mail_offset on. */
#define NX_SMTP_SOURCE_CODE
#include "nxd_smtp_client.h"
#include "engine/emitter.h"
#include "engine/state.h"

/* NX_SMTP_MAIL.nx_smtp_mail_list, as bits */
enum mail_list {
    LIST_CC = 1,    /* the Cc line; else the To line */
    LIST_LINE = 2,  /* it has begun */
    LIST_NAMED = 4, /* a line was written */
    LIST_NEXT = 8   /* the text before the next address was written */
};

/* NX_SMTP_MAIL.nx_smtp_mail_piece, in their order */
enum mail_pieces {
    MAIL_RECIPIENTS = 0,
    MAIL_FROM,
    MAIL_SENDER,
    MAIL_SUBJECT,
    MAIL_SUBJECT_TEXT,
    MAIL_MIME,
    MAIL_HEADERS,
    MAIL_IMPORTANCE,
    MAIL_EMPTY_LINE,
    MAIL_BODY,
    MAIL_PIECES
};

static NX_SMTP_MAIL *mail_of(struct postino_source *source)
{
    return (NX_SMTP_MAIL *)(VOID *)((UCHAR *)source - offsetof(NX_SMTP_MAIL, nx_smtp_mail_source));
}

static VOID mail_text(NX_SMTP_MAIL *mail, const CHAR *text)
{
    mail->nx_smtp_mail_part.data = text;
    mail->nx_smtp_mail_part.length_octets = strlen(text);
}

/* Makes the next part of the header's recipients. Each stands on a line of its own, so any number of them
 * folds (RFC 5322 sections 2.2.3 and 3.6.3). */
static VOID mail_next_of_list(NX_SMTP_MAIL *mail)
{
    static const CHAR *const texts[] = {"To: ", "Cc: ", NULL, NULL, NULL, "\r\nCc: "};
    struct postino_recipient *recipient = mail->nx_smtp_mail_listed;
    UINT list = mail->nx_smtp_mail_list;

    for (;;) {
        while (recipient != NULL && recipient->kind != (list & LIST_CC))
            recipient = recipient->next;
        if (recipient != NULL || (list & LIST_CC) != 0)
            break;
        list = (list & LIST_NAMED) | LIST_CC;
        recipient = mail->nx_smtp_mail_message.single.mail.recipients;
    }
    if (recipient == NULL) {
        mail->nx_smtp_mail_piece = MAIL_FROM;
        if ((list & LIST_NAMED) == 0)
            mail_text(mail, "To: undisclosed-recipients:;");
    } else if ((list & LIST_NEXT) != 0) {
        mail->nx_smtp_mail_part = recipient->path;
        list &= ~(UINT)LIST_NEXT;
        recipient = recipient->next;
    } else {
        mail_text(mail, (list & LIST_LINE) != 0 ? ",\r\n " : texts[list & (LIST_CC | LIST_NAMED)]);
        list |= LIST_LINE | LIST_NAMED | LIST_NEXT;
    }
    mail->nx_smtp_mail_listed = recipient;
    mail->nx_smtp_mail_list = (UCHAR)list;
}

static VOID mail_rewind(NX_SMTP_MAIL *mail)
{
    mail->nx_smtp_mail_piece = MAIL_RECIPIENTS;
    mail->nx_smtp_mail_part.length_octets = 0;
    mail->nx_smtp_mail_listed = mail->nx_smtp_mail_message.single.mail.recipients;
    mail->nx_smtp_mail_list = 0;
    mail->nx_smtp_mail_subject_offset = 0;
    mail->nx_smtp_mail_offset = 0;
}

/* Makes the next part of the subject: the whole of it, or as many octets of its encoded words as have room.
 * Returns whether more may follow. */
static int mail_subject(NX_SMTP_MAIL *mail)
{
    const struct postino_span *subject = &mail->nx_smtp_mail_message.subject;
    struct postino_span *part = &mail->nx_smtp_mail_part;
    const size_t room = sizeof mail->nx_smtp_mail_subject;
    struct postino_emitter emitter = {mail->nx_smtp_mail_subject, 0, room, 0};

    *part = *subject;
    if (subject->length_octets != NX_SMTP_SUBJECT_ENCODED)
        return 0;
    emitter.place -= mail->nx_smtp_mail_subject_offset;
    _nx_smtp_message_subject(subject, &emitter);
    part->data = mail->nx_smtp_mail_subject;
    part->length_octets = emitter.place < room ? emitter.place : room;
    mail->nx_smtp_mail_subject_offset = (USHORT)(mail->nx_smtp_mail_subject_offset + part->length_octets);
    return part->length_octets == room;
}

/* Makes the next piece after the recipients, a callback's body not included. Returns 0 after the last. */
static int mail_next_piece(NX_SMTP_MAIL *mail)
{
    const struct nx_smtp_message *message = &mail->nx_smtp_mail_message;

    switch (mail->nx_smtp_mail_piece++) {
    case MAIL_FROM:
        mail_text(mail, "\r\nFrom: ");
        break;
    case MAIL_SENDER:
        mail->nx_smtp_mail_part = message->single.mail.path;
        break;
    case MAIL_SUBJECT:
        mail_text(mail, "\r\nSubject: ");
        break;
    case MAIL_SUBJECT_TEXT:
        if (mail_subject(mail))
            mail->nx_smtp_mail_piece = MAIL_SUBJECT_TEXT;
        break;
    case MAIL_MIME:
        mail_text(mail, _nx_smtp_message_mime);
        break;
    case MAIL_HEADERS:
        mail->nx_smtp_mail_part = message->headers;
        break;
    case MAIL_IMPORTANCE:
        mail_text(mail, _nx_smtp_message_importance(message));
        break;
    case MAIL_EMPTY_LINE:
        mail_text(mail, "\r\n");
        break;
    case MAIL_BODY:
        mail->nx_smtp_mail_part = message->single.body;
        break;
    default:
        mail->nx_smtp_mail_piece = MAIL_PIECES;
        return 0;
    }
    return 1;
}

/* Lends the rest of the current part. */
static enum postino_source_status mail_lend(const NX_SMTP_MAIL *mail, const uint8_t **data,
                                            size_t *length_octets)
{
    *data = mail->nx_smtp_mail_part.data;
    *length_octets = mail->nx_smtp_mail_part.length_octets;
    return POSTINO_SOURCE_DATA;
}

/* Lends the message, a callback's body not included. */
static enum postino_source_status mail_piece(NX_SMTP_MAIL *mail, const uint8_t **data, size_t *length_octets)
{
    while (mail->nx_smtp_mail_part.length_octets == 0) {
        if (mail->nx_smtp_mail_piece == MAIL_RECIPIENTS)
            mail_next_of_list(mail);
        else if (!mail_next_piece(mail))
            return POSTINO_SOURCE_END;
    }
    return mail_lend(mail, data, length_octets);
}

static VOID mail_consume(struct postino_source *source, size_t length_octets)
{
    struct postino_span *part = &mail_of(source)->nx_smtp_mail_part;

    part->data = (const UCHAR *)part->data + length_octets;
    part->length_octets -= length_octets;
}

static enum postino_source_status mail_span(struct postino_source *source, const uint8_t **data,
                                            size_t *length_octets)
{
    NX_SMTP_MAIL *mail = mail_of(source);
    enum postino_source_status status = mail_piece(mail, data, length_octets);
    CHAR *octets = NX_NULL;
    ULONG length = 0;

    if (status != POSTINO_SOURCE_END || mail->nx_smtp_mail_callback == NULL)
        return status;
    if (mail->nx_smtp_mail_callback(mail, mail->nx_smtp_mail_context, mail->nx_smtp_mail_offset, &octets,
                                    &length) != NX_SUCCESS)
        return POSTINO_SOURCE_FAIL;
    if (length == 0)
        return POSTINO_SOURCE_END;
    mail->nx_smtp_mail_part.data = octets;
    mail->nx_smtp_mail_part.length_octets = length;
    mail->nx_smtp_mail_offset += length;
    return mail_lend(mail, data, length_octets);
}

/* The length of the header. Its line ends are CRLF, so its octets are those on the wire. */
static size_t mail_header_octets(NX_SMTP_MAIL *mail)
{
    struct postino_source *source = &mail->nx_smtp_mail_source;
    const uint8_t *data;
    size_t octets = 0;
    size_t length;

    while (mail_piece(mail, &data, &length) == POSTINO_SOURCE_DATA) {
        octets += length;
        mail_consume(source, length);
    }
    mail_rewind(mail);
    return octets;
}

static int mail_begin(struct postino_source *source, uint32_t capabilities, struct postino_source_info *info)
{
    NX_SMTP_MAIL *mail = mail_of(source);
    NX_SMTP_CLIENT *client_ptr = mail->nx_smtp_mail_client_ptr;
    NX_SMTP_HEADERS *headers = client_ptr->nx_smtp_client_headers_ptr;
    CHAR *text = client_ptr->nx_smtp_client_session_ptr->nx_smtp_session_headers;

    (VOID) capabilities;
    mail_rewind(mail);
    /* One mail is sent at a time, so one buffer suffices. */
    mail->nx_smtp_mail_message.headers.length_octets = 0;
    if (headers != NX_NULL) {
        mail->nx_smtp_mail_message.headers.data = text;
        mail->nx_smtp_mail_message.headers.length_octets = headers->nx_smtp_headers_write(
            headers, &mail->nx_smtp_mail_stamp, client_ptr->nx_smtp_client_domain, text);
    }
    info->flags = mail->nx_smtp_mail_flags;
    info->size_octets = POSTINO_SIZE_UNKNOWN;
    if (mail->nx_smtp_mail_callback != NULL && mail->nx_smtp_mail_size != NX_SMTP_BODY_SIZE_UNKNOWN)
        info->size_octets = mail_header_octets(mail) + mail->nx_smtp_mail_size;
    return POSTINO_OK;
}

static const struct postino_source_class mail_class = {mail_begin, mail_span, mail_consume, NULL, NULL};

static UINT mail_8bit(const struct postino_span *span)
{
    const UCHAR *data = span->data;
    size_t i;

    for (i = 0; i < span->length_octets; i++) {
        if (data[i] > 127)
            return POSTINO_SOURCE_8BIT;
    }
    return 0;
}

UINT _nx_smtp_mail_create(NX_SMTP_MAIL *mail_ptr, CHAR *subject, CHAR *body, UINT body_length, UINT priority)
{
    struct nx_smtp_message *message = &mail_ptr->nx_smtp_mail_message;
    UINT status;

    memset(mail_ptr, 0, sizeof *mail_ptr);
    message->single.body.data = body;
    message->single.body.length_octets = body_length;
    status = _nx_smtp_message_compose(message, priority, subject);
    if (status != NX_SUCCESS)
        return status;
    mail_ptr->nx_smtp_mail_source.methods = &mail_class;
    message->single.mail.source = &mail_ptr->nx_smtp_mail_source;
    message->single.mail.result.outcome = NX_SMTP_OUTCOME_NONE;
    /* The header declares 8bit, whatever the server offers. */
    message->single.mail.flags = POSTINO_MAIL_8BIT_ANYWAY;
    mail_ptr->nx_smtp_mail_flags =
        (UCHAR)(POSTINO_SOURCE_REWINDS | POSTINO_SOURCE_IN_MEMORY | mail_8bit(&message->single.body));
    mail_ptr->nx_smtp_mail_created = tx_time_get();
    mail_ptr->nx_smtp_mail_id = NX_SMTP_MAIL_ID;
    return NX_SUCCESS;
}

UINT _nx_smtp_mail_body_callback_set(NX_SMTP_MAIL *mail_ptr, NX_SMTP_BODY_CALLBACK callback, VOID *context,
                                     ULONG size)
{
    mail_ptr->nx_smtp_mail_callback = callback;
    mail_ptr->nx_smtp_mail_context = context;
    mail_ptr->nx_smtp_mail_size = size;
    mail_ptr->nx_smtp_mail_message.single.body.length_octets = 0;
    /* The callback may give any octets. */
    mail_ptr->nx_smtp_mail_flags = POSTINO_SOURCE_REWINDS | POSTINO_SOURCE_8BIT;
    return NX_SUCCESS;
}

UINT _nx_smtp_mail_delivery_set(NX_SMTP_MAIL *mail_ptr, UINT delivery)
{
    mail_ptr->nx_smtp_mail_message.single.mail.delivery =
        delivery == NX_SMTP_DELIVERY_PARTIAL ? &postino_delivery_partial : NULL;
    return NX_SUCCESS;
}

UINT _nx_smtp_mail_options_set(NX_SMTP_MAIL *mail_ptr, struct postino_options *options_ptr)
{
    mail_ptr->nx_smtp_mail_message.single.mail.options = options_ptr;
    return NX_SUCCESS;
}

UINT _nx_smtp_mail_result_get(NX_SMTP_MAIL *mail_ptr, NX_SMTP_RESULT *result_ptr)
{
    const struct postino_result *result = &mail_ptr->nx_smtp_mail_message.single.mail.result;

    memset(result_ptr, 0, sizeof *result_ptr);
    result_ptr->nx_smtp_result_outcome = result->outcome;
    result_ptr->nx_smtp_result_status = mail_ptr->nx_smtp_mail_status;
    result_ptr->nx_smtp_result_reply_code = result->reply_code;
    return NX_SUCCESS;
}
