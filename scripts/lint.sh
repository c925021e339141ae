#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs clang-tidy, cppcheck and gcc's analyzer over the sources of every room; no finding is success. A line
# with a wrong finding says so itself (NOLINT, cppcheck-suppress).
set -eu

if [ $# != 0 ]; then
    echo "usage: lint.sh, without arguments" >&2
    exit 2
fi
cd "$(dirname "$0")/.."
readonly jobs=2
readonly flags=(-std=c99 -Iinclude -Isrc -Iports/netxduo -Ihost/include -Ihost/src -Ihost/secure)
# The bench's programs over other clients need libraries of their own.
readonly sources=('src/*.c' 'ports/*.c' 'host/*.c' 'examples/*.c' 'bench/*.c' ':!bench/peer_*')
failed=0

mapfile -t files < <(git ls-files --cached --others --exclude-standard -- "${sources[@]}")

# each FILES_A_CALL COMMAND...: runs the command over the sources.
each() {
    local count=$1
    shift
    printf '%s\n' "${files[@]}" | xargs -P $jobs -n "$count" "$@"
}

echo "lint: clang-tidy"
# Its standard error only counts the warnings that it suppressed.
each 4 sh -c 'clang-tidy --quiet "$@" -- '"${flags[*]}"' 2>/dev/null' clang-tidy || failed=1

echo "lint: cppcheck"
cppcheck --quiet --error-exitcode=1 --inline-suppr --enable=warning,performance,portability \
    --suppress=missingIncludeSystem -U POSTINO_USER_CONFIG_FILE --std=c99 -j $jobs "${flags[@]:1}" \
    "${files[@]}" || failed=1

echo "lint: gcc -fanalyzer"
each 1 gcc "${flags[@]}" -O1 -fanalyzer -Werror -S -o /dev/null || failed=1

[ $failed = 1 ] || echo "lint: no findings"
exit $failed
