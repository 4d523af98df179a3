# SPDX-License-Identifier: Apache-2.0
# gale-replay (docs/REPLAY.md), its recorded transcripts as a test, and its fuzz target.
file(GLOB gale_replay_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/replay/*.c)

add_executable(gale-replay ${gale_replay_sources})
gale_own_code(gale-replay)
target_compile_definitions(gale-replay PRIVATE _GNU_SOURCE)
target_link_libraries(gale-replay PRIVATE gale_posix gale)

if(GALE_TESTS)
    set(gale_differential_dir ${PROJECT_SOURCE_DIR}/tests/differential)
    file(GLOB gale_recorded CONFIGURE_DEPENDS ${gale_differential_dir}/corpus/*.xz)
    add_custom_target(differential_all DEPENDS gale-replay)
    add_test(NAME recorded COMMAND ${gale_differential_dir}/check_recorded.py
        ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:gale-replay> ${gale_recorded})
    set_tests_properties(recorded PROPERTIES LABELS differential TIMEOUT 300)
endif()

if(GALE_TESTS AND CMAKE_C_COMPILER_ID STREQUAL "Clang" AND GALE_FUZZ)
    set(gale_replay_found ${PROJECT_BINARY_DIR}/corpus/replay)
    file(MAKE_DIRECTORY ${gale_replay_found})
    list(REMOVE_ITEM gale_replay_sources ${PROJECT_SOURCE_DIR}/tools/replay/main.c)
    add_executable(replay_fuzz ${PROJECT_SOURCE_DIR}/tests/fuzz/replay/replay_fuzz.c ${gale_replay_sources}
        ${gale_sources})
    gale_test_code(replay_fuzz)
    target_include_directories(replay_fuzz PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/tools/replay)
    target_compile_definitions(replay_fuzz PRIVATE ${gale_definitions})
    target_compile_options(replay_fuzz PRIVATE -fsanitize=fuzzer)
    target_link_options(replay_fuzz PRIVATE -fsanitize=fuzzer)
    target_link_libraries(replay_fuzz PRIVATE gale_posix)
    gale_add_test(replay_fuzz fuzz 120 -seed=1 -runs=200000 -max_total_time=20 -print_final_stats=1
        -artifact_prefix=${gale_replay_found}/ ${gale_replay_found} ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/replay)
endif()
