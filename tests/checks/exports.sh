#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: exports.sh CC NM INCLUDE_FOLDER SHARED_LIBRARY
# The shared library exports what the public headers declare, no more and no less.
set -eu

cc=$1
nm=$2
include=$3
library=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for header in "$include"/postino/*.h; do
    # What needs somebody else's library is one of its own.
    case $header in */tls_* | *_openssl.h | *_mbedtls.h | *_idn.h | */idn2.h) continue ;; esac
    echo "#include \"$header\""
done >"$work/all.c"
"$cc" -E -P -I"$include" "$work/all.c" >"$work/all.i"
# A function's name stands before its parenthesis; a pointer's, before the one that closes its own.
{
    grep -o 'postino_[a-z0-9_]*(' "$work/all.i" | tr -d '('
    sed -n 's/.*extern const struct .*\(postino_[a-z0-9_]*\)\(\[\]\)*;.*/\1/p' "$work/all.i"
} | sort -u >"$work/declared"
# The version's own name is an absolute symbol.
"$nm" -D -P --defined-only "$library" | awk '$2 != "A" { sub("@.*", "", $1); print $1 }' | sort -u >"$work/exported"

test -s "$work/declared"
diff -u "$work/declared" "$work/exported"
