# SPDX-License-Identifier: MIT
# How every target of ours is compiled and linked.

include(CheckCCompilerFlag)
include(CheckCSourceCompiles)

set(POSTINO_WARNINGS -Wall -Wextra -Wconversion -Wshadow -Wundef -pedantic)
set(POSTINO_SANITIZERS -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)

# postino_check_link(RESULT OPTION...): whether a program links with the options.
function(postino_check_link result)
    set(CMAKE_REQUIRED_LINK_OPTIONS ${ARGN})
    check_c_source_compiles("int main(void) { return 0; }" ${result})
endfunction()

# The sanitizers have checks of their own, and do not go together with glibc's.
set(postino_harden_compile)
set(postino_harden_link)
if(POSTINO_HARDEN AND NOT POSTINO_SANITIZE)
    check_c_compiler_flag(-fstack-protector-strong POSTINO_HAS_STACK_PROTECTOR)
    if(POSTINO_HAS_STACK_PROTECTOR)
        list(APPEND postino_harden_compile -fstack-protector-strong)
    endif()
    # glibc's needs an optimising compiler. Some compilers define it by themselves.
    foreach(type IN ITEMS Release RelWithDebInfo MinSizeRel)
        list(APPEND postino_harden_compile $<$<CONFIG:${type}>:-U_FORTIFY_SOURCE>
             $<$<CONFIG:${type}>:-D_FORTIFY_SOURCE=2>)
    endforeach()
    postino_check_link(POSTINO_HAS_BIND_NOW -Wl,-z,relro -Wl,-z,now)
    if(POSTINO_HAS_BIND_NOW)
        list(APPEND postino_harden_link -Wl,-z,relro -Wl,-z,now)
    endif()
endif()

function(postino_compile_settings target)
    set_target_properties(${target} PROPERTIES C_STANDARD 99 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
    target_compile_options(${target} PRIVATE ${POSTINO_WARNINGS} ${postino_harden_compile})
    target_link_options(${target} PRIVATE ${postino_harden_link})
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

# postino_shared_settings(TARGET NAME EXPORTS): the shared library libNAME.so exports what the file EXPORTS
# says, where the linker can do that; the headers carry no mark of it. Below 1.0 a minor version may break
# what an earlier one promised (cmake/install.cmake), so both numbers are in the SONAME.
function(postino_shared_settings target name exports)
    set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name} VERSION ${PROJECT_VERSION}
                                               SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
    target_link_options(${target} PRIVATE ${postino_harden_link})
    postino_check_link(POSTINO_HAS_VERSION_SCRIPT
                       -Wl,--version-script=${PROJECT_SOURCE_DIR}/cmake/ports.exports)
    if(POSTINO_HAS_VERSION_SCRIPT)
        target_link_options(${target} PRIVATE -Wl,--version-script=${exports})
        set_target_properties(${target} PROPERTIES LINK_DEPENDS ${exports})
    endif()
endfunction()

# A library of its own over somebody else's, and a shared one that shares the shared core:
# postino_port_library(NAME THEIRS SOURCE...). There is none without theirs.
function(postino_port_library name theirs)
    if(NOT TARGET ${theirs})
        return()
    endif()
    set(library postino-${name})
    add_library(${library}-objects OBJECT ${ARGN})
    postino_compile_settings(${library}-objects)
    set_target_properties(${library}-objects PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_include_directories(${library}-objects PRIVATE ${PROJECT_SOURCE_DIR}/include)
    target_link_libraries(${library}-objects PRIVATE ${theirs})
    add_library(${library} STATIC $<TARGET_OBJECTS:${library}-objects>)
    add_library(${library}-shared SHARED $<TARGET_OBJECTS:${library}-objects>)
    target_link_libraries(${library} PUBLIC postino ${theirs})
    target_link_libraries(${library}-shared PUBLIC postino-shared ${theirs})
    postino_shared_settings(${library}-shared ${library} ${PROJECT_SOURCE_DIR}/cmake/ports.exports)
    foreach(end IN ITEMS "" "-shared")
        add_library(postino::${name}${end} ALIAS ${library}${end})
        postino_link_settings(${library}${end})
        set_target_properties(${library}${end} PROPERTIES EXPORT_NAME ${name}${end} LINKER_LANGUAGE C)
    endforeach()
endfunction()
