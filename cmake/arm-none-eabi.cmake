# SPDX-License-Identifier: Apache-2.0
# Cortex-M, bare metal: GALE_CPU is the core, with the compiler's further flags for it.
set(GALE_CPU cortex-m3 CACHE STRING "What -mcpu says, and further flags")
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES GALE_CPU)
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR cortex-m)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_FLAGS_INIT "-mcpu=${GALE_CPU} -mthumb -ffunction-sections -fdata-sections")
set(CMAKE_ASM_FLAGS_INIT "-mcpu=${GALE_CPU} -mthumb")
