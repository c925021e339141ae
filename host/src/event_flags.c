/* SPDX-License-Identifier: MIT */
/* Invariant: flags change under the lock only, and each change wakes all waiters of the group, who look
 * again. */
#include "host.h"

#define EVENT_FLAGS_ID ((ULONG)0x456E7450UL)

UINT _tx_event_flags_create(TX_EVENT_FLAGS_GROUP *group_ptr, CHAR *name_ptr)
{
    UINT status = TX_SUCCESS;

    host_enter();
    if (!group_ptr || host_object_is(HOST_EVENT_FLAGS, group_ptr)) {
        status = TX_GROUP_ERROR;
    } else if (host_self()->caller == NX_HOST_CALLER_TIMER) {
        status = TX_CALLER_ERROR;
    } else {
        memset(group_ptr, 0, sizeof *group_ptr);
        group_ptr->tx_event_flags_group_id = EVENT_FLAGS_ID;
        group_ptr->tx_event_flags_group_name = name_ptr;
        (void)host_object_add(HOST_EVENT_FLAGS, group_ptr);
    }
    host_leave();
    return status;
}

UINT _txe_event_flags_create(TX_EVENT_FLAGS_GROUP *group_ptr, CHAR *name_ptr,
                             UINT event_flags_control_block_size)
{
    return event_flags_control_block_size == sizeof *group_ptr ? _tx_event_flags_create(group_ptr, name_ptr)
                                                               : TX_GROUP_ERROR;
}

UINT tx_event_flags_delete(TX_EVENT_FLAGS_GROUP *group_ptr)
{
    UINT status = TX_SUCCESS;

    host_enter();
    if (!host_object_is(HOST_EVENT_FLAGS, group_ptr)) {
        status = TX_GROUP_ERROR;
    } else if (host_self()->caller != NX_HOST_CALLER_THREAD) {
        status = TX_CALLER_ERROR;
    } else {
        host_object_remove(HOST_EVENT_FLAGS, group_ptr);
        group_ptr->tx_event_flags_group_id = 0;
        host_wake(group_ptr);
    }
    host_leave();
    return status;
}

UINT tx_event_flags_set(TX_EVENT_FLAGS_GROUP *group_ptr, ULONG flags_to_set, UINT set_option)
{
    UINT status = TX_SUCCESS;

    host_enter();
    if (!host_object_is(HOST_EVENT_FLAGS, group_ptr)) {
        status = TX_GROUP_ERROR;
    } else if (set_option == TX_AND) {
        group_ptr->tx_event_flags_group_current &= flags_to_set;
    } else if (set_option == TX_OR) {
        group_ptr->tx_event_flags_group_current |= flags_to_set;
        host_wake(group_ptr);
    } else {
        status = TX_OPTION_ERROR;
    }
    host_leave();
    return status;
}

static int event_flags_match(const TX_EVENT_FLAGS_GROUP *group_ptr, ULONG requested, UINT option)
{
    ULONG present = group_ptr->tx_event_flags_group_current & requested;

    return option == TX_AND || option == TX_AND_CLEAR ? present == requested : present != 0;
}

static UINT event_flags_await(TX_EVENT_FLAGS_GROUP *group_ptr, ULONG requested, UINT option, ULONG *actual,
                              ULONG wait_option)
{
    uint64_t deadline = host_deadline(wait_option);

    while (!event_flags_match(group_ptr, requested, option)) {
        enum host_wait_result result =
            wait_option == TX_NO_WAIT ? HOST_WAIT_TIMEOUT : host_wait(group_ptr, deadline);

        if (result == HOST_WAIT_ABORTED) {
            return TX_WAIT_ABORTED;
        }
        if (!host_object_is(HOST_EVENT_FLAGS, group_ptr)) {
            return TX_DELETED;
        }
        if (result == HOST_WAIT_TIMEOUT && !event_flags_match(group_ptr, requested, option)) {
            return TX_NO_EVENTS;
        }
    }
    *actual = group_ptr->tx_event_flags_group_current;
    if (option == TX_OR_CLEAR || option == TX_AND_CLEAR) {
        group_ptr->tx_event_flags_group_current &= ~requested;
    }
    return TX_SUCCESS;
}

UINT tx_event_flags_get(TX_EVENT_FLAGS_GROUP *group_ptr, ULONG requested_flags, UINT get_option,
                        ULONG *actual_flags_ptr, ULONG wait_option)
{
    UINT status;

    host_enter();
    if (!host_object_is(HOST_EVENT_FLAGS, group_ptr)) {
        status = TX_GROUP_ERROR;
    } else if (!actual_flags_ptr) {
        status = TX_PTR_ERROR;
    } else if (host_wait_forbidden(wait_option)) {
        status = TX_WAIT_ERROR;
    } else if (get_option > TX_AND_CLEAR) {
        status = TX_OPTION_ERROR;
    } else {
        status = event_flags_await(group_ptr, requested_flags, get_option, actual_flags_ptr, wait_option);
    }
    host_leave();
    return status;
}
