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
    postino_emit_number(emitter, session->message.size_octets);
}

#define GROUP_LIMIT offsetof(struct postino_time_limits, final_ms)

static const struct postino_feature_step group_chunk = {{"BDAT \007 LAST\r\n" POSTINO_SINGLE_HEADER,
                                                         POSTINO_STEP_MESSAGE, 2, GROUP_LIMIT | STEP_JOINS,
                                                         STEP_MAILS},
                                                        group_emit,
                                                        NULL};
/* Ends the message that nobody is there to take. */
static const struct postino_step group_dot = {".", POSTINO_STEP_DATA, 0, GROUP_LIMIT, STEP_NEXT};

/* Octets of the chunk's command and of its header. */
static size_t group_text_octets(const struct postino_session *session)
{
    uint8_t none;
    struct postino_emitter emitter = {&none, 0, 0, 0};

    postino_emit_marked(session, &emitter, group_chunk.step.text);
    return emitter.total;
}

/* Counts what the chunk will hold, and what goes out in all. */
static void group_count(struct postino_session *session)
{
    const struct postino_step *step = session->sent.step;
    const struct postino_span *body = &((const struct postino_single *)session->mails)->body;
    const uint8_t *data = body->data;
    size_t left = body->length_octets;
    size_t octets = sizeof "\r\n"
                           "\r\n" -
                    1; /* that end the header, and the last line */
    uint8_t state = FILTER_BARE;

    while (left != 0) {
        size_t length = left;

        octets += postino_count_octets(&state, data, &length);
        data += length;
        left -= length;
    }
    session->filter = FILTER_BARE;
    session->sent.step = &group_chunk.step;
    session->message.size_octets = 0;
    session->message.size_octets = octets + group_text_octets(session) - (sizeof "BDAT 0 LAST\r\n" - 1);
    session->chunk_octets = octets + group_text_octets(session);
    session->sent.step = step;
}

/* What a refusal, or a server that does not pipeline, has wait, waits. */
void postino_group_advance(struct postino_session *session)
{
    const struct postino_step *step = session->sent.step;
    int decided = session->result.outcome != POSTINO_OUTCOME_PENDING;

    /* Nothing of the step left yet, and nobody needs it any more. */
    if (decided && session->offset_octets == 0 && session->chunk == 0 && step->next == STEP_MAILS)
        session->complete = 1;
    if (!session->complete || session->over != 0)
        return;
    if (session->outstanding != 0 && (decided || (step->limit & STEP_JOINS) == 0 ||
                                      (session->capabilities & POSTINO_CAPABILITY_PIPELINING) == 0))
        return;
    if (step->id == POSTINO_STEP_RCPT && !decided &&
        (session->capabilities & POSTINO_CAPABILITY_CHUNKING) != 0) {
        if (session->chunk_octets == 0)
            group_count(session);
        if (session->outstanding == 0 || session->message.size_octets <= GROUP_OCTETS)
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
        postino_session_enter(session, &group_dot);
        return STEP_STAY;
    }
    if (id == POSTINO_STEP_RCPT && !refused)
        mail->form |= FORM_TAKEN;
    if (session->outstanding == 0)
        replied->step = session->sent.step;
    else if (id == POSTINO_STEP_MESSAGE)
        replied->step = &postino_steps[STEP_QUIT];
    else if (id == POSTINO_STEP_RCPT && (session->capabilities & POSTINO_CAPABILITY_CHUNKING) != 0)
        replied->step = &group_chunk.step;
    else
        replied->step++;
    return STEP_NEXT;
}

/* Of a chunk, never more octets than were counted; and the last one, which would end it, only where there are as many. */
static size_t group_piece(struct postino_session *session, uint8_t *out, size_t capacity)
{
    size_t length;

    if (session->sent.step != &group_chunk.step)
        return postino_single_piece(session, out, capacity);
    length = postino_single_piece(session, out,
                                  capacity < session->chunk_octets ? capacity : session->chunk_octets);
    session->chunk_octets -= length;
    if (session->complete != (session->chunk_octets == 0)) {
        session->complete = 0;
        postino_session_fail(session, POSTINO_ERROR_SOURCE);
        return 0;
    }
    return length;
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

const struct postino_extension postino_single_pipelining = {"PIPELINING", postino_extensions_ignore, NULL,
                                                            NULL, POSTINO_CAPABILITY_PIPELINING};
const struct postino_extension postino_single_chunking = {"CHUNKING", postino_extensions_ignore, NULL, NULL,
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
