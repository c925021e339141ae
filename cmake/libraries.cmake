# SPDX-License-Identifier: MIT
# The libraries of others that parts of ours stand over. Each has a switch: AUTO takes the library where it is
# found, ON fails without it, OFF does not look for it.

# postino_library(NAME WHAT PACKAGES): POSTINO_NAME decides about the library WHAT. Debian has it in PACKAGES.
macro(postino_library name what packages)
    set(POSTINO_${name} AUTO CACHE STRING
        "Build what stands over ${what}: AUTO (where it is found), ON (required) or OFF")
    set_property(CACHE POSTINO_${name} PROPERTY STRINGS AUTO ON OFF)
    set(postino_${name}_what "${what}")
    set(postino_${name}_packages "${packages}")
endmacro()

# postino_library_found(NAME TARGET): says what became of the search for TARGET.
function(postino_library_found name target)
    set(what "${postino_${name}_what}")
    if(TARGET ${target})
        message(STATUS "Postino: with ${what}")
    elseif(NOT POSTINO_${name})
        message(STATUS "Postino: without ${what} (POSTINO_${name} is OFF)")
    elseif(POSTINO_${name} STREQUAL "AUTO")
        message(STATUS "Postino: without ${what}, which was not found (Debian: ${postino_${name}_packages})")
    else()
        message(FATAL_ERROR "POSTINO_${name} is ON, and ${what} was not found. Install it (Debian: "
                            "${postino_${name}_packages}), or set POSTINO_${name} to OFF.")
    endif()
endfunction()

postino_library(OPENSSL "OpenSSL 3" "libssl-dev")
postino_library(MBEDTLS "Mbed TLS 2.28 or 3" "libmbedtls-dev")
postino_library(IDN "GNU Libidn" "libidn-dev pkgconf")
postino_library(IDN2 "GNU Libidn2" "libidn2-dev pkgconf")

if(POSTINO_OPENSSL)
    find_package(OpenSSL 3.0 QUIET COMPONENTS SSL Crypto)
endif()
if(POSTINO_MBEDTLS)
    list(APPEND CMAKE_MODULE_PATH ${PROJECT_SOURCE_DIR}/cmake)
    find_package(PostinoMbedTLS QUIET)
endif()
if(POSTINO_IDN OR POSTINO_IDN2)
    find_package(PkgConfig QUIET)
endif()
if(PKG_CONFIG_FOUND AND POSTINO_IDN)
    pkg_check_modules(libidn QUIET IMPORTED_TARGET libidn)
endif()
if(PKG_CONFIG_FOUND AND POSTINO_IDN2)
    pkg_check_modules(libidn2 QUIET IMPORTED_TARGET libidn2)
endif()
postino_library_found(OPENSSL OpenSSL::SSL)
postino_library_found(MBEDTLS PostinoMbedTLS::tls)
postino_library_found(IDN PkgConfig::libidn)
postino_library_found(IDN2 PkgConfig::libidn2)
