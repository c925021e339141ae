/* SPDX-License-Identifier: MIT */
/* Address lists: the examples of RFC 5322 appendix A, what is refused and where, and octets at random. */
#define _DEFAULT_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "guard.h"
#include "mailbox_fixture.h"

/* The result, as "name|address" for each mailbox, with a slash behind it. */
static const char *shown(const struct postino_mailbox_list *list)
{
    static char text[2048];
    const struct postino_mailbox *mailbox = list->mailboxes;
    size_t i;

    text[0] = '\0';
    for (i = 0; i < list->count; i++, mailbox = mailbox->next) {
        strcat(text, mailbox->name != NULL ? mailbox->name : "");
        strcat(text, "|");
        strcat(text, mailbox->address);
        strcat(text, "/");
    }
    assert_true(list->count == 0 || mailbox == NULL);
    return text;
}

struct list_case {
    const char *text;
    const char *found; /* as shown() says it */
    size_t column;     /* where the list is wrong; 0: nowhere */
};

/* Parses a list. Returns 0 if it gives what is expected of it: the mailboxes `found`, where it is not
 * NULL, or an error in `column`, where it is not 0. */
static int differs(const char *text, unsigned flags, const char *found, size_t column)
{
    struct postino_mailbox_list list;
    int error = parse_with(&list, text, flags);

    if (error == (column != 0 ? POSTINO_ERROR_ADDRESS : 0) && list.column == column &&
        (error != 0 || found == NULL || (strcmp(shown(&list), found) == 0 && list.undecoded == 0)))
        return 0;
    print_error("%s, flags %u: %d, column %u, %s\n", text, flags, error, (unsigned)list.column, shown(&list));
    return 1;
}

static void lists_are_taken_apart(void **state)
{
    static const struct list_case cases[] = {
        {"jdoe@machine.example", "|jdoe@machine.example/", 0},
        {"John Doe <jdoe@machine.example>", "John Doe|jdoe@machine.example/", 0},
        {"Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>",
         "Mary Smith|mary@x.test/|jdoe@example.org/Who?|one@y.test/", 0},
        {"<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>",
         "|boss@nil.test/Giant; \"Big\" Box|sysservices@example.net/", 0},
        {"A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;",
         "Ed Jones|c@a.test/|joe@where.test/John|jdoe@one.test/", 0},
        {"Undisclosed recipients:;", "", 0},
        {"Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", "Pete|pete@silly.test/", 0},
        {"A Group(Some people)\r\n     :Chris Jones <c@(Chris's host.)public.example>,\r\n"
         "         joe@example.org,\r\n  John <jdoe@one.test> (my dear friend); (the end of the group)",
         "Chris Jones|c@public.example/|joe@example.org/John|jdoe@one.test/", 0},
        {"Joe Q. Public <john.q.public@example.com>", "Joe Q. Public|john.q.public@example.com/", 0},
        {"\"a b\"@example.org", "|\"a b\"@example.org/", 0},
        {"\"a\\\"b,\\\\\"@example.org", "|\"a\\\"b,\\\\\"@example.org/", 0},
        {"x@[192.0.2.1], y@[IPv6:2001:db8::1]", "|x@[192.0.2.1]/|y@[IPv6:2001:db8::1]/", 0},
        {"J\xc3\xb6rg <j\xc3\xb6rg@b\xc3\xbc"
         "cher.example>",
         "J\xc3\xb6rg|j\xc3\xb6rg@b\xc3\xbc"
         "cher.example/",
         0},
        {" ( c ( d ) ) a@b ( ) ", "|a@b/", 0},
        {"\"\" <a@b>", "|a@b/", 0},
        {"a@b, Group: c@d;, e@f", "|a@b/|c@d/|e@f/", 0},
    };
    size_t i;
    int failed = 0;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
        failed += differs(cases[i].text, POSTINO_MAILBOX_STRICT, cases[i].found, cases[i].column) +
                  differs(cases[i].text, 0, cases[i].found, cases[i].column);
    assert_int_equal(failed, 0);
}

/* A list as people write it is accepted; the strict parser refuses it at this column. */
static void spellings_of_people_are_taken(void **state)
{
    static const struct list_case cases[] = {
        {"a@x; b@y", "|a@x/|b@y/", 4},
        {"a@x,", "|a@x/", 5},
        {"a@x;", "|a@x/", 4},
        {"a@x,,b@y", "|a@x/|b@y/", 5},
        {"a@x, , ;\t b@y , ", "|a@x/|b@y/", 6},
        {",a@x", "|a@x/", 1},
        {"a@x <a@x>", "a@x|a@x/", 5},
        {"a@x <b@y>, c@z", "a@x|b@y/|c@z/", 5},
        {"a@x, b@y <b@y>", "|a@x/b@y|b@y/", 10},
        {"'a@x' <a@x>", "'a@x'|a@x/", 7},
        {"[Team] Ann <a@x>", "[Team] Ann|a@x/", 1},
        {"<@route:a@b>", "|a@b/", 2},
        {"Ann <@one.x,@two.y : a@b>", "Ann|a@b/", 6},
        {"ab.@x", "|ab.@x/", 4},
        {"a..b@x", "|a..b@x/", 3},
        {".a@x", "|.a@x/", 1},
        {"G: a@b,;, c@d", "|a@b/|c@d/", 8},
        {"G: ,a@b,,c@d; e@f", "|a@b/|c@d/|e@f/", 4},
        {"\"=?UTF-8?Q?T=C3=B6ni?=\" <a@b>", "T\xc3\xb6ni|a@b/", 0},
    };
    size_t i;
    int failed = 0;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
        failed += differs(cases[i].text, 0, cases[i].found, 0) +
                  differs(cases[i].text, POSTINO_MAILBOX_STRICT, NULL, cases[i].column);
    assert_int_equal(failed, 0);
}

/* A TAB is a blank in a name and has no place in an address; a line end is a fold, or an error. */
static void tabs_are_blanks(void **state)
{
    static const struct list_case cases[] = {
        {"\"Ann\tLee\" <a@b.example>", "Ann Lee|a@b.example/", 0},
        {"\"Ann\\\tLee\" <a@b.example>", "Ann Lee|a@b.example/", 0},
        {"Ann\tLee <a@b.example>", "Ann Lee|a@b.example/", 0},
        {"Ann\t\tLee\t<\ta@b.example\t>\t,\tc@d", "Ann Lee|a@b.example/|c@d/", 0},
        {"\"Ann\r\n\tLee\" <a@b.example>", "Ann Lee|a@b.example/", 0},
        {"\"Ann\n Lee\" <a@b.example>", "Ann Lee|a@b.example/", 0},
        {"(a\tb) a@b.example", "|a@b.example/", 0},
        {"\"a\tb\"@b.example", "", 3},
        {"\"a\\\tb\"@b.example", "", 4},
        {"a\tb@b.example", "", 3},
        {"\"a\r\n b\"@b.example", "", 3},
        {"\"a\r\nb\"@b.example", "", 3},
        {"\"Ann\r\nLee\" <a@b.example>", "", 7},
        {"\"Ann\nLee\" <a@b.example>", "", 6},
        {"\"Ann\x01Lee\" <a@b.example>", "", 5},
        {"\"Ann\x7fLee\" <a@b.example>", "", 5},
        {"a@b\t.example", "", 5},
    };
    size_t i;
    int failed = 0;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
        failed += differs(cases[i].text, POSTINO_MAILBOX_STRICT, cases[i].found, cases[i].column) +
                  differs(cases[i].text, 0, cases[i].found, cases[i].column);
    assert_int_equal(failed, 0);
}

static void faults_have_a_column(void **state)
{
    static const struct list_case cases[] = {
        {"", NULL, 1},
        {"ann", NULL, 4},
        {"ann@", NULL, 5},
        {"@b", NULL, 1},
        {"a@b c@d", NULL, 5},
        {"Ann <a@b", NULL, 9},
        {"Ann <a b@c>", NULL, 8},
        {"Ann <a@b> x", NULL, 11},
        {"a@b..c", NULL, 5},
        {"a@.b", NULL, 3},
        {"a@b@c", NULL, 4},
        {"\xc3\xa4\xc3\xb6 a@b", NULL, 4},
        {"\"a@b", NULL, 5},
        {"(a@b", NULL, 5},
        {"a@b)", NULL, 4},
        {"G: a@b", NULL, 7},
        {"G: H: a@b;;", NULL, 5},
        {"a\x01@b", NULL, 2},
        {"a@b\r\nRCPT TO:<c@d>", NULL, 6},
        {"a@[1.2.3.4", NULL, 11},
        {"x@[1[2]", NULL, 5},
        {"\xff@b", NULL, 1},
        {"a@\xc0\xaf", NULL, 3},
        {",", NULL, 2},
        {"a@b, Ann", NULL, 9},
        {"..@b", NULL, 3},
        {"<@a@b>", NULL, 6},
        {"<@a:>", NULL, 5},
        {"G: a@b, c@d", NULL, 12},
        {"a@[\xc3\xbc]", NULL, 4},
        {"a@[b c]", NULL, 5},
    };
    size_t i;
    int failed = 0;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
        failed += differs(cases[i].text, 0, cases[i].found, cases[i].column);
    assert_int_equal(failed, 0);
}

static void room_is_kept_to(void **state)
{
    static const char text[] = "Ann <a@b.test>, \"Bob B.\" <\"b b\"@c.test>";
    struct postino_mailbox_list list;
    struct guard guard;
    size_t octets;

    (void)state;
    assert_int_equal(guard_init(&guard, 256), 0);
    for (octets = 0; octets < 64; octets++) {
        list.mailboxes = mailboxes;
        list.flags = 0;
        list.capacity = 2;
        list.text = (char *)guard_end(&guard, octets);
        list.text_octets = octets;
        assert_int_equal(postino_mailbox_parse(&list, text),
                         octets < 4 + 9 + 7 + 13 ? POSTINO_ERROR_CAPACITY : 0);
    }
    guard_free(&guard);
    assert_int_equal(parse(&list, text), 0);
    list.capacity = 1;
    assert_int_equal(postino_mailbox_parse(&list, text), POSTINO_ERROR_CAPACITY);
    assert_int_equal(list.column, 17);
}

/* The parser ends with any text, keeps within it, and accepts its own result again. */
static void anything_may_come(void **state)
{
    static const char octets[] = "a@b.\"\\(<>[]):;, \r\n\tz=?\xc3\xa4\xff\x01";
    struct guard guard;
    uint32_t seed = 1;
    unsigned round, taken = 0;

    (void)state;
    assert_int_equal(guard_init(&guard, 256), 0);
    for (round = 0; round < 300000; round++) {
        struct postino_mailbox_list list;
        char text[25];
        size_t length, i;

        seed = seed * 1664525 + 1013904223;
        length = seed >> 16 & 15;
        for (i = 0; i < length; i++) {
            seed = seed * 1664525 + 1013904223;
            text[i] = octets[(seed >> 16) % (round % 2 != 0 ? 4 : sizeof octets - 1)];
        }
        text[length] = '\0';
        if (parse_with(&list, (const char *)guard_copy(&guard, text, length + 1), round / 2 % 2) != 0) {
            assert_in_range(list.column, 1, length + 1);
            continue;
        }
        taken++;
        for (i = 0; i < list.count; i++) {
            char address[256];
            struct postino_mailbox_list again;

            strcpy(address, mailboxes[i].address);
            assert_int_equal(parse(&again, address), 0);
            assert_int_equal(again.count, 1);
            assert_string_equal(again.mailboxes[0].address, address);
            (void)parse(&list, text);
        }
    }
    guard_free(&guard);
    assert_true(taken > 1000);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_taken_apart), cmocka_unit_test(spellings_of_people_are_taken),
        cmocka_unit_test(tabs_are_blanks),       cmocka_unit_test(faults_have_a_column),
        cmocka_unit_test(room_is_kept_to),       cmocka_unit_test(anything_may_come),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
