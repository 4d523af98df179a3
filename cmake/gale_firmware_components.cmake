# SPDX-License-Identifier: Apache-2.0
# Images with components. GALE_LOWERED/pipeline is what `gale lower --target` wrote: scripts/firmware sees to it. Each file
# tests/firmware/components/<name>_firmware.c is an image with the whole pipeline.
set(GALE_LOWERED "" CACHE PATH "Lowered components for the firmware tests; empty: none")
if(NOT GALE_TESTS OR NOT GALE_LOWERED)
    return()
endif()

# What components of test scripts are linked with: tests/firmware/wast/builder. The host's script server on the C library.
set(gale_host_dir ${PROJECT_SOURCE_DIR}/tools/gale/host)
add_library(wast_host STATIC EXCLUDE_FROM_ALL ${gale_firmware_dir}/wast/host.c $<TARGET_OBJECTS:gale_board>
    ${gale_host_dir}/script.c ${gale_host_dir}/host_run.c ${gale_host_dir}/host_value.c ${gale_host_dir}/host_arena.c
    ${gale_host_dir}/wave_read.c ${gale_host_dir}/wave_text.c ${gale_host_dir}/wave_write.c)
target_compile_features(wast_host PRIVATE c_std_11)
target_compile_options(wast_host PRIVATE -w)
target_compile_definitions(wast_host PRIVATE _GNU_SOURCE)
target_include_directories(wast_host PRIVATE ${gale_host_dir} ${gale_cortex_m_dir}/boards)
target_link_libraries(wast_host PRIVATE gale_guest gale_isolate)

set(gale_components_dir ${gale_firmware_dir}/components)
set(gale_firmware_main_stack 0x2000)

add_subdirectory(${GALE_LOWERED}/pipeline ${PROJECT_BINARY_DIR}/pipeline)
file(GLOB sources CONFIGURE_DEPENDS ${gale_components_dir}/*_firmware.c)
foreach(source IN LISTS sources)
    get_filename_component(name ${source} NAME_WE)
    gale_firmware_test(${name} ${source} ${gale_components_dir}/sensor.c ${gale_components_dir}/contain.c
        ${gale_components_dir}/records.S
        ${PROJECT_SOURCE_DIR}/examples/firmware/stdio.c ${gale_firmware_test_support})
    target_include_directories(${name} PRIVATE ${gale_components_dir} ${PROJECT_SOURCE_DIR}/examples/firmware)
    target_link_libraries(${name} PRIVATE lowered)
    set_property(TARGET ${name} PROPERTY RULE_LAUNCH_LINK
        "${PROJECT_SOURCE_DIR}/scripts/firmware_link ${GALE_LOWERED}/pipeline/parts.txt")
    set_source_files_properties(${gale_components_dir}/records.S PROPERTIES
        COMPILE_OPTIONS "-I${gale_components_dir}"
        OBJECT_DEPENDS "${gale_components_dir}/records.txt;${gale_components_dir}/records_expected.txt")
endforeach()
