/* SPDX-License-Identifier: MIT */
/* Calendar objects (RFC 6047 section 2.4): text with a method. */
#include "compose.h"

void postino_part_calendar_init(struct postino_part *part, struct postino_source *source, const char *method)
{
    postino_part_text_init(part, source, "text/calendar; charset=utf-8");
    part->parameter = "method";
    part->parameter_value = method;
}
