/* SPDX-License-Identifier: MIT */
#ifndef MAIL_FIXTURE_H
#define MAIL_FIXTURE_H

/* A mail that goes over a connection of its own, and its message as the server received it. */
#include "session_bed.h"

static NX_SMTP_MAIL mail;
static NX_SMTP_RECIPIENT recipients[12];

#define REST                                                                       \
    "\r\nFrom: " BED_FROM "\r\nSubject: " BED_SUBJECT                              \
    "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain;\r\n charset=\"utf-8\"\r\n" \
    "Content-Transfer-Encoding: 8bit\r\n"

static VOID make(CHAR *body)
{
    assert_int_equal(
        nx_smtp_mail_create(&mail, BED_SUBJECT, body, (UINT)strlen(body), NX_SMTP_MAIL_PRIORITY_NORMAL),
        NX_SUCCESS);
}

static VOID add(UINT i, CHAR *address, UINT kind)
{
    assert_int_equal(nx_smtp_mail_recipient_add(&mail, &recipients[i], address, kind), NX_SUCCESS);
}

/* Sends the mail over a connection of its own and looks at what the server has of it. */
static VOID sends(const char *message)
{
    unsigned before = server_connections(&bed_server);

    bed_mail_delivers(&mail);
    assert_int_equal(nx_smtp_client_disconnect(&bed_client, NX_WAIT_FOREVER), NX_SUCCESS);
    assert_true(server_await(&bed_server, before + 1));
    if (message != NULL)
        assert_string_equal(bed_message(), message);
    bed_settled();
}

#endif
