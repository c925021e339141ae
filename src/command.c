/* SPDX-License-Identifier: MIT */
/* Command lines. Nothing of a command is kept: it is composed anew for each piece of it that goes out, so
 * that it can be cut anywhere and needs no buffer. */
#include "internal.h"

void postino_command_build(const struct postino_session *session, struct postino_command *command)
{
    const struct postino_step *step = session->sent.step;

    command->spans[0].data = step->verb;
    command->spans[0].length_octets = strlen(step->verb);
    command->plain = 1;
    command->encoded = 0;
    if (step->build != NULL)
        step->build(session, command);
}

static size_t command_sum(const struct postino_span *span, unsigned count)
{
    size_t sum = 0;

    for (; count != 0; count--, span++)
        sum += span->length_octets;
    return sum;
}

static size_t command_plain_octets(const struct postino_command *command)
{
    return command_sum(command->spans, command->plain);
}

size_t postino_command_octets(const struct postino_command *command)
{
    size_t octets = command_sum(command->spans + command->plain, command->encoded);

    return command_plain_octets(command) + (octets + 2) / 3 * 4 + 2;
}

size_t postino_command_copy(const struct postino_command *command, size_t offset, uint8_t *out,
                            size_t capacity)
{
    size_t plain = command_plain_octets(command);
    size_t end = postino_command_octets(command);
    size_t written = 0;

    if (offset < plain)
        written = postino_spans_copy(command->spans, command->plain, offset, out, capacity);
    if (offset + written >= plain)
        written += postino_base64_spans(command->spans + command->plain, command->encoded,
                                        offset + written - plain, out + written, capacity - written);
    for (; written < capacity && offset + written < end; written++)
        out[written] = offset + written == end - 1 ? '\n' : '\r';
    return written;
}
