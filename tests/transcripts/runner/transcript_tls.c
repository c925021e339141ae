/* SPDX-License-Identifier: MIT */
/* Parses the TLS policy and the "<tls" line. */
#include "transcript.h"

#include <string.h>

const struct postino_tls_policy *transcript_tls_policy(const char *name)
{
    if (strcmp(name, "required") == 0) {
        return &postino_tls_required;
    }
    if (strcmp(name, "opportunistic") == 0) {
        return &postino_tls_opportunistic;
    }
    return strcmp(name, "none") == 0 ? &postino_tls_none : NULL;
}

/* A channel binding, by its name; its octets end where the next word's begin. */
static int tls_binding(const struct transcript *transcript, struct postino_tls_info *info,
                       const struct transcript_word *word)
{
    static const char *const names[] = {"tls-exporter", "tls-unique", "tls-server-end-point"};
    struct postino_channel_binding *binding = &info->bindings[info->bindings[0].name != NULL];
    const char *end = (const char *)&transcript->octets[transcript->used_octets - 1];
    size_t i;

    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], word->key) == 0 && binding->name == NULL) {
            binding->name = names[i];
            binding->data = (const uint8_t *)word->value;
            binding->length_octets = (size_t)(end - word->value);
            return 0;
        }
    }
    return -1;
}

static int tls_switch(struct postino_tls_info *info, const char *key)
{
    if (strcmp(key, "unverified") == 0) {
        info->verified = 0;
    } else if (strcmp(key, "certified") == 0) {
        info->certified = 1;
    } else if (strcmp(key, "resumed") == 0) {
        info->resumed = 1;
    } else {
        return -1;
    }
    return 0;
}

static int tls_word(struct transcript *transcript, struct peer_tls *tls, const struct transcript_word *word)
{
    if (word->value == NULL) {
        return tls_switch(&tls->info, word->key);
    }
    if (strcmp(word->key, "fails") == 0) {
        tls->error = transcript_error_value(word->value);
        tls->info.version = NULL;
        return tls->error < 0 && tls->error != TRANSCRIPT_NOT_SAID ? 0 : -1;
    }
    if (strcmp(word->key, "text") == 0) {
        tls->info.text = word->value;
        return 0;
    }
    return tls_binding(transcript, &tls->info, word);
}

int transcript_read_tls(struct transcript *transcript, struct peer_event *event, const char *line)
{
    char words[TRANSCRIPT_LINE_OCTETS];
    const char *rest = words;
    size_t length = strlen(line);
    struct transcript_word word;
    struct peer_tls *tls;
    int more;

    if (transcript->tls_count == TRANSCRIPT_HANDSHAKES || length == 0 || length > sizeof words ||
        line[length - 1] != '>') {
        return -1;
    }
    memcpy(words, line, length - 1);
    words[length - 1] = '\0';
    tls = &transcript->tls[transcript->tls_count++];
    tls->info.version = "TLSv1.3";
    tls->info.verified = 1;
    tls->info.text = "";
    event->tls = tls;
    transcript->has_tls = 1;
    while ((more = transcript_next_word(transcript, &rest, &word)) > 0) {
        if (tls_word(transcript, tls, &word) != 0) {
            return -1;
        }
    }
    return more;
}
