#!/bin/bash
# SPDX-License-Identifier: MIT
# usage: fetch_parsers.sh FOLDER
# Brings npm's mailparser into FOLDER/npm; the tests read composed messages back with it. The script does not
# fetch again. If npm cannot install mailparser, its test is skipped.
set -eu

case $#${1-} in
1[!-]*) ;;
*)
    sed -n 's/^# \(usage:.*\)/\1/p' "$0" >&2
    exit 2
    ;;
esac
readonly folder=$(realpath -m "$1")
readonly npm_list=$(realpath "$(dirname "$0")")/../tests/message/npm/package.json
readonly fetch_limit_s=180

! cmp -s "$npm_list" "$folder/npm/package.list" || exit 0
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "dev: no mailparser: this machine has no node or no npm; its test will be skipped"
    exit 0
fi
echo "dev: fetching mailparser"
rm -rf "$folder/npm" "$folder/npm.part"
mkdir -p "$folder/npm.part"
cp "$npm_list" "$folder/npm.part/package.json"
if ! timeout $fetch_limit_s npm install --prefix "$folder/npm.part" --no-package-lock --omit=optional \
    --omit=dev --ignore-scripts --no-audit --no-fund >"$folder/npm.log" 2>&1; then
    cat "$folder/npm.log" >&2
    echo "dev: no mailparser: npm's packages cannot be installed; its test will be skipped"
    exit 0
fi
ln -s "$(command -v node)" "$folder/npm.part/node"
cp "$npm_list" "$folder/npm.part/package.list"
rm -f "$folder/npm.log"
mv "$folder/npm.part" "$folder/npm"
