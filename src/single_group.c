/* SPDX-License-Identifier: MIT */
/* One mail to one recipient, with PIPELINING (RFC 2920) and CHUNKING (RFC 3030) where they are offered: the steps of
 * src/single.c, of which some do not wait for the replies to those before. Both cursors walk over the table.
 * Invariant: what stands between them was sent whole; behind a refusal nothing is begun before all is answered. The
 * message is one chunk, of octets that were counted before, and its last one leaves only when the source has said
 * END right there. */
#include "internal.h"

/* A larger message waits until the server has taken the recipient. */
#define GROUP_OCTETS 65536

static void group_emit(const struct postino_session *session, struct postino_emitter *emitter)
{
    postino_emit_number(emitter, session->chunk_octets);
}

static const struct postino_feature_step group_chunk = {
    {"BDAT \007 LAST", POSTINO_STEP_MESSAGE, 2, offsetof(struct postino_time_limits, final_ms) | STEP_JOINS,
     STEP_MAILS},
    group_emit,
    NULL};

/* Has the message go by BDAT where it may. */
static void group_begin(struct postino_session *session)
{
    struct postino_mail *mail = session->mails;

    if ((session->capabilities & POSTINO_CAPABILITY_CHUNKING) == 0)
        return;
    if (postino_count_through(session, mail) != POSTINO_OK)
        (void)postino_steps_give_up(session, POSTINO_ERROR_SOURCE);
    session->chunk_octets = session->message.size_octets;
    if (session->chunk_octets != 0) {
        mail->form = FORM_CHUNKS;
        session->filter = FILTER_BARE;
    }
}

/* What a refusal, or a server that does not pipeline, has wait, waits. */
void postino_group_advance(struct postino_session *session)
{
    const struct postino_step *step = session->sent.step;
    int decided = session->result.outcome != POSTINO_OUTCOME_PENDING;

    /* Nothing of the step left yet, and nobody needs it any more. After 354 the end mark must come. */
    if (decided && session->offset_octets == 0 && session->chunk == 0 && step->next == STEP_MAILS &&
        step != &postino_steps[STEP_MESSAGE])
        session->complete = 1;
    if (!session->complete || session->over != 0)
        return;
    if (session->outstanding != 0 && (decided || (step->limit & STEP_JOINS) == 0 ||
                                      (session->capabilities & POSTINO_CAPABILITY_PIPELINING) == 0))
        return;
    if (session->sent.mail == NULL)
        group_begin(session);
    if (step->id == POSTINO_STEP_RCPT && !decided && (session->mails->form & FORM_CHUNKS) != 0) {
        if (session->outstanding == 0 || session->chunk_octets <= GROUP_OCTETS)
            postino_session_enter(session, &group_chunk.step);
    } else {
        postino_single_advance(session);
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
        if ((mail->form & FORM_TAKEN) != 0)
            return postino_session_fail(session, POSTINO_ERROR_REPLY_UNEXPECTED);
        mail->form = FORM_DECIDED;
        return STEP_MESSAGE;
    }
    if (id == POSTINO_STEP_RCPT && !refused)
        mail->form |= FORM_TAKEN;
    if (session->outstanding == 0) {
        if (session->source_waits != SOURCE_READY)
            return postino_session_fail(session, POSTINO_ERROR_SOURCE);
        replied->step = session->sent.step;
    } else if (id == POSTINO_STEP_MESSAGE) {
        replied->step = &postino_steps[STEP_QUIT];
    } else if (id == POSTINO_STEP_RCPT && (mail->form & FORM_CHUNKS) != 0) {
        replied->step = &group_chunk.step;
    } else {
        replied->step++;
    }
    return STEP_NEXT;
}

/* The chunk's octets: those of the message without its end mark. */
static size_t group_data(struct postino_session *session, uint8_t *out, size_t capacity)
{
    size_t length = capacity < session->chunk_octets ? capacity : session->chunk_octets;

    length = postino_message(session, out, length);
    session->chunk_octets -= length;
    /* There is more than was said, or less: the last octet, which would end it, stays here. */
    if (session->complete != (session->chunk_octets == 0)) {
        session->complete = 0;
        length -= length != 0;
        postino_session_stop(session, POSTINO_SOURCE_FAIL);
    }
    return length;
}

static size_t group_piece(struct postino_session *session, uint8_t *out, size_t capacity)
{
    size_t written = 0;

    if (session->sent.step != &group_chunk.step)
        return postino_session_piece(session, out, capacity);
    if (session->chunk == 0) {
        written = postino_command(session, out, capacity);
        if (!session->complete)
            return written;
        session->offset_octets = 0;
        session->complete = 0;
        session->chunk = CHUNK_DATA;
    }
    return written + group_data(session, out + written, capacity - written);
}

size_t postino_group_output(struct postino_session *session, uint8_t *out, size_t capacity)
{
    size_t written = 0;

    do {
        written += postino_session_handed(session, group_piece(session, out + written, capacity - written));
        if (!session->complete)
            break;
        postino_group_advance(session);
        /* The end mark goes out in one piece. */
    } while (!session->complete && capacity - written >= MESSAGE_MARK_OCTETS);
    return written;
}

const struct postino_extension postino_single_pipelining = {"PIPELINING", NULL, NULL, NULL,
                                                            POSTINO_CAPABILITY_PIPELINING};
const struct postino_extension postino_single_chunking = {"CHUNKING", NULL, NULL, NULL,
                                                          POSTINO_CAPABILITY_CHUNKING};

const struct postino_driver postino_single_group = {.greeting = &postino_steps[STEP_GREETING],
                                                    .advance = postino_group_advance,
                                                    .want = postino_session_want_octets,
                                                    .known = postino_steps_mails,
                                                    .heard = postino_steps_reply,
                                                    .reply = postino_group_reply,
                                                    .refuse = postino_single_refuse,
                                                    .output = postino_group_output,
                                                    .settle = postino_single_settle};
