# SPDX-License-Identifier: MIT
# include/postino/version.h and the shared library's exports have the project's version; and our CMake files,
# which any build of ours reads, use nothing that came after the version that they ask for.

string(REGEX MATCH "([0-9]+)\\.([0-9]+)\\.([0-9]+)" version "${VERSION}")
file(READ ${ROOT}/include/postino/version.h header)
foreach(line IN ITEMS "MAJOR ${CMAKE_MATCH_1}" "MINOR ${CMAKE_MATCH_2}" "PATCH ${CMAKE_MATCH_3}")
    if(NOT header MATCHES "#define POSTINO_VERSION_${line}\n")
        message(FATAL_ERROR "postino/version.h does not have ${line}")
    endif()
endforeach()
if(NOT header MATCHES "#define POSTINO_VERSION +\"${VERSION}\"\n")
    message(FATAL_ERROR "POSTINO_VERSION is not ${VERSION}")
endif()
string(REGEX MATCH "[0-9]+\\.[0-9]+" minor "${VERSION}")
foreach(exports IN ITEMS postino ports)
    file(READ ${ROOT}/cmake/${exports}.exports text)
    if(NOT text MATCHES "POSTINO_${minor} {")
        message(FATAL_ERROR "cmake/${exports}.exports is not of POSTINO_${minor}")
    endif()
endforeach()

file(STRINGS ${ROOT}/CMakeLists.txt asked REGEX "^cmake_minimum_required")
if(NOT asked STREQUAL "cmake_minimum_required(VERSION 3.16)")
    message(FATAL_ERROR "README says that CMake 3.16 suffices: ${asked}")
endif()
set(later "cmake_path\\(" "file\\((CONFIGURE|REAL_PATH|CHMOD|ARCHIVE_)" "PROJECT_IS_TOP_LEVEL" "ZIP_LISTS"
          "CHECK_(START|PASS|FAIL)" "CheckLinkerFlag" "CheckCompilerFlag" "CheckSourceCompiles"
          "string\\(JSON"
          "cmake_language" "CMAKE_CURRENT_FUNCTION" "return\\(PROPAGATE" "block\\(" "COMMAND_ERROR_IS_FATAL"
          "CONFIG:[A-Za-z]*,")
file(GLOB_RECURSE files ${ROOT}/cmake/*.cmake ${ROOT}/examples/CMakeLists.txt ${ROOT}/tests/*CMakeLists.txt
     ${ROOT}/bench/CMakeLists.txt)
foreach(file IN LISTS files ITEMS ${ROOT}/CMakeLists.txt ${ROOT}/sources.cmake)
    file(READ ${file} text)
    foreach(word IN LISTS later)
        if(text MATCHES "${word}")
            message(FATAL_ERROR "${file}: ${CMAKE_MATCH_0} came after CMake 3.16")
        endif()
    endforeach()
endforeach()
