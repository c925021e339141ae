/* SPDX-License-Identifier: MIT */
/* The mails of the services that send many. Invariant: until its list is complete the message's piece is one
 * of the recipients', and what the header names of them comes from the list itself; behind the last piece a
 * callback's body follows, from nx_smtp_mail_offset on. */
#define NX_SMTP_SOURCE_CODE
#include "nxd_smtp_client.h"
#include "engine/emitter.h"
#include "engine/state.h"

/* NX_SMTP_MAIL.nx_smtp_mail_list, as bits */
enum mail_list {
    LIST_CC = 1,    /* the Cc line; else the To line */
    LIST_LINE = 2,  /* it has begun */
    LIST_NAMED = 4, /* a line was written */
    LIST_NEXT = 8   /* what stands before the next address was written */
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

/* Makes the next part of the header's recipients: each on a line of its own, which folds whatever their
 * number (RFC 5322 sections 2.2.3 and 3.6.3). */
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

/* Makes the next part of the subject: as it is, or of its encoded words as many octets as have room. Returns
 * whether more may follow. */
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

/* Makes the next of the pieces behind the recipients; the callback's body is none of them. Returns 0 where
 * there is none. */
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

/* Lends what is left of the part in hand. */
static enum postino_source_status mail_lend(const NX_SMTP_MAIL *mail, const uint8_t **data,
                                            size_t *length_octets)
{
    *data = mail->nx_smtp_mail_part.data;
    *length_octets = mail->nx_smtp_mail_part.length_octets;
    return POSTINO_SOURCE_DATA;
}

/* The pieces from the header's begin on, without what a callback gives. */
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

/* How long the header is. It has no line end but CRLF, so that its octets are those of the wire. */
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
    /* One mail is sent at a time, so that one room does. */
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
    /* The header says so, whatever the server offers. */
    message->single.mail.flags = POSTINO_MAIL_8BIT_ANYWAY;
    mail_ptr->nx_smtp_mail_flags =
        (UCHAR)(POSTINO_SOURCE_REWINDS | POSTINO_SOURCE_IN_MEMORY | mail_8bit(&message->single.body));
    mail_ptr->nx_smtp_mail_created = tx_time_get();
    mail_ptr->nx_smtp_mail_id = NX_SMTP_MAIL_ID;
    return NX_SUCCESS;
}

/* Whether a recipient can be added. Memory that was none yet holds anything, and one of an earlier making of
 * this mail is free; so only what this mail has of the same tick is looked through. */
static UINT mail_recipient_free(const NX_SMTP_MAIL *mail_ptr, const NX_SMTP_RECIPIENT *recipient_ptr)
{
    const struct postino_recipient *recipient = &recipient_ptr->nx_smtp_recipient_recipient;
    const struct postino_recipient *listed = mail_ptr->nx_smtp_mail_message.single.mail.recipients;

    if (recipient_ptr->nx_smtp_recipient_id != NX_SMTP_RECIPIENT_ID)
        return NX_SUCCESS;
    if (recipient_ptr->nx_smtp_recipient_mail_ptr != mail_ptr)
        return recipient->in_use ? NX_SMTP_RECIPIENT_IN_USE : NX_SUCCESS;
    if (recipient_ptr->nx_smtp_recipient_created != mail_ptr->nx_smtp_mail_created)
        return NX_SUCCESS;
    while (listed != NULL && listed != recipient)
        listed = listed->next;
    return listed != NULL ? NX_SMTP_RECIPIENT_IN_USE : NX_SUCCESS;
}

UINT _nx_smtp_mail_whole(const NX_SMTP_MAIL *mail_ptr)
{
    const struct postino_recipient *recipient = mail_ptr->nx_smtp_mail_message.single.mail.recipients;
    ULONG count = 0;

    for (; recipient != NULL; recipient = recipient->next) {
        if (((const NX_SMTP_RECIPIENT *)recipient)->nx_smtp_recipient_mail_ptr != mail_ptr ||
            count++ == mail_ptr->nx_smtp_mail_recipients)
            return NX_SMTP_RECIPIENT_IN_USE;
    }
    return count == mail_ptr->nx_smtp_mail_recipients ? NX_SUCCESS : NX_SMTP_RECIPIENT_IN_USE;
}

UINT _nx_smtp_mail_recipient_add(NX_SMTP_MAIL *mail_ptr, NX_SMTP_RECIPIENT *recipient_ptr, CHAR *address,
                                 UINT kind)
{
    struct postino_recipient *recipient = &recipient_ptr->nx_smtp_recipient_recipient;
    UINT status = mail_recipient_free(mail_ptr, recipient_ptr);

    if (status != NX_SUCCESS)
        return status;
    memset(recipient_ptr, 0, sizeof *recipient_ptr);
    recipient_ptr->nx_smtp_recipient_id = NX_SMTP_RECIPIENT_ID;
    recipient_ptr->nx_smtp_recipient_mail_ptr = mail_ptr;
    recipient_ptr->nx_smtp_recipient_created = mail_ptr->nx_smtp_mail_created;
    mail_ptr->nx_smtp_mail_recipients++;
    recipient->address = address;
    recipient->record = &recipient_ptr->nx_smtp_recipient_record;
    recipient->kind = (UCHAR)(kind >> 1); /* both have TO, CC, BCC in this order */
    if (mail_ptr->nx_smtp_mail_last == NX_NULL)
        mail_ptr->nx_smtp_mail_message.single.mail.recipients = recipient;
    else
        mail_ptr->nx_smtp_mail_last->next = recipient;
    mail_ptr->nx_smtp_mail_last = recipient;
    return NX_SUCCESS;
}

UINT _nx_smtp_mail_body_callback_set(NX_SMTP_MAIL *mail_ptr, NX_SMTP_BODY_CALLBACK callback, VOID *context,
                                     ULONG size)
{
    mail_ptr->nx_smtp_mail_callback = callback;
    mail_ptr->nx_smtp_mail_context = context;
    mail_ptr->nx_smtp_mail_size = size;
    mail_ptr->nx_smtp_mail_message.single.body.length_octets = 0;
    /* What it will give nobody knows. */
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

static UINT mail_recipient_in_use(const NX_SMTP_RECIPIENT *recipient_ptr)
{
    return recipient_ptr->nx_smtp_recipient_id == NX_SMTP_RECIPIENT_ID &&
           recipient_ptr->nx_smtp_recipient_recipient.in_use;
}

UINT _nx_smtp_recipient_reply_buffer_set(NX_SMTP_RECIPIENT *recipient_ptr, CHAR *text, UINT size)
{
    if (size == 0)
        return NX_SIZE_ERROR;
    if (mail_recipient_in_use(recipient_ptr))
        return NX_SMTP_RECIPIENT_IN_USE;
    text[0] = '\0';
    recipient_ptr->nx_smtp_recipient_record.text = text;
    recipient_ptr->nx_smtp_recipient_record.text_capacity_octets = size - 1;
    recipient_ptr->nx_smtp_recipient_record.text_octets = 0;
    return NX_SUCCESS;
}

UINT _nx_smtp_recipient_options_set(NX_SMTP_RECIPIENT *recipient_ptr,
                                    const struct postino_recipient_options *options_ptr)
{
    if (mail_recipient_in_use(recipient_ptr))
        return NX_SMTP_RECIPIENT_IN_USE;
    recipient_ptr->nx_smtp_recipient_recipient.options = options_ptr;
    return NX_SUCCESS;
}

UINT _nx_smtp_recipient_result_get(NX_SMTP_RECIPIENT *recipient_ptr, NX_SMTP_RESULT *result_ptr)
{
    const struct postino_recipient *recipient = &recipient_ptr->nx_smtp_recipient_recipient;
    struct postino_record *record = &recipient_ptr->nx_smtp_recipient_record;

    memset(result_ptr, 0, sizeof *result_ptr);
    result_ptr->nx_smtp_result_outcome = recipient->outcome;
    result_ptr->nx_smtp_result_reply_code = recipient->reply_code;
    if (recipient->reply_code != 0) {
        result_ptr->nx_smtp_result_class = record->enhanced_code.status_class;
        result_ptr->nx_smtp_result_subject = record->enhanced_code.subject;
        result_ptr->nx_smtp_result_detail = record->enhanced_code.detail;
    } else {
        record->text_octets = 0; /* that of an earlier time */
    }
    if (record->text != NULL)
        record->text[record->text_octets] = '\0';
    return NX_SUCCESS;
}
