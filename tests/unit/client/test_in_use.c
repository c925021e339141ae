/* SPDX-License-Identifier: MIT */
/* Tests that an object in use is refused a second time. The error names the object, and the object stays
 * unchanged. */
#include "bench.h"

#include "fake_transport.h"
#include "postino/client.h"
#include "postino/dkim.h"
#include "postino/message.h"
#include "postino/raw_message.h"

#define OBJECTS 3

static struct postino_mail mails[OBJECTS];
static struct postino_recipient recipients[OBJECTS];
static struct postino_record records[OBJECTS];
static struct postino_options options[OBJECTS];
static struct postino_memory_source sources[OBJECTS];
static struct fake_transport fake;
static struct postino_client client;

/* Mail i goes to recipient i, with the source, record and options i. */
static int setup(void **state)
{
    static const char *const addresses[OBJECTS] = {"0@d", "1@d", "2@d"};
    size_t i;

    (void)state;
    memset(mails, 0, sizeof mails);
    memset(recipients, 0, sizeof recipients);
    memset(records, 0, sizeof records);
    for (i = 0; i < OBJECTS; i++) {
        postino_memory_source_init(&sources[i], "Hello\r\n", 7);
        postino_options_init(&options[i]);
        recipients[i].address = addresses[i];
        recipients[i].record = &records[i];
        mails[i].reverse_path = "a@b";
        mails[i].recipients = &recipients[i];
        mails[i].options = &options[i];
        mails[i].source = &sources[i].source;
    }
    return 0;
}

static void make_client(const struct peer_event *events, size_t count)
{
    static const struct postino_client_config config = {.ehlo_name = "c", .tls = &postino_tls_none};

    fake_transport_init(&fake, events, count, 0);
    assert_int_equal(postino_client_init(&client, &fake.transport, &config), 0);
}

/* Mail 0 is with the client. Mail 1 is refused with the error, says so, and nothing of mail 0 changes; once
 * that is given back mail 1 is taken. */
static void refuses_the_second(int error)
{
    struct postino_mail mail;
    struct postino_recipient recipient;

    make_client(NULL, 0);
    assert_int_equal(postino_client_submit(&client, &mails[0]), 0);
    mail = mails[0];
    recipient = recipients[0];
    recipients[1].outcome = POSTINO_OUTCOME_ACCEPTED; /* of an earlier use */
    assert_int_equal(postino_client_submit(&client, &mails[1]), error);
    assert_int_equal(mails[1].result.error, error);
    assert_int_equal(mails[1].result.outcome, POSTINO_OUTCOME_NOT_ATTEMPTED);
    if (mails[1].recipients == &recipients[1])
        assert_int_equal(recipients[1].outcome, POSTINO_OUTCOME_NOT_ATTEMPTED);
    assert_memory_equal(&mail, &mails[0], sizeof mail);
    assert_memory_equal(&recipient, &recipients[0], sizeof recipient);
    /* With another client too. */
    {
        struct bench bench;

        bench_prepare(&bench);
        bench_start(&bench);
        assert_int_equal(postino_session_submit(&bench.session, &mails[1]), error);
        assert_memory_equal(&mail, &mails[0], sizeof mail);
        assert_memory_equal(&recipient, &recipients[0], sizeof recipient);
    }
    /* There is no server. */
    assert_ptr_equal(postino_client_collect(&client), &mails[0]);
    assert_int_equal(mails[0].result.outcome, POSTINO_OUTCOME_NOT_ATTEMPTED);
    assert_null(postino_client_collect(&client));
    assert_int_equal(postino_client_submit(&client, &mails[1]), 0);
    assert_ptr_equal(postino_client_collect(&client), &mails[1]);
    assert_null(postino_client_collect(&client));
    fake_transport_free(&fake);
}

static void a_recipient_in_two_mails(void **state)
{
    (void)state;
    mails[1].recipients = &recipients[0];
    refuses_the_second(POSTINO_ERROR_RECIPIENT_IN_USE);
}

static void a_recipient_behind_others_in_two_mails(void **state)
{
    (void)state;
    recipients[1].next = &recipients[0];
    refuses_the_second(POSTINO_ERROR_RECIPIENT_IN_USE);
}

static void a_record_in_two_mails(void **state)
{
    (void)state;
    recipients[1].record = &records[0];
    refuses_the_second(POSTINO_ERROR_RECORD_IN_USE);
}

static void a_source_in_two_mails(void **state)
{
    (void)state;
    mails[1].source = &sources[0].source;
    refuses_the_second(POSTINO_ERROR_SOURCE_IN_USE);
}

static void options_in_two_mails(void **state)
{
    (void)state;
    mails[1].options = &options[0];
    refuses_the_second(POSTINO_ERROR_OPTIONS_IN_USE);
}

static void a_source_within_another(void **state)
{
    static struct postino_raw_message raw;
    static struct postino_dkim dkim;
    static const struct postino_dkim_crypto crypto;

    (void)state;
    postino_raw_message_init(&raw, &sources[0].source);
    postino_dkim_init(&dkim, &raw.source, &crypto, NULL, "d", "s");
    mails[1].source = &dkim.source;
    refuses_the_second(POSTINO_ERROR_SOURCE_IN_USE);
    mails[0].source = &dkim.source;
    mails[1].source = &sources[0].source;
    refuses_the_second(POSTINO_ERROR_SOURCE_IN_USE);
}

/* A message of a text and an attachment, of sources 0 and 2. */
static struct postino_part text, attachment, both;
static struct postino_message message;
static uint8_t buffer[POSTINO_MESSAGE_BUFFER_MIN];

static void compose(struct postino_message *made, struct postino_part *body)
{
    static const struct postino_mailbox from = {NULL, "a@b", NULL};

    postino_message_init(made, body, buffer, sizeof buffer);
    made->from = &from;
}

static void compose_both(void)
{
    postino_part_text_init(&text, &sources[0].source, "text/plain");
    postino_part_attachment_init(&attachment, &sources[2].source, NULL, "x");
    postino_part_multipart_init(&both, "multipart/mixed");
    assert_int_equal(postino_part_add(&both, &text), 0);
    assert_int_equal(postino_part_add(&both, &attachment), 0);
    compose(&message, &both);
}

static void a_source_in_a_part_and_a_mail(void **state)
{
    (void)state;
    compose_both();
    mails[0].source = &message.source;
    mails[1].source = &sources[2].source;
    refuses_the_second(POSTINO_ERROR_SOURCE_IN_USE);
    mails[0].source = &sources[2].source;
    mails[1].source = &message.source;
    refuses_the_second(POSTINO_ERROR_SOURCE_IN_USE);
    assert_int_equal(text.in_use | sources[0].source.in_use, 0);
}

static void a_source_in_two_parts(void **state)
{
    (void)state;
    compose_both();
    attachment.source = text.source;
    assert_int_equal(postino_message_check(&message, 0, NULL), POSTINO_ERROR_SOURCE_IN_USE);
    assert_int_equal(text.in_use | both.in_use | message.source.in_use | sources[0].source.in_use, 0);
    mails[1].source = &message.source;
    make_client(NULL, 0);
    assert_int_equal(postino_client_submit(&client, &mails[1]), POSTINO_ERROR_SOURCE_IN_USE);
    attachment.source = &sources[2].source;
    assert_int_equal(postino_client_submit(&client, &mails[1]), 0);
    assert_ptr_equal(postino_client_collect(&client), &mails[1]);
    fake_transport_free(&fake);
}

static void a_part_in_two_messages(void **state)
{
    static struct postino_message other;

    (void)state;
    compose_both();
    compose(&other, &both);
    mails[0].source = &message.source;
    mails[1].source = &other.source;
    refuses_the_second(POSTINO_ERROR_PART_IN_USE);
    /* One that stands in a multipart is no message's body. */
    compose(&other, &attachment);
    assert_int_equal(postino_message_check(&other, 0, NULL), POSTINO_ERROR_PART_IN_USE);
    assert_int_equal(postino_message_check(&message, 0, NULL), 0);
}

static void a_part_in_two_multiparts(void **state)
{
    struct postino_part other;

    (void)state;
    compose_both();
    postino_part_multipart_init(&other, "multipart/mixed");
    assert_int_equal(postino_part_add(&other, &text), POSTINO_ERROR_PART_IN_USE);
    /* Nor is one taken while the multipart is on its way. */
    mails[0].source = &message.source;
    make_client(NULL, 0);
    assert_int_equal(postino_client_submit(&client, &mails[0]), 0);
    assert_int_equal(postino_part_add(&both, &other), POSTINO_ERROR_PART_IN_USE);
    assert_int_equal(postino_part_add(&other, &both), POSTINO_ERROR_PART_IN_USE);
    assert_int_equal(postino_message_check(&message, 0, NULL), POSTINO_ERROR_SOURCE_IN_USE);
    assert_ptr_equal(postino_client_collect(&client), &mails[0]);
    assert_int_equal(postino_part_add(&other, &both), 0);
    fake_transport_free(&fake);
}

/* Twice in one list: beside another, and in a list that leads back into itself. */
static void a_recipient_twice_in_one_mail(void **state)
{
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    make_client(NULL, 0);
    recipients[0].next = &recipients[1];
    recipients[1].next = &recipients[2];
    recipients[2].next = &recipients[1];
    recipients[0].outcome = POSTINO_OUTCOME_ACCEPTED;
    assert_int_equal(postino_session_submit(&bench.session, &mails[0]), POSTINO_ERROR_RECIPIENT_IN_USE);
    assert_int_equal(postino_client_submit(&client, &mails[0]), POSTINO_ERROR_RECIPIENT_IN_USE);
    assert_int_equal(recipients[0].outcome, POSTINO_OUTCOME_NOT_ATTEMPTED);
    assert_int_equal(recipients[2].outcome, POSTINO_OUTCOME_NOT_ATTEMPTED);
    recipients[2].next = NULL;
    recipients[2].record = &records[0];
    assert_int_equal(postino_client_submit(&client, &mails[0]), POSTINO_ERROR_RECORD_IN_USE);
    recipients[2].record = &records[2];
    assert_int_equal(postino_client_submit(&client, &mails[0]), 0);
    assert_ptr_equal(postino_client_collect(&client), &mails[0]);
    fake_transport_free(&fake);
}

static void a_mail_twice(void **state)
{
    struct postino_mail mail;
    struct bench bench;

    (void)state;
    make_client(NULL, 0);
    bench_prepare(&bench);
    bench_start(&bench);
    assert_int_equal(postino_client_submit(&client, &mails[0]), 0);
    mail = mails[0];
    assert_int_equal(postino_client_submit(&client, &mails[0]), POSTINO_ERROR_MAIL_IN_USE);
    assert_int_equal(postino_client_send(&client, &mails[0]), POSTINO_ERROR_MAIL_IN_USE);
    assert_int_equal(postino_session_submit(&bench.session, &mails[0]), POSTINO_ERROR_MAIL_IN_USE);
    assert_memory_equal(&mail, &mails[0], sizeof mail);
    assert_int_equal(recipients[0].outcome, POSTINO_OUTCOME_PENDING);
    assert_ptr_equal(postino_client_collect(&client), &mails[0]);
    assert_null(postino_client_collect(&client));
    fake_transport_free(&fake);
}

/* A mail that the session refuses for any reason keeps no mark. */
static void a_refused_mail_is_free(void **state)
{
    struct bench bench;

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    make_client(NULL, 0);
    recipients[0].next = &recipients[1];
    recipients[1].address = "no address";
    assert_int_equal(postino_session_submit(&bench.session, &mails[0]), POSTINO_ERROR_FORWARD_PATH);
    assert_int_equal(postino_client_submit(&client, &mails[0]), POSTINO_ERROR_FORWARD_PATH);
    recipients[1].address = "1@d";
    assert_int_equal(postino_session_submit(&bench.session, &mails[0]), 0);
    assert_int_equal(postino_client_send(&client, &mails[0]), POSTINO_ERROR_MAIL_IN_USE);
    postino_session_lost(&bench.session, 0, 0);
    assert_ptr_equal(postino_session_finished(&bench.session), &mails[0]);
    assert_int_equal(postino_client_submit(&client, &mails[0]), 0);
    assert_ptr_equal(postino_client_collect(&client), &mails[0]);
    fake_transport_free(&fake);
}

/* Of two mails to the server of shared_recipient.c, 250 and 554, each keeps its own word. */
static void each_mail_keeps_its_own_error(void **state)
{
#define EVENT(kind, text)                                        \
    {                                                            \
        kind, (const uint8_t *)(text), sizeof(text) - 1, 0, NULL \
    }
    static const struct peer_event events[] = {
        EVENT(PEER_SERVER, "220 mx\r\n"), EVENT(PEER_CLIENT, "EHLO c\r\n"),
        EVENT(PEER_SERVER, "250 mx\r\n"), EVENT(PEER_CLIENT, "MAIL FROM:<a@b>\r\n"),
        EVENT(PEER_SERVER, "250 ok\r\n"), EVENT(PEER_CLIENT, "RCPT TO:<0@d>\r\n"),
        EVENT(PEER_SERVER, "250 ok\r\n"), EVENT(PEER_CLIENT, "DATA\r\n"),
        EVENT(PEER_SERVER, "354 go\r\n"), EVENT(PEER_CLIENT, "Hello\r\n.\r\n"),
        EVENT(PEER_SERVER, "250 ok\r\n"), EVENT(PEER_CLIENT, "MAIL FROM:<a@b>\r\n"),
        EVENT(PEER_SERVER, "250 ok\r\n"), EVENT(PEER_CLIENT, "RCPT TO:<0@d>\r\n"),
        EVENT(PEER_SERVER, "554 no\r\n"),
    };

    (void)state;
    make_client(events, sizeof events / sizeof events[0]);
    mails[1].recipients = &recipients[0];
    assert_int_equal(postino_client_submit(&client, &mails[0]), 0);
    assert_int_equal(postino_client_submit(&client, &mails[1]), POSTINO_ERROR_RECIPIENT_IN_USE);
    assert_ptr_equal(postino_client_collect(&client), &mails[0]);
    assert_int_equal(mails[0].result.outcome, POSTINO_OUTCOME_ACCEPTED);
    assert_int_equal(recipients[0].outcome, POSTINO_OUTCOME_ACCEPTED);
    assert_null(postino_client_collect(&client));
    assert_int_equal(postino_client_send(&client, &mails[1]), POSTINO_ERROR_REFUSED);
    assert_int_equal(recipients[0].outcome, POSTINO_OUTCOME_PERMANENT);
    assert_string_equal(fake.peer.departure, "");
    fake_transport_free(&fake);
}

static void a_service_twice(void **state)
{
    struct postino_service service = {0};
    struct bench bench, other;

    (void)state;
    bench_prepare(&bench);
    bench_start(&bench);
    bench_greet(&bench);
    bench_prepare(&other);
    bench_start(&other);
    bench_greet(&other);
    make_client(NULL, 0);
    assert_int_equal(postino_session_service(&bench.session, &service), 0);
    service.reply_code = 77;
    assert_int_equal(postino_session_service(&bench.session, &service), POSTINO_ERROR_SERVICE_IN_USE);
    assert_int_equal(postino_session_service(&other.session, &service), POSTINO_ERROR_SERVICE_IN_USE);
    assert_int_equal(postino_client_service(&client, &service), POSTINO_ERROR_SERVICE_IN_USE);
    assert_int_equal(service.reply_code, 77);
    assert_string_equal(bench_output(&bench), "NOOP\r\n");
    bench_input(&bench, "250 ok\r\n");
    assert_int_equal(service.reply_code, 250);
    /* One whose reply never came is free when the session is over. */
    assert_int_equal(postino_session_service(&bench.session, &service), 0);
    postino_session_lost(&bench.session, 0, 0);
    assert_int_equal(postino_session_service(&other.session, &service), 0);
    postino_session_lost(&other.session, 0, 0);
    fake_transport_free(&fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_recipient_in_two_mails, setup),
        cmocka_unit_test_setup(a_recipient_behind_others_in_two_mails, setup),
        cmocka_unit_test_setup(a_record_in_two_mails, setup),
        cmocka_unit_test_setup(a_source_in_two_mails, setup),
        cmocka_unit_test_setup(options_in_two_mails, setup),
        cmocka_unit_test_setup(a_source_within_another, setup),
        cmocka_unit_test_setup(a_source_in_a_part_and_a_mail, setup),
        cmocka_unit_test_setup(a_source_in_two_parts, setup),
        cmocka_unit_test_setup(a_part_in_two_messages, setup),
        cmocka_unit_test_setup(a_part_in_two_multiparts, setup),
        cmocka_unit_test_setup(a_recipient_twice_in_one_mail, setup),
        cmocka_unit_test_setup(a_mail_twice, setup),
        cmocka_unit_test_setup(a_refused_mail_is_free, setup),
        cmocka_unit_test_setup(each_mail_keeps_its_own_error, setup),
        cmocka_unit_test_setup(a_service_twice, setup),
    };

    return cmocka_run_group_tests_name("in_use", tests, NULL, NULL);
}
