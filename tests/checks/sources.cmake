# SPDX-License-Identifier: MIT
# sources.cmake lists exactly the sources that the folders hold.

include(${ROOT}/sources.cmake)

function(compare list folder)
    file(GLOB present RELATIVE ${ROOT} ${ROOT}/${folder}/*.c)
    set(listed ${${list}})
    list(SORT present)
    list(SORT listed)
    if(NOT "${present}" STREQUAL "${listed}")
        message(FATAL_ERROR "${list} in sources.cmake\n  ${listed}\nand the folder\n  ${present}\ndiffer")
    endif()
endfunction()

compare(POSTINO_CORE_SOURCES src)
compare(POSTINO_POSIX_SOURCES ports/posix)
compare(POSTINO_TLS_MBEDTLS_SOURCES ports/tls_mbedtls)
compare(POSTINO_NETXDUO_SOURCES ports/netxduo)
compare(POSTINO_NETX_HOST_SOURCES host/src)
