/* SPDX-License-Identifier: Apache-2.0 */
/** A task that dies, at any point of its run: what its peer has, what is left behind, whether it begins again. */
#include "bench.h"

#define POINTS 1200u
#define KILL_STEP 5u /* ticks */
#define CAPACITY 8u
#define WORDS 16u
#define BLOCK_BYTES 1024u
#define RESTARTS 1000u

struct element {
    uint32_t word[WORDS];
};

/** A task's own memory. */
struct producer {
    uint32_t written;
    struct gale_shared_stream_region_writer end;
};

struct consumer {
    uint32_t read;
    struct gale_shared_stream_region_reader end;
};

static GALE_ALIGNED(256) union {
    struct producer its;
    uint8_t region[256];
} producer;
static GALE_ALIGNED(256) union {
    struct consumer its;
    uint8_t region[256];
} consumer;
static GALE_ALIGNED(BLOCK_BYTES) uint8_t block[BLOCK_BYTES];
static struct gale_shared_stream_region region;
static struct gale_sem data_sem, space_sem;
static uint32_t faults_at; /* elements after which the producer does what it must not; the kernel reads it for it */

static void layout_get(struct gale_shared_stream_region_layout *layout)
{
    (void)gale_shared_stream_region_layout_init(GALE_CORTEX_M_RULES, sizeof(struct element), CAPACITY, layout);
}

/* ---- outside ------------------------------------------------------------------------------------------------- */

enum { DATA_SEM, SPACE_SEM };

static void produce(void *arg)
{
    struct producer *p = &producer.its;
    struct gale_shared_stream_region_layout layout;
    struct element e;

    layout_get(&layout);
    gale_shared_stream_region_writer_init(&p->end, &layout, block, 1);
    for (;;) {
        if (p->written == (uint32_t)(uintptr_t)arg) {
            *(volatile uint32_t *)&faults_at = 0;
        }
        for (uint32_t i = 0; i < WORDS; i++) {
            e.word[i] = p->written;
        }
        if (gale_shared_stream_region_write(&p->end, &e) == GALE_OK) {
            p->written++;
            (void)gale_cortex_m_call_give(DATA_SEM);
        } else {
            (void)gale_cortex_m_call_take(SPACE_SEM, GALE_FOREVER);
        }
    }
}

static bool is_whole(const struct element *e, uint32_t number)
{
    bool whole = true;

    for (uint32_t i = 0; i < WORDS; i++) {
        whole = whole && e->word[i] == number;
    }
    return whole;
}

/** Exits with how many elements came, whole and in order; 1000000 and more is an error. */
static void consume(void *arg)
{
    struct consumer *c = &consumer.its;
    struct gale_shared_stream_region_layout layout;
    struct element e;
    int status = GALE_OK;

    (void)arg;
    layout_get(&layout);
    gale_shared_stream_region_reader_init(&c->end, &layout, block, 1);
    while (status == GALE_OK || status == GALE_EAGAIN) {
        status = gale_shared_stream_region_read(&c->end, &e);
        if (status == GALE_EAGAIN) {
            (void)gale_cortex_m_call_take(DATA_SEM, GALE_FOREVER);
        } else if (status == GALE_OK) {
            c->read = is_whole(&e, c->read) ? c->read + 1u : 1000000u;
            (void)gale_cortex_m_call_give(SPACE_SEM);
        }
    }
    gale_cortex_m_call_exit(status == GALE_EPIPE ? c->read : 2000000u);
}

/* ---- the kernel's side --------------------------------------------------------------------------------------- */

static GALE_ALIGNED(GALE_STACK_ALIGN) uint8_t killer_stack[1024];
static const struct gale_cortex_m_object objects[] = {{&data_sem, 0}, {&space_sem, 0}};
static const struct gale_cortex_m_end ends[2] = {{&region, GALE_SHARED_STREAM_REGION_WRITER, &data_sem},
                                                 {&region, GALE_SHARED_STREAM_REGION_READER, &space_sem}};

static void kill_after(void *arg)
{
    (void)gale_executor_sleep_until(&bench_x, gale_port_now() + (uintptr_t)arg);
    CHECK_EQ(gale_cortex_m_kill(&bench_tasks[0].thread), GALE_OK);
}

static struct bench_task *pair_member(enum gale_shared_stream_region_side side, void (*entry)(void *arg), void *arg,
                                      const void *its)
{
    struct bench_task *task = bench_task((uint32_t)side, entry, arg);

    bench_grant(task, its, 256, GALE_MPU_RW);
    CHECK_EQ(gale_shared_stream_region_grant(&region, side, &task->domain), GALE_OK);
    task->spec.objects = objects;
    task->spec.object_count = 2;
    task->spec.ends = &ends[side];
    task->spec.end_count = 1;
    return task;
}

/** A fresh pair; the producer faults by itself after `elements`, or is killed after `ticks`. */
static void pair_run(uint32_t elements, uint32_t ticks)
{
    const struct gale_thread_spec killer = {kill_after, (void *)(uintptr_t)ticks, killer_stack, sizeof killer_stack, 0,
                                            NULL};
    struct gale_shared_stream_region_layout layout;
    struct bench_task *reader;
    struct bench_task *writer;

    bench_begin();
    producer.its.written = 0;
    consumer.its.read = 0;
    layout_get(&layout);
    CHECK_EQ(gale_shared_stream_region_init(&region, &layout, block, sizeof block), GALE_OK);
    CHECK_EQ(gale_sem_init(&data_sem, &bench_x, 0, 1), GALE_OK);
    CHECK_EQ(gale_sem_init(&space_sem, &bench_x, 0, 1), GALE_OK);
    writer = pair_member(GALE_SHARED_STREAM_REGION_WRITER, produce, (void *)(uintptr_t)elements, &producer);
    reader = pair_member(GALE_SHARED_STREAM_REGION_READER, consume, NULL, &consumer);
    if (ticks != UINT32_MAX) {
        CHECK_EQ(gale_executor_spawn(&bench_x, &killer, NULL), GALE_OK);
    }
    bench_spawn(reader);
    bench_spawn(writer);
    bench_run();
}

/** The peer has all that was committed and saw the end; nothing of the dead task is left. */
static void pair_check(enum gale_cortex_m_cause cause)
{
    const struct bench_task *writer = &bench_tasks[0];
    const struct bench_task *reader = &bench_tasks[1];

    CHECK_EQ(writer->last.cause, cause);
    CHECK_EQ(reader->last.cause, GALE_CORTEX_M_EXITED);
    CHECK(reader->last.status - producer.its.written <= 1u); /* killed between commit and count */
    CHECK_EQ(writer->domain.count, 3);
    CHECK_EQ(reader->domain.count, 3);
    CHECK(gale_mem_domain_is_valid(&writer->domain));
    CHECK(gale_shared_stream_region_is_valid(&region));
    CHECK_EQ(writer->ends, 1);
    CHECK(!writer->thread.lives && !reader->thread.lives);
}

/* @verifies MD12 RB13 RB14 */
TEST(kill, a_peer_keeps_every_committed_element_wherever_the_task_is_killed)
{
    uint32_t most = 0;

    for (uint32_t point = 0; point < POINTS && test_failures() == 0; point++) {
        test_note("ticks", point * KILL_STEP);
        pair_run(UINT32_MAX, point * KILL_STEP);
        pair_check(GALE_CORTEX_M_KILLED);
        most = producer.its.written > most ? producer.its.written : most;
    }
    CHECK(most >=
          4u); /* the points reach into the run; the shortest are instruction by instruction, see scripts/firmware */
}

/* @verifies MD12 RB14 */
TEST(kill, a_peer_keeps_every_committed_element_wherever_the_task_faults)
{
    for (uint32_t elements = 0; elements < 50u && test_failures() == 0; elements++) {
        test_note("elements", elements);
        pair_run(elements, UINT32_MAX);
        pair_check(GALE_CORTEX_M_ACCESS);
        CHECK_EQ(producer.its.written, elements);
        CHECK_EQ(bench_tasks[1].last.status, elements);
    }
}

/* ---- restarts ------------------------------------------------------------------------------------------------ */

static uint32_t lives_begun;
static uint32_t lives_clean;

static int32_t life_begins(struct gale_cortex_m_thread *t, uint32_t number, const uint32_t args[4])
{
    (void)number;
    (void)t;
    lives_begun++;
    lives_clean += args[0];
    return (int32_t)(lives_begun % 4u);
}

/** Dies in another way each time, after soiling registers and stack. */
static void live_and_die(void *arg)
{
    volatile uint32_t mess[32];
    uint32_t sp;

    __asm__ volatile("mov %0, sp" : "=r"(sp));
    const uint32_t clean = sp > (uintptr_t)bench_stack(0) + BENCH_STACK_BYTES - 256u ? 1u : 0u;

    for (uint32_t i = 0; i < 32; i++) {
        mess[i] = UINT32_MAX;
    }
    switch (gale_cortex_m_call_own(GALE_CORTEX_M_CALL_OWN, clean, mess[31], 0, 0)) {
    case 0:
        *(volatile uint32_t *)&lives_begun = 0;
        break;
    case 1:
        __asm__ volatile("udf #1");
        break;
    case 2:
        __asm__ volatile("mov sp, %0\n\tpush {r0-r3}" : : "r"(bench_stack(0)) : "memory");
        break;
    default:
        (void)gale_cortex_m_call_own((uint32_t)(uintptr_t)arg, 0, 0, 0, 0);
        break;
    }
}

TEST(kill, a_task_begins_again_as_often_as_it_may_and_nothing_leaks)
{
    struct bench_task *task;

    bench_begin();
    lives_begun = 0;
    lives_clean = 0;
    task = bench_task(0, live_and_die, (void *)9);
    task->spec.call = life_begins;
    task->spec.restarts = RESTARTS;
    bench_spawn(task);
    bench_run();
    CHECK_EQ(lives_begun, RESTARTS + 1u);
    CHECK_EQ(lives_clean, RESTARTS + 1u);
    CHECK_EQ(task->last.deaths, RESTARTS + 1u);
    CHECK_EQ(task->ends, RESTARTS + 1u);
    CHECK_EQ(task->domain.count, 2);
    CHECK_EQ(bench_x.live, 0);
}

static gale_tick death_ticks[8];

static bool note_death(struct gale_cortex_m_thread *t, const struct gale_cortex_m_report *report)
{
    struct bench_task *task = t->context;

    task->last = *report;
    if (report->deaths <= 8u) {
        death_ticks[report->deaths - 1u] = gale_port_now();
    }
    return report->deaths < 7u;
}

static void die_at_once(void *arg)
{
    (void)arg;
    __asm__ volatile("udf #2");
}

TEST(kill, a_task_waits_longer_each_time_and_its_owner_can_give_it_up)
{
    static const gale_tick waits[6] = {100, 200, 400, 800, 1000, 1000};
    struct bench_task *task;

    bench_begin();
    task = bench_task(0, die_at_once, NULL);
    task->spec.restarts = UINT32_MAX;
    task->spec.restart_ticks = 100;
    task->spec.restart_ticks_max = 1000;
    task->spec.ended = note_death;
    bench_spawn(task);
    bench_run();
    CHECK_EQ(task->last.deaths, 7);
    for (uint32_t i = 0; i < 6; i++) {
        test_note("wait", i);
        CHECK(death_ticks[i + 1u] - death_ticks[i] >= waits[i]);
    }
    CHECK(!task->thread.lives);
    CHECK_EQ(gale_cortex_m_kill(&task->thread), GALE_EPERM);
}

TEST(kill, a_task_without_restarts_dies_once)
{
    CHECK_EQ(bench_fate(die_at_once, NULL), GALE_CORTEX_M_USAGE);
    CHECK_EQ(bench_tasks[0].last.deaths, 1);
}
