/* SPDX-License-Identifier: MIT */
/* Tests letters with files of a POSIX system, their date and their identifier. */
#define _POSIX_C_SOURCE 200809L
#include "letter_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "postino/file.h"

static char folder[] = "/tmp/postino_letter_XXXXXX";
static char paths[3][64];

static int make_files(void **state)
{
    static const char *const names[] = {"a.pdf", "b", "pipe"};
    int i;

    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    for (i = 0; i < 3; i++)
        (void)snprintf(paths[i], sizeof paths[i], "%s/%s", folder, names[i]);
    for (i = 0; i < 2; i++) {
        FILE *file = fopen(paths[i], "w");
        int k;

        if (file == NULL)
            return -1;
        for (k = 0; k < 300; k++)
            (void)fprintf(file, "%d", i);
        (void)fclose(file);
    }
    return mkfifo(paths[2], 0600);
}

static int remove_files(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < 3; i++)
        (void)unlink(paths[i]);
    return rmdir(folder);
}

/* The number of open descriptors. */
static int open_descriptors(void)
{
    int count = 0;
    int descriptor;

    for (descriptor = 0; descriptor < 100; descriptor++)
        count += fcntl(descriptor, F_GETFD) != -1;
    return count;
}

static unsigned count_octet(const char *text, const char *word)
{
    unsigned count = 0;

    for (; (text = strstr(text, word)) != NULL; text += strlen(word))
        count++;
    return count;
}

/* Both files share a buffer, which is as small as it can be, and later large. */
static void files_are_attached(void **state)
{
    struct postino_attachment attachments[3];
    int before = open_descriptors();
    int i;

    (void)state;
    memset(attachments, 0, sizeof attachments);
    attachments[0].path = paths[0];
    attachments[1].path = paths[1];
    attachments[1].file_name = "other.txt";
    attachments[2].data = "x";
    attachments[2].length_octets = 1;
    letter.port = &postino_posix_letter_port;
    letter.attachments = attachments;
    letter.attachment_count = 3;
    assert_int_equal(postino_letter_prepare(&letter, workspace, 0, &mail), POSTINO_ERROR_CAPACITY);
    assert_int_equal(open_descriptors(), before);
    for (i = 0; i < 2; i++) {
        size_t octets = i == 0 ? letter.needed_octets : sizeof workspace;

        assert_int_equal(postino_letter_prepare(&letter, workspace, octets, &mail), 0);
        assert_int_equal(open_descriptors(), before + 2);
        (void)compose_octets((struct postino_message *)mail->source, 0);
        assert_int_not_equal(info.size_octets, POSTINO_SIZE_UNKNOWN);
        assert_true((info.flags & POSTINO_SOURCE_REWINDS) != 0);
        assert_non_null(strstr(composed, "Content-Type: application/pdf\r\n"));
        assert_non_null(strstr(composed, "filename=\"a.pdf\""));
        assert_non_null(strstr(composed, "Content-Type: text/plain\r\n"));
        assert_non_null(strstr(composed, "filename=\"other.txt\""));
        assert_int_equal(count_octet(composed, "MDAw"), 100);
        assert_int_equal(count_octet(composed, "MTEx"), 100);
        postino_letter_close(&letter);
        assert_int_equal(open_descriptors(), before);
        postino_letter_close(&letter);
        assert_int_equal(open_descriptors(), before);
    }
}

/* A missing file, a folder and a FIFO behind a good file; the good one is closed. */
static void files_that_cannot_be_read(void **state)
{
    const char *const wrong[] = {"/nonexistent/file", folder, paths[2], ""};
    struct postino_attachment attachments[2];
    int before = open_descriptors();
    size_t i;

    (void)state;
    memset(attachments, 0, sizeof attachments);
    attachments[0].path = paths[0];
    letter.port = &postino_posix_letter_port;
    letter.attachments = attachments;
    letter.attachment_count = 2;
    for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        attachments[1].path = wrong[i];
        letter_fails(POSTINO_ERROR_FILE, NULL, 0, 2);
        postino_letter_close(&letter);
        assert_int_equal(open_descriptors(), before);
    }
    /* A later error leaves both open until the letter is closed. */
    attachments[1].path = paths[1];
    attachments[1].type = "none";
    letter_fails(POSTINO_ERROR_FIELD_TYPE, "Content-Type", 0, 2);
    postino_letter_close(&letter);
    assert_int_equal(open_descriptors(), before);
}

static void date_and_identifier(void **state)
{
    char first[200];
    time_t now = time(NULL);
    const struct postino_message *message;
    const char *identifier;

    (void)state;
    letter.port = &postino_posix_letter_port;
    letter_composed();
    message = (const struct postino_message *)mail->source;
    assert_true(message->date_s >= (uint32_t)now && message->date_s <= (uint32_t)time(NULL));
    identifier = strstr(composed, "Message-ID: <");
    assert_non_null(identifier);
    (void)snprintf(first, sizeof first, "%.60s", identifier);
    letter_composed();
    assert_null(strstr(composed, first));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(files_are_attached, letter_setup),
        cmocka_unit_test_setup(files_that_cannot_be_read, letter_setup),
        cmocka_unit_test_setup(date_and_identifier, letter_setup),
    };

    return cmocka_run_group_tests(tests, make_files, remove_files);
}
