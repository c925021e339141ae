/* SPDX-License-Identifier: MIT */
/* Tests that each service may be called from where the User Guides of ThreadX and NetX Duo say, and from
 * nowhere else. Threads may call every service; a row names the other callers of the guide's "Allowed
 * From". */
#define _POSIX_C_SOURCE 200809L

#include "host_net.h"

enum {
    INITIALIZATION,
    TIMER,
    THREAD,
    PLACES
};
#define NOWHERE_ELSE 0
#define INIT         (1 << INITIALIZATION)
#define TIMERS       (1 << TIMER)

/* The first three of a kind are there to be created, by each caller one; the last one exists. */
static NX_PACKET_POOL pools[PLACES + 1];
static NX_IP ips[PLACES + 1];
static NX_TCP_SOCKET sockets[PLACES + 1];
static TX_SEMAPHORE semaphores[PLACES + 1];
static TX_MUTEX mutexes[PLACES + 1];
static TX_EVENT_FLAGS_GROUP groups[PLACES + 1];
static TX_TIMER timers[PLACES + 1];
static TX_THREAD threads[PLACES + 1];
static ULONG64 memory[PLACES + 1][256];
static ULONG64 stacks[PLACES + 1][256];
static NX_PACKET *packet;
static ULONG number;
static NXD_ADDRESS address;
static ULONG v4 = IP_ADDRESS(10, 0, 0, 1);

static void nothing(ULONG input)
{
    (void)input;
}

static void nothing_tcp(NX_TCP_SOCKET *socket)
{
    (void)socket;
}

/* Service, how a refusal is told, who may call it besides threads, and a call. */
#define NETX_ROWS(X)                                                                                   \
    X(nx_packet_pool_create, NX_CALLER_ERROR, INIT,                                                    \
      nx_packet_pool_create(&pools[where], net_name, 128, memory[where], sizeof memory[where]))        \
    X(nx_packet_pool_info_get, NX_CALLER_ERROR, INIT | TIMERS,                                         \
      nx_packet_pool_info_get(&net_pool, &number, &number, &number, &number, &number))                 \
    X(nx_packet_allocate, NX_CALLER_ERROR, NOWHERE_ELSE, nx_packet_allocate(&net_pool, &packet, 0, 1)) \
    X(nx_packet_allocate_at_once, NX_CALLER_ERROR, INIT | TIMERS,                                      \
      nx_packet_allocate(&net_pool, &packet, 0, NX_NO_WAIT))                                           \
    X(nx_packet_data_append, NX_CALLER_ERROR, NOWHERE_ELSE,                                            \
      nx_packet_data_append(packet, "x", 1, &net_pool, 1))                                             \
    X(nx_packet_data_append_at_once, NX_CALLER_ERROR, INIT | TIMERS,                                   \
      nx_packet_data_append(packet, "x", 1, &net_pool, NX_NO_WAIT))                                    \
    X(nx_packet_length_get, NX_CALLER_ERROR, INIT | TIMERS, nx_packet_length_get(packet, &number))     \
    X(nx_ip_create, NX_CALLER_ERROR, INIT,                                                             \
      nx_ip_create(&ips[where], net_name, 0, 0, &net_pool, _nx_ram_network_driver, stacks[where],      \
                   sizeof stacks[where], 1))                                                           \
    X(nx_ip_status_check, NX_CALLER_ERROR, NOWHERE_ELSE,                                               \
      nx_ip_status_check(&net_ip, NX_IP_TCP_ENABLED, &number, NX_NO_WAIT))                             \
    X(nx_ip_address_get, NX_CALLER_ERROR, INIT, nx_ip_address_get(&net_ip, &number, &number))          \
    X(nx_ip_gateway_address_set, NX_CALLER_ERROR, INIT, nx_ip_gateway_address_set(&net_ip, 1))         \
    X(nx_arp_enable, NX_CALLER_ERROR, INIT, nx_arp_enable(&net_ip, memory, 512))                       \
    X(nx_icmp_enable, NX_CALLER_ERROR, INIT, nx_icmp_enable(&net_ip))                                  \
    X(nxd_icmp_enable, NX_CALLER_ERROR, INIT, nxd_icmp_enable(&net_ip))                                \
    X(nx_tcp_enable, NX_CALLER_ERROR, INIT | TIMERS, nx_tcp_enable(&net_ip))                           \
    X(nx_udp_enable, NX_CALLER_ERROR, INIT | TIMERS, nx_udp_enable(&net_ip))                           \
    X(nx_tcp_socket_create, NX_CALLER_ERROR, INIT,                                                     \
      nx_tcp_socket_create(&net_ip, &sockets[where], net_name, NX_IP_NORMAL, NX_FRAGMENT_OKAY,         \
                           NX_IP_TIME_TO_LIVE, NET_WINDOW, NX_NULL, NX_NULL))                          \
    X(nx_tcp_socket_mss_get, NX_CALLER_ERROR, INIT, nx_tcp_socket_mss_get(&sockets[PLACES], &number))  \
    X(nx_tcp_socket_receive_notify, NX_CALLER_ERROR, INIT,                                             \
      nx_tcp_socket_receive_notify(&sockets[PLACES], nothing_tcp))                                     \
    X(nx_tcp_socket_transmit_configure, NX_CALLER_ERROR, INIT,                                         \
      nx_tcp_socket_transmit_configure(&sockets[PLACES], 20, T, 10, 0))                                \
    X(nx_tcp_socket_info_get, NX_CALLER_ERROR, INIT,                                                   \
      nx_tcp_socket_info_get(&sockets[PLACES], &number, &number, &number, &number, &number, &number,   \
                             &number, &number, &number, &number, &number))                             \
    X(nx_tcp_socket_bytes_available, NX_CALLER_ERROR, NOWHERE_ELSE,                                    \
      nx_tcp_socket_bytes_available(&sockets[PLACES], &number))                                        \
    X(nxd_tcp_socket_peer_info_get, NX_CALLER_ERROR, NOWHERE_ELSE,                                     \
      nxd_tcp_socket_peer_info_get(&sockets[PLACES], &address, &number))                               \
    X(nx_tcp_socket_state_wait, NX_CALLER_ERROR, NOWHERE_ELSE,                                         \
      nx_tcp_socket_state_wait(&sockets[PLACES], NX_TCP_CLOSED, NX_NO_WAIT))                           \
    X(nx_tcp_client_socket_bind, NX_CALLER_ERROR, NOWHERE_ELSE,                                        \
      nx_tcp_client_socket_bind(&sockets[PLACES], NX_ANY_PORT, NX_NO_WAIT))                            \
    X(nxd_tcp_client_socket_connect, NX_CALLER_ERROR, NOWHERE_ELSE,                                    \
      nxd_tcp_client_socket_connect(&sockets[PLACES], &address, 25, NX_NO_WAIT))                       \
    X(nx_tcp_socket_send, NX_CALLER_ERROR, NOWHERE_ELSE,                                               \
      nx_tcp_socket_send(&sockets[PLACES], packet, NX_NO_WAIT))                                        \
    X(nx_tcp_socket_receive, NX_CALLER_ERROR, NOWHERE_ELSE,                                            \
      nx_tcp_socket_receive(&sockets[PLACES], &packet, NX_NO_WAIT))                                    \
    X(nx_tcp_socket_disconnect, NX_CALLER_ERROR, NOWHERE_ELSE,                                         \
      nx_tcp_socket_disconnect(&sockets[PLACES], NX_NO_WAIT))                                          \
    X(nx_tcp_client_socket_unbind, NX_CALLER_ERROR, NOWHERE_ELSE,                                      \
      nx_tcp_client_socket_unbind(&sockets[PLACES]))                                                   \
    X(nx_tcp_server_socket_listen, NX_CALLER_ERROR, NOWHERE_ELSE,                                      \
      nx_tcp_server_socket_listen(&net_ip, 2525, &sockets[PLACES], 1, NX_NULL))                        \
    X(nx_tcp_server_socket_accept, NX_CALLER_ERROR, NOWHERE_ELSE,                                      \
      nx_tcp_server_socket_accept(&sockets[PLACES], NX_NO_WAIT))                                       \
    X(nx_tcp_server_socket_relisten, NX_CALLER_ERROR, NOWHERE_ELSE,                                    \
      nx_tcp_server_socket_relisten(&net_ip, 2525, &sockets[PLACES]))                                  \
    X(nx_tcp_server_socket_unaccept, NX_CALLER_ERROR, NOWHERE_ELSE,                                    \
      nx_tcp_server_socket_unaccept(&sockets[PLACES]))                                                 \
    X(nx_tcp_server_socket_unlisten, NX_CALLER_ERROR, NOWHERE_ELSE,                                    \
      nx_tcp_server_socket_unlisten(&net_ip, 2525))                                                    \
    X(nx_tcp_socket_delete, NX_CALLER_ERROR, NOWHERE_ELSE, nx_tcp_socket_delete(&sockets[PLACES]))     \
    X(nx_ip_delete, NX_CALLER_ERROR, NOWHERE_ELSE, nx_ip_delete(&net_ip_two))                          \
    X(nx_packet_pool_delete, NX_CALLER_ERROR, NOWHERE_ELSE, nx_packet_pool_delete(&pools[PLACES]))

#define THREADX_ROWS(X)                                                                                  \
    X(tx_thread_create, TX_CALLER_ERROR, INIT,                                                           \
      tx_thread_create(&threads[where], net_name, nothing, 0, stacks[where], sizeof stacks[where], 4, 4, \
                       TX_NO_TIME_SLICE, TX_DONT_START))                                                 \
    X(tx_thread_resume, TX_CALLER_ERROR, INIT | TIMERS, tx_thread_resume(&threads[PLACES]))              \
    X(tx_thread_suspend, TX_CALLER_ERROR, INIT | TIMERS, tx_thread_suspend(&threads[PLACES]))            \
    X(tx_thread_terminate, TX_CALLER_ERROR, TIMERS, tx_thread_terminate(&threads[PLACES]))               \
    X(tx_thread_delete, TX_CALLER_ERROR, TIMERS, tx_thread_delete(&threads[where]))                      \
    X(tx_thread_sleep, TX_CALLER_ERROR, NOWHERE_ELSE, tx_thread_sleep(1))                                \
    X(tx_semaphore_create, TX_CALLER_ERROR, INIT, tx_semaphore_create(&semaphores[where], net_name, 1))  \
    X(tx_semaphore_get, TX_WAIT_ERROR, NOWHERE_ELSE, tx_semaphore_get(&semaphores[PLACES], 1))           \
    X(tx_semaphore_get_at_once, TX_WAIT_ERROR, INIT | TIMERS,                                            \
      tx_semaphore_get(&semaphores[PLACES], TX_NO_WAIT))                                                 \
    X(tx_semaphore_put, TX_CALLER_ERROR, INIT | TIMERS, tx_semaphore_put(&semaphores[PLACES]))           \
    X(tx_semaphore_delete, TX_CALLER_ERROR, NOWHERE_ELSE, tx_semaphore_delete(&semaphores[PLACES]))      \
    X(tx_mutex_create, TX_CALLER_ERROR, INIT, tx_mutex_create(&mutexes[where], net_name, TX_NO_INHERIT)) \
    X(tx_mutex_get, TX_WAIT_ERROR, NOWHERE_ELSE, tx_mutex_get(&mutexes[PLACES], 1))                      \
    X(tx_mutex_get_at_once, TX_WAIT_ERROR, INIT | TIMERS, tx_mutex_get(&mutexes[PLACES], TX_NO_WAIT))    \
    X(tx_mutex_put, TX_CALLER_ERROR, INIT | TIMERS, tx_mutex_put(&mutexes[PLACES]))                      \
    X(tx_mutex_delete, TX_CALLER_ERROR, NOWHERE_ELSE, tx_mutex_delete(&mutexes[PLACES]))                 \
    X(tx_event_flags_create, TX_CALLER_ERROR, INIT, tx_event_flags_create(&groups[where], net_name))     \
    X(tx_event_flags_set, TX_CALLER_ERROR, INIT | TIMERS, tx_event_flags_set(&groups[PLACES], 1, TX_OR)) \
    X(tx_event_flags_get, TX_WAIT_ERROR, NOWHERE_ELSE,                                                   \
      tx_event_flags_get(&groups[PLACES], 1, TX_OR, &number, 1))                                         \
    X(tx_event_flags_delete, TX_CALLER_ERROR, NOWHERE_ELSE, tx_event_flags_delete(&groups[PLACES]))      \
    X(tx_timer_create, TX_CALLER_ERROR, INIT,                                                            \
      tx_timer_create(&timers[where], net_name, nothing, 0, 9, 9, TX_NO_ACTIVATE))                       \
    X(tx_timer_activate, TX_CALLER_ERROR, INIT | TIMERS, tx_timer_activate(&timers[PLACES]))             \
    X(tx_timer_deactivate, TX_CALLER_ERROR, INIT | TIMERS, tx_timer_deactivate(&timers[PLACES]))         \
    X(tx_timer_delete, TX_CALLER_ERROR, NOWHERE_ELSE, tx_timer_delete(&timers[PLACES]))

#define CALL(service, refusal, allowed, call) \
    static UINT call_##service(UINT where)    \
    {                                         \
        (void)where;                          \
        return call;                          \
    }
NETX_ROWS(CALL)
THREADX_ROWS(CALL)

static const struct {
    const char *service;
    UINT refusal;
    int allowed;
    UINT (*call)(UINT where);
} rows[] = {
#define ROW(service, refusal, allowed, call) {#service, refusal, allowed, call_##service},
    NETX_ROWS(ROW) THREADX_ROWS(ROW)};
#define ROWS (sizeof rows / sizeof rows[0])

static UINT statuses[PLACES][ROWS];
static TX_SEMAPHORE timer_done;

static void call_all(UINT where)
{
    size_t i;

    for (i = 0; i < ROWS; i++) {
        NX_PACKET *own = NULL;

        (void)nx_packet_allocate(&net_pool, &own, NX_TCP_PACKET, NX_NO_WAIT);
        packet = own;
        statuses[where][i] = rows[i].call(where);
        if (packet != own && packet) {
            (void)nx_packet_release(packet);
        }
        (void)nx_packet_release(own);
    }
}

static void call_from_timer(ULONG input)
{
    (void)input;
    call_all(TIMER);
    (void)tx_semaphore_put(&timer_done);
}

static void call_from_thread(ULONG input)
{
    TX_TIMER timer;

    (void)input;
    assert_int_equal(tx_timer_create(&timer, net_name, call_from_timer, 0, 1, 0, TX_AUTO_ACTIVATE),
                     TX_SUCCESS);
    assert_int_equal(tx_semaphore_get(&timer_done, NET_WAIT), TX_SUCCESS);
    call_all(THREAD);
    assert_int_equal(tx_timer_delete(&timer), TX_SUCCESS);
}

static void callers_setup(void)
{
    assert_int_equal(tx_semaphore_create(&timer_done, net_name, 0), TX_SUCCESS);
    assert_int_equal(tx_semaphore_create(&semaphores[PLACES], net_name, 9), TX_SUCCESS);
    assert_int_equal(tx_mutex_create(&mutexes[PLACES], net_name, TX_NO_INHERIT), TX_SUCCESS);
    assert_int_equal(tx_event_flags_create(&groups[PLACES], net_name), TX_SUCCESS);
    assert_int_equal(tx_timer_create(&timers[PLACES], net_name, nothing, 0, 9, 9, TX_NO_ACTIVATE),
                     TX_SUCCESS);
    assert_int_equal(tx_thread_create(&threads[PLACES], net_name, nothing, 0, stacks[PLACES],
                                      sizeof stacks[PLACES], 4, 4, TX_NO_TIME_SLICE, TX_DONT_START),
                     TX_SUCCESS);
    assert_int_equal(
        nx_packet_pool_create(&pools[PLACES], net_name, 128, memory[PLACES], sizeof memory[PLACES]),
        NX_SUCCESS);
    net_socket(&net_ip, &sockets[PLACES]);
    address = net_address(v4);
}

static void callers(void **state)
{
    UINT where;
    size_t i;
    int wrong = 0;

    (void)state;
    callers_setup();
    call_all(INITIALIZATION);
    assert_int_equal(netx_host_run(call_from_thread, 0), TX_SUCCESS);
    for (where = 0; where < PLACES; where++) {
        for (i = 0; i < ROWS; i++) {
            int allowed = where == THREAD || (rows[i].allowed & 1 << where);

            if (allowed != (statuses[where][i] != rows[i].refusal)) {
                print_error("%s from %u: 0x%02X\n", rows[i].service, where, statuses[where][i]);
                wrong++;
            }
        }
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {RUN_CASE(callers)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
