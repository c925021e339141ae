/* SPDX-License-Identifier: MIT */
/* Each recipient's own reply, octet by octet as it arrives, so that a record may hold more of it than the
 * session keeps. Invariant: when a reply is complete, each record that it concerns holds that reply and
 * nothing of another. */
#include "internal.h"

/* Whether the reply that is arriving concerns the recipient: it is the reply to its RCPT, or one to the whole
 * mail. */
static int record_concerns(const struct postino_session *session, const struct postino_recipient *recipient)
{
    return recipient->record != NULL && recipient->outcome == POSTINO_OUTCOME_PENDING &&
           (session->replied.recipient != NULL || recipient->state == RECIPIENT_TAKEN ||
            session->reply.code >= 400);
}

/* Has each record that the reply concerns take the octet; NULL: forget an earlier reply. Returns whether a
 * record had room for it. */
static int record_each(struct postino_session *session, const uint8_t *octet)
{
    struct postino_recipient *only = session->replied.recipient;
    struct postino_recipient *recipient = only != NULL ? only : session->replied.mail->recipients;
    int had_room = 0;

    for (; recipient != NULL; recipient = only != NULL ? NULL : recipient->next) {
        struct postino_record *record = recipient->record;

        if (!record_concerns(session, recipient))
            continue;
        if (octet == NULL)
            postino_record_clear(record);
        else if (record->text_octets < record->text_capacity_octets) {
            record->text[record->text_octets++] = (char)postino_shown_octet(*octet);
            had_room = 1;
        }
    }
    return had_room;
}

static void record_begin(struct postino_session *session)
{
    if (session->config->lmtp != NULL)
        session->config->lmtp->before(session);
    (void)record_each(session, NULL);
    session->recorded = RECORD_ROOM;
}

static void record_take(struct postino_session *session, uint8_t octet)
{
    if (session->replied.mail == NULL)
        return;
    if (session->recorded == RECORD_NONE)
        record_begin(session);
    /* A server may send text for ever: nobody walks over the recipients for what has no room. */
    if (session->recorded == RECORD_ROOM && !record_each(session, &octet))
        session->recorded = RECORD_FULL;
}

static void record_heard(struct postino_session *session)
{
    struct postino_recipient *only = session->replied.recipient;
    struct postino_recipient *recipient = only != NULL ? only : session->replied.mail->recipients;
    size_t length = session->reply.text_octets;
    struct postino_enhanced_code code;

    if (session->recorded == RECORD_NONE)
        record_begin(session);
    session->recorded = RECORD_NONE;
    code = postino_enhanced_code_read(session->text,
                                      length < sizeof session->text ? length : sizeof session->text);
    for (; recipient != NULL; recipient = only != NULL ? NULL : recipient->next) {
        if (record_concerns(session, recipient))
            recipient->record->enhanced_code = code;
    }
}

static const struct postino_text_sink record_sink = {record_take, NULL};

const struct postino_records postino_records = {&record_sink, record_heard};
