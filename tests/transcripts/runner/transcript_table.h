/* SPDX-License-Identifier: MIT */
#ifndef TRANSCRIPT_TABLE_H
#define TRANSCRIPT_TABLE_H

#include <stddef.h>

/* A transcript file with its table of cases. README.md describes the table. */

#define TABLE_OCTETS 65536 /* of a file, and of one case of it */
#define TABLE_CASES  64
#define TABLE_WORDS  20 /* of one case */

struct table_word {
    const char *key;
    size_t key_octets;
    const char *value;
    size_t value_octets;
};

struct table_case {
    const char *name; /* "" in a file without a table */
    size_t name_octets;
    unsigned line; /* where it stands in the file */
    struct table_word words[TABLE_WORDS];
    size_t word_count;
};

struct transcript_table {
    const char *path;
    struct table_case cases[TABLE_CASES];
    size_t case_count; /* at least 1: a file without a table is one case */

    /* private */
    const char *lines; /* behind the table */
    char text[TABLE_OCTETS];
};

/* Reads a file. The path must outlive the table. Returns 0, or -1 after a message on stderr. */
int table_read(struct transcript_table *table, const char *path);
/* The same of text that is in memory; the path is for messages only. */
int table_parse(struct transcript_table *table, const char *path, const char *text);
/* Writes one case as a transcript without a table, line for line, into `text` of TABLE_OCTETS. Returns 0,
 * or -1 after a message on stderr. */
int table_expand(const struct transcript_table *table, size_t index, char *text);

#endif
