/* SPDX-License-Identifier: MIT */
/* Ready messages: what is found, mended and refused, whatever the pieces they come and go in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "postino/raw_message.h"
#include "test_source.h"
#include "wire_octets.h"

#define GOOD        "Date: Wed, 25 Nov 2026 02:00:00 +0000\r\nFrom: a@b\r\nMessage-ID: <1@b>\r\n"
#define RAW_MISSING (POSTINO_RAW_NO_DATE | POSTINO_RAW_NO_FROM | POSTINO_RAW_NO_MESSAGE_ID)
#define ADDED_DATE  "Date: Thu, 26 Nov 2026 01:00:00 +0130\r\n"
#define ADDED       ADDED_DATE "From: p@q\r\nMessage-ID: <m@q>\r\n"
/* As many as the reader of header lines holds. */
#define BLANKS      "  \t \t\t          \t              \t"
#define NAME32      "0123456789abcdef0123456789ABCDEF"

struct raw_case {
    const char *text;
    size_t octets; /* 0: up to its zero */
    const char *wanted;
    unsigned faults;
};

static const struct raw_case cases[] = {
    {GOOD "\r\nHi\r\n", 0, GOOD "\r\nHi\r\n", 0},
    {GOOD "\r\n", 0, GOOD "\r\n", 0},
    {GOOD, 0, GOOD "\r\n", 0},
    {"Date: x\nFROM: a@b\nmessage-id: 1\n\nHi\n", 0, "Date: x\r\nFROM: a@b\r\nmessage-id: 1\r\n\r\nHi\n",
     POSTINO_RAW_BARE_LINE_END},
    {"Date: x\rFrom: a@b\rMessage-ID: 1\r\rHi\r", 0, "Date: x\r\nFrom: a@b\r\nMessage-ID: 1\r\n\r\nHi\r",
     POSTINO_RAW_BARE_LINE_END},
    {GOOD "Bcc: secret@b,\r\n more@b\r\nTo: c@d\r\n\r\nBcc: stays\r\n", 0,
     GOOD "To: c@d\r\n\r\nBcc: stays\r\n", POSTINO_RAW_BCC},
    {"bCC : s@b\r\n\tt@b\r\nResent-Bcc: u@b\r\n" GOOD "Bccx: v\r\n\r\n", 0, GOOD "Bccx: v\r\n\r\n",
     POSTINO_RAW_BCC | POSTINO_RAW_BLANK},
    {GOOD "Bcc: s@b", 0, GOOD "\r\n", POSTINO_RAW_BCC},
    {"Subject: x\r\n\r\nHi", 0,
     "Subject: x\r\nDate: Thu, 26 Nov 2026 01:00:00 +0130\r\nFrom: p@q\r\nMessage-ID: <m@q>\r\n\r\nHi",
     POSTINO_RAW_NO_DATE | POSTINO_RAW_NO_FROM | POSTINO_RAW_NO_MESSAGE_ID},
    {"\r\nHi", 0, "Date: Thu, 26 Nov 2026 01:00:00 +0130\r\nFrom: p@q\r\nMessage-ID: <m@q>\r\n\r\nHi",
     POSTINO_RAW_NO_DATE | POSTINO_RAW_NO_FROM | POSTINO_RAW_NO_MESSAGE_ID},
    {"", 0, "Date: Thu, 26 Nov 2026 01:00:00 +0130\r\nFrom: p@q\r\nMessage-ID: <m@q>\r\n\r\n",
     POSTINO_RAW_NO_DATE | POSTINO_RAW_NO_FROM | POSTINO_RAW_NO_MESSAGE_ID},
    {GOOD "Subject: \xc3\xa4\r\n\r\n\xc3\xa4", 0, GOOD "Subject: \xc3\xa4\r\n\r\n\xc3\xa4",
     POSTINO_RAW_HEADER_8BIT},
    {GOOD "no field\r\n\r\n", 0, GOOD "no field\r\n\r\n", POSTINO_RAW_SYNTAX},
    {GOOD "\r\nlone\rCR\r\n", 0, GOOD "\r\nlone\rCR\r\n", POSTINO_RAW_BARE_LINE_END},
    {GOOD "\r\nlone\nLF\r\n", 0, GOOD "\r\nlone\nLF\r\n", POSTINO_RAW_BARE_LINE_END},
    {GOOD "\r\nend\r", 0, GOOD "\r\nend\r", POSTINO_RAW_BARE_LINE_END},
    {GOOD "\r\nx\0y", sizeof GOOD "\r\nx\0y" - 1, GOOD "\r\nx\0y", POSTINO_RAW_NUL},
    /* Field names (RFC 5322 section 4.5). */
    {GOOD "Bcc\t: s\r\nResent-Bcc \t : t\r\nBcc: u\r\nbcc\t\t: v\r\n\tw\r\nTo: x\r\n\r\n", 0,
     GOOD "To: x\r\n\r\n", POSTINO_RAW_BCC | POSTINO_RAW_BLANK},
    {"From\t: a@b\r\nDate \t: x\r\nMessage-ID\t: 1\r\n\r\n", 0,
     "From: a@b\r\nDate: x\r\nMessage-ID: 1\r\n\r\n", POSTINO_RAW_BLANK},
    {"From" BLANKS BLANKS ": a@b\r\nDate" BLANKS ": x\r\nMessage-ID: 1\r\nBcc" BLANKS BLANKS BLANKS
     ": s\r\n t\r\n\r\n",
     0, "From" BLANKS BLANKS ": a@b\r\nDate" BLANKS ": x\r\nMessage-ID: 1\r\n\r\n",
     POSTINO_RAW_BCC | POSTINO_RAW_BLANK},
    {GOOD "X-" NAME32 ": y\r\nX-" NAME32 " : y\r\n\r\n", 0, GOOD "X-" NAME32 ": y\r\nX-" NAME32 ": y\r\n\r\n",
     POSTINO_RAW_BLANK},
    /* Lines that are no field stay as they are, wherever a blank stands in them. */
    {"Hello again world\r\n" GOOD "no field 12.\r\nno field 123.\r\n folded\r\n\r\n", 0,
     "Hello again world\r\n" GOOD "no field 12.\r\nno field 123.\r\n folded\r\n\r\n", POSTINO_RAW_SYNTAX},
    {GOOD "X Y: z\r\n\r\n", 0, GOOD "X Y: z\r\n\r\n", POSTINO_RAW_SYNTAX},
    {GOOD ": z\r\n\r\n", 0, GOOD ": z\r\n\r\n", POSTINO_RAW_SYNTAX},
    {GOOD "X\1: z\r\n\r\n", 0, GOOD "X\1: z\r\n\r\n", POSTINO_RAW_SYNTAX},
    {GOOD "X\x7f: z\r\n\r\n", 0, GOOD "X\x7f: z\r\n\r\n", POSTINO_RAW_SYNTAX},
    {GOOD "X\xc3\xa4: z\r\n\r\n", 0, GOOD "X\xc3\xa4: z\r\n\r\n",
     POSTINO_RAW_SYNTAX | POSTINO_RAW_HEADER_8BIT},
    {GOOD "Bcc" BLANKS BLANKS "gone\r\n too\r\nTo: x\r\n\r\n", 0, GOOD "To: x\r\n\r\n",
     POSTINO_RAW_BCC | POSTINO_RAW_SYNTAX},
    {GOOD "Bcc x: y\r\nBcc\r\n\r\n", 0, GOOD "Bcc x: y\r\nBcc\r\n\r\n", POSTINO_RAW_SYNTAX},
    {GOOD "no end", 0, GOOD "no end\r\n\r\n", POSTINO_RAW_SYNTAX},
    {GOOD "\r\n: body\r\n", 0, GOOD "\r\n: body\r\n", 0},
    /* Folds in front of a colon. */
    {GOOD "Bcc\r\n : s\r\nbcc \r\n\t\r\n \t: t\r\n u\r\nTo\r\n : x\r\n\r\n", 0, GOOD "To: x\r\n\r\n",
     POSTINO_RAW_BCC | POSTINO_RAW_SYNTAX},
    {GOOD "Bcc\r\n none\r\nTo\r\nCc: x\r\n\r\n", 0, GOOD "Bcc\r\n none\r\nTo\r\nCc: x\r\n\r\n",
     POSTINO_RAW_SYNTAX},
    /* Lines of blanks alone continue a field and end no header. */
    {GOOD "To: x,\r\n \r\n\ty\r\nBcc: s,\r\n \r\n\tt\r\nCc: z\r\n\t\r\n\r\nHi", 0,
     GOOD "To: x,\r\n \r\n\ty\r\nCc: z\r\n\t\r\n\r\nHi", POSTINO_RAW_BCC},
    {" x\r\n" GOOD "\r\n", 0, " x\r\n" GOOD "\r\n", POSTINO_RAW_SYNTAX},
    /* Lines in front of the header. */
    {"\xef\xbb\xbf"
     "Bcc: s\r\n" GOOD "\r\n\xef\xbb\xbf",
     0, GOOD "\r\n\xef\xbb\xbf", POSTINO_RAW_BCC | POSTINO_RAW_BOM},
    {"\xef\xbb" GOOD "\r\n", 0, "\xef\xbb" GOOD ADDED_DATE "\r\n",
     POSTINO_RAW_SYNTAX | POSTINO_RAW_HEADER_8BIT | POSTINO_RAW_NO_DATE},
    {"\r\nBcc: s\r\n" GOOD "\r\nHi", 0, GOOD "\r\nHi", POSTINO_RAW_BCC | POSTINO_RAW_EMPTY_LINE},
    {"\r\n \t\r\n\xef\xbb\xbf\r\nBcc: s\r\n" GOOD "\r\nHi", 0, GOOD "\r\nHi",
     POSTINO_RAW_BCC | POSTINO_RAW_EMPTY_LINE | POSTINO_RAW_BOM},
    {"From ann@b Tue Dec  1 02:00:00 2026\r\nBcc: s\r\n" GOOD "\r\nFrom x\r\n", 0, GOOD "\r\nFrom x\r\n",
     POSTINO_RAW_BCC | POSTINO_RAW_MBOX},
    {"\r\nFrom ann@b\r\n\r\nFrom : a@b\r\nDate: x\r\nMessage-ID: 1\r\n\r\n", 0,
     "From: a@b\r\nDate: x\r\nMessage-ID: 1\r\n\r\n",
     POSTINO_RAW_MBOX | POSTINO_RAW_EMPTY_LINE | POSTINO_RAW_BLANK},
    {GOOD "From ann@b\r\n\r\n", 0, GOOD "From ann@b\r\n\r\n", POSTINO_RAW_SYNTAX},
    {"\r\nHi\r\nBcc: body", 0, ADDED "\r\nHi\r\nBcc: body", RAW_MISSING},
    {"\r\nHi there", 0, ADDED "\r\nHi there", RAW_MISSING},
    {"\r\n \r\n\r\n  Hi", 0, ADDED "\r\n  Hi", RAW_MISSING | POSTINO_RAW_EMPTY_LINE},
    {"\r\n\xef\xbb"
     "x",
     0,
     ADDED "\r\n\xef\xbb"
           "x",
     RAW_MISSING},
    {"Hello Ann, how are you?\r\nFine.\r\n", 0, "Hello Ann, how are you?\r\nFine.\r\n" ADDED "\r\n",
     RAW_MISSING | POSTINO_RAW_SYNTAX},
    {"\r\n", 0, ADDED "\r\n", RAW_MISSING},
    {"\r\n\r\n", 0, ADDED "\r\n", RAW_MISSING | POSTINO_RAW_EMPTY_LINE},
};

/* Faults that are the header's. */
#define HEADER_FAULTS                                                                                 \
    (RAW_MISSING | POSTINO_RAW_BCC | POSTINO_RAW_SYNTAX | POSTINO_RAW_HEADER_8BIT | POSTINO_RAW_BOM | \
     POSTINO_RAW_EMPTY_LINE | POSTINO_RAW_MBOX | POSTINO_RAW_BLANK)

static void make(struct postino_raw_message *raw, struct test_source *inner, const struct raw_case *one)
{
    test_source_init(inner, one->text, one->octets != 0 ? one->octets : strlen(one->text));
    postino_raw_message_init(raw, &inner->source);
    raw->from = "p@q";
    raw->message_id = "<m@q>";
    raw->date_s = 1795649400; /* 2026-11-25 23:30:00 UTC */
    raw->zone_minutes = 90;
}

/* Reads all of it, at most `take` octets at a time. Returns the status that ended it. */
static enum postino_source_status read_all(struct postino_source *source, size_t take, char *out,
                                           size_t *octets)
{
    enum postino_source_status status;
    const uint8_t *data;
    size_t length;

    *octets = 0;
    while ((status = source->methods->span(source, &data, &length)) == POSTINO_SOURCE_DATA) {
        assert_true(length > 0 && *octets + length < 4096);
        if (length > take)
            length = take;
        memcpy(out + *octets, data, length);
        *octets += length;
        source->methods->consume(source, length);
    }
    return status;
}

static void messages_are_mended(void **state)
{
    size_t i, piece, take;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t wanted = cases[i].octets != 0 ? cases[i].octets : strlen(cases[i].wanted);

        for (piece = 0; piece < 60; piece++) {
            for (take = 1; take < 4; take++) {
                struct postino_raw_message raw;
                struct test_source inner;
                struct postino_source_info info;
                char out[4096];
                size_t octets;

                make(&raw, &inner, &cases[i]);
                inner.piece_octets = piece;
                /* Looked through beforehand, or not. */
                raw.refuse = piece % 2 != 0 ? (uint16_t)~cases[i].faults : 0;
                inner.size_octets = inner.length_octets;
                assert_int_equal(raw.source.methods->begin(&raw.source, 0, &info), 0);
                if (raw.refuse != 0) {
                    assert_int_equal(raw.faults, cases[i].faults);
                    assert_int_equal(info.size_octets, wire_octets(cases[i].wanted, wanted));
                } else {
                    assert_true(info.size_octets == POSTINO_SIZE_UNKNOWN);
                }
                assert_int_equal(read_all(&raw.source, take == 3 ? SIZE_MAX : take, out, &octets),
                                 POSTINO_SOURCE_END);
                if (octets != wanted || memcmp(out, cases[i].wanted, wanted) != 0)
                    fail_msg("case %u, pieces of %u: <%.*s>", (unsigned)i, (unsigned)piece, (int)octets, out);
                assert_null(inner.breach);
            }
        }
    }
}

static void messages_are_refused(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct postino_raw_message raw;
        struct test_source inner;
        struct postino_source_info info;
        char out[4096];
        size_t octets;
        unsigned bit;

        make(&raw, &inner, &cases[i]);
        for (bit = 1; bit < 1u << 15; bit <<= 1) {
            raw.refuse = (uint16_t)bit;
            assert_int_equal(raw.source.methods->begin(&raw.source, 0, &info),
                             (cases[i].faults & bit) != 0 ? POSTINO_ERROR_RAW : 0);
        }
        raw.refuse = (uint16_t)cases[i].faults;
        assert_int_equal(raw.source.methods->begin(&raw.source, 0, &info),
                         cases[i].faults != 0 ? POSTINO_ERROR_RAW : 0);
        assert_int_equal(raw.error, cases[i].faults != 0 ? POSTINO_ERROR_RAW : 0);
        /* Read once only: the header's faults end it on the way. */
        inner.flags = 0;
        assert_int_equal(raw.source.methods->begin(&raw.source, 0, &info), 0);
        assert_true(info.size_octets == POSTINO_SIZE_UNKNOWN);
        assert_int_equal(read_all(&raw.source, SIZE_MAX, out, &octets),
                         (cases[i].faults & HEADER_FAULTS) != 0 || (i > 2 && i < 5) ? POSTINO_SOURCE_FAIL
                                                                                    : POSTINO_SOURCE_END);
    }
}

static void long_lines_are_found(void **state)
{
    static char text[sizeof GOOD + 2 + 2 * 1000];
    size_t length;

    (void)state;
    for (length = 997; length < 1000; length++) {
        struct raw_case one = {text, 0, text, 0};
        struct postino_raw_message raw;
        struct test_source inner;
        struct postino_source_info info;

        strcpy(text, GOOD "\r\n");
        memset(text + strlen(text), 'x', length);
        strcpy(text + sizeof GOOD + 1 + length, "\r\nyy\r\n");
        make(&raw, &inner, &one);
        raw.refuse = POSTINO_RAW_LONG_LINE;
        assert_int_equal(raw.source.methods->begin(&raw.source, 0, &info),
                         length > 998 ? POSTINO_ERROR_RAW : 0);
    }
}

/* The longest step, 49 octets, at every place of the buffer: it starts only where it fits, and wherever it
 * fits. */
static void raw_message_reserve(void **state)
{
    static const char step[] =
        "a\r\n \r\n \r\n \r\n \r\n \r\n \r\n \r\n \r\n \r\n \r\n \r\n \r\n \r\n \r\n  ";
    size_t before;

    (void)state;
    for (before = 3; before < 3 + 2 * POSTINO_RAW_BUFFER_OCTETS; before++) {
        char text[512];
        char wanted[512];
        struct raw_case one = {text, 0, wanted, 0};
        struct postino_raw_message raw;
        struct test_source inner;
        struct postino_source_info info;
        enum postino_source_status status;
        const uint8_t *data;
        size_t total = 0;
        size_t length;

        memset(text, 'x', before);
        text[1] = ':';
        strcpy(text + before, "\r\n");
        strcat(text, step);
        strcpy(wanted, text);
        strcat(wanted, "\r\n\r\n");
        make(&raw, &inner, &one);
        raw.from = NULL;
        raw.message_id = NULL;
        raw.date_s = 0;
        assert_int_equal(raw.source.methods->begin(&raw.source, 0, &info), 0);
        while ((status = raw.source.methods->span(&raw.source, &data, &length)) == POSTINO_SOURCE_DATA) {
            assert_true(length != 0 && length <= POSTINO_RAW_BUFFER_OCTETS &&
                        total + length <= strlen(wanted));
            assert_memory_equal(data, wanted + total, length);
            if (before + 2 + 49 == POSTINO_RAW_BUFFER_OCTETS && total == 0)
                assert_int_equal(length, POSTINO_RAW_BUFFER_OCTETS);
            total += length;
            raw.source.methods->consume(&raw.source, length);
        }
        assert_int_equal(status, POSTINO_SOURCE_END);
        assert_int_equal(total, strlen(wanted));
    }
}

/* Nothing is added that could add more, whether the message can be looked at first or not. */
static void what_is_added_is_checked(void **state)
{
    static const unsigned flags[] = {0, POSTINO_SOURCE_REWINDS,
                                     POSTINO_SOURCE_REWINDS | POSTINO_SOURCE_IN_MEMORY};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        struct postino_raw_message raw;
        struct test_source inner;
        struct postino_source_info info;

        make(&raw, &inner, &cases[8]);
        inner.flags = (uint8_t)flags[i];
        assert_int_equal(raw.source.methods->begin(&raw.source, 0, &info), 0);
        raw.from = "p@q\r\nX: y";
        assert_int_equal(raw.source.methods->begin(&raw.source, 0, &info), POSTINO_ERROR_FIELD);
        make(&raw, &inner, &cases[8]);
        inner.flags = (uint8_t)flags[i];
        raw.message_id = "<m@q>\nBcc: y";
        assert_int_equal(raw.source.methods->begin(&raw.source, 0, &info), POSTINO_ERROR_FIELD_IDENTIFIER);
        assert_int_equal(raw.error, POSTINO_ERROR_FIELD_IDENTIFIER);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_added_is_checked), cmocka_unit_test(messages_are_mended),
        cmocka_unit_test(messages_are_refused),     cmocka_unit_test(long_lines_are_found),
        cmocka_unit_test(raw_message_reserve),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
