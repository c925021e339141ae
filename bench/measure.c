/* SPDX-License-Identifier: MIT */
/* Invariant: the command's figures are the command's alone. Linux keeps the peak memory of a process over
 * exec(), so a child of a large interpreter would show the interpreter's: this program is small, and forks.
 * When it ends, for whatever reason, the command ends too.
 *
 * usage: measure [--core N] [--repeat N] [--stdin FILE] [--limit-s N] -- COMMAND ARGUMENT...
 * Runs the command `repeat` times, each with FILE as its standard input, pinned to the core where one is
 * named, and prints one line of JSON. Exit status 1 when one of them failed. */

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"

#define MEASURE_ANY_CORE SIZE_MAX

static void measure_pin(size_t core)
{
    cpu_set_t set;

    if (core == MEASURE_ANY_CORE)
        return;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0)
        bench_die("cannot run on core %zu: %s", core, strerror(errno));
}

/* In the child. The standard output of the command is dropped, its error output is kept. */
static void measure_exec(char **command, const char *input, pid_t parent)
{
    int in = open(input, O_RDONLY);
    int out = open("/dev/null", O_WRONLY);

    if (in < 0 || out < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
        bench_die("%s: %s", input, strerror(errno));
    (void)close(in);
    (void)close(out);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
        _exit(1);
    (void)execvp(command[0], command);
    bench_die("%s: %s", command[0], strerror(errno));
}

/* Returns 0 when the command succeeded. */
static int measure_run(char **command, const char *input, struct rusage *usage)
{
    const pid_t parent = getpid();
    int status = 0;
    pid_t child = fork();

    if (child < 0)
        bench_die("fork: %s", strerror(errno));
    if (child == 0)
        measure_exec(command, input, parent);
    while (wait4(child, &status, 0, usage) < 0)
        if (errno != EINTR)
            bench_die("wait4: %s", strerror(errno));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static uint64_t measure_us(const struct timeval *time)
{
    return (uint64_t)time->tv_sec * 1000000U + (uint64_t)time->tv_usec;
}

int main(int argc, char **argv)
{
    const char *input = "/dev/null";
    size_t core = MEASURE_ANY_CORE;
    size_t repeat = 1;
    size_t limit_s = BENCH_LIMIT_S;
    const struct bench_option options[] = {{"core", &core, NULL},
                                           {"repeat", &repeat, NULL},
                                           {"stdin", NULL, &input},
                                           {"limit-s", &limit_s, NULL},
                                           {NULL, NULL, NULL}};
    int command = bench_options(argc, argv, options);
    struct rusage usage;
    uint64_t cpu_us = 0;
    uint64_t start_us;
    long peak_kib = 0;
    int failed = 0;
    size_t i;

    if (command >= argc)
        bench_die("no command");
    bench_limit_life(limit_s);
    measure_pin(core);
    start_us = bench_now_us();
    for (i = 0; i < repeat && !failed; i++) {
        failed = measure_run(argv + command, input, &usage) != 0;
        cpu_us += measure_us(&usage.ru_utime) + measure_us(&usage.ru_stime);
        if (usage.ru_maxrss > peak_kib)
            peak_kib = usage.ru_maxrss;
    }
    printf("{\"wall_us\": %" PRIu64 ", \"cpu_us\": %" PRIu64 ", \"peak_kib\": %ld, \"failed\": %d}\n",
           bench_now_us() - start_us, cpu_us, peak_kib, failed);
    return failed;
}
