/* SPDX-License-Identifier: MIT */
/* Encoded words in the names of address lists. */
#include <string.h>

#include "compose_fixture.h"
#include "mailbox_fixture.h"

/* Names of headers, as a reader shows them; what cannot be decoded stays, and is counted. */
static void encoded_words_are_decoded(void **state)
{
    static const struct {
        const char *text;
        const char *name;
        size_t undecoded;
    } cases[] = {
        {"=?UTF-8?Q?T=C3=B6ni?= <t@b>", "T\xc3\xb6ni", 0},
        {"=?utf-8?b?VMO2bmk=?= <t@b>", "T\xc3\xb6ni", 0},
        {"=?utf-8?B?VMO2bmk?= <t@b>", "T\xc3\xb6ni", 0},
        {"=?ISO-8859-1?Q?T=F6ni?= <t@b>", "T\xc3\xb6ni", 0},
        {"=?iso-8859-1*de?B?VPZuaQ==?= <t@b>", "T\xc3\xb6ni", 0},
        {"=?US-ASCII?q?Ann_Lee?= <t@b>", "Ann Lee", 0},
        {"Dr. =?utf-8?q?T=c3=b6ni?= Lee <t@b>", "Dr. T\xc3\xb6ni Lee", 0},
        /* RFC 2047 section 6.2 and section 8. */
        {"=?utf-8?q?a?= =?iso-8859-1?q?b?= <t@b>", "ab", 0},
        {"=?utf-8?q?a?=\r\n =?utf-8?q?_b?= c <t@b>", "a b c", 0},
        {"=?utf-8?q?a?==?utf-8?q?b?= <t@b>", "ab", 0},
        {"=?utf-8?q?a?= (x) =?utf-8?q?b?= <t@b>", "a b", 0},
        /* A character in two words. */
        {"=?utf-8?q?T=C3?= =?utf-8?q?=B6ni?= <t@b>", "T\xc3\xb6ni", 0},
        {"=?utf-8?q?Lee,_Ann_<x@y>?= <t@b>", "Lee, Ann <x@y>", 0},
        {"=?utf-8?q?a=09b?= <t@b>", "a b", 0},
        {"=?utf-8?q?\?= <t@b>", "", 0},
        {"=?gb2312?B?zfU=?= <t@b>", "=?gb2312?B?zfU=?=", 1},
        {"=?gb2312?B?zfU=?=\r\n\t=?gb2312?B?zfU=?= =?utf-8?q?x?= <t@b>",
         "=?gb2312?B?zfU=?= =?gb2312?B?zfU=?= x", 1},
        {"=?utf-8?q?a=0Db?= <t@b>", "=?utf-8?q?a=0Db?=", 1},
        {"=?utf-8?q?a=0A?= =?utf-8?q?b?= <t@b>", "=?utf-8?q?a=0A?= =?utf-8?q?b?=", 1},
        {"=?utf-8?q?a=00b?= <t@b>", "=?utf-8?q?a=00b?=", 1},
        {"=?utf-8?q?=C2=9B?= <t@b>", "=?utf-8?q?=C2=9B?=", 1},
        {"=?iso-8859-1?q?=9B?= <t@b>", "=?iso-8859-1?q?=9B?=", 1},
        {"=?utf-8?q?=FF?= <t@b>", "=?utf-8?q?=FF?=", 1},
        {"=?utf-8?q?=C3?= <t@b>", "=?utf-8?q?=C3?=", 1},
        {"=?us-ascii?q?=C3=B6?= <t@b>", "=?us-ascii?q?=C3=B6?=", 1},
        {"=?utf-8?q?=4?= <t@b>", "=?utf-8?q?=4?=", 1},
        {"=?utf-8?b?QQ==QQ==?= <t@b>", "=?utf-8?b?QQ==QQ==?=", 1},
        {"=?utf-8?b?Q?= <t@b>", "=?utf-8?b?Q?=", 1},
        {"=?utf-8?b?Q-Q=?= <t@b>", "=?utf-8?b?Q-Q=?=", 1},
        /* None of RFC 2047. */
        {"=?utf-8?x?a?= <t@b>", "=?utf-8?x?a?=", 0},
        {"=?utf-8?q?a <t@b>", "=?utf-8?q?a", 0},
        {"\"=?utf-8?x?a?=\" <t@b>", "=?utf-8?x?a?=", 0},
    };
    struct postino_mailbox_list list;
    size_t i;
    int failed = 0;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int error = parse(&list, cases[i].text);
        const char *name = error == 0 && mailboxes[0].name != NULL ? mailboxes[0].name : "";

        if (error != 0 || strcmp(name, cases[i].name) != 0 || list.undecoded != cases[i].undecoded)
            failed++, print_error("%s: %d, column %u, \"%s\", %u\n", cases[i].text, error,
                                  (unsigned)list.column, name, (unsigned)list.undecoded);
    }
    assert_int_equal(failed, 0);
    /* RFC 2047 section 5: none within quotes. An address is none either. */
    assert_int_equal(parse_with(&list, "\"=?utf-8?q?a?=\" <t@b>", POSTINO_MAILBOX_STRICT), 0);
    assert_string_equal(mailboxes[0].name, "=?utf-8?q?a?=");
    assert_int_equal(parse(&list, "=?utf-8?q?a?=@b"), 0);
    assert_string_equal(mailboxes[0].address, "=?utf-8?q?a?=@b");
}

/* A list that a header wrote from its parsed form is parsed to the same form again. Names are encoded
 * once, and so are those that look like an encoded word. */
static void names_come_back_as_they_were(void **state)
{
    static const char *const names[] = {"T\xc3\xb6ni",
                                        "=?utf-8?q?a?=",
                                        "=?x",
                                        "a =?utf-8?b?QQ==?= \xc3\xb6",
                                        "Lee, \"Ann\" \\",
                                        "a\xe6\xb0\xb4\xe6\xb0\xb4 =?gb2312?B?zfU=?="};
    struct postino_memory_source text;
    struct postino_part part;
    struct postino_message message;
    static uint8_t buffer[POSTINO_MESSAGE_BUFFER_MIN];
    struct postino_mailbox from = {NULL, "a@b.example", NULL};
    size_t i;

    (void)state;
    postino_memory_source_init(&text, "x\n", 2);
    postino_part_text_init(&part, &text.source, "text/plain");
    postino_message_init(&message, &part, buffer, sizeof buffer);
    message.from = &from;
    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct postino_mailbox_list list;

        from.name = names[i];
        (void)compose_octets(&message, 0);
        *strstr(composed, "\r\nTo:") = '\0';
        assert_int_equal(parse_with(&list, composed + strlen("From:"), POSTINO_MAILBOX_STRICT), 0);
        assert_string_equal(mailboxes[0].name, names[i]);
        assert_string_equal(mailboxes[0].address, "a@b.example");
        assert_int_equal(list.undecoded, 0);
    }
}

/* Latin-1 grows: what the header says is room enough for the worst of it, and none is written behind it. */
static void room_for_words(void **state)
{
    static char worst[4096] = "=?iso-8859-1?b?";
    char text[4096 * 3 / 2 + 2];
    struct postino_mailbox_list list = {mailboxes, 1, text, 0, 0, 0, 0, 0, 0};
    size_t octets = strlen(worst);

    (void)state;
    memset(worst + octets, '/', 4000);
    strcpy(worst + octets + 4000, "?= <a@b>");
    list.text_octets = strlen(worst) * 3 / 2 + 2;
    assert_int_equal(postino_mailbox_parse(&list, worst), 0);
    assert_int_equal(strlen(mailboxes[0].name), 6000);
    for (list.text_octets = 0; list.text_octets < 6000 + 1 + 4; list.text_octets += 23)
        assert_int_equal(postino_mailbox_parse(&list, worst), POSTINO_ERROR_CAPACITY);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(encoded_words_are_decoded),
        cmocka_unit_test(names_come_back_as_they_were),
        cmocka_unit_test(room_for_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
