/* SPDX-License-Identifier: MIT */
/* One mail to one recipient, with PIPELINING (RFC 2920) and CHUNKING (RFC 3030) where they are offered.
 * The steps are those of single.c; some do not wait for the replies to those before. Both cursors walk
 * over the table. Invariant: every step between the cursors was sent whole, and no step begins behind a
 * refusal before all replies came. The message is one chunk, which is counted before the connection. Its
 * last octet leaves only as the last one of the body. */
#include "data_filter.h"
#include "emitter.h"
#include "auth.h"
#include "mails.h"
#include "reply.h"
#include "single.h"

/* A larger message waits until the server accepted the recipient. */
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
/* Ends a message without a recipient. */
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
    /* Without its size the command is this long. The template lacks the empty line behind the header. */
    session->message.size_octets = octets + emitter.place - (sizeof "BDAT 0 LAST" - 1);
}

/* Steps after a refusal are not sent. Without PIPELINING each step waits for its reply. */
static void group_advance(struct postino_session *session)
{
    const struct postino_step *step = session->sent.step;
    int decided = session->result.outcome != POSTINO_OUTCOME_PENDING;

    /* A refusal made the step useless before it began. */
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

static unsigned group_reply(struct postino_session *session, int refused)
{
    struct postino_cursor *replied = &session->replied;
    struct postino_mail *mail = session->mails;
    unsigned id = replied->step->id;

    if (session->result.outcome == POSTINO_OUTCOME_PENDING) {
        (void)postino_single_reply(session, refused);
    } else if (id == POSTINO_STEP_DATA && !refused) {
        /* The server awaits the message all the same. A lone dot ends it, unless a recipient would get
         * that. */
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

/* Writes octets of the step in hand. The caller may change the body in its memory: even then exactly as
 * many octets go out in a chunk as were counted, or the session ends. Returns how many. */
static size_t group_write_step(struct postino_session *session, uint8_t *out, size_t capacity)
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
                                                           .advance = group_advance,
                                                           .want = postino_session_want_octets,
                                                           .after_ehlo = postino_auth_begin,
                                                           .reply_complete = postino_steps_reply,
                                                           .reply = group_reply,
                                                           .refuse = postino_single_refuse,
                                                           .refused = postino_steps_refused,
                                                           .nonsense = postino_reply_nonsense,
                                                           .output = postino_single_output,
                                                           .write_step = group_write_step,
                                                           .finish = postino_single_finish};

const struct postino_mail_strategy postino_single_group_tls = {.greeting = &postino_hello_greeting.step,
                                                               .advance = group_advance,
                                                               .want = postino_single_want_tls,
                                                               .after_ehlo = postino_hello_known,
                                                               .reply_complete = postino_steps_reply,
                                                               .reply = group_reply,
                                                               .refuse = postino_single_refuse,
                                                               .refused = postino_steps_refused,
                                                               .nonsense = postino_reply_nonsense,
                                                               .output = postino_single_output,
                                                               .write_step = group_write_step,
                                                               .finish = postino_single_finish};
