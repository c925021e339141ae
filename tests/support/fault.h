/* SPDX-License-Identifier: MIT */
#ifndef FAULT_H
#define FAULT_H

/* Which of the things that can fail does: allocations, or a library's functions, in the order in which they
 * happen. */

/* Begins to count. The `at`-th from now on fails, and with `lasting` not 0 all that follow; 0: none does. */
void fault_set(unsigned long at, int lasting);
/* Returns how many there were since. */
unsigned long fault_seen(void);
/* Counts one, unless fault_outside is not 0. Returns whether it is to fail. */
int fault_here(void);

/* Not 0 while others run than those that are tested. */
extern int fault_outside;

/* The value of a call that fails, or the call. */
#define FAULT_OR(value, call) (fault_here() ? (value) : (call))

#endif
