/* SPDX-License-Identifier: MIT */
/* Tests a caller that comes after every time limit, though the replies arrived in time: the replies still
 * count. For the build with short limits. */
#include "session_bed.h"

#define LATE_TICKS (NX_SMTP_MESSAGE_TIMEOUT + NX_SMTP_ENVELOPE_TIMEOUT)

static NX_SMTP_MAIL mails[2];
static NX_SMTP_RECIPIENT recipients[2];

/* Collects a mail without waiting, with a pause behind each look. */
static VOID collects_late(NX_SMTP_MAIL *mail)
{
    NX_SMTP_MAIL *collected = NX_NULL;
    UINT looks = 0;

    while (nx_smtp_client_mail_collect(&bed_client, &collected, NX_NO_WAIT) == NX_IN_PROGRESS) {
        assert_in_range(looks++, 0, 20);
        tx_thread_sleep(LATE_TICKS);
    }
    assert_ptr_equal(collected, mail);
    bed_result(mail, NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED, 250);
}

static VOID late(const char *ehlo)
{
    UINT i;

    bed_session_create();
    bed_server.replies[SERVER_EHLO] = ehlo;
    assert_int_equal(nx_smtp_client_connect(&bed_client, NX_WAIT_FOREVER), NX_SUCCESS);
    for (i = 0; i < 2; i++) {
        bed_mail(&mails[i], &recipients[i], "one");
        bed_submit(&mails[i]);
    }
    collects_late(&mails[0]);
    tx_thread_sleep(LATE_TICKS);
    collects_late(&mails[1]);
    bed_collected();
    bed_disconnects(1);
    bed_delete();
}

BED_THREAD(late_replies_in_lock_step)
{
    (VOID) input;
    late(NULL);
}

BED_THREAD(late_replies_in_groups)
{
    (VOID) input;
    late(SERVER_BOTH);
}

/* The same when what was not heard in time did not come in time either: nothing is made of it. */
BED_THREAD(replies_after_the_limit_are_not_awaited)
{
    NX_SMTP_MAIL *collected = NX_NULL;
    UINT looks = 0;

    (VOID) input;
    bed_session_create();
    bed_server.replies[SERVER_MESSAGE] = server_silence;
    bed_mail(&mails[0], &recipients[0], "one");
    bed_submit(&mails[0]);
    /* On a busy machine the dialogue gets no further than its first commands in one such time. */
    do {
        assert_in_range(looks++, 0, 20);
        assert_int_equal(nx_smtp_client_mail_collect(&bed_client, &collected, NX_SMTP_ENVELOPE_TIMEOUT / 2),
                         NX_IN_PROGRESS);
    } while (server_messages(&bed_server) == 0);
    tx_thread_sleep(LATE_TICKS);
    assert_int_equal(nx_smtp_client_mail_collect(&bed_client, &collected, NX_NO_WAIT), NX_SUCCESS);
    bed_result(&mails[0], NX_SMTP_MESSAGE_REPLY_ERROR, NX_SMTP_OUTCOME_UNKNOWN, 0);
    bed_session_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_CASE(late_replies_in_lock_step),
        BED_CASE(late_replies_in_groups),
        BED_CASE(replies_after_the_limit_are_not_awaited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
