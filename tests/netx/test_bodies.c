/* SPDX-License-Identifier: MIT */
/* Tests bodies from a callback: any size, in any pieces, and bodies that fail or change their size. */
#include "mail_fixture.h"

struct body {
    ULONG octets; /* in all */
    ULONG piece;  /* at most so many at a time */
    ULONG fails;  /* at this offset */
    ULONG next;   /* the offset that must come */
    UINT begun;   /* so often */
    UINT calls;
    NX_SMTP_MAIL *mail;
};

static CHAR body_octets[4096];
static struct body body;

static VOID body_make(ULONG octets, ULONG piece)
{
    UINT i;

    for (i = 0; i < sizeof body_octets; i++)
        body_octets[i] = "0123456789abcdefghijklmnopqrst\r\n"[i % 32];
    memset(&body, 0, sizeof body);
    body.octets = octets;
    body.piece = piece;
    body.fails = 0xFFFFFFFFUL;
}

/* Lines of 32 octets from offset 0 on. */
static UINT body_give(NX_SMTP_MAIL *mail_ptr, VOID *context, ULONG offset, CHAR **data_ptr, ULONG *length_ptr)
{
    struct body *self = context;

    assert_ptr_equal(mail_ptr, &mail);
    if (offset == 0) {
        self->begun++;
        self->next = 0;
    }
    assert_int_equal(offset, self->next);
    self->calls++;
    if (offset >= self->fails)
        return NX_NOT_SUCCESSFUL;
    *data_ptr = body_octets + offset % 2048;
    *length_ptr = self->octets - offset < self->piece ? self->octets - offset : self->piece;
    self->next += *length_ptr;
    return NX_SUCCESS;
}

static VOID body_sends(ULONG octets, ULONG piece, ULONG size)
{
    uint64_t hash = server_hash(SERVER_HASH_START, "To: " BED_TO REST "\r\n", sizeof "To: " BED_TO REST + 1);
    ULONG i;

    body_make(octets, piece);
    make("");
    add(0, BED_TO, NX_SMTP_RECIPIENT_TO);
    assert_int_equal(nx_smtp_mail_body_callback_set(&mail, body_give, &body, size), NX_SUCCESS);
    sends(NULL);
    for (i = 0; i < octets; i++)
        hash = server_hash(hash, body_octets + i % 2048, 1);
    if (octets != 0 && octets % 32 != 0)
        hash = server_hash(hash, "\r\n", 2);
    if (strstr(bed_server.received, "BDAT") == NULL)
        hash = server_hash(hash, ".\r\n", 3);
    assert_true(bed_server.message_hash == hash);
    assert_true(body.begun == 1 || octets == 0);
}

static VOID bodies_of_any_size(const char *ehlo)
{
    static const ULONG sizes[] = {0, 1, 30, 32, 33, 512, 1500, 2048, 100000};
    UINT i;

    bed_server.replies[SERVER_EHLO] = ehlo;
    for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        body_sends(sizes[i], 2048, NX_SMTP_BODY_SIZE_UNKNOWN);
        body_sends(sizes[i], 700, NX_SMTP_BODY_SIZE_UNKNOWN);
        if (sizes[i] % 32 == 0) {
            body_sends(sizes[i], 700, sizes[i]);
            body_sends(sizes[i], 1, sizes[i] < 3000 ? sizes[i] : NX_SMTP_BODY_SIZE_UNKNOWN);
        }
    }
}

BED_THREAD(bodies_from_a_callback)
{
    (VOID) input;
    bed_session_create();
    bodies_of_any_size(NULL);
    bodies_of_any_size(SERVER_PIPELINING);
    bodies_of_any_size(SERVER_BOTH);
    bodies_of_any_size("250-mx.example.com\r\n250-SIZE 1000000\r\n250 8BITMIME\r\n");
    assert_non_null(strstr(bed_server.received, " BODY=8BITMIME\r\n"));
    bed_session_delete();
}

/* The end of the message never leaves. */
static VOID body_fails(const char *ehlo, ULONG octets, ULONG fails, ULONG size)
{
    unsigned before = server_connections(&bed_server);
    unsigned accepted = bed_server.mails_accepted;

    bed_server.replies[SERVER_EHLO] = ehlo;
    body_make(octets, 700);
    body.fails = fails;
    make("");
    add(0, BED_TO, NX_SMTP_RECIPIENT_TO);
    assert_int_equal(nx_smtp_mail_body_callback_set(&mail, body_give, &body, size), NX_SUCCESS);
    bed_submit(&mail);
    bed_collect(&mail);
    bed_result(&mail, NX_SMTP_INTERNAL_ERROR, NX_SMTP_OUTCOME_TRANSIENT, 0);
    assert_true(server_await(&bed_server, before + 1));
    assert_int_equal(bed_server.mails_accepted, accepted);
    bed_settled();
}

BED_THREAD(bodies_that_fail)
{
    static const char *const ehlos[] = {NULL, SERVER_PIPELINING, SERVER_BOTH};
    UINT i;

    (VOID) input;
    bed_session_create();
    for (i = 0; i < 3; i++) {
        body_fails(ehlos[i], 5000, 2100, NX_SMTP_BODY_SIZE_UNKNOWN);
        body_fails(ehlos[i], 5120, 2100, 5120);
    }
    /* Longer and shorter than it was said to be. */
    body_fails(SERVER_BOTH, 5120, 0xFFFFFFFFUL, 5088);
    body_fails(SERVER_BOTH, 5120, 0xFFFFFFFFUL, 5152);
    server_usual(&bed_server);
    body_sends(3200, 700, NX_SMTP_BODY_SIZE_UNKNOWN);
    bed_session_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_CASE(bodies_from_a_callback),
        BED_CASE(bodies_that_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
