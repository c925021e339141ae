/* SPDX-License-Identifier: MIT */
/* What a NetX Duo port defines: here, the check of who calls a service. */
#ifndef NX_PORT_H
#define NX_PORT_H

#include "tx_api.h"

#define NX_PARAMETER_NOT_USED(p) ((void)(p))

/* Who calls: see _nx_host_caller(). */
#define NX_HOST_CALLER_INITIALIZATION ((UINT)0)
#define NX_HOST_CALLER_THREAD         ((UINT)1)
#define NX_HOST_CALLER_TIMER          ((UINT)2)

#ifdef __cplusplus
extern "C" {
#endif
/* Initialisation is tx_application_define() and any pthread that ThreadX did not create; timer stands for
 * timer expiration functions and for the callbacks of the network thread, which may not wait either. */
UINT _nx_host_caller(VOID);
#ifdef __cplusplus
}
#endif

/* At file scope, then as a statement in a function that returns UINT. */
#define NX_CALLER_CHECKING_EXTERNS
#define NX_THREADS_ONLY_CALLER_CHECKING                   \
    {                                                     \
        if (_nx_host_caller() != NX_HOST_CALLER_THREAD) { \
            return (NX_CALLER_ERROR);                     \
        }                                                 \
    }
#define NX_INIT_AND_THREADS_CALLER_CHECKING              \
    {                                                    \
        if (_nx_host_caller() == NX_HOST_CALLER_TIMER) { \
            return (NX_CALLER_ERROR);                    \
        }                                                \
    }

#endif
