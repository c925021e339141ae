/* SPDX-License-Identifier: MIT */
/* Pseudo-random numbers, buffers that grow, and the first fault. */
#include "model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    const uint8_t *data;
    size_t length;
} base_input;

void model_input(const uint8_t *data, size_t length)
{
    base_input.data = data;
    base_input.length = length;
}

void model_seed(struct model_random *random, uint64_t seed)
{
    random->state = seed * 0x9E3779B97F4A7C15u + 0x632BE59BD9B4E019u;
}

/* splitmix64 */
uint32_t model_draw(struct model_random *random, uint32_t below)
{
    uint64_t z = (random->state += 0x9E3779B97F4A7C15u);

    if (base_input.length >= 2) {
        unsigned drawn = base_input.data[0] | (unsigned)base_input.data[1] << 8;

        base_input.data += 2;
        base_input.length -= 2;
        return (uint32_t)((uint64_t)drawn * below >> 16);
    }
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return below == 0 ? 0 : (uint32_t)((z ^ (z >> 31)) >> 11) % below;
}

int model_chance(struct model_random *random, uint32_t per_mille)
{
    return model_draw(random, 1000) < per_mille;
}

size_t model_length(struct model_random *random, size_t max)
{
    unsigned bits = 0;
    size_t length;

    while (bits < 31 && ((size_t)1 << bits) <= max) {
        bits++;
    }
    length = 1 + model_draw(random, (uint32_t)1 << model_draw(random, bits + 1));
    return length > max ? max : length;
}

void model_append(struct model_buffer *buffer, const void *data, size_t length)
{
    if (length == 0) {
        return;
    }
    if (length > buffer->capacity - buffer->length) {
        uint8_t *more;

        buffer->capacity = 2 * (buffer->length + length) + 64;
        more = realloc(buffer->data, buffer->capacity);
        if (more == NULL) {
            abort();
        }
        buffer->data = more;
    }
    memcpy(buffer->data + buffer->length, data, length);
    buffer->length += length;
}

void model_append_text(struct model_buffer *buffer, const char *text)
{
    model_append(buffer, text, strlen(text));
}

void model_free(struct model_buffer *buffer)
{
    free(buffer->data);
    memset(buffer, 0, sizeof *buffer);
}

void model_fault(struct model_world *world, const char *format, ...)
{
    va_list arguments;

    if (world->fault[0] != '\0') {
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(world->fault, sizeof world->fault, format, arguments);
    va_end(arguments);
}

void model_run(struct model_world *world, uint64_t seed, int client)
{
    world->seed = seed;
    model_seed(&world->random, seed);
    model_settings_draw(world);
    model_mails_draw(world);
    if (client) {
        model_run_client(world);
    } else {
        model_run_session(world);
    }
}

void model_world_free(struct model_world *world)
{
    unsigned i;

    for (i = 0; i < world->connection_count; i++) {
        model_connection_free(world->connections[i]);
        free(world->connections[i]);
    }
    model_mails_free(world);
}
