/* SPDX-License-Identifier: MIT */
/* Inside the host layer, NetX Duo's part. Every function is called with the lock held, but where it says
 * otherwise. A file calls only files that stand above it here. */
#ifndef HOST_NET_H
#define HOST_NET_H

#include "address.h"

/* ---- watch.c ---- */
#define HOST_WATCH_EVENTS 16
struct host_watch_event {
    uint64_t id;
    unsigned int events; /* of epoll */
};
/* A number that no other kernel socket has. */
uint64_t host_watch_id(void);
/* Returns 0 when the kernel has no room. */
int host_watch_open(void);
void host_watch_close(void);
/* Without the lock: waits for events and returns how many there are, at most HOST_WATCH_EVENTS. */
int host_watch_wait(struct host_watch_event *events, int timeout_ms);
/* Ends a wait. */
void host_watch_nudge(void);
void host_watch_fd(int fd, uint64_t id, unsigned int events, int *is_watched, unsigned int *watched);
void host_unwatch_fd(int fd, int *is_watched);

/* ---- socket.c ---- */
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
ULONG host_socket_mss(const struct host_socket *s);
/* Derives from the socket's state which events matter, and watches for those. */
void host_socket_watch(struct host_socket *s);
/* The pool has packets again: its sockets read again. */
void host_sockets_unstall(const NX_PACKET_POOL *pool);

/* ---- packet_pool.c ---- */
#define HOST_PACKET_FREE      ((ULONG)0x46524545UL)
#define HOST_PACKET_ALLOCATED ((ULONG)0x55534544UL)
#define HOST_PACKET_QUEUED    ((ULONG)0x51554555UL)
NX_PACKET *host_packet_take(NX_PACKET_POOL *pool);
UINT host_packet_allocate(NX_PACKET_POOL *pool, NX_PACKET **packet, ULONG type, uint64_t deadline_ns);
void host_packet_free(NX_PACKET *packet);
UINT host_packet_check(const NX_PACKET *packet);
NX_PACKET *host_packet_next(const NX_PACKET *packet);

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
/* Looks again at what was dropped, if it is time; returns when it will be. */
uint64_t host_receive_again(struct host_socket *s);

/* ---- tcp_send.c ---- */
/* Releases what was acknowledged by now; returns when the next acknowledgement is due. */
uint64_t host_send_acknowledge(struct host_socket *s, int all);

/* ---- connection.c ---- */
/* Closes the kernel socket. Received packets stay in the queue. */
void host_socket_close(struct host_socket *s, int reset);
void host_socket_adopt(struct host_socket *s, int fd);

/* ---- listener.c ---- */
/* The IPv4 one, which connections inside the process use too, and the IPv6 one. */
#define HOST_LISTENER_FDS 2
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

/* ---- io.c ---- */
/* Starts the network thread where it does not run. Returns 0 when it cannot. */
int host_io_start(void);
/* Until no callback of this socket runs. */
void host_io_callback_wait(const NX_TCP_SOCKET *socket_ptr);
/* Without the lock: ends the network thread. */
void host_io_reset(void);

/* ---- tcp_socket.c ---- */
void host_sockets_reset(void);

#endif
