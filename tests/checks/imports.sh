#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: imports.sh NM OBJECT...
# The core's objects import nothing but these functions and each other, and have no writable data.
set -eu

nm=$1
shift
"$nm" -P "$@" | awk '
    /:$/ { next }
    $2 == "U" { imported[$1] = 1; next }
    { defined[$1] = 1; symbols++ }
    $2 ~ /^[bBdDCsS]$/ { print "writable data: " $1; failed = 1 }
    END {
        split("memcpy memmove memchr memcmp memset strlen", names)
        for (i in names) {
            defined[names[i]] = 1
        }
        for (name in imported) {
            if (!(name in defined)) {
                print "import: " name
                failed = 1
            }
        }
        if (symbols == 0) {
            print "no symbol read"
            failed = 1
        }
        exit failed
    }'
