/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What the firmware tests share: an executor, and unprivileged tasks with a stack and a domain of their own.
 */
#ifndef TESTS_FIRMWARE_BENCH_H
#define TESTS_FIRMWARE_BENCH_H

#include "gale/port_cortex_m.h"
#include "test.h"

#define BENCH_TASKS 4u
#define BENCH_STACK_BYTES 1024u
#define BENCH_KERNEL_STACK_BYTES 1024u
#define BENCH_MILLISECOND (GALE_TICKS_PER_SECOND / 1000u)

/** A task and all that it needs. */
struct bench_task {
    struct gale_cortex_m_thread thread;
    struct gale_cortex_m_spec spec;
    struct gale_mem_domain domain;
    struct gale_cortex_m_image image;
    struct gale_cortex_m_report last; /**< Of its last death. */
    uint32_t ends;                    /**< Deaths and exits. */
};

extern struct gale_executor bench_x;
extern struct bench_task bench_tasks[BENCH_TASKS];

/** Fresh executor; task `i` has domain {code, its stack} and begins at entry(arg) when it is spawned. */
void bench_begin(void);
struct bench_task *bench_task(uint32_t i, void (*entry)(void *arg), void *arg);

/** The domain reaches one partition more. */
void bench_grant(struct bench_task *task, const volatile void *start, size_t size, uint32_t access);

/** Fresh images: whatever was there is taken as stale. */
void bench_spawn(struct bench_task *task);

/** Runs until no task lives. */
void bench_run(void);

/** One task from its beginning to its end; what it died of. */
enum gale_cortex_m_cause bench_fate(void (*entry)(void *arg), const volatile void *arg);

/** The code partition. */
struct gale_mem_partition bench_code(void);

/** Where task `i` has its stack. */
uint8_t *bench_stack(uint32_t i);

#endif /* TESTS_FIRMWARE_BENCH_H */
