/* SPDX-License-Identifier: MIT */
/* The message on its way to the wire (RFC 5321 sections 2.3.8 and 4.5.2): every line break, CR, LF or CRLF,
 * becomes CRLF, and a line that begins with a dot gets one more. Invariant: a line break goes out only when
 * an octet that follows it has been seen, so that the last one leaves together with the end mark; and each
 * turn of the loop puts out one octet or a run of octets that need no change, so that any capacity will do.
 */
#include "data_filter.h"
#include "wide.h"

#define FILTER_BLOCK 256
/* What is looked through at once is still in the nearest cache when it is copied. */
#define FILTER_TURN  8192

#if !POSTINO_SMALL
/* How many octets are in the clean blocks in front. Without a branch inside of one, so that the compiler can take many
 * octets at once. */
static WIDE_INLINE size_t filter_look(const uint8_t *data, size_t length)
{
    size_t clean = 0;

    while (length - clean > FILTER_BLOCK) {
        const uint8_t *block = data + clean;
        uint8_t dirty = 0;
        size_t i;

        for (i = 0; i < FILTER_BLOCK; i++) {
            uint8_t octet = block[i + 1];
            uint8_t before = block[i];

            dirty |= (uint8_t)(((octet == '\n') ^ (before == '\r')) | ((octet == '.') & (before == '\n')));
        }
        if (dirty != 0)
            break;
        clean += FILTER_BLOCK;
    }
    return clean;
}

#ifdef WIDE_TARGET
WIDE_TARGET static size_t filter_look_wide(const uint8_t *data, size_t length)
{
    return filter_look(data, length);
}
#endif

size_t postino_data_filter_clean(const uint8_t *data, size_t length)
{
    size_t clean;

#ifdef WIDE_TARGET
    if (WIDE_IS_RUN)
        clean = filter_look_wide(data, length);
    else
#endif
        clean = filter_look(data, length);
    /* It ends in the midst of a line. */
    while (clean != 0 && (data[clean - 1] == '\r' || data[clean - 1] == '\n'))
        clean--;
    return clean;
}

/* Copies octets that need no change, as many as it likes, but at least the first, which is no line break.
 * Returns how many. */
static size_t filter_copy(uint8_t *out, const uint8_t *data, size_t length)
{
    const uint8_t *found;
    size_t clean = postino_data_filter_clean(data, length < FILTER_TURN ? length : FILTER_TURN);

    if (clean == 0) {
        found = memchr(data, '\n', length);
        if (found != NULL)
            length = (size_t)(found - data);
        found = memchr(data, '\r', length);
        if (found != NULL)
            length = (size_t)(found - data);
        clean = length;
    }
    memcpy(out, data, clean);
    return clean;
}
#endif

size_t postino_data_filter(uint8_t *state, struct postino_span *data, uint8_t *out, size_t capacity)
{
    unsigned flags = *state;
    const uint8_t *in = data->data;
    const uint8_t *const end = in + data->length_octets;
    size_t written = 0;

    while (in != end) {
        uint8_t octet = *in;

        if ((flags & FILTER_CR) != 0) {
            flags &= ~(unsigned)FILTER_CR;
            if (octet == '\n') {
                in++;
                continue;
            }
        }
        if (written == capacity)
            break;
        if ((flags & FILTER_BREAK) != 0) {
            octet = '\r';
            flags ^= FILTER_HALF;
            if ((flags & FILTER_HALF) == 0) {
                octet = '\n';
                flags &= FILTER_BARE;
            }
        } else if (octet == '\r' || octet == '\n') {
            flags |= octet == '\r' ? FILTER_BREAK | FILTER_CR : FILTER_BREAK;
            in++;
            continue;
        } else {
            /* A dot that begins a line stays, to go out once more. */
            if (octet != '.' || (flags & (FILTER_MIDDLE | FILTER_BARE)) != 0) {
#if POSTINO_SMALL
                in++;
#else
                size_t left = (size_t)(end - in);
                size_t room = capacity - written;
                size_t run = filter_copy(out + written, in, left < room ? left : room);

                in += run;
                written += run;
                flags |= FILTER_MIDDLE;
                continue;
#endif
            }
            flags |= FILTER_MIDDLE;
        }
        out[written++] = octet;
    }
    *state = (uint8_t)flags;
    data->data = in;
    data->length_octets = (size_t)(end - in);
    return written;
}
