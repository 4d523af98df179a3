# SPDX-License-Identifier: Apache-2.0
# How Gale's own code is compiled: C11, strict warnings, public headers under include/.

function(gale_own_code target)
    target_compile_features(${target} PRIVATE c_std_11)
    set_target_properties(${target} PROPERTIES C_EXTENSIONS OFF)
    target_compile_options(${target} PRIVATE
        -Wall -Wextra -Wconversion -Wshadow -Wpedantic $<$<BOOL:${GALE_WERROR}>:-Werror>)
endfunction()

# A library that is installed and exported as gale::<name>.
function(gale_library target name)
    gale_own_code(${target})
    add_library(gale::${name} ALIAS ${target})
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
    if(NOT CMAKE_SYSTEM_NAME STREQUAL "Generic")
        set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    endif()
    target_include_directories(${target} PUBLIC
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/src)
endfunction()
