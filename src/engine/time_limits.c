/* SPDX-License-Identifier: MIT */
/* The time limits of RFC 5321 section 4.5.3.2, in a file of its own: a build with limits of its own carries
 * only those. */
#include "postino/session.h"

#define MINUTES_MS(minutes) ((minutes)*60000u)

const struct postino_time_limits postino_time_limits_rfc5321 = {
    MINUTES_MS(5), MINUTES_MS(5), MINUTES_MS(2), MINUTES_MS(3), MINUTES_MS(10), 5000u, 0};
