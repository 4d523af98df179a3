# SPDX-License-Identifier: Apache-2.0
# The tool `gale`: all of tools/gale/*.c. Its tests link the same objects without main.c.
file(GLOB gale_tool_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/gale/*.c)
list(REMOVE_ITEM gale_tool_sources ${PROJECT_SOURCE_DIR}/tools/gale/main.c)

function(gale_tool_code target)
    gale_own_code(${target})
    target_compile_definitions(${target} PRIVATE _GNU_SOURCE)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tools/gale)
endfunction()

add_library(gale_tool_objects OBJECT ${gale_tool_sources})
gale_tool_code(gale_tool_objects)

add_executable(gale_tool ${PROJECT_SOURCE_DIR}/tools/gale/main.c $<TARGET_OBJECTS:gale_tool_objects>)
gale_tool_code(gale_tool)
target_compile_definitions(gale_tool PRIVATE GALE_TOOL_VERSION="${PROJECT_VERSION}")
set_target_properties(gale_tool PROPERTIES OUTPUT_NAME gale)
install(TARGETS gale_tool RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
