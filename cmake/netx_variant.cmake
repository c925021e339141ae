# SPDX-License-Identifier: MIT
# netx_variant(NAME DEFINES NAME=VALUE...) builds the NetX Duo API, the host layer and the core once more with
# other options, as a static library NAME; programs that link it are compiled with the same options. It may be
# called again for the same library.

function(netx_variant name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEFINES")
    if(TARGET ${name})
        get_target_property(defines ${name} COMPILE_DEFINITIONS)
        if(NOT "${defines}" STREQUAL "${arg_DEFINES}")
            message(FATAL_ERROR "${name} exists with other options: ${defines}")
        endif()
        return()
    endif()
    set(sources ${POSTINO_CORE_SOURCES} ${POSTINO_NETXDUO_SOURCES} ${POSTINO_NETX_HOST_SOURCES})
    list(TRANSFORM sources PREPEND ${PROJECT_SOURCE_DIR}/)
    add_library(${name} STATIC EXCLUDE_FROM_ALL ${sources})
    postino_compile_settings(${name})
    postino_link_settings(${name})
    target_compile_definitions(${name} PUBLIC ${arg_DEFINES})
    target_include_directories(
        ${name}
        PUBLIC ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/host/include
        PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/ports/netxduo ${PROJECT_SOURCE_DIR}/host/src)
    target_link_libraries(${name} PUBLIC Threads::Threads)
endfunction()

# netx_tls_variant(NAME DEFINES NAME=VALUE...): the same with TLS.
function(netx_tls_variant name)
    netx_variant(${name} ${ARGN})
    set(sources ${POSTINO_TLS_NX_SECURE_SOURCES} ${POSTINO_NETX_HOST_SECURE_SOURCES})
    list(TRANSFORM sources PREPEND ${PROJECT_SOURCE_DIR}/)
    target_sources(${name} PRIVATE ${sources})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/host/secure)
    target_link_libraries(${name} PUBLIC OpenSSL::SSL)
endfunction()

# netx_amalgamation(NAME): the same library from the two files that scripts/amalgamate.py makes for NetX
# users.
function(netx_amalgamation name)
    set(folder ${PROJECT_BINARY_DIR}/amalgamation)
    file(GLOB parts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/*.h
         ${PROJECT_SOURCE_DIR}/include/postino/*.h
         ${PROJECT_SOURCE_DIR}/src/*/* ${PROJECT_SOURCE_DIR}/ports/netxduo/*
         ${PROJECT_SOURCE_DIR}/ports/nx_secure/*)
    add_custom_command(
        OUTPUT ${folder}/nxd_smtp_client.c ${folder}/nxd_smtp_client.h
        COMMAND /usr/bin/python3 ${PROJECT_SOURCE_DIR}/scripts/amalgamate.py ${folder}
        DEPENDS ${PROJECT_SOURCE_DIR}/scripts/amalgamate.py ${PROJECT_SOURCE_DIR}/sources.cmake ${parts})
    set(host_sources ${POSTINO_NETX_HOST_SOURCES})
    list(TRANSFORM host_sources PREPEND ${PROJECT_SOURCE_DIR}/)
    add_library(${name} STATIC EXCLUDE_FROM_ALL ${folder}/nxd_smtp_client.c ${folder}/nxd_smtp_client.h
                                                ${host_sources})
    postino_compile_settings(${name})
    postino_link_settings(${name})
    target_include_directories(${name} PUBLIC ${folder} ${PROJECT_SOURCE_DIR}/host/include
                                       PRIVATE ${PROJECT_SOURCE_DIR}/host/src)
    target_link_libraries(${name} PUBLIC Threads::Threads)
endfunction()
