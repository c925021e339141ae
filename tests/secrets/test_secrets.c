/* SPDX-License-Identifier: MIT */
/* Tests the memory that a TLS backend leaves: no password once AUTH succeeded, none of the dialogue once
 * the connection is closed, and no session key after the end. Compiled once for each backend, with free()
 * wrapped, so that freed memory is searched too. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "backend.h"
#include "postino/client.h"
#include "tls_peer.h"

#define PASSWORD  "Muschelkalk-17"
#define RESPONSE  "AGFubgBNdXNjaGVsa2Fsay0xNw==" /* "\0ann\0" and the password in base64 */
#define TEXT      "Feuersalamander"
#define CODE_WORD "Zimbelstern" /* of the server's */

struct run {
    struct tls_peer peer;
    struct postino_tls_config config;
    struct postino_transport *transport;
    struct postino_client client;
    struct postino_mail mail;
    struct postino_recipient recipient;
    struct postino_memory_source source;
};

static struct run run;
static uint8_t keys[64]; /* that a block which is given back must not hold */
static size_t keys_octets;
static unsigned blocks; /* that were given back */
static unsigned leaks;

static int holds(const void *memory, size_t octets, const void *secret, size_t secret_octets)
{
    const uint8_t *at = memory;

    for (; octets >= secret_octets; octets--, at++) {
        if (*at == *(const uint8_t *)secret && memcmp(at, secret, secret_octets) == 0)
            return 1;
    }
    return 0;
}

static int holds_text(const void *memory, size_t octets, const char *secret)
{
    return holds(memory, octets, secret, strlen(secret));
}

void __real_free(void *block);
void __wrap_free(void *block);

void __wrap_free(void *block)
{
    size_t octets = block != NULL ? malloc_usable_size(block) : 0;

    if (block != NULL)
        blocks++;
    if (holds_text(block, octets, PASSWORD) || holds_text(block, octets, RESPONSE) ||
        holds_text(block, octets, TEXT) || holds_text(block, octets, CODE_WORD) ||
        (keys_octets != 0 && holds(block, octets, keys, keys_octets)))
        leaks++;
    __real_free(block);
}

static int backend_holds(const char *secret)
{
    const void *memory;
    size_t octets;
    unsigned i;

    for (i = 0; (memory = backend_memory(i, &octets)) != NULL; i++) {
        if (holds_text(memory, octets, secret))
            return 1;
    }
    return 0;
}

static void assert_nothing_left(void)
{
    assert_false(backend_holds(PASSWORD));
    assert_false(backend_holds(RESPONSE));
    assert_false(backend_holds(TEXT));
    assert_false(backend_holds(CODE_WORD));
    /* The client has what it was given by pointers only. */
    assert_false(holds_text(&run.client, sizeof run.client, PASSWORD));
    assert_false(holds_text(&run.client, sizeof run.client, RESPONSE));
    /* Nor did any of it pass in the clear. */
    assert_false(holds_text(run.peer.send_buffer, sizeof run.peer.send_buffer, RESPONSE));
    assert_false(holds_text(run.peer.send_buffer, sizeof run.peer.send_buffer, TEXT));
    assert_int_equal(leaks, 0);
}

static void start(int starttls)
{
    static const struct postino_client_config client_config = {
        .ehlo_name = "client.example", .user = "ann", .password = PASSWORD};

    run.peer.starttls = starttls;
    run.peer.take_octets = TLS_PEER_FOR_EVER;
    run.config =
        (struct postino_tls_config){.host_name = "peer.example",
                                    .mode = starttls ? POSTINO_TLS_MODE_STARTTLS : POSTINO_TLS_MODE_IMPLICIT,
                                    .verify = POSTINO_TLS_VERIFY_PIN,
                                    .pins = run.peer.pin,
                                    .pin_count = 1};
    run.transport = backend_init(&run.peer.transport, &run.config);
    assert_non_null(run.transport);
    assert_int_equal(postino_client_init(&run.client, run.transport, &client_config), 0);
}

static int send_mail(void)
{
    static const char text[] = "Subject: x\r\n\r\nThe " TEXT " sleeps.\r\n";

    postino_memory_source_init(&run.source, text, sizeof text - 1);
    memset(&run.recipient, 0, sizeof run.recipient);
    run.recipient.address = "bob@peer.example";
    run.mail = (struct postino_mail){
        .reverse_path = "ann@peer.example", .recipients = &run.recipient, .source = &run.source.source};
    return postino_client_send(&run.client, &run.mail);
}

static void a_mail_leaves_nothing(void **state)
{
    int starttls;

    (void)state;
    for (starttls = 0; starttls < 2; starttls++) {
        start(starttls);
        assert_int_equal(postino_client_connect(&run.client), 0);
        assert_true(run.peer.authenticated);
        assert_false(backend_holds(PASSWORD));
        assert_false(backend_holds(RESPONSE));
        /* While the connection is open, what was heard last is there: so the search finds what there is. */
        assert_true(backend_holds(CODE_WORD));
        assert_int_equal(send_mail(), 0);
        assert_false(backend_holds(TEXT));
        postino_client_quit(&run.client);
        assert_nothing_left();
        backend_end();
        assert_nothing_left();
    }
}

/* The connection breaks, or takes no more, at any octet from before the password until behind the message. */
static void a_cut_leaves_nothing(void **state)
{
    size_t first;
    size_t last;
    size_t cut;
    unsigned with_password = 0;
    unsigned accepted = 0;

    (void)state;
    start(0);
    assert_int_equal(postino_client_connect(&run.client), 0);
    first = run.peer.taken_octets;
    assert_int_equal(send_mail(), 0);
    last = run.peer.taken_octets;
    postino_client_quit(&run.client);
    backend_end();
    for (cut = first - 200; cut < last + 40; cut += 7) {
        start(0);
        run.peer.take_octets = cut;
        run.peer.breaks = cut % 2;
        run.peer.most_octets = cut % 5 == 0 ? 50 : 0;
        accepted += send_mail() == 0;
        with_password += run.peer.authenticated != 0;
        postino_client_quit(&run.client);
        assert_null(run.peer.server);
        assert_nothing_left();
        backend_end();
        assert_int_equal(leaks, 0);
    }
    /* Some broke before the password, some behind it, some behind the mail. */
    assert_in_range(with_password, 5, (last - first + 240) / 7 - 5);
    assert_in_range(accepted, 1, 20);
    run.peer.breaks = 0;
    run.peer.most_octets = 0;
}

/* Octets that were written into the lent buffer and never sent. */
static void unsent_octets_are_wiped(void **state)
{
    uint8_t *buffer;
    size_t capacity;

    (void)state;
    start(0);
    assert_int_equal(postino_client_connect(&run.client), 0);
    assert_int_equal(run.transport->methods->reserve(run.transport, &buffer, &capacity), 0);
    assert_in_range(capacity, sizeof PASSWORD, SIZE_MAX);
    memcpy(buffer + capacity - sizeof PASSWORD, PASSWORD, sizeof PASSWORD);
    assert_true(backend_holds(PASSWORD));
    run.transport->methods->close(run.transport, 0);
    assert_nothing_left();
    backend_end();
    assert_int_equal(leaks, 0);
}

/* A session goes on in the next connection, and no longer than that its handshakes succeed. */
static void a_session_leaves_nothing(void **state)
{
    const struct postino_tls_info *info;
    size_t octets;
    int resumed;

    (void)state;
    start(0);
    info = run.transport->methods->tls(run.transport);
    for (resumed = 0; resumed < 3; resumed++) {
        assert_int_equal(postino_client_connect(&run.client), 0);
        assert_int_equal(info->resumed, resumed != 0);
        assert_true(info->verified);
        assert_int_equal(send_mail(), 0);
        postino_client_quit(&run.client);
        assert_nothing_left();
    }
    /* One that failed may have failed by the session. */
    run.peer.take_octets = 100;
    run.peer.breaks = 1;
    assert_int_not_equal(postino_client_connect(&run.client), 0);
    assert_null(backend_keys(&octets));
    run.peer.take_octets = TLS_PEER_FOR_EVER;
    run.peer.breaks = 0;
    assert_int_equal(postino_client_connect(&run.client), 0);
    postino_client_quit(&run.client);
    if (backend_keys(&octets) != NULL) {
        memcpy(keys, backend_keys(&octets), octets);
        keys_octets = octets;
    }
    blocks = 0;
    backend_end();
    assert_int_equal(leaks, 0);
    /* A backend that keeps keys in memory of its own gives some back. */
    assert_true(keys_octets == 0 || blocks != 0);
    keys_octets = 0;
}

static int make_peer(void **state)
{
    (void)state;
    return tls_peer_init(&run.peer);
}

static int free_peer(void **state)
{
    (void)state;
    tls_peer_free(&run.peer);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mail_leaves_nothing),
        cmocka_unit_test(a_cut_leaves_nothing),
        cmocka_unit_test(unsent_octets_are_wiped),
        cmocka_unit_test(a_session_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, make_peer, free_peer);
}
