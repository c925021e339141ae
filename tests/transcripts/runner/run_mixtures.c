/* SPDX-License-Identifier: MIT */
/* Runs every mixture of refused MAIL, RCPT, DATA or BDAT, and message for one mail. Many more runs have up
 * to three mails in flight, and lose connections on the way. Each runs in several splits. The program
 * prints the dialogue of a run that failed. */
#include "mixture.h"

#include <stdio.h>

#define MIXTURES_RANDOM   8000
#define MIXTURES_FINDINGS 5

static unsigned long cases;
static unsigned long failed;
static uint32_t random_state = 1;

/* Numerical Recipes' generator: the same cases on every machine. */
static unsigned random_below(unsigned limit)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 16) % limit;
}

static void run_case(const struct mixture_plan *plan)
{
    cases++;
    if (mixture_run(plan) != 0 && failed++ < MIXTURES_FINDINGS) {
        mixture_print(plan);
    }
}

/* At once and whole; octet by octet with replies as early as can be; and something between. */
static void run_splits(struct mixture_plan *plan)
{
    plan->capacity_octets = MIXTURE_OCTETS;
    plan->piece_octets = 0;
    plan->eager = 0;
    plan->singly = 0;
    run_case(plan);
    plan->capacity_octets = 1;
    plan->eager = 1;
    run_case(plan);
    plan->capacity_octets = 7;
    plan->piece_octets = 5;
    plan->singly = 1;
    run_case(plan);
}

static const unsigned mail_codes[] = {250, 451, 550};
static const unsigned rcpt_codes[] = {250, 450, 550, 452};
static const unsigned data_codes[] = {354, 451, 554};
static const unsigned dot_codes[] = {250, 451, 554};
static const unsigned bdat_codes[] = {250, 452, 554};

static void random_codes(const struct mixture_plan *plan, struct mixture_codes *codes)
{
    unsigned j;

    /* Acceptance more often than not: else few mails get far. */
    codes->mail = mail_codes[random_below(8) < 5 ? 0 : random_below(3)];
    for (j = 0; j < MIXTURE_RECIPIENTS; j++) {
        codes->rcpt[j] = rcpt_codes[random_below(8) < 3 ? 0 : random_below(4)];
    }
    codes->data = data_codes[random_below(8) < 5 ? 0 : random_below(3)];
    codes->message = (plan->chunking ? bdat_codes : dot_codes)[random_below(8) < 5 ? 0 : random_below(3)];
}

/* The number as digits, one a reply. Returns 0 when all numbers are used up. */
static int choose_codes(const struct mixture_plan *plan, unsigned recipients, unsigned number,
                        struct mixture_codes *codes)
{
    unsigned j;

    codes->mail = mail_codes[number % 3];
    number /= 3;
    for (j = 0; j < recipients; j++) {
        codes->rcpt[j] = rcpt_codes[number % 4];
        number /= 4;
    }
    codes->message = (plan->chunking ? bdat_codes : dot_codes)[number % 3];
    number /= 3;
    if (!plan->chunking) {
        codes->data = data_codes[number % 3];
        number /= 3;
    }
    return number == 0;
}

/* One mail, every mixture of its first transaction. */
static void run_single(unsigned form)
{
    struct mixture_plan plan = {0};
    unsigned number;
    unsigned i;

    plan.pipelining = (form & 1) != 0;
    plan.chunking = (form & 2) != 0;
    plan.mails = 1;
    plan.mail[0].partial = (form & 4) != 0;
    plan.mail[0].rewinds = (form & 8) != 0;
    for (plan.mail[0].recipients = 1; plan.mail[0].recipients <= MIXTURE_RECIPIENTS;
         plan.mail[0].recipients++) {
        for (number = 0; choose_codes(&plan, plan.mail[0].recipients, number, &plan.mail[0].codes[0]);
             number++) {
            for (i = 1; i < MIXTURE_TRANSACTIONS; i++) {
                random_codes(&plan, &plan.mail[0].codes[i]);
            }
            run_splits(&plan);
        }
    }
}

/* Two mails of one recipient behind each other, every mixture. */
static void run_pairs(unsigned form)
{
    struct mixture_plan plan = {0};
    unsigned one;
    unsigned two;

    plan.pipelining = 1;
    plan.chunking = (form & 1) != 0;
    plan.mails = 2;
    plan.in_flight = 2;
    plan.mail[0].recipients = plan.mail[1].recipients = 1;
    plan.mail[0].rewinds = plan.mail[1].rewinds = 1;
    for (one = 0; choose_codes(&plan, 1, one, &plan.mail[0].codes[0]); one++) {
        for (two = 0; choose_codes(&plan, 1, two, &plan.mail[1].codes[0]); two++) {
            run_splits(&plan);
        }
    }
}

static void run_random(void)
{
    struct mixture_plan plan = {0};
    unsigned i;
    unsigned j;

    plan.pipelining = random_below(8) != 0;
    plan.chunking = random_below(2) != 0;
    plan.mails = 1 + random_below(MIXTURE_MAILS);
    plan.in_flight = random_below(4);
    plan.cut = random_below(3) == 0 ? 3 + random_below(20) : 0;
    for (i = 0; i < plan.mails; i++) {
        plan.mail[i].recipients = 1 + random_below(MIXTURE_RECIPIENTS);
        plan.mail[i].partial = random_below(2) != 0;
        plan.mail[i].rewinds = random_below(6) != 0;
        for (j = 0; j < MIXTURE_TRANSACTIONS; j++) {
            random_codes(&plan, &plan.mail[i].codes[j]);
        }
    }
    run_splits(&plan);
}

int main(void)
{
    unsigned long i;

    for (i = 0; i < 16; i++) {
        run_single((unsigned)i);
    }
    run_pairs(0);
    run_pairs(1);
    for (i = 0; i < MIXTURES_RANDOM; i++) {
        run_random();
    }
    (void)printf("%lu passed, %lu failed\n", cases - failed, failed);
    return failed != 0 || cases == 0;
}
