/* SPDX-License-Identifier: MIT */
/* The filter between a message and the wire (RFC 5321 sections 2.3.8 and 4.5.2). Every line break (CR, LF
 * or CRLF) becomes CRLF, and a line that begins with a dot gets one more. Invariant: a line break goes out
 * only when an octet behind it is known, so the last one leaves with the end mark. Each turn of the loop
 * writes one octet, or a run of octets that need no change, so any capacity will do. */
#include "data_filter.h"
#include "../text/wide.h"

#if !POSTINO_SMALL
#define FILTER_BLOCK    256
/* Octets that are looked through in one turn are still in the nearest cache when they are copied. */
#define FILTER_TURN     8192
#define FILTER_WORD     8
#define FILTER_LINE_END 2

/* Returns how many octets are in the clean blocks in front. A block has no branch inside, so the compiler
 * can take many octets at once. */
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

/* Returns how many octets at `data`, in the midst of a line, pass as they are, line breaks included; 0 is
 * always right. */
static size_t filter_clean(const uint8_t *data, size_t length)
{
    size_t clean;

#ifdef WIDE_TARGET
    if (WIDE_IS_RUN)
        clean = filter_look_wide(data, length);
    else
#endif
        clean = filter_look(data, length);
    /* The run ends in the midst of a line. */
    while (clean != 0 && (data[clean - 1] == '\r' || data[clean - 1] == '\n'))
        clean--;
    return clean;
}

/* The output for an octet depends on the octet before: a row each. */
enum filter_row {
    ROW_MIDDLE,        /* it is no line end */
    ROW_BEGIN,         /* it is LF, or there is none: a dot goes out twice */
    ROW_BEHIND_CR,     /* it is CR: an LF goes with it, and a dot goes out twice */
    ROW_BARE_BEHIND_CR /* it is CR, without transparency */
};

/* The row for the octet behind each octet, with transparency and without. */
static const uint8_t filter_rows[2][256] = {{['\r'] = ROW_BEHIND_CR, ['\n'] = ROW_BEGIN},
                                            {['\r'] = ROW_BARE_BEHIND_CR}};

/* An entry: two octets, the first in the lowest bits, and above them how many of the two go out. */
#define ENTRY(first, second, count) ((uint32_t)(first) | (uint32_t)(second) << 8 | (uint32_t)(count) << 16)
#define ENTRY_MIDDLE(octet) \
    ((octet) == '\r' || (octet) == '\n' ? ENTRY('\r', '\n', FILTER_LINE_END) : ENTRY(octet, 0, 1))
#define ENTRY_BEGIN(octet)          ((octet) == '.' ? ENTRY('.', '.', 2) : ENTRY_MIDDLE(octet))
#define ENTRY_BEHIND_CR(octet)      ((octet) == '\n' ? ENTRY(0, 0, 0) : ENTRY_BEGIN(octet))
#define ENTRY_BARE_BEHIND_CR(octet) ((octet) == '\n' ? ENTRY(0, 0, 0) : ENTRY_MIDDLE(octet))
#define ENTRIES_4(entry, octet)     entry(octet), entry((octet) + 1), entry((octet) + 2), entry((octet) + 3)
#define ENTRIES_16(entry, octet)                                                           \
    ENTRIES_4(entry, octet), ENTRIES_4(entry, (octet) + 4), ENTRIES_4(entry, (octet) + 8), \
        ENTRIES_4(entry, (octet) + 12)
#define ENTRIES_64(entry, octet)                                                                \
    ENTRIES_16(entry, octet), ENTRIES_16(entry, (octet) + 16), ENTRIES_16(entry, (octet) + 32), \
        ENTRIES_16(entry, (octet) + 48)
#define ENTRIES(entry)                                                                              \
    {                                                                                               \
        ENTRIES_64(entry, 0), ENTRIES_64(entry, 64), ENTRIES_64(entry, 128), ENTRIES_64(entry, 192) \
    }

static const uint32_t filter_entries[4][256] = {[ROW_MIDDLE] = ENTRIES(ENTRY_MIDDLE),
                                                [ROW_BEGIN] = ENTRIES(ENTRY_BEGIN),
                                                [ROW_BEHIND_CR] = ENTRIES(ENTRY_BEHIND_CR),
                                                [ROW_BARE_BEHIND_CR] = ENTRIES(ENTRY_BARE_BEHIND_CR)};

/* Not 0 where the word has such an octet. */
static uint64_t filter_word_has(uint64_t word, uint8_t octet)
{
    const uint64_t ones = UINT64_MAX / 255;
    uint64_t same = word ^ ones * octet;

    return (same - ones) & ~same & ones * 128;
}

/* Returns where the next one goes. */
static inline uint8_t *filter_put(uint8_t *out, unsigned row, uint8_t octet)
{
    uint32_t entry = filter_entries[row][octet];

    out[0] = (uint8_t)entry;
    out[1] = (uint8_t)(entry >> 8);
    return out + (entry >> 16);
}

/* Moves `length` octets, at least one, to `out`, which has room for twice as many and a line end. Every
 * octet takes the same time: processors would guess a branch for each line end wrong too often where lines
 * are short. Returns how many octets were written. */
static size_t filter_convert(unsigned *state, const uint8_t *in, size_t length, uint8_t *out)
{
    const unsigned bare = *state & FILTER_BARE;
    const uint8_t *const rows = filter_rows[bare != 0];
    const uint8_t *const end = in + length;
    unsigned row = (*state & FILTER_MIDDLE) != 0 ? ROW_MIDDLE : rows['\n'];
    uint8_t *next = out;
    uint64_t word;
    unsigned i;

    if ((*state & FILTER_BREAK) != 0) {
        row = rows[(*state & FILTER_CR) != 0 ? '\r' : '\n'];
        *next++ = '\r';
        *next++ = '\n';
    }
    for (; (size_t)(end - in) >= sizeof word; in += sizeof word) {
        memcpy(&word, in, sizeof word);
        if (row == ROW_MIDDLE && (filter_word_has(word, '\r') | filter_word_has(word, '\n')) == 0) {
            memcpy(next, &word, sizeof word);
            next += sizeof word;
            continue;
        }
        for (i = 0; i < sizeof word; i++) {
            next = filter_put(next, row, in[i]);
            row = rows[in[i]];
        }
    }
    for (; in != end; in++) {
        next = filter_put(next, row, *in);
        row = rows[*in];
    }
    *state = bare | FILTER_MIDDLE;
    if (end[-1] == '\r' || end[-1] == '\n') {
        /* It is held back. */
        next -= FILTER_LINE_END;
        *state = bare | (end[-1] == '\r' ? FILTER_BREAK | FILTER_CR : FILTER_BREAK);
    }
    return (size_t)(next - out);
}

/* Moves as many octets as suit it, from *in on; none where there are few, or little room. Returns how many
 * were written. */
static size_t filter_run(unsigned *state, const uint8_t **in, size_t length, uint8_t *out, size_t room)
{
    size_t turn = length < room ? length : room;
    size_t written = 0;

    if ((*state & FILTER_HALF) != 0)
        return 0;
    if ((*state & FILTER_BREAK) == 0 && (*state & FILTER_MIDDLE) != 0 && **in != '\n') {
        written = filter_clean(*in, turn < FILTER_TURN ? turn : FILTER_TURN);
        memcpy(out, *in, written);
        *in += written;
    }
    if (written == 0 && room >= 2 + FILTER_LINE_END) {
        turn = (room - FILTER_LINE_END) / 2;
        turn = turn < length ? turn : length;
        turn = turn < FILTER_BLOCK ? turn : FILTER_BLOCK;
        written = filter_convert(state, *in, turn, out);
        *in += turn;
    }
    return written;
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

#if !POSTINO_SMALL
        const uint8_t *const before = in;

        written += filter_run(&flags, &in, (size_t)(end - in), out + written, capacity - written);
        if (in != before)
            continue;
#endif
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
            /* A dot that begins a line is not consumed here, and so goes out twice. */
            if (octet != '.' || (flags & (FILTER_MIDDLE | FILTER_BARE)) != 0)
                in++;
            flags |= FILTER_MIDDLE;
        }
        out[written++] = octet;
    }
    *state = (uint8_t)flags;
    data->data = in;
    data->length_octets = (size_t)(end - in);
    return written;
}
