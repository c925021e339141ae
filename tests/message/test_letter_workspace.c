/* SPDX-License-Identifier: MIT */
/* Tests the workspace of letters. Invariant: a workspace of needed_octets is enough, one octet less is not,
 * and nothing is written in front of it, behind it, or into one that is too small. */
#define _DEFAULT_SOURCE
#include "letter_fixture.h"

#include "guard.h"

static char wanted[sizeof composed];

/* Uses all of the buffer, so that the guard page sees one that is too long. */
static int port_open(void *context, const char *path, union postino_letter_source *file, void *buffer,
                     size_t buffer_octets)
{
    (void)context;
    (void)path;
    assert_true(buffer_octets >= POSTINO_LETTER_FILE_OCTETS);
    memset(file, 0, sizeof *file);
    memset(buffer, 0x77, buffer_octets);
    postino_memory_source_init(&file->memory, "file", 4);
    return 0;
}

/* A letter with an object of each kind. */
static int full_setup(void **state)
{
    static const struct postino_letter_port port = {.open = port_open};
    static const struct postino_attachment attachments[4] = {
        {.path = "a/b.txt"},
        {.data = "png", .length_octets = 3, .file_name = "logo.png", .content_id = "logo@example.org"},
        {.data = "pdf", .length_octets = 3, .file_name = "a.pdf"},
        {.data = "", .length_octets = 0},
    };

    (void)letter_setup(state);
    letter.sender = "desk@example.org";
    letter.reply_to = "\"A, b; c\" <a@example.org>";
    letter.cc = "=?ISO-8859-1?Q?J=FCrgen_=FC=FC=FC=FC=FC=FC=FC=FC=FC=FC=FC=FC=FC?= <j@example.org>";
    letter.bcc = "a@b,c@d,,,e@f";
    letter.text = "text";
    letter.html = "html";
    letter.priority = 1;
    letter.attachments = attachments;
    letter.attachment_count = 4;
    letter.port = &port;
    letter_composed();
    memcpy(wanted, composed, sizeof composed);
    return 0;
}

static void is_wanted(void)
{
    (void)compose_octets((struct postino_message *)mail->source, 0);
    assert_string_equal(composed, wanted);
}

/* Each size up to enough, at the end of a page. */
static void every_size(void **state)
{
    static const uint8_t pattern[] = {0x5a};
    struct guard guard;
    unsigned refused = 0;
    unsigned taken = 0;
    size_t octets;

    (void)state;
    assert_int_equal(guard_init(&guard, sizeof workspace), 0);
    for (octets = 0; taken < 32; octets++) {
        uint8_t *place = guard_end(&guard, octets);
        size_t before;
        int error;

        assert_true(octets < sizeof workspace);
        memset(guard.pages, pattern[0], guard.length_octets);
        error = postino_letter_prepare(&letter, place, octets, &mail);
        for (before = 0; guard.pages + before != place; before++)
            assert_int_equal(guard.pages[before], pattern[0]);
        if (error != 0) {
            refused++;
            assert_int_equal(error, POSTINO_ERROR_CAPACITY);
            assert_null(mail);
            assert_true(letter.needed_octets > octets);
            for (before = 0; before < octets; before++)
                assert_int_equal(place[before], pattern[0]);
            continue;
        }
        taken++;
        assert_true(letter.needed_octets <= octets);
        is_wanted();
    }
    assert_true(refused > 1000);
    guard_free(&guard);
}

/* The need is exact wherever the workspace begins, and with NULL it is enough at any place. */
static void the_need_is_exact(void **state)
{
    size_t enough;
    size_t most = 0;
    size_t i;

    (void)state;
    assert_int_equal(postino_letter_prepare(&letter, NULL, 0, &mail), POSTINO_ERROR_CAPACITY);
    enough = letter.needed_octets;
    assert_int_equal(postino_letter_prepare(&letter, NULL, SIZE_MAX, &mail), POSTINO_ERROR_CAPACITY);
    for (i = 0; i < 3 * POSTINO_LETTER_ALIGN; i++) {
        size_t needed;

        assert_int_equal(postino_letter_prepare(&letter, workspace + i, 0, &mail), POSTINO_ERROR_CAPACITY);
        needed = letter.needed_octets;
        most = needed > most ? needed : most;
        assert_int_equal(postino_letter_prepare(&letter, workspace + i, needed - 1, &mail),
                         POSTINO_ERROR_CAPACITY);
        assert_int_equal(letter.needed_octets, needed);
        workspace[i + needed] = 0x5a;
        assert_int_equal(postino_letter_prepare(&letter, workspace + i, needed, &mail), 0);
        assert_int_equal((uintptr_t)mail % POSTINO_LETTER_ALIGN, 0);
        is_wanted();
        assert_int_equal(workspace[i + needed], 0x5a);
    }
    assert_int_equal(most, enough);
}

/* Appends the addresses of `count` recipients, 62 octets each, to the list. */
static void append(char *list, size_t count)
{
    for (; count != 0; count--)
        (void)strcat(list, "Abcdefghijkl Mnopqrstuvwx <abcdefghijklmnopqrst@mail.example>,");
}

/* POSTINO_LETTER_OCTETS holds what it says, with entries as long as it says, in an unaligned workspace. */
static void the_macro_is_enough(void **state)
{
    static char one[100], to[4000];
    static char memory[POSTINO_LETTER_OCTETS(40, 7) + 1];
    static struct postino_attachment attachments[7];
    static const size_t octets[] = {POSTINO_LETTER_OCTETS(1, 0), POSTINO_LETTER_OCTETS(40, 7)};
    static const size_t recipients[] = {1, 40};
    static const uint16_t counts[] = {0, 7};
    size_t i, k;

    (void)state;
    for (i = 0; i < 7; i++)
        attachments[i].data = "x";
    append(one, 1);
    assert_int_equal(strlen(one), 62);
    for (i = 0; i < 2; i++) {
        (void)letter_setup(state);
        to[0] = '\0';
        append(to, recipients[i]);
        letter.from = letter.sender = letter.reply_to = one;
        letter.to = to;
        letter.attachments = attachments;
        letter.attachment_count = counts[i];
        for (k = 0; k < 2; k++)
            assert_int_equal(postino_letter_prepare(&letter, memory + k, octets[i], &mail), 0);
    }
}

/* A list of nothing but separators and encoded words has room as the need says. */
static void lists_of_every_density(void **state)
{
    static const char *const lists[] = {
        "a@b,,,,,,,,,;;;;",
        ";,;,a@b",
        "a@b,c@d,e@f,g@h,i@j,k@l;m@n",
        "G:a@b,c@d;H:e@f;g@h",
        "=?ISO-8859-1?Q?\xfc?= <a@b>",
        "=?ISO-8859-1?B?/Pz8/Pz8/Pz8/Pz8/Pz8/Pz8/Pz8/Pz8/Pz8/Pz8/Pz8/Pz8?= <a@b>",
        "(c) a@b (d, e)",
        "\"a\" \"b\" <a@b>",
    };
    size_t i, k;

    for (i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        (void)letter_setup(state);
        letter.from = letter.reply_to = letter.to = letter.cc = letter.bcc = lists[i];
        letter.sender = "a@b";
        for (k = 0; k < 2; k++) {
            int error = postino_letter_prepare(&letter, workspace, k == 0 ? 0 : letter.needed_octets, &mail);

            if (k == 1 && i != 4)
                assert_int_equal(error, 0);
            else if (k == 1)
                assert_int_equal(error, POSTINO_ERROR_ADDRESS);
        }
    }
}

/* The need counts the buffers, whatever the lists leave over. */
static void lists_without_slack(void **state)
{
    static const struct postino_letter_port port = {.open = port_open};
    static const struct postino_attachment attachment = {.path = "a"};

    (void)state;
    letter.from = letter.to = "a@b";
    letter.attachments = &attachment;
    letter.attachment_count = 1;
    letter.port = &port;
    assert_int_equal(postino_letter_prepare(&letter, workspace, 0, &mail), POSTINO_ERROR_CAPACITY);
    assert_int_equal(postino_letter_prepare(&letter, workspace, letter.needed_octets, &mail), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_size, full_setup),
        cmocka_unit_test_setup(the_need_is_exact, full_setup),
        cmocka_unit_test_setup(the_macro_is_enough, letter_setup),
        cmocka_unit_test_setup(lists_without_slack, letter_setup),
        cmocka_unit_test_setup(lists_of_every_density, letter_setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
