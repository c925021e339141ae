/* SPDX-License-Identifier: MIT */
/* Dates (RFC 5322 section 3.3). Invariant: what is written is local time, and the zone says which. */
#include "compose.h"

#define DATE_DAY_S 86400u

static void date_digits(struct postino_writer *writer, unsigned number, unsigned unit)
{
    for (; unit != 0; unit /= 10)
        postino_write(writer, '0' + number / unit % 10);
}

static void date_name(struct postino_writer *writer, const char *names, unsigned index)
{
    unsigned i;

    for (i = 0; i < 3; i++)
        postino_write(writer, (unsigned char)names[3 * index + i]);
}

/* The day since 1970-01-01 as year, month and day, by years that begin in March, so that a leap day is the
 * last. */
static void date_day(struct postino_writer *writer, uint32_t day)
{
    uint32_t rest = day + 719468u;
    uint32_t year = rest / 146097 * 400;
    uint32_t of_year;
    uint32_t month;

    rest %= 146097;
    of_year = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
    year += of_year;
    rest -= 365 * of_year + of_year / 4 - of_year / 100;
    month = (5 * rest + 2) / 153;
    date_digits(writer, (unsigned)(rest - (153 * month + 2) / 5 + 1), 10);
    postino_write(writer, ' ');
    date_name(writer, "MarAprMayJunJulAugSepOctNovDecJanFeb", (unsigned)month);
    postino_write(writer, ' ');
    date_digits(writer, (unsigned)(year + (month >= 10)), 1000);
}

void postino_write_date(struct postino_writer *writer, uint32_t seconds, int zone_minutes)
{
    unsigned zone = (unsigned)(zone_minutes < 0 ? -zone_minutes : zone_minutes);
    uint32_t local = zone_minutes < 0 ? seconds - 60 * (uint32_t)zone : seconds + 60 * (uint32_t)zone;
    uint32_t second = local % DATE_DAY_S;

    if (zone >= 24 * 60 || (zone_minutes < 0) != (local < seconds)) {
        if (zone != 0)
            postino_write_fail(writer, POSTINO_ERROR_FIELD);
    }
    postino_write(writer, ' ');
    date_name(writer, "ThuFriSatSunMonTueWed", (unsigned)(local / DATE_DAY_S % 7));
    postino_write_text(writer, ", ");
    date_day(writer, local / DATE_DAY_S);
    postino_write(writer, ' ');
    date_digits(writer, (unsigned)(second / 3600), 10);
    postino_write(writer, ':');
    date_digits(writer, (unsigned)(second / 60 % 60), 10);
    postino_write(writer, ':');
    date_digits(writer, (unsigned)(second % 60), 10);
    postino_write_text(writer, zone_minutes < 0 ? " -" : " +");
    date_digits(writer, zone / 60 * 100 + zone % 60, 1000);
}
