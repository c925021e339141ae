/* SPDX-License-Identifier: MIT */
#include "session_bed.h"

NX_SMTP_SESSION bed_session;

VOID bed_session_create(VOID)
{
    bed_session_create_as("", "", NX_SMTP_CLIENT_AUTH_NONE);
}

VOID bed_session_create_as(CHAR *user, CHAR *password, UINT type)
{
    bed_create_as(&bed_client, user, password, type, bed_server.port);
    /* An application's memory holds anything. */
    memset(&bed_session, 0xA5, sizeof bed_session);
    assert_int_equal(nx_smtp_client_session_enable(&bed_client, &bed_session), NX_SUCCESS);
}

VOID bed_session_delete(VOID)
{
    assert_int_equal(nx_smtp_client_disconnect(&bed_client, NX_WAIT_FOREVER), NX_SUCCESS);
    bed_delete();
}

VOID bed_mail(NX_SMTP_MAIL *mail, NX_SMTP_RECIPIENT *recipient, CHAR *body)
{
    assert_int_equal(
        nx_smtp_mail_create(mail, BED_SUBJECT, body, (UINT)strlen(body), NX_SMTP_MAIL_PRIORITY_NORMAL),
        NX_SUCCESS);
    assert_int_equal(nx_smtp_mail_recipient_add(mail, recipient, BED_TO, NX_SMTP_RECIPIENT_TO), NX_SUCCESS);
}

VOID bed_submit(NX_SMTP_MAIL *mail)
{
    assert_int_equal(nx_smtp_client_mail_submit(&bed_client, mail), NX_SUCCESS);
}

VOID bed_collect(NX_SMTP_MAIL *mail)
{
    NX_SMTP_MAIL *collected = NX_NULL;

    assert_int_equal(nx_smtp_client_mail_collect(&bed_client, &collected, NX_WAIT_FOREVER), NX_SUCCESS);
    assert_ptr_equal(collected, mail);
}

VOID bed_collected(VOID)
{
    NX_SMTP_MAIL *collected = NX_NULL;

    assert_int_equal(nx_smtp_client_mail_collect(&bed_client, &collected, NX_WAIT_FOREVER),
                     NX_NO_MORE_ENTRIES);
    assert_null(collected);
}

VOID bed_result(NX_SMTP_MAIL *mail, UINT status, UINT outcome, UINT reply_code)
{
    NX_SMTP_RESULT result;

    assert_int_equal(nx_smtp_mail_result_get(mail, &result), NX_SUCCESS);
    assert_int_equal(result.nx_smtp_result_status, status);
    assert_int_equal(result.nx_smtp_result_outcome, outcome);
    assert_int_equal(result.nx_smtp_result_reply_code, reply_code);
}

VOID bed_recipient_result(NX_SMTP_RECIPIENT *recipient, UINT outcome, UINT reply_code)
{
    NX_SMTP_RESULT result;

    assert_int_equal(nx_smtp_recipient_result_get(recipient, &result), NX_SUCCESS);
    assert_int_equal(result.nx_smtp_result_outcome, outcome);
    assert_int_equal(result.nx_smtp_result_reply_code, reply_code);
}

VOID bed_mail_delivers(NX_SMTP_MAIL *mail)
{
    bed_submit(mail);
    bed_collect(mail);
    bed_result(mail, NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED, 250);
}

VOID bed_disconnects(unsigned connections)
{
    assert_int_equal(nx_smtp_client_disconnect(&bed_client, NX_WAIT_FOREVER), NX_SUCCESS);
    assert_true(server_await(&bed_server, connections));
    bed_settled();
}
