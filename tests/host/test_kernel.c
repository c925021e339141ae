/* SPDX-License-Identifier: MIT */
/* Tests that an application written for ThreadX runs from main() to exit() unmodified. */
#define _POSIX_C_SOURCE 200809L

#include "host_net.h"
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_EXPECTED 42

static TX_THREAD thread;
static NX_PACKET_POOL pool;
static NX_IP ip;
static UINT define_caller = NX_HOST_CALLER_TIMER;
static int define_returned;
static TX_MUTEX guard;

static void entry(ULONG input)
{
    NX_PACKET *packet = NULL;
    int returned;

    (void)tx_mutex_get(&guard, TX_WAIT_FOREVER);
    returned = define_returned;
    (void)tx_mutex_put(&guard);
    if (returned && define_caller == NX_HOST_CALLER_INITIALIZATION && input == 7 &&
        nx_packet_allocate(&pool, &packet, NX_TCP_PACKET, NX_NO_WAIT) == NX_SUCCESS &&
        ip.nx_ip_address == 0x0A000001) {
        _exit(EXIT_EXPECTED);
    }
    _exit(1);
}

/* As the demonstration programs do: the pool before nx_system_initialize(), stacks and pools from the memory
 * given. */
VOID tx_application_define(VOID *first_unused_memory)
{
    CHAR *memory = first_unused_memory;

    define_caller = _nx_host_caller();
    memset(memory, 0, 262144);
    (void)tx_mutex_create(&guard, net_name, TX_NO_INHERIT);
    (void)tx_thread_create(&thread, net_name, entry, 7, memory, 2048, 4, 4, TX_NO_TIME_SLICE, TX_AUTO_START);
    (void)nx_packet_pool_create(&pool, net_name, 1536, memory + 2048, 200000);
    nx_system_initialize();
    (void)nx_ip_create(&ip, net_name, IP_ADDRESS(10, 0, 0, 1), 0xFFFFFF00UL, &pool, _nx_ram_network_driver,
                       memory + 210000, 2048, 1);
    (void)tx_mutex_get(&guard, TX_NO_WAIT);
    define_returned = 1;
    (void)tx_mutex_put(&guard);
}

static void kernel_runs_the_application(void **state)
{
    pid_t child = fork();
    int status = 0;

    (void)state;
    assert_true(child >= 0);
    if (child == 0) {
        (void)alarm(5);
        tx_kernel_enter();
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EXIT_EXPECTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kernel_runs_the_application)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
