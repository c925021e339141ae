/* SPDX-License-Identifier: MIT */
/* Draws the server's replies and the server's kind. */
#include "model.h"

#include <stdio.h>
#include <string.h>

static const char *const texts[] = {"ok",
                                    "250 ok",
                                    "2.1.0 fine",
                                    "4.5.3 too many",
                                    "5.1.1 no such user",
                                    "",
                                    "354 go",
                                    "a longer text that says nothing and goes on for a while",
                                    "4.3.1 full"};

static void say_line(struct model_connection *connection, unsigned code, char separator, const char *text)
{
    char line[160];

    (void)snprintf(line, sizeof line, "%03u%c%s\r\n", code, separator, text);
    if (!connection->silent) {
        model_append_text(&connection->out, line);
    }
}

/* Before each reply: whether the server still says it. */
static unsigned reply_begin(struct model_connection *connection, unsigned code)
{
    const struct model_policy *policy = &connection->policy;

    if (connection->closed) {
        return 0;
    }
    if (connection->replies++ >= policy->silent_behind) {
        connection->silent = 1;
    }
    if (!connection->silent && model_chance(&connection->random, policy->closing)) {
        return 421;
    }
    return code;
}

unsigned model_reply(struct model_connection *connection, unsigned code)
{
    struct model_random *random = &connection->random;
    unsigned said = reply_begin(connection, code);

    if (said == 0) {
        return 0;
    }
    while (model_chance(random, connection->policy.multi_line)) {
        say_line(connection, said, '-', texts[model_draw(random, sizeof texts / sizeof *texts)]);
    }
    say_line(connection, said, ' ', texts[model_draw(random, sizeof texts / sizeof *texts)]);
    if (said == 421) {
        connection->closed = 1;
        connection->state = MODEL_GONE;
    }
    return said;
}

unsigned model_refusal(struct model_connection *connection)
{
    static const unsigned codes[] = {450, 451, 452, 499, 550, 551, 552, 554, 555, 500};

    return codes[model_draw(&connection->random, sizeof codes / sizeof *codes)];
}

static const struct {
    uint32_t capability;
    const char *line;
} offers[] = {
    {POSTINO_CAPABILITY_PIPELINING, "PIPELINING"},
    {POSTINO_CAPABILITY_CHUNKING, "Chunking"},
    {POSTINO_CAPABILITY_8BITMIME, "8BITMIME"},
    {POSTINO_CAPABILITY_BINARYMIME, "BINARYMIME"},
    {POSTINO_CAPABILITY_ENHANCEDSTATUSCODES, "ENHANCEDSTATUSCODES"},
    {POSTINO_CAPABILITY_AUTH, "AUTH CRAM-MD5 LOGIN PLAIN"},
    {POSTINO_CAPABILITY_DSN, "DSN"},
    {POSTINO_CAPABILITY_SMTPUTF8, "SMTPUTF8"},
};

void model_reply_ehlo(struct model_connection *connection)
{
    const struct model_policy *policy = &connection->policy;
    char line[120];
    size_t length = 0;
    size_t i;

    say_line(connection, 250, '-', "mx.example PIPELINING");
    for (i = 0; i < sizeof offers / sizeof *offers; i++) {
        if (policy->capabilities & offers[i].capability) {
            say_line(connection, 250, '-', offers[i].line);
        }
    }
    if (policy->capabilities & POSTINO_CAPABILITY_SIZE) {
        (void)snprintf(line, sizeof line, "SIZE %lu", (unsigned long)policy->size_limit);
        say_line(connection, 250, '-', line);
    }
    if (policy->limits_told) {
        length = (size_t)snprintf(line, sizeof line, "LIMITS OTHER=1");
        if (policy->recipients_max != MODEL_NEVER) {
            length += (size_t)snprintf(line + length, sizeof line - length, " RCPTMAX=%lu",
                                       (unsigned long)policy->recipients_max);
        }
        if (policy->mails_max != MODEL_NEVER) {
            length += (size_t)snprintf(line + length, sizeof line - length, " MAILMAX=%lu",
                                       (unsigned long)policy->mails_max);
        }
        if (policy->domains_max != MODEL_NEVER) {
            (void)snprintf(line + length, sizeof line - length, " RCPTDOMAINMAX=%lu",
                           (unsigned long)policy->domains_max);
        }
        say_line(connection, 250, '-', line);
    }
    say_line(connection, 250, ' ', "X-LAST");
}

static uint32_t draw_rate(struct model_random *random)
{
    static const uint32_t rates[] = {0, 0, 0, 0, 30, 150, 500, 1000};

    return rates[model_draw(random, sizeof rates / sizeof *rates)];
}

static void draw_rates(struct model_policy *policy, struct model_random *random)
{
    policy->refuse_ehlo = model_chance(random, 60) ? 1000 : 0;
    policy->refuse_auth = model_chance(random, 60) ? 1000 : 0;
    policy->refuse_mail = draw_rate(random) / 2;
    policy->refuse_rcpt = draw_rate(random) / 2;
    policy->refuse_data = draw_rate(random) / 2;
    policy->refuse_chunk = draw_rate(random) / 2;
    policy->refuse_final = draw_rate(random) / 2;
    policy->refuse_rset = model_chance(random, 100) ? 300 : 0;
    policy->closing = model_chance(random, 200) ? 1 + model_draw(random, 60) : 0;
    policy->multi_line = model_chance(random, 300) ? 300 : 0;
    policy->drop_final = model_chance(random, 100) ? 700 : 0;
    policy->eager_354 = model_chance(random, 400);
}

void model_policy_draw(struct model_connection *connection)
{
    struct model_policy *policy = &connection->policy;
    struct model_random *random = &connection->random;

    draw_rates(policy, random);
    policy->capabilities = model_draw(random, 1u << 20);
    if (model_chance(random, 700)) {
        policy->capabilities |= POSTINO_CAPABILITY_PIPELINING;
    }
    policy->recipients_max = model_chance(random, 250) ? 1 + model_draw(random, 6) : MODEL_NEVER;
    policy->domains_max = MODEL_NEVER;
    policy->mails_max = MODEL_NEVER;
    policy->limits_told = model_chance(random, 250);
    if (policy->limits_told && model_chance(random, 300)) {
        policy->domains_max = 1 + model_draw(random, 3);
    }
    if (policy->limits_told && model_chance(random, 300)) {
        policy->mails_max = 1 + model_draw(random, 6);
    }
    policy->size_limit = model_chance(random, 200) ? 1 + model_draw(random, 4000) : 0;
    policy->cut_client = policy->cut_server = policy->silent_behind = MODEL_NEVER;
    if (model_chance(random, 200)) {
        policy->cut_client = model_length(random, 4000);
    } else if (model_chance(random, 150)) {
        policy->cut_server = model_length(random, 1500);
    } else if (model_chance(random, 60)) {
        policy->silent_behind = model_length(random, 40);
    }
}
