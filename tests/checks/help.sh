#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: help.sh SOURCE_FOLDER
# Our commands explain themselves when they are asked to, and do nothing else.
set -eu

source=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/here"
cd "$work/here"

# explains COMMAND...: prints a usage and leaves nothing behind.
explains() {
    # Those for which a wrong argument is asked about end with 2.
    "$@" >"$work/said" 2>&1 || test $? = 2
    if ! grep -qi 'usage:\|\./dev help' "$work/said" || [ -n "$(ls -A "$work/here")" ]; then
        cat "$work/said"
        echo "failed: $*"
        exit 1
    fi
}

for script in amalgamate.py demo.py size.py steps.py fetch_parsers.sh fetch_servers.sh lint.sh look_at_message.sh; do
    explains "$source/scripts/$script" --help
done
explains /usr/bin/python3 "$source/bench/run.py" --help

# dev works in its own folder.
mkdir "$work/tree" "$work/tree/build"
cp "$source/dev" "$work/tree/dev"
for command in demo test fuzz build bench size steps format lint clean help; do
    explains "$work/tree/dev" $command --help
done
test -d "$work/tree/build" || {
    echo "failed: dev clean --help"
    exit 1
}
