#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: one_line.sh CC ROOT
# One line compiles the core, without our build system and with one folder of headers in the path. The sources
# have names of their own, so each leaves an object in one folder.
set -eu

cc=$1
root=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

"$cc" -std=c99 -Wall -Wextra -Werror -I"$root/include" -c "$root"/src/*/*.c
sources=$(ls "$root"/src/*/*.c | wc -l)
objects=$(ls ./*.o | wc -l)
if [ "$objects" != "$sources" ]; then
    echo "$sources sources left $objects objects: two sources have the same name"
    exit 1
fi
