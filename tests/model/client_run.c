/* SPDX-License-Identifier: MIT */
/* Runs the blocking client over a transport of the model: each connect() meets another server. The clock
 * is the model's, so a wait without an event takes no real time. */
#include "model.h"

#include <stdlib.h>

#define CALLS_MAX 2000000

struct link {
    struct postino_transport transport; /* first, as the contract says */
    struct model_world *world;
    struct model_connection *connection; /* NULL: closed */
    struct model_random random;
    uint32_t now_ms;
    uint32_t connect_fails; /* in thousandths */
    size_t capacity_max;
    size_t piece_max;
    uint8_t *buffer;
    size_t buffer_octets;
    size_t buffer_offset;
    long calls;
};

/* Every call comes by here, so that a client without end is seen. */
static struct link *link_of(struct postino_transport *transport)
{
    struct link *link = (struct link *)transport;

    if (++link->calls == CALLS_MAX) {
        model_fault(link->world, "no end");
    }
    return link;
}

static int link_connect(struct postino_transport *transport, uint32_t timeout_ms)
{
    struct link *link = link_of(transport);

    (void)timeout_ms;
    if (link->connection != NULL) {
        model_fault(link->world, "connects while it is connected");
    }
    transport->unsent_octets = 0;
    if (model_chance(&link->random, link->connect_fails) || link->world->fault[0] != '\0') {
        return POSTINO_ERROR_CONNECT;
    }
    link->connection = model_connect(link->world);
    return link->connection == NULL ? POSTINO_ERROR_CONNECT : 0;
}

static int link_reserve(struct postino_transport *transport, uint8_t **buffer, size_t *capacity_octets)
{
    struct link *link = link_of(transport);

    if (transport->unsent_octets != 0) {
        model_fault(link->world, "reserve() with octets unsent");
    }
    free(link->buffer);
    link->buffer_octets = model_length(&link->random, link->capacity_max);
    link->buffer = malloc(link->buffer_octets);
    if (link->buffer == NULL) {
        abort();
    }
    link->buffer_offset = 0;
    *buffer = link->buffer;
    *capacity_octets = link->buffer_octets;
    return 0;
}

/* So many octets reach the server, unless the connection breaks before. */
static void link_deliver(struct link *link, size_t length)
{
    struct model_connection *connection = link->connection;

    if (connection->taken + length >= connection->policy.cut_client) {
        length = connection->policy.cut_client > connection->taken
                     ? connection->policy.cut_client - connection->taken
                     : 0;
        connection->broken = 1;
    }
    model_connection_deliver(connection, length);
}

static int link_send(struct postino_transport *transport, size_t length_octets)
{
    struct link *link = link_of(transport);
    struct model_connection *connection = link->connection;
    size_t length;

    if (connection == NULL || length_octets > link->buffer_octets) {
        model_fault(link->world, "send() when closed, or too much");
        return POSTINO_ERROR_SEND;
    }
    if (length_octets != 0) {
        model_connection_sent(connection, link->buffer, length_octets);
        transport->unsent_octets = length_octets;
    }
    if (connection->broken || link->world->fault[0] != '\0') {
        return POSTINO_ERROR_SEND;
    }
    length = transport->unsent_octets;
    if (length != 0 && model_chance(&link->random, 200)) {
        length = model_draw(&link->random, (uint32_t)length + 1);
    }
    transport->unsent_octets -= length;
    return transport->unsent_octets == 0 ? 0 : POSTINO_AGAIN;
}

/* Moves sent octets on. Returns whether there were any. */
static int link_travel(struct link *link)
{
    struct model_connection *connection = link->connection;
    size_t left = connection->in.length - connection->taken - link->transport.unsent_octets;

    if (left == 0 || connection->broken) {
        return 0;
    }
    link_deliver(link, model_length(&link->random, left));
    return 1;
}

static int link_receive(struct postino_transport *transport, const uint8_t **data, size_t *length_octets)
{
    struct link *link = link_of(transport);
    struct model_connection *connection = link->connection;
    size_t length;

    if (connection == NULL || link->world->fault[0] != '\0') {
        return POSTINO_ERROR_RECEIVE;
    }
    if (model_chance(&link->random, 300)) {
        (void)link_travel(link);
    }
    length = connection->out.length - connection->given;
    if (length == 0) {
        return connection->broken || connection->closed ? POSTINO_ERROR_CLOSED : POSTINO_AGAIN;
    }
    length = model_length(&link->random, length < link->piece_max ? length : link->piece_max);
    if (connection->given + length >= connection->policy.cut_server) {
        length = connection->policy.cut_server > connection->given
                     ? connection->policy.cut_server - connection->given
                     : 0;
        connection->broken = 1;
        connection->out.length = connection->given + length;
        if (length == 0) {
            return POSTINO_ERROR_RECEIVE;
        }
    }
    *data = model_connection_give(connection, length);
    *length_octets = length;
    return 0;
}

static int link_wait(struct postino_transport *transport, unsigned events, uint32_t timeout_ms)
{
    struct link *link = link_of(transport);
    struct model_connection *connection = link->connection;

    if (connection == NULL || link->world->fault[0] != '\0') {
        return POSTINO_ERROR_RECEIVE;
    }
    if (link_travel(link) || connection->out.length != connection->given || connection->broken ||
        connection->closed || (events & POSTINO_EVENT_WRITE) != 0) {
        return 0;
    }
    if (!connection->silent && !connection->final_dropped) {
        model_fault(link->world, "waits for a server that waits for it");
    } else if (timeout_ms == UINT32_MAX) {
        model_fault(link->world, "waits for ever, and the server is silent");
    }
    link->now_ms += timeout_ms;
    return 0;
}

/* An abort may cut off what is on the way; an orderly close does not. */
static void link_close(struct postino_transport *transport, int graceful)
{
    struct link *link = link_of(transport);
    struct model_connection *connection = link->connection;
    size_t left;

    if (connection == NULL) {
        return;
    }
    connection->unsent = transport->unsent_octets;
    left = connection->in.length - connection->taken - connection->unsent;
    if (!connection->broken) {
        link_deliver(link, graceful ? left : model_draw(&link->random, (uint32_t)left + 1));
    }
    link->connection = NULL;
}

static uint32_t link_now_ms(struct postino_transport *transport)
{
    return link_of(transport)->now_ms;
}

static const struct postino_transport_class link_class = {
    .connect = link_connect,
    .reserve = link_reserve,
    .send = link_send,
    .receive = link_receive,
    .wait = link_wait,
    .close = link_close,
    .now_ms = link_now_ms,
};

static void link_init(struct link *link, struct model_world *world)
{
    static const size_t lengths[] = {1, 7, 100, 4096, 65536};
    size_t large = world->settings.octets_max > 10000;

    link->transport.methods = &link_class;
    link->world = world;
    model_seed(&link->random, model_draw(&world->random, UINT32_MAX));
    link->now_ms = model_draw(&world->random, UINT32_MAX);
    link->connect_fails = model_chance(&world->random, 200) ? 300 : 0;
    link->capacity_max = large ? 65536 : lengths[model_draw(&world->random, 5)];
    link->piece_max = lengths[model_draw(&world->random, 5)];
}

static int client_init(struct postino_client *client, struct link *link, struct model_settings *settings)
{
    struct postino_client_config config = {.ehlo_name = "client.example.com",
                                           .tls = &postino_tls_none,
                                           .extensions = settings->extensions,
                                           .lmtp = settings->lmtp,
                                           .mails_in_flight_max = (uint16_t)settings->mails_in_flight_max,
                                           .group_octets_max = (uint32_t)settings->group_octets_max};

    if (settings->auth) {
        config.user = "user";
        config.password = "secret";
        config.allow_clear_text_auth = 1;
    }
    /* As the model counts them; the client knows no "if offered". */
    settings->auth_if_offered = 0;
    settings->mails_in_flight_max = settings->mails_in_flight_max == 0 ? 32 : settings->mails_in_flight_max;
    settings->group_octets_max = settings->group_octets_max == 0 ? 65536 : settings->group_octets_max;
    return postino_client_init(client, &link->transport, &config);
}

/* Hands in and collects in an order that chance draws. */
static void client_mails(struct model_world *world, struct postino_client *client)
{
    uint32_t eager = model_chance(&world->random, 500) ? 900 : 300;
    size_t next = 0;
    struct postino_mail *mail;

    do {
        mail = NULL;
        while (next < world->mail_count && model_chance(&world->random, eager)) {
            struct model_mail *model = &world->mails[next++];

            model->submitted++;
            model->taken = postino_client_submit(client, &model->mail) == 0;
        }
        if (model_chance(&world->random, 50)) {
            postino_client_quit(client);
        }
        mail = postino_client_collect(client);
        if (mail != NULL) {
            ((struct model_mail *)mail)->returned++;
        }
    } while ((mail != NULL || next < world->mail_count) && world->fault[0] == '\0');
}

void model_run_client(struct model_world *world)
{
    struct link *link = calloc(1, sizeof *link);
    struct postino_client *client = malloc(sizeof *client);
    size_t i;

    if (link == NULL || client == NULL) {
        abort();
    }
    /* The blocking client has nobody to wake a source. */
    for (i = 0; i < world->mail_count; i++) {
        world->mails[i].own.wait_at = MODEL_NEVER;
    }
    link_init(link, world);
    if (client_init(client, link, &world->settings) != 0) {
        model_fault(world, "init fails");
    } else {
        client_mails(world, client);
        postino_client_quit(client);
        if (link->connection != NULL) {
            model_fault(world, "the connection is open behind quit");
        }
    }
    if (world->fault[0] == '\0') {
        model_judge(world);
    }
    free(link->buffer);
    free(link);
    free(client);
}
