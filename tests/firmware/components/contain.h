/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * One instance of the pipeline is made to misbehave while it runs; what it dies of, and that nobody else is hurt.
 */
#ifndef TESTS_FIRMWARE_COMPONENTS_CONTAIN_H
#define TESTS_FIRMWARE_COMPONENTS_CONTAIN_H

#include "isolate.h"

#include "gale/component/trap.h"

enum contain_victim { CONTAIN_SOURCE, CONTAIN_FILTER, CONTAIN_SINK };

/** Memory of the kernel: nobody outside may change it. */
extern uint8_t contain_kernel[8192];

/** What became of the victim. */
struct contain_fate {
    struct gale_trap_info trap;         /**< Its own. */
    struct gale_cortex_m_report report; /**< Of a fault; all zero: it was none. */
    uint32_t entries;                   /**< Packages that the sink has counted. */
};

/**
 * Runs the pipeline; when the sensor has sent `moment` bytes, `strike` prepares the victim's end. Checks that it is poisoned and
 * the others are not, but for one that was calling its realloc, that they went on to their end, and that the kernel's
 * memory is as it was.
 */
struct contain_fate contain_run(enum contain_victim victim, uint32_t moment, void (*strike)(void));

#endif /* TESTS_FIRMWARE_COMPONENTS_CONTAIN_H */
