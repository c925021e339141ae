/* SPDX-License-Identifier: MIT */
/* Tests letters that cannot be prepared: the results name the field, the column or the attachment. */
#include "letter_fixture.h"

/* Sets one address list. */
static void set_list(const char *field, const char *list)
{
    static const struct {
        const char *name;
        size_t offset;
    } lists[] = {
        {"From", offsetof(struct postino_letter, from)},
        {"Sender", offsetof(struct postino_letter, sender)},
        {"Reply-To", offsetof(struct postino_letter, reply_to)},
        {"To", offsetof(struct postino_letter, to)},
        {"Cc", offsetof(struct postino_letter, cc)},
        {"Bcc", offsetof(struct postino_letter, bcc)},
    };
    size_t i;

    for (i = 0; strcmp(lists[i].name, field) != 0; i++)
        continue;
    memcpy((char *)&letter + lists[i].offset, &list, sizeof list);
}

static const char *const fields[] = {"From", "Sender", "Reply-To", "To", "Cc", "Bcc"};

static void a_malformed_address_in_each_list(void **state)
{
    static const struct {
        const char *list;
        size_t column;
    } cases[] = {
        {"ann", 4},
        {"ann@example.org, b\xc3\xb6"
         "b <bob",
         26},
        {"ann@example.org bob@example.org", 17},
        {"Ann <ann@example.org", 21},
        {" ", 2},
    };
    size_t i, k;

    for (i = 0; i < 6; i++) {
        for (k = 0; k < sizeof cases / sizeof cases[0]; k++) {
            (void)letter_setup(state);
            set_list(fields[i], cases[k].list);
            letter_fails(POSTINO_ERROR_ADDRESS, fields[i], cases[k].column, 0);
        }
    }
}

/* An address outside ASCII needs SMTPUTF8, in lists that no header shows too. */
static void an_address_outside_ascii_in_each_list(void **state)
{
    struct postino_options options;
    size_t i;

    postino_options_init(&options);
    for (i = 0; i < 6; i++) {
        (void)letter_setup(state);
        set_list(fields[i], "\xc3\xa4@example.org");
        letter_fails(POSTINO_ERROR_UTF8_NOT_ASKED, fields[i], 0, 0);
        letter.options = &options;
        options.utf8 = 0;
        letter_fails(POSTINO_ERROR_UTF8_NOT_ASKED, fields[i], 0, 0);
        options.utf8 = 1;
        assert_int_equal(postino_letter_prepare(&letter, workspace, sizeof workspace, &mail), 0);
    }
}

static void fields_by_name(void **state)
{
    static const struct postino_header no_name = {"X A", "a", NULL, 0};
    static const struct postino_header bcc = {"Bcc", "a@b", NULL, 0};
    static const struct postino_header split = {"X-A", "a\r\nb", NULL, 0};

    (void)state;
    letter.from = NULL;
    letter_fails(POSTINO_ERROR_FIELD_MISSING, "From", 0, 0);
    letter.from = "";
    letter_fails(POSTINO_ERROR_FIELD_MISSING, "From", 0, 0);
    letter.from = "a@b, c@d";
    letter_fails(POSTINO_ERROR_FIELD_MISSING, "Sender", 0, 0);
    letter.sender = "a@b, c@d";
    letter_fails(POSTINO_ERROR_FIELD_VALUE, "Sender", 0, 0);
    letter.sender = "a@b";
    letter.subject = "a\nBcc: b";
    letter_fails(POSTINO_ERROR_FIELD, "Subject", 0, 0);
    letter.subject = "\xff";
    letter_fails(POSTINO_ERROR_FIELD_UTF8, "Subject", 0, 0);
    letter.subject = NULL;
    letter.message_id = "a";
    letter_fails(POSTINO_ERROR_FIELD_IDENTIFIER, "Message-ID", 0, 0);
    letter.message_id = NULL;
    letter.in_reply_to = "a";
    letter_fails(POSTINO_ERROR_FIELD_IDENTIFIER, "In-Reply-To", 0, 0);
    letter.in_reply_to = NULL;
    letter.references = "a";
    letter_fails(POSTINO_ERROR_FIELD_IDENTIFIER, "References", 0, 0);
    letter.references = NULL;
    letter.date_s = 1;
    letter.zone_minutes = 1440;
    letter_fails(POSTINO_ERROR_FIELD_VALUE, "Date", 0, 0);
    letter.date_s = 0;
    letter.headers = &no_name;
    letter_fails(POSTINO_ERROR_FIELD_NAME, "X A", 0, 0);
    letter.headers = &bcc;
    letter_fails(POSTINO_ERROR_FIELD_NAME, "Bcc", 0, 0);
    letter.headers = &split;
    letter_fails(POSTINO_ERROR_FIELD, "X-A", 0, 0);
    letter.headers = NULL;
    letter.priority = 6;
    letter_fails(POSTINO_ERROR_ARGUMENT, NULL, 0, 0);
    letter.priority = 0;
    letter.to = NULL;
    letter_fails(POSTINO_ERROR_NO_RECIPIENT, NULL, 0, 0);
    letter.to = "Nobody: ;";
    letter_fails(POSTINO_ERROR_NO_RECIPIENT, NULL, 0, 0);
}

static enum postino_source_status never_read(void *context, const uint8_t **data, size_t *length_octets)
{
    (void)context;
    (void)data;
    (void)length_octets;
    return POSTINO_SOURCE_FAIL;
}

static int never_begins(void *context)
{
    (void)context;
    return -1;
}

/* The second of three attachments is at fault, beside a text and HTML that are not. */
static void attachments_by_number(void **state)
{
    struct postino_callback_source source;
    struct postino_attachment attachments[3];
    struct postino_attachment *second = &attachments[1];
    size_t i;

    (void)state;
    memset(attachments, 0, sizeof attachments);
    for (i = 0; i < 3; i++) {
        attachments[i].data = "x";
        attachments[i].length_octets = 1;
        attachments[i].content_id = i == 0 ? "a@b" : NULL;
    }
    postino_callback_source_init(&source, never_begins, never_read, NULL, 9, POSTINO_SOURCE_BINARY);
    letter.text = "t";
    letter.html = "h";
    letter.attachment_count = 3;
    letter_fails(POSTINO_ERROR_ARGUMENT, NULL, 0, 0);
    letter.attachments = attachments;
    assert_int_equal(postino_letter_prepare(&letter, workspace, sizeof workspace, &mail), 0);
    second->source = &source.source;
    letter_fails(POSTINO_ERROR_ATTACHMENT, NULL, 0, 2);
    second->data = NULL;
    letter_fails(POSTINO_ERROR_SOURCE, NULL, 0, 2);
    second->source = NULL;
    letter_fails(POSTINO_ERROR_ATTACHMENT, NULL, 0, 2);
    second->path = "a.txt";
    letter_fails(POSTINO_ERROR_FEATURE, NULL, 0, 2);
    second->data = "x";
    letter_fails(POSTINO_ERROR_ATTACHMENT, NULL, 0, 2);
    second->path = NULL;
    second->type = "nothing";
    letter_fails(POSTINO_ERROR_FIELD_TYPE, "Content-Type", 0, 2);
    second->type = "text/plain; charset=utf-8";
    second->file_name = "a\nb";
    letter_fails(POSTINO_ERROR_FIELD, "Content-Disposition", 0, 2);
    second->file_name = "\xff";
    letter_fails(POSTINO_ERROR_FIELD_UTF8, "Content-Disposition", 0, 2);
    second->file_name = NULL;
    second->content_id = "b";
    letter_fails(POSTINO_ERROR_FIELD_IDENTIFIER, "Content-ID", 0, 2);
    /* A field of the header is found first, and is no attachment's. */
    letter.subject = "\xff";
    letter_fails(POSTINO_ERROR_FIELD_UTF8, "Subject", 0, 0);
    letter.subject = NULL;
    second->content_id = NULL;
    second->data = NULL;
    postino_callback_source_init(&source, NULL, never_read, NULL, 0, POSTINO_SOURCE_BINARY);
    second->source = &source.source;
    attachments[2].data = NULL;
    attachments[2].source = &source.source;
    letter_fails(POSTINO_ERROR_SOURCE_IN_USE, NULL, 0, 0);
}

/* A letter that needs a feature that its features lack is refused; one that does not need it is not. */
static void features_are_chosen(void **state)
{
    static const struct postino_attachment file = {.path = "a"};
    static const struct postino_attachment memory = {.data = "x", .length_octets = 1, .file_name = "a.pdf"};
    struct postino_letter_features features = postino_letter_features_all;
    unsigned i;

    for (i = 0; i < 4; i++) {
        (void)letter_setup(state);
        memset(&features, 0, sizeof features);
        features.message = &postino_message_features_all;
        assert_int_equal(postino_letter_prepare_with(&letter, &features, workspace, sizeof workspace, &mail),
                         0);
        letter.attachments = i == 0 ? &memory : &file;
        letter.attachment_count = i < 2;
        letter.html = i == 2 ? "h" : NULL;
        letter.priority = i == 3;
        features.attachments = i == 1 ? postino_letter_attachments : NULL;
        assert_int_equal(postino_letter_prepare_with(&letter, &features, workspace, sizeof workspace, &mail),
                         POSTINO_ERROR_FEATURE);
        assert_null(mail);
        features.attachments = postino_letter_attachments;
        features.html = postino_letter_html;
        features.priority = postino_message_priority;
        if (i == 1)
            continue;
        assert_int_equal(postino_letter_prepare_with(&letter, &features, workspace, sizeof workspace, &mail),
                         0);
        (void)compose_octets((struct postino_message *)mail->source, 0);
        /* Types are not guessed. */
        if (i == 0)
            assert_non_null(strstr(composed, "application/octet-stream"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_malformed_address_in_each_list, letter_setup),
        cmocka_unit_test_setup(an_address_outside_ascii_in_each_list, letter_setup),
        cmocka_unit_test_setup(fields_by_name, letter_setup),
        cmocka_unit_test_setup(attachments_by_number, letter_setup),
        cmocka_unit_test_setup(features_are_chosen, letter_setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
