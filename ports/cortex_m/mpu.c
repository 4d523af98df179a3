/* SPDX-License-Identifier: Apache-2.0 */
/** The domain of the thread outside in the MPU. The kernel runs with the MPU off: no region can bind it. */
#include "port.h"

/* The executor says which domain is next. The registers are loaded when that thread goes out, by way of its image. */
void gale_port_mpu_apply(const struct gale_mem_domain *domain)
{
    if (domain != NULL) {
        gale__cortex_m_state.dispatched = true;
        gale__cortex_m_state.applied = true;
    }
}

/** True when the image shows the domain as it is: it may have been granted or lost something since. */
static bool mpu_image_is_current(const struct gale_cortex_m_image *image, const struct gale_mem_domain *domain)
{
    const struct gale_mem_partition *had = image->partitions;
    const struct gale_mem_partition *has = domain->partitions;
    uintptr_t changed = image->count ^ domain->count;

    for (uint32_t n = domain->count; n > 0; n--, had++, has++) {
        changed |= (had->start ^ has->start) | (had->size ^ has->size) | (had->access ^ has->access);
    }
    return changed == 0 && image->encoded;
}

static void mpu_image_encode(struct gale_cortex_m_image *image, const struct gale_mem_domain *domain)
{
    GALE_ASSERT(domain->count <= GALE_CORTEX_M_REGIONS);
    for (uint32_t i = 0; i < GALE_CORTEX_M_REGIONS; i++) {
        const struct gale_mem_partition *partition = i < domain->count ? &domain->partitions[i] : NULL;
        gale__cortex_m_mpu_encode(partition, i, &image->regions[2u * i]);
        if (partition != NULL) {
            image->partitions[i] = *partition;
        }
    }
    image->count = domain->count;
    image->encoded = true;
}

void gale__cortex_m_mpu_select(struct gale_cortex_m_image *image, const struct gale_mem_domain *domain)
{
    struct cortex_m_state *s = &gale__cortex_m_state;

    s->dispatched = false;
    if (!mpu_image_is_current(image, domain)) {
        mpu_image_encode(image, domain);
        s->loaded = NULL;
    }
    if (s->loaded != image) {
        gale__cortex_m_mpu_load(image->regions);
        s->loaded = image;
    }
}
