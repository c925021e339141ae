# SPDX-License-Identifier: MIT
# Finds Mbed TLS, 2.28 or 3.x, by its header and libraries, for 2.28 brings neither a CMake package nor a
# pkg-config file. Others are not found: Ubuntu 20.04 has 2.16. Gives PostinoMbedTLS::crypto,
# PostinoMbedTLS::tls and PostinoMbedTLS_LIBRARIES. It is installed too, for the packages of what stands over
# it.

find_path(PostinoMbedTLS_INCLUDE_DIR mbedtls/ssl.h)
# 3.x has the version in a header of its own.
set(PostinoMbedTLS_VERSION_FITS)
foreach(header IN ITEMS build_info version)
    set(path ${PostinoMbedTLS_INCLUDE_DIR}/mbedtls/${header}.h)
    if(EXISTS ${path})
        file(STRINGS ${path} line REGEX "^#define MBEDTLS_VERSION_STRING +\"[0-9.]+\"")
        if(line MATCHES "\"(2\\.28|3)\\.")
            set(PostinoMbedTLS_VERSION_FITS TRUE)
        endif()
    endif()
endforeach()
set(PostinoMbedTLS_LIBRARIES)
foreach(name IN ITEMS mbedtls mbedx509 mbedcrypto)
    find_library(PostinoMbedTLS_${name} ${name})
    mark_as_advanced(PostinoMbedTLS_${name})
    list(APPEND PostinoMbedTLS_LIBRARIES ${PostinoMbedTLS_${name}})
endforeach()
mark_as_advanced(PostinoMbedTLS_INCLUDE_DIR)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(PostinoMbedTLS REQUIRED_VARS PostinoMbedTLS_INCLUDE_DIR
                                  PostinoMbedTLS_VERSION_FITS PostinoMbedTLS_mbedtls PostinoMbedTLS_mbedx509
                                  PostinoMbedTLS_mbedcrypto)

if(PostinoMbedTLS_FOUND AND NOT TARGET PostinoMbedTLS::tls)
    add_library(PostinoMbedTLS::crypto INTERFACE IMPORTED)
    target_include_directories(PostinoMbedTLS::crypto INTERFACE ${PostinoMbedTLS_INCLUDE_DIR})
    target_link_libraries(PostinoMbedTLS::crypto INTERFACE ${PostinoMbedTLS_mbedcrypto})
    add_library(PostinoMbedTLS::tls INTERFACE IMPORTED)
    target_link_libraries(PostinoMbedTLS::tls INTERFACE ${PostinoMbedTLS_mbedtls} ${PostinoMbedTLS_mbedx509}
                                                        PostinoMbedTLS::crypto)
endif()
