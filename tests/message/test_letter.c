/* SPDX-License-Identifier: MIT */
/* Tests letters that can be prepared: each member, the envelope, and the tree of the parts. */
#include "letter_fixture.h"

#include "fake_transport.h"
#include "postino/client.h"

static void has(const char *text)
{
    if (strstr(composed, text) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", composed, text);
}

static void lacks(const char *text)
{
    if (strstr(composed, text) != NULL)
        fail_msg("\"%s\" has \"%s\"", composed, text);
}

static void the_shortest_letter(void **state)
{
    (void)state;
    letter_composed();
    assert_string_equal(composed,
                        "From: \"Ann\" <ann@example.org>\r\nTo: bob@example.org\r\nMIME-Version: 1.0\r\n"
                        "Content-Type: text/plain; charset=utf-8\r\n\r\n");
    assert_string_equal(mail->reverse_path, "ann@example.org");
    assert_string_equal(mail->recipients->address, "bob@example.org");
    assert_null(mail->recipients->next);
    assert_null(mail->options);
}

static void every_field(void **state)
{
    static const struct postino_header headers[2] = {{"X-A", "a b", &headers[1], 0}, {"X-B", "c", NULL, 0}};
    static const uint8_t octets[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    struct postino_options options;

    (void)state;
    postino_options_init(&options);
    letter.from = "Ann <ann@example.org>; \"Doe, Jo\" <jo@example.org>";
    letter.sender = "desk@example.org";
    letter.reply_to = "Team: a@example.org, b@example.org;";
    letter.to = "bob@example.org, =?UTF-8?Q?J=C3=BCrgen?= <j@example.org>,";
    letter.cc = "Cid <c@example.org>, bob@example.org";
    letter.bcc = "secret@example.org, j@example.org";
    letter.subject = "W\xc3\xa4sser";
    letter.text = "High\n";
    letter.message_id = "1@example.org";
    letter.in_reply_to = "<0@example.org>";
    letter.references = "a@example.org <0@example.org>";
    letter.headers = headers;
    letter.date_s = 1;
    letter.zone_minutes = 60;
    letter.random = octets;
    letter.options = &options;
    letter_composed();
    has("From: \"Ann\" <ann@example.org>, \"Doe, Jo\" <jo@example.org>\r\n");
    has("Sender: desk@example.org\r\n");
    has("Reply-To: a@example.org, b@example.org\r\n");
    has("To: bob@example.org, =?UTF-8?Q?J=C3=BCrgen?= <j@example.org>\r\n");
    has("Cc: \"Cid\" <c@example.org>, bob@example.org\r\n");
    has("Subject: =?UTF-8?Q?W=C3=A4sser?=\r\n");
    has("Message-ID: <1@example.org>\r\n");
    has("In-Reply-To: <0@example.org>\r\n");
    has("References: <a@example.org> <0@example.org>\r\n");
    has("X-A: a b\r\nX-B: c\r\n");
    has("Date: Thu, 01 Jan 1970 01:00:01 +0100\r\n");
    has("\r\n\r\nHigh\r\n");
    lacks("secret");
    lacks("Bcc");
    lacks("multipart");
    lacks("X-Priority");
    assert_ptr_equal(mail->options, &options);
    assert_string_equal(mail->reverse_path, "desk@example.org");
}

/* The recipients are those of To, Cc and Bcc in this order, each once. */
static void the_envelope(void **state)
{
    static const char *const addresses[] = {"bob@example.org", "j@example.org", "c@example.org",
                                            "secret@example.org"};
    static const uint8_t kinds[] = {POSTINO_RECIPIENT_TO, POSTINO_RECIPIENT_TO, POSTINO_RECIPIENT_CC,
                                    POSTINO_RECIPIENT_BCC};
    const struct postino_recipient *recipient;
    unsigned i = 0;

    (void)state;
    letter.to = "bob@example.org, J <j@example.org>; bob@example.org";
    letter.cc = "c@example.org, j@example.org";
    letter.bcc = "c@example.org, secret@example.org, c@example.org";
    letter_composed();
    lacks("secret");
    for (recipient = mail->recipients; recipient != NULL; recipient = recipient->next) {
        assert_true(i < 4);
        assert_string_equal(recipient->address, addresses[i]);
        assert_int_equal(recipient->kind, kinds[i]);
        i++;
    }
    assert_int_equal(i, 4);
}

static void bcc_alone(void **state)
{
    (void)state;
    letter.to = "Nobody: ;";
    letter.bcc = "secret@example.org";
    letter.subject = "";
    letter_composed();
    has("To: undisclosed-recipients:;\r\n");
    lacks("secret");
    lacks("Subject");
    assert_string_equal(mail->recipients->address, "secret@example.org");
}

static void priorities(void **state)
{
    static const struct postino_header header = {"X-A", "a", NULL, 0};
    static const char *const fields[] = {NULL,
                                         "X-Priority: 1\r\nImportance: high\r\nPriority: urgent\r\n",
                                         "X-Priority: 1\r\nImportance: high\r\nPriority: urgent\r\n",
                                         "X-Priority: 3\r\nImportance: normal\r\nPriority: normal\r\n",
                                         "X-Priority: 5\r\nImportance: low\r\nPriority: non-urgent\r\n",
                                         "X-Priority: 5\r\nImportance: low\r\nPriority: non-urgent\r\n"};

    (void)state;
    letter.headers = &header;
    for (letter.priority = 1; letter.priority <= 5; letter.priority++) {
        letter_composed();
        has(fields[letter.priority]);
        has("X-A: a\r\n");
    }
}

/* The types of a message's parts, in their order, with "(" and ")" around the parts of a multipart. */
static const char *tree(const struct postino_part *part)
{
    static char text[300];

    text[0] = '\0';
    while (part != NULL) {
        strncat(text, part->type, strcspn(part->type, ";"));
        if (part->first != NULL) {
            strcat(text, "(");
            part = part->first;
            continue;
        }
        while (part->parent != NULL && part->next == NULL) {
            strcat(text, ")");
            part = part->parent;
        }
        part = part->next;
        if (part != NULL)
            strcat(text, " ");
    }
    return text;
}

/* No multipart is there without need. */
static void the_tree_has_the_parts_that_it_needs(void **state)
{
    static const struct postino_attachment attachments[3] = {
        {.data = "png", .length_octets = 3, .file_name = "logo.png", .content_id = "logo@example.org"},
        {.data = "pdf", .length_octets = 3, .file_name = "a.pdf"},
        {.data = "", .length_octets = 0},
    };
    static const struct {
        const char *text;
        const char *html;
        unsigned first;
        uint16_t count;
        const char *tree;
    } cases[] = {
        {NULL, NULL, 0, 0, "text/plain"},
        {"", "", 0, 0, "text/plain"},
        {"t", NULL, 0, 0, "text/plain"},
        {NULL, "h", 0, 0, "text/html"},
        {"", "h", 0, 0, "text/html"},
        {"t", "h", 0, 0, "multipart/alternative(text/plain text/html)"},
        {NULL, "h", 0, 1, "multipart/related(text/html image/png)"},
        {"t", "h", 0, 1, "multipart/alternative(text/plain multipart/related(text/html image/png))"},
        {"t", "h", 0, 3,
         "multipart/mixed(multipart/alternative(text/plain multipart/related(text/html image/png))"
         " application/pdf application/octet-stream)"},
        {"t", NULL, 0, 2, "multipart/mixed(text/plain image/png application/pdf)"},
        {"t", "", 0, 1, "multipart/mixed(text/plain image/png)"},
        {"t", NULL, 1, 1, "multipart/mixed(text/plain application/pdf)"},
        {"t", "h", 1, 1, "multipart/mixed(multipart/alternative(text/plain text/html) application/pdf)"},
        {NULL, "h", 1, 1, "multipart/mixed(text/html application/pdf)"},
        {NULL, NULL, 1, 1, "application/pdf"},
        {NULL, NULL, 0, 1, "image/png"},
        {NULL, NULL, 1, 2, "multipart/mixed(application/pdf application/octet-stream)"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        letter.text = cases[i].text;
        letter.html = cases[i].html;
        letter.attachments = &attachments[cases[i].first];
        letter.attachment_count = cases[i].count;
        letter_composed();
        assert_string_equal(tree(((struct postino_message *)mail->source)->body), cases[i].tree);
    }
}

struct pieces {
    unsigned left;
};

static int pieces_begin(void *context)
{
    ((struct pieces *)context)->left = 3;
    return 0;
}

static enum postino_source_status pieces_read(void *context, const uint8_t **data, size_t *length_octets)
{
    struct pieces *pieces = context;

    if (pieces->left == 0)
        return POSTINO_SOURCE_END;
    pieces->left--;
    *data = (const uint8_t *)"abc";
    *length_octets = 3;
    return POSTINO_SOURCE_DATA;
}

static void attachments_of_every_kind(void **state)
{
    struct pieces pieces;
    struct postino_callback_source callback;
    struct postino_attachment attachments[3];

    (void)state;
    memset(attachments, 0, sizeof attachments);
    postino_callback_source_init(&callback, pieces_begin, pieces_read, &pieces, 9, POSTINO_SOURCE_BINARY);
    attachments[0].source = &callback.source;
    attachments[0].file_name = "a.txt";
    attachments[0].type = "application/x-own";
    attachments[1].data = "zip";
    attachments[1].length_octets = 3;
    attachments[1].content_id = "";
    attachments[2].data = "gif";
    attachments[2].length_octets = 3;
    attachments[2].content_id = "<g@example.org>";
    attachments[2].file_name = "g.GIF";
    letter.html = "<img src=\"cid:g@example.org\">";
    letter.attachments = attachments;
    letter.attachment_count = 3;
    letter_composed();
    has("Content-Type: application/x-own\r\nContent-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment;\r\n filename=\"a.txt\"\r\n\r\nYWJjYWJjYWJj\r\n");
    has("Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        "Content-Disposition: attachment\r\n\r\nemlw\r\n");
    has("Content-Type: image/gif\r\nContent-Transfer-Encoding: base64\r\n"
        "Content-Disposition: inline;\r\n filename=\"g.GIF\"\r\nContent-ID: <g@example.org>\r\n\r\nZ2lm\r\n");
}

static void types_are_guessed(void **state)
{
    static const struct {
        const char *name;
        const char *type;
    } cases[] = {
        {"a.pdf", "application/pdf"},
        {"A.PDF", "application/pdf"},
        {"b.a.Png", "image/png"},
        {".jpg", "image/jpeg"},
        {"a.jpeg", "image/jpeg"},
        {"x.mp4", "video/mp4"},
        {"x.htm", "text/html"},
        {"x.html", "text/html"},
        {"x.ht", NULL},
        {"x.htmlx", NULL},
        {"x.", NULL},
        {"pdf", NULL},
        {"", NULL},
        {"a.pdf.", NULL},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *type = postino_letter_media_type(cases[i].name);

        if (cases[i].type == NULL)
            assert_null(type);
        else
            assert_string_equal(type, cases[i].type);
    }
}

static uint32_t port_now_s(void *context)
{
    return *(uint32_t *)context;
}

static int port_random(void *context, uint8_t *out, size_t octets)
{
    memset(out, 0xab, octets);
    return *(uint32_t *)context == 0 ? -1 : 0;
}

static void date_and_identifier_come_from_the_port(void **state)
{
    static const uint8_t octets[16];
    uint32_t now_s = 86400;
    struct postino_letter_port port;

    (void)state;
    memset(&port, 0, sizeof port);
    port.context = &now_s;
    letter.port = &port;
    letter_composed();
    lacks("Date");
    lacks("Message-ID");
    port.now_s = port_now_s;
    port.random = port_random;
    letter_composed();
    has("Date: Fri, 02 Jan 1970 00:00:00 +0000\r\n");
    has("Message-ID: <ABABABAB");
    has("@example.org>\r\n");
    letter.date_s = 1;
    letter.random = octets;
    letter_composed();
    has("Date: Thu, 01 Jan 1970 00:00:01 +0000\r\n");
    has("Message-ID: <00000000");
    letter.random = NULL;
    now_s = 0;
    letter_fails(POSTINO_ERROR_CRYPTO, NULL, 0, 0);
}

#define LINE(kind, text)                                         \
    {                                                            \
        kind, (const uint8_t *)(text), sizeof(text) - 1, 0, NULL \
    }

/* A mail as it goes to a server. The same letter is then prepared again in the same workspace. */
static void a_letter_is_sent_twice(void **state)
{
#define DIALOGUE                                                                                         \
    LINE(PEER_CLIENT, "MAIL FROM:<ann@example.org>\r\n"), LINE(PEER_SERVER, "250 ok\r\n"),               \
        LINE(PEER_CLIENT, "RCPT TO:<bob@example.org>\r\n"), LINE(PEER_SERVER, "250 ok\r\n"),             \
        LINE(PEER_CLIENT, "RCPT TO:<secret@example.org>\r\n"), LINE(PEER_SERVER, "250 ok\r\n"),          \
        LINE(PEER_CLIENT, "DATA\r\n"), LINE(PEER_SERVER, "354 go\r\n"),                                  \
        LINE(PEER_CLIENT, "From: \"Ann\" <ann@example.org>\r\nTo: bob@example.org\r\nSubject: Water\r\n" \
                          "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHigh\r\n" \
                          ".\r\n"),                                                                      \
        LINE(PEER_SERVER, "250 taken\r\n")
    static const struct peer_event dialogue[] = {LINE(PEER_SERVER, "220 mx.example.org\r\n"),
                                                 LINE(PEER_CLIENT, "EHLO client.example\r\n"),
                                                 LINE(PEER_SERVER, "250 mx.example.org\r\n"),
                                                 DIALOGUE,
                                                 DIALOGUE,
                                                 LINE(PEER_CLIENT, "QUIT\r\n"),
                                                 LINE(PEER_SERVER, "221 bye\r\n")};
    static const struct postino_client_config config = {.ehlo_name = "client.example",
                                                        .tls = &postino_tls_none};
    static struct fake_transport fake;
    static struct postino_client client;
    int i;

    (void)state;
    fake_transport_init(&fake, dialogue, sizeof dialogue / sizeof dialogue[0], 1000);
    assert_int_equal(postino_client_init(&client, &fake.transport, &config), 0);
    letter.bcc = "secret@example.org";
    letter.subject = "Water";
    letter.text = "High\n";
    for (i = 0; i < 2; i++) {
        assert_int_equal(postino_letter_prepare(&letter, workspace, sizeof workspace, &mail), 0);
        assert_int_equal(postino_client_send(&client, mail), 0);
        assert_int_equal(mail->result.outcome, POSTINO_OUTCOME_ACCEPTED);
    }
    postino_client_quit(&client);
    assert_string_equal(fake.breach, "");
    fake_transport_free(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_shortest_letter, letter_setup),
        cmocka_unit_test_setup(every_field, letter_setup),
        cmocka_unit_test_setup(the_envelope, letter_setup),
        cmocka_unit_test_setup(bcc_alone, letter_setup),
        cmocka_unit_test_setup(priorities, letter_setup),
        cmocka_unit_test_setup(the_tree_has_the_parts_that_it_needs, letter_setup),
        cmocka_unit_test_setup(attachments_of_every_kind, letter_setup),
        cmocka_unit_test_setup(types_are_guessed, letter_setup),
        cmocka_unit_test_setup(date_and_identifier_come_from_the_port, letter_setup),
        cmocka_unit_test_setup(a_letter_is_sent_twice, letter_setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
