/* SPDX-License-Identifier: MIT */
/* Each recipient's own reply, octet by octet as it arrives, so that a record may hold more of it than the
 * session keeps. Invariant: when a reply is complete, each record that it concerns holds that reply and
 * nothing of another. */
#include "reply.h"
#include "state.h"

/* Whether the reply that is arriving concerns the recipient: it is the reply to its RCPT, or one to the whole
 * mail. */
static int record_concerns(const struct postino_session *session, const struct postino_recipient *recipient)
{
    return recipient->record != NULL && recipient->outcome == POSTINO_OUTCOME_PENDING &&
           (session->replied.recipient != NULL || recipient->state == RECIPIENT_TAKEN ||
            session->reply.code >= 400);
}

/* Returns the first recipient behind `recipient` that the reply concerns; behind NULL: the first of all. */
static struct postino_recipient *record_next(const struct postino_session *session,
                                             struct postino_recipient *recipient)
{
    struct postino_recipient *only = session->replied.recipient;

    if (recipient != NULL)
        recipient = only != NULL ? NULL : recipient->next;
    else
        recipient = only != NULL ? only : session->replied.mail->recipients;
    while (recipient != NULL && !record_concerns(session, recipient))
        recipient = only != NULL ? NULL : recipient->next;
    return recipient;
}

static void record_begin(struct postino_session *session)
{
    struct postino_recipient *recipient = NULL;

    if (session->config->lmtp != NULL)
        session->config->lmtp->before(session);
    while ((recipient = record_next(session, recipient)) != NULL)
        postino_record_clear(recipient->record);
    session->recorded = RECORD_ROOM;
}

static void record_take(struct postino_session *session, uint8_t octet)
{
    struct postino_recipient *recipient = NULL;
    int had_room = 0;

    if (session->replied.mail == NULL)
        return;
    if (session->recorded == RECORD_NONE)
        record_begin(session);
    if (session->recorded == RECORD_FULL)
        return;
    while ((recipient = record_next(session, recipient)) != NULL) {
        struct postino_record *record = recipient->record;

        if (record->text_octets < record->text_capacity_octets) {
            record->text[record->text_octets++] = (char)postino_shown_octet(octet);
            had_room = 1;
        }
    }
    /* A server may send text without end: no walk over the recipients for text that no record has room for.
     */
    if (!had_room)
        session->recorded = RECORD_FULL;
}

static void record_reply_complete(struct postino_session *session)
{
    struct postino_recipient *recipient = NULL;
    size_t length = session->reply.text_octets;
    struct postino_enhanced_code code;

    if (session->recorded == RECORD_NONE)
        record_begin(session);
    session->recorded = RECORD_NONE;
    code = postino_enhanced_code_read(session->text,
                                      length < sizeof session->text ? length : sizeof session->text);
    while ((recipient = record_next(session, recipient)) != NULL)
        recipient->record->enhanced_code = code;
}

static const struct postino_text_sink record_sink = {record_take, NULL};

const struct postino_records postino_records = {&record_sink, record_reply_complete};
