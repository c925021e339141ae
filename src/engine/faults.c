/* SPDX-License-Identifier: MIT */
/* What sessions do about a server's faults where their configuration names it. */
#include "reply.h"

const struct postino_faults postino_faults = {postino_auth_next_refused, postino_nonsense};
