# SPDX-License-Identifier: Apache-2.0
# The options of include/gale/config.h: each GALE_* named there can be set with -DGALE_X=value and is passed on to
# whoever links gale, so that all translation units see the same values. The header is the only list.

set(gale_definitions "")
file(STRINGS ${PROJECT_SOURCE_DIR}/include/gale/config.h gale_option_lines REGEX "^#ifn?def GALE_[A-Z_]+$")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS include/gale/config.h)
foreach(line IN LISTS gale_option_lines)
    string(REGEX REPLACE "^#ifn?def " "" name "${line}")
    if(NOT name STREQUAL "GALE_CONFIG_H" AND DEFINED ${name} AND NOT "${${name}}" STREQUAL "")
        list(APPEND gale_definitions "${name}=${${name}}")
    endif()
endforeach()

set(gale_pc_definitions "")
foreach(definition IN LISTS gale_definitions)
    string(APPEND gale_pc_definitions " -D${definition}")
endforeach()
