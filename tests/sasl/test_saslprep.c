/* SPDX-License-Identifier: MIT */
/* SASLprep before a client: RFC 4013 section 3, what fails and where, the buffer's bounds, and that it is
 * wiped. */
#define _DEFAULT_SOURCE
#include "bench.h"
#include "guard.h"
#include "postino/saslprep_idn.h"

#define BUFFER_OCTETS 64

static struct guard guard;

/* Prepares one string alone, in a buffer that ends where memory ends. */
static int prepare(const char *text, int is_password, size_t capacity, const char **out,
                   struct postino_saslprep_report *report)
{
    struct postino_credentials credentials = {0};
    char *buffer = (char *)guard_end(&guard, capacity);
    int error;

    memset(guard.pages, 0x5A, guard.length_octets);
    *(is_password ? &credentials.password : &credentials.user) = text;
    error = postino_saslprep_idn_credentials(&credentials, buffer, capacity, report);
    *out = is_password ? credentials.password : credentials.user;
    assert_int_equal(credentials.prepared, error == 0);
    /* Not an octet in front of it either. */
    assert_int_equal(buffer[-1], 0x5A);
    if (error != 0) {
        assert_ptr_equal(*out, text);
        for (; capacity > 0; capacity--)
            assert_int_equal(buffer[capacity - 1], 0);
    }
    return error;
}

static void strings_are_prepared(void **state)
{
    static const char *const cases[][2] = {
        /* RFC 4013 section 3, 1 to 5 */
        {"I\302\255X", "IX"},
        {"user", "user"},
        {"USER", "USER"},
        {"\302\252", "a"},
        {"\342\205\250", "IX"},
        /* a space of another kind; one that is composed; Hangul; a ligature; both directions in order */
        {"a\302\240b", "a b"},
        {"e\314\201", "\303\251"},
        {"\341\204\200\341\205\241", "\352\260\200"},
        {"\357\254\201", "fi"},
        {"\330\247\061\330\250", "\330\247\061\330\250"},
        {"\357\267\272",
         "\330\265\331\204\331\211 \330\247\331\204\331\204\331\207 \330\271\331\204\331\212\331\207 "
         "\331\210\330\263\331\204\331\205"},
        {"", ""},
        {" !\"#$%&'()*+,-./0123456789:;<=>?@", " !\"#$%&'()*+,-./0123456789:;<=>?@"},
        {"[\\]^_`{|}~", "[\\]^_`{|}~"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t before = strlen(cases[i][0]) + 1;
        size_t after = strlen(cases[i][1]) + 1;
        size_t needed = before > after ? before : after;
        struct postino_saslprep_report report;
        const char *out;
        int is_password;

        for (is_password = 0; is_password < 2; is_password++) {
            assert_int_equal(prepare(cases[i][0], is_password, BUFFER_OCTETS, &out, &report), 0);
            assert_string_equal(out, cases[i][1]);
            assert_null(report.string);
            assert_string_equal(report.text, "");
            assert_int_equal(prepare(cases[i][0], is_password, needed, &out, NULL), 0);
            assert_string_equal(out, cases[i][1]);
            assert_int_equal(prepare(cases[i][0], is_password, needed - 1, &out, &report),
                             POSTINO_ERROR_CAPACITY);
            assert_int_equal(report.fault, POSTINO_SASLPREP_CAPACITY);
            assert_string_equal(report.text, is_password ? "the password has no room in the buffer"
                                                         : "the user has no room in the buffer");
        }
    }
}

static void faults_are_told(void **state)
{
    static const struct {
        const char *text;
        uint8_t fault;
        uint8_t octet;
        const char *words; /* behind "the user " */
    } cases[] = {
        /* RFC 4013 section 3, 6 and 7 */
        {"\007", POSTINO_SASLPREP_PROHIBITED, 0, "holds a character that SASLprep prohibits: character 1"},
        {"\330\247\061", POSTINO_SASLPREP_BIDI, 2, "mixes text of both directions: character 2"},
        /* controls, private use, no character, a replacement, a mark of direction, a tag */
        {"\303\251\177", POSTINO_SASLPREP_PROHIBITED, 2,
         "holds a character that SASLprep prohibits: character 2"},
        {"a\302\205", POSTINO_SASLPREP_PROHIBITED, 1, NULL},
        {"ab\356\200\200", POSTINO_SASLPREP_PROHIBITED, 2, NULL},
        {"\303\251\357\267\220", POSTINO_SASLPREP_PROHIBITED, 2, NULL},
        {"\357\277\275", POSTINO_SASLPREP_PROHIBITED, 0, NULL},
        {"\303\251 \342\200\216", POSTINO_SASLPREP_PROHIBITED, 3, NULL},
        {"x\363\240\200\201", POSTINO_SASLPREP_PROHIBITED, 1, NULL},
        /* both directions; right-to-left that does not begin, or end, so */
        {"\303\251\330\247", POSTINO_SASLPREP_BIDI, 2, NULL},
        {"\330\247-\303\251", POSTINO_SASLPREP_BIDI, 3, NULL},
        {"\061\330\247", POSTINO_SASLPREP_BIDI, 0, NULL},
        {"\302\255\061\330\247", POSTINO_SASLPREP_BIDI, 2, NULL},
        {"\330\247\061\302\255", POSTINO_SASLPREP_BIDI, 2, NULL},
        /* no UTF-8: a lone octet, one too many, cut off, too long, a surrogate, beyond Unicode */
        {"a\377", POSTINO_SASLPREP_UTF8, 1, "is no UTF-8: character 2"},
        {"\303\251\251", POSTINO_SASLPREP_UTF8, 2, NULL},
        {"ab\342\202", POSTINO_SASLPREP_UTF8, 2, NULL},
        {"\300\200", POSTINO_SASLPREP_UTF8, 0, NULL},
        {"\340\237\277", POSTINO_SASLPREP_UTF8, 0, NULL},
        {"\360\217\277\277", POSTINO_SASLPREP_UTF8, 0, NULL},
        {"\355\240\200", POSTINO_SASLPREP_UTF8, 0, NULL},
        {"\364\220\200\200", POSTINO_SASLPREP_UTF8, 0, NULL},
        {"\302\255", POSTINO_SASLPREP_EMPTY, 0, "is empty once it is prepared"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct postino_saslprep_report report;
        const char *out;

        if (prepare(cases[i].text, 0, BUFFER_OCTETS, &out, &report) != POSTINO_ERROR_CREDENTIALS ||
            report.fault != cases[i].fault || report.octet != cases[i].octet)
            fail_msg("case %u: fault %u at %u", (unsigned)i, report.fault, (unsigned)report.octet);
        assert_string_equal(report.string, "user");
        assert_memory_equal(report.text, "the user ", 9);
        if (cases[i].words != NULL)
            assert_string_equal(report.text + 9, cases[i].words);
        assert_int_equal(prepare(cases[i].text, 1, BUFFER_OCTETS, &out, &report), POSTINO_ERROR_CREDENTIALS);
        assert_string_equal(report.string, "password");
    }
}

/* Unicode 3.2 has no U+0221 and no emoji: a name may have them, a password may not. */
static void unassigned_characters(void **state)
{
    static const char *const cases[] = {"a\310\241", "\303\251\360\237\224\221"};
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct postino_saslprep_report report;
        const char *out;

        assert_int_equal(prepare(cases[i], 0, BUFFER_OCTETS, &out, &report), 0);
        assert_string_equal(out, cases[i]);
        assert_int_equal(prepare(cases[i], 1, BUFFER_OCTETS, &out, &report), POSTINO_ERROR_CREDENTIALS);
        assert_int_equal(report.fault, POSTINO_SASLPREP_UNASSIGNED);
        assert_int_equal(report.octet, i + 1);
        assert_string_equal(report.text,
                            "the password holds a character that Unicode 3.2 does not have: character 2");
    }
}

static int says_plain(const struct postino_client_config *config, const char *expected)
{
    static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_plain, NULL};
    struct bench bench;

    bench_prepare(&bench);
    bench.credentials = (struct postino_credentials){.user = config->user,
                                                     .password = config->password,
                                                     .authzid = config->authzid,
                                                     .prepared = config->prepared != 0};
    bench.config.credentials = &bench.credentials;
    bench.config.mechanisms = mechanisms;
    bench.config.flags = POSTINO_SESSION_CLEAR_TEXT_AUTH;
    if (postino_session_init(&bench.session, &bench.config, 0) != 0)
        return 0;
    bench_submit(&bench);
    bench_exchange(&bench, "220 mx\r\n", "EHLO client.example.com\r\n");
    bench_input(&bench, "250-mx\r\n250 AUTH PLAIN\r\n");
    return strcmp(bench_output(&bench), expected) == 0;
}

static void clients_are_prepared(void **state)
{
    struct postino_client_config config = {
        .user = "J\303\274rgen", .password = "\342\205\250\302\240p\302\252ss", .authzid = "o\302\255ps"};
    char prepared[BUFFER_OCTETS];
    char none[sizeof prepared] = {0};
    struct postino_saslprep_report report;
    int error;

    (void)state;
    assert_false(says_plain(&config, ""));
    error = postino_saslprep_idn_client(&config, prepared, sizeof prepared, &report);
    if (error != 0)
        fprintf(stderr, "%s\n", report.text);
    assert_int_equal(error, 0);
    assert_string_equal(config.user, "J\303\274rgen");
    assert_string_equal(config.password, "IX pass");
    assert_string_equal(config.authzid, "ops");
    assert_true(says_plain(&config, "AUTH PLAIN b3BzAErDvHJnZW4ASVggcGFzcw==\r\n"));
    postino_saslprep_idn_wipe(prepared, sizeof prepared);
    assert_memory_equal(prepared, none, sizeof prepared);
    postino_saslprep_idn_wipe(NULL, 3);
}

/* A fault in the last string leaves nothing of the first. */
static void failures_leave_nothing(void **state)
{
    struct postino_client_config config = {.user = "ann", .password = "secret", .authzid = "\302\255"};
    const struct postino_client_config before = config;
    char prepared[BUFFER_OCTETS];
    char none[sizeof prepared] = {0};
    struct postino_saslprep_report report;

    (void)state;
    memset(prepared, 'x', sizeof prepared);
    assert_int_equal(postino_saslprep_idn_client(&config, prepared, sizeof prepared, &report),
                     POSTINO_ERROR_CREDENTIALS);
    assert_memory_equal(&config, &before, sizeof config);
    assert_memory_equal(prepared, none, sizeof prepared);
    assert_string_equal(report.text, "the authzid is empty once it is prepared");
    /* Room for two of three. */
    config.authzid = "bob";
    memset(prepared, 'x', sizeof prepared);
    assert_int_equal(postino_saslprep_idn_client(&config, prepared, 14, &report), POSTINO_ERROR_CAPACITY);
    assert_memory_equal(prepared, none, 14);
    assert_int_equal(prepared[14], 'x');
    assert_string_equal(report.string, "authzid");
    assert_int_equal(postino_saslprep_idn_client(&config, prepared, 15, &report), 0);
    assert_int_equal(postino_saslprep_idn_client(NULL, prepared, 15, &report), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_saslprep_idn_client(&config, NULL, 15, &report), POSTINO_ERROR_ARGUMENT);
    assert_int_equal(postino_saslprep_idn_credentials(NULL, prepared, 15, &report), POSTINO_ERROR_ARGUMENT);
}

static int make_guard(void **state)
{
    (void)state;
    return guard_init(&guard, BUFFER_OCTETS);
}

static int free_guard(void **state)
{
    (void)state;
    guard_free(&guard);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_prepared),   cmocka_unit_test(faults_are_told),
        cmocka_unit_test(unassigned_characters),  cmocka_unit_test(clients_are_prepared),
        cmocka_unit_test(failures_leave_nothing),
    };

    return cmocka_run_group_tests(tests, make_guard, free_guard);
}
