/* SPDX-License-Identifier: MIT */
/* Tests that after authentication neither the client nor its transport holds the password, as it is or in
 * base64. */
#define _POSIX_C_SOURCE 200809L

#include "client_fixture.h"

#define PASSWORD "tanstaaftanstaaf"

static int holds(const void *memory, size_t octets, const char *text)
{
    const char *place = memory;
    size_t length = strlen(text);
    size_t i;

    for (i = 0; i + length <= octets; i++) {
        if (memcmp(place + i, text, length) == 0) {
            return 1;
        }
    }
    return 0;
}

static void run(const char *const *script, const struct postino_mechanism *mechanism, const char *coded)
{
    const struct postino_mechanism *mechanisms[] = {mechanism, NULL};
    struct postino_client_config config = {.ehlo_name = "client.test",
                                           .user = "tim",
                                           .password = PASSWORD,
                                           .token = PASSWORD,
                                           .mechanisms = mechanisms,
                                           .allow_clear_text_auth = 1,
                                           .tls = &postino_tls_none};

    test_begin_with(script, &config);
    test_succeeds();
    assert_false(holds(&test_posix, sizeof test_posix, PASSWORD));
    assert_false(holds(&test_posix, sizeof test_posix, coded));
    assert_false(holds(&test_client, sizeof test_client, PASSWORD));
    assert_false(holds(&test_client, sizeof test_client, coded));
    test_end();
}

static void no_password_is_left(void **state)
{
    static const char *const plain[] = {"accept",
                                        "S: 220 server.test",
                                        "C: EHLO client.test",
                                        "S: 250-server.test",
                                        "S: 250 AUTH PLAIN",
                                        "C: AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm",
                                        "S: 235 ok",
                                        LETTER,
                                        DATA,
                                        "S: 250 queued",
                                        QUIT,
                                        NULL};
    static const char *const login[] = {"accept",
                                        "S: 220 server.test",
                                        "C: EHLO client.test",
                                        "S: 250-server.test",
                                        "S: 250 AUTH LOGIN",
                                        "C: AUTH LOGIN",
                                        "S: 334 VXNlcm5hbWU6",
                                        "C: dGlt",
                                        "S: 334 UGFzc3dvcmQ6",
                                        "C: dGFuc3RhYWZ0YW5zdGFhZg==",
                                        "S: 235 ok",
                                        LETTER,
                                        DATA,
                                        "S: 250 queued",
                                        QUIT,
                                        NULL};
    static const char *const xoauth2[] = {
        "accept",
        "S: 220 server.test",
        "C: EHLO client.test",
        "S: 250-server.test",
        "S: 250 AUTH XOAUTH2",
        "C: AUTH XOAUTH2 dXNlcj10aW0BYXV0aD1CZWFyZXIgdGFuc3RhYWZ0YW5zdGFhZgEB",
        "S: 235 ok",
        LETTER,
        DATA,
        "S: 250 queued",
        QUIT,
        NULL};

    (void)state;
    run(plain, &postino_sasl_plain, "0YW5zdGFhZnRhbnN0YWFm");
    run(login, &postino_sasl_login, "dGFuc3RhYWZ0YW5zdGFhZg");
    run(xoauth2, &postino_sasl_xoauth2, "dGFuc3RhYWZ0YW5zdGFhZg");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_password_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
