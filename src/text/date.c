/* SPDX-License-Identifier: MIT */
/* Dates (RFC 5322 section 3.3). Invariant: the text holds the local time and its zone. */
#include "text.h"

#define DATE_DAY_S 86400u

static char *date_two(char *to, unsigned number)
{
    *to++ = (char)('0' + number / 10);
    *to++ = (char)('0' + number % 10);
    return to;
}

/* Writes two digits and the octet behind them. */
static char *date_field(char *to, unsigned number, char end)
{
    to = date_two(to, number);
    *to++ = end;
    return to;
}

static char *date_name(char *to, const char *names, unsigned index)
{
    unsigned i;

    for (i = 0; i < 3; i++)
        *to++ = names[3 * index + i];
    return to;
}

/* Writes the day since 1970-01-01 as day, month and year. */
static char *date_day(char *to, unsigned day)
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
    to = date_field(to, day + 1, ' ');
    to = date_name(to, "JanFebMarAprMayJunJulAugSepOctNovDec", month);
    *to++ = ' ';
    to = date_two(to, year / 100);
    return date_field(to, year % 100, ' ');
}

char *postino_date(char *to, uint32_t seconds, int zone_minutes)
{
    unsigned zone = (unsigned)(zone_minutes < 0 ? -zone_minutes : zone_minutes);
    uint32_t local = seconds + 60 * (uint32_t)zone_minutes;
    unsigned day = (unsigned)(local / DATE_DAY_S);
    unsigned minute = (unsigned)(local % DATE_DAY_S / 60);

    to = date_name(to, "ThuFriSatSunMonTueWed", day % 7);
    *to++ = ',';
    *to++ = ' ';
    to = date_day(to, day);
    to = date_field(to, minute / 60, ':');
    to = date_field(to, minute % 60, ':');
    to = date_field(to, (unsigned)(local % 60), ' ');
    *to++ = zone_minutes < 0 ? '-' : '+';
    to = date_two(to, zone / 60);
    to = date_field(to, zone % 60, '\0');
    return to - 1;
}
