# SPDX-License-Identifier: MIT
# TLS by Mbed TLS 2.28 or 3.x: postino::tls-mbedtls, where its headers and libraries are found.

find_path(POSTINO_MBEDTLS_INCLUDE mbedtls/ssl.h)
set(libraries)
foreach(name IN ITEMS mbedtls mbedx509 mbedcrypto)
    find_library(POSTINO_LIB_${name} ${name})
    mark_as_advanced(POSTINO_LIB_${name})
    list(APPEND libraries ${POSTINO_LIB_${name}})
endforeach()
mark_as_advanced(POSTINO_MBEDTLS_INCLUDE)
if(NOT POSTINO_MBEDTLS_INCLUDE OR "${libraries}" MATCHES "NOTFOUND")
    message(STATUS "Mbed TLS not found: no postino::tls-mbedtls")
    return()
endif()

add_library(postino-tls-mbedtls STATIC ${POSTINO_TLS_MBEDTLS_SOURCES})
add_library(postino::tls-mbedtls ALIAS postino-tls-mbedtls)
postino_compile_settings(postino-tls-mbedtls)
postino_link_settings(postino-tls-mbedtls)
set_target_properties(postino-tls-mbedtls PROPERTIES EXPORT_NAME tls-mbedtls POSITION_INDEPENDENT_CODE ON)
target_include_directories(postino-tls-mbedtls SYSTEM PRIVATE ${POSTINO_MBEDTLS_INCLUDE})
target_link_libraries(postino-tls-mbedtls PUBLIC postino ${libraries})
