# SPDX-License-Identifier: MIT
# What `cmake --install` copies: headers, libraries, CMake packages and pkg-config files, for any prefix.

include(CMakePackageConfigHelpers)

# Writes NAMEConfig.cmake's kin and NAME.pc for one package: package(NAME TARGET...)
function(postino_package name)
    set(destination ${CMAKE_INSTALL_LIBDIR}/cmake/${name})
    install(TARGETS ${ARGN} EXPORT ${name}-targets)
    install(EXPORT ${name}-targets NAMESPACE postino:: DESTINATION ${destination})
    configure_package_config_file(
        ${PROJECT_SOURCE_DIR}/cmake/${name}-config.cmake.in ${PROJECT_BINARY_DIR}/${name}-config.cmake
        INSTALL_DESTINATION ${destination} NO_SET_AND_CHECK_MACRO)
    # Below 1.0 a minor version may break what an earlier one promised.
    write_basic_package_version_file(${PROJECT_BINARY_DIR}/${name}-config-version.cmake
                                     COMPATIBILITY SameMinorVersion)
    install(FILES ${PROJECT_BINARY_DIR}/${name}-config.cmake
                  ${PROJECT_BINARY_DIR}/${name}-config-version.cmake DESTINATION ${destination})

    # Paths in the .pc file start from the file's own place, so that the prefix may move.
    set(pkgconfig ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig)
    file(RELATIVE_PATH prefix ${pkgconfig} ${CMAKE_INSTALL_PREFIX})
    configure_file(${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in ${PROJECT_BINARY_DIR}/${name}.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

postino_package(postino postino postino-shared)
install(DIRECTORY include/postino DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

# Where Mbed TLS has pkg-config files (3.x), ours name them; else they name its libraries, and their folder
# where no compiler looks by itself: postino_mbedtls_flags(KIND NAME...) sets POSTINO_MBEDTLS_KIND_REQUIRES
# and _LIBS.
function(postino_mbedtls_flags kind)
    set(requires)
    set(libraries)
    foreach(name IN LISTS ARGN)
        if(POSTINO_MBEDTLS_PC_FOUND)
            string(APPEND requires " ${name}")
        else()
            get_filename_component(folder ${PostinoMbedTLS_${name}} DIRECTORY)
            if(NOT folder IN_LIST CMAKE_C_IMPLICIT_LINK_DIRECTORIES)
                string(APPEND libraries " -L${folder}")
            endif()
            string(APPEND libraries " -l${name}")
        endif()
    endforeach()
    set(POSTINO_MBEDTLS_${kind}_REQUIRES "${requires}" PARENT_SCOPE)
    set(POSTINO_MBEDTLS_${kind}_LIBS "${libraries}" PARENT_SCOPE)
endfunction()

if(PostinoMbedTLS_FOUND)
    find_package(PkgConfig QUIET)
    if(PKG_CONFIG_FOUND)
        pkg_check_modules(POSTINO_MBEDTLS_PC QUIET mbedtls mbedx509 mbedcrypto)
    endif()
    postino_mbedtls_flags(TLS mbedtls mbedx509 mbedcrypto)
    postino_mbedtls_flags(CRYPTO mbedcrypto)
endif()

foreach(name IN ITEMS tls-openssl sasl-openssl dkim-openssl tls-mbedtls sasl-mbedtls dkim-mbedtls idn2
        saslprep-idn)
    if(TARGET postino-${name})
        postino_package(postino-${name} postino-${name} postino-${name}-shared)
    endif()
endforeach()
foreach(name IN ITEMS tls-mbedtls sasl-mbedtls dkim-mbedtls)
    if(TARGET postino-${name})
        install(FILES cmake/FindPostinoMbedTLS.cmake
                DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/postino-${name})
    endif()
endforeach()

if(POSTINO_NETX_HOST)
    postino_package(postino-netx-host postino-netx-host)
    if(TARGET postino-netx-host-tls)
        postino_package(postino-netx-host-tls postino-netx-host-tls)
    endif()
    install(FILES include/nxd_smtp_client.h include/nx_smtp_codes.h include/nx_smtp_message.h
            include/nx_smtp_objects.h include/nx_smtp_options.h include/nx_smtp_session.h
            include/nx_smtp_tls.h
            DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/postino-netx-host)
    # Headers named tx_api.h or nx_api.h must not stand in the compiler's path of programs that use the real
    # ones.
    install(DIRECTORY host/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/postino-netx-host
            FILES_MATCHING PATTERN "*.h")
endif()
