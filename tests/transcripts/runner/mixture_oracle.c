/* SPDX-License-Identifier: MIT */
/* Computes each mail's outcome from a log by the rules (RFC 5321 sections 3.3 and 4.5.3.1.10, RFC 2920,
 * RFC 3030). It reads the log once and shares no code with the engine. */
#include "mixture.h"

#include "postino/error.h"

#include <string.h>

static uint8_t oracle_class(unsigned code)
{
    return code >= 500 ? POSTINO_OUTCOME_PERMANENT : POSTINO_OUTCOME_TRANSIENT;
}

/* One mail, while its entries are read. */
struct oracle {
    const struct mixture_mail *mail;
    struct mixture_fate *fates;
    int begun;   /* MAIL was sent in the transaction in hand */
    int decided; /* it was given up */
    int ended;   /* its message is out */
    int asked[MIXTURE_RECIPIENTS];
    int taken[MIXTURE_RECIPIENTS];
    int deferred[MIXTURE_RECIPIENTS];
    unsigned takings;
};

/* All that is open becomes this. */
static void oracle_decide(struct oracle *oracle, uint8_t outcome, unsigned code)
{
    unsigned i;

    oracle->decided = 1;
    for (i = 0; i < oracle->mail->recipients; i++) {
        if (oracle->fates[i].outcome == POSTINO_OUTCOME_PENDING) {
            oracle->fates[i].outcome = outcome;
            oracle->fates[i].code = code;
        }
    }
}

static void oracle_sent(struct oracle *oracle, const struct mixture_entry *entry)
{
    if (entry->verb == MIXTURE_MAIL) {
        oracle->begun = 1;
        oracle->ended = 0;
        oracle->takings = 0;
        memset(oracle->asked, 0, sizeof oracle->asked);
        memset(oracle->taken, 0, sizeof oracle->taken);
        memset(oracle->deferred, 0, sizeof oracle->deferred);
    } else if (entry->verb == MIXTURE_RCPT) {
        oracle->asked[entry->recipient] = 1;
    } else if (entry->verb == MIXTURE_MESSAGE) {
        oracle->ended = 1;
    }
}

static void oracle_rcpt(struct oracle *oracle, const struct mixture_entry *entry)
{
    struct mixture_fate *fate = &oracle->fates[entry->recipient];

    if (entry->code < 400) {
        oracle->taken[entry->recipient] = 1;
        oracle->takings++;
    } else if (!oracle->decided) {
        if (oracle->mail->partial && oracle->mail->rewinds && oracle->takings != 0 &&
            (entry->code == 452 || entry->code == 552)) {
            oracle->deferred[entry->recipient] = 1;
            return;
        }
        fate->outcome = oracle_class(entry->code);
        fate->code = entry->code;
        if (!oracle->mail->partial) {
            oracle_decide(oracle, POSTINO_OUTCOME_NOT_ATTEMPTED, 0);
        }
    }
}

static void oracle_message(struct oracle *oracle, const struct mixture_entry *entry)
{
    unsigned i;

    if (oracle->decided || oracle->takings == 0) {
        return;
    }
    if (entry->code >= 400) {
        oracle_decide(oracle, oracle_class(entry->code), entry->code);
        return;
    }
    for (i = 0; i < oracle->mail->recipients; i++) {
        if (oracle->taken[i]) {
            oracle->fates[i].outcome = POSTINO_OUTCOME_ACCEPTED;
            oracle->fates[i].code = entry->code;
        }
    }
    oracle->begun = 0;
    if (!oracle->mail->rewinds) {
        oracle_decide(oracle, POSTINO_OUTCOME_TRANSIENT, 0);
    }
}

/* Returns 1 where the client must close the connection. */
static int oracle_answered(struct oracle *oracle, const struct mixture_entry *entry)
{
    switch (entry->verb) {
    case MIXTURE_MAIL:
        if (entry->code >= 400) {
            oracle_decide(oracle, oracle_class(entry->code), entry->code);
        }
        break;
    case MIXTURE_RCPT:
        oracle_rcpt(oracle, entry);
        break;
    case MIXTURE_DATA:
        if (entry->code == 354) {
            return oracle->decided && oracle->takings != 0;
        }
        if (oracle->takings != 0 && !oracle->decided) {
            oracle_decide(oracle, oracle_class(entry->code), entry->code);
        }
        break;
    case MIXTURE_MESSAGE:
        oracle_message(oracle, entry);
        break;
    default:
        break;
    }
    return 0;
}

/* Decides the recipients that are open when no more replies arrive. `halfway`: a command may have been on
 * its way. Returns their number. */
static int oracle_lost(struct oracle *oracle, int halfway)
{
    int left = 0;
    unsigned i;

    for (i = 0; i < oracle->mail->recipients; i++) {
        struct mixture_fate *fate = &oracle->fates[i];

        if (fate->outcome != POSTINO_OUTCOME_PENDING) {
            continue;
        }
        left++;
        if (!oracle->begun) {
            fate->outcome = POSTINO_OUTCOME_NOT_ATTEMPTED;
            fate->other = halfway ? POSTINO_OUTCOME_TRANSIENT : 0;
        } else if (!oracle->ended) {
            fate->outcome = POSTINO_OUTCOME_TRANSIENT;
        } else {
            fate->outcome = oracle->asked[i] && !oracle->deferred[i] ? POSTINO_OUTCOME_UNKNOWN
                                                                     : POSTINO_OUTCOME_NOT_ATTEMPTED;
        }
    }
    return left;
}

void mixture_judge(const struct mixture *mixture, struct mixture_fates *fates)
{
    unsigned answered = mixture_answered(mixture);
    unsigned mail;

    memset(fates, 0, sizeof *fates);
    for (mail = 0; mail < mixture->plan->mails; mail++) {
        struct oracle oracle = {0};
        unsigned i;

        oracle.mail = &mixture->plan->mail[mail];
        oracle.fates = fates->recipients[mail];
        for (i = 0; i < mixture->count; i++) {
            const struct mixture_entry *entry = &mixture->log[i];

            if (entry->verb < MIXTURE_MAIL || entry->verb == MIXTURE_QUIT || entry->mail != mail) {
                continue;
            }
            oracle_sent(&oracle, entry);
            if (i < answered && oracle_answered(&oracle, entry)) {
                fates->desynchronised = 1;
            }
        }
        fates->left += oracle_lost(&oracle, mixture->line_octets != 0);
    }
}

void mixture_stand(const struct mixture *mixture, unsigned first, unsigned mail,
                   struct mixture_standing *standing)
{
    struct mixture_fate fates[MIXTURE_RECIPIENTS] = {{0, 0, 0}};
    struct oracle oracle = {0};
    unsigned i;

    memset(standing, 0, sizeof *standing);
    oracle.mail = &mixture->plan->mail[mail];
    oracle.fates = fates;
    for (i = 0; i < mixture->count; i++) {
        const struct mixture_entry *entry = &mixture->log[i];

        if (entry->verb < MIXTURE_MAIL || entry->verb == MIXTURE_QUIT || entry->mail != mail) {
            continue;
        }
        if (entry->verb == MIXTURE_MAIL) {
            standing->asked = standing->answered = 0;
        }
        standing->asked += entry->verb == MIXTURE_RCPT;
        oracle_sent(&oracle, entry);
        if (i < first) {
            standing->answered += entry->verb == MIXTURE_RCPT;
            (void)oracle_answered(&oracle, entry);
        }
    }
    standing->taken = oracle.takings;
    /* Given up, or each recipient was refused. */
    standing->decided = 1;
    for (i = 0; i < oracle.mail->recipients; i++) {
        standing->decided &= fates[i].outcome != POSTINO_OUTCOME_PENDING;
    }
}
