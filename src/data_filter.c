/* SPDX-License-Identifier: MIT */
/* The message on its way to the wire (RFC 5321 sections 2.3.8 and 4.5.2): every line break, CR, LF or CRLF,
 * becomes CRLF, and a line that begins with a dot gets one more. Invariant: a line break goes out only when
 * an octet that follows it has been seen, so that the last one leaves together with the end mark; and each
 * turn of the loop puts out one octet or a run of octets that need no change, so that any capacity will do.
 */
#include "internal.h"

#define FILTER_BLOCK 256

/* Looks at whole blocks, without a branch inside one, so that the compiler can take many octets at once. */
size_t postino_data_filter_clean(const uint8_t *data, size_t length)
{
    size_t clean = 0;

#if !POSTINO_SMALL
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
    /* It ends in the midst of a line. */
    while (clean != 0 && (data[clean - 1] == '\r' || data[clean - 1] == '\n'))
        clean--;
#else
    (void)data;
    (void)length;
#endif
    return clean;
}

/* Copies octets that need no change, as many as it likes, but at least the first, which is no line break.
 * Returns how many. */
static size_t filter_copy(unsigned flags, uint8_t *out, const uint8_t *data, size_t length)
{
#if POSTINO_SMALL
    (void)flags;
    (void)length;
    *out = *data;
    return 1;
#else
    const uint8_t *found;
    size_t clean = (flags & FILTER_RAW) != 0 ? length : postino_data_filter_clean(data, length);

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
#endif
}

size_t postino_data_filter(uint8_t *state, const uint8_t *data, size_t *length, uint8_t *out, size_t capacity)
{
    unsigned flags = *state;
    const uint8_t *in = data;
    const uint8_t *end = data + *length;
    uint8_t *const begin = out;
    uint8_t *const limit = out + capacity;

#if !POSTINO_SMALL
    /* Nothing is looked at, and nothing is held back. */
    if ((flags & (FILTER_RAW | FILTER_BARE | FILTER_BREAK | FILTER_CR)) == (FILTER_RAW | FILTER_BARE)) {
        if (*length > capacity)
            *length = capacity;
        if (*length != 0) {
            memcpy(out, data, *length);
            *state = (uint8_t)(flags | FILTER_MIDDLE);
        }
        return *length;
    }
#endif
    while (in != end) {
        uint8_t octet = *in;

        if (octet == '\n' && (flags & FILTER_CR) != 0) {
            flags &= ~(unsigned)FILTER_CR;
            in++;
            continue;
        }
        if (out == limit)
            break;
        flags &= ~(unsigned)FILTER_CR;
        if ((flags & FILTER_BREAK) != 0) {
            *out++ = (flags & FILTER_HALF) != 0 ? '\n' : '\r';
            flags = (flags & FILTER_HALF) != 0 ? flags & FILTER_BARE : flags | FILTER_HALF;
        } else if ((flags & FILTER_RAW) == 0 && (octet == '\r' || octet == '\n')) {
            flags |= octet == '\r' ? FILTER_BREAK | FILTER_CR : FILTER_BREAK;
            in++;
        } else if (octet == '.' && (flags & (FILTER_MIDDLE | FILTER_BARE)) == 0) {
            *out++ = '.';
            flags |= FILTER_MIDDLE;
        } else {
            size_t run = (size_t)(end - in);

            if (run > (size_t)(limit - out))
                run = (size_t)(limit - out);
            run = filter_copy(flags, out, in, run);
            out += run;
            in += run;
            flags |= FILTER_MIDDLE;
        }
    }
    *state = (uint8_t)flags;
    *length = (size_t)(in - data);
    return (size_t)(out - begin);
}
