/* SPDX-License-Identifier: MIT */
#ifndef LETTER_FIXTURE_H
#define LETTER_FIXTURE_H

/* A letter, its workspace, and its message as text. */

#include "compose_fixture.h"
#include "postino/letter.h"

static struct postino_letter letter;
static struct postino_mail *mail;
static char workspace[POSTINO_LETTER_OCTETS(6, 6)];

static inline int letter_setup(void **state)
{
    static const struct postino_letter plain = {.from = "Ann <ann@example.org>", .to = "bob@example.org"};

    (void)state;
    letter = plain;
    return 0;
}

/* Prepares the letter and composes its message. */
static inline void letter_composed(void)
{
    assert_int_equal(postino_letter_prepare(&letter, workspace, sizeof workspace, &mail), 0);
    assert_int_equal(letter.error, 0);
    assert_null(letter.error_field);
    assert_int_equal(letter.error_attachment, 0);
    assert_true(letter.needed_octets <= sizeof workspace);
    (void)compose_octets((struct postino_message *)mail->source, 0);
}

/* The letter cannot be prepared, and its results say why. */
static inline void letter_fails(int error, const char *field, size_t column, unsigned attachment)
{
    mail = (struct postino_mail *)workspace;
    assert_int_equal(postino_letter_prepare(&letter, workspace, sizeof workspace, &mail), error);
    assert_null(mail);
    assert_int_equal(letter.error, error);
    if (field == NULL)
        assert_null(letter.error_field);
    else
        assert_string_equal(letter.error_field, field);
    assert_int_equal(letter.error_column, column);
    assert_int_equal(letter.error_attachment, attachment);
}

#endif
