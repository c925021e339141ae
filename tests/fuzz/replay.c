/* SPDX-License-Identifier: MIT */
/* Runs a fuzz target without libFuzzer: fuzz_NAME_replay [--write FOLDER] FILE... A file that a fuzzer
 * found is one input. Of a transcript (*.txt) the server's lines of each case are inputs: whole, each line
 * alone, and changed a little, with many first octets. With --write it writes the transcripts' inputs to
 * the folder, to start a fuzzer from. */
#include "fuzz.h"
#include "../transcripts/runner/transcript_table.h"

#define INPUT_MAX 65536
#define VARIANTS  24

static unsigned long runs;

static void run(const uint8_t *data, size_t size)
{
    (void)LLVMFuzzerTestOneInput(data, size);
    runs++;
}

/* The text with two octets before it that say how, and with an octet changed, left out or doubled. */
static void run_variants(uint8_t *input, size_t size)
{
    uint32_t noise = (uint32_t)size;
    unsigned i;

    for (i = 0; i < VARIANTS; i++) {
        uint8_t *copy;
        size_t at;

        input[0] = (uint8_t)(fuzz_length(&noise, 256) - 1);
        input[1] = (uint8_t)(fuzz_length(&noise, 256) - 1);
        copy = fuzz_copy(input, size);
        run(copy, size);
        if (size > 3) {
            at = 1 + fuzz_length(&noise, size - 2);
            copy[at] = (uint8_t)(copy[at] ^ (1u << (i % 8)));
            run(copy, size);
            memmove(copy + at, copy + at + 1, size - at - 1);
            run(copy, size - 1);
            run(copy, at);
        }
        free(copy);
    }
}

/* One input for each case: the file's name, and the case's. */
static void write_input(const char *folder, const struct transcript_table *table, size_t index,
                        const uint8_t *data, size_t size)
{
    const char *name = strrchr(table->path, '/');
    const struct table_case *row = &table->cases[index];
    char to[4096];
    FILE *file;

    (void)snprintf(to, sizeof to, "%s/%s%s%.*s", folder, name == NULL ? table->path : name + 1,
                   row->name_octets != 0 ? "." : "", (int)row->name_octets, row->name);
    file = fopen(to, "wb");
    FUZZ_CHECK(file != NULL && fwrite(data, 1, size, file) == size && fclose(file) == 0);
}

static void run_case(const struct transcript_table *table, size_t index, const char *folder)
{
    static char text[TABLE_OCTETS];
    static uint8_t whole[INPUT_MAX];
    static uint8_t single[8192];
    const char *line = text;
    size_t size = 2;

    FUZZ_CHECK(table_expand(table, index, text) == 0);
    memset(whole, 2, 2);
    for (; *line != '\0'; line += strcspn(line, "\n") + 1) {
        size_t length = strcspn(line, "\n");

        if (strncmp(line, "S: ", 3) != 0 || length > sizeof single - 8 || size + length > sizeof whole) {
            continue;
        }
        length -= 3;
        memcpy(whole + size, line + 3, length);
        memcpy(single + 2, line + 3, length);
        memcpy(whole + size + length, "\r\n", 2);
        size += length + 2;
        if (folder == NULL) {
            run_variants(single, length + 2);
        }
    }
    if (folder != NULL) {
        write_input(folder, table, index, whole, size);
        runs++;
    } else {
        run_variants(whole, size);
    }
}

static void run_transcript(const char *path, const char *folder)
{
    static struct transcript_table table;
    size_t i;

    FUZZ_CHECK(table_read(&table, path) == 0);
    for (i = 0; i < table.case_count; i++) {
        run_case(&table, i, folder);
    }
}

static void run_file(const char *path, const char *folder)
{
    static uint8_t data[INPUT_MAX];
    size_t length = strlen(path);
    uint8_t *copy;
    FILE *file;
    size_t size;

    if (length > 4 && strcmp(path + length - 4, ".txt") == 0) {
        run_transcript(path, folder);
        return;
    }
    file = fopen(path, "rb");
    FUZZ_CHECK(file != NULL);
    size = fread(data, 1, sizeof data, file);
    (void)fclose(file);
    copy = fuzz_copy(data, size);
    run(copy, size);
    free(copy);
}

int main(int argc, char **argv)
{
    const char *folder = NULL;
    int i = 1;

    if (argc > 2 && strcmp(argv[1], "--write") == 0) {
        folder = argv[2];
        i = 3;
    }
    for (; i < argc; i++) {
        run_file(argv[i], folder);
    }
    printf("%lu inputs\n", runs);
    return runs == 0;
}
