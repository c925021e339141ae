#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: switches.sh CMAKE CC SOURCE_FOLDER
# Builds on a machine without the libraries of others, and the switches that say which of them are taken.
set -eu

cmake=$1
cc=$2
source=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    cat "$work/log"
    echo "failed: $*"
    exit 1
}

# configure NAME OPTION...: into $work/NAME, from nothing.
configure() {
    build=$work/$1
    shift
    rm -rf "$build"
    "$cmake" -S "$source" -B "$build" -DCMAKE_C_COMPILER="$cc" "$@" >"$work/log" 2>&1
}

# has NAME TARGET: whether the build in $work/NAME has the target.
has() {
    "$cmake" --build "$work/$1" --target help >"$work/targets"
    grep -qw "$2" "$work/targets"
}

# What hides each library.
hidden_OPENSSL=-DCMAKE_DISABLE_FIND_PACKAGE_OpenSSL=ON
hidden_MBEDTLS=-DCMAKE_DISABLE_FIND_PACKAGE_PostinoMbedTLS=ON
hidden_IDN=-DPKG_CONFIG_EXECUTABLE=$work/no-pkg-config
hidden_IDN2=$hidden_IDN
libraries_OPENSSL="tls-openssl sasl-openssl dkim-openssl netx-host-tls"
libraries_MBEDTLS="tls-mbedtls sasl-mbedtls dkim-mbedtls"
libraries_IDN=saslprep-idn
libraries_IDN2=idn2
package_OPENSSL=libssl-dev
package_MBEDTLS=libmbedtls-dev
package_IDN=libidn-dev
package_IDN2=libidn2-dev
names="OPENSSL MBEDTLS IDN IDN2"

echo "README's command, with none of them"
configure none "$hidden_OPENSSL" "$hidden_MBEDTLS" "$hidden_IDN" -DCMAKE_INSTALL_PREFIX="$work/prefix" ||
    fail "configuring without the libraries"
for name in $names; do
    eval "package=\$package_$name libraries=\$libraries_$name"
    grep -q "Postino: without .*$package" "$work/log" || fail "$package is not named"
    for library in $libraries; do
        ! has none "postino-$library" || fail "postino-$library is built without $package"
    done
done
"$cmake" --build "$work/none" --parallel 2 >"$work/log" 2>&1 || fail "building without the libraries"
"$cmake" --install "$work/none" >"$work/log" 2>&1 || fail "installing without the libraries"
test -n "$(find "$work/prefix" -name libpostino.a)" || fail "nothing was installed"

echo "ON where it is there, AUTO"
configure all -DPOSTINO_OPENSSL=ON -DPOSTINO_MBEDTLS=ON -DPOSTINO_IDN=ON -DPOSTINO_IDN2=ON || fail "ON"
configure auto || fail "AUTO"
for name in $names; do
    eval "libraries=\$libraries_$name"
    for library in $libraries; do
        has all "postino-$library" || fail "POSTINO_$name=ON, and no postino-$library"
        has auto "postino-$library" || fail "POSTINO_$name=AUTO, and no postino-$library"
    done
done

for name in $names; do
    echo "$name: ON where it is not there, OFF"
    eval "hidden=\$hidden_$name package=\$package_$name libraries=\$libraries_$name"
    ! configure on "-DPOSTINO_$name=ON" "$hidden" || fail "POSTINO_$name=ON does without the library"
    grep -q "$package" "$work/log" || fail "POSTINO_$name=ON: $package is not named"
    configure off "-DPOSTINO_$name=OFF" || fail "POSTINO_$name=OFF"
    for library in $libraries; do
        ! has off "postino-$library" || fail "POSTINO_$name=OFF, and postino-$library is built"
    done
done
