#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: superloop_imports.sh NM OBJECT
# The superloop calls the engine, the board, and of the C library what a freestanding compiler asks for itself.
set -eu

"$1" -P "$2" | awk '
    $2 == "U" && $1 ~ /^postino_/ { engine++; next }
    $2 == "U" && $1 ~ /^(driver|board)_/ { board++; next }
    $2 == "U" && $1 !~ /^(memcpy|memmove|memchr|memcmp|memset|strlen)$/ { print "import: " $1; failed = 1 }
    END {
        if (engine == 0 || board == 0) {
            print "no import read"
            failed = 1
        }
        exit failed
    }'
