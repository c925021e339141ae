/* SPDX-License-Identifier: MIT */
/* Tests several clients at once, and several threads that use one client. */
#include "bed.h"

#define THREADS_MAILS 60

/* A client, a server and a thread that sends through them. Findings are looked at when the thread ended. */
struct sender {
    NX_SMTP_CLIENT *client;
    struct server *server;
    TX_THREAD thread;
    char letter;
    UINT mails;
    UINT accepted;
    UINT in_progress;
    UINT other;
    UINT mixed;
};

static struct sender senders[4];
static struct server threads_server;
static NX_SMTP_CLIENT threads_client;

static UINT sender_send(struct sender *sender, CHAR *body)
{
    UINT status = nx_smtp_mail_send(sender->client, BED_TO, NX_SMTP_MAIL_PRIORITY_NORMAL, BED_SUBJECT, body,
                                    (UINT)strlen(body));

    if (status == NX_SUCCESS)
        sender->accepted++;
    else if (status == NX_IN_PROGRESS)
        sender->in_progress++;
    else
        sender->other++;
    return status;
}

/* Each of its mails must arrive as it is. */
static VOID sender_alone(ULONG input)
{
    struct sender *sender = &senders[input];
    static char expected[2][2000];
    CHAR body[1000];

    memset(body, sender->letter, sizeof body - 1);
    body[sizeof body - 1] = '\0';
    (VOID) snprintf(expected[input], sizeof expected[input], BED_HEADERS "\r\n%s\r\n.\r\n", body);
    for (; sender->mails < THREADS_MAILS; sender->mails++) {
        if (sender_send(sender, body) != NX_SUCCESS || !server_await(sender->server, sender->mails + 1))
            continue;
        if (strncmp(sender->server->received + sender->server->message_start, expected[input],
                    strlen(expected[input])) != 0)
            sender->mixed++;
    }
}

static VOID sender_hammer(ULONG input)
{
    for (; senders[input].mails < THREADS_MAILS; senders[input].mails++)
        (VOID) sender_send(&senders[input], "Hello");
}

static VOID sender_once(ULONG input)
{
    (VOID) sender_send(&senders[input], "Hello");
}

static VOID sender_start(UINT index, NX_SMTP_CLIENT *client, struct server *server, VOID (*entry)(ULONG))
{
    memset(&senders[index], 0, sizeof senders[index]);
    senders[index].client = client;
    senders[index].server = server;
    senders[index].letter = (char)('a' + index);
    bed_thread(&senders[index].thread, entry, index);
}

BED_THREAD(two_clients_on_one_pool)
{
    UINT i;

    (VOID) input;
    assert_int_not_equal(server_start(&threads_server, BED_IPV6), 0);
    memset(&threads_client, 0, sizeof threads_client);
    bed_pool_create(256, 3);
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    bed_create_as(&threads_client, "carol", "other", NX_SMTP_CLIENT_AUTH_LOGIN, threads_server.port);
    sender_start(0, &bed_client, &bed_server, sender_alone);
    sender_start(1, &threads_client, &threads_server, sender_alone);
    bed_join(&senders[0].thread);
    bed_join(&senders[1].thread);
    for (i = 0; i < 2; i++) {
        assert_int_equal(senders[i].accepted, THREADS_MAILS);
        assert_int_equal(senders[i].mixed, 0);
        assert_int_equal(senders[i].server->mails_accepted, THREADS_MAILS);
    }
    bed_settled();
    bed_delete();
    assert_int_equal(nx_smtp_client_delete(&threads_client), NX_SUCCESS);
    server_stop(&threads_server);
}

/* While one thread sends: no second mail, no delete. Afterwards both. */
BED_THREAD(one_client_serves_one_thread)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    bed_server.delays_ms[SERVER_GREETING] = 100;
    bed_server.delays_ms[SERVER_MESSAGE] = 100;
    sender_start(0, &bed_client, &bed_server, sender_once);
    while (netx_host_count_get(NETX_HOST_CONNECT) == 0)
        (VOID) tx_thread_sleep(1);
    assert_int_equal(bed_send("Hello"), NX_IN_PROGRESS);
    assert_int_equal(nx_smtp_client_delete(&bed_client), NX_STILL_BOUND);
    (VOID) tx_thread_sleep(NX_IP_PERIODIC_RATE * 15 / 100);
    assert_int_equal(bed_send("Hello"), NX_IN_PROGRESS);
    assert_int_equal(nx_smtp_client_delete(&bed_client), NX_STILL_BOUND);
    bed_join(&senders[0].thread);
    assert_int_equal(senders[0].accepted, 1);
    assert_true(server_await(&bed_server, 1));
    assert_int_equal(server_connections(&bed_server), 1);
    assert_int_equal(bed_server.mails_accepted, 1);
    bed_recovers();
    bed_delete();
    bed_settled();
}

BED_THREAD(four_threads_at_one_client)
{
    UINT accepted = 0;
    UINT i;

    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    for (i = 0; i < 4; i++)
        sender_start(i, &bed_client, &bed_server, sender_hammer);
    for (i = 0; i < 4; i++)
        bed_join(&senders[i].thread);
    for (i = 0; i < 4; i++) {
        accepted += senders[i].accepted;
        assert_int_equal(senders[i].accepted + senders[i].in_progress, THREADS_MAILS);
        assert_int_equal(senders[i].other, 0);
    }
    assert_true(accepted != 0);
    assert_true(server_await(&bed_server, accepted));
    assert_int_equal(bed_server.mails_accepted, accepted);
    bed_settled();
    bed_delivers();
    bed_delete();
}

#if defined(FEATURE_NX_IPV6) && !defined(NX_DISABLE_IPV4)
/* One application, both versions of IP. */
BED_THREAD(mails_over_ipv4_and_ipv6)
{
    NXD_ADDRESS address;

    (VOID) input;
    memset(&address, 0, sizeof address);
    address.nxd_ip_version = NX_IP_VERSION_V6;
    address.nxd_ip_address.v6[3] = 1;
    assert_int_not_equal(server_start(&threads_server, 1), 0);
    memset(&threads_client, 0, sizeof threads_client);
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    assert_int_equal(nxd_smtp_client_create(&threads_client, &bed_ip, &bed_pool, BED_USER, BED_PASSWORD,
                                            BED_FROM, BED_DOMAIN, NX_SMTP_CLIENT_AUTH_PLAIN, &address,
                                            threads_server.port),
                     NX_SUCCESS);
    sender_start(0, &threads_client, &threads_server, sender_once);
    bed_join(&senders[0].thread);
    assert_int_equal(senders[0].other, 1); /* IPv6 is not enabled yet */
    bed_delivers();
    assert_int_equal(nxd_ipv6_enable(&bed_ip), NX_SUCCESS);
    assert_int_equal(nxd_ipv6_address_set(&bed_ip, 0, &address, 128, NX_NULL), NX_SUCCESS);
    sender_start(0, &threads_client, &threads_server, sender_alone);
    bed_join(&senders[0].thread);
    assert_int_equal(senders[0].accepted, THREADS_MAILS);
    assert_int_equal(senders[0].mixed, 0);
    bed_delivers();
    bed_delete();
    assert_int_equal(nx_smtp_client_delete(&threads_client), NX_SUCCESS);
    server_stop(&threads_server);
}
#endif

static int threads_teardown(void **state)
{
    server_stop(&threads_server);
    return bed_teardown(state);
}

#define THREADS_CASE(name) cmocka_unit_test_setup_teardown(name, bed_setup, threads_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        THREADS_CASE(two_clients_on_one_pool),
        THREADS_CASE(one_client_serves_one_thread),
        THREADS_CASE(four_threads_at_one_client),
#if defined(FEATURE_NX_IPV6) && !defined(NX_DISABLE_IPV4)
        THREADS_CASE(mails_over_ipv4_and_ipv6),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
