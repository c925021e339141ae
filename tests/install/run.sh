#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: run.sh CMAKE CC PKG_CONFIG READELF SOURCE_FOLDER
# Installs Postino as a user would, moves the prefix, and builds the programs of outside/ against it.
set -eu

cmake=$1
cc=$2
pkg_config=$3
readelf=$4
source=$5
outside=$source/tests/install/outside
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# quietly COMMAND...: its output only where it fails.
quietly() {
    "$@" >"$work/log" 2>&1 || {
        cat "$work/log"
        echo "failed: $*"
        exit 1
    }
}

quietly "$cmake" -S "$source" -B "$work/build" -DCMAKE_C_COMPILER="$cc" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_INSTALL_PREFIX="$work/installed" -DPOSTINO_EXAMPLES=OFF -DPOSTINO_HARDEN=ON
quietly "$cmake" --build "$work/build" --parallel 2
quietly "$cmake" --install "$work/build"
# Nothing installed may know where it was installed.
mv "$work/installed" "$work/prefix"
rm -r "$work/build"
libraries=$(dirname "$(find "$work/prefix" -name libpostino.so)")

echo "SONAME, hardening"
for library in "$libraries"/lib*.so; do
    "$readelf" -dW "$library" >"$work/dynamic"
    "$readelf" -sW "$library" >"$work/symbols"
    # As cmake/install.cmake promises: another minor version is not taken for this one.
    quietly grep -q "SONAME.*\[$(basename "$library").0.1\]" "$work/dynamic"
    quietly grep -q "BIND_NOW" "$work/dynamic"
    case $library in
    */libpostino.so) quietly grep -q "UND __stack_chk_fail" "$work/symbols" ;;
    */libpostino-tls-openssl.so) quietly grep -q "UND __snprintf_chk" "$work/symbols" ;;
    esac
done

echo "find_package"
quietly "$cmake" -S "$outside" -B "$work/outside" -DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$work/prefix"
quietly "$cmake" --build "$work/outside"
for program in client_static client_shared netx netx_tls tls tls_over_shared tls_mbedtls message; do
    quietly "$work/outside/$program"
done
"$readelf" -sW "$work/outside/tls_over_shared" >"$work/symbols"
quietly grep -q "UND postino_client_init_sized" "$work/symbols"

echo "pkg-config"
export PKG_CONFIG_PATH="$libraries/pkgconfig"
flags=$("$pkg_config" --cflags --libs postino)
netx_flags=$("$pkg_config" --cflags --libs postino-netx-host)
netx_tls_flags=$("$pkg_config" --cflags --libs postino-netx-host-tls)
tls_flags=$("$pkg_config" --cflags --libs postino-tls-openssl postino-sasl-openssl)
mbedtls_flags=$("$pkg_config" --cflags --libs postino-tls-mbedtls postino-sasl-mbedtls postino-dkim-mbedtls)
message_flags=$("$pkg_config" --cflags --libs postino-dkim-openssl postino-idn2 postino-saslprep-idn)
# The flags are lists.
# shellcheck disable=SC2086
{
    quietly "$cc" "$outside/client.c" $flags -o "$work/client_shared"
    quietly "$cc" "$outside/client.c" -Wl,-Bstatic $flags -Wl,-Bdynamic -o "$work/client_static"
    quietly "$cc" "$outside/tls.c" $tls_flags -o "$work/tls_shared"
    quietly "$cc" "$outside/tls_mbedtls.c" $mbedtls_flags -o "$work/tls_mbedtls_shared"
    quietly "$cc" "$outside/message.c" $message_flags -o "$work/message_shared"
    quietly "$cc" "$outside/netx.c" $netx_flags -o "$work/netx_shared"
    quietly "$cc" "$outside/netx.c" -DWITH_TLS $netx_tls_flags -o "$work/netx_tls_shared"
    quietly "$cc" "$outside/netx.c" -Wl,-Bstatic $netx_flags -Wl,-Bdynamic -o "$work/netx_static"
}
for program in client_static netx_static; do
    quietly "$work/$program"
done
export LD_LIBRARY_PATH="$libraries"
for program in client_shared netx_shared netx_tls_shared tls_shared tls_mbedtls_shared message_shared; do
    quietly "$work/$program"
done
