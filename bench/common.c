/* SPDX-License-Identifier: MIT */
/* Invariant: what returns, succeeded; nothing here reaches beyond 127.0.0.1. */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common.h"

/* More than any client of the bench opens at once. */
#define COMMON_BACKLOG 4096

void bench_die(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)fprintf(stderr, "%s: ", program_invocation_short_name);
    (void)vfprintf(stderr, format, arguments); /* NOLINT(clang-analyzer-valist.Uninitialized) */
    (void)fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static void common_take_option(const struct bench_option *option, const char *value)
{
    char *end = NULL;

    if (option->text != NULL) {
        *option->text = value;
        return;
    }
    errno = 0;
    *option->number = (size_t)strtoull(value, &end, 10);
    if (errno != 0 || *value < '0' || *value > '9' || *end != '\0')
        bench_die("--%s takes a number, not %s", option->name, value);
}

int bench_options(int argc, char **argv, const struct bench_option *options)
{
    const struct bench_option *option;
    int i;

    for (i = 1; i < argc; i += 2) {
        if (strcmp(argv[i], "--") == 0)
            return i + 1;
        if (strncmp(argv[i], "--", 2) != 0 || i + 1 >= argc)
            bench_die("options are --NAME VALUE: %s", argv[i]);
        for (option = options; option->name != NULL && strcmp(option->name, argv[i] + 2) != 0;)
            option++;
        if (option->name == NULL)
            bench_die("no option %s", argv[i]);
        common_take_option(option, argv[i + 1]);
    }
    return argc;
}

uint64_t bench_now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000U + (uint64_t)now.tv_nsec / 1000U;
}

void bench_limit_life(size_t limit_s)
{
    (void)alarm((unsigned)limit_s);
}

static struct sockaddr_in common_loopback(size_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};

    if (port > 65535)
        bench_die("no port: %zu", port);
    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int bench_listen(uint16_t *port)
{
    struct sockaddr_in address = common_loopback(0);
    socklen_t length = sizeof address;
    int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (handle < 0 || bind(handle, (struct sockaddr *)&address, length) != 0 ||
        listen(handle, COMMON_BACKLOG) != 0 || getsockname(handle, (struct sockaddr *)&address, &length) != 0)
        bench_die("cannot listen: %s", strerror(errno));
    *port = ntohs(address.sin_port);
    return handle;
}

int bench_connect(size_t port)
{
    struct sockaddr_in address = common_loopback(port);
    int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (handle < 0 || connect(handle, (struct sockaddr *)&address, sizeof address) != 0)
        bench_die("cannot connect to port %zu: %s", port, strerror(errno));
    bench_set_nodelay(handle);
    return handle;
}

void bench_set_nonblocking(int handle)
{
    if (fcntl(handle, F_SETFL, O_NONBLOCK) != 0)
        bench_die("cannot make a socket non-blocking: %s", strerror(errno));
}

void bench_set_nodelay(int handle)
{
    const int on = 1;

    if (setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
        bench_die("cannot set TCP_NODELAY: %s", strerror(errno));
}

void *bench_allocate(size_t octets)
{
    void *memory = malloc(octets);

    if (memory == NULL)
        bench_die("no memory for %zu octets", octets);
    return memory;
}

/* Linked, so that nothing that looks for lost memory takes it for lost. */
struct common_kept {
    struct common_kept *next;
    uint64_t data[];
};

void *bench_allocate_for_good(size_t octets)
{
    static struct common_kept *first;
    struct common_kept *kept = calloc(1, sizeof *kept + octets);

    if (kept == NULL)
        bench_die("no memory for %zu octets", octets);
    kept->next = first;
    first = kept;
    return kept->data;
}
