/* SPDX-License-Identifier: MIT */
/* Dates (RFC 5322 section 3.3). Invariant: the text holds the local time and its zone. */
#include "text.h"

#define DATE_DAY_S 86400u

static void date_two(char *to, unsigned number)
{
    to[0] = (char)('0' + number / 10);
    to[1] = (char)('0' + number % 10);
}

static void date_copy(char *to, const char *text, unsigned octets)
{
    while (octets-- != 0)
        *to++ = *text++;
}

/* Writes the day since 1970-01-01 as day, month and year. */
static void date_day(char *to, unsigned day)
{
    unsigned year = 1970;
    unsigned month = 0;
    unsigned length;
    unsigned leap;

    for (;; day -= 365 + leap, year++) {
        /* 2000 was a leap year, and 32 bits of seconds end in 2106. */
        leap = year % 4 == 0 && year != 2100;
        if (day < 365 + leap)
            break;
    }
    for (;; day -= length, month++) {
        length = month == 1 ? 28 + leap : 30 + ((0xad5u >> month) & 1);
        if (day < length)
            break;
    }
    date_two(to, day + 1);
    date_copy(to + 3, &"JanFebMarAprMayJunJulAugSepOctNovDec"[3 * month], 3);
    date_two(to + 7, year / 100);
    date_two(to + 9, year % 100);
}

char *postino_date(char *to, uint32_t seconds, int zone_minutes)
{
    unsigned zone = (unsigned)(zone_minutes < 0 ? -zone_minutes : zone_minutes);
    uint32_t local = seconds + 60 * (uint32_t)zone_minutes;
    unsigned day = (unsigned)(local / DATE_DAY_S);
    unsigned minute = (unsigned)(local % DATE_DAY_S / 60);

    date_copy(to, "Thu, 01 Jan 1970 00:00:00 +0000", POSTINO_DATE_OCTETS + 1);
    date_copy(to, &"ThuFriSatSunMonTueWed"[3 * (day % 7)], 3);
    date_day(to + 5, day);
    date_two(to + 17, minute / 60);
    date_two(to + 20, minute % 60);
    date_two(to + 23, (unsigned)(local % 60));
    if (zone_minutes < 0)
        to[26] = '-';
    date_two(to + 27, zone / 60);
    date_two(to + 29, zone % 60);
    return to + POSTINO_DATE_OCTETS;
}
