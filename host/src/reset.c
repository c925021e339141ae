/* SPDX-License-Identifier: MIT */
/* Invariant: after netx_host_reset() nothing of the kernel is left; each part forgets in the order in which
 * nothing can run into a part that is gone. */
#include "net.h"

UINT netx_host_reset(VOID)
{
    const struct host_self *self = host_self();
    UINT running;

    if (self->caller == NX_HOST_CALLER_TIMER || (self->thread && !self->thread->attached)) {
        return TX_CALLER_ERROR;
    }
    running = host_threads_reset();
    host_timer_reset();
    host_io_reset();
    host_lock();
    host_sockets_reset();
    host_listener_reset();
    host_objects_reset();
    host_controls_reset();
    host_map_reset();
    host_unlock();
    return running;
}
