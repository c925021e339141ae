/* SPDX-License-Identifier: MIT */
/* Parses the words of a "mail" line and of a "service" line. */
#include "transcript.h"

#include <stdlib.h>
#include <string.h>

/* Words that stand alone. */
static int mail_switch(struct transcript_mail *mail, const char *key)
{
    static const struct {
        const char *name;
        uint8_t set;
        uint8_t cleared;
    } sources[] = {
        {"canonical", POSTINO_SOURCE_CANONICAL, 0}, {"binary", POSTINO_SOURCE_BINARY, 0},
        {"8bit", POSTINO_SOURCE_8BIT, 0},           {"in_memory", POSTINO_SOURCE_IN_MEMORY, 0},
        {"no_rewind", 0, POSTINO_SOURCE_REWINDS},
    };
    size_t i;

    for (i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        if (strcmp(sources[i].name, key) == 0) {
            mail->source_flags = (uint8_t)((mail->source_flags | sources[i].set) & ~sources[i].cleared);
            return 0;
        }
    }
    if (strcmp(key, "partial") == 0) {
        mail->partial = 1;
    } else if (strcmp(key, "eight_bit_anyway") == 0) {
        mail->flags |= (uint8_t)POSTINO_MAIL_8BIT_ANYWAY;
    } else {
        mail->has_options = 1;
        if (strcmp(key, "utf8") == 0) {
            mail->options.utf8 = 1;
        } else if (strcmp(key, "require_tls") == 0) {
            mail->options.require_tls = 1;
        } else if (strcmp(key, "options") != 0) {
            return -1;
        }
    }
    return 0;
}

static int mail_recipient(struct transcript_mail *mail, const char *address, unsigned kind)
{
    if (mail->recipients == TRANSCRIPT_RECIPIENTS) {
        return -1;
    }
    mail->to[mail->recipients].address = address;
    mail->to[mail->recipients].kind = (uint8_t)kind;
    mail->recipients++;
    return 0;
}

/* Of the recipient that was named last. */
static int mail_recipient_option(struct transcript *transcript, struct transcript_mail *mail,
                                 const struct transcript_word *word)
{
    static const char *const names[] = {"success", "failure", "delay", "never"};
    struct postino_recipient_options *options;
    const char *value = word->value;
    unsigned i;

    if (mail->recipients == 0) {
        return -1;
    }
    mail->has_options = 1;
    mail->to[mail->recipients - 1].has_options = 1;
    options = &mail->to[mail->recipients - 1].options;
    if (strcmp(word->key, "orcpt") == 0) {
        size_t length = strcspn(value, ";");

        if (value[length] != ';') {
            return -1;
        }
        /* The value lies in the transcript's own memory. */
        transcript->octets[(const uint8_t *)value - transcript->octets + (ptrdiff_t)length] = '\0';
        options->original_type = value;
        options->original_address = value + length + 1;
        return 0;
    }
    while (*value != '\0') {
        size_t length = strcspn(value, ",");

        for (i = 0; i < 4 && (strlen(names[i]) != length || memcmp(names[i], value, length) != 0); i++) {
        }
        if (i == 4) {
            return -1;
        }
        options->notify |= (uint8_t)(1u << i);
        value += length + (value[length] == ',');
    }
    return 0;
}

static int mail_return(struct postino_options *options, const char *value)
{
    if (strcmp(value, "full") != 0 && strcmp(value, "hdrs") != 0) {
        return -1;
    }
    options->return_content = *value == 'f' ? POSTINO_RETURN_FULL : POSTINO_RETURN_HEADERS;
    return 0;
}

/* SECONDS;MODE[T] */
static int mail_deliver_by(struct postino_options *options, const char *value)
{
    char *after;

    options->deliver_by_s = (int32_t)strtol(value, &after, 10);
    if (after[0] != ';' || after[1] == '\0') {
        return -1;
    }
    options->deliver_by_mode = after[1];
    options->deliver_by_trace = after[2] == 'T';
    return 0;
}

static int mail_option(struct transcript_mail *mail, const struct transcript_word *word)
{
    struct postino_options *options = &mail->options;

    mail->has_options = 1;
    if (strcmp(word->key, "ret") == 0) {
        return mail_return(options, word->value);
    }
    if (strcmp(word->key, "deliver_by") == 0) {
        return mail_deliver_by(options, word->value);
    }
    if (strcmp(word->key, "optional") == 0) {
        options->optional = transcript_capabilities(word->value);
        return options->optional != UINT32_MAX ? 0 : -1;
    }
    if (strcmp(word->key, "envid") == 0) {
        options->envelope_id = word->value;
    } else if (strcmp(word->key, "hold_for") == 0) {
        options->hold_for_s = (uint32_t)strtoul(word->value, NULL, 10);
    } else if (strcmp(word->key, "hold_until") == 0) {
        options->hold_until = word->value;
    } else if (strcmp(word->key, "priority") == 0) {
        options->has_priority = 1;
        options->priority = (int8_t)atoi(word->value);
    } else if (strcmp(word->key, "submitter") == 0) {
        options->submitter = word->value;
    } else {
        return -1;
    }
    return 0;
}

static int mail_word(struct transcript *transcript, struct transcript_mail *mail,
                     const struct transcript_word *word)
{
    if (word->value == NULL) {
        return mail_switch(mail, word->key);
    }
    if (strcmp(word->key, "to") == 0) {
        return mail_recipient(mail, word->value, POSTINO_RECIPIENT_TO);
    }
    if (strcmp(word->key, "cc") == 0) {
        return mail_recipient(mail, word->value, POSTINO_RECIPIENT_CC);
    }
    if (strcmp(word->key, "bcc") == 0) {
        return mail_recipient(mail, word->value, POSTINO_RECIPIENT_BCC);
    }
    if (strcmp(word->key, "notify") == 0 || strcmp(word->key, "orcpt") == 0) {
        return mail_recipient_option(transcript, mail, word);
    }
    if (strcmp(word->key, "from") == 0) {
        mail->from = word->value;
    } else if (strcmp(word->key, "subject") == 0) {
        mail->subject = word->value;
    } else if (strcmp(word->key, "begin_error") == 0) {
        mail->begin_error = atoi(word->value);
    } else if (strcmp(word->key, "size") == 0) {
        mail->size_octets = (size_t)strtoul(word->value, NULL, 10);
    } else if (strcmp(word->key, "spans") == 0) {
        mail->span_octets = (size_t)strtoul(word->value, NULL, 10);
    } else {
        return mail_option(mail, word);
    }
    return 0;
}

int transcript_read_mail(struct transcript *transcript, const char *line)
{
    struct transcript_mail *mail = &transcript->mails[transcript->mail_count];
    struct transcript_word word;
    int more;
    size_t i;

    if (transcript->mail_count == TRANSCRIPT_MAILS) {
        return -1;
    }
    transcript->mail_count++;
    mail->from = "a@example.com";
    mail->subject = "A test";
    mail->body = (const uint8_t *)"Hello\r\n";
    mail->body_octets = 7;
    mail->wait_octets = SIZE_MAX;
    mail->fail_octets = SIZE_MAX;
    mail->size_octets = POSTINO_SIZE_UNKNOWN;
    mail->source_flags = POSTINO_SOURCE_REWINDS;
    mail->submit = 0;
    mail->outcome = mail->error = mail->step = mail->code = mail->nx_status = TRANSCRIPT_NOT_SAID;
    postino_options_init(&mail->options);
    for (i = 0; i < TRANSCRIPT_RECIPIENTS; i++) {
        mail->to[i].outcome = mail->to[i].code = TRANSCRIPT_NOT_SAID;
    }
    while ((more = transcript_next_word(transcript, &line, &word)) > 0) {
        if (mail_word(transcript, mail, &word) != 0) {
            return -1;
        }
    }
    return mail->recipients == 0 ? mail_recipient(mail, "b@example.org", POSTINO_RECIPIENT_TO) : more;
}

static int service_word(struct transcript_service *service, const struct transcript_word *word)
{
    static const char *const verbs[] = {"NOOP", "RSET", "VRFY", "EXPN", "HELP", "ETRN"};
    unsigned i;

    if (word->value == NULL) {
        for (i = 0; i < sizeof verbs / sizeof verbs[0] && strcmp(verbs[i], word->key) != 0; i++) {
        }
        service->command = (uint8_t)i;
        return i < sizeof verbs / sizeof verbs[0] ? 0 : -1;
    }
    if (strcmp(word->key, "argument") == 0) {
        service->argument = word->value;
    } else if (strcmp(word->key, "room") == 0) {
        service->capacity_octets = (size_t)strtoul(word->value, NULL, 10);
    } else if (strcmp(word->key, "error") == 0) {
        service->error = transcript_error_value(word->value);
        return service->error != TRANSCRIPT_NOT_SAID ? 0 : -1;
    } else if (strcmp(word->key, "code") == 0) {
        service->code = atoi(word->value);
    } else if (strcmp(word->key, "text") == 0) {
        service->text = word->value;
    } else {
        return -1;
    }
    return 0;
}

int transcript_read_service(struct transcript *transcript, const char *line)
{
    struct transcript_service *service = &transcript->services[transcript->service_count];
    struct transcript_word word;
    int more;

    if (transcript->service_count == TRANSCRIPT_SERVICES) {
        return -1;
    }
    transcript->service_count++;
    transcript->pace = TRANSCRIPT_SINGLY;
    service->before = transcript->mail_count;
    service->capacity_octets = TRANSCRIPT_TEXT_OCTETS;
    service->code = TRANSCRIPT_NOT_SAID;
    while ((more = transcript_next_word(transcript, &line, &word)) > 0) {
        if (service_word(service, &word) != 0) {
            return -1;
        }
    }
    return service->code != TRANSCRIPT_NOT_SAID || service->error != 0 ? more : -1;
}
