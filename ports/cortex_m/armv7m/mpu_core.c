/* SPDX-License-Identifier: Apache-2.0 */
/** The MPU of Armv7-M. */
#include "port.h"

#define MPU_V7_RBAR_VALID 0x10u

GALE_STATIC_ASSERT(GALE_CORTEX_M_REGIONS == 8u, mpu_load_loads_eight_regions);

void gale__cortex_m_mpu_encode(const struct gale_mem_partition *partition, uint32_t region, uint32_t registers[2])
{
    registers[0] = MPU_V7_RBAR_VALID | region;
    registers[1] = 0;
    if (partition != NULL) {
        (void)gale_mpu_v7_encode(partition, region, &registers[0], &registers[1]);
    }
}

void gale__cortex_m_mpu_init(void)
{
    CORTEX_M_MPU_CTRL = CORTEX_M_MPU_OFF;
}
