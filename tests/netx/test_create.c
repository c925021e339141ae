/* SPDX-License-Identifier: MIT */
/* Tests the statuses of create and delete. */
#include "bed.h"

static UINT create_with(CHAR *user, CHAR *password, CHAR *domain)
{
    NXD_ADDRESS address = bed_address(IP_ADDRESS(127, 0, 0, 1));

    return nxd_smtp_client_create(&bed_client, &bed_ip, &bed_pool, user, password, BED_FROM, domain,
                                  NX_SMTP_CLIENT_AUTH_NONE, &address, bed_server.port);
}

#ifndef NX_SMTP_DISABLE_ERROR_CHECKING
BED_THREAD(null_pointers)
{
    NXD_ADDRESS nowhere;
    NXD_ADDRESS *address = &nowhere;
    NX_IP dead;

    (VOID) input;
    /* Pointers are looked at first: everything else is wrong too. */
    memset(&dead, 0, sizeof dead);
    memset(address, 0, sizeof *address);
#define CREATE(client, ip, pool, user, password, from, domain, server)                                     \
    assert_int_equal(nxd_smtp_client_create(client, ip, pool, user, password, from, domain, 9, server, 0), \
                     NX_PTR_ERROR)
    CREATE(NX_NULL, &dead, &bed_pool, "", "", "", "", address);
    CREATE(&bed_client, NX_NULL, &bed_pool, "", "", "", "", address);
    CREATE(&bed_client, &dead, NX_NULL, "", "", "", "", address);
    CREATE(&bed_client, &dead, &bed_pool, NX_NULL, "", "", "", address);
    CREATE(&bed_client, &dead, &bed_pool, "", NX_NULL, "", "", address);
    CREATE(&bed_client, &dead, &bed_pool, "", "", NX_NULL, "", address);
    CREATE(&bed_client, &dead, &bed_pool, "", "", "", NX_NULL, address);
    CREATE(&bed_client, &dead, &bed_pool, "", "", "", "", NX_NULL);
#undef CREATE
    assert_int_equal(nx_smtp_client_delete(&bed_client), NX_PTR_ERROR);
}

BED_THREAD(ip_instance_must_live)
{
    static NX_IP other;
    NXD_ADDRESS address = bed_address(IP_ADDRESS(127, 0, 0, 1));

    (VOID) input;
    memset(&other, 0, sizeof other);
    assert_int_equal(nxd_smtp_client_create(&bed_client, &other, &bed_pool, "", "", BED_FROM, BED_DOMAIN,
                                            NX_SMTP_CLIENT_AUTH_NONE, &address, 25),
                     NX_SMTP_INVALID_PARAM);
    bed_ip_create(&other, IP_ADDRESS(10, 0, 0, 1), &bed_ip_pool);
    assert_int_equal(nx_ip_delete(&other), NX_SUCCESS);
    assert_int_equal(nxd_smtp_client_create(&bed_client, &other, &bed_pool, "", "", BED_FROM, BED_DOMAIN,
                                            NX_SMTP_CLIENT_AUTH_NONE, &address, 25),
                     NX_SMTP_INVALID_PARAM);
}

static UINT timer_statuses[3];
static TX_SEMAPHORE timer_done;

static VOID timer_expired(ULONG input)
{
    (VOID) input;
    timer_statuses[0] = create_with("", "", BED_DOMAIN);
    bed_client.nx_smtp_client_id = NX_SMTP_CLIENT_ID;
    timer_statuses[1] = nx_smtp_client_delete(&bed_client);
    timer_statuses[2] = bed_send("Hello");
    bed_client.nx_smtp_client_id = 0;
    (VOID) tx_semaphore_put(&timer_done);
}

BED_THREAD(timers_may_call_nothing)
{
    TX_TIMER timer;

    (VOID) input;
    memset(&timer, 0, sizeof timer);
    assert_int_equal(tx_semaphore_create(&timer_done, bed_name, 0), TX_SUCCESS);
    assert_int_equal(tx_timer_create(&timer, bed_name, timer_expired, 0, 1, 0, TX_AUTO_ACTIVATE), TX_SUCCESS);
    assert_int_equal(tx_semaphore_get(&timer_done, 3 * NX_IP_PERIODIC_RATE), TX_SUCCESS);
    assert_int_equal(timer_statuses[0], NX_CALLER_ERROR);
    assert_int_equal(timer_statuses[1], NX_CALLER_ERROR);
    assert_int_equal(timer_statuses[2], NX_CALLER_ERROR);
    assert_int_equal(tx_timer_delete(&timer), TX_SUCCESS);
    assert_int_equal(tx_semaphore_delete(&timer_done), TX_SUCCESS);
    assert_int_equal(server_connections(&bed_server), 0);
}

/* Before the scheduler runs a client may be made, and nothing else. */
static VOID initialisation_thread(ULONG input)
{
    (VOID) input;
    bed_delivers();
    bed_delete();
}

static void initialisation_may_create_only(void **state)
{
    (void)state;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    assert_int_equal(bed_send("Hello"), NX_CALLER_ERROR);
    assert_int_equal(nx_smtp_client_delete(&bed_client), NX_CALLER_ERROR);
    assert_int_equal(bed_outcome(), NX_SMTP_OUTCOME_NONE);
    assert_int_equal(server_connections(&bed_server), 0);
    assert_int_equal(netx_host_run(initialisation_thread, 0), TX_SUCCESS);
}

BED_THREAD(delete_wants_a_client)
{
    (VOID) input;
    assert_int_equal(nx_smtp_client_delete(NX_NULL), NX_PTR_ERROR);
    assert_int_equal(nx_smtp_client_delete(&bed_client), NX_PTR_ERROR);
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    assert_int_equal(nx_smtp_client_delete(&bed_client), NX_SUCCESS);
    assert_int_equal(nx_smtp_client_delete(&bed_client), NX_PTR_ERROR);
    assert_int_equal(bed_send("Hello"), NX_SMTP_CLIENT_NOT_INITIALIZED);
    bed_create(NX_SMTP_CLIENT_AUTH_NONE);
    bed_delivers();
    bed_delete();
}
#endif

BED_THREAD(address_version_must_be_known)
{
    NXD_ADDRESS address = bed_address(IP_ADDRESS(127, 0, 0, 1));
    static const ULONG versions[] = {0, 1, 5, 7, 46, 0xFFFFFFFFUL};
    UINT i;

    (VOID) input;
    for (i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        address.nxd_ip_version = versions[i];
        assert_int_equal(nxd_smtp_client_create(&bed_client, &bed_ip, &bed_pool, "", "", BED_FROM, BED_DOMAIN,
                                                NX_SMTP_CLIENT_AUTH_NONE, &address, 25),
                         NX_IP_ADDRESS_ERROR);
    }
#if defined(NX_DISABLE_IPV4) || defined(NX_DISABLE_IPV6)
    address.nxd_ip_version = BED_IPV6 ? NX_IP_VERSION_V4 : NX_IP_VERSION_V6;
    assert_int_equal(nxd_smtp_client_create(&bed_client, &bed_ip, &bed_pool, "", "", BED_FROM, BED_DOMAIN,
                                            NX_SMTP_CLIENT_AUTH_NONE, &address, 25),
                     NX_IP_ADDRESS_ERROR);
#endif
}

BED_THREAD(port_must_exist)
{
    NXD_ADDRESS address = bed_address(IP_ADDRESS(127, 0, 0, 1));
    static const UINT wrong[] = {0, 65536, 65536 + 25, 0xFFFFFFFFu};
    static const UINT right[] = {1, 25, 65535};
    UINT i;

    (VOID) input;
    for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(nxd_smtp_client_create(&bed_client, &bed_ip, &bed_pool, "", "", BED_FROM, BED_DOMAIN,
                                                NX_SMTP_CLIENT_AUTH_NONE, &address, wrong[i]),
                         NX_INVALID_PORT);
    for (i = 0; i < sizeof right / sizeof right[0]; i++) {
        assert_int_equal(nxd_smtp_client_create(&bed_client, &bed_ip, &bed_pool, "", "", BED_FROM, BED_DOMAIN,
                                                NX_SMTP_CLIENT_AUTH_NONE, &address, right[i]),
                         NX_SUCCESS);
        bed_delete();
    }
}

BED_THREAD(tcp_must_be_enabled)
{
    static NX_IP other;
    static ULONG64 stack[256];
    NXD_ADDRESS address = bed_address(IP_ADDRESS(127, 0, 0, 1));

    (VOID) input;
    assert_int_equal(nx_ip_create(&other, bed_name, IP_ADDRESS(10, 0, 0, 1), 0xFFFFFF00UL, &bed_ip_pool,
                                  _nx_ram_network_driver, stack, (ULONG)sizeof stack, 1),
                     NX_SUCCESS);
    assert_int_equal(nxd_smtp_client_create(&bed_client, &other, &bed_pool, "", "", BED_FROM, BED_DOMAIN,
                                            NX_SMTP_CLIENT_AUTH_NONE, &address, 25),
                     NX_NOT_ENABLED);
    assert_int_equal(nx_tcp_enable(&other), NX_SUCCESS);
    assert_int_equal(nxd_smtp_client_create(&bed_client, &other, &bed_pool, "", "", BED_FROM, BED_DOMAIN,
                                            NX_SMTP_CLIENT_AUTH_NONE, &address, 25),
                     NX_SUCCESS);
    bed_delete();
    assert_int_equal(nx_ip_delete(&other), NX_SUCCESS);
}

BED_THREAD(socket_status_is_handed_on)
{
    (VOID) input;
    netx_host_fail_set(NETX_HOST_SOCKET_CREATE, 1, 1, NX_OPTION_ERROR);
    assert_int_equal(create_with("", "", BED_DOMAIN), NX_OPTION_ERROR);
#ifndef NX_SMTP_DISABLE_ERROR_CHECKING
    assert_int_equal(bed_send("Hello"), NX_SMTP_CLIENT_NOT_INITIALIZED);
    assert_int_equal(nx_smtp_client_delete(&bed_client), NX_PTR_ERROR);
#endif
    assert_int_equal(create_with("", "", BED_DOMAIN), NX_SUCCESS);
    bed_delivers();
    bed_delete();
}

/* So many times the letter, terminated. */
static CHAR *create_text(CHAR *text, UINT octets)
{
    memset(text, 'x', octets);
    text[octets] = '\0';
    return text;
}

/* Whether the client's memory does. */
static int create_holds(const char *text)
{
    const UCHAR *at = (const UCHAR *)&bed_client;
    size_t length = strlen(text);
    size_t octets;

    for (octets = sizeof bed_client; octets >= length; octets--, at++) {
        if (memcmp(at, text, length) == 0)
            return 1;
    }
    return 0;
}

#define CREATE_TOGETHER (NX_SMTP_CLIENT_MAX_USERNAME + NX_SMTP_CLIENT_MAX_PASSWORD)

/* User name and password share their room, however long either is. */
BED_THREAD(strings_have_limits)
{
    CHAR user[CREATE_TOGETHER + 2];
    CHAR password[CREATE_TOGETHER + 2];
    CHAR domain[NX_SMTP_CLIENT_MAX_DOMAIN + 2];
    UINT octets;

    (VOID) input;
    create_text(domain, NX_SMTP_CLIENT_MAX_DOMAIN);
    for (octets = 0; octets <= CREATE_TOGETHER; octets++) {
        create_text(user, octets);
        create_text(password, CREATE_TOGETHER - octets);
        assert_int_equal(create_with(user, password, domain), NX_SUCCESS);
        assert_string_equal(bed_client.nx_smtp_client_username, user);
        assert_string_equal(bed_client.nx_smtp_client_password, password);
        bed_delete();
        create_text(password, CREATE_TOGETHER - octets + 1);
        assert_int_equal(create_with(user, password, domain), NX_SIZE_ERROR);
        assert_int_equal(create_holds("xx"), 0);
    }
    assert_int_equal(create_with(create_text(user, CREATE_TOGETHER + 1), "", domain), NX_SIZE_ERROR);
    assert_int_equal(create_with(user, "", create_text(domain, NX_SMTP_CLIENT_MAX_DOMAIN + 1)),
                     NX_SIZE_ERROR);
#ifndef NX_SMTP_DISABLE_ERROR_CHECKING
    assert_int_equal(bed_send("Hello"), NX_SMTP_CLIENT_NOT_INITIALIZED);
#endif
    domain[NX_SMTP_CLIENT_MAX_DOMAIN] = '\0';
    assert_int_equal(create_with("", "", domain), NX_SUCCESS);
    bed_delivers();
    assert_non_null(strstr(bed_server.received, domain));
    bed_delete();
}

#if CREATE_TOGETHER >= 120 + 40
/* As Azure and Oracle hand them out: names of 82 to 163 octets. */
BED_THREAD(providers_names_fit)
{
    CHAR user[164];
    CHAR password[44];
    UINT octets;

    (VOID) input;
    for (octets = 82; octets <= 163; octets += 27) {
        assert_int_equal(create_with(create_text(user, octets), create_text(password, 43), BED_DOMAIN),
                         NX_SUCCESS);
        bed_delete();
    }
}
#endif

/* However the client comes to its end, its memory does not hold the password. */
BED_THREAD(password_is_wiped)
{
    (VOID) input;
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    assert_int_equal(create_holds(BED_PASSWORD), 1);
    bed_delivers();
    bed_delete();
    assert_int_equal(create_holds(BED_PASSWORD), 0);
    assert_int_equal(create_holds(BED_PLAIN), 0);
    netx_host_fail_set(NETX_HOST_SOCKET_CREATE, 1, 1, NX_OPTION_ERROR);
    assert_int_equal(create_with(BED_USER, BED_PASSWORD, BED_DOMAIN), NX_OPTION_ERROR);
    assert_int_equal(create_holds(BED_PASSWORD), 0);
}

BED_THREAD(domain_must_be_fit_to_be_sent)
{
    static CHAR *const wrong[] = {"",       "a\r\nQUIT", "a\nb", "a\rb",    "a b",     "a\tb",
                                  "a\x01z", "a\177b",    " a",   "a.test ", "<a.test>"};
    UINT i;

    (VOID) input;
    for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(create_with("", "", wrong[i]), NX_SMTP_INVALID_PARAM);
        assert_int_equal(netx_host_open_sockets(), 0);
    }
    assert_int_equal(create_with("", "", "[192.0.2.1]"), NX_SUCCESS);
    bed_delivers();
    assert_memory_equal(bed_server.received, "EHLO [192.0.2.1]\r\n", 18);
    bed_delete();
}

/* As the caller's memory is before the first create, and between two. */
BED_THREAD(memory_may_hold_anything)
{
    UINT fill;

    (VOID) input;
    for (fill = 0; fill <= 0xFF; fill += 0x33) {
        memset(&bed_client, (int)fill, sizeof bed_client);
        bed_create(NX_SMTP_CLIENT_AUTH_LOGIN);
        assert_int_equal(bed_outcome(), NX_SMTP_OUTCOME_NONE);
        bed_delivers();
        assert_string_equal(bed_message(), BED_HEADERS "\r\nHello\r\n.\r\n");
        bed_delete();
    }
    memset(&bed_client, 0xA5, sizeof bed_client);
    bed_create(NX_SMTP_CLIENT_AUTH_PLAIN);
    netx_host_fail_set(NETX_HOST_CONNECT, 1, 1, NX_NOT_CONNECTED);
    assert_int_equal(bed_send("Hello"), NX_NOT_CONNECTED);
    bed_delivers();
    bed_delete();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifndef NX_SMTP_DISABLE_ERROR_CHECKING
        BED_CASE(null_pointers),
        BED_CASE(ip_instance_must_live),
        BED_CASE(timers_may_call_nothing),
        BED_CASE(initialisation_may_create_only),
        BED_CASE(delete_wants_a_client),
#endif
        BED_CASE(address_version_must_be_known),
        BED_CASE(port_must_exist),
        BED_CASE(tcp_must_be_enabled),
        BED_CASE(socket_status_is_handed_on),
        BED_CASE(strings_have_limits),
#if CREATE_TOGETHER >= 120 + 40
        BED_CASE(providers_names_fit),
#endif
        BED_CASE(password_is_wiped),
        BED_CASE(domain_must_be_fit_to_be_sent),
        BED_CASE(memory_may_hold_anything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
