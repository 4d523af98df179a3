# SPDX-License-Identifier: Apache-2.0
# What lowered components link: `gale_guest`, freestanding, on every target; `gale_host`, main() and WASI, on a POSIX host.

file(GLOB gale_guest_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/gale/guest/*.c)
add_library(gale_guest STATIC ${gale_guest_sources})
gale_library(gale_guest guest)
target_link_libraries(gale_guest PUBLIC gale)
target_include_directories(gale_guest PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/tools/gale/guest> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/tools/gale/host>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/gale/tool>)

# Behind the MPU: core code runs unprivileged. Searched before gale_guest, whose trap is for code with all rights.
if(TARGET gale_cortex_m)
    file(GLOB gale_isolate_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/gale/guest/cortex_m/*.c)
    add_library(gale_isolate STATIC ${gale_isolate_sources})
    gale_library(gale_isolate isolate)
    target_include_directories(gale_isolate PRIVATE ${PROJECT_SOURCE_DIR}/ports/cortex_m
        PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/tools/gale/guest/cortex_m>)
    target_link_libraries(gale_isolate PUBLIC gale_guest gale_cortex_m INTERFACE c gcc)
endif()

file(GLOB gale_guest_headers ${PROJECT_SOURCE_DIR}/tools/gale/guest/*.h)
install(FILES ${gale_guest_headers} ${PROJECT_SOURCE_DIR}/tools/gale/host/describe.h
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/gale/tool)

if(TARGET gale_posix)
    file(GLOB gale_host_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/gale/host/*.c)
    add_library(gale_host STATIC ${gale_host_sources})
    gale_library(gale_host host)
    target_compile_definitions(gale_host PRIVATE _GNU_SOURCE)
    target_link_libraries(gale_host PUBLIC gale_guest gale_posix)
endif()
