/* SPDX-License-Identifier: Apache-2.0 */
/** The MPU of Armv8-M. */
#include "port.h"

#define MPU_V8_TYPE CORTEX_M_REG(0xe000ed90u)
#define MPU_V8_RLAR CORTEX_M_REG(0xe000eda0u)
#define MPU_V8_MAIR0 CORTEX_M_REG(0xe000edc0u)
#define MPU_V8_NORMAL_UNCACHED 0x44u

GALE_STATIC_ASSERT(GALE_CORTEX_M_REGIONS == 8u, mpu_load_loads_eight_regions);

void gale__cortex_m_mpu_encode(const struct gale_mem_partition *partition, uint32_t region, uint32_t registers[2])
{
    (void)region;
    registers[0] = 0;
    registers[1] = 0;
    if (partition != NULL) {
        (void)gale_mpu_v8_encode(partition, &registers[0], &registers[1]);
    }
}

/* Regions that this port does not use may hold anything after reset. */
void gale__cortex_m_mpu_init(void)
{
    const uint32_t regions = (MPU_V8_TYPE >> 8) & 0xffu;

    CORTEX_M_MPU_CTRL = CORTEX_M_MPU_OFF;
    for (uint32_t n = 0; n < regions; n++) {
        CORTEX_M_MPU_RNR = n;
        MPU_V8_RLAR = 0;
    }
    MPU_V8_MAIR0 = MPU_V8_NORMAL_UNCACHED;
}
