# SPDX-License-Identifier: Apache-2.0
# Images with components. GALE_LOWERED/pipeline is what `gale lower --target` wrote: scripts/firmware sees to it. Each file
# tests/firmware/components/<name>_firmware.c is an image with the whole pipeline.
set(GALE_LOWERED "" CACHE PATH "Lowered components for the firmware tests; empty: none")
if(NOT GALE_TESTS OR NOT GALE_LOWERED)
    return()
endif()

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
