/* SPDX-License-Identifier: MIT */
/* Prints each row of the step table as fields that tabs separate, for scripts/steps.py. That script writes
 * rows.h, which includes the sources of the core, so that static rows can be read too. Invariant: each field
 * comes from a row, except the clauses. */
#include <stdio.h>

#include "rows.h"

#define CLAUSE(member, where)                                        \
    {                                                                \
        offsetof(struct postino_time_limits, member), #member, where \
    }

/* Where a time limit comes from. */
static const struct {
    size_t offset;
    const char *member;
    const char *clause;
} clauses[] = {
    CLAUSE(greeting_ms, "RFC 5321 4.5.3.2.1"), CLAUSE(command_ms, "RFC 5321 4.5.3.2.2-3"),
    CLAUSE(data_ms, "RFC 5321 4.5.3.2.4"),     CLAUSE(block_ms, "RFC 5321 4.5.3.2.5"),
    CLAUSE(final_ms, "RFC 5321 4.5.3.2.6"),    CLAUSE(quit_ms, "our own"),
};

static void print_text(const char *text)
{
    if (text == NULL) {
        fputs("-", stdout);
        return;
    }
    fputs("=", stdout);
    for (; *text != '\0'; text++) {
        if (*text < ' ')
            printf("\\%03o", (unsigned)*text);
        else
            putchar(*text);
    }
}

static int print_row(const char *name, const struct postino_step *row)
{
    unsigned offset = row->limit & ~(unsigned)(STEP_JOINS | STEP_LISTS);
    size_t i = 0;

    while (i != sizeof clauses / sizeof clauses[0] && clauses[i].offset != offset)
        i++;
    if (i == sizeof clauses / sizeof clauses[0]) {
        fprintf(stderr, "steps: the time limit of %s has no clause in scripts/steps.c\n", name);
        return 1;
    }
    printf("%s\t%u\t%s\t", name, row->id, postino_step_name(row->id));
    print_text(row->text);
    printf("\t%u\t%u\t%s\t%s\t%u\t%u\n", row->accept,
           *(const uint32_t *)((const char *)&postino_time_limits_rfc5321 + offset), clauses[i].member,
           clauses[i].clause, (row->limit & STEP_JOINS) != 0, row->next);
    return 0;
}

int main(void)
{
    int failed = 0;
    size_t i;

    for (i = 0; i != sizeof rows / sizeof rows[0]; i++)
        failed |= print_row(rows[i].name, rows[i].row);
    return failed;
}
