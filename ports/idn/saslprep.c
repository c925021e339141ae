/* SPDX-License-Identifier: MIT */
/* SASLprep by GNU Libidn. Invariants: the caller's strings are only in the caller's memory, in Libidn's,
 * and in pieces on the stack that are wiped. After a failure the buffer is empty, and the report quotes
 * nothing of the string. */
#include "postino/saslprep_idn.h"

#include <stdio.h>
#include <string.h>

#include <stringprep.h>

/* A character, what NFKC makes of it (18 characters at most), and one at each side. */
#define SASLPREP_PIECE_OCTETS 96

/* An Arabic letter, of right-to-left text. */
#define SASLPREP_ALEF "\330\247"

void postino_saslprep_idn_wipe(char *buffer, size_t capacity_octets)
{
    volatile char *octet = buffer;

    if (buffer == NULL)
        return;
    while (capacity_octets-- > 0)
        *octet++ = '\0';
}

/* How many octets the character at `text` has; 0: it is no UTF-8 (RFC 3629 section 4). */
static size_t saslprep_character(const char *text)
{
    const uint8_t *octet = (const uint8_t *)text;
    uint8_t lowest = 0x80;
    uint8_t highest = 0xBF;
    size_t more;
    size_t i;

    if (octet[0] < 0x80)
        return 1;
    if (octet[0] >= 0xC2 && octet[0] <= 0xDF)
        more = 1;
    else if (octet[0] >= 0xE0 && octet[0] <= 0xEF)
        more = 2;
    else if (octet[0] >= 0xF0 && octet[0] <= 0xF4)
        more = 3;
    else
        return 0;
    /* Neither longer than need be, nor a surrogate, nor beyond U+10FFFF. */
    if (octet[0] == 0xE0)
        lowest = 0xA0;
    else if (octet[0] == 0xF0)
        lowest = 0x90;
    else if (octet[0] == 0xED)
        highest = 0x9F;
    else if (octet[0] == 0xF4)
        highest = 0x8F;
    for (i = 1; i <= more; i++) {
        if (octet[i] < lowest || octet[i] > highest)
            return 0;
        lowest = 0x80;
        highest = 0xBF;
    }
    return more + 1;
}

/* Tries one character between two texts. Returns Libidn's status; *left: the octets that remain. */
static int saslprep_try(const char *before, const char *character, const char *behind, int flags,
                        size_t *left)
{
    char piece[SASLPREP_PIECE_OCTETS];
    int rc;

    (void)snprintf(piece, sizeof piece, "%s%.*s%s", before, (int)saslprep_character(character), character,
                   behind);
    rc = stringprep(piece, sizeof piece, (Stringprep_profile_flags)flags, stringprep_saslprep);
    *left = strlen(piece);
    postino_saslprep_idn_wipe(piece, sizeof piece);
    return rc;
}

/* The first character that is the fault by itself. */
static size_t saslprep_find(const char *text, int fault, int flags)
{
    size_t at;
    size_t left;

    for (at = 0; text[at] != '\0'; at += saslprep_character(text + at)) {
        if (saslprep_try("", text + at, "", flags, &left) == fault)
            return at;
    }
    return 0;
}

/* The character by which the directions are mixed (RFC 3454 section 6, rule 2). */
static size_t saslprep_find_mixed(const char *text)
{
    int left_to_right = 0;
    int right_to_left = 0;
    size_t at;
    size_t left;

    for (at = 0; text[at] != '\0'; at += saslprep_character(text + at)) {
        left_to_right |=
            saslprep_try("", text + at, SASLPREP_ALEF, 0, &left) == STRINGPREP_BIDI_BOTH_L_AND_RAL;
        right_to_left |= saslprep_try("a", text + at, "", 0, &left) == STRINGPREP_BIDI_BOTH_L_AND_RAL;
        if (left_to_right && right_to_left)
            return at;
    }
    return 0;
}

/* The end of a right-to-left text that is of no direction (RFC 3454 section 6, rule 3). */
static size_t saslprep_find_end(const char *text)
{
    size_t last = 0;
    size_t at;
    size_t left;
    int first = 1;

    for (at = 0; text[at] != '\0'; at += saslprep_character(text + at)) {
        (void)saslprep_try("", text + at, "", 0, &left);
        if (left == 0)
            continue; /* mapped to nothing */
        if (first && saslprep_try("", text + at, SASLPREP_ALEF, 0, &left) != STRINGPREP_OK)
            return at;
        first = 0;
        last = at;
    }
    return last;
}

/* Reports the meaning of Libidn's status, and the place. */
static void saslprep_explain(struct postino_saslprep_report *report, const char *text, int rc, int flags)
{
    switch (rc) {
    case STRINGPREP_CONTAINS_PROHIBITED:
    case STRINGPREP_BIDI_CONTAINS_PROHIBITED:
        report->fault = POSTINO_SASLPREP_PROHIBITED;
        report->octet = saslprep_find(text, rc, flags);
        break;
    case STRINGPREP_CONTAINS_UNASSIGNED:
        report->fault = POSTINO_SASLPREP_UNASSIGNED;
        report->octet = saslprep_find(text, rc, flags);
        break;
    case STRINGPREP_BIDI_BOTH_L_AND_RAL:
        report->fault = POSTINO_SASLPREP_BIDI;
        report->octet = saslprep_find_mixed(text);
        break;
    case STRINGPREP_BIDI_LEADTRAIL_NOT_RAL:
        report->fault = POSTINO_SASLPREP_BIDI;
        report->octet = saslprep_find_end(text);
        break;
    case STRINGPREP_TOO_SMALL_BUFFER:
        report->fault = POSTINO_SASLPREP_CAPACITY;
        break;
    default:
        report->fault = POSTINO_SASLPREP_MEMORY;
        break;
    }
}

/* Writes what becomes of `text` to `out`, with a zero. Sets the report's fault where it has one, and
 * where. */
static void saslprep_string(const char *text, int flags, char *out, size_t capacity,
                            struct postino_saslprep_report *report)
{
    int ascii = 1;
    size_t length;
    size_t octets;
    int rc;

    for (length = 0; text[length] != '\0'; length += octets) {
        octets = saslprep_character(text + length);
        if (octets == 0 || (uint8_t)text[length] < ' ' || text[length] == 127) {
            report->fault = octets == 0 ? POSTINO_SASLPREP_UTF8 : POSTINO_SASLPREP_PROHIBITED;
            report->octet = length;
            return;
        }
        ascii &= octets == 1;
    }
    if (length >= capacity) {
        report->fault = POSTINO_SASLPREP_CAPACITY;
        return;
    }
    memcpy(out, text, length + 1);
    /* The rest of ASCII stays as it is, and need not pass through memory that nobody wipes. */
    if (ascii)
        return;
    rc = stringprep(out, capacity, (Stringprep_profile_flags)flags, stringprep_saslprep);
    if (rc != STRINGPREP_OK)
        saslprep_explain(report, text, rc, flags);
    else if (out[0] == '\0')
        report->fault = POSTINO_SASLPREP_EMPTY;
}

static void saslprep_tell(struct postino_saslprep_report *report, const char *text)
{
    static const char *const words[] = {"",
                                        "is no UTF-8",
                                        "holds a character that SASLprep prohibits",
                                        "holds a character that Unicode 3.2 does not have",
                                        "mixes text of both directions",
                                        "is empty once it is prepared",
                                        "has no room in the buffer",
                                        "cannot be prepared without memory"};
    unsigned character = 1;
    size_t at;

    if (report->fault >= POSTINO_SASLPREP_EMPTY) {
        (void)snprintf(report->text, sizeof report->text, "the %s %s", report->string, words[report->fault]);
        return;
    }
    for (at = 0; at < report->octet; at += saslprep_character(text + at))
        character++;
    (void)snprintf(report->text, sizeof report->text, "the %s %s: character %u", report->string,
                   words[report->fault], character);
}

static int saslprep_all(const char ***strings, char *buffer, size_t capacity,
                        struct postino_saslprep_report *report)
{
    static const char *const names[] = {"user", "password", "authzid"};
    struct postino_saslprep_report unread;
    const char *prepared[3] = {NULL, NULL, NULL};
    size_t used = 0;
    int i;

    if (report == NULL)
        report = &unread;
    memset(report, 0, sizeof *report);
    for (i = 0; i < 3; i++) {
        if (*strings[i] == NULL)
            continue;
        /* RFC 5802: names are queries (section 5.1), a password is stored (section 2.2). */
        saslprep_string(*strings[i], i == 1 ? STRINGPREP_NO_UNASSIGNED : 0, buffer + used, capacity - used,
                        report);
        if (report->fault != POSTINO_SASLPREP_NO_FAULT) {
            report->string = names[i];
            saslprep_tell(report, *strings[i]);
            postino_saslprep_idn_wipe(buffer, capacity);
            return report->fault >= POSTINO_SASLPREP_CAPACITY ? POSTINO_ERROR_CAPACITY
                                                              : POSTINO_ERROR_CREDENTIALS;
        }
        prepared[i] = buffer + used;
        used += strlen(prepared[i]) + 1;
    }
    for (i = 0; i < 3; i++)
        *strings[i] = prepared[i];
    return POSTINO_OK;
}

int postino_saslprep_idn_credentials(struct postino_credentials *credentials, char *buffer,
                                     size_t capacity_octets, struct postino_saslprep_report *report)
{
    const char **strings[3];
    int error;

    if (credentials == NULL || buffer == NULL)
        return POSTINO_ERROR_ARGUMENT;
    strings[0] = &credentials->user;
    strings[1] = &credentials->password;
    strings[2] = &credentials->authzid;
    error = saslprep_all(strings, buffer, capacity_octets, report);
    if (error == POSTINO_OK)
        credentials->prepared = 1;
    return error;
}

int postino_saslprep_idn_client(struct postino_client_config *config, char *buffer, size_t capacity_octets,
                                struct postino_saslprep_report *report)
{
    struct postino_credentials credentials = {0};
    int error;

    if (config == NULL)
        return POSTINO_ERROR_ARGUMENT;
    credentials.user = config->user;
    credentials.password = config->password;
    credentials.authzid = config->authzid;
    error = postino_saslprep_idn_credentials(&credentials, buffer, capacity_octets, report);
    if (error != POSTINO_OK)
        return error;
    config->user = credentials.user;
    config->password = credentials.password;
    config->authzid = credentials.authzid;
    config->prepared = 1;
    return POSTINO_OK;
}
