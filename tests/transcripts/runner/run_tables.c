/* SPDX-License-Identifier: MIT */
/* Tests the table of cases of a transcript: each case expands to the text that README.md promises, and a
 * table that is not understood is an error. The messages on stderr are those of the tables that are
 * refused. */
#include "transcript.h"

#include <stdio.h>
#include <string.h>

#define END "expect outcome=not_attempted\nends error=0\n"

struct table_test {
    const char *what;
    const char *file;
    const char *expected[3]; /* one expansion a case; none: the file must be refused */
};

static const struct table_test tests[] = {
    {"no table", "mail\nS: \\{3 x}\n", {"mail\nS: \\{3 x}\n"}},
    {"two cases",
     "# a\ncase 1 code=250 text=\"a b\"\n\n# b\ncase 2 code=251 text=\nS: {code} {text}\n",
     {"\n\n\n\n\nS: 250 a b\n", "\n\n\n\n\nS: 251 \n"}},
    {"blanks between words", "case  1   n=5  \nS: \\{{n} x}{n}\n", {"\nS: \\{5 x}5\n"}},
    {"escapes stay",
     "case 1 text=\"\\\"q\\\"\" more=a\\ b\nends {text}{more}\n",
     {"\nends \\\"q\\\"a\\ b\n"}},
    {"a line of a word",
     "case 1 line=\"config helo\"\ncase 2 line=\n{line}\nmail\n",
     {"\n\nconfig helo\nmail\n", "\n\n\nmail\n"}},
    {"lines of some cases",
     "case a\ncase b\ncase c\n[a c] S: 1\n[b] S: 2\nS: 3\n",
     {"\n\n\nS: 1\n\nS: 3\n", "\n\n\n\nS: 2\nS: 3\n", "\n\n\nS: 1\n\nS: 3\n"}},
    {"lines that are left out",
     "case a\ncase b x=1\nS: 1\n[a] skip\nS: {x}\nresume\nS: 3\n",
     {"\n\nS: 1\n\n\n\nS: 3\n", "\n\nS: 1\n\nS: 1\n\nS: 3\n"}},
    {"a placeholder without a table", "mail\nS: {code}\n", {0}},
    {"a placeholder that the case has not", "case 1 code=250\nS: {code} {text}\n", {0}},
    {"a placeholder that only another case has", "case 1 code=250\ncase 2\nS: {code}\n", {0}},
    {"a placeholder without an end", "case 1 code=250\nS: {code\n", {0}},
    {"an empty placeholder", "case 1 code=250\nS: {code}{}\n", {0}},
    {"a word that no line uses", "case 1 code=250 text=a\nS: {code}\n", {0}},
    {"a word that only a line of another case uses", "case 1 code=250\ncase 2\n[2] S: {code}\n", {0}},
    {"a word that only a comment uses", "case 1 code=250\n# {code}\nmail\n", {0}},
    {"a case without a name", "case\nmail\n", {0}},
    {"a case whose name is forgotten", "case code=250\nS: {code}\n", {0}},
    {"two cases of a name", "case 1 code=250\ncase 1 code=251\nS: {code}\n", {0}},
    {"a word twice", "case 1 code=250 code=251\nS: {code}\n", {0}},
    {"a word without a value", "case 1 code\nmail\n", {0}},
    {"a value without a closing quote", "case 1 code=\"250\nS: {code}\n", {0}},
    {"a case behind the table", "case 1 code=250\nS: {code}\ncase 2 code=251\n", {0}},
    {"a list of no case", "case 1\n[] mail\n", {0}},
    {"a list that is not closed", "case 1\n[1 mail\n", {0}},
    {"a list without a line", "case 1\n[1]\n", {0}},
    {"a list with a case that is not there", "case 1\n[1 2] mail\n", {0}},
    {"skip without resume", "case 1\n[1] skip\nmail\n", {0}},
};

/* Files that expand, and then are no transcripts. */
static const char *const not_understood[] = {
    "case 1\nskip\nmail\nresume\nmail\n" END,
    "skip\nmail\n" END,
    "mail\nresume\n" END,
    "[1] mail\n" END,
    "case 1 word=what\n{word}\nmail\n" END,
    "case 1\nmail\nends error=0\n",
    "case 1\nmail\nexpect outcome=not_attempted\n",
    "case 1\n",
    "",
};

static unsigned long passed;
static unsigned long failed;

static void judge(int fine, const char *what)
{
    if (fine) {
        passed++;
    } else {
        failed++;
        (void)printf("wrong: %s\n", what);
    }
}

/* Returns 0 where each case expands to the text that is expected of it, or to any text where none is. */
static int expand(const struct transcript_table *table, const char *const *expected)
{
    static char text[TABLE_OCTETS];
    size_t i;

    for (i = 0; i < table->case_count; i++) {
        if (table_expand(table, i, text) != 0 || (expected[0] != NULL && strcmp(text, expected[i]) != 0)) {
            return -1;
        }
    }
    return 0;
}

static void test_tables(void)
{
    static struct transcript_table table;
    size_t i;

    for (i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        const struct table_test *test = &tests[i];
        int taken = table_parse(&table, test->what, test->file) == 0 && expand(&table, test->expected) == 0;

        judge(taken == (test->expected[0] != NULL), test->what);
    }
}

static void test_not_understood(void)
{
    static struct transcript_table table;
    static struct transcript transcript;
    size_t i;

    for (i = 0; i < sizeof not_understood / sizeof not_understood[0]; i++) {
        judge(table_parse(&table, "not a transcript", not_understood[i]) != 0 ||
                  transcript_read(&transcript, &table, 0, 0) != 0,
              not_understood[i]);
    }
}

/* The limits of a file: one case, word or octet more than there is room for. */
static void test_limits(void)
{
    static struct transcript_table table;
    static char file[TABLE_OCTETS + 1];
    static char text[TABLE_OCTETS];
    size_t octets = 0;
    unsigned i;

    for (i = 0; i <= TABLE_CASES; i++) {
        judge(table_parse(&table, "cases", file) == 0, "cases");
        octets += (size_t)snprintf(file + octets, sizeof file - octets, "case %u\n", i);
    }
    judge(table_parse(&table, "cases", file) != 0, "a case too many");

    octets = (size_t)snprintf(file, sizeof file, "case 1");
    for (i = 0; i <= TABLE_WORDS; i++) {
        judge(table_parse(&table, "words", file) == 0, "words");
        octets += (size_t)snprintf(file + octets, sizeof file - octets, " w%u=", i);
    }
    judge(table_parse(&table, "words", file) != 0, "a word too many");

    memset(file, '#', sizeof file - 2);
    file[sizeof file - 2] = '\0';
    judge(table_parse(&table, "octets", file) == 0 && table_expand(&table, 0, text) == 0, "a long file");
    file[sizeof file - 2] = '#';
    judge(table_parse(&table, "octets", file) != 0, "an octet too many");

    octets = (size_t)snprintf(file, sizeof file, "case 1 x=");
    memset(file + octets, 'x', TABLE_OCTETS / 2);
    (void)snprintf(file + octets + TABLE_OCTETS / 2, sizeof file - octets - TABLE_OCTETS / 2,
                   "\nS: {x}{x}\n");
    judge(table_parse(&table, "octets", file) == 0 && table_expand(&table, 0, text) != 0,
          "a case that is too long");
}

int main(void)
{
    test_tables();
    test_not_understood();
    test_limits();
    (void)printf("%lu passed, %lu failed\n", passed, failed);
    return failed != 0 || passed == 0;
}
