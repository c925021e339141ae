/* SPDX-License-Identifier: MIT */
/* A connection: both streams, the octets of each that have passed, and a parser that takes the client's
 * octets one by one. Invariant: for each octet of the client the server knows which replies the client had
 * received. So it sees an octet that should have waited for a reply, however late it arrives. */
#include "model.h"

#include <stdlib.h>
#include <string.h>

void model_connection_init(struct model_connection *connection, struct model_world *world, unsigned index)
{
    memset(connection, 0, sizeof *connection);
    connection->world = world;
    connection->index = index;
    model_seed(&connection->random, world->seed * 64 + index + 1);
    model_policy_draw(connection);
    connection->confused_end = MODEL_NEVER;
    connection->transaction.mail = -1;
    connection->transaction.mail_end = MODEL_NEVER;
    connection->transaction.first_taken_end = MODEL_NEVER;
    if (model_reply(connection, 220) / 100 != 2) {
        connection->closed = 1;
        connection->state = MODEL_GONE;
    }
    connection->barrier = connection->silent ? MODEL_NEVER : connection->out.length;
}

void model_connection_free(struct model_connection *connection)
{
    model_free(&connection->in);
    model_free(&connection->out);
    model_free(&connection->transaction.data);
    free(connection->marks);
    free(connection->events);
}

struct model_connection *model_connect(struct model_world *world)
{
    struct model_connection *connection;

    if (world->connection_count == MODEL_CONNECTIONS_MAX) {
        model_fault(world, "connects again and again");
        return NULL;
    }
    connection = malloc(sizeof *connection);
    if (connection == NULL) {
        abort();
    }
    world->connections[world->connection_count] = connection;
    model_connection_init(connection, world, world->connection_count++);
    return connection;
}

static void *grow(void *array, size_t count, size_t *capacity, size_t octets)
{
    if (count < *capacity) {
        return array;
    }
    *capacity = 2 * count + 16;
    array = realloc(array, *capacity * octets);
    if (array == NULL) {
        abort();
    }
    return array;
}

void model_connection_event(struct model_connection *connection, char kind, size_t length)
{
    connection->events = grow(connection->events, connection->event_count, &connection->event_capacity,
                              sizeof *connection->events);
    connection->events[connection->event_count++] = (struct model_event){kind, length};
}

void model_connection_sent(struct model_connection *connection, const uint8_t *data, size_t length)
{
    if (connection->mark_count == 0 ||
        connection->marks[connection->mark_count - 1].given != connection->given) {
        connection->marks = grow(connection->marks, connection->mark_count, &connection->mark_capacity,
                                 sizeof *connection->marks);
        connection->marks[connection->mark_count++] =
            (struct model_mark){connection->in.length, connection->given};
    }
    model_append(&connection->in, data, length);
    model_connection_event(connection, 'C', length);
}

size_t model_given_at(struct model_connection *connection, size_t sent)
{
    while (connection->mark_index + 1 < connection->mark_count &&
           connection->marks[connection->mark_index + 1].sent <= sent) {
        connection->mark_index++;
    }
    return connection->marks[connection->mark_index].given;
}

const uint8_t *model_connection_give(struct model_connection *connection, size_t length)
{
    const uint8_t *data = connection->out.data + connection->given;

    connection->given += length;
    model_connection_event(connection, 'S', length);
    return data;
}

static size_t receive_line(struct model_connection *connection, const uint8_t *data, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        if (connection->line_length + 2 > sizeof connection->line) {
            model_fault(connection->world, "a command line without end");
            connection->state = MODEL_GONE;
            return length;
        }
        if (data[i] == '\0') {
            model_fault(connection->world, "a NUL in a command");
        }
        connection->line[connection->line_length++] = (char)data[i];
        if (data[i] == '\n') {
            connection->line[connection->line_length] = '\0';
            model_command(connection);
            connection->line_length = 0;
            return i + 1;
        }
    }
    return length;
}

/* The first octet of a command, or of what answers a reply, may have to wait for what the server said. */
static void check_barrier(struct model_connection *connection)
{
    if (model_given_at(connection, connection->taken) < connection->barrier) {
        model_fault(connection->world,
                    "connection %u, octet %lu of the client: too early, a reply had to come first",
                    connection->index, (unsigned long)connection->taken);
    }
    connection->barrier = 0;
}

void model_connection_deliver(struct model_connection *connection, size_t length)
{
    model_connection_event(connection, 's', length);
    while (length != 0) {
        const uint8_t *data = connection->in.data + connection->taken;
        int gone = connection->state == MODEL_GONE;
        size_t used = length;

        if (connection->state != MODEL_GONE && connection->barrier != 0) {
            check_barrier(connection);
        }
        switch (connection->state) {
        case MODEL_COMMAND:
        case MODEL_RESPONSE:
            if (connection->line_length == 0) {
                connection->line_start = connection->taken;
            }
            used = receive_line(connection, data, length);
            break;
        case MODEL_DATA:
            used = model_receive_data(connection, data, length);
            break;
        case MODEL_CHUNK:
            used = model_receive_chunk(connection, data, length);
            break;
        case MODEL_GONE:
            break;
        }
        connection->taken += used;
        connection->heard += gone ? 0 : used;
        length -= used;
    }
}
