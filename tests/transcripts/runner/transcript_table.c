/* SPDX-License-Identifier: MIT */
/* Turns a table of cases into transcripts. An expansion has as many lines as the file, so a line number in
 * a message holds for both. A word that no line of its case uses is an error, because it seems to be
 * tested. */
#include "transcript_table.h"

#include <stdio.h>
#include <string.h>

/* One expansion. */
struct expansion {
    const struct transcript_table *table;
    const struct table_case *row;
    unsigned line;
    int skipping;
    unsigned used; /* one bit for each word of the row */
    char *text;
    size_t octets;
};

static int table_fail(const char *path, unsigned line, const char *message, const char *text, size_t octets)
{
    (void)fprintf(stderr, "%s:%u: %s: %.*s\n", path, line, message, (int)octets, text);
    return -1;
}

static int table_is(const char *text, size_t octets, const char *name, size_t name_octets)
{
    return octets == name_octets && memcmp(text, name, octets) == 0;
}

/* The end of a value: the next blank, or the closing quote. */
static size_t table_value_octets(const char *text, size_t octets, int quoted)
{
    size_t at = 0;

    while (at < octets && (quoted ? text[at] != '"' : text[at] != ' ')) {
        at += text[at] == '\\' && at + 1 < octets ? 2 : 1;
    }
    return at;
}

static const struct table_word *table_find(const struct table_case *row, const char *key, size_t octets)
{
    size_t i;

    for (i = 0; i < row->word_count; i++) {
        if (table_is(row->words[i].key, row->words[i].key_octets, key, octets)) {
            return &row->words[i];
        }
    }
    return NULL;
}

/* Parses one `key=value`, or `key="value with blanks"`. Returns its length, or 0 where it is none. */
static size_t table_parse_word(struct table_case *row, const char *text, size_t octets)
{
    struct table_word *word = &row->words[row->word_count];
    const char *equals = memchr(text, '=', octets);
    size_t at;
    int quoted;

    if (equals == NULL || equals == text || row->word_count == TABLE_WORDS) {
        return 0;
    }
    word->key = text;
    word->key_octets = (size_t)(equals - text);
    if (memchr(text, ' ', word->key_octets) != NULL || table_find(row, text, word->key_octets) != NULL) {
        return 0;
    }
    at = word->key_octets + 1;
    quoted = at < octets && text[at] == '"';
    at += (size_t)quoted;
    word->value = text + at;
    word->value_octets = table_value_octets(text + at, octets - at, quoted);
    at += word->value_octets;
    if (quoted && at == octets) {
        return 0; /* no closing quote */
    }
    row->word_count++;
    return at + (size_t)quoted;
}

/* A row: the case's name, then its words. */
static int table_parse_row(struct transcript_table *table, unsigned line, const char *text, size_t octets)
{
    struct table_case *row = &table->cases[table->case_count];
    size_t at = strspn(text, " ");
    size_t i;

    if (table->case_count == TABLE_CASES) {
        return table_fail(table->path, line, "too many cases", text, octets);
    }
    row->line = line;
    row->name = text + at;
    row->name_octets = table_value_octets(row->name, octets - at, 0);
    if (row->name_octets == 0 || memchr(row->name, '=', row->name_octets) != NULL) {
        return table_fail(table->path, line, "a case without a name", text, octets);
    }
    for (i = 0; i < table->case_count; i++) {
        if (table_is(table->cases[i].name, table->cases[i].name_octets, row->name, row->name_octets)) {
            return table_fail(table->path, line, "a second case of this name", row->name, row->name_octets);
        }
    }
    for (at += row->name_octets; at < octets;) {
        size_t taken = text[at] == ' ' ? 1 : table_parse_word(row, text + at, octets - at);

        if (taken == 0) {
            return table_fail(table->path, line, "expected word=value, and each word once", text + at,
                              octets - at);
        }
        at += taken;
    }
    table->case_count++;
    return 0;
}

/* The table stands in front of everything but comments and empty lines. */
static int table_parse_rows(struct transcript_table *table)
{
    const char *line = table->text;
    unsigned number = 1;

    for (; *line != '\0'; number++) {
        size_t octets = strcspn(line, "\n");
        int is_row = octets >= 4 && strncmp(line, "case", 4) == 0 && (octets == 4 || line[4] == ' ');

        if (is_row && table->lines != NULL) {
            return table_fail(table->path, number, "a case behind the table", line, octets);
        }
        if (is_row && table_parse_row(table, number, line + 4, octets - 4) != 0) {
            return -1;
        }
        if (!is_row && octets != 0 && line[0] != '#' && table->lines == NULL) {
            table->lines = line;
        }
        line += octets + (line[octets] == '\n');
    }
    return 0;
}

int table_parse(struct transcript_table *table, const char *path, const char *text)
{
    size_t octets = strlen(text);

    if (octets >= sizeof table->text) {
        return table_fail(path, 1, "the file is too long", "", 0);
    }
    if (text != table->text) {
        memcpy(table->text, text, octets + 1);
    }
    table->path = path;
    table->lines = NULL;
    table->case_count = 0;
    memset(table->cases, 0, sizeof table->cases);
    if (table_parse_rows(table) != 0) {
        return -1;
    }
    if (table->case_count == 0) {
        table->cases[0].name = "";
        table->case_count = 1;
    }
    return 0;
}

int table_read(struct transcript_table *table, const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t octets;

    if (file == NULL) {
        return table_fail(path, 0, "cannot be opened", "", 0);
    }
    octets = fread(table->text, 1, sizeof table->text, file);
    (void)fclose(file);
    if (octets == sizeof table->text || memchr(table->text, '\0', octets) != NULL) {
        return table_fail(path, 1, "the file is too long, or has an octet 0", "", 0);
    }
    table->text[octets] = '\0';
    return table_parse(table, path, table->text);
}

static int expansion_fail(const struct expansion *expansion, const char *message, const char *text,
                          size_t octets)
{
    const struct table_case *row = expansion->row;

    (void)fprintf(stderr, "%s:%u: %s%.*s: %s: %.*s\n", expansion->table->path, expansion->line,
                  row->name_octets != 0 ? "case " : "no table of cases", (int)row->name_octets, row->name,
                  message, (int)octets, text);
    return -1;
}

static int expansion_put(struct expansion *expansion, const char *text, size_t octets)
{
    if (octets >= TABLE_OCTETS - expansion->octets) {
        return expansion_fail(expansion, "the case is too long", text, 0);
    }
    memcpy(expansion->text + expansion->octets, text, octets);
    expansion->octets += octets;
    return 0;
}

/* {word} at `text`. Returns its length, or 0 after a message. */
static size_t expansion_put_word(struct expansion *expansion, const char *text, size_t octets)
{
    const char *end = memchr(text, '}', octets);
    const struct table_word *word;
    size_t length = end == NULL ? octets : (size_t)(end - text) + 1;

    word = end == NULL ? NULL : table_find(expansion->row, text + 1, length - 2);
    if (word == NULL) {
        (void)expansion_fail(expansion, "no such word", text, length);
        return 0;
    }
    expansion->used |= 1u << (word - expansion->row->words);
    return expansion_put(expansion, word->value, word->value_octets) == 0 ? length : 0;
}

/* A line with its placeholders replaced. `\{` is an escape of the transcript and no placeholder. */
static int expansion_put_line(struct expansion *expansion, const char *line, size_t octets)
{
    size_t at = 0;

    while (at < octets) {
        size_t taken = line[at] == '\\' && at + 1 < octets ? 2 : 1;

        if (line[at] == '{') {
            taken = expansion_put_word(expansion, line + at, octets - at);
            if (taken == 0) {
                return -1;
            }
        } else if (expansion_put(expansion, line + at, taken) != 0) {
            return -1;
        }
        at += taken;
    }
    return 0;
}

/* [CASE CASE...] at the beginning of a line. Sets *listed to whether it names the case. Returns the length
 * of the list with the blank behind it, or 0 after a message. */
static size_t expansion_list(const struct expansion *expansion, const char *line, size_t octets, int *listed)
{
    const char *end = memchr(line, ']', octets);
    size_t length = end == NULL ? 0 : (size_t)(end - line);
    size_t at = 1;

    *listed = 0;
    if (length < 2 || length + 1 >= octets || end[1] != ' ') {
        (void)expansion_fail(expansion, "expected [CASE...] LINE", line, octets);
        return 0;
    }
    while (at < length) {
        size_t name = table_value_octets(line + at, length - at, 0);
        size_t i = 0;

        while (i < expansion->table->case_count && !table_is(line + at, name, expansion->table->cases[i].name,
                                                             expansion->table->cases[i].name_octets)) {
            i++;
        }
        if (i == expansion->table->case_count) {
            (void)expansion_fail(expansion, "no such case", line + at, name);
            return 0;
        }
        *listed |= &expansion->table->cases[i] == expansion->row;
        at += name + 1;
    }
    return length + 2;
}

static int expansion_take_line(struct expansion *expansion, const char *line, size_t octets)
{
    int listed = 0;

    if (octets == 0 || line[0] == '#') {
        return 0;
    }
    if (line[0] == '[') {
        size_t list = expansion_list(expansion, line, octets, &listed);

        if (list == 0) {
            return -1;
        }
        if (!listed) {
            return 0;
        }
        line += list;
        octets -= list;
    }
    if (expansion->row->name_octets != 0 && table_is(line, octets, "resume", 6)) {
        expansion->skipping = 0;
        return 0;
    }
    /* Without a list it would leave out lines in every case: then it is no word of the table. */
    if (listed && table_is(line, octets, "skip", 4)) {
        expansion->skipping = 1;
    }
    return expansion->skipping ? 0 : expansion_put_line(expansion, line, octets);
}

int table_expand(const struct transcript_table *table, size_t index, char *text)
{
    struct expansion expansion = {0};
    const char *line = table->text;
    size_t i;

    expansion.table = table;
    expansion.row = &table->cases[index];
    expansion.text = text;
    for (expansion.line = 1; *line != '\0'; expansion.line++) {
        size_t octets = strcspn(line, "\n");

        if (table->lines != NULL && line >= table->lines &&
            expansion_take_line(&expansion, line, octets) != 0) {
            return -1;
        }
        if (expansion_put(&expansion, "\n", 1) != 0) {
            return -1;
        }
        line += octets + (line[octets] == '\n');
    }
    text[expansion.octets] = '\0';
    expansion.line = expansion.row->line;
    if (expansion.skipping) {
        return expansion_fail(&expansion, "skip without resume", "", 0);
    }
    for (i = 0; i < expansion.row->word_count; i++) {
        if ((expansion.used & 1u << i) == 0) {
            const struct table_word *word = &expansion.row->words[i];

            return expansion_fail(&expansion, "no line uses this word", word->key, word->key_octets);
        }
    }
    return 0;
}
