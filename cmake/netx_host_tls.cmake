# SPDX-License-Identifier: MIT
# TLS for the NetX Duo API on the host layer: NetX Secure over OpenSSL, and the port that uses it. A library
# of its own, so that the host layer needs no OpenSSL.

add_library(postino-netx-host-tls STATIC ${POSTINO_TLS_NX_SECURE_SOURCES} ${POSTINO_NETX_HOST_SECURE_SOURCES})
add_library(postino::netx-host-tls ALIAS postino-netx-host-tls)
postino_compile_settings(postino-netx-host-tls)
postino_link_settings(postino-netx-host-tls)
set_target_properties(postino-netx-host-tls PROPERTIES EXPORT_NAME netx-host-tls)
target_include_directories(postino-netx-host-tls PRIVATE src host/secure)
target_link_libraries(postino-netx-host-tls PUBLIC postino-netx-host OpenSSL::SSL)
