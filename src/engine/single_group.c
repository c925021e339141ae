/* SPDX-License-Identifier: MIT */
/* One mail to one recipient, with PIPELINING (RFC 2920) and CHUNKING (RFC 3030) where they are offered: the
 * steps of src/engine/single.c, of which some do not wait for the replies to those before. Both cursors walk
 * over the table. Invariant: what stands between them was sent whole; behind a refusal nothing is begun
 * before all is answered. The message is one chunk, of octets that were counted before the connection, and
 * its last one leaves only where it is the body's last too. */
#include "data_filter.h"
#include "emitter.h"
#include "auth.h"
#include "mails.h"
#include "reply.h"
#include "single.h"

/* A larger message waits until the server has taken the recipient. */
#define GROUP_OCTETS 65536

static void group_emit(const struct postino_session *session, struct postino_emitter *emitter)
{
    postino_emit_number(emitter, session->message.size_octets);
}

#define GROUP_LIMIT offsetof(struct postino_time_limits, final_ms)

static const struct postino_feature_step group_chunk = {
    {"BDAT \007 LAST\r\n" STEP_HEADER_TEXT, POSTINO_STEP_MESSAGE, 0, GROUP_LIMIT, STEP_PART},
    group_emit,
    NULL};
/* Ends the last line. */
static const struct postino_step group_end = {POSTINO_TEXT(""), POSTINO_STEP_MESSAGE, 2,
                                              GROUP_LIMIT | STEP_JOINS, STEP_MAILS};
/* Ends the message that nobody is there to take. */
static const struct postino_step group_dot = {".", POSTINO_STEP_DATA, 0, GROUP_LIMIT, STEP_NEXT};

void postino_group_count(struct postino_session *session)
{
    const struct postino_step *step = session->sent.step;
    struct postino_span left = ((const struct postino_single *)session->mails)->body;
    size_t octets = sizeof "\r\n" - 1; /* of the last line */
    uint8_t state = FILTER_BARE;
    uint8_t out[16];
    struct postino_emitter emitter = {out, 0, 0, 0};

    while (left.length_octets != 0)
        octets += postino_data_filter(&state, &left, out, sizeof out);
    session->chunk_octets = octets;
    session->sent.step = &group_chunk.step;
    postino_emit_template(session, &emitter, group_chunk.step.text);
    session->sent.step = step;
    /* With no size yet its command is this long; the empty line behind the header was not put out. */
    session->message.size_octets = octets + emitter.place - (sizeof "BDAT 0 LAST" - 1);
}

/* What a refusal, or a server that does not pipeline, has wait, waits. */
void postino_group_advance(struct postino_session *session)
{
    const struct postino_step *step = session->sent.step;
    int decided = session->result.outcome != POSTINO_OUTCOME_PENDING;

    /* Nothing of the step left yet, and nobody needs it any more. */
    if (decided && session->offset_octets == 0 &&
        ((step->next == STEP_MAILS && step->id != POSTINO_STEP_MESSAGE) || step == &group_chunk.step)) {
        step = &group_end;
        session->sent.step = step;
        session->complete = 1;
    }
    if (!session->complete)
        return;
    if (step->next == STEP_PART && (session->filter & FILTER_BARE) != 0) {
        postino_session_enter(session, step == &group_chunk.step ? &postino_steps[STEP_BODY] : &group_end);
        return;
    }
    if (session->outstanding != 0 &&
        (decided || postino_pipelining_room(session) == 0 || (step->limit & STEP_JOINS) == 0 ||
         (session->capabilities & POSTINO_CAPABILITY_PIPELINING) == 0))
        return;
    if (step->id == POSTINO_STEP_RCPT && !decided &&
        (session->capabilities & POSTINO_CAPABILITY_CHUNKING) != 0) {
        session->filter = FILTER_BARE;
        if (session->outstanding == 0 || session->message.size_octets <= GROUP_OCTETS)
            postino_session_enter(session, &group_chunk.step);
    } else {
        postino_single_follow(session);
    }
}

unsigned postino_group_reply(struct postino_session *session, int refused)
{
    struct postino_cursor *replied = &session->replied;
    struct postino_mail *mail = session->mails;
    unsigned id = replied->step->id;

    if (session->result.outcome == POSTINO_OUTCOME_PENDING) {
        (void)postino_single_reply(session, refused);
    } else if (id == POSTINO_STEP_DATA && !refused) {
        /* Taken all the same: a lone dot ends it, unless the server has a recipient to give that to. */
        if ((mail->marks & MAIL_HAS_RECIPIENT) != 0)
            return postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED);
        postino_session_enter(session, &group_dot);
        return STEP_STAY;
    }
    if (id == POSTINO_STEP_RCPT && !refused)
        mail->marks |= MAIL_HAS_RECIPIENT;
    if (session->outstanding == 0)
        replied->step = session->sent.step;
    else if (id == POSTINO_STEP_MESSAGE)
        replied->step = &postino_steps[STEP_QUIT];
    else if (id == POSTINO_STEP_RCPT && (session->capabilities & POSTINO_CAPABILITY_CHUNKING) != 0)
        replied->step = &group_end;
    else
        replied->step++;
    return STEP_NEXT;
}

/* Whatever becomes of the body in its memory, no more of it goes out in a chunk than was counted, nor less
 * before what ends it. */
size_t postino_group_write_step(struct postino_session *session, uint8_t *out, size_t capacity)
{
    size_t left = session->chunk_octets;

    if (session->sent.step != &postino_steps[STEP_BODY])
        return postino_command(session, out, capacity);
    if ((session->filter & FILTER_BARE) == 0)
        return postino_single_body(session, out, capacity);
    capacity = postino_single_body(session, out, capacity < left ? capacity : left - 1);
    left -= capacity;
    session->chunk_octets = left;
    if (left < 2 || (session->complete && left != 2)) {
        session->complete = 0;
        postino_session_fail(session, POSTINO_ERROR_SOURCE);
    }
    return capacity;
}

const struct postino_extension postino_single_pipelining = {POSTINO_TEXT("PIPELINING"), NULL, NULL, NULL,
                                                            POSTINO_CAPABILITY_PIPELINING};
const struct postino_extension postino_single_chunking = {POSTINO_TEXT("CHUNKING"), NULL, NULL, NULL,
                                                          POSTINO_CAPABILITY_CHUNKING};

const struct postino_mail_strategy postino_single_group = {.greeting = &postino_steps[STEP_GREETING],
                                                           .advance = postino_group_advance,
                                                           .want = postino_session_want_octets,
                                                           .after_ehlo = postino_auth_begin,
                                                           .reply_complete = postino_steps_reply,
                                                           .reply = postino_group_reply,
                                                           .refuse = postino_single_refuse,
                                                           .refused = postino_steps_refused,
                                                           .nonsense = postino_reply_nonsense,
                                                           .output = postino_single_output,
                                                           .write_step = postino_group_write_step,
                                                           .finish = postino_single_finish};
