/* SPDX-License-Identifier: MIT */
/* Tests authentication as the User Guide describes it and as today's servers offer it. */
#include "session_bed.h"

#define EHLO       "EHLO " BED_DOMAIN "\r\n"
#define PLAIN_SAID "AUTH PLAIN " BED_PLAIN "\r\n"
#define LOGIN_SAID "AUTH LOGIN\r\n" BED_LOGIN_USER "\r\n" BED_LOGIN_PASS "\r\n"
#define MAIL       "MAIL FROM:<" BED_FROM ">\r\n"

#define NO_AUTH    "250-mx\r\n250 8BITMIME\r\n"
#define ONLY_PLAIN "250-mx\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n"
#define ONLY_LOGIN "250-mx\r\n250 AUTH LOGIN\r\n"
#define BOTH       "250-mx\r\n250 AUTH PLAIN LOGIN\r\n"
#define UNKNOWN    "250-mx\r\n250 AUTH CRAM-MD5 DIGEST-MD5 PLAIN-CLIENTTOKEN XOAUTH2\r\n"

static VOID check(UINT type, CHAR *user, CHAR *password, const char *ehlo_reply, const char *expected)
{
    bed_create_as(&bed_client, user, password, type, bed_server.port);
    bed_server.replies[SERVER_EHLO] = ehlo_reply;
    bed_delivers();
    if (strncmp(bed_server.received, expected, strlen(expected)) != 0)
        assert_string_equal(bed_server.received, expected);
    bed_delete();
}

BED_THREAD(none_without_credentials_says_nothing)
{
    (VOID) input;
    check(NX_SMTP_CLIENT_AUTH_NONE, "", "", NO_AUTH, EHLO MAIL);
    check(NX_SMTP_CLIENT_AUTH_NONE, "", "", BOTH, EHLO MAIL);
    check(NX_SMTP_CLIENT_AUTH_NONE, "", BED_PASSWORD, BOTH, EHLO MAIL);
}

#ifdef NX_SMTP_CLIENT_AUTH_NONE_STRICT
BED_THREAD(none_with_credentials_says_nothing)
{
    (VOID) input;
    check(NX_SMTP_CLIENT_AUTH_NONE, BED_USER, BED_PASSWORD, NO_AUTH, EHLO MAIL);
    check(NX_SMTP_CLIENT_AUTH_NONE, BED_USER, BED_PASSWORD, BOTH, EHLO MAIL);
    check(NX_SMTP_CLIENT_AUTH_NONE, BED_USER, BED_PASSWORD, ONLY_PLAIN, EHLO MAIL);
}
#else
BED_THREAD(none_with_credentials_takes_what_is_offered)
{
    (VOID) input;
    check(NX_SMTP_CLIENT_AUTH_NONE, BED_USER, BED_PASSWORD, NO_AUTH, EHLO MAIL);
    check(NX_SMTP_CLIENT_AUTH_NONE, BED_USER, BED_PASSWORD, BOTH, EHLO PLAIN_SAID MAIL);
    check(NX_SMTP_CLIENT_AUTH_NONE, BED_USER, BED_PASSWORD, ONLY_PLAIN, EHLO PLAIN_SAID MAIL);
    check(NX_SMTP_CLIENT_AUTH_NONE, BED_USER, BED_PASSWORD, ONLY_LOGIN, EHLO LOGIN_SAID MAIL);
}
#endif

BED_THREAD(configured_mechanism_is_used)
{
    (VOID) input;
    check(NX_SMTP_CLIENT_AUTH_PLAIN, BED_USER, BED_PASSWORD, BOTH, EHLO PLAIN_SAID MAIL);
    check(NX_SMTP_CLIENT_AUTH_LOGIN, BED_USER, BED_PASSWORD, BOTH, EHLO LOGIN_SAID MAIL);
    check(NX_SMTP_CLIENT_AUTH_PLAIN, BED_USER, BED_PASSWORD, "250-mx\r\n250 auth=login plain\r\n",
          EHLO PLAIN_SAID MAIL);
}

BED_THREAD(unknown_types_are_plain)
{
    static const UINT types[] = {0, 4, 5, 0xFFFE, 0x10000, 0xFFFFFFFFu};
    UINT i;

    (VOID) input;
    for (i = 0; i < sizeof types / sizeof types[0]; i++)
        check(types[i], BED_USER, BED_PASSWORD, BOTH, EHLO PLAIN_SAID MAIL);
}

BED_THREAD(other_mechanism_where_only_that_is_offered)
{
    (VOID) input;
    check(NX_SMTP_CLIENT_AUTH_PLAIN, BED_USER, BED_PASSWORD, ONLY_LOGIN, EHLO LOGIN_SAID MAIL);
    check(NX_SMTP_CLIENT_AUTH_LOGIN, BED_USER, BED_PASSWORD, ONLY_PLAIN, EHLO PLAIN_SAID MAIL);
}

BED_THREAD(plain_is_tried_where_none_is_offered)
{
    (VOID) input;
    check(NX_SMTP_CLIENT_AUTH_PLAIN, BED_USER, BED_PASSWORD, NO_AUTH, EHLO PLAIN_SAID MAIL);
    check(NX_SMTP_CLIENT_AUTH_LOGIN, BED_USER, BED_PASSWORD, NO_AUTH, EHLO PLAIN_SAID MAIL);
    check(NX_SMTP_CLIENT_AUTH_PLAIN, BED_USER, BED_PASSWORD, UNKNOWN, EHLO PLAIN_SAID MAIL);
    check(NX_SMTP_CLIENT_AUTH_LOGIN, BED_USER, BED_PASSWORD, UNKNOWN, EHLO PLAIN_SAID MAIL);
}

BED_THREAD(display_names_are_user_names)
{
    (VOID) input;
    check(NX_SMTP_CLIENT_AUTH_PLAIN, "Alice Doe", "p w", BOTH,
          EHLO "AUTH PLAIN AEFsaWNlIERvZQBwIHc=\r\n" MAIL);
    check(NX_SMTP_CLIENT_AUTH_PLAIN, "a", "", BOTH, EHLO "AUTH PLAIN AGEA\r\n" MAIL);
}

/* An initial response that is answered by an empty 334 is given again. */
BED_THREAD(initial_response_again_after_334)
{
    static const char *const replies[] = {"334 \r\n", "334\r\n", "334-\r\n334 \r\n", "334 go on\r\n"};
    UINT i;

    (VOID) input;
    for (i = 0; i < sizeof replies / sizeof replies[0]; i++) {
        bed_server.replies[SERVER_AUTH] = replies[i];
        check(NX_SMTP_CLIENT_AUTH_PLAIN, BED_USER, BED_PASSWORD, BOTH, EHLO PLAIN_SAID BED_PLAIN "\r\n" MAIL);
    }
}

BED_THREAD(login_whatever_the_challenges_say)
{
    (VOID) input;
    bed_server.replies[SERVER_AUTH] = "334 \r\n";
    bed_server.replies[SERVER_ANSWER] = "334 dXNlcm5hbWU6\r\n";
    check(NX_SMTP_CLIENT_AUTH_LOGIN, BED_USER, BED_PASSWORD, ONLY_LOGIN, EHLO LOGIN_SAID MAIL);
}

/* Nothing is sent where the mechanism or the user name is missing. */
BED_THREAD(auth_without_mechanism_or_user_is_refused)
{
    static const UINT types[] = {NX_SMTP_CLIENT_AUTH_PLAIN, NX_SMTP_CLIENT_AUTH_LOGIN,
                                 NX_SMTP_CLIENT_AUTH_CRAM_MD5, 7};
    UINT i;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_CRAM_MD5);
    assert_int_equal(bed_send("Hello"), NX_SMTP_AUTHENTICATION_ERROR);
    assert_int_equal(bed_outcome(), NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    bed_delete();
    for (i = 0; i < sizeof types / sizeof types[0]; i++) {
        bed_create_as(&bed_client, "", BED_PASSWORD, types[i], bed_server.port);
        assert_int_equal(bed_send("Hello"), NX_SMTP_AUTHENTICATION_ERROR);
        assert_int_equal(bed_outcome(), NX_SMTP_OUTCOME_NOT_ATTEMPTED);
        bed_delete();
    }
    assert_int_equal(server_connections(&bed_server), 0);
    assert_int_equal(netx_host_count_get(NETX_HOST_BIND), 0);
}

/* CRAM-MD5 with hashes of the caller's: these make a digest that is easy to see. */
static int crypto_hmac(void *context, unsigned hash, const struct postino_span *key,
                       const struct postino_span *spans, size_t count, uint8_t *out)
{
    assert_ptr_equal(context, &bed_client);
    assert_int_equal(hash, POSTINO_HASH_MD5);
    assert_int_equal(key->length_octets, strlen(BED_PASSWORD));
    assert_int_equal(count, 1);
    memset(out, 0xAB, 16);
    out[0] = *(const uint8_t *)spans[0].data;
    return 0;
}

BED_THREAD(cram_md5_with_a_crypto_table)
{
    static const struct postino_sasl_crypto table = {.hashes = 1 << POSTINO_HASH_MD5, .hmac = crypto_hmac};
    static NX_SMTP_CRYPTO crypto;
    static const struct postino_sasl_state wiped;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_CRAM_MD5);
    assert_int_equal(nx_smtp_client_crypto_set(&bed_client, &crypto, &table, &bed_client), NX_SUCCESS);
    bed_server.replies[SERVER_EHLO] = UNKNOWN;
    bed_server.replies[SERVER_AUTH] = "334 PDE+\r\n"; /* <1> */
    bed_server.replies[SERVER_ANSWER] = "235 ok\r\n";
    bed_delivers();
    assert_non_null(strstr(bed_server.received, "AUTH CRAM-MD5\r\n"));
    bed_server.replies[SERVER_AUTH] = "334 <1>\r\n"; /* no base64 */
    bed_server.replies[SERVER_ANSWER] = "501 cancelled\r\n";
    bed_fails(NX_SMTP_INVALID_SERVER_CHALLENGE, NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    assert_memory_equal(&crypto.nx_smtp_crypto_mechanism.nx_smtp_mechanism_state, &wiped, sizeof wiped);
    bed_delete();
    /* Nothing weaker in its place. */
    bed_create(NX_SMTP_CLIENT_AUTH_SCRAM_SHA_256);
    assert_int_equal(nx_smtp_client_crypto_set(&bed_client, &crypto, &table, &bed_client), NX_SUCCESS);
    bed_server.replies[SERVER_EHLO] = BOTH;
    assert_int_not_equal(bed_send("Hello"), NX_SUCCESS);
    bed_delete();
}

static VOID check_refused(UINT type, enum server_step step, const char *reply, UINT status)
{
    bed_create(type);
    bed_server.replies[step] = reply;
    bed_fails(status, NX_SMTP_OUTCOME_NOT_ATTEMPTED);
    assert_null(strstr(bed_server.received, "MAIL"));
    assert_true(strstr(bed_server.received, "QUIT\r\n") != NULL ||
                status == NX_SMTP_SERVER_ERROR_CODE_RECEIVED);
    /* One mechanism and no other: accounts get locked. */
    assert_null(strstr(strstr(bed_server.received, "AUTH") + 1, "AUTH"));
    bed_recovers();
    bed_delete();
}

BED_THREAD(refusals)
{
    (VOID) input;
    check_refused(NX_SMTP_CLIENT_AUTH_PLAIN, SERVER_AUTH, "535 wrong\r\n", NX_SMTP_AUTH_REPLY_ERROR);
    check_refused(NX_SMTP_CLIENT_AUTH_PLAIN, SERVER_AUTH, "504 unknown\r\n", NX_SMTP_AUTH_REPLY_ERROR);
    check_refused(NX_SMTP_CLIENT_AUTH_PLAIN, SERVER_AUTH, "530 TLS\r\n", NX_SMTP_AUTH_REPLY_ERROR);
    check_refused(NX_SMTP_CLIENT_AUTH_LOGIN, SERVER_AUTH, "500 unknown\r\n", NX_SMTP_AUTH_REPLY_ERROR);
    check_refused(NX_SMTP_CLIENT_AUTH_LOGIN, SERVER_ANSWER, "535 who\r\n", NX_SMTP_AUTH_REPLY_ERROR);
    check_refused(NX_SMTP_CLIENT_AUTH_LOGIN, SERVER_SECOND, "535 wrong\r\n", NX_SMTP_AUTH_REPLY_ERROR);
    check_refused(NX_SMTP_CLIENT_AUTH_LOGIN, SERVER_SECOND, "421 bye\r\n",
                  NX_SMTP_SERVER_ERROR_CODE_RECEIVED);
}

/* One challenge too many is cancelled. */
BED_THREAD(challenges_without_end)
{
    (VOID) input;
    bed_server.replies[SERVER_AUTH] = "334 \r\n";
    bed_server.replies[SERVER_ANSWER] = "334 \r\n";
    check_refused(NX_SMTP_CLIENT_AUTH_PLAIN, SERVER_SECOND, "334 \r\n", NX_SMTP_INVALID_SERVER_CHALLENGE);
    bed_server.replies[SERVER_ANSWER] = NULL;
    check_refused(NX_SMTP_CLIENT_AUTH_LOGIN, SERVER_SECOND, "334 \r\n", NX_SMTP_INVALID_SERVER_CHALLENGE);
    assert_non_null(strstr(bed_server.received, "MAIL"));
}

static const char *challenge_of(UINT octets)
{
    static char reply[NX_SMTP_SERVER_CHALLENGE_MAX_STRING + 20];

    memset(reply, 'A', sizeof reply);
    memcpy(reply, "334 ", 4);
    memcpy(reply + 4 + octets, "\r\n", 3);
    return reply;
}

BED_THREAD(challenges_have_a_limit)
{
    (VOID) input;
    bed_server.replies[SERVER_AUTH] = challenge_of(NX_SMTP_SERVER_CHALLENGE_MAX_STRING);
    check(NX_SMTP_CLIENT_AUTH_LOGIN, BED_USER, BED_PASSWORD, ONLY_LOGIN, EHLO LOGIN_SAID MAIL);
    check_refused(NX_SMTP_CLIENT_AUTH_LOGIN, SERVER_AUTH,
                  challenge_of(NX_SMTP_SERVER_CHALLENGE_MAX_STRING + 1), NX_SMTP_INVALID_SERVER_CHALLENGE);
    check_refused(NX_SMTP_CLIENT_AUTH_PLAIN, SERVER_AUTH,
                  challenge_of(NX_SMTP_SERVER_CHALLENGE_MAX_STRING + 1), NX_SMTP_INVALID_SERVER_CHALLENGE);
}

/* The services for many mails authenticate as the three calls do, with octets above 127 too. */
BED_THREAD(sessions_authenticate)
{
    static NX_SMTP_MAIL mail;
    static NX_SMTP_RECIPIENT recipient;

    (VOID) input;
    bed_server.replies[SERVER_EHLO] = ONLY_LOGIN;
    bed_server.replies[SERVER_SECOND] = "535 wrong\r\n";
    bed_session_create_as("m\xC3\xBCller", "gr\xC3\xBC\xC3\x9F", NX_SMTP_CLIENT_AUTH_LOGIN);
    bed_mail(&mail, &recipient, "one");
    bed_submit(&mail);
    bed_collect(&mail);
    bed_result(&mail, NX_SMTP_AUTH_REPLY_ERROR, NX_SMTP_OUTCOME_NOT_ATTEMPTED, 535);
    bed_server.replies[SERVER_SECOND] = NULL;
    bed_mail_delivers(&mail);
    assert_non_null(strstr(bed_server.received, "AUTH LOGIN\r\nbcO8bGxlcg==\r\nZ3LDvMOf\r\n"));
    bed_session_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BED_CASE(none_without_credentials_says_nothing),
#ifdef NX_SMTP_CLIENT_AUTH_NONE_STRICT
        BED_CASE(none_with_credentials_says_nothing),
#else
        BED_CASE(none_with_credentials_takes_what_is_offered),
#endif
        BED_CASE(configured_mechanism_is_used),
        BED_CASE(unknown_types_are_plain),
        BED_CASE(other_mechanism_where_only_that_is_offered),
        BED_CASE(plain_is_tried_where_none_is_offered),
        BED_CASE(display_names_are_user_names),
        BED_CASE(initial_response_again_after_334),
        BED_CASE(login_whatever_the_challenges_say),
        BED_CASE(cram_md5_with_a_crypto_table),
        BED_CASE(auth_without_mechanism_or_user_is_refused),
        BED_CASE(refusals),
        BED_CASE(challenges_without_end),
        BED_CASE(challenges_have_a_limit),
        BED_CASE(sessions_authenticate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
