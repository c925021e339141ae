/* SPDX-License-Identifier: MIT */
/* The usual case's own ways come to the same as the general ones: a dialogue drawn at random is held in
 * each. */
#include "group.h"
#include "noise.h"

#define SEEDS 4000
#define TURNS 30

#define OFFERED "250-DSN\r\n250-SIZE 100000\r\n250-8BITMIME\r\n"

/* How a dialogue is held. */
struct way {
    const char *name;
    size_t first_octets;    /* the room of the first call behind replies */
    size_t capacity_octets; /* of the others */
    int asks;               /* on_reply() is told */
    int octet_by_octet;     /* what arrives */
};

/* The first is the one that the others are compared with. */
static const struct way ways[] = {{"general, in single octets", 1, 1, 1, 1},
                                  {"replies whole", 1, 1, 1, 0},
                                  {"commands whole, replies in single octets", 4000, 4000, 0, 1},
                                  {"room for few commands", 1700, 1700, 0, 0},
                                  {"room for half a command, then for many", 9, 4000, 0, 0},
                                  {"all whole, each reply told", 4000, 4000, 1, 0},
                                  {"all whole", 4000, 4000, 0, 0}};

/* A message in chunks: each piece that it lends makes one. */
#define LONG_OCTETS  1300
#define PIECE_OCTETS 600

static char long_text[LONG_OCTETS];
static struct test_source long_sources[GROUP_MAILS];

struct story {
    char text[40000];
    size_t octets;
    int secret;
};

static struct story stories[2];
static struct group mails;

static void story_add(struct story *story, const void *data, size_t octets)
{
    assert_true(octets < sizeof story->text - story->octets);
    memcpy(story->text + story->octets, data, octets);
    story->octets += octets;
    story->text[story->octets] = '\0';
}

static void story_add_numbers(struct story *story, const char *word, unsigned first, unsigned second,
                              unsigned third)
{
    char line[80];

    story_add(story, line, (size_t)snprintf(line, sizeof line, "%s %u %u %u\n", word, first, second, third));
}

/* Puts down a reply, mostly one that takes what was asked, sometimes one that refuses it, sometimes no good
 * one. Returns how many octets. */
static size_t draw_reply(char *out, int by_data)
{
    static const char *const codes[] = {"250 ", "251 ", "299 ", "550 ", "452 ", "354 ", "250-",
                                        "421 ", "249 ", "221 ", "2x0 ", "25",   "\n",   "250\t"};
    static const char *const ends[] = {"\r\n", "\n", "\r\r\n", "\r"};
    int strange = noise() % 12 == 0;
    size_t code = by_data && noise() % 3 == 0 ? 5 : 0;
    size_t octets;
    size_t length_max = noise() % 8 == 0 ? 120 : 14;
    size_t length = noise() % length_max;

    if (strange)
        code = noise() % 14;
    else if (noise() % 6 == 0)
        code = noise() % 5;
    octets = strlen(strcpy(out, codes[code]));
    for (; length != 0; length--)
        out[octets++] = (char)(strange && noise() % 6 == 0 ? noise() % 256 : 'a' + noise() % 26);
    return octets + strlen(strcpy(out + octets, ends[strange ? noise() % 4 : 0]));
}

static void draw_mails(struct group *group)
{
    static struct postino_options options;
    static const struct postino_recipient_options notify = {.notify = POSTINO_NOTIFY_FAILURE};
    int i;
    int j;

    postino_options_init(&options);

    for (i = 0; i < GROUP_MAILS; i++) {
        group_mail(group, i, noise() % 2 == 0 ? 1 + (int)noise() % GROUP_RECIPIENTS : 1);
        for (j = 0; j < GROUP_RECIPIENTS; j++) {
            if (noise() % 20 == 0)
                group->recipients[i][j].kind = POSTINO_RECIPIENT_BCC;
        }
        if (noise() % 2 == 0)
            group->mails[i].delivery = &postino_delivery_partial;
        if (noise() % 4 == 0) {
            group->mails[i].options = &options;
            group->recipients[i][0].options = &notify;
        }
        if (noise() % 4 == 0)
            postino_memory_source_init_canonical(&group->sources[i], group->texts[i], 4);
        if (noise() % 4 == 0) {
            test_source_init(&long_sources[i], long_text, LONG_OCTETS);
            long_sources[i].piece_octets = PIECE_OCTETS;
            group->mails[i].source = &long_sources[i].source;
        }
    }
}

/* Tells all that the session has to send, and how it stands. */
static void tell(struct story *story, struct group *group, const struct way *way)
{
    struct postino_session *session = &group->bench.session;
    struct postino_mail *mail;
    const char *text;
    size_t capacity_octets = way->first_octets;
    size_t octets;

    while ((postino_session_want(session) & POSTINO_WANT_SEND) != 0) {
        octets = postino_session_output(session, (uint8_t *)group->bench.sent, capacity_octets, 0);
        capacity_octets = way->capacity_octets;
        /* What is a secret stands in its row by itself, be it in one call or in many. */
        if (octets != 0 && postino_session_is_secret(session) != story->secret) {
            story->secret = !story->secret;
            story_add(story, "|", 1);
        }
        story_add(story, group->bench.sent, octets);
    }
    while ((mail = postino_session_finished(session)) != NULL) {
        const struct postino_recipient *recipient;

        story_add_numbers(story, "mail", (unsigned)(mail - group->mails), mail->result.outcome,
                          mail->result.step);
        story_add_numbers(story, "error", (unsigned)-mail->result.error, mail->result.reply_code,
                          mail->marks);
        for (recipient = mail->recipients; recipient != NULL; recipient = recipient->next)
            story_add_numbers(story, "recipient", recipient->outcome, recipient->reply_code,
                              recipient->state);
    }
    text = postino_session_text(session, &octets);
    story_add(story, text, octets);
    story_add_numbers(story, "\nwant", postino_session_want(session),
                      (unsigned)-postino_session_result(session)->error,
                      postino_session_result(session)->reply_code);
}

static void hold(struct story *story, uint32_t seed, const struct way *way)
{
    struct postino_session *session = &mails.bench.session;
    char said[1200];
    int by_data;
    int turn;

    story->octets = 0;
    story->secret = 0;
    noise_state = seed;
    group_prepare(&mails, 1 + noise() % GROUP_MAILS);
    draw_mails(&mails);
    if (!way->asks)
        mails.bench.config.on_reply = NULL;
    by_data = noise() % 4 == 0;
    group_start(&mails, by_data ? OFFERED PIPELINING : OFFERED BOTH);
    group_submit(&mails, 0, GROUP_MAILS - 1);
    for (turn = 0; turn < TURNS; turn++) {
        size_t octets = 0;
        uint32_t replies = noise() % 8;

        if (turn == TURNS / 2 && noise() % 2 == 0)
            postino_session_quit(session);
        tell(story, &mails, way);
        for (; replies != 0; replies--)
            octets += draw_reply(said + octets, by_data);
        if (way->octet_by_octet) {
            size_t i;

            for (i = 0; i < octets; i++)
                postino_session_input(session, (const uint8_t *)said + i, 1, 0);
        } else {
            postino_session_input(session, (const uint8_t *)said, octets, 0);
        }
    }
    postino_session_lost(session, 0, noise() % 200);
    tell(story, &mails, way);
}

static void test_every_way_is_the_same(void **state)
{
    unsigned long accepted = 0;
    uint32_t seed;
    size_t i;

    (void)state;
    memset(long_text, 'a', sizeof long_text);
    for (seed = 0; seed < SEEDS; seed++) {
        hold(&stories[0], seed, &ways[0]);
        accepted += mails.mails[3].result.outcome == POSTINO_OUTCOME_ACCEPTED;
        for (i = 1; i < sizeof ways / sizeof ways[0]; i++) {
            hold(&stories[1], seed, &ways[i]);
            if (stories[0].octets != stories[1].octets ||
                memcmp(stories[0].text, stories[1].text, stories[0].octets) != 0)
                fail_msg("seed %u, %s:\n%s\n---- in general:\n%s", (unsigned)seed, ways[i].name,
                         stories[1].text, stories[0].text);
        }
    }
    /* The dialogues come as far as the fourth mail. */
    assert_true(accepted > SEEDS / 100);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_way_is_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
