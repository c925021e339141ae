/* SPDX-License-Identifier: MIT */
/* Tests that every constant, status, default and type of the User Guide compiles with its value. */
#include "bed.h"

#define CONSTANTS_JOIN2(a, b) a##b
#define CONSTANTS_JOIN(a, b)  CONSTANTS_JOIN2(a, b)
#define STATIC_ASSERT(condition)                                                    \
    typedef char CONSTANTS_JOIN(static_assertion_, __LINE__)[(condition) ? 1 : -1]; \
    extern CONSTANTS_JOIN(static_assertion_, __LINE__) CONSTANTS_JOIN(static_object_, __LINE__)
#define IS(name, value) STATIC_ASSERT((name) == (value))

/* Preprocessor constants, usable in #if where no cast is in them. */
#if NX_SMTP_CLIENT_ID != 0x534D5450 || NX_SMTP_CLIENT_AUTH_NONE != 0xFFFF
#error "constants must be preprocessor constants"
#endif

IS(NX_SMTP_CLIENT_ID, 0x534D5450UL);
IS(NX_SMTP_CLIENT_AUTH_NONE, 0xFFFF);
IS(NX_SMTP_CLIENT_AUTH_LOGIN, 1);
IS(NX_SMTP_CLIENT_AUTH_CRAM_MD5, 2);
IS(NX_SMTP_CLIENT_AUTH_PLAIN, 3);
IS(NX_SMTP_MAIL_PRIORITY_LOW, 1);
IS(NX_SMTP_MAIL_PRIORITY_NORMAL, 2);
IS(NX_SMTP_MAIL_PRIORITY_HIGH, 4);
IS(NX_SMTP_RECIPIENT_TO, 1);
IS(NX_SMTP_RECIPIENT_CC, 2);
IS(NX_SMTP_RECIPIENT_BCC, 4);

IS(NX_SMTP_CODE_GREETING_OK, 220);
IS(NX_SMTP_CODE_ACKNOWLEDGE_QUIT, 221);
IS(NX_SMTP_CODE_AUTHENTICATION_SUCCESSFUL, 235);
IS(NX_SMTP_CODE_OK_TO_CONTINUE, 250);
IS(NX_SMTP_CODE_CANNOT_VERIFY_RECIPIENT, 252);
IS(NX_SMTP_CODE_AUTHENTICATION_TYPE_ACCEPTED, 334);
IS(NX_SMTP_CODE_SEND_MAIL_INPUT, 354);
IS(NX_SMTP_CODE_SERVICE_NOT_AVAILABLE, 421);
IS(NX_SMTP_CODE_SERVICE_INTERNAL_SERVER_ERROR, 451);
IS(NX_SMTP_CODE_INSUFFICIENT_STORAGE, 452);
IS(NX_SMTP_CODE_AUTH_FAILED_INTERNAL_SERVER_ERROR, 454);
IS(NX_SMTP_CODE_COMMAND_SYNTAX_ERROR, 500);
IS(NX_SMTP_CODE_PARAMETER_SYNTAX_ERROR, 501);
IS(NX_SMTP_CODE_COMMAND_NOT_IMPLEMENTED, 502);
IS(NX_SMTP_CODE_BAD_SEQUENCE, 503);
IS(NX_SMTP_CODE_PARAMETER_NOT_IMPLEMENTED, 504);
IS(NX_SMTP_CODE_AUTH_REQUIRED, 530);
IS(NX_SMTP_CODE_AUTH_FAILED, 535);
IS(NX_SMTP_CODE_REQUESTED_ACTION_NOT_TAKEN, 550);
IS(NX_SMTP_CODE_USER_NOT_LOCAL, 551);
IS(NX_SMTP_CODE_OVERSIZE_MAIL_DATA, 552);
IS(NX_SMTP_CODE_BAD_MAILBOX, 553);
IS(NX_SMTP_CODE_TRANSACTION_FAILED, 554);
IS(NX_SMTP_CODE_BAD_SERVER_CODE_RECEIVED, 555);

IS(NX_SMTP_AUTHENTICATION_ERROR, 0xA0);
IS(NX_SMTP_OVERSIZE_MAIL_DATA, 0xA1);
IS(NX_SMTP_INVALID_SERVER_REPLY, 0xA2);
IS(NX_SMTP_INTERNAL_ERROR, 0xA3);
IS(NX_SMTP_SERVER_ERROR_CODE_RECEIVED, 0xA4);
IS(NX_SMTP_INVALID_PARAM, 0xA5);
IS(NX_SMTP_PACKET_ALLOCATE_ERROR, 0xA6);
IS(NX_SMTP_GREET_REPLY_ERROR, 0xA7);
IS(NX_SMTP_HELLO_REPLY_ERROR, 0xA8);
IS(NX_SMTP_MAIL_REPLY_ERROR, 0xA9);
IS(NX_SMTP_RCPT_REPLY_ERROR, 0xAA);
IS(NX_SMTP_MESSAGE_REPLY_ERROR, 0xAB);
IS(NX_SMTP_DATA_REPLY_ERROR, 0xAC);
IS(NX_SMTP_AUTH_REPLY_ERROR, 0xAD);
IS(NX_SMTP_SERVER_ERROR_REPLY, 0xAE);
IS(NX_SMTP_TRANSMIT_ERROR, 0xAF);
IS(NX_SMTP_INVALID_SERVER_CHALLENGE, 0xB0);
IS(NX_SMTP_OVERSIZE_SERVER_REPLY, 0xB1);
IS(NX_SMTP_CLIENT_NOT_INTIALIZED, 0xB2);
IS(NX_SMTP_CLIENT_NOT_INITIALIZED, 0xB2);

IS(NX_SMTP_OUTCOME_NONE, 0);
IS(NX_SMTP_OUTCOME_ACCEPTED, 1);
IS(NX_SMTP_OUTCOME_UNKNOWN, 2);
IS(NX_SMTP_OUTCOME_TRANSIENT, 3);
IS(NX_SMTP_OUTCOME_PERMANENT, 4);
IS(NX_SMTP_OUTCOME_NOT_ATTEMPTED, 5);

/* The defaults of the User Guide, or larger ones. */
IS(NX_SMTP_CLIENT_TCP_WINDOW_SIZE, 1460);
IS(NX_SMTP_CLIENT_PACKET_TIMEOUT, 2 * NX_IP_PERIODIC_RATE);
IS(NX_SMTP_CLIENT_CONNECTION_TIMEOUT, 10 * NX_IP_PERIODIC_RATE);
IS(NX_SMTP_CLIENT_DISCONNECT_TIMEOUT, 5 * NX_IP_PERIODIC_RATE);
IS(NX_SMTP_GREETING_TIMEOUT, 10 * NX_IP_PERIODIC_RATE);
IS(NX_SMTP_ENVELOPE_TIMEOUT, 10 * NX_IP_PERIODIC_RATE);
IS(NX_SMTP_MESSAGE_TIMEOUT, 30 * NX_IP_PERIODIC_RATE);
IS(NX_SMTP_CLIENT_SEND_TIMEOUT, 5 * NX_IP_PERIODIC_RATE);
IS(NX_SMTP_SERVER_CHALLENGE_MAX_STRING, 200);
STATIC_ASSERT(NX_SMTP_CLIENT_MAX_USERNAME >= 40);
STATIC_ASSERT(NX_SMTP_CLIENT_MAX_PASSWORD >= 20);
IS(NX_IP_PERIODIC_RATE, 100);

/* Both spellings of the calls: through the names of the API, and what stands behind them. */
extern UINT _nxd_smtp_client_create(NX_SMTP_CLIENT *, NX_IP *, NX_PACKET_POOL *, CHAR *, CHAR *, CHAR *,
                                    CHAR *, UINT, NXD_ADDRESS *, UINT);
extern UINT _nx_smtp_client_delete(NX_SMTP_CLIENT *);
extern UINT _nx_smtp_mail_send(NX_SMTP_CLIENT *, CHAR *, UINT, CHAR *, CHAR *, UINT);
extern UINT _nx_smtp_client_outcome_get(NX_SMTP_CLIENT *, UINT *);
extern UINT _nx_smtp_client_headers_set(NX_SMTP_CLIENT *, NX_SMTP_HEADERS *, ULONG (*)(VOID),
                                        ULONG (*)(VOID));
extern UINT _nx_smtp_client_trace_set(NX_SMTP_CLIENT *, NX_SMTP_TRACE *, postino_trace_function, VOID *);

typedef UINT (*create_function)(NX_SMTP_CLIENT *, NX_IP *, NX_PACKET_POOL *, CHAR *, CHAR *, CHAR *, CHAR *,
                                UINT, NXD_ADDRESS *, UINT);
typedef UINT (*delete_function)(NX_SMTP_CLIENT *);
typedef UINT (*send_function)(NX_SMTP_CLIENT *, CHAR *, UINT, CHAR *, CHAR *, UINT);

static void symbols_link(void **state)
{
    const create_function creates[] = {nxd_smtp_client_create, _nxde_smtp_client_create,
                                       _nxd_smtp_client_create};
    const delete_function deletes[] = {nx_smtp_client_delete, _nxe_smtp_client_delete,
                                       _nx_smtp_client_delete};
    const send_function sends[] = {nx_smtp_mail_send, _nxe_smtp_mail_send, _nx_smtp_mail_send};

    (void)state;
    /* Macros, over the front end that checks errors. */
#if !defined(nxd_smtp_client_create) || !defined(nx_smtp_client_delete) || !defined(nx_smtp_mail_send)
#error "the names of the API must be macros"
#endif
    assert_true(creates[0] == creates[1] && creates[0] != creates[2]);
    assert_true(deletes[0] == deletes[1] && deletes[0] != deletes[2]);
    assert_true(sends[0] == sends[1] && sends[0] != sends[2]);
    assert_true(_nx_smtp_client_outcome_get != nx_smtp_client_outcome_get);
    assert_true(_nx_smtp_client_headers_set != nx_smtp_client_headers_set);
    assert_true(_nx_smtp_client_trace_set != nx_smtp_client_trace_set);
}

/* The core functions work by themselves. */
BED_THREAD(core_functions_send_a_mail)
{
    NXD_ADDRESS address = bed_address(IP_ADDRESS(127, 0, 0, 1));
    UINT outcome = 99;

    (VOID) input;
    assert_int_equal(_nxd_smtp_client_create(&bed_client, &bed_ip, &bed_pool, BED_USER, BED_PASSWORD,
                                             BED_FROM, BED_DOMAIN, NX_SMTP_CLIENT_AUTH_PLAIN, &address,
                                             bed_server.port),
                     NX_SUCCESS);
    assert_int_equal(_nx_smtp_mail_send(&bed_client, BED_TO, NX_SMTP_MAIL_PRIORITY_NORMAL, "s", "Hello", 5),
                     NX_SUCCESS);
    assert_int_equal(_nx_smtp_client_outcome_get(&bed_client, &outcome), NX_SUCCESS);
    assert_int_equal(outcome, NX_SMTP_OUTCOME_ACCEPTED);
    assert_int_equal(_nx_smtp_client_delete(&bed_client), NX_SUCCESS);
}

/* The reserved status and those that a reply decides have tests; no two share a value but the two spellings.
 */
static void types_are_complete(void **state)
{
    NX_SMTP_CLIENT client;
    NX_SMTP_HEADERS headers;
    NX_SMTP_TRACE trace;

    (void)state;
    memset(&client, 0, sizeof client);
    memset(&headers, 0, sizeof headers);
    memset(&trace, 0, sizeof trace);
    assert_int_equal(client.nx_smtp_client_id, 0);
    assert_int_equal(sizeof client.nx_smtp_client_username,
                     NX_SMTP_CLIENT_MAX_USERNAME + NX_SMTP_CLIENT_MAX_PASSWORD + 2);
    assert_int_equal(sizeof client.nx_smtp_client_domain, NX_SMTP_CLIENT_MAX_DOMAIN + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symbols_link),
        cmocka_unit_test(types_are_complete),
        BED_CASE(core_functions_send_a_mail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
