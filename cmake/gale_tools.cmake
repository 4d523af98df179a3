# SPDX-License-Identifier: Apache-2.0
# The tool `gale`: all of tools/gale/*.c. Its tests link the same objects without main.c.
file(GLOB gale_tool_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/gale/*.c)
list(REMOVE_ITEM gale_tool_sources ${PROJECT_SOURCE_DIR}/tools/gale/main.c)

function(gale_tool_code target)
    gale_own_code(${target})
    target_compile_definitions(${target} PRIVATE _GNU_SOURCE)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tools/gale)
endfunction()

# What `gale run` compiles programs with: this build's headers, libraries and options.
list(JOIN gale_definitions ":" gale_tool_definitions)
set(gale_tool_run
    GALE_TOOL_BUILD_TOOLS="${PROJECT_SOURCE_DIR}/build/tools/bin"
    GALE_TOOL_INCLUDES="${PROJECT_SOURCE_DIR}/include:${PROJECT_SOURCE_DIR}/tools/gale/guest:${PROJECT_SOURCE_DIR}/tools/gale/host"
    GALE_TOOL_DEFINITIONS="${gale_tool_definitions}"
    GALE_TOOL_LIBRARIES="$<TARGET_FILE:gale_host>:$<TARGET_FILE:gale_guest>:$<TARGET_FILE:gale_posix>:$<TARGET_FILE:gale>")

add_library(gale_tool_objects OBJECT ${gale_tool_sources})
gale_tool_code(gale_tool_objects)
target_compile_definitions(gale_tool_objects PRIVATE ${gale_tool_run})

add_executable(gale_tool ${PROJECT_SOURCE_DIR}/tools/gale/main.c $<TARGET_OBJECTS:gale_tool_objects>)
gale_tool_code(gale_tool)
target_compile_definitions(gale_tool PRIVATE GALE_TOOL_VERSION="${PROJECT_VERSION}")
set_target_properties(gale_tool PROPERTIES OUTPUT_NAME gale)
add_dependencies(gale_tool gale_host)
install(TARGETS gale_tool RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${PROJECT_SOURCE_DIR}/tools/gale/gale.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${PROJECT_SOURCE_DIR}/tools/gale/gale.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
    RENAME gale)
