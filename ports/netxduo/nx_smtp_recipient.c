/* SPDX-License-Identifier: MIT */
/* The recipients of mails. Invariant: a recipient's nx_smtp_recipient_mail_ptr is the mail that it was
 * added to last; it never changes while a mail with this recipient is submitted. */
#define NX_SMTP_SOURCE_CODE
#include "nxd_smtp_client.h"

/* Whether a recipient can be added. New memory holds any octets, and a recipient that was added before this
 * mail was created anew is free. So the search is through this mail's recipients of the same tick alone. */
static UINT recipient_free(const NX_SMTP_MAIL *mail_ptr, const NX_SMTP_RECIPIENT *recipient_ptr)
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
    UINT status = recipient_free(mail_ptr, recipient_ptr);

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

static UINT recipient_in_use(const NX_SMTP_RECIPIENT *recipient_ptr)
{
    return recipient_ptr->nx_smtp_recipient_id == NX_SMTP_RECIPIENT_ID &&
           recipient_ptr->nx_smtp_recipient_recipient.in_use;
}

UINT _nx_smtp_recipient_reply_buffer_set(NX_SMTP_RECIPIENT *recipient_ptr, CHAR *text, UINT size)
{
    if (size == 0)
        return NX_SIZE_ERROR;
    if (recipient_in_use(recipient_ptr))
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
    if (recipient_in_use(recipient_ptr))
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
