/* SPDX-License-Identifier: MIT */
/* Invariant: a mutex belongs to the pthread whose host_self it names, as often as its count says. */
#include "host.h"

#define MUTEX_ID ((ULONG)0x4D555445UL)

UINT _tx_mutex_create(TX_MUTEX *mutex_ptr, CHAR *name_ptr, UINT inherit)
{
    UINT status = TX_SUCCESS;

    host_enter();
    if (!mutex_ptr || host_object_is(HOST_MUTEX, mutex_ptr)) {
        status = TX_MUTEX_ERROR;
    } else if (inherit > TX_INHERIT) {
        status = TX_INHERIT_ERROR;
    } else if (host_self()->caller == NX_HOST_CALLER_TIMER) {
        status = TX_CALLER_ERROR;
    } else {
        memset(mutex_ptr, 0, sizeof *mutex_ptr);
        mutex_ptr->tx_mutex_id = MUTEX_ID;
        mutex_ptr->tx_mutex_name = name_ptr;
        (void)host_object_add(HOST_MUTEX, mutex_ptr);
    }
    host_leave();
    return status;
}

UINT _txe_mutex_create(TX_MUTEX *mutex_ptr, CHAR *name_ptr, UINT inherit, UINT mutex_control_block_size)
{
    return mutex_control_block_size == sizeof *mutex_ptr ? _tx_mutex_create(mutex_ptr, name_ptr, inherit)
                                                         : TX_MUTEX_ERROR;
}

UINT tx_mutex_delete(TX_MUTEX *mutex_ptr)
{
    UINT status = TX_SUCCESS;

    host_enter();
    if (!host_object_is(HOST_MUTEX, mutex_ptr)) {
        status = TX_MUTEX_ERROR;
    } else if (host_self()->caller != NX_HOST_CALLER_THREAD) {
        status = TX_CALLER_ERROR;
    } else {
        host_object_remove(HOST_MUTEX, mutex_ptr);
        mutex_ptr->tx_mutex_id = 0;
        host_wake(mutex_ptr);
    }
    host_leave();
    return status;
}

static UINT mutex_acquire(TX_MUTEX *mutex_ptr, ULONG wait_option)
{
    struct host_self *self = host_self();
    uint64_t deadline = host_deadline(wait_option);

    while (mutex_ptr->tx_mutex_ownership_count && mutex_ptr->tx_mutex_host != self) {
        enum host_wait_result result =
            wait_option == TX_NO_WAIT ? HOST_WAIT_TIMEOUT : host_wait(mutex_ptr, deadline);

        if (result == HOST_WAIT_ABORTED) {
            return TX_WAIT_ABORTED;
        }
        if (!host_object_is(HOST_MUTEX, mutex_ptr)) {
            return TX_DELETED;
        }
        if (result == HOST_WAIT_TIMEOUT && mutex_ptr->tx_mutex_ownership_count) {
            return TX_NOT_AVAILABLE;
        }
    }
    mutex_ptr->tx_mutex_ownership_count++;
    mutex_ptr->tx_mutex_host = self;
    mutex_ptr->tx_mutex_owner = self->thread ? self->thread->owner : TX_NULL;
    return TX_SUCCESS;
}

UINT tx_mutex_get(TX_MUTEX *mutex_ptr, ULONG wait_option)
{
    UINT status;

    host_enter();
    if (!host_object_is(HOST_MUTEX, mutex_ptr)) {
        status = TX_MUTEX_ERROR;
    } else if (host_wait_forbidden(wait_option)) {
        status = TX_WAIT_ERROR;
    } else {
        status = mutex_acquire(mutex_ptr, wait_option);
    }
    host_leave();
    return status;
}

UINT tx_mutex_put(TX_MUTEX *mutex_ptr)
{
    UINT status = TX_SUCCESS;

    host_enter();
    if (!host_object_is(HOST_MUTEX, mutex_ptr)) {
        status = TX_MUTEX_ERROR;
    } else if (!mutex_ptr->tx_mutex_ownership_count || mutex_ptr->tx_mutex_host != host_self()) {
        status = TX_NOT_OWNED;
    } else if (--mutex_ptr->tx_mutex_ownership_count == 0) {
        host_mutex_free(mutex_ptr);
    }
    host_leave();
    return status;
}
