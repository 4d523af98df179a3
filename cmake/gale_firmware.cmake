# SPDX-License-Identifier: Apache-2.0
# The Cortex-M port and, with GALE_TESTS, the images of the firmware test bench. A board is a folder of its own:
# ports/cortex_m/boards/<name>/ with board.c and board.ld.
enable_language(ASM)
set(gale_cortex_m_dir ${PROJECT_SOURCE_DIR}/ports/cortex_m)

set(gale_cortex_m_core armv7m)
if(GALE_CPU MATCHES "^cortex-m(33|35p|52|55|85)")
    set(gale_cortex_m_core armv8m)
endif()
file(GLOB gale_cortex_m_sources CONFIGURE_DEPENDS ${gale_cortex_m_dir}/*.c ${gale_cortex_m_dir}/*.S
    ${gale_cortex_m_dir}/${gale_cortex_m_core}/*.c ${gale_cortex_m_dir}/${gale_cortex_m_core}/*.S)
add_library(gale_cortex_m STATIC ${gale_cortex_m_sources})
gale_library(gale_cortex_m cortex_m)
target_include_directories(gale_cortex_m PRIVATE ${gale_cortex_m_dir})
target_link_libraries(gale_cortex_m PUBLIC gale
    INTERFACE $<TARGET_FILE:$<TARGET_NAME:gale_cortex_m>> $<TARGET_FILE:$<TARGET_NAME:gale>>)

# With floating point, only code outside has its registers; the kernel's own switches keep none.
if(GALE_CPU MATCHES "float-abi=(hard|softfp)")
    target_compile_options(gale PRIVATE $<$<COMPILE_LANGUAGE:C>:-mgeneral-regs-only>)
    target_compile_options(gale_cortex_m PRIVATE $<$<COMPILE_LANGUAGE:C>:-mgeneral-regs-only>)
endif()

set(GALE_BOARD mps2_an385 CACHE STRING "A folder of ports/cortex_m/boards, or the path of one elsewhere")
get_filename_component(gale_board_dir ${GALE_BOARD} ABSOLUTE BASE_DIR ${gale_cortex_m_dir}/boards)
# For images of projects around this one.
set(gale_board_dir ${gale_board_dir} CACHE INTERNAL "")
set(gale_cortex_m_dir ${gale_cortex_m_dir} CACHE INTERNAL "")
add_library(gale_board OBJECT ${gale_board_dir}/board.c ${gale_cortex_m_dir}/boards/semihosting.c)
gale_own_code(gale_board)
target_include_directories(gale_board PRIVATE ${gale_cortex_m_dir} ${gale_cortex_m_dir}/boards)
target_include_directories(gale_board INTERFACE ${gale_cortex_m_dir} ${gale_cortex_m_dir}/boards)
target_link_libraries(gale_board PUBLIC gale)

# An image: all of the board's object files, and of the archives what is needed, reset.S and start.c first.
function(gale_firmware_image name)
    add_executable(${name} ${ARGN})
    gale_own_code(${name})
    set_target_properties(${name} PROPERTIES SUFFIX .elf)
    target_link_libraries(${name} PRIVATE gale_board gale_cortex_m gale)
    target_link_options(${name} PRIVATE -nostartfiles -nostdlib -Wl,--gc-sections -Wl,-u,gale_cortex_m_reset
        -Wl,--fatal-warnings -Wl,--no-warn-rwx-segments -L${gale_cortex_m_dir} -T${gale_board_dir}/board.ld
        -Wl,--defsym=gale_board_main_stack_bytes=$<IF:$<BOOL:${gale_firmware_main_stack}>,${gale_firmware_main_stack},0x1000>
        -Wl,--sort-section=alignment -Wl,-Map=${name}.map)
    target_link_libraries(${name} PRIVATE c gcc)
    set_target_properties(${name} PROPERTIES LINK_DEPENDS
        "${gale_board_dir}/board.ld;${gale_cortex_m_dir}/cortex_m.ld")
endfunction()
if(NOT GALE_TESTS)
    return()
endif()

set(gale_test_dir ${PROJECT_SOURCE_DIR}/tests)
set(gale_firmware_dir ${gale_test_dir}/firmware)
set(gale_firmware_test_support ${gale_test_dir}/support/test.c ${gale_firmware_dir}/main.c)

function(gale_firmware_test name)
    gale_firmware_image(${name} ${ARGN})
    target_include_directories(${name} PRIVATE ${gale_test_dir}/support ${gale_firmware_dir} ${PROJECT_SOURCE_DIR}/src)
endfunction()

# The host's unit and property tests, as far as they need no operating system. Those in virtual time get the clock, the
# sleep and the interrupts of the virtual port.
set(gale_firmware_main_stack 0x10000)
foreach(kind unit property)
    file(GLOB sources CONFIGURE_DEPENDS ${gale_test_dir}/${kind}/kernel/*.c ${gale_test_dir}/${kind}/async/*.c
        ${gale_test_dir}/${kind}/component/*.c)
    set(real "")
    set(virtual "")
    foreach(source IN LISTS sources)
        file(STRINGS ${source} hosted REGEX "^#include <sys/")
        file(STRINGS ${source} uses_virtual REGEX "^#include \"gale/port_virtual.h\"")
        if(hosted)
            continue()
        elseif(uses_virtual)
            list(APPEND virtual ${source})
        else()
            list(APPEND real ${source})
        endif()
    endforeach()
    gale_firmware_test(${kind}_tests ${real} ${gale_firmware_test_support})
    gale_firmware_test(${kind}_virtual_tests ${virtual} ${gale_firmware_test_support}
        ${PROJECT_SOURCE_DIR}/ports/posix/virtual/virtual.c ${gale_firmware_dir}/virtual_isr.c)
endforeach()
set(gale_firmware_main_stack 0x2000)

# The bench's own: each file tests/firmware/<name>_firmware.c is an image.
file(GLOB sources CONFIGURE_DEPENDS ${gale_firmware_dir}/*_firmware.c)
if(NOT GALE_CPU MATCHES "float-abi=(hard|softfp)")
    list(FILTER sources EXCLUDE REGEX "/float_firmware.c$")
endif()
foreach(source IN LISTS sources)
    get_filename_component(name ${source} NAME_WE)
    gale_firmware_test(${name} ${source} ${gale_firmware_test_support} ${gale_firmware_dir}/bench.c)
endforeach()

# Images that are measured: what a program with the kernel holds, one with two isolated tasks, and one with the component
# runtime, with the built-ins that streams need and with all.
set(gale_firmware_main_stack 0x400)
foreach(name size_kernel size_isolated size_component)
    gale_firmware_image(${name} ${gale_firmware_dir}/${name}.c)
endforeach()
gale_firmware_image(size_streams ${gale_firmware_dir}/size_component.c)
target_compile_definitions(size_component PRIVATE SIZE_EVERY_BUILTIN=1)
