# SPDX-License-Identifier: MIT
# sources.cmake lists exactly the sources that the folders hold, and PORTING.md names those for NetX Duo.

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

compare(POSTINO_CORE_SOURCES src/*)
compare(POSTINO_POSIX_SOURCES ports/posix)
set(openssl ${POSTINO_TLS_OPENSSL_SOURCES} ${POSTINO_DKIM_OPENSSL_SOURCES} ${POSTINO_SASL_OPENSSL_SOURCES})
compare(openssl ports/openssl)
set(mbedtls ${POSTINO_TLS_MBEDTLS_SOURCES} ${POSTINO_DKIM_MBEDTLS_SOURCES} ${POSTINO_SASL_MBEDTLS_SOURCES})
compare(mbedtls ports/mbedtls)
set(idn ${POSTINO_IDN2_SOURCES} ${POSTINO_SASLPREP_IDN_SOURCES})
compare(idn ports/idn)
compare(POSTINO_NETXDUO_SOURCES ports/netxduo)
compare(POSTINO_TLS_NX_SECURE_SOURCES ports/nx_secure)
compare(POSTINO_NETX_HOST_SOURCES host/src)
compare(POSTINO_NETX_HOST_SECURE_SOURCES host/secure)

file(READ ${ROOT}/PORTING.md porting)
foreach(source IN LISTS POSTINO_NETXDUO_SOURCES POSTINO_TLS_NX_SECURE_SOURCES)
    if(NOT porting MATCHES "`${source}`")
        message(FATAL_ERROR "PORTING.md does not name ${source}")
    endif()
endforeach()
