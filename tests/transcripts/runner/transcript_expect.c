/* SPDX-License-Identifier: MIT */
/* Parses the "expect" and "ends" lines. */
#include "transcript.h"

#include <stdlib.h>
#include <string.h>

/* outcome/code[,outcome/code...], in the order of the recipients. */
static int expect_recipients(struct transcript_mail *mail, const char *value)
{
    char outcome[32];
    size_t i = 0;

    while (*value != '\0') {
        size_t length = strcspn(value, "/,");

        if (i == mail->recipients || length >= sizeof outcome) {
            return -1;
        }
        memcpy(outcome, value, length);
        outcome[length] = '\0';
        mail->to[i].outcome = transcript_outcome_value(outcome);
        if (mail->to[i].outcome == TRANSCRIPT_NOT_SAID) {
            return -1;
        }
        value += length;
        if (*value == '/') {
            mail->to[i].code = atoi(value + 1);
            value += strcspn(value, ",");
        }
        value += *value == ',';
        i++;
    }
    return i == mail->recipients ? 0 : -1;
}

static int expect_named(int *field, int value)
{
    *field = value;
    return value == TRANSCRIPT_NOT_SAID ? -1 : 0;
}

static int expect_word(struct transcript *transcript, struct transcript_mail *mail,
                       const struct transcript_word *word)
{
    if (word->value == NULL) {
        return -1;
    }
    if (strcmp(word->key, "outcome") == 0) {
        return expect_named(&mail->outcome, transcript_outcome_value(word->value));
    }
    if (strcmp(word->key, "error") == 0) {
        return expect_named(&mail->error, transcript_error_value(word->value));
    }
    if (strcmp(word->key, "submit") == 0) {
        return expect_named(&mail->submit, transcript_error_value(word->value));
    }
    if (strcmp(word->key, "step") == 0) {
        return expect_named(&mail->step, transcript_step_value(word->value));
    }
    if (strcmp(word->key, "code") == 0) {
        mail->code = atoi(word->value);
        return 0;
    }
    if (strcmp(word->key, "turn") == 0) {
        mail->turn = atoi(word->value);
        return 0;
    }
    if (strcmp(word->key, "missing") == 0) {
        mail->missing = transcript_capabilities(word->value);
        return mail->missing != UINT32_MAX ? 0 : -1;
    }
    if (strcmp(word->key, "nx") == 0) {
        mail->nx_status =
            strcmp(word->value, "any") == 0 ? TRANSCRIPT_NX_FAILURE : (int)strtol(word->value, NULL, 0);
        transcript->ways |= TRANSCRIPT_NETX;
        return 0;
    }
    return strcmp(word->key, "rcpt") == 0 ? expect_recipients(mail, word->value) : -1;
}

int transcript_read_expectation(struct transcript *transcript, const char *line)
{
    struct transcript_mail *mail = transcript->mails;
    struct transcript_word word;
    int more;

    while (mail < transcript->mails + transcript->mail_count &&
           (mail->outcome != TRANSCRIPT_NOT_SAID || mail->submit != 0)) {
        mail++;
    }
    if (mail == transcript->mails + transcript->mail_count) {
        return -1;
    }
    while ((more = transcript_next_word(transcript, &line, &word)) > 0) {
        if (expect_word(transcript, mail, &word) != 0) {
            return -1;
        }
    }
    return more;
}

static int ends_word(struct transcript *transcript, const struct transcript_word *word)
{
    if (word->value == NULL) {
        return -1;
    }
    if (strcmp(word->key, "error") == 0) {
        return expect_named(&transcript->error, transcript_error_value(word->value));
    }
    if (strcmp(word->key, "step") == 0) {
        return expect_named(&transcript->step, transcript_step_value(word->value));
    }
    if (strcmp(word->key, "code") == 0) {
        transcript->code = atoi(word->value);
    } else if (strcmp(word->key, "text") == 0) {
        transcript->text = word->value;
    } else if (strcmp(word->key, "mechanism") == 0) {
        transcript->mechanism = word->value;
    } else if (strcmp(word->key, "capabilities") == 0) {
        transcript->capabilities_said = 1;
        transcript->capabilities = transcript_capabilities(word->value);
        return transcript->capabilities != UINT32_MAX ? 0 : -1;
    } else if (strcmp(word->key, "close") == 0) {
        transcript->graceful = strcmp(word->value, "graceful") == 0;
    } else if (strcmp(word->key, "after") == 0) {
        transcript->after_ms = atol(word->value);
    } else {
        return -1;
    }
    return 0;
}

int transcript_read_ends(struct transcript *transcript, const char *line)
{
    struct transcript_word word;
    int more;

    transcript->ends_said = 1;
    while ((more = transcript_next_word(transcript, &line, &word)) > 0) {
        if (ends_word(transcript, &word) != 0) {
            return -1;
        }
    }
    return more;
}
