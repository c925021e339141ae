#!/bin/bash
# SPDX-License-Identifier: MIT
# usage: fetch_servers.sh FOLDER
#
# Brings servers into FOLDER that no package manager can install beside Postfix. FOLDER/exim4-daemon-heavy and
# FOLDER/opensmtpd are unpacked packages of Debian, each with the libraries that the machine lacks: Debian's
# mail servers exclude each other. FOLDER/npm holds the packages of tests/servers/npm.
#
# The script does not fetch again. If it cannot fetch a server, it says so and leaves the reason in
# FOLDER/NAME.missing; the tests of that server are skipped.
set -eu

case $#${1-} in
1[!-]*) ;;
*)
    sed -n 's/^# \(usage:.*\)/\1/p' "$0" >&2
    exit 2
    ;;
esac
readonly folder=$(realpath -m "$1")
readonly npm_list=$(realpath "$(dirname "$0")")/../tests/servers/npm/package.json
# Haraka and smtp-server need this version of node. Debian 12 has 18; npm has the program of a later version.
readonly node_least=20
readonly node_version=22.23.3
readonly fetch_limit_s=180

# give_up NAME REASON
give_up() {
    echo "dev: no $1: $2; its tests will be skipped"
    rm -rf "${folder:?}/$1.part"
    echo "$2" >"$folder/$1.missing"
}

# ---- Debian's packages ----

is_installed() {
    dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null | grep -q '^installed$'
}

libraries_of() {
    apt-cache depends --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces \
        --no-enhances "$1" |
        sed -n 's/^ *\(Pre\)\?Depends: \(lib[^ ]*\)$/\2/p'
}

# download_with_libraries PACKAGE: into the working folder, with each library that the machine lacks.
download_with_libraries() {
    local wanted=("$1") seen=" $1 " package library
    while [ ${#wanted[@]} -gt 0 ]; do
        package=${wanted[0]}
        wanted=("${wanted[@]:1}")
        timeout $fetch_limit_s apt-get -qq -o APT::Sandbox::User=root download "$package" || return 1
        for library in $(libraries_of "$package"); do
            if [[ $seen != *" $library "* ]] && ! is_installed "$library"; then
                wanted+=("$library")
                seen+="$library "
            fi
        done
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# fetch_debian PACKAGE
fetch_debian() {
    local part=$folder/$1.part archive
    [ ! -d "$folder/$1" ] || return 0
    if ! command -v apt-get >/dev/null; then
        give_up "$1" "this machine has no apt-get"
        return 0
    fi
    echo "dev: fetching $1"
    rm -rf "$part"
    mkdir -p "$part/archives" "$part/root"
    if ! (cd "$part/archives" && download_with_libraries "$1") >"$part/log" 2>&1; then
        # The usual reason: the machine has old package lists, or none.
        as_root apt-get -qq update >>"$part/log" 2>&1 || true
        if ! (cd "$part/archives" && download_with_libraries "$1") >>"$part/log" 2>&1; then
            cat "$part/log" >&2
            give_up "$1" "Debian's package cannot be downloaded"
            return 0
        fi
    fi
    for archive in "$part"/archives/*.deb; do
        dpkg -x "$archive" "$part/root"
    done
    # No unpacked program may give privileges to its caller.
    find "$part/root" -type f -perm /6000 -exec chmod ug-s {} +
    rm -f "$folder/$1.missing"
    mv "$part/root" "$folder/$1"
    rm -rf "$part"
}

# ---- npm's packages ----

node_major() {
    node --version | sed 's/^v\([0-9]*\).*/\1/'
}

npm_install() {
    timeout $fetch_limit_s npm install --prefix "$folder/npm.part" --no-package-lock --omit=optional \
        --omit=dev --ignore-scripts --no-audit --no-fund "$@" >>"$folder/npm.log" 2>&1
}

fetch_npm() {
    local machine
    ! cmp -s "$npm_list" "$folder/npm/package.list" || return 0
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        give_up npm "this machine has no node or no npm"
        return 0
    fi
    echo "dev: fetching Haraka and smtp-server"
    rm -rf "$folder/npm" "$folder/npm.part" "$folder/npm.log"
    mkdir -p "$folder/npm.part"
    cp "$npm_list" "$folder/npm.part/package.json"
    if ! npm_install; then
        cat "$folder/npm.log" >&2
        give_up npm "npm's packages cannot be installed"
        return 0
    fi
    if [ "$(node_major)" -lt $node_least ]; then
        machine=$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
        if ! npm_install --no-save "node-linux-$machine@$node_version"; then
            cat "$folder/npm.log" >&2
            give_up npm "node is older than $node_least, and a later one cannot be installed"
            return 0
        fi
        ln -s "node_modules/node-linux-$machine/bin/node" "$folder/npm.part/node"
    else
        ln -s "$(command -v node)" "$folder/npm.part/node"
    fi
    cp "$npm_list" "$folder/npm.part/package.list"
    rm -f "$folder/npm.missing" "$folder/npm.log"
    mv "$folder/npm.part" "$folder/npm"
}

mkdir -p "$folder"
fetch_debian exim4-daemon-heavy
fetch_debian opensmtpd
fetch_npm
