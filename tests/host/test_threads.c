/* SPDX-License-Identifier: MIT */
/* Tests that ThreadX's services do on a PC what they do on a board, except for priorities. */
#define _POSIX_C_SOURCE 200809L

#include "host_net.h"

static TX_THREAD thread;
static ULONG64 stack[256];
static TX_MUTEX mutex;
static TX_SEMAPHORE semaphore;
static TX_EVENT_FLAGS_GROUP group;
static TX_THREAD *identified;
static UINT caller_status;

NX_CALLER_CHECKING_EXTERNS

static UINT threads_only(VOID)
{
    NX_THREADS_ONLY_CALLER_CHECKING
    return NX_SUCCESS;
}

static UINT not_timers(VOID)
{
    NX_INIT_AND_THREADS_CALLER_CHECKING
    return NX_SUCCESS;
}

static void start(VOID (*entry)(ULONG), ULONG input, UINT auto_start)
{
    assert_int_equal(tx_thread_create(&thread, net_name, entry, input, stack, (ULONG)sizeof stack, 4, 4,
                                      TX_NO_TIME_SLICE, auto_start),
                     TX_SUCCESS);
}

static void finish(UINT state)
{
    net_join(&thread);
    assert_int_equal(thread.tx_thread_state, state);
}

static void identify(ULONG input)
{
    (void)input;
    identified = tx_thread_identify();
    caller_status = threads_only();
    (void)tx_semaphore_put(&semaphore);
}

THREAD_CASE(threads_run_and_end)
{
    (void)input;
    assert_int_equal(tx_semaphore_create(&semaphore, net_name, 0), TX_SUCCESS);
    start(identify, 0, TX_DONT_START);
    assert_int_equal(tx_semaphore_get(&semaphore, 2), TX_NO_INSTANCE);
    assert_int_equal(tx_thread_delete(&thread), TX_DELETE_ERROR);
    assert_int_equal(tx_thread_resume(&thread), TX_SUCCESS);
    assert_int_equal(tx_semaphore_get(&semaphore, NET_WAIT), TX_SUCCESS);
    assert_ptr_equal(identified, &thread);
    assert_int_equal(caller_status, NX_SUCCESS);
    finish(TX_COMPLETED);
    assert_int_equal(tx_thread_resume(&thread), TX_THREAD_ERROR);
}

static void hold_mutex(ULONG input)
{
    (void)input;
    (void)tx_mutex_get(&mutex, TX_WAIT_FOREVER);
    (void)tx_semaphore_put(&semaphore);
    (void)tx_thread_sleep(TX_WAIT_FOREVER);
}

THREAD_CASE(terminate_frees_a_waiting_threads_mutex)
{
    (void)input;
    assert_int_equal(tx_semaphore_create(&semaphore, net_name, 0), TX_SUCCESS);
    assert_int_equal(tx_mutex_create(&mutex, net_name, TX_NO_INHERIT), TX_SUCCESS);
    start(hold_mutex, 0, TX_AUTO_START);
    assert_int_equal(tx_semaphore_get(&semaphore, NET_WAIT), TX_SUCCESS);
    assert_int_equal(tx_mutex_get(&mutex, TX_NO_WAIT), TX_NOT_AVAILABLE);
    assert_int_equal(tx_mutex_get(&mutex, 2), TX_NOT_AVAILABLE);
    assert_int_equal(tx_mutex_put(&mutex), TX_NOT_OWNED);
    assert_int_equal(tx_thread_terminate(&thread), TX_SUCCESS);
    assert_int_equal(tx_mutex_get(&mutex, NET_WAIT), TX_SUCCESS);
    assert_int_equal(tx_mutex_get(&mutex, TX_NO_WAIT), TX_SUCCESS);
    assert_int_equal(tx_mutex_put(&mutex), TX_SUCCESS);
    assert_int_equal(tx_mutex_put(&mutex), TX_SUCCESS);
    assert_int_equal(tx_mutex_put(&mutex), TX_NOT_OWNED);
    finish(TX_TERMINATED);
}

static ULONG rounds;

static void count_rounds(ULONG input)
{
    (void)input;
    for (;;) {
        (void)tx_mutex_get(&mutex, TX_WAIT_FOREVER);
        rounds++;
        (void)tx_mutex_put(&mutex);
        (void)tx_thread_sleep(1);
    }
}

static ULONG rounds_now(void)
{
    ULONG now;

    (void)tx_mutex_get(&mutex, TX_WAIT_FOREVER);
    now = rounds;
    (void)tx_mutex_put(&mutex);
    return now;
}

THREAD_CASE(suspend_and_resume)
{
    ULONG before;
    ULONG patience = NET_WAIT;

    (void)input;
    assert_int_equal(tx_mutex_create(&mutex, net_name, TX_INHERIT), TX_SUCCESS);
    start(count_rounds, 0, TX_AUTO_START);
    assert_int_equal(tx_thread_suspend(&thread), TX_SUCCESS);
    (void)tx_thread_sleep(3);
    before = rounds_now();
    (void)tx_thread_sleep(4);
    assert_int_equal(rounds_now(), before);
    assert_int_equal(tx_thread_resume(&thread), TX_SUCCESS);
    assert_int_equal(tx_thread_resume(&thread), TX_RESUME_ERROR);
    while (rounds_now() == before && patience-- != 0)
        (void)tx_thread_sleep(1);
    assert_true(rounds_now() > before);
    assert_int_equal(tx_thread_terminate(&thread), TX_SUCCESS);
    finish(TX_TERMINATED);
}

static void terminate_self(ULONG input)
{
    (void)input;
    (void)tx_thread_terminate(tx_thread_identify());
    fail();
}

static void run_survives_termination(void **state)
{
    (void)state;
    assert_int_equal(netx_host_run(terminate_self, 0), TX_SUCCESS);
    assert_null(tx_thread_identify());
    assert_int_equal(threads_only(), NX_CALLER_ERROR);
    assert_int_equal(not_timers(), NX_SUCCESS);
}

static void sleep_for_ever(ULONG input)
{
    (void)input;
    for (;;) {
        (void)tx_thread_sleep(TX_WAIT_FOREVER);
    }
}

static void reset_stops_threads(void **state)
{
    (void)state;
    start(sleep_for_ever, 0, TX_AUTO_START);
    assert_int_equal(netx_host_reset(), 0);
    start(sleep_for_ever, 0, TX_DONT_START);
    assert_int_equal(netx_host_reset(), 0);
    assert_int_equal(net_setup(NULL), 0);
}

static void set_flags(ULONG flags)
{
    (void)tx_semaphore_get(&semaphore, NET_WAIT);
    (void)tx_event_flags_set(&group, flags, TX_OR);
}

THREAD_CASE(event_flags)
{
    ULONG actual = 0;

    (void)input;
    assert_int_equal(tx_event_flags_create(&group, net_name), TX_SUCCESS);
    assert_int_equal(tx_semaphore_create(&semaphore, net_name, 0), TX_SUCCESS);
    start(set_flags, 6, TX_AUTO_START);
    assert_int_equal(tx_event_flags_get(&group, 2, TX_OR, &actual, TX_NO_WAIT), TX_NO_EVENTS);
    assert_int_equal(tx_semaphore_put(&semaphore), TX_SUCCESS);
    assert_int_equal(tx_event_flags_get(&group, 6, TX_AND_CLEAR, &actual, NET_WAIT), TX_SUCCESS);
    assert_int_equal(actual, 6);
    assert_int_equal(tx_event_flags_get(&group, 6, TX_OR, &actual, 1), TX_NO_EVENTS);
    assert_int_equal(tx_event_flags_set(&group, 3, TX_OR), TX_SUCCESS);
    assert_int_equal(tx_event_flags_set(&group, 1, TX_AND), TX_SUCCESS);
    assert_int_equal(tx_event_flags_get(&group, 2, TX_OR, &actual, TX_NO_WAIT), TX_NO_EVENTS);
    assert_int_equal(tx_event_flags_delete(&group), TX_SUCCESS);
    finish(TX_COMPLETED);
}

static UINT timer_callers[2];

static void on_timer(ULONG input)
{
    (void)input;
    timer_callers[0] = threads_only();
    timer_callers[1] = not_timers();
    (void)tx_semaphore_put(&semaphore);
}

THREAD_CASE(timers_are_no_threads)
{
    TX_TIMER timer;

    (void)input;
    assert_int_equal(tx_semaphore_create(&semaphore, net_name, 0), TX_SUCCESS);
    assert_int_equal(tx_timer_create(&timer, net_name, on_timer, 0, 0, 0, TX_AUTO_ACTIVATE), TX_TICK_ERROR);
    assert_int_equal(tx_timer_create(&timer, net_name, on_timer, 0, 2, 1, TX_AUTO_ACTIVATE), TX_SUCCESS);
    assert_int_equal(tx_semaphore_get(&semaphore, NET_WAIT), TX_SUCCESS);
    assert_int_equal(tx_semaphore_get(&semaphore, NET_WAIT), TX_SUCCESS);
    assert_int_equal(tx_timer_deactivate(&timer), TX_SUCCESS);
    assert_int_equal(timer_callers[0], NX_CALLER_ERROR);
    assert_int_equal(timer_callers[1], NX_CALLER_ERROR);
    assert_int_equal(tx_timer_delete(&timer), TX_SUCCESS);
}

THREAD_CASE(clock_wraps)
{
    ULONG start_ticks;

    (void)input;
    tx_time_set((ULONG)0 - 2);
    start_ticks = tx_time_get();
    assert_int_equal(tx_thread_sleep(4), TX_SUCCESS);
    assert_true(tx_time_get() < 1000);
    assert_true(tx_time_get() - start_ticks >= 4);
}

static void waits_are_for_threads(void **state)
{
    ULONG actual;

    (void)state;
    assert_int_equal(tx_semaphore_create(&semaphore, net_name, 1), TX_SUCCESS);
    assert_int_equal(tx_mutex_create(&mutex, net_name, TX_NO_INHERIT), TX_SUCCESS);
    assert_int_equal(tx_event_flags_create(&group, net_name), TX_SUCCESS);
    assert_int_equal(tx_semaphore_get(&semaphore, 1), TX_WAIT_ERROR);
    assert_int_equal(tx_semaphore_get(&semaphore, TX_NO_WAIT), TX_SUCCESS);
    assert_int_equal(tx_semaphore_get(&semaphore, TX_NO_WAIT), TX_NO_INSTANCE);
    assert_int_equal(tx_mutex_get(&mutex, 1), TX_WAIT_ERROR);
    assert_int_equal(tx_mutex_get(&mutex, TX_NO_WAIT), TX_SUCCESS);
    assert_int_equal(tx_mutex_put(&mutex), TX_SUCCESS);
    assert_int_equal(tx_event_flags_get(&group, 1, TX_OR, &actual, 1), TX_WAIT_ERROR);
    assert_int_equal(tx_thread_sleep(1), TX_CALLER_ERROR);
}

THREAD_CASE(deleted_objects_are_known_as_such)
{
    (void)input;
    assert_int_equal(tx_mutex_create(&mutex, net_name, TX_NO_INHERIT), TX_SUCCESS);
    assert_int_equal(tx_semaphore_create(&semaphore, net_name, 1), TX_SUCCESS);
    assert_int_equal(tx_mutex_delete(&mutex), TX_SUCCESS);
    assert_int_equal(tx_mutex_get(&mutex, TX_NO_WAIT), TX_MUTEX_ERROR);
    assert_int_equal(tx_semaphore_delete(&semaphore), TX_SUCCESS);
    assert_int_equal(tx_semaphore_put(&semaphore), TX_SEMAPHORE_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN_CASE(threads_run_and_end),   RUN_CASE(terminate_frees_a_waiting_threads_mutex),
        RUN_CASE(suspend_and_resume),    RUN_CASE(run_survives_termination),
        RUN_CASE(reset_stops_threads),   RUN_CASE(event_flags),
        RUN_CASE(timers_are_no_threads), RUN_CASE(clock_wraps),
        RUN_CASE(waits_are_for_threads), RUN_CASE(deleted_objects_are_known_as_such),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
