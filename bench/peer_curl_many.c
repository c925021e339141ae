/* SPDX-License-Identifier: MIT */
/* Invariant: libcurl's multi interface, driven by its socket events over one epoll; as many transfers are
 * under way as there are connections, until no mail is left.
 *
 * usage: peer_curl_many --port N [--connections N] [--mails N] [--octets N] [--limit-s N] */

#define _GNU_SOURCE

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "peer_curl.h"

#define MANY_EVENTS  256
#define MANY_WAIT_MS 1000

static int many_poll;
static uint64_t many_due_us = UINT64_MAX;
static size_t many_left; /* mails that have not begun */

static int many_on_socket(CURL *easy, curl_socket_t handle, int what, void *context, void *known)
{
    struct epoll_event event = {.data.fd = handle};

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        /* libcurl may have closed it already. */
        (void)epoll_ctl(many_poll, EPOLL_CTL_DEL, handle, NULL);
        (void)curl_multi_assign(context, handle, NULL);
        return 0;
    }
    event.events =
        ((what & CURL_POLL_IN) != 0 ? EPOLLIN : 0U) | ((what & CURL_POLL_OUT) != 0 ? EPOLLOUT : 0U);
    if (epoll_ctl(many_poll, known != NULL ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, handle, &event) != 0)
        bench_die("epoll_ctl: %s", strerror(errno));
    (void)curl_multi_assign(context, handle, &many_poll);
    return 0;
}

static int many_on_timer(CURLM *multi, long timeout_ms, void *context)
{
    (void)multi;
    (void)context;
    many_due_us = timeout_ms < 0 ? UINT64_MAX : bench_now_us() + (uint64_t)timeout_ms * 1000U;
    return 0;
}

static void many_begin(CURLM *multi, CURL *easy, struct peer_curl_body *body)
{
    body->offset = 0;
    many_left--;
    if (curl_multi_add_handle(multi, easy) != CURLM_OK)
        bench_die("libcurl does not take a transfer");
}

/* Where a transfer has ended, the next mail begins on its handle. */
static void many_collect(CURLM *multi)
{
    struct peer_curl_body *body = NULL;
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        CURL *easy = message->easy_handle;
        if (message->data.result != CURLE_OK)
            bench_die("%s", curl_easy_strerror(message->data.result));
        (void)curl_multi_remove_handle(multi, easy);
        (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&body);
        if (many_left > 0)
            many_begin(multi, easy, body);
        else
            curl_easy_cleanup(easy);
    }
}

static int many_wait_ms(void)
{
    uint64_t now_us = bench_now_us();

    if (many_due_us == UINT64_MAX)
        return MANY_WAIT_MS;
    return many_due_us <= now_us ? 0 : (int)((many_due_us - now_us) / 1000U) + 1;
}

static void many_run(CURLM *multi)
{
    struct epoll_event events[MANY_EVENTS];
    int running = 1;
    int count;
    int i;

    while (running > 0 || many_left > 0) {
        count = epoll_wait(many_poll, events, MANY_EVENTS, many_wait_ms());
        for (i = 0; i < count; i++) {
            int what = ((events[i].events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                       ((events[i].events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                       ((events[i].events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
            (void)curl_multi_socket_action(multi, events[i].data.fd, what, &running);
        }
        if (many_due_us <= bench_now_us()) {
            many_due_us = UINT64_MAX;
            (void)curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
        }
        many_collect(multi);
    }
}

int main(int argc, char **argv)
{
    struct bench_message message;
    struct peer_curl_body *bodies;
    size_t port = 0;
    size_t connections = 1000;
    size_t mails = 1000;
    size_t octets = 2048;
    size_t limit_s = BENCH_LIMIT_S;
    const struct bench_option options[] = {{"port", &port, NULL},       {"connections", &connections, NULL},
                                           {"mails", &mails, NULL},     {"octets", &octets, NULL},
                                           {"limit-s", &limit_s, NULL}, {NULL, NULL, NULL}};
    CURLM *multi;
    size_t i;

    (void)bench_options(argc, argv, options);
    bench_limit_life(limit_s);
    message = bench_message_make(octets);
    if (curl_global_init(CURL_GLOBAL_NOTHING) != CURLE_OK || (multi = curl_multi_init()) == NULL)
        bench_die("libcurl does not start");
    many_poll = epoll_create1(EPOLL_CLOEXEC);
    many_left = mails;
    bodies = bench_allocate_for_good(connections * sizeof *bodies);
    (void)curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, many_on_socket);
    (void)curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, multi);
    (void)curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, many_on_timer);
    (void)curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)connections);
    for (i = 0; i < connections && many_left > 0; i++) {
        CURL *easy = curl_easy_init();
        bodies[i].message = &message;
        if (easy == NULL)
            bench_die("no easy handle");
        peer_curl_prepare(easy, &bodies[i], port, 65536);
        (void)curl_easy_setopt(easy, CURLOPT_PRIVATE, &bodies[i]);
        many_begin(multi, easy, &bodies[i]);
    }
    many_run(multi);
    (void)curl_multi_cleanup(multi);
    return 0;
}
