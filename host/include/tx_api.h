/* SPDX-License-Identifier: MIT */
/* The subset of the ThreadX services that an SMTP application uses, on POSIX threads: see host/README.md.
 *
 * The services do as the ThreadX User Guide says, and the same callers may use them. Initialisation
 * (tx_application_define(), or a thread that ThreadX did not create) and threads may create objects. Only
 * threads may delete objects, or wait longer than TX_NO_WAIT. Time-outs are in ticks. */
#ifndef TX_API_H
#define TX_API_H

#include "tx_port.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TX_NULL          0
#define TX_TRUE          1
#define TX_FALSE         0
#define TX_NO_WAIT       ((ULONG)0)
#define TX_WAIT_FOREVER  ((ULONG)0xFFFFFFFFUL)
#define TX_NO_TIME_SLICE ((ULONG)0)
#define TX_AUTO_START    1
#define TX_DONT_START    0
#define TX_AUTO_ACTIVATE 1
#define TX_NO_ACTIVATE   0
#define TX_INHERIT       1
#define TX_NO_INHERIT    0
#define TX_OR            ((UINT)0)
#define TX_OR_CLEAR      ((UINT)1)
#define TX_AND           ((UINT)2)
#define TX_AND_CLEAR     ((UINT)3)

/* Values of tx_thread_state. */
#define TX_READY      ((UINT)0)
#define TX_COMPLETED  ((UINT)1)
#define TX_TERMINATED ((UINT)2)
#define TX_SUSPENDED  ((UINT)3)

/* Status values. */
#define TX_SUCCESS         ((UINT)0x00)
#define TX_DELETED         ((UINT)0x01)
#define TX_PTR_ERROR       ((UINT)0x03)
#define TX_WAIT_ERROR      ((UINT)0x04)
#define TX_SIZE_ERROR      ((UINT)0x05)
#define TX_GROUP_ERROR     ((UINT)0x06)
#define TX_NO_EVENTS       ((UINT)0x07)
#define TX_OPTION_ERROR    ((UINT)0x08)
#define TX_SEMAPHORE_ERROR ((UINT)0x0C)
#define TX_NO_INSTANCE     ((UINT)0x0D)
#define TX_THREAD_ERROR    ((UINT)0x0E)
#define TX_PRIORITY_ERROR  ((UINT)0x0F)
#define TX_START_ERROR     ((UINT)0x10)
#define TX_DELETE_ERROR    ((UINT)0x11)
#define TX_RESUME_ERROR    ((UINT)0x12)
#define TX_CALLER_ERROR    ((UINT)0x13)
#define TX_SUSPEND_ERROR   ((UINT)0x14)
#define TX_TIMER_ERROR     ((UINT)0x15)
#define TX_TICK_ERROR      ((UINT)0x16)
#define TX_ACTIVATE_ERROR  ((UINT)0x17)
#define TX_THRESH_ERROR    ((UINT)0x18)
#define TX_WAIT_ABORTED    ((UINT)0x1A)
#define TX_MUTEX_ERROR     ((UINT)0x1C)
#define TX_NOT_AVAILABLE   ((UINT)0x1D)
#define TX_NOT_OWNED       ((UINT)0x1E)
#define TX_INHERIT_ERROR   ((UINT)0x1F)

/* The objects live in the application's memory. The tx_..._host fields belong to the host layer and lead to
 * the objects of the PC's kernel. The tx_..._room fields make an object as large as that of ThreadX; their
 * unit is a pointer, as ThreadX keeps lists and counters there. So RAM measured against these headers is that
 * of a board. */
typedef struct TX_THREAD_STRUCT {
    ULONG tx_thread_id;
    CHAR *tx_thread_name;
    UINT tx_thread_state;
    UINT tx_thread_priority;
    VOID (*tx_thread_entry)(ULONG);
    ULONG tx_thread_entry_parameter;
    VOID *tx_thread_stack_start;
    ULONG tx_thread_stack_size;
    VOID *tx_thread_host;
    VOID *tx_thread_room[36];
} TX_THREAD;

typedef struct TX_MUTEX_STRUCT {
    ULONG tx_mutex_id;
    CHAR *tx_mutex_name;
    UINT tx_mutex_ownership_count;
    TX_THREAD *tx_mutex_owner;
    VOID *tx_mutex_host;
    VOID *tx_mutex_room[8];
} TX_MUTEX;

typedef struct TX_SEMAPHORE_STRUCT {
    ULONG tx_semaphore_id;
    CHAR *tx_semaphore_name;
    ULONG tx_semaphore_count;
    VOID *tx_semaphore_room[5];
} TX_SEMAPHORE;

typedef struct TX_EVENT_FLAGS_GROUP_STRUCT {
    ULONG tx_event_flags_group_id;
    CHAR *tx_event_flags_group_name;
    ULONG tx_event_flags_group_current;
    VOID *tx_event_flags_group_room[7];
} TX_EVENT_FLAGS_GROUP;

typedef struct TX_TIMER_STRUCT {
    ULONG tx_timer_id;
    CHAR *tx_timer_name;
    VOID (*tx_timer_expiration)(ULONG);
    ULONG tx_timer_expiration_input;
    ULONG tx_timer_initial_ticks;
    ULONG tx_timer_reschedule_ticks;
    UINT tx_timer_active;
    ULONG64 tx_timer_host;
} TX_TIMER;

/* Calls tx_application_define(), starts the threads it made and does not return; a thread may call exit(). */
VOID tx_kernel_enter(VOID);
/* The application's. first_unused_memory has at least 262 144 octets, aligned for any object. */
VOID tx_application_define(VOID *first_unused_memory);

/* The stack is kept but not used: threads run on stacks of the PC. Priority, threshold and time slice are
 * checked and otherwise ignored: all threads run at the same time. */
UINT _tx_thread_create(TX_THREAD *thread_ptr, CHAR *name_ptr, VOID (*entry_function)(ULONG),
                       ULONG entry_input, VOID *stack_start, ULONG stack_size, UINT priority,
                       UINT preempt_threshold, ULONG time_slice, UINT auto_start);
UINT _txe_thread_create(TX_THREAD *thread_ptr, CHAR *name_ptr, VOID (*entry_function)(ULONG),
                        ULONG entry_input, VOID *stack_start, ULONG stack_size, UINT priority,
                        UINT preempt_threshold, ULONG time_slice, UINT auto_start,
                        UINT thread_control_block_size);
UINT tx_thread_resume(TX_THREAD *thread_ptr);
/* Another thread stops at its next call of a service; the caller itself at once. */
UINT tx_thread_suspend(TX_THREAD *thread_ptr);
UINT tx_thread_terminate(TX_THREAD *thread_ptr);
/* Of a completed or terminated thread only. */
UINT tx_thread_delete(TX_THREAD *thread_ptr);
UINT tx_thread_sleep(ULONG timer_ticks);
TX_THREAD *tx_thread_identify(VOID);
VOID tx_thread_relinquish(VOID);

ULONG tx_time_get(VOID);
VOID tx_time_set(ULONG new_time);

UINT _tx_mutex_create(TX_MUTEX *mutex_ptr, CHAR *name_ptr, UINT inherit);
UINT _txe_mutex_create(TX_MUTEX *mutex_ptr, CHAR *name_ptr, UINT inherit, UINT mutex_control_block_size);
UINT tx_mutex_delete(TX_MUTEX *mutex_ptr);
UINT tx_mutex_get(TX_MUTEX *mutex_ptr, ULONG wait_option);
UINT tx_mutex_put(TX_MUTEX *mutex_ptr);

UINT _tx_semaphore_create(TX_SEMAPHORE *semaphore_ptr, CHAR *name_ptr, ULONG initial_count);
UINT _txe_semaphore_create(TX_SEMAPHORE *semaphore_ptr, CHAR *name_ptr, ULONG initial_count,
                           UINT semaphore_control_block_size);
UINT tx_semaphore_delete(TX_SEMAPHORE *semaphore_ptr);
UINT tx_semaphore_get(TX_SEMAPHORE *semaphore_ptr, ULONG wait_option);
UINT tx_semaphore_put(TX_SEMAPHORE *semaphore_ptr);

UINT _tx_event_flags_create(TX_EVENT_FLAGS_GROUP *group_ptr, CHAR *name_ptr);
UINT _txe_event_flags_create(TX_EVENT_FLAGS_GROUP *group_ptr, CHAR *name_ptr,
                             UINT event_flags_control_block_size);
UINT tx_event_flags_delete(TX_EVENT_FLAGS_GROUP *group_ptr);
UINT tx_event_flags_set(TX_EVENT_FLAGS_GROUP *group_ptr, ULONG flags_to_set, UINT set_option);
UINT tx_event_flags_get(TX_EVENT_FLAGS_GROUP *group_ptr, ULONG requested_flags, UINT get_option,
                        ULONG *actual_flags_ptr, ULONG wait_option);

/* The expiration function runs on the timer thread, where services may be called but never with a wait. */
UINT _tx_timer_create(TX_TIMER *timer_ptr, CHAR *name_ptr, VOID (*expiration_function)(ULONG),
                      ULONG expiration_input, ULONG initial_ticks, ULONG reschedule_ticks,
                      UINT auto_activate);
UINT _txe_timer_create(TX_TIMER *timer_ptr, CHAR *name_ptr, VOID (*expiration_function)(ULONG),
                       ULONG expiration_input, ULONG initial_ticks, ULONG reschedule_ticks,
                       UINT auto_activate, UINT timer_control_block_size);
UINT tx_timer_activate(TX_TIMER *timer_ptr);
UINT tx_timer_deactivate(TX_TIMER *timer_ptr);
UINT tx_timer_delete(TX_TIMER *timer_ptr);

/* Applications use these names. With error checking an object is told with its size: who compiled with other
 * options than the library is told so. */
#ifndef TX_DISABLE_ERROR_CHECKING
#define tx_thread_create(t, n, e, i, m, s, p, h, q, a) \
    _txe_thread_create(t, n, e, i, m, s, p, h, q, a, sizeof(TX_THREAD))
#define tx_mutex_create(m, n, i)             _txe_mutex_create(m, n, i, sizeof(TX_MUTEX))
#define tx_semaphore_create(s, n, c)         _txe_semaphore_create(s, n, c, sizeof(TX_SEMAPHORE))
#define tx_event_flags_create(g, n)          _txe_event_flags_create(g, n, sizeof(TX_EVENT_FLAGS_GROUP))
#define tx_timer_create(t, n, e, i, f, r, a) _txe_timer_create(t, n, e, i, f, r, a, sizeof(TX_TIMER))
#else
#define tx_thread_create      _tx_thread_create
#define tx_mutex_create       _tx_mutex_create
#define tx_semaphore_create   _tx_semaphore_create
#define tx_event_flags_create _tx_event_flags_create
#define tx_timer_create       _tx_timer_create
#endif

#ifdef __cplusplus
}
#endif

#endif
