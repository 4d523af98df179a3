/* SPDX-License-Identifier: Apache-2.0 */
/** Attacks that need two parties or a change of rights: frames forged by a neighbour, memory taken away meanwhile. */
#include "bench.h"
#include "board.h"
#include "timer.h"

#define FRAME_PC 6u
#define FRAME_XPSR 7u
#define ROUNDS 50u

static GALE_ALIGNED(32) struct {
    volatile uint32_t value;
    uint32_t unused[7];
} word[2];

static struct bench_task *victim, *attacker;

/* ---- frames -------------------------------------------------------------------------------------------------- */

static void yield_for_ever(void *arg)
{
    (void)arg;
    for (;;) {
        (void)gale_cortex_m_call_yield();
    }
}

/** The victim's frame lies in its stack, which the attacker shares: changes the words given, then exits. */
static void forge_frame(void *arg)
{
    uint32_t *frame = (uint32_t *)word[0].value;
    const uint32_t *forged = arg;

    frame[FRAME_PC] = forged[0];
    frame[FRAME_XPSR] = forged[1];
}

static int32_t tell_frame(struct gale_cortex_m_thread *t, uint32_t number, const uint32_t args[4])
{
    (void)t;
    (void)number;
    (void)args;
    return GALE_OK;
}

static bool put_down_after(struct gale_cortex_m_thread *t, const struct gale_cortex_m_report *report)
{
    struct bench_task *task = t->context;

    task->last = *report;
    word[0].value = 0;
    return false;
}

/** What the victim dies of when it goes on at `pc` with `xpsr`. */
static enum gale_cortex_m_cause fate_of_forged(uint32_t pc, uint32_t xpsr)
{
    static GALE_ALIGNED(32) uint32_t forged[8];

    bench_begin();
    forged[0] = pc;
    forged[1] = xpsr;
    victim = bench_task(0, yield_for_ever, NULL);
    attacker = bench_task(1, forge_frame, forged);
    bench_grant(attacker, bench_stack(0), BENCH_STACK_BYTES, GALE_MPU_RW);
    bench_grant(attacker, forged, sizeof forged, GALE_MPU_RO);
    bench_grant(attacker, &word[0], sizeof word[0], GALE_MPU_RO);
    victim->spec.call = tell_frame;
    victim->spec.ended = put_down_after;
    bench_spawn(victim);
    CHECK(gale_executor_step(&bench_x));
    word[0].value = victim->thread.flow.sp;
    bench_spawn(attacker);
    for (uint32_t i = 0; i < 20 && victim->thread.lives; i++) {
        (void)gale_executor_step(&bench_x);
    }
    CHECK_EQ(attacker->last.cause, GALE_CORTEX_M_EXITED);
    if (victim->thread.lives) {
        CHECK_EQ(gale_cortex_m_kill(&victim->thread), GALE_OK);
    }
    bench_run();
    return victim->last.cause;
}

static void read_control(void)
{
    uint32_t control;

    __asm__ volatile("mrs %0, control" : "=r"(control));
    gale_cortex_m_call_exit(control);
}

TEST(attack, a_forged_frame_gives_no_rights)
{
    const uint32_t handler = (uint32_t)(uintptr_t)read_control & ~1u;

    CHECK_EQ(fate_of_forged(handler, 1u << 24), GALE_CORTEX_M_EXITED);       /* it may go where it likes, */
    CHECK_EQ(victim->last.status & 1u, 1u);                                  /* but unprivileged */
    CHECK_EQ(fate_of_forged(handler, 0), GALE_CORTEX_M_USAGE);               /* not Thumb */
    CHECK_EQ(fate_of_forged(handler, (1u << 24) | 3u), GALE_CORTEX_M_USAGE); /* "return into a handler" */
    CHECK_EQ(fate_of_forged((uint32_t)(uintptr_t)word, 1u << 24), GALE_CORTEX_M_FETCH);
    CHECK_EQ(fate_of_forged(0xe000e000u, 1u << 24), GALE_CORTEX_M_FETCH);
}

/* ---- memory taken away --------------------------------------------------------------------------------------- */

static GALE_ALIGNED(256) uint8_t lent[256];

static void yield_on_lent_stack(void *arg)
{
    __asm__ volatile("mov sp, %0\n1: mov r12, #1\n\tsvc #0\n\tb 1b" : : "r"(arg) : "r12", "memory");
}

static void call_own_on_lent_stack(void *arg)
{
    __asm__ volatile("mov sp, %0\n\tmov r12, #16\n\tsvc #0" : : "r"(arg) : "r12", "memory");
}

/** Others run, and then the MPU is made to hold the domain again, for a copy. */
static int32_t yield_and_copy(struct gale_cortex_m_thread *t, uint32_t number, const uint32_t args[4])
{
    uint8_t byte;

    (void)number;
    (void)args;
    CHECK_EQ(gale_executor_yield(&bench_x), GALE_OK);
    CHECK_EQ(gale_cortex_m_copy_in(t, &byte, gale_board_code, 1), GALE_OK);
    return GALE_OK;
}

/* @verifies MD12 */
TEST(attack, a_call_that_blocked_and_then_copied_writes_nothing_to_memory_taken_away)
{
    const struct gale_mem_partition partition = {(uintptr_t)lent, sizeof lent, GALE_MPU_RW};

    bench_begin();
    victim = bench_task(0, call_own_on_lent_stack, lent + sizeof lent);
    victim->spec.call = yield_and_copy;
    bench_grant(victim, lent, sizeof lent, GALE_MPU_RW);
    bench_spawn(victim);
    CHECK(gale_executor_step(&bench_x));
    CHECK_EQ(gale_mem_domain_remove(&victim->domain, &partition), GALE_OK);
    for (uint32_t i = 0; i < sizeof lent; i++) {
        lent[i] = 0x77;
    }
    bench_run();
    CHECK_EQ(victim->last.cause, GALE_CORTEX_M_STACK);
    for (uint32_t i = 0; i < sizeof lent; i++) {
        CHECK_EQ(lent[i], 0x77);
    }
}

/* @verifies MD12 */
TEST(attack, a_call_that_blocked_on_memory_taken_away_writes_nothing_there)
{
    const struct gale_mem_partition partition = {(uintptr_t)lent, sizeof lent, GALE_MPU_RW};

    bench_begin();
    victim = bench_task(0, yield_on_lent_stack, lent + sizeof lent);
    bench_grant(victim, lent, sizeof lent, GALE_MPU_RW);
    bench_spawn(victim);
    CHECK(gale_executor_step(&bench_x));
    CHECK_EQ(gale_mem_domain_remove(&victim->domain, &partition), GALE_OK);
    for (uint32_t i = 0; i < sizeof lent; i++) {
        lent[i] = 0x77;
    }
    bench_run();
    CHECK(victim->last.cause == GALE_CORTEX_M_STACK);
    for (uint32_t i = 0; i < sizeof lent; i++) {
        CHECK_EQ(lent[i], 0x77);
    }
}

static int32_t take_the_callers_stack(struct gale_cortex_m_thread *t, uint32_t number, const uint32_t args[4])
{
    const struct gale_mem_partition partition = {(uintptr_t)lent, sizeof lent, GALE_MPU_RW};

    (void)t;
    (void)number;
    (void)args;
    CHECK_EQ(gale_mem_domain_remove(&victim->domain, &partition), GALE_OK);
    for (uint32_t i = 0; i < sizeof lent; i++) {
        lent[i] = 0x77;
    }
    gale_port_mpu_apply(&victim->domain);
    return GALE_OK;
}

/* @verifies MD12 */
TEST(attack, a_hook_that_takes_the_callers_stack_has_no_result_written_there)
{
    bench_begin();
    victim = bench_task(0, call_own_on_lent_stack, lent + sizeof lent);
    victim->spec.call = take_the_callers_stack;
    bench_grant(victim, lent, sizeof lent, GALE_MPU_RW);
    bench_spawn(victim);
    bench_run();
    for (uint32_t i = 0; i < sizeof lent; i++) {
        CHECK_EQ(lent[i], 0x77);
    }
    CHECK_EQ(victim->last.cause, GALE_CORTEX_M_STACK);
}

static void spin(void *arg)
{
    (void)arg;
    for (;;) {
        __asm__ volatile("");
    }
}

/* @verifies MD05 MD12 */
TEST(attack, a_task_preempted_while_its_code_is_taken_away_cannot_go_on)
{
    struct gale_mem_partition code = bench_code();

    bench_begin();
    victim = bench_task(0, spin, NULL);
    victim->spec.slice_ticks = 2000;
    bench_spawn(victim);
    CHECK(gale_executor_step(&bench_x));
    CHECK_EQ(gale_mem_domain_remove(&victim->domain, &code), GALE_OK);
    bench_run();
    CHECK_EQ(victim->last.cause, GALE_CORTEX_M_FETCH);
}

static void store_after_yield(void *arg)
{
    volatile uint32_t *w = arg;

    (void)gale_cortex_m_call_yield();
    *w = 1;
    (void)gale_cortex_m_call_yield();
    *w = 2;
}

/* A turn may end early, by an alarm that an earlier test asked for: a few turns, until the task has stored. */
static void turns_until_stored(void)
{
    for (unsigned turns = 0; turns < 8 && word[1].value == 0; turns++) {
        CHECK(gale_executor_step(&bench_x));
    }
}

/* @verifies MD05 */
TEST(attack, a_grant_and_its_end_take_effect_at_the_next_turn)
{
    const struct gale_mem_partition partition = {(uintptr_t)&word[1], sizeof word[1], GALE_MPU_RW};

    bench_begin();
    word[1].value = 0;
    victim = bench_task(0, store_after_yield, (void *)(uintptr_t)&word[1]);
    bench_spawn(victim);
    CHECK(gale_executor_step(&bench_x));
    CHECK_EQ(gale_mem_domain_add(&victim->domain, &partition), GALE_OK);
    turns_until_stored();
    CHECK_EQ(word[1].value, 1);
    CHECK_EQ(gale_mem_domain_remove(&victim->domain, &partition), GALE_OK);
    bench_run();
    CHECK_EQ(victim->last.cause, GALE_CORTEX_M_ACCESS);
    CHECK_EQ(victim->last.address, (uintptr_t)&word[1]);
    CHECK_EQ(word[1].value, 1);
}

/* ---- who is next --------------------------------------------------------------------------------------------- */

static void store_own_yield_store_foreign(void *arg)
{
    const uintptr_t mine = (uintptr_t)arg;
    const uintptr_t other = mine == (uintptr_t)&word[0] ? (uintptr_t)&word[1] : (uintptr_t)&word[0];

    for (uint32_t i = 0; i < ROUNDS; i++) {
        *(volatile uint32_t *)mine = i + 1u;
        (void)gale_cortex_m_call_yield();
    }
    *(volatile uint32_t *)other = 0;
}

/* @verifies MD10 */
TEST(attack, tasks_that_alternate_have_their_own_domain_each_time)
{
    bench_begin();
    for (uint32_t i = 0; i < 2; i++) {
        struct bench_task *task = bench_task(i, store_own_yield_store_foreign, &word[i]);
        word[i].value = 0;
        bench_grant(task, &word[i], sizeof word[i], GALE_MPU_RW);
        bench_spawn(task);
    }
    bench_run();
    for (uint32_t i = 0; i < 2; i++) {
        CHECK_EQ(word[i].value, ROUNDS);
        CHECK_EQ(bench_tasks[i].last.cause, GALE_CORTEX_M_ACCESS);
        CHECK_EQ(bench_tasks[i].last.address, (uintptr_t)&word[1u - i]);
    }
}

/*
 * The order of writes to the MPU: each domain's regions would cut the kernel off from its code, its stack or its data
 * if one of them, or a mixture of an old and a new one, were in force for one instruction of the kernel.
 */
static GALE_ALIGNED(1024) uint8_t order_area[8][32];

static void order_main(void *arg)
{
    (void)arg;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        (void)gale_cortex_m_call_yield();
    }
}

/** Domain `i`: the same partitions, each time in other regions, and code, stack and read-only kernel data among them. */
static struct bench_task *order_task(uint32_t i)
{
    struct bench_task *task = bench_task(i, order_main, NULL);
    struct gale_mem_partition own[2] = {task->domain.partitions[0], task->domain.partitions[1]};

    CHECK_EQ(gale_mem_domain_remove(&task->domain, &own[0]), GALE_OK);
    CHECK_EQ(gale_mem_domain_remove(&task->domain, &own[1]), GALE_OK);
    for (uint32_t n = 0; n < GALE_CORTEX_M_REGIONS; n++) {
        if (n == 2u * i) {
            CHECK_EQ(gale_mem_domain_add(&task->domain, &own[0]), GALE_OK);
        } else if (n == 2u * i + 1u) {
            CHECK_EQ(gale_mem_domain_add(&task->domain, &own[1]), GALE_OK);
        } else {
            bench_grant(task, order_area[n], sizeof order_area[n], n % 2u == 0 ? GALE_MPU_RO : GALE_MPU_RW);
        }
    }
    return task;
}

/* @verifies MD10 */
TEST(attack, the_kernel_survives_every_step_from_one_layout_to_another)
{
    bench_begin();
    for (uint32_t i = 0; i < BENCH_TASKS; i++) {
        bench_spawn(order_task(i));
    }
    bench_run();
    for (uint32_t i = 0; i < BENCH_TASKS; i++) {
        CHECK_EQ(bench_tasks[i].last.cause, GALE_CORTEX_M_EXITED);
    }
}

/* The kernel's own data as a read-only partition of a task: the kernel writes it all the same. */
static GALE_ALIGNED(32) struct {
    volatile uint32_t value;
    uint32_t unused[7];
} kernels_word;

static int32_t write_kernels_word(struct gale_cortex_m_thread *t, uint32_t number, const uint32_t args[4])
{
    (void)t;
    (void)number;
    kernels_word.value = args[0];
    return GALE_OK;
}

static void watch_kernel_write(void *arg)
{
    const volatile uint32_t *w = arg;

    (void)gale_cortex_m_call_own(GALE_CORTEX_M_CALL_OWN, 1234, 0, 0, 0);
    gale_cortex_m_call_exit(*w);
}

/* @verifies MD08 */
TEST(attack, what_a_task_may_only_read_the_kernel_may_write)
{
    bench_begin();
    kernels_word.value = 0;
    victim = bench_task(0, watch_kernel_write, (void *)(uintptr_t)&kernels_word);
    bench_grant(victim, &kernels_word, sizeof kernels_word, GALE_MPU_RO);
    victim->spec.call = write_kernels_word;
    bench_spawn(victim);
    bench_run();
    CHECK_EQ(victim->last.status, 1234);
}

static void write_in_handler(uint32_t number)
{
    (void)number;
    timer_acknowledge();
    timer_every(0);
    kernels_word.value = 4321;
}

static void wait_for_word(void *arg)
{
    const volatile uint32_t *w = arg;

    while (*w == 0) {
        __asm__ volatile("");
    }
    gale_cortex_m_call_exit(*w);
}

/* @verifies MD08 */
TEST(attack, what_a_task_may_only_read_an_interrupt_handler_may_write)
{
    bench_begin();
    kernels_word.value = 0;
    victim = bench_task(0, wait_for_word, (void *)(uintptr_t)&kernels_word);
    bench_grant(victim, &kernels_word, sizeof kernels_word, GALE_MPU_RO);
    bench_spawn(victim);
    CHECK_EQ(gale_cortex_m_interrupt(TIMER_INTERRUPT, write_in_handler), GALE_OK);
    timer_every(100000);
    bench_run();
    CHECK_EQ(gale_cortex_m_interrupt(TIMER_INTERRUPT, NULL), GALE_OK);
    CHECK_EQ(victim->last.status, 4321);
}

/* ---- calls --------------------------------------------------------------------------------------------------- */

static uint32_t bells;

static void count_bell(void *arg)
{
    (void)arg;
    bells++;
}

static void use_objects(void *arg)
{
    uint32_t good = 0;

    (void)arg;
    good += gale_cortex_m_call_give(2) == GALE_EINVAL ? 1u : 0u; /* the table ends before it */
    good += gale_cortex_m_call_ring(0, 4) == GALE_OK ? 1u : 0u;
    good += gale_cortex_m_call_ring(0, 6) == GALE_EPERM ? 1u : 0u;
    good += gale_cortex_m_call_ring(0, 0) == GALE_EPERM ? 1u : 0u;
    good += gale_cortex_m_call_take(1, GALE_NO_WAIT) == GALE_EBUSY ? 1u : 0u;
    good += gale_cortex_m_call_give(1) == GALE_OK ? 1u : 0u;
    good += gale_cortex_m_call_take(1, GALE_FOREVER) == GALE_OK ? 1u : 0u;
    good += gale_cortex_m_call_take(1, gale_cortex_m_call_now() + 300u) == GALE_ETIMEDOUT ? 1u : 0u;
    good += gale_cortex_m_call_sleep(gale_cortex_m_call_now() + 300u) == GALE_OK ? 1u : 0u;
    gale_cortex_m_call_exit(good);
}

TEST(attack, calls_do_what_they_are_granted)
{
    static struct gale_sem sem;
    const struct gale_cortex_m_object objects[3] = {{NULL, 4}, {&sem, 0}, {&sem, 0}};

    bench_begin();
    CHECK_EQ(gale_sem_init(&sem, &bench_x, 0, 1), GALE_OK);
    CHECK_EQ(gale_executor_on_bell(&bench_x, 2, count_bell, NULL), GALE_OK);
    bells = 0;
    victim = bench_task(0, use_objects, NULL);
    victim->spec.objects = objects;
    victim->spec.object_count = 2;
    bench_spawn(victim);
    bench_run();
    CHECK_EQ(victim->last.cause, GALE_CORTEX_M_EXITED);
    CHECK_EQ(victim->last.status, 9);
    CHECK_EQ(bells, 1);
}

TEST(attack, a_spec_that_does_not_hold_is_refused)
{
    static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t elsewhere[1024];

    bench_begin();
    for (uint32_t wrong = 0; wrong < 7u; wrong++) {
        victim = bench_task(0, spin, NULL);
        victim->spec.entry = wrong == 0 ? NULL : spin;
        victim->spec.stack = wrong == 1 ? elsewhere : victim->spec.stack;
        victim->spec.stack_bytes = wrong == 2 ? 2u * BENCH_STACK_BYTES : victim->spec.stack_bytes;
        victim->spec.kernel_stack = wrong == 3 ? victim->spec.stack : victim->spec.kernel_stack;
        victim->spec.kernel_stack_bytes = wrong == 4 ? 256u : victim->spec.kernel_stack_bytes;
        victim->spec.domain = wrong == 5 ? NULL : victim->spec.domain;
        victim->domain.rules = wrong == 6 ? GALE_MPU_PAGE : GALE_CORTEX_M_RULES;
        test_note("wrong", wrong);
        CHECK_EQ(gale_cortex_m_spawn(&bench_x, &victim->thread, &victim->spec, victim), GALE_EINVAL);
    }
    CHECK_EQ(bench_x.live, 0);
}
