# SPDX-License-Identifier: MIT
# Finds Mbed TLS, 2.28 or 3.x, by its header and libraries, for 2.28 brings neither a CMake package nor a pkg-config
# file. Gives PostinoMbedTLS::crypto, PostinoMbedTLS::tls and PostinoMbedTLS_LIBRARIES. It is installed too, for the
# packages of what stands over it.

find_path(PostinoMbedTLS_INCLUDE_DIR mbedtls/ssl.h)
set(PostinoMbedTLS_LIBRARIES)
foreach(name IN ITEMS mbedtls mbedx509 mbedcrypto)
    find_library(PostinoMbedTLS_${name} ${name})
    mark_as_advanced(PostinoMbedTLS_${name})
    list(APPEND PostinoMbedTLS_LIBRARIES ${PostinoMbedTLS_${name}})
endforeach()
mark_as_advanced(PostinoMbedTLS_INCLUDE_DIR)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(PostinoMbedTLS REQUIRED_VARS PostinoMbedTLS_INCLUDE_DIR PostinoMbedTLS_mbedtls
                                                               PostinoMbedTLS_mbedx509 PostinoMbedTLS_mbedcrypto)

if(PostinoMbedTLS_FOUND AND NOT TARGET PostinoMbedTLS::tls)
    add_library(PostinoMbedTLS::crypto INTERFACE IMPORTED)
    target_include_directories(PostinoMbedTLS::crypto INTERFACE ${PostinoMbedTLS_INCLUDE_DIR})
    target_link_libraries(PostinoMbedTLS::crypto INTERFACE ${PostinoMbedTLS_mbedcrypto})
    add_library(PostinoMbedTLS::tls INTERFACE IMPORTED)
    target_link_libraries(PostinoMbedTLS::tls INTERFACE ${PostinoMbedTLS_mbedtls} ${PostinoMbedTLS_mbedx509}
                                                        PostinoMbedTLS::crypto)
endif()
