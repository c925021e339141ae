/* SPDX-License-Identifier: MIT */
/* Dates (RFC 5322 section 3.3). Invariant: what is written is local time, and the zone says which. */
#include "compose.h"

#define DATE_DAY_S 86400u

static void date_two(struct postino_writer *writer, unsigned number, const char *behind)
{
    postino_write(writer, '0' + number / 10);
    postino_write(writer, '0' + number % 10);
    postino_write_text(writer, behind);
}

static void date_name(struct postino_writer *writer, const char *names, unsigned index)
{
    unsigned i;

    for (i = 0; i < 3; i++)
        postino_write(writer, (unsigned char)names[3 * index + i]);
}

/* The day since 1970-01-01 as day, month and year. */
static void date_day(struct postino_writer *writer, unsigned day)
{
    unsigned year = 1970;
    unsigned month = 0;
    unsigned length;
    unsigned leap;

    for (;; day -= 365 + leap, year++) {
        /* 2000 was one, and the clock ends in 2106. */
        leap = year % 4 == 0 && year != 2100;
        if (day < 365 + leap)
            break;
    }
    for (;; day -= length, month++) {
        length = month == 1 ? 28 + leap : 30 + ((0xad5u >> month) & 1);
        if (day < length)
            break;
    }
    date_two(writer, day + 1, " ");
    date_name(writer, "JanFebMarAprMayJunJulAugSepOctNovDec", month);
    postino_write(writer, ' ');
    date_two(writer, year / 100, "");
    date_two(writer, year % 100, " ");
}

void postino_message_date(struct postino_writer *writer, uint32_t seconds, int zone_minutes)
{
    unsigned zone = (unsigned)(zone_minutes < 0 ? -zone_minutes : zone_minutes);
    uint32_t local = seconds + 60 * (uint32_t)zone_minutes;
    unsigned minute = (unsigned)(local % DATE_DAY_S / 60);

    /* Local time is within the clock's range too. */
    if (zone >= 24 * 60 || (zone != 0 && (zone_minutes < 0) != (local < seconds)))
        postino_write_fail(writer, POSTINO_ERROR_FIELD_VALUE);
    postino_write(writer, ' ');
    date_name(writer, "ThuFriSatSunMonTueWed", (unsigned)(local / DATE_DAY_S % 7));
    postino_write_text(writer, ", ");
    date_day(writer, (unsigned)(local / DATE_DAY_S));
    date_two(writer, minute / 60, ":");
    date_two(writer, minute % 60, ":");
    date_two(writer, (unsigned)(local % 60), zone_minutes < 0 ? " -" : " +");
    date_two(writer, zone / 60, "");
    date_two(writer, zone % 60, "");
}
