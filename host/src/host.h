/* SPDX-License-Identifier: MIT */
/* Inside the host layer: one lock guards every object; who waits, waits for an object's address to be woken.
 */
#ifndef HOST_H
#define HOST_H

#include "netx_host.h"
#include "nx_ip.h"
#include <setjmp.h>
#include <stdint.h>

struct sockaddr_storage;

/* ---- lock.c ---- */
enum host_wait_result {
    HOST_WAIT_WOKEN,
    HOST_WAIT_TIMEOUT,
    HOST_WAIT_ABORTED
};
#define HOST_NEVER UINT64_MAX

struct host_thread;
struct host_self {
    UINT caller; /* NX_HOST_CALLER_... */
    struct host_thread *thread;
};
struct host_self *host_self(void);
void host_lock(void);
void host_unlock(void);
/* Bracket every service that may stop the calling thread: host_leave() is where suspend and terminate take
 * effect. */
void host_enter(void);
void host_leave(void);
/* Releases the lock while waiting. Always check the condition again, whatever the result. */
enum host_wait_result host_wait(const void *object, uint64_t deadline_ns);
void host_wake(const void *object);
/* Is this wait one that the caller may not make? */
int host_wait_forbidden(ULONG wait_option);

/* ---- clock.c ---- */
#define HOST_SECOND_NS UINT64_C(1000000000)
uint64_t host_now_ns(void);
uint64_t host_ticks(void);
uint64_t host_ticks_to_ns(uint64_t ticks);
/* 0 for NX_NO_WAIT, HOST_NEVER for NX_WAIT_FOREVER. */
uint64_t host_deadline(ULONG wait_option);
void host_clock_reset(void);

/* ---- objects.c ---- */
enum host_kind {
    HOST_THREAD,
    HOST_MUTEX,
    HOST_SEMAPHORE,
    HOST_EVENT_FLAGS,
    HOST_TIMER,
    HOST_POOL,
    HOST_IP,
    HOST_SOCKET
};
/* 0 when it is there already. */
int host_object_add(enum host_kind kind, void *object);
int host_object_is(enum host_kind kind, const void *object);
void host_object_remove(enum host_kind kind, const void *object);
/* The index-th object of a kind, or NULL. */
void *host_object_at(enum host_kind kind, size_t index);
void host_objects_reset(void);

/* ---- thread.c ---- */
struct host_thread {
    struct host_thread *next;
    TX_THREAD *owner;
    ULONG64 pthread[2]; /* a pthread_t */
    int attached;       /* by netx_host_run(): `escape` is how it ends */
    jmp_buf escape;
    VOID (*entry)(ULONG);
    ULONG input;
    int suspended;
    int terminated;
    int finished;
};
/* With the lock held: stands still while suspended. */
void host_thread_pause(struct host_thread *thread);
/* Without the lock: the calling thread ends. */
void host_thread_end(struct host_thread *thread, UINT state);
void host_threads_hold(int hold);
UINT host_threads_reset(void);
void host_mutex_release_all(const struct host_self *self);

/* ---- timer.c, io.c ---- */
void host_timer_reset(void);
void host_io_reset(void);

/* ---- control.c ---- */
struct host_controls {
    ULONG mss;
    ULONG send_limit;
    ULONG window;
    ULONG shut;       /* ticks from the first probe of a shut window to its answer; 0: it is not shut */
    uint64_t shut_ns; /* when the answer comes; 0: nothing asked for it yet */
    ULONG acknowledge_delay;
    ULONG receive_size;
    ULONG receive_piece;
    ULONG receive_lines;
    ULONG drop_delay;
    ULONG dropped; /* counts */
};
extern struct host_controls host_controls;
/* Counts a call of the service; 1 when it must fail with *status. */
int host_fault(UINT service, UINT *status);
void host_controls_reset(void);

/* ---- packet_pool.c: all with the lock held ---- */
#define HOST_PACKET_FREE      ((ULONG)0x46524545UL)
#define HOST_PACKET_ALLOCATED ((ULONG)0x55534544UL)
#define HOST_PACKET_QUEUED    ((ULONG)0x51554555UL)
NX_PACKET *host_packet_take(NX_PACKET_POOL *pool);
UINT host_packet_allocate(NX_PACKET_POOL *pool, NX_PACKET **packet, ULONG type, uint64_t deadline_ns);
void host_packet_free(NX_PACKET *packet);
UINT host_packet_check(const NX_PACKET *packet);
NX_PACKET *host_packet_next(const NX_PACKET *packet);

/* ---- address.c ---- */
struct host_address {
    UINT version; /* 4, 6, or 0: none */
    uint32_t word[4];
};
int host_address_from_nxd(struct host_address *address, const NXD_ADDRESS *from);
void host_address_to_nxd(NXD_ADDRESS *to, const struct host_address *address);
void host_address_v4(struct host_address *address, ULONG v4);
int host_address_equal(const struct host_address *a, const struct host_address *b);
int host_address_is_zero(const struct host_address *address);
int host_address_is_loopback(const struct host_address *address);
int host_address_from_text(struct host_address *address, const char *text);
/* Returns the size of the kernel's form. */
unsigned int host_address_to_kernel(const struct host_address *address, UINT port,
                                    struct sockaddr_storage *to);
UINT host_address_from_kernel(struct host_address *address, const struct sockaddr_storage *from);

/* ---- map.c ---- */
UINT host_map_port(UINT port);
void host_map_address(struct host_address *address);
void host_map_reset(void);

/* ---- ip.c ---- */
#define HOST_IP_TCP ((ULONG)1)
/* The index-th address of an instance, IPv4 first; 0 when there are no more. */
int host_ip_address(const NX_IP *ip, UINT index, struct host_address *address);
/* The address that a connection to an address of this version comes from. */
int host_ip_source(const NX_IP *ip, UINT version, struct host_address *address);
int host_ip_owns(const NX_IP *ip, const struct host_address *address);

/* ---- tcp_socket.c ---- */
struct host_flight { /* octets in the kernel that count as unacknowledged */
    struct host_flight *next;
    NX_PACKET *packet;
    ULONG octets;
    uint64_t due_ns;
};

struct host_socket {
    struct host_socket *next;
    uint64_t id;
    NX_TCP_SOCKET *owner;
    NX_IP *ip;
    int fd;
    unsigned int watched; /* events that the network thread waits for */
    int is_watched;
    int bound;
    int server;
    UINT port;
    UINT kernel_port; /* of a connection inside the process, so that its other end can find it; else 0 */
    struct host_address local;
    struct host_address peer;
    UINT peer_port;
    NX_PACKET *received_head;
    NX_PACKET *received_tail;
    ULONG received_octets;
    ULONG receive_window;
    int receive_stalled;       /* the pool was empty or the window full: the kernel keeps the rest */
    uint64_t receive_again_ns; /* what was dropped does not come before */
    int send_blocked;
    struct host_flight *flight_head;
    struct host_flight *flight_tail;
    ULONG flights;
    ULONG flight_octets;
    ULONG flights_max;
    VOID (*on_disconnect)(NX_TCP_SOCKET *);
    VOID (*on_receive)(NX_TCP_SOCKET *);
};
extern struct host_socket *host_sockets;
/* NULL when the pointer is no live socket. */
struct host_socket *host_socket_of(const NX_TCP_SOCKET *socket_ptr);
void host_socket_state(struct host_socket *s, UINT state);
void host_socket_close(struct host_socket *s, int reset);
void host_socket_adopt(struct host_socket *s, int fd);
ULONG host_socket_mss(const struct host_socket *s);
void host_sockets_reset(void);

/* ---- tcp_receive.c ---- */
enum host_receive_result {
    HOST_RECEIVE_NONE,
    HOST_RECEIVE_QUEUED,
    HOST_RECEIVE_STALLED,
    HOST_RECEIVE_FIN,
    HOST_RECEIVE_RESET
};
enum host_receive_result host_receive_segment(struct host_socket *s);
enum host_receive_result host_receive_discard(struct host_socket *s);
void host_receive_flush(struct host_socket *s);
void host_receive_unstall(const NX_PACKET_POOL *pool);
/* Looks again at what was dropped, if it is time; returns when it will be. */
uint64_t host_receive_again(struct host_socket *s);

/* ---- tcp_send.c ---- */
/* Releases what was acknowledged by now; returns when the next acknowledgement is due. */
uint64_t host_send_acknowledge(struct host_socket *s, int all);

/* ---- io.c ---- */
uint64_t host_io_id(void);
void host_io_watch_fd(int fd, uint64_t id, unsigned int events, int *is_watched, unsigned int *watched);
void host_io_unwatch_fd(int fd, int *is_watched);
/* Derives from the socket's state which events matter, and waits for those. */
void host_io_update(struct host_socket *s);
void host_io_nudge(void);
/* Until no callback of this socket runs. */
void host_io_callback_wait(const NX_TCP_SOCKET *socket_ptr);

/* ---- listener.c ---- */
#define HOST_LISTENER_FDS \
    2 /* the IPv4 one, which connections inside the process use too, and the IPv6 one \
       */
struct host_listener {
    struct host_listener *next;
    uint64_t id;
    NX_IP *ip;
    UINT port;
    int fd[HOST_LISTENER_FDS];
    int is_watched[HOST_LISTENER_FDS];
    unsigned int watched[HOST_LISTENER_FDS];
    struct host_socket *waiting;
    VOID (*callback)(NX_TCP_SOCKET *, UINT);
};
struct host_listener *host_listener_of(const NX_IP *ip, UINT port);
int host_listener_port_taken(const NX_IP *ip, UINT port);
/* Opens the kernel's sockets and lists the listener, or leaves nothing. */
UINT host_listener_open(struct host_listener *listener, UINT queue);
void host_listener_watch(struct host_listener *listener);
/* Gives a connection that waits in the kernel to the NetX socket that waits here, if both are there. */
struct host_socket *host_listener_take(struct host_listener *listener);
/* Ends it; frees the listener. */
void host_listener_close(struct host_listener *listener);
/* Where to connect to reach a listen of this process: 1, or 0 when there is none. */
int host_listener_find(const NX_IP *from, const struct host_address *address, UINT port,
                       struct sockaddr_storage *kernel, unsigned int *kernel_size);
/* A listener was reported ready: the socket that got a connection and its callback, or NULL. */
NX_TCP_SOCKET *host_listener_ready(uint64_t id, VOID (**callback)(NX_TCP_SOCKET *, UINT), UINT *port);
void host_listener_forget(const struct host_socket *s);
UINT host_listener_sockets(void);
void host_listener_reset(void);

#endif
