/* SPDX-License-Identifier: MIT */
/* Invariant: the count is what put gave and nobody took yet; a waiter that was woken takes it itself or
 * sleeps on. */
#include "host.h"

#define SEMAPHORE_ID ((ULONG)0x53454D41UL)

UINT _tx_semaphore_create(TX_SEMAPHORE *semaphore_ptr, CHAR *name_ptr, ULONG initial_count)
{
    UINT status = TX_SUCCESS;

    host_enter();
    if (!semaphore_ptr || host_object_is(HOST_SEMAPHORE, semaphore_ptr)) {
        status = TX_SEMAPHORE_ERROR;
    } else if (host_self()->caller == NX_HOST_CALLER_TIMER) {
        status = TX_CALLER_ERROR;
    } else {
        semaphore_ptr->tx_semaphore_id = SEMAPHORE_ID;
        semaphore_ptr->tx_semaphore_name = name_ptr;
        semaphore_ptr->tx_semaphore_count = initial_count;
        (void)host_object_add(HOST_SEMAPHORE, semaphore_ptr);
    }
    host_leave();
    return status;
}

UINT _txe_semaphore_create(TX_SEMAPHORE *semaphore_ptr, CHAR *name_ptr, ULONG initial_count,
                           UINT semaphore_control_block_size)
{
    return semaphore_control_block_size == sizeof *semaphore_ptr
               ? _tx_semaphore_create(semaphore_ptr, name_ptr, initial_count)
               : TX_SEMAPHORE_ERROR;
}

UINT tx_semaphore_delete(TX_SEMAPHORE *semaphore_ptr)
{
    UINT status = TX_SUCCESS;

    host_enter();
    if (!host_object_is(HOST_SEMAPHORE, semaphore_ptr)) {
        status = TX_SEMAPHORE_ERROR;
    } else if (host_self()->caller != NX_HOST_CALLER_THREAD) {
        status = TX_CALLER_ERROR;
    } else {
        host_object_remove(HOST_SEMAPHORE, semaphore_ptr);
        semaphore_ptr->tx_semaphore_id = 0;
        host_wake(semaphore_ptr);
    }
    host_leave();
    return status;
}

static UINT semaphore_acquire(TX_SEMAPHORE *semaphore_ptr, ULONG wait_option)
{
    uint64_t deadline = host_deadline(wait_option);

    while (!semaphore_ptr->tx_semaphore_count) {
        enum host_wait_result result =
            wait_option == TX_NO_WAIT ? HOST_WAIT_TIMEOUT : host_wait(semaphore_ptr, deadline);

        if (result == HOST_WAIT_ABORTED) {
            return TX_WAIT_ABORTED;
        }
        if (!host_object_is(HOST_SEMAPHORE, semaphore_ptr)) {
            return TX_DELETED;
        }
        if (result == HOST_WAIT_TIMEOUT && !semaphore_ptr->tx_semaphore_count) {
            return TX_NO_INSTANCE;
        }
    }
    semaphore_ptr->tx_semaphore_count--;
    return TX_SUCCESS;
}

UINT tx_semaphore_get(TX_SEMAPHORE *semaphore_ptr, ULONG wait_option)
{
    UINT status;

    host_enter();
    if (!host_object_is(HOST_SEMAPHORE, semaphore_ptr)) {
        status = TX_SEMAPHORE_ERROR;
    } else if (host_wait_forbidden(wait_option)) {
        status = TX_WAIT_ERROR;
    } else {
        status = semaphore_acquire(semaphore_ptr, wait_option);
    }
    host_leave();
    return status;
}

UINT tx_semaphore_put(TX_SEMAPHORE *semaphore_ptr)
{
    UINT status = TX_SEMAPHORE_ERROR;

    host_enter();
    if (host_object_is(HOST_SEMAPHORE, semaphore_ptr)) {
        semaphore_ptr->tx_semaphore_count++;
        host_wake(semaphore_ptr);
        status = TX_SUCCESS;
    }
    host_leave();
    return status;
}
