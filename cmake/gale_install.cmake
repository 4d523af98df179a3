# SPDX-License-Identifier: Apache-2.0
# The installed package: headers, static libraries, find_package(gale) and pkg-config.
include(CMakePackageConfigHelpers)

set(gale_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/gale)
set(gale_targets gale)
foreach(target gale_posix gale_virtual gale_guest gale_host)
    if(TARGET ${target})
        list(APPEND gale_targets ${target})
    endif()
endforeach()

install(TARGETS ${gale_targets} EXPORT galeTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/gale DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(EXPORT galeTargets NAMESPACE gale:: DESTINATION ${gale_cmake_dir})

configure_package_config_file(cmake/galeConfig.cmake.in galeConfig.cmake INSTALL_DESTINATION ${gale_cmake_dir})
write_basic_package_version_file(galeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/galeConfig.cmake ${PROJECT_BINARY_DIR}/galeConfigVersion.cmake
    DESTINATION ${gale_cmake_dir})

file(RELATIVE_PATH gale_pc_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" gale_pc_prefix "${gale_pc_prefix}")
configure_file(cmake/gale.pc.in gale.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/gale.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
if(TARGET gale_posix)
    configure_file(cmake/gale-posix.pc.in gale-posix.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/gale-posix.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()
