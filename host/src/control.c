/* SPDX-License-Identifier: MIT */
/* Invariant: with all controls zero the host layer behaves as if this file did not exist. */
#include "host.h"

struct control_fault {
    ULONG count;
    ULONG nth;
    ULONG times;
    UINT status;
};

struct host_controls host_controls;
static struct control_fault control_faults[NETX_HOST_SERVICES];

int host_fault(UINT service, UINT *status)
{
    struct control_fault *fault = &control_faults[service];

    fault->count++;
    if (!fault->times) {
        return 0;
    }
    if (fault->nth > 1) {
        fault->nth--;
        return 0;
    }
    if (fault->times != NX_WAIT_FOREVER) {
        fault->times--;
    }
    *status = fault->status;
    return 1;
}

VOID netx_host_fail_set(UINT service, ULONG nth, ULONG times, UINT status)
{
    if (service < NETX_HOST_SERVICES) {
        host_lock();
        control_faults[service].nth = nth;
        control_faults[service].times = times;
        control_faults[service].status = status;
        host_unlock();
    }
}

ULONG netx_host_count_get(UINT service)
{
    ULONG count = 0;

    if (service < NETX_HOST_SERVICES) {
        host_lock();
        count = control_faults[service].count;
        host_unlock();
    }
    return count;
}

static void control_set(ULONG *control, ULONG value)
{
    host_lock();
    *control = value;
    host_unlock();
}

VOID netx_host_mss_set(ULONG octets)
{
    control_set(&host_controls.mss, octets);
}

VOID netx_host_send_limit_set(ULONG octets)
{
    control_set(&host_controls.send_limit, octets);
}

VOID netx_host_transmit_window_set(ULONG octets)
{
    control_set(&host_controls.window, octets);
}

VOID netx_host_transmit_window_shut(ULONG ticks)
{
    host_lock();
    host_controls.shut = ticks;
    host_controls.shut_ns = 0;
    host_unlock();
}

VOID netx_host_acknowledge_delay_set(ULONG ticks)
{
    control_set(&host_controls.acknowledge_delay, ticks);
}

VOID netx_host_receive_size_set(ULONG octets)
{
    control_set(&host_controls.receive_size, octets);
}

VOID netx_host_receive_piece_set(ULONG octets)
{
    control_set(&host_controls.receive_piece, octets);
}

VOID netx_host_receive_lines_set(UINT lines)
{
    control_set(&host_controls.receive_lines, lines);
}

ULONG netx_host_dropped_get(VOID)
{
    ULONG count;

    host_lock();
    count = host_controls.dropped;
    host_unlock();
    return count;
}

VOID netx_host_drop_delay_set(ULONG ticks)
{
    control_set(&host_controls.drop_delay, ticks);
}

void host_controls_reset(void)
{
    memset(&host_controls, 0, sizeof host_controls);
    memset(control_faults, 0, sizeof control_faults);
}
