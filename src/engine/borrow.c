/* SPDX-License-Identifier: MIT */
/* The marks of a caller's objects that are in use. Invariant: an object is marked as long as one mail has
 * it, from the submission of the mail until it is given back. A mail is marked with all its objects or not
 * at all. */
#include "../source/source.h"
#include "mails.h"

static int borrow_recipient(struct postino_recipient *recipient)
{
    struct postino_record *record = recipient->record;

    if (recipient->in_use)
        return POSTINO_ERROR_RECIPIENT_IN_USE;
    if (record != NULL) {
        if (record->in_use)
            return POSTINO_ERROR_RECORD_IN_USE;
        record->in_use = 1;
    }
    recipient->in_use = 1;
    return POSTINO_OK;
}

/* Takes the marks off the first `count` recipients. */
static void borrow_release(struct postino_recipient *recipient, size_t count)
{
    for (; recipient != NULL && count != 0; recipient = recipient->next, count--) {
        recipient->in_use = 0;
        if (recipient->record != NULL)
            recipient->record->in_use = 0;
    }
}

int postino_mail_borrow(struct postino_mail *mail)
{
    struct postino_recipient *recipient;
    struct postino_options *options = mail->options;
    size_t count = 0;
    int error = POSTINO_OK;

    if ((mail->marks & MAIL_IN_USE) != 0)
        return POSTINO_ERROR_MAIL_IN_USE;
    if (options != NULL && options->in_use)
        return POSTINO_ERROR_OPTIONS_IN_USE;
    /* A list that leads back into itself ends at the recipient that is marked already. */
    for (recipient = mail->recipients; recipient != NULL && error == POSTINO_OK; count++) {
        error = borrow_recipient(recipient);
        recipient = recipient->next;
    }
    if (error != POSTINO_OK)
        count--;
    else if (mail->source != NULL)
        error = postino_source_mark(mail->source, 1);
    if (error != POSTINO_OK) {
        borrow_release(mail->recipients, count);
        return error;
    }
    if (options != NULL)
        options->in_use = 1;
    mail->marks = MAIL_IN_USE;
    return POSTINO_OK;
}

void postino_mail_release(struct postino_mail *mail)
{
    mail->marks &= (uint8_t)~MAIL_IN_USE;
    borrow_release(mail->recipients, SIZE_MAX);
    if (mail->options != NULL)
        mail->options->in_use = 0;
    if (mail->source != NULL)
        (void)postino_source_mark(mail->source, 0);
}
