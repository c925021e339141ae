/* SPDX-License-Identifier: MIT */
/* Runs the bare session: octets move in both directions, in random lengths and order. */
#include "model.h"

#include <stdlib.h>

#define STEPS_MAX 4000000

struct run {
    struct model_world *world;
    struct model_connection *connection;
    struct postino_session session;
    struct postino_session_config config;
    struct postino_credentials credentials;
    uint32_t now_ms;
    size_t output_max;
    size_t input_max;
    size_t taken_max;
    size_t window; /* the server reads on only while fewer of its octets are on the way */
    size_t next;   /* mail to hand in */
    int all_at_once;
    int asked_to_quit;
};

static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_plain, &postino_sasl_login, NULL};
static const struct postino_mechanism *const other_mechanisms[] = {&postino_sasl_login, NULL};

static void run_init(struct run *run, struct model_world *world)
{
    struct model_settings *settings = &world->settings;
    struct model_random *random = &world->random;
    static const size_t lengths[] = {1, 2, 5, 20, 200, 65536, 65536};
    int large = settings->octets_max > 10000;

    run->world = world;
    run->now_ms = model_draw(random, UINT32_MAX);
    run->output_max = large ? 65536 : lengths[model_draw(random, 7)];
    run->input_max = lengths[model_draw(random, 7)];
    run->taken_max = large ? 65536 : lengths[model_draw(random, 7)];
    run->window = model_chance(random, 200) ? (size_t)1 + model_draw(random, 300) : MODEL_NEVER;
    run->all_at_once = model_chance(random, 600);
    run->credentials = (struct postino_credentials){.user = "user", .password = "secret"};
    run->config =
        (struct postino_session_config){.ehlo_name = "client.example.com",
                                        .faults = &postino_faults,
                                        .time_limits = &postino_time_limits_rfc5321,
                                        .extensions = settings->extensions,
                                        .mails_in_flight_max = (uint16_t)settings->mails_in_flight_max,
                                        .group_octets_max = (uint32_t)settings->group_octets_max};
    if (settings->lmtp) {
        run->config.lmtp = &postino_lmtp;
    }
    if (settings->auth) {
        run->config.credentials = &run->credentials;
        run->config.mechanisms = model_chance(random, 500) ? mechanisms : other_mechanisms;
        run->config.flags = POSTINO_SESSION_CLEAR_TEXT_AUTH;
        if (settings->auth_if_offered) {
            run->config.flags |= POSTINO_SESSION_AUTH_IF_OFFERED;
        }
    }
    /* As the model counts them. */
    if (settings->group_octets_max == 0) {
        settings->group_octets_max = 65536;
    }
}

static void run_submit(struct run *run)
{
    struct model_mail *mail = &run->world->mails[run->next++];

    mail->submitted++;
    mail->taken = postino_session_submit(&run->session, &mail->mail) == 0;
}

static void run_collect(struct run *run)
{
    struct postino_mail *mail;

    while ((mail = postino_session_finished(&run->session)) != NULL) {
        ((struct model_mail *)mail)->returned++;
    }
}

static int move_output(struct run *run)
{
    struct model_random *random = &run->world->random;
    size_t capacity = model_length(random, run->output_max);
    uint8_t *room = malloc(capacity);
    size_t length;

    if (room == NULL) {
        abort();
    }
    length = postino_session_output(&run->session, room, capacity, run->now_ms);
    if (length > capacity) {
        model_fault(run->world, "more octets than the capacity");
    } else if (length != 0) {
        model_connection_sent(run->connection, room, length);
    }
    free(room);
    return length != 0;
}

static int move_to_server(struct run *run)
{
    struct model_connection *connection = run->connection;
    size_t left = connection->in.length - connection->taken;
    size_t length;

    if (left == 0 || connection->broken || connection->out.length - connection->given >= run->window) {
        return 0;
    }
    length = model_length(&run->world->random, left < run->taken_max ? left : run->taken_max);
    if (connection->taken + length >= connection->policy.cut_client) {
        length = connection->policy.cut_client > connection->taken
                     ? connection->policy.cut_client - connection->taken
                     : 0;
        connection->broken = 1;
    }
    model_connection_deliver(connection, length);
    return 1;
}

static int move_to_client(struct run *run)
{
    struct model_connection *connection = run->connection;
    size_t left = connection->out.length - connection->given;
    size_t length;
    const uint8_t *data;

    if (left == 0) {
        return 0;
    }
    length = model_length(&run->world->random, left < run->input_max ? left : run->input_max);
    if (connection->given + length >= connection->policy.cut_server) {
        length = connection->policy.cut_server > connection->given
                     ? connection->policy.cut_server - connection->given
                     : 0;
        connection->broken = 1;
        connection->out.length = connection->given + length;
    }
    data = model_connection_give(connection, length);
    postino_session_input(&run->session, data, length, run->now_ms);
    return 1;
}

static int wake_sources(struct run *run)
{
    int woken = 0;
    size_t i;

    for (i = 0; i < run->world->mail_count; i++) {
        struct model_source *own = &run->world->mails[i].own;

        if (own->waiting) {
            own->waiting = 0;
            own->wait_at = MODEL_NEVER;
            woken = 1;
            postino_session_source_ready(&run->session);
        }
    }
    return woken;
}

/* Nothing moves: the next mail, a source, the end of the stream, or time. Returns 0 at the end. */
static int run_rest(struct run *run, unsigned want)
{
    struct model_connection *connection = run->connection;
    uint32_t wait_ms;

    if (connection->broken || (connection->closed && connection->out.length == connection->given)) {
        return 0;
    }
    if (wake_sources(run) || postino_session_want(&run->session) != want) {
        return 1;
    }
    if (run->next < run->world->mail_count && (want & POSTINO_WANT_MAIL)) {
        run_submit(run);
        return 1;
    }
    if (run->next == run->world->mail_count && !run->asked_to_quit) {
        run->asked_to_quit = 1;
        postino_session_quit(&run->session);
        return 1;
    }
    wait_ms = postino_session_wait_ms(&run->session, run->now_ms);
    if (!connection->silent && !connection->final_dropped) {
        model_fault(run->world, "nothing moves any more: want %x", want);
        return 0;
    }
    if (wait_ms == UINT32_MAX) {
        model_fault(run->world, "waits for ever, and the server is silent");
        return 0;
    }
    run->now_ms += wait_ms;
    postino_session_tick(&run->session, run->now_ms);
    return 1;
}

static int run_step(struct run *run)
{
    struct model_random *random = &run->world->random;
    unsigned want = postino_session_want(&run->session);
    unsigned first = model_draw(random, 3);
    unsigned i;

    if (want & POSTINO_WANT_CLOSED) {
        return 0;
    }
    if (run->connection->broken && model_chance(random, 300)) {
        return 0;
    }
    if (model_chance(random, 300)) {
        run_collect(run);
    }
    for (i = 0; i < 3; i++) {
        unsigned kind = (first + i) % 3;

        if (kind == 0   ? (want & POSTINO_WANT_SEND) && move_output(run)
            : kind == 1 ? move_to_server(run)
                        : move_to_client(run)) {
            return 1;
        }
    }
    return run_rest(run, want);
}

/* Octets that are on the way when the client gives up may still arrive, or certainly never leave. */
static void run_end(struct run *run)
{
    struct model_connection *connection = run->connection;
    size_t left = connection->in.length - connection->taken;
    int over = (postino_session_want(&run->session) & POSTINO_WANT_CLOSED) != 0;
    size_t arrive = connection->broken ? 0 : model_draw(&run->world->random, (uint32_t)left + 1);

    connection->unsent = model_draw(&run->world->random, (uint32_t)(left - arrive) + 1);
    if (model_chance(&run->world->random, 300)) {
        connection->unsent = 0;
    }
    postino_session_lost(&run->session, over ? 0 : POSTINO_ERROR_CLOSED, connection->unsent);
    model_connection_deliver(connection, arrive);
}

void model_run_session(struct model_world *world)
{
    struct run *run = calloc(1, sizeof *run);
    long steps = 0;

    if (run == NULL) {
        abort();
    }
    run_init(run, world);
    run->connection = model_connect(world);
    if (postino_session_init(&run->session, &run->config, run->now_ms) != 0) {
        model_fault(world, "init fails");
    } else {
        while (run->all_at_once && run->next < world->mail_count) {
            run_submit(run);
        }
        if (run->all_at_once && model_chance(&world->random, 500)) {
            run->asked_to_quit = 1;
            postino_session_quit(&run->session);
        }
        while (world->fault[0] == '\0' && run_step(run)) {
            if (++steps == STEPS_MAX) {
                model_fault(world, "no end");
            }
        }
        run_end(run);
        run_collect(run);
    }
    free(run);
    if (world->fault[0] == '\0') {
        model_judge(world);
    }
}
