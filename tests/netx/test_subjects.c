/* SPDX-License-Identifier: MIT */
/* Tests subjects outside ASCII. The header is ASCII whatever the server offers: encoded words of whole
 * characters (RFC 2047), each of at most 75 octets, in lines of at most 76. They decode to the given text. */
#include "session_bed.h"

#define SUBJECT_MAX   (998 - 9)
#define SUBJECT_BEGIN "\r\nSubject: "
#define SUBJECT_END   "\r\nMIME-Version: 1.0\r\n"

static CHAR subject[SUBJECT_MAX + 2];
static NX_SMTP_MAIL subject_mail;
static NX_SMTP_RECIPIENT subject_recipient;

static int subject_digit(int digit)
{
    assert_true((digit >= '0' && digit <= '9') || (digit >= 'A' && digit <= 'F'));
    return digit <= '9' ? digit - '0' : digit - 'A' + 10;
}

/* Decodes the words in Q, which stand up to `end`, each behind the fold that ends the line before. Returns
 * what they say. */
static const char *subject_decode(const char *words, const char *end, int whole)
{
    static char decoded[SUBJECT_MAX + 1];
    size_t length = 0;
    size_t columns = sizeof SUBJECT_BEGIN - 3;

    for (;;) {
        const char *start = words;

        assert_memory_equal(words, "=?utf-8?Q?", 10);
        assert_true(!whole || subject_digit(words[11]) >> 2 != 2); /* begins with a character */
        for (words += 10; *words == '='; words += 3) {
            assert_in_range(length, 0, SUBJECT_MAX - 1);
            decoded[length++] = (char)(subject_digit(words[1]) << 4 | subject_digit(words[2]));
        }
        assert_memory_equal(words, "?=", 2);
        words += 2;
        assert_in_range(words - start, 1, 75);
        assert_in_range(columns + (size_t)(words - start), 1, 76);
        if (words == end)
            break;
        assert_memory_equal(words, "\r\n ", 3);
        words += 3;
        columns = 1;
    }
    decoded[length] = '\0';
    return decoded;
}

/* The server has it in its message. */
static VOID subject_arrived(int whole)
{
    const char *found = strstr(bed_message(), SUBJECT_BEGIN);
    const char *end = strstr(bed_message(), SUBJECT_END);

    assert_non_null(found);
    assert_non_null(end);
    assert_string_equal(subject_decode(found + sizeof SUBJECT_BEGIN - 1, end, whole), subject);
    bed_settled();
}

/* Sends a mail of this subject in both ways. `whole`: its words hold whole characters. */
static VOID subject_sent(int whole)
{
    unsigned before = server_connections(&bed_server);

    assert_int_equal(
        nx_smtp_mail_send(&bed_client, BED_TO, NX_SMTP_MAIL_PRIORITY_NORMAL, subject, "Hello", 5),
        NX_SUCCESS);
    assert_true(server_await(&bed_server, before + 1));
    subject_arrived(whole);
    assert_int_equal(nx_smtp_mail_create(&subject_mail, subject, "Hello", 5, NX_SMTP_MAIL_PRIORITY_NORMAL),
                     NX_SUCCESS);
    assert_int_equal(
        nx_smtp_mail_recipient_add(&subject_mail, &subject_recipient, BED_TO, NX_SMTP_RECIPIENT_TO),
        NX_SUCCESS);
    bed_mail_delivers(&subject_mail);
    bed_disconnects(before + 2);
    subject_arrived(whole);
}

/* `octets` of ASCII and behind them so often the character. */
static VOID subject_of(size_t octets, const char *character, size_t count)
{
    memset(subject, 'a', octets);
    subject[octets] = '\0';
    for (; count != 0; count--)
        strcat(subject, character);
}

BED_THREAD(whole_characters)
{
    static const char *const characters[] = {"\xD0\xB6", "\xE6\xB0\xB4", "\xF0\x9F\x92\xA7"};
    size_t octets;
    UINT i;

    (VOID) input;
    bed_session_create();
    for (i = 0; i < sizeof characters / sizeof characters[0]; i++) {
        for (octets = 0; octets < 20; octets++) {
            subject_of(octets, characters[i], 20);
            subject_sent(1);
        }
        subject_of(1, characters[i], (SUBJECT_MAX - 1) / strlen(characters[i]));
        subject_sent(1);
    }
    bed_session_delete();
}

BED_THREAD(octets_that_need_care)
{
    (VOID) input;
    bed_session_create();
    (VOID) snprintf(subject, sizeof subject, "%s", " =?us-ascii?Q?x?= _ a=20b\xC3\xA4 ");
    subject_sent(1);
    bed_session_delete();
}

BED_THREAD(invalid_utf8_is_cut_anywhere)
{
    (VOID) input;
    bed_session_create();
    subject_of(0, "\x80", SUBJECT_MAX);
    subject_sent(0);
    subject_of(3, "\xFC", 30);
    subject_sent(0);
    bed_session_delete();
}

/* By a group as well, whose message was counted before. */
BED_THREAD(subject_in_a_chunk)
{
    (VOID) input;
    bed_session_create();
    bed_server.replies[SERVER_EHLO] = SERVER_BOTH;
    subject_of(5, "\xE6\xB0\xB4", 40);
    subject_sent(1);
    bed_session_delete();
}

BED_THREAD(ascii_subjects_stay)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    assert_int_equal(nx_smtp_mail_send(&bed_client, BED_TO, NX_SMTP_MAIL_PRIORITY_NORMAL,
                                       "=?utf-8?B?w6Q=?= ~", "Hello", 5),
                     NX_SUCCESS);
    assert_true(server_await(&bed_server, 1));
    assert_non_null(strstr(bed_message(), SUBJECT_BEGIN "=?utf-8?B?w6Q=?= ~" SUBJECT_END));
    bed_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_CASE(whole_characters),   BED_CASE(octets_that_need_care), BED_CASE(invalid_utf8_is_cut_anywhere),
        BED_CASE(subject_in_a_chunk), BED_CASE(ascii_subjects_stay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
