/* SPDX-License-Identifier: MIT */
/* The header of a NetX Duo port: here, the check of the caller of a service. */
#ifndef NX_PORT_H
#define NX_PORT_H

#include "tx_api.h"

#define NX_PARAMETER_NOT_USED(p) ((void)(p))

/* The kinds of callers: see _nx_host_caller(). */
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
#ifdef __linux__
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

#else
/* On a board the checks are code at the place where they stand: they read ThreadX's own variables. So sizes
 * that are measured against these headers hold what the real ones cost. */
#define NX_CALLER_CHECKING_EXTERNS            \
    extern TX_THREAD *_tx_thread_current_ptr; \
    extern TX_THREAD _tx_timer_thread;        \
    extern volatile ULONG _tx_thread_system_state;
#define NX_HOST_BOARD_INITIALIZATION ((ULONG)0xF0F0F0F0UL) /* and above */
#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
/* The number of the exception that the processor handles is a part of ThreadX's state. */
__attribute__((always_inline)) static inline ULONG _nx_host_board_exception(VOID)
{
    ULONG exception;

    __asm__ volatile("mrs %0, ipsr" : "=r"(exception));
    return exception;
}
#define NX_HOST_BOARD_STATE() (_tx_thread_system_state | _nx_host_board_exception())
#else
#define NX_HOST_BOARD_STATE() (_tx_thread_system_state)
#endif
#define NX_THREADS_ONLY_CALLER_CHECKING                                        \
    {                                                                          \
        if (NX_HOST_BOARD_STATE() != 0 || _tx_thread_current_ptr == TX_NULL || \
            _tx_thread_current_ptr == &_tx_timer_thread) {                     \
            return (NX_CALLER_ERROR);                                          \
        }                                                                      \
    }
#define NX_INIT_AND_THREADS_CALLER_CHECKING                                                         \
    {                                                                                               \
        if ((NX_HOST_BOARD_STATE() != 0 && NX_HOST_BOARD_STATE() < NX_HOST_BOARD_INITIALIZATION) || \
            _tx_thread_current_ptr == &_tx_timer_thread) {                                          \
            return (NX_CALLER_ERROR);                                                               \
        }                                                                                           \
    }
#endif

#endif
