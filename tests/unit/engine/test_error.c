/* SPDX-License-Identifier: MIT */
/* Tests the texts of errors. Invariant: every code of the header has a text of its own, by the rules of
 * judge_text(). tests/checks/error_cases.py finds the tests that make each error happen. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "postino/error.h"

/* Whether the text has the word, and not only as a part of another one. */
static int has_word(const char *text, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        if ((at == text || !isalpha((unsigned char)at[-1])) && !isalpha((unsigned char)at[length]))
            return 1;
    }
    return 0;
}

/* A part of a sentence that names its subject, short enough for a line of a log. */
static void judge_text(const char *text)
{
    static const char *const vague[] = {"what",    "who",       "whom",  "whoever", "somebody", "someone",
                                        "nobody",  "something", "those", "they",    "thing",    "the one",
                                        "invalid", "illegal",   "wrong", "please",  "oops",     "unknown"};
    size_t length = strlen(text);

    if (strcmp(text, "success") == 0)
        return;
    for (size_t i = 0; i < sizeof vague / sizeof vague[0]; i++) {
        if (has_word(text, vague[i]))
            fail_msg("\"%s\" says \"%s\"", text, vague[i]);
    }
    if (length < 20 || length > 100)
        fail_msg("\"%s\" has %u octets", text, (unsigned)length);
    if (strchr(".! ", text[length - 1]) != NULL || strstr(text, "  ") != NULL)
        fail_msg("\"%s\" ends as a sentence does, or has two blanks", text);
    for (size_t i = 0; i < length; i++)
        assert_in_range((unsigned char)text[i], ' ', '~');
    /* Lower case but for what is written so: "REQUIRETLS", "TLS". */
    if (isupper((unsigned char)text[0]) && !isupper((unsigned char)text[1]))
        fail_msg("\"%s\" begins in upper case", text);
}

/* Where the caller can do something the text says what. */
static void errors_that_can_be_mended_say_how(void **state)
{
    static const struct {
        int error;
        const char *advice;
    } cases[] = {
        {POSTINO_ERROR_OBJECT_SIZE, "compile both"},
        {POSTINO_ERROR_EHLO_NAME, "give a domain name"},
        {POSTINO_ERROR_REVERSE_PATH, "local-part@domain"},
        {POSTINO_ERROR_FORWARD_PATH, "local-part@domain"},
        {POSTINO_ERROR_MESSAGE_SIZE, "send a smaller one"},
        {POSTINO_ERROR_8BIT, "encode"},
        {POSTINO_ERROR_NOT_OFFERED, "see options.missing"},
        {POSTINO_ERROR_RECIPIENTS, "send it in parts"},
        {POSTINO_ERROR_MAIL_LIMIT, "make a new one"},
        {POSTINO_ERROR_UTF8_NOT_ASKED, "set utf8 in the mail's options"},
        {POSTINO_ERROR_REQUIRETLS, "needs TLS and a server certificate that was verified"},
        {POSTINO_ERROR_PREPARED, "prepare them (SASLprep), set prepared"},
        {POSTINO_ERROR_CAPACITY, "give a larger one"},
        {POSTINO_ERROR_RAW, "see its faults"},
        {POSTINO_ERROR_NO_RECIPIENT, "give at least one"},
        {POSTINO_ERROR_REFUSED, "see the reply's code and text"},
        {POSTINO_ERROR_REPLY_SYNTAX, "see its text, and check host and port"},
        {POSTINO_ERROR_SERVICE_CLOSING, "try again later"},
        {POSTINO_ERROR_ITERATIONS, "see iterations_min"},
        {POSTINO_ERROR_RESOLVE, "check both"},
        {POSTINO_ERROR_CONNECT, "check host, port and firewall"},
        {POSTINO_ERROR_BUFFER, "enlarge its pool"},
        {POSTINO_ERROR_PROXY_HOST, "give a domain name or an address"},
        {POSTINO_ERROR_PROXY_REFUSED, "see the proxy's text"},
        {POSTINO_ERROR_PROXY_AUTHENTICATION, "check the proxy's user name and password"},
        {POSTINO_ERROR_PROXY_UNREACHABLE, "check its name and port, or try again later"},
        {POSTINO_ERROR_PROXY_REPLY, "check the proxy's protocol and port"},
        {POSTINO_ERROR_TLS_UNAVAILABLE, "put a TLS transport around it, or choose postino_tls_none"},
        {POSTINO_ERROR_TLS_NOT_OFFERED, "check the port"},
        {POSTINO_ERROR_TLS_CONFIG, "see the transport's text"},
        {POSTINO_ERROR_TLS_NAME, "check the host name"},
        {POSTINO_ERROR_TLS_EXPIRED, "check the clock"},
        {POSTINO_ERROR_TLS_ISSUER, "check ca_file"},
        {POSTINO_ERROR_TLS_REFUSED, "client certificate"},
        {POSTINO_ERROR_TLS_PORT, "use implicit TLS, or port 587"},
        {POSTINO_ERROR_CONNECT_TIMEOUT, "check host, port and firewall"},
        {POSTINO_ERROR_GREETING_TIMEOUT, "port 465"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (strstr(postino_strerror(cases[i].error), cases[i].advice) == NULL)
            fail_msg("\"%s\" does not say \"%s\"", postino_strerror(cases[i].error), cases[i].advice);
    }
}

static void every_error_has_a_text_of_its_own(void **state)
{
    static const int errors[] = {
        POSTINO_OK,
        POSTINO_ERROR_ARGUMENT,
        POSTINO_ERROR_OBJECT_SIZE,
        POSTINO_ERROR_STATE,
        POSTINO_ERROR_EHLO_NAME,
        POSTINO_ERROR_REVERSE_PATH,
        POSTINO_ERROR_FORWARD_PATH,
        POSTINO_ERROR_SOURCE,
        POSTINO_ERROR_CREDENTIALS,
        POSTINO_ERROR_MESSAGE_SIZE,
        POSTINO_ERROR_ABORTED,
        POSTINO_ERROR_8BIT,
        POSTINO_ERROR_NOT_OFFERED,
        POSTINO_ERROR_RECIPIENTS,
        POSTINO_ERROR_OPTION,
        POSTINO_ERROR_MAIL_LIMIT,
        POSTINO_ERROR_UTF8_NOT_ASKED,
        POSTINO_ERROR_REQUIRETLS,
        POSTINO_ERROR_PREPARED,
        POSTINO_ERROR_CREDENTIALS_SIZE,
        POSTINO_ERROR_FIELD,
        POSTINO_ERROR_FIELD_UTF8,
        POSTINO_ERROR_FIELD_ADDRESS,
        POSTINO_ERROR_FIELD_IDENTIFIER,
        POSTINO_ERROR_FIELD_URL,
        POSTINO_ERROR_FIELD_TYPE,
        POSTINO_ERROR_FIELD_LONG,
        POSTINO_ERROR_FIELD_PROTOCOL,
        POSTINO_ERROR_FIELD_VALUE,
        POSTINO_ERROR_ATTACHMENT,
        POSTINO_ERROR_FILE,
        POSTINO_ERROR_FIELD_NAME,
        POSTINO_ERROR_FIELD_MISSING,
        POSTINO_ERROR_NESTING,
        POSTINO_ERROR_BOUNDARY,
        POSTINO_ERROR_UTF8_ADDRESS,
        POSTINO_ERROR_ADDRESS,
        POSTINO_ERROR_CAPACITY,
        POSTINO_ERROR_RAW,
        POSTINO_ERROR_FEATURE,
        POSTINO_ERROR_MAIL_IN_USE,
        POSTINO_ERROR_RECIPIENT_IN_USE,
        POSTINO_ERROR_SOURCE_IN_USE,
        POSTINO_ERROR_RECORD_IN_USE,
        POSTINO_ERROR_OPTIONS_IN_USE,
        POSTINO_ERROR_PART_IN_USE,
        POSTINO_ERROR_SERVICE_IN_USE,
        POSTINO_ERROR_NO_RECIPIENT,
        POSTINO_ERROR_CRYPTO,
        POSTINO_ERROR_PROXY_HOST,
        POSTINO_ERROR_PROXY_CREDENTIALS,
        POSTINO_ERROR_REFUSED,
        POSTINO_ERROR_REPLY_SYNTAX,
        POSTINO_ERROR_REPLY_UNEXPECTED,
        POSTINO_ERROR_REPLY_TOO_LONG,
        POSTINO_ERROR_CHALLENGE,
        POSTINO_ERROR_NO_MECHANISM,
        POSTINO_ERROR_SERVICE_CLOSING,
        POSTINO_ERROR_AUTH_SERVER,
        POSTINO_ERROR_REPLY_CODES,
        POSTINO_ERROR_CHALLENGE_SYNTAX,
        POSTINO_ERROR_ITERATIONS,
        POSTINO_ERROR_RESOLVE,
        POSTINO_ERROR_CONNECT,
        POSTINO_ERROR_SEND,
        POSTINO_ERROR_RECEIVE,
        POSTINO_ERROR_CLOSED,
        POSTINO_ERROR_BUFFER,
        POSTINO_ERROR_PROXY_REFUSED,
        POSTINO_ERROR_PROXY_AUTHENTICATION,
        POSTINO_ERROR_PROXY_UNREACHABLE,
        POSTINO_ERROR_PROXY_REPLY,
        POSTINO_ERROR_TLS_UNAVAILABLE,
        POSTINO_ERROR_TLS_NOT_OFFERED,
        POSTINO_ERROR_TLS_INJECTION,
        POSTINO_ERROR_TLS_CONFIG,
        POSTINO_ERROR_TLS_HANDSHAKE,
        POSTINO_ERROR_TLS_VERSION,
        POSTINO_ERROR_TLS_NAME,
        POSTINO_ERROR_TLS_EXPIRED,
        POSTINO_ERROR_TLS_ISSUER,
        POSTINO_ERROR_TLS_CERTIFICATE,
        POSTINO_ERROR_TLS_PIN,
        POSTINO_ERROR_TLS_REFUSED,
        POSTINO_ERROR_TLS_RECORD,
        POSTINO_ERROR_TLS_MEMORY,
        POSTINO_ERROR_TLS_PORT,
        POSTINO_ERROR_CONNECT_TIMEOUT,
        POSTINO_ERROR_TIMEOUT,
        POSTINO_ERROR_GREETING_TIMEOUT,
        POSTINO_ERROR_MAIL_TIMEOUT,
    };
    const size_t count = sizeof errors / sizeof errors[0];
    size_t texts = 0;

    (void)state;
    for (size_t i = 0; i < count; i++) {
        assert_string_not_equal(postino_strerror(errors[i]), postino_strerror(1));
        judge_text(postino_strerror(errors[i]));
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(postino_strerror(errors[i]), postino_strerror(errors[j]));
    }
    /* None was forgotten above. */
    for (int error = -999; error <= 0; error++)
        texts += strcmp(postino_strerror(error), postino_strerror(1)) != 0;
    assert_int_equal(texts, count);
    assert_string_equal(postino_strerror(INT32_MIN), "unknown error");
}

static void every_step_and_outcome_has_a_name(void **state)
{
    (void)state;
    for (unsigned step = POSTINO_STEP_GREETING; step <= POSTINO_STEP_STARTTLS; step++)
        assert_string_not_equal(postino_step_name(step), "unknown step");
    assert_string_equal(postino_step_name(POSTINO_STEP_RCPT), "RCPT TO");
    assert_string_equal(postino_step_name(POSTINO_STEP_STARTTLS + 1), "unknown step");
    assert_string_equal(postino_step_name(UINT32_MAX), "unknown step");
    for (unsigned outcome = POSTINO_OUTCOME_PENDING; outcome <= POSTINO_OUTCOME_NOT_ATTEMPTED; outcome++)
        assert_string_not_equal(postino_outcome_name(outcome), "unknown outcome");
    assert_string_equal(postino_outcome_name(POSTINO_OUTCOME_UNKNOWN), "unknown");
    assert_string_equal(postino_outcome_name(POSTINO_OUTCOME_NOT_ATTEMPTED + 1), "unknown outcome");
}

static void enhanced_codes_are_read(void **state)
{
    static const struct {
        const char *text;
        struct postino_enhanced_code code;
    } cases[] = {
        {"2.0.0 Ok: queued", {2, 0, 0}},
        {"4.7.28\tslow down", {4, 7, 28}},
        {"5.1.1", {5, 1, 1}},
        {"5.999.100\nsecond line", {5, 999, 100}},
        {"", {0, 0, 0}},
        {"5", {0, 0, 0}},
        {"5.1", {0, 0, 0}},
        {"5.1.", {0, 0, 0}},
        {"5..1 ", {0, 0, 0}},
        {"3.1.1 no such class", {0, 0, 0}},
        {"5,1,1 commas", {0, 0, 0}},
        {"5.1.1.1 is an address", {0, 0, 0}},
        {"5.1.1: colon", {0, 0, 0}},
        {"5.1000.1 four digits", {0, 0, 0}},
        {"5.1.1000 four digits", {0, 0, 0}},
        {"5.-1.1 sign", {0, 0, 0}},
        {" 5.1.1 blank", {0, 0, 0}},
        {"55.1.1 two digits", {0, 0, 0}},
        {"hello", {0, 0, 0}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct postino_enhanced_code code = postino_enhanced_code_read(cases[i].text, strlen(cases[i].text));
        assert_int_equal(code.status_class, cases[i].code.status_class);
        assert_int_equal(code.subject, cases[i].code.subject);
        assert_int_equal(code.detail, cases[i].code.detail);
    }
}

/* The text is as long as it is said to be, terminated or not. */
static void enhanced_code_ends_with_the_text(void **state)
{
    static const char text[] = {'5', '.', '7', '.', '8', '9'};
    char copy[sizeof text];

    (void)state;
    for (size_t length = 0; length <= sizeof text; length++) {
        struct postino_enhanced_code code;

        memcpy(copy + sizeof copy - length, text, length);
        code = postino_enhanced_code_read(copy + sizeof copy - length, length);
        assert_int_equal(code.status_class, length < 5 ? 0 : 5);
        assert_int_equal(code.detail, length < 5 ? 0 : length == 5 ? 8 : 89);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_a_text_of_its_own),
        cmocka_unit_test(errors_that_can_be_mended_say_how),
        cmocka_unit_test(every_step_and_outcome_has_a_name),
        cmocka_unit_test(enhanced_codes_are_read),
        cmocka_unit_test(enhanced_code_ends_with_the_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
