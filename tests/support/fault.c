/* SPDX-License-Identifier: MIT */
/* Invariant: calls outside of the code under test are not counted, so the numbers are those of that code
 * alone. */
#include "fault.h"

int fault_outside;

static unsigned long fault_at;
static unsigned long fault_count;
static int fault_lasting;

void fault_set(unsigned long at, int lasting)
{
    fault_at = at;
    fault_count = 0;
    fault_lasting = lasting;
}

unsigned long fault_seen(void)
{
    return fault_count;
}

int fault_here(void)
{
    if (fault_outside != 0)
        return 0;
    fault_count++;
    return fault_at != 0 && (fault_lasting ? fault_count >= fault_at : fault_count == fault_at);
}
