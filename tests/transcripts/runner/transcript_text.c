/* SPDX-License-Identifier: MIT */
/* All octets of a transcript are appended to one piece of memory, in the order of the file. So octets of
 * one event on several lines are contiguous. */
#include "transcript.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

int transcript_put(struct transcript *transcript, uint8_t octet)
{
    if (transcript->used_octets == sizeof transcript->octets) {
        return -1;
    }
    transcript->octets[transcript->used_octets++] = octet;
    return 0;
}

/* \{N text}: the text N times. Returns where the escape ends, or NULL. */
static const char *text_repeat(struct transcript *transcript, const char *text, const char *end)
{
    char *after;
    unsigned long times = strtoul(text, &after, 10);
    const char *close = memchr(text, '}', (size_t)(end - text));

    if (close == NULL || *after != ' ') {
        return NULL;
    }
    for (; times != 0; times--) {
        if (transcript_unescape(transcript, after + 1, close) != 0) {
            return NULL;
        }
    }
    return close + 1;
}

static const char *text_hexadecimal(struct transcript *transcript, const char *text, const char *end)
{
    char digits[3] = {0};
    char *after;
    unsigned long value;

    if (end - text < 2) {
        return NULL;
    }
    memcpy(digits, text, 2);
    value = strtoul(digits, &after, 16);
    if (after != digits + 2 || transcript_put(transcript, (uint8_t)value) != 0) {
        return NULL;
    }
    return text + 2;
}

/* The escape whose letter stands at `text`. Returns where it ends, or NULL. */
static const char *text_escape(struct transcript *transcript, const char *text, const char *end)
{
    static const char letters[] = "rn0t\\\"";
    static const char values[] = "\r\n\0\t\\\"";
    const char *letter;

    if (*text == 'x') {
        return text_hexadecimal(transcript, text + 1, end);
    }
    if (*text == '{') {
        return text_repeat(transcript, text + 1, end);
    }
    letter = memchr(letters, *text, sizeof letters - 1);
    if (letter == NULL || transcript_put(transcript, (uint8_t)values[letter - letters]) != 0) {
        return NULL;
    }
    return text + 1;
}

int transcript_unescape(struct transcript *transcript, const char *text, const char *end)
{
    while (text != NULL && text < end) {
        if (*text != '\\') {
            if (transcript_put(transcript, (uint8_t)*text++) != 0) {
                return -1;
            }
        } else if (text + 1 == end) {
            return -1;
        } else {
            text = text_escape(transcript, text + 1, end);
        }
    }
    return text == NULL ? -1 : 0;
}

/* Where a value ends that begins at `text`: at a blank, or at the closing quote. */
static const char *text_value_end(const char *text, int quoted)
{
    while (*text != '\0' && (quoted ? *text != '"' : !isspace((unsigned char)*text))) {
        text += *text == '\\' && text[1] != '\0' ? 2 : 1;
    }
    return text;
}

int transcript_next_word(struct transcript *transcript, const char **line, struct transcript_word *word)
{
    const char *text = *line + strspn(*line, " \t");
    size_t length = strcspn(text, "= \t");
    const char *end;
    int quoted;

    if (*text == '\0') {
        return 0;
    }
    if (length >= sizeof word->key) {
        return -1;
    }
    memcpy(word->key, text, length);
    word->key[length] = '\0';
    word->value = NULL;
    text += length;
    if (*text == '=') {
        text++;
        quoted = *text == '"';
        text += quoted;
        end = text_value_end(text, quoted);
        word->value = (const char *)&transcript->octets[transcript->used_octets];
        if ((quoted && *end != '"') || transcript_unescape(transcript, text, end) != 0 ||
            transcript_put(transcript, '\0') != 0) {
            return -1;
        }
        text = end + quoted;
    }
    *line = text;
    return 1;
}
