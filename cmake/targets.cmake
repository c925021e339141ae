# SPDX-License-Identifier: MIT
# How every target of ours is compiled and linked.

set(POSTINO_WARNINGS -Wall -Wextra -Wconversion -Wshadow -Wundef -pedantic)
set(POSTINO_SANITIZERS -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)

function(postino_compile_settings target)
    set_target_properties(${target} PROPERTIES C_STANDARD 99 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
    target_compile_options(${target} PRIVATE ${POSTINO_WARNINGS})
    if(POSTINO_WERROR)
        target_compile_options(${target} PRIVATE -Werror)
    endif()
    if(POSTINO_SANITIZE)
        target_compile_options(${target} PRIVATE ${POSTINO_SANITIZERS})
    endif()
endfunction()

# Whatever links a library of ours links the sanitizers that it was compiled with.
function(postino_link_settings target)
    if(POSTINO_SANITIZE)
        target_link_options(${target} PUBLIC $<BUILD_INTERFACE:-fsanitize=address,undefined>)
    endif()
endfunction()

# A library of its own over somebody else's: postino_port_library(NAME THEIRS SOURCE...). There is none without theirs.
function(postino_port_library name theirs)
    if(NOT TARGET ${theirs})
        return()
    endif()
    set(library postino-${name})
    add_library(${library} STATIC ${ARGN})
    add_library(postino::${name} ALIAS ${library})
    postino_compile_settings(${library})
    postino_link_settings(${library})
    set_target_properties(${library} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON)
    target_link_libraries(${library} PUBLIC postino ${theirs})
endfunction()
