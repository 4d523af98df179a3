/* SPDX-License-Identifier: Apache-2.0 */
/** Flows of control: what a switch must keep, on whatever implementation this build has. */
#include <string.h>

#include "gale/port_posix.h"

#include "test.h"

#define STACK_BYTES 65536u
#define FLOWS 8u

static uint8_t stacks[FLOWS][STACK_BYTES] GALE_ALIGNED(16);
static struct gale_port_context contexts[FLOWS];
static struct gale_port_context home;
static unsigned steps;

static void begin(unsigned flow, void (*entry)(void *arg), void *arg)
{
    gale_port_context_init(&contexts[flow], stacks[flow], STACK_BYTES, entry, arg);
}

static void go(unsigned flow)
{
    gale_port_context_switch(&home, &contexts[flow]);
}

static void back(unsigned flow)
{
    gale_port_context_switch(&contexts[flow], &home);
}

static void count_forever(void *arg)
{
    unsigned *count = arg;

    for (;;) {
        (*count)++;
        back(0);
    }
}

TEST(fiber, first_switch_calls_entry_with_its_argument)
{
    unsigned count = 0;
    memset(&home, 0, sizeof home);
    begin(0, count_forever, &count);
    CHECK_EQ(count, 0);

    go(0);
    CHECK_EQ(count, 1);
    CHECK(home.stack == NULL);
    CHECK(contexts[0].stack == stacks[0]);
    CHECK_EQ(contexts[0].stack_bytes, STACK_BYTES);

    go(0);
    CHECK_EQ(count, 2);
}

TEST(fiber, an_abandoned_flows_stack_serves_a_new_flow)
{
    unsigned count = 0;

    for (unsigned i = 0; i < 1000u; i++) {
        begin(0, count_forever, &count);
        go(0);
        go(0);
    }
    CHECK_EQ(count, 2000);
}

/** As many values in flight as a machine has registers to keep them in. */
struct mix {
    uint64_t a, b, c, d, e, f, g, h, i, j, k, l;
    double p, q, r, s, t, u, v, w;
};

static struct mix mix_from(uint64_t seed)
{
    double x = (double)(seed % 1000u);

    return (struct mix){seed,       seed * 3u,  seed * 5u,  seed * 7u,  seed * 11u, seed * 13u, seed * 17u,
                        seed * 19u, seed * 23u, seed * 29u, seed * 31u, seed * 37u, x + 0.25,   x + 1.25,
                        x + 2.25,   x + 3.25,   x + 4.25,   x + 5.25,   x + 6.25,   x + 7.25};
}

/** The switch happens with all of `m` in locals whose address nobody knows; false if one of them changed. */
static bool keep_over_switch(uint64_t seed, struct gale_port_context *from, struct gale_port_context *to)
{
    struct mix m = mix_from(seed);
    uint64_t a = m.a, b = m.b, c = m.c, d = m.d, e = m.e, f = m.f, g = m.g, h = m.h, i = m.i, j = m.j, k = m.k, l = m.l;
    double p = m.p, q = m.q, r = m.r, s = m.s, t = m.t, u = m.u, v = m.v, w = m.w;

    gale_port_context_switch(from, to);

    struct mix n = mix_from(seed);
    bool whole = a == n.a && b == n.b && c == n.c && d == n.d && e == n.e && f == n.f && g == n.g && h == n.h &&
                 i == n.i && j == n.j && k == n.k && l == n.l;
    double sum = (p - n.p) + 2 * (q - n.q) + 4 * (r - n.r) + 8 * (s - n.s) + 16 * (t - n.t) + 32 * (u - n.u) +
                 64 * (v - n.v) + 128 * (w - n.w);
    return whole && sum >= 0.0 && sum <= 0.0;
}

static bool ring_ok;

static void pass_round(void *arg)
{
    unsigned me = (unsigned)(uintptr_t)arg;

    for (uint64_t round = 1;; round++) {
        steps++;
        unsigned next = (me + 1u) % FLOWS;
        struct gale_port_context *to = steps % 64u == 0 ? &home : &contexts[next];
        ring_ok = keep_over_switch(round * 1000003u + me, &contexts[me], to) && ring_ok;
    }
}

TEST(fiber, integers_and_doubles_survive_many_switches_among_flows)
{
    bool home_ok = true;
    steps = 0;
    ring_ok = true;
    for (unsigned i = 0; i < FLOWS; i++) {
        begin(i, pass_round, (void *)(uintptr_t)i);
    }

    for (uint64_t n = 0; n < 2000u; n++) {
        unsigned next = steps % FLOWS;
        home_ok = keep_over_switch(n * 7919u, &home, &contexts[next]) && home_ok;
    }

    CHECK(ring_ok);
    CHECK(home_ok);
    CHECK_EQ(steps, 2000 * 64);
}

/** Goes `depth` calls down, lets others run there, and checks every frame on the way back. */
static unsigned deep(unsigned flow, unsigned depth)
{
    volatile uint8_t frame[64];
    unsigned bad = 0;

    for (unsigned i = 0; i < sizeof frame; i++) {
        frame[i] = (uint8_t)(depth + flow + i);
    }
    if (depth > 0) {
        bad = deep(flow, depth - 1u);
    } else {
        back(flow);
    }
    for (unsigned i = 0; i < sizeof frame; i++) {
        bad += frame[i] != (uint8_t)(depth + flow + i);
    }
    return bad;
}

static unsigned deep_bad[2];

static void dive(void *arg)
{
    unsigned flow = (unsigned)(uintptr_t)arg;

    for (unsigned depth = 1;; depth = depth % 64u + 1u) {
        deep_bad[flow] += deep(flow, depth);
    }
}

TEST(fiber, deep_stacks_of_two_flows_do_not_touch_each_other)
{
    deep_bad[0] = deep_bad[1] = 0;
    begin(0, dive, (void *)0);
    begin(1, dive, (void *)(uintptr_t)1);

    for (unsigned n = 0; n < 500u; n++) {
        go(n % 2u);
        go((n / 3u) % 2u);
    }

    CHECK_EQ(deep_bad[0], 0);
    CHECK_EQ(deep_bad[1], 0);
}

#if defined(__x86_64__) || defined(__aarch64__)

/* The rounding mode as the machine codes it, 0: to nearest. By hand, because <fenv.h> is a library of its own. */
#if defined(__x86_64__)

static unsigned rounding_get(void)
{
    uint16_t x87;
    uint32_t sse;

    __asm__ volatile("fnstcw %0\n\tstmxcsr %1" : "=m"(x87), "=m"(sse));
    CHECK_EQ((unsigned)x87 >> 10 & 3u, sse >> 13 & 3u);
    return sse >> 13 & 3u;
}

static void rounding_set(unsigned mode)
{
    uint16_t x87 = (uint16_t)(0x37fu | mode << 10);
    uint32_t sse = 0x1f80u | mode << 13;

    __asm__ volatile("fldcw %0\n\tldmxcsr %1" : : "m"(x87), "m"(sse));
}

#else

static unsigned rounding_get(void)
{
    uint64_t fpcr;

    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    return (unsigned)(fpcr >> 22 & 3u);
}

static void rounding_set(unsigned mode)
{
    __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)mode << 22));
}

#endif

static unsigned rounding_seen[2];

static void round_otherwise(void *arg)
{
    (void)arg;
    rounding_seen[0] = rounding_get();
    rounding_set(2);
    back(0);
    rounding_seen[1] = rounding_get();
    back(0);
}

TEST(fiber, each_flow_keeps_its_rounding_mode)
{
    begin(0, round_otherwise, NULL);

    go(0);
    CHECK_EQ(rounding_get(), 0);
    rounding_set(1);
    go(0);
    unsigned mine = rounding_get();
    rounding_set(0);

    CHECK_EQ(mine, 1);
    CHECK_EQ(rounding_seen[0], 0);
    CHECK_EQ(rounding_seen[1], 2);
}

#endif

static uintptr_t entry_frame;

static void note_alignment(void *arg)
{
    struct {
        long double x;
    } GALE_ALIGNED(16) local;

    (void)arg;
    memset(&local, 0, sizeof local);
    entry_frame = (uintptr_t)&local;
    back(0);
}

TEST(fiber, entry_runs_on_its_own_aligned_stack)
{
    begin(0, note_alignment, NULL);
    go(0);
    CHECK_EQ(entry_frame % 16u, 0);
    CHECK(contexts[0].sp > (void *)stacks[0]);
    CHECK(contexts[0].sp < (void *)(stacks[0] + STACK_BYTES));
}
