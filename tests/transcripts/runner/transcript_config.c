/* SPDX-License-Identifier: MIT */
/* Parses the words of a "config" line: the session's configuration, and the kinds of runs. */
#include "transcript.h"

#include <stdlib.h>
#include <string.h>

static int config_auth(const char *value, enum transcript_auth *auth)
{
    static const char *const names[] = {"none", "plain", "login", "any"};
    unsigned i;

    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], value) == 0) {
            *auth = (enum transcript_auth)i;
            return 0;
        }
    }
    return -1;
}

/* Names as in the EHLO reply, separated by commas. */
static int config_mechanisms(struct transcript *transcript, const char *names)
{
    size_t count = 0;

    transcript->auth = TRANSCRIPT_AUTH_LIST;
    while (*names != '\0') {
        size_t length = strcspn(names, ",");
        const struct postino_mechanism *const *known = postino_sasl_all;
        const struct postino_mechanism *found = NULL;

        for (; *known != NULL; known++) {
            if (strlen((*known)->name) == length && memcmp((*known)->name, names, length) == 0) {
                found = *known;
            }
        }
        if (length == 8 && memcmp(names, "EXTERNAL", 8) == 0) {
            found = &postino_sasl_external;
        }
        if (found == NULL || count == TRANSCRIPT_MECHANISMS) {
            return -1;
        }
        transcript->mechanisms[count++] = found;
        names += length + (names[length] == ',');
    }
    return 0;
}

/* Words that stand alone. */
static int config_switch(struct transcript *transcript, const char *key)
{
    if (strcmp(key, "clear") == 0) {
        transcript->flags |= (uint8_t)POSTINO_SESSION_CLEAR_TEXT_AUTH;
    } else if (strcmp(key, "if_offered") == 0) {
        transcript->flags |= (uint8_t)POSTINO_SESSION_AUTH_IF_OFFERED;
    } else if (strcmp(key, "auth_next") == 0) {
        transcript->flags |= (uint8_t)POSTINO_SESSION_AUTH_NEXT;
    } else if (strcmp(key, "helo") == 0) {
        transcript->flags |= (uint8_t)POSTINO_SESSION_HELO;
    } else if (strcmp(key, "unprepared") == 0) {
        transcript->unprepared = 1;
    } else if (strcmp(key, "read_first") == 0) {
        transcript->read_first = 1;
    } else if (strcmp(key, "linger") == 0) {
        transcript->linger = 1;
    } else if (strcmp(key, "interrupts") == 0) {
        transcript->interrupts = 1;
    } else if (strcmp(key, "never_ready") == 0) {
        transcript->never_ready = 1;
    } else if (strcmp(key, "session_only") == 0) {
        transcript->ways = TRANSCRIPT_SESSION;
    } else if (strcmp(key, "lmtp") == 0) {
        transcript->lmtp = 1;
    } else if (strcmp(key, "together") == 0) {
        transcript->pace = TRANSCRIPT_TOGETHER;
    } else if (strcmp(key, "singly") == 0) {
        transcript->pace = TRANSCRIPT_SINGLY;
    } else {
        return -1;
    }
    return 0;
}

static int config_extensions(struct transcript *transcript, const char *names)
{
    const struct postino_extension *const *extension = postino_extensions_all;
    uint32_t bits = transcript_capabilities(names);
    size_t count = 0;

    transcript->extensions_said = 1;
    for (; *extension != NULL; extension++) {
        if ((bits & (*extension)->capability) != 0 && count < TRANSCRIPT_EXTENSIONS) {
            transcript->extensions[count++] = *extension;
        }
    }
    return bits != UINT32_MAX ? 0 : -1;
}

static int config_word(struct transcript *transcript, const struct transcript_word *word)
{
    if (word->value == NULL) {
        return config_switch(transcript, word->key);
    }
    if (strcmp(word->key, "ehlo") == 0) {
        transcript->ehlo_name = word->value;
    } else if (strcmp(word->key, "user") == 0) {
        transcript->user = word->value;
    } else if (strcmp(word->key, "password") == 0) {
        transcript->password = word->value;
    } else if (strcmp(word->key, "token") == 0) {
        transcript->token = word->value;
    } else if (strcmp(word->key, "authzid") == 0) {
        transcript->authzid = word->value;
    } else if (strcmp(word->key, "host") == 0) {
        transcript->host = word->value;
    } else if (strcmp(word->key, "port") == 0) {
        transcript->port = (uint16_t)strtoul(word->value, NULL, 10);
    } else if (strcmp(word->key, "nonce") == 0) {
        transcript->nonce = word->value;
    } else if (strcmp(word->key, "mechanisms") == 0) {
        return config_mechanisms(transcript, word->value);
    } else if (strcmp(word->key, "auth") == 0) {
        return config_auth(word->value, &transcript->auth);
    } else if (strcmp(word->key, "last_resort") == 0) {
        return config_auth(word->value, &transcript->last_resort);
    } else if (strcmp(word->key, "challenge_max") == 0) {
        transcript->challenge_octets_max = (uint16_t)strtoul(word->value, NULL, 10);
    } else if (strcmp(word->key, "in_flight") == 0) {
        transcript->in_flight = (uint16_t)strtoul(word->value, NULL, 10);
    } else if (strcmp(word->key, "group_max") == 0) {
        transcript->group_octets_max = (uint32_t)strtoul(word->value, NULL, 10);
    } else if (strcmp(word->key, "tls") == 0) {
        transcript->policy = transcript_tls_policy(word->value);
        transcript->has_tls = 1;
        return transcript->policy != NULL ? 0 : -1;
    } else if (strcmp(word->key, "binding") == 0) {
        transcript->channel_binding = word->value;
    } else if (strcmp(word->key, "avoided") == 0) {
        transcript->avoided = transcript_capabilities(word->value);
        return transcript->avoided != UINT32_MAX ? 0 : -1;
    } else if (strcmp(word->key, "extensions") == 0) {
        return config_extensions(transcript, word->value);
    } else {
        return -1;
    }
    return 0;
}

int transcript_read_config(struct transcript *transcript, const char *line)
{
    struct transcript_word word;
    int more;

    while ((more = transcript_next_word(transcript, &line, &word)) > 0) {
        if (config_word(transcript, &word) != 0) {
            return -1;
        }
    }
    return more;
}
