/* SPDX-License-Identifier: MIT */
/* Enhanced status codes (RFC 3463). Invariant: a code is returned whole or not at all. */
#include "postino/error.h"

/* Reads one to three digits (RFC 3463 section 2). Returns how many octets they are; 0: no such number. */
static size_t enhanced_number(const char *text, size_t length, uint16_t *number)
{
    size_t digits = 0;

    *number = 0;
    while (digits < length && text[digits] >= '0' && text[digits] <= '9') {
        if (digits == 3)
            return 0;
        *number = (uint16_t)(*number * 10 + (text[digits] - '0'));
        digits++;
    }
    return digits;
}

/* The octet behind the code decides, too: 2.0.0.1 is the head of an address, not a status code. */
struct postino_enhanced_code postino_enhanced_code_read(const char *text, size_t length)
{
    const struct postino_enhanced_code none = {0, 0, 0};
    struct postino_enhanced_code code = none;
    size_t digits;
    size_t at = 2;

    if (length < 5 || text[1] != '.' || (text[0] != '2' && text[0] != '4' && text[0] != '5'))
        return none;
    digits = enhanced_number(text + at, length - at, &code.subject);
    at += digits;
    if (digits == 0 || at == length || text[at] != '.')
        return none;
    at++;
    digits = enhanced_number(text + at, length - at, &code.detail);
    at += digits;
    if (digits == 0 || (at < length && text[at] != ' ' && text[at] != '\t' && text[at] != '\n'))
        return none;
    code.status_class = (uint16_t)(text[0] - '0');
    return code;
}
