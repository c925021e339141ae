/* SPDX-License-Identifier: MIT */
/* The size of a message on the wire (RFC 1870 section 5), counted before the message goes out. Invariant:
 * the count is that of the data filter's output without the dots that it adds. */
#include "data_filter.h"
#include "mails.h"
#include "../text/wide.h"

#if !POSTINO_SMALL
#define COUNT_BLOCK 128

/* Returns how many line breaks of one octet are among the octets behind the first: an LF without a CR
 * before it, or a CR without an LF behind it. A block has no branch inside, so the compiler can take many
 * octets at once. */
static WIDE_INLINE size_t count_bare(const uint8_t *data, size_t length)
{
    size_t bare = 0;
    size_t i = 1;

    while (i < length) {
        size_t end = length - i < COUNT_BLOCK ? length : i + COUNT_BLOCK;
        uint8_t in_block = 0;

        for (; i < end; i++)
            in_block = (uint8_t)(in_block + ((data[i] == '\n') ^ (data[i - 1] == '\r')));
        bare += in_block;
    }
    return bare;
}

#ifdef WIDE_TARGET
WIDE_TARGET static size_t count_bare_wide(const uint8_t *data, size_t length)
{
    return count_bare(data, length);
}
#endif

/* Returns how many octets of a line break that is held back were counted. */
static size_t count_held(unsigned state)
{
    if ((state & FILTER_BREAK) == 0)
        return 0;
    return (state & FILTER_CR) != 0 ? 1 : 2;
}

size_t postino_count_octets(uint8_t *state, const uint8_t *data, size_t *length)
{
    const uint8_t last = *length != 0 ? data[*length - 1] : 0;
    size_t octets = *length + count_held(*state);

    if (*length == 0)
        return 0;
    /* Each octet counts once, and a line break of one octet once more. */
    octets += (unsigned)(*data == '\n') ^ (unsigned)((*state & FILTER_CR) != 0);
#ifdef WIDE_TARGET
    if (WIDE_IS_RUN)
        octets += count_bare_wide(data, *length);
    else
#endif
        octets += count_bare(data, *length);
    *state &= FILTER_BARE;
    *state |= last == '\r' ? FILTER_BREAK | FILTER_CR : last == '\n' ? FILTER_BREAK : FILTER_MIDDLE;
    return octets - count_held(*state);
}
#endif

static int count_through(struct postino_session *session, struct postino_mail *mail)
{
    struct postino_source *source = mail->source;
    struct postino_source_info *message = &session->message;
    enum postino_source_status status;
    uint8_t state = FILTER_BARE;
    size_t octets = 0;
    const uint8_t *data;
    size_t length;

    while ((status = source->methods->span(source, &data, &length)) == POSTINO_SOURCE_DATA) {
        octets += postino_count_octets(&state, data, &length);
        source->methods->consume(source, length);
    }
    if (status != POSTINO_SOURCE_END || source->methods->begin(source, session->capabilities, message) != 0)
        return POSTINO_ERROR_SOURCE;
    message->size_octets = octets + ((state & FILTER_OPEN) != 0 ? 2 : 0);
    return POSTINO_OK;
}

int postino_count(struct postino_session *session, struct postino_mail *mail)
{
    if (session->message.size_octets != POSTINO_SIZE_UNKNOWN ||
        (session->message.flags & POSTINO_SOURCE_IN_MEMORY) == 0)
        return POSTINO_OK;
    return count_through(session, mail);
}
