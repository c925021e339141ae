/* SPDX-License-Identifier: MIT */
/* Tests how the POSIX transport resolves and reaches a host. Invariant: the test resolves its names
 * itself, so no name server is asked and no packet leaves the machine. */
#define _GNU_SOURCE

#include "loopback.h"

#include <stdlib.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <sys/time.h>

#include "postino/posix.h"

#define PLUGS_MAX 16

static struct postino_posix test_posix;
static struct postino_transport *const test_transport = &test_posix.transport;

/* The addresses of the name "several.test". */
static union loopback_address test_addresses[3];
static struct addrinfo test_list[3];

/* In place of the C library's: knows the names of the tests, and asks the real one for the others. */
int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

    if (strcmp(host, "nowhere.test") == 0)
        return EAI_NONAME;
    if (strcmp(host, "several.test") == 0) {
        *result = test_list;
        return 0;
    }
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    return real(host, service, hints, result);
}

void freeaddrinfo(struct addrinfo *list)
{
    void (*real)(struct addrinfo *);

    if (list != test_list) {
        *(void **)&real = dlsym(RTLD_NEXT, "freeaddrinfo");
        real(list);
    }
}

/* While it is set, sockets have no descriptor flags, as lwIP's have none. */
static int test_no_descriptor_flags;

int fcntl(int handle, int command, ...)
{
    int (*real)(int, int, ...);
    va_list arguments;
    long argument;

    va_start(arguments, command);
    argument = va_arg(arguments, long);
    va_end(arguments);
    if (test_no_descriptor_flags && (command == F_SETFD || command == F_GETFD)) {
        errno = EINVAL;
        return -1;
    }
    *(void **)&real = dlsym(RTLD_NEXT, "fcntl");
    return real(handle, command, argument);
}

/* Makes "several.test" the addresses of `count` sockets, in their order. */
static void test_resolve_to(const int *sockets, size_t count)
{
    memset(test_list, 0, sizeof test_list);
    for (size_t i = 0; i < count; i++) {
        test_list[i].ai_addrlen = sizeof test_addresses[i];
        assert_int_equal(getsockname(sockets[i], &test_addresses[i].any, &test_list[i].ai_addrlen), 0);
        test_list[i].ai_addr = &test_addresses[i].any;
        test_list[i].ai_family = test_addresses[i].any.sa_family;
        test_list[i].ai_socktype = SOCK_STREAM;
        test_list[i].ai_next = i + 1 < count ? &test_list[i + 1] : NULL;
    }
}

/* Fills a listener's queue until it answers no more. Returns how many connections that took, or 0 where the
 * system always answers. */
static size_t test_plug(int listener, int *plugs)
{
    union loopback_address address;
    socklen_t length = sizeof address;

    assert_int_equal(listen(listener, 0), 0);
    assert_int_equal(getsockname(listener, &address.any, &length), 0);
    for (size_t i = 0; i < PLUGS_MAX; i++) {
        struct pollfd entry = {.events = POLLOUT};
        plugs[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        (void)connect(plugs[i], &address.any, length);
        entry.fd = plugs[i];
        if (poll(&entry, 1, 100) == 0)
            return i + 1;
    }
    return 0;
}

/* Connects, closes again, and gives the time it took. */
static int test_connect(uint32_t timeout_ms, uint32_t *elapsed_ms)
{
    uint32_t start_ms = test_transport->methods->now_ms(test_transport);
    int error = test_transport->methods->connect(test_transport, timeout_ms);

    *elapsed_ms = test_transport->methods->now_ms(test_transport) - start_ms;
    test_transport->methods->close(test_transport, 0);
    return error;
}

static void unknown_names_are_errors(void **state)
{
    static const char *const services[] = {"",    "0",   "65536", "99999", "4294967321",      "-1",
                                           "+25", " 25", "25 ",   "25x",   "no-such-service", "2-5"};
    uint32_t elapsed_ms;

    (void)state;
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        assert_int_equal(postino_posix_init(&test_posix, "127.0.0.1", services[i]), 0);
        assert_int_equal(test_connect(100, &elapsed_ms), POSTINO_ERROR_RESOLVE);
        assert_int_equal(postino_posix_system_error(&test_posix), EAI_SERVICE);
    }
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(postino_posix_init(&test_posix, i == 0 ? "" : "nowhere.test", "25"), 0);
        assert_int_equal(test_connect(100, &elapsed_ms), POSTINO_ERROR_RESOLVE);
        assert_int_equal(postino_posix_system_error(&test_posix), EAI_NONAME);
    }
}

static void refused_port(void **state)
{
    int bound = loopback_bind(AF_INET);
    uint32_t elapsed_ms;

    (void)state;
    assert_int_equal(postino_posix_init(&test_posix, "127.0.0.1", loopback_port(bound)), 0);
    assert_int_equal(test_connect(LOOPBACK_PATIENCE_MS, &elapsed_ms), POSTINO_ERROR_CONNECT);
    assert_int_equal(postino_posix_system_error(&test_posix), ECONNREFUSED);
    assert_int_equal(test_posix.socket, -1);
    (void)close(bound);
}

static void every_address_is_tried(void **state)
{
    int sockets[3] = {loopback_bind(AF_INET6), loopback_bind(AF_INET), loopback_listen(AF_INET)};
    uint32_t elapsed_ms;

    (void)state;
    test_resolve_to(sockets, 3);
    assert_int_equal(postino_posix_init(&test_posix, "several.test", "25"), 0);
    assert_int_equal(test_connect(LOOPBACK_PATIENCE_MS, &elapsed_ms), 0);
    assert_int_equal(postino_posix_system_error(&test_posix), 0);
    test_resolve_to(sockets, 2);
    assert_int_equal(test_connect(LOOPBACK_PATIENCE_MS, &elapsed_ms), POSTINO_ERROR_CONNECT);
    for (size_t i = 0; i < 3; i++)
        (void)close(sockets[i]);
}

static void socket_without_descriptor_flags_connects(void **state)
{
    int listener = loopback_listen(AF_INET);
    uint32_t elapsed_ms;

    (void)state;
    test_no_descriptor_flags = 1;
    assert_int_equal(postino_posix_init(&test_posix, "127.0.0.1", loopback_port(listener)), 0);
    assert_int_equal(test_connect(LOOPBACK_PATIENCE_MS, &elapsed_ms), 0);
    assert_int_equal(test_posix.transport.port, strtol(loopback_port(listener), NULL, 10));
    test_no_descriptor_flags = 0;
    (void)close(listener);
}

static void storm_strikes(int signal_number)
{
    (void)signal_number;
}

/* The first address never answers: the second one gets its share all the same, the limit holds, and signals
 * do not stretch it. */
static void silent_address_leaves_time_for_the_next(void **state)
{
    const struct sigaction strike = {.sa_handler = storm_strikes};
    const struct itimerval storm = {.it_interval = {.tv_usec = 500}, .it_value = {.tv_usec = 500}};
    const struct itimerval calm = {.it_value = {.tv_usec = 0}};
    int sockets[2] = {loopback_bind(AF_INET), loopback_listen(AF_INET)};
    int plugs[PLUGS_MAX];
    size_t plugged = test_plug(sockets[0], plugs);
    uint32_t elapsed_ms;

    (void)state;
    if (plugged == 0)
        skip();
    test_resolve_to(sockets, 2);
    assert_int_equal(postino_posix_init(&test_posix, "several.test", "25"), 0);
    assert_int_equal(test_connect(600, &elapsed_ms), 0);
    assert_in_range(elapsed_ms, 300, LOOPBACK_PATIENCE_MS);

    test_resolve_to(sockets, 1);
    assert_int_equal(sigaction(SIGALRM, &strike, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &storm, NULL), 0);
    assert_int_equal(test_connect(200, &elapsed_ms), POSTINO_ERROR_CONNECT_TIMEOUT);
    assert_int_equal(setitimer(ITIMER_REAL, &calm, NULL), 0);
    assert_in_range(elapsed_ms, 200, LOOPBACK_PATIENCE_MS);
    assert_int_equal(postino_posix_system_error(&test_posix), ETIMEDOUT);
    assert_int_equal(test_connect(0, &elapsed_ms), POSTINO_ERROR_CONNECT_TIMEOUT);
    while (plugged > 0)
        (void)close(plugs[--plugged]);
    (void)close(sockets[0]);
    (void)close(sockets[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_names_are_errors),
        cmocka_unit_test(refused_port),
        cmocka_unit_test(every_address_is_tried),
        cmocka_unit_test(socket_without_descriptor_flags_connects),
        cmocka_unit_test(silent_address_leaves_time_for_the_next),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
