/* SPDX-License-Identifier: MIT */
/* A sensor without an operating system that sends a mail when the water rises.
 *
 * The main loop does one small piece of each job in turn. A mail's piece is mail_step(): it moves at most one
 * buffer each way, and returns. It never waits, so the other jobs get their turn while a mail is under way,
 * even on a slow network. There is no heap, and the C library is only memcpy() and the like.
 * superloop_board.h declares board and modem: replace superloop_board.c with yours. */
#include "postino/session.h"

#include "superloop_board.h"

#define ALARM_LEVEL_CM   40
#define ALARM_CLEAR_CM   30 /* below it the next alarm may come: a wave is not a flood */
#define TRY_AGAIN_MS     60000U
#define TRY_AGAIN_MAX_MS 3600000U

#define FROM    "cellar@station.example"
#define TO      "keeper@station.example"
#define HEADERS "From: Cellar <" FROM ">\r\nTo: <" TO ">\r\nSubject: Water in the cellar\r\n"

/* A peer that never ends its reply is heard no longer. */
#define HEAR_PIECES 64

/* The engine's state, and all that it borrows, for good: nothing here is ever allocated. Limits
 * of a minute instead of RFC 5321's five: a connection that hangs costs current. */
static const struct postino_time_limits limits = {.greeting_ms = 60000,
                                                  .command_ms = 60000,
                                                  .data_ms = 60000,
                                                  .block_ms = 60000,
                                                  .final_ms =
                                                      600000, /* giving up here would make duplicates */
                                                  .quit_ms = 5000};
/* Only what is named here is linked. */
static const struct postino_extension *const extensions[] = {&postino_extension_size, NULL};
static const struct postino_session_config config = {
    .ehlo_name = "cellar.station.example", .time_limits = &limits, .extensions = extensions};
static struct postino_session session;
static struct postino_recipient recipient;
static struct postino_memory_source message;
static struct postino_mail mail;
static char text[256];

/* A mail is in hand from the alarm until it is accepted or refused for good. */
static uint8_t mail_in_hand;
static uint8_t connected; /* the session runs over a connection that was dialled */
static uint32_t try_at_ms;
static uint32_t try_again_ms;

/* The octets that the modem has not taken yet. */
static uint8_t send_buffer[128];
static int send_offset;
static int send_octets;

/* ---- Time ---- */

/* Milliseconds by accumulated differences: ticks * 1000 would jump when either wraps, and a rest that is
 * thrown away each time would make the clock slow. To be called once in nine hours at least. */
static uint32_t now_ms(void)
{
    static uint32_t last_ticks;
    static uint32_t rest;
    static uint32_t ms;
    uint32_t ticks = driver_ticks();

    rest += (ticks - last_ticks) * 1000U;
    last_ticks = ticks;
    ms += rest / DRIVER_TICKS_PER_SECOND;
    rest %= DRIVER_TICKS_PER_SECOND;
    return ms;
}

/* ---- The message ---- */

static char *put_text(char *end, const char *add)
{
    while (*add != '\0')
        *end++ = *add++;
    return end;
}

static char *put_number(char *end, uint32_t number)
{
    char digits[10];
    unsigned count = 0;

    do
        digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    while (count != 0)
        *end++ = digits[--count];
    return end;
}

/* Composes the alarm, once: each attempt sends the same octets and so the same Message-ID, by which a
 * duplicate can be recognised. A board without a calendar leaves the Date to its submission server (RFC
 * 6409 section 8.1). A real one keeps the serial number over a reset. */
static void mail_compose(int level_cm)
{
    static uint32_t serial;
    char *end = put_text(text, HEADERS "Message-ID: <");

    end = put_number(end, ++serial);
    end = put_text(end, "." FROM ">\r\n\r\nThe water stands at ");
    end = put_number(end, (uint32_t)level_cm);
    end = put_text(end, " cm.\r\n");
    postino_memory_source_init_canonical(&message, text, (size_t)(end - text));
    recipient.address = TO;
    mail.reverse_path = FROM;
    mail.recipients = &recipient;
    mail.source = &message.source;
}

/* ---- The mail ---- */

/* The attempt is over: what now? */
static void mail_result(uint32_t now)
{
    unsigned outcome = mail.result.outcome;

    if (outcome == POSTINO_OUTCOME_ACCEPTED || outcome == POSTINO_OUTCOME_PERMANENT) {
        mail_in_hand = 0;
        board_mail_result(outcome, mail.result.error, 0);
        return;
    }
    /* Nothing arrived, or (UNKNOWN) nobody knows: an alarm twice is better than none. */
    try_at_ms = now + try_again_ms;
    board_mail_result(outcome, mail.result.error, try_again_ms);
    try_again_ms = try_again_ms < TRY_AGAIN_MAX_MS / 2 ? try_again_ms * 2 : TRY_AGAIN_MAX_MS;
}

static void mail_dial(uint32_t now)
{
    send_octets = 0;
    /* Neither can fail but by a mistake in this file, which the first test shows. The limit of the greeting
     * runs from here, so it covers the dialling. */
    if (postino_session_init(&session, &config, now) != 0 || postino_session_submit(&session, &mail) != 0) {
        mail_in_hand = 0;
        board_mail_result(POSTINO_OUTCOME_PERMANENT, POSTINO_ERROR_ARGUMENT, 0);
        return;
    }
    postino_session_quit(&session); /* behind the mail */
    driver_dial();
    connected = 1;
}

/* Returns how many octets arrived, or why the connection is at its end. */
static int mail_receive(uint32_t now)
{
    uint8_t data[64];
    int length = driver_read(data, (int)sizeof data);

    if (length < 0)
        return POSTINO_ERROR_CLOSED;
    postino_session_input(&session, data, (size_t)length, now);
    return length;
}

/* Takes received octets before a time limit is judged: another job may have taken long, and the reply may
 * have arrived in time. Returns as mail_receive(). */
static int mail_hear(uint32_t now)
{
    unsigned pieces = HEAR_PIECES;
    int length = mail_receive(now);

    while (length > 0 && --pieces != 0 && postino_session_wait_ms(&session, now) == 0)
        length = mail_receive(now);
    return length;
}

/* That the modem takes nothing any more is no reason to stop listening: what the server said last may still
 * be there, and reading tells the end. */
static void mail_send(uint32_t now)
{
    int taken;

    if (send_octets == 0) {
        send_offset = 0;
        send_octets = (int)postino_session_output(&session, send_buffer, sizeof send_buffer, now);
    }
    if (send_octets == 0)
        return;
    taken = driver_write(send_buffer + send_offset, send_octets);
    if (taken > 0) {
        send_offset += taken;
        send_octets -= taken;
        postino_session_progress(&session, now);
    }
}

static void mail_step(void)
{
    uint32_t now = now_ms();
    int error;

    if (!connected) {
        /* The difference, not the times: the clock wraps. */
        if (mail_in_hand && (int32_t)(now - try_at_ms) >= 0)
            mail_dial(now);
        return;
    }
    error = mail_hear(now);
    if (error >= 0) {
        error = 0;
        mail_send(now);
    }
    postino_session_tick(&session, now);
    if (error != 0 || (postino_session_want(&session) & POSTINO_WANT_CLOSED) != 0) {
        driver_hang_up((postino_session_want(&session) & POSTINO_WANT_GRACEFUL) != 0);
        postino_session_lost(&session, error, (size_t)send_octets);
        connected = 0;
    }
    /* Before the end of the session, where it can be: what follows the reply to the mail cannot change
     * it. */
    if (postino_session_finished(&session) != NULL)
        mail_result(now);
}

/* How long mail_step() has nothing to do, unless the modem has octets or room for some. */
static uint32_t mail_wait_ms(void)
{
    uint32_t now = now_ms();
    int32_t left_ms = (int32_t)(try_at_ms - now);

    if (connected)
        return send_octets == 0 && (postino_session_want(&session) & POSTINO_WANT_SEND) != 0
                   ? 0
                   : postino_session_wait_ms(&session, now);
    if (!mail_in_hand)
        return UINT32_MAX;
    return left_ms > 0 ? (uint32_t)left_ms : 0;
}

/* ---- The sensor ---- */

static void sensor_step(void)
{
    static uint8_t alarm;
    int level_cm = board_level_cm();

    if (level_cm < ALARM_CLEAR_CM)
        alarm = 0;
    /* The text is the session's as long as a mail is in hand; `alarm` stays 0 then, so this one is not
     * lost. */
    if (level_cm < ALARM_LEVEL_CM || alarm || mail_in_hand || connected)
        return;
    alarm = 1;
    mail_compose(level_cm);
    mail_in_hand = 1;
    try_at_ms = now_ms();
    try_again_ms = TRY_AGAIN_MS;
}

int main(void)
{
    for (;;) {
        sensor_step();
        mail_step();
        board_other_work(mail_wait_ms());
    }
}
