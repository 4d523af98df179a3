/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instructions per element through the typed ring, exact: QEMU with `-icount shift=10` lets 1024 ns pass per
 * instruction, and SysTick ticks every 40 ns. A figure is a loop that moves elements less the same loop without the
 * ring, divided by the elements: loop, making and taking of the values do not count. The rings wrap as they go.
 */
#include "gale/async/typed_ring_buf.h"
#include "start.h"

#define ELEMENTS 1920u
#define BATCH 32u
#define CAPACITY 64u
#define MOST_TYPED4 32u

#define SYST_CSR (*(volatile uint32_t *)0xe000e010u)
#define SYST_RVR (*(volatile uint32_t *)0xe000e014u)
#define SYST_CVR (*(volatile uint32_t *)0xe000e018u)
#define SYST_LAST 0xffffffu
#define SYST_ON_CPU_CLOCK 5u

struct words4 {
    uint32_t word[4];
};
struct words16 {
    uint32_t word[16];
};

/* A ring for each figure: used in one place like in a program, so that the compiler decides as it would there. */
GALE_TYPED_RING_BUF_DEFINE(ring4, uint32_t, CAPACITY);
GALE_TYPED_RING_BUF_DEFINE(tested4, uint32_t, CAPACITY);
GALE_TYPED_RING_BUF_DEFINE_DEFERRED(lazy4, uint32_t, CAPACITY, BATCH);
GALE_TYPED_RING_BUF_DEFINE(pair4, uint32_t, CAPACITY);
GALE_TYPED_RING_BUF_DEFINE(ring16, struct words4, CAPACITY);
GALE_TYPED_RING_BUF_DEFINE(ring64, struct words16, CAPACITY);
GALE_TYPED_RING_BUF_DEFINE(batch4, uint32_t, CAPACITY);

static uint32_t made, taken;
static struct words4 in16, out16;
static struct words16 in64, out64;
static uint32_t array[BATCH];
static int failures;

/* Makes `v` a value that the compiler cannot foresee and must not drop; memory likewise. */
#define OPAQUE(v) __asm__ volatile("" : "+r"(v) : : "memory")

/* A function with a loop of ELEMENTS: `v` goes in, `body` may replace it, and it comes out. */
#define EACH(name, body)                             \
    __attribute__((noinline)) static void name(void) \
    {                                                \
        for (uint32_t i = 0; i < ELEMENTS; i++) {    \
            uint32_t v = i;                          \
            OPAQUE(v);                               \
            made += v;                               \
            body;                                    \
            OPAQUE(v);                               \
            taken += v;                              \
        }                                            \
    }

/* The same in blocks of BATCH: `put` for each of a block, then `take` for each. */
#define BLOCKS(name, begin_put, put, end_put, begin_take, take, end_take) \
    __attribute__((noinline)) static void name(void)                      \
    {                                                                     \
        for (uint32_t i = 0; i < ELEMENTS; i += BATCH) {                  \
            uint32_t *in = array;                                         \
            const uint32_t *out = array;                                  \
            begin_put;                                                    \
            for (uint32_t b = 0; b < BATCH; b++) {                        \
                uint32_t v = i + b;                                       \
                OPAQUE(v);                                                \
                made += v;                                                \
                put;                                                      \
            }                                                             \
            end_put;                                                      \
            begin_take;                                                   \
            for (uint32_t b = 0; b < BATCH; b++) {                        \
                uint32_t v = 0;                                           \
                take;                                                     \
                OPAQUE(v);                                                \
                taken += v;                                               \
            }                                                             \
            end_take;                                                     \
        }                                                                 \
    }

#define EXPECT(cond) (failures += (cond) ? 0 : 1)

/* The ring without calls in the way: the values pass, and nobody looks at the results. */
#define KEEP(x) __asm__ volatile("" : : "r"(x))

EACH(pair_nothing, (void)0)
EACH(pair, (void)pair4_write(&v); (void)pair4_read(&v))

BLOCKS(nothing, , KEEP(v); KEEP(in), , , KEEP(out), )
BLOCKS(typed4, , (void)ring4_write(&v); KEEP(in), , , (void)ring4_read(&v); KEEP(out), )
BLOCKS(typed4_tested, , EXPECT(tested4_write(&v) == GALE_OK); KEEP(in), , , EXPECT(tested4_read(&v) == GALE_OK);
       KEEP(out), )
BLOCKS(typed4_deferred, , (void)lazy4_write(&v); KEEP(in), , , (void)lazy4_read(&v); KEEP(out), )
BLOCKS(typed16, , (void)ring16_write((in16.word[0] = v, &in16)); KEEP(in), , , (void)ring16_read(&out16);
       v = out16.word[0]; KEEP(out), )
BLOCKS(typed64, , (void)ring64_write((in64.word[0] = v, &in64)); KEEP(in), , , (void)ring64_read(&out64);
       v = out64.word[0]; KEEP(out), )
BLOCKS(call4, , (void)gale_typed_ring_buf_write(&ring4_writer, &v);
       KEEP(in), , , (void)gale_typed_ring_buf_read(&ring4_reader, &v); KEEP(out), )
BLOCKS(call16, , (void)gale_typed_ring_buf_write(&ring16_writer, (in16.word[0] = v, &in16));
       KEEP(in), , , (void)gale_typed_ring_buf_read(&ring16_reader, &out16); v = out16.word[0]; KEEP(out), )
BLOCKS(call64, , (void)gale_typed_ring_buf_write(&ring64_writer, (in64.word[0] = v, &in64));
       KEEP(in), , , (void)gale_typed_ring_buf_read(&ring64_reader, &out64); v = out64.word[0]; KEEP(out), )

BLOCKS(batch_nothing, , in[b] = v, , , v = out[b], )
BLOCKS(batch_claim, EXPECT(batch4_write_claim(BATCH, &in) == BATCH), in[b] = v, (void)batch4_write_commit(BATCH),
       EXPECT(batch4_read_claim(BATCH, &out) == BATCH), v = out[b], (void)batch4_read_release(BATCH))
BLOCKS(batch_copy, , in[b] = v, EXPECT(batch4_write_n(array, BATCH) == BATCH),
       EXPECT(batch4_read_n(array, BATCH) == BATCH), v = out[b], )

static uint32_t count(void (*run)(void))
{
    uint32_t ticks;

    SYST_CVR = 0;
    run();
    ticks = SYST_LAST - SYST_CVR;
    return (ticks * 40u + 512u) / 1024u;
}

/* Prints and returns hundredths of an instruction per element. */
static uint32_t report(const char *what, void (*run)(void), void (*empty)(void))
{
    uint32_t hundredths;

    made = 0;
    taken = 0;
    hundredths = count(run);
    EXPECT(made == taken && made == ELEMENTS / 2u * (ELEMENTS - 1u));
    hundredths = ((hundredths - count(empty)) * 100u + ELEMENTS / 2u) / ELEMENTS;
    print("  ");
    print(what);
    print_hundredths(hundredths);
    print("\n");
    return hundredths;
}

int main(void)
{
    uint32_t typed;

    SYST_RVR = SYST_LAST;
    SYST_CSR = SYST_ON_CPU_CLOCK;
    print("instructions per element written and read, Cortex-M3, blocks of 32\n");
    typed = report("typed, 4 bytes (at most 32)           ", typed4, nothing);
    (void)report("typed, 4 bytes, both results tested   ", typed4_tested, nothing);
    (void)report("typed, 4 bytes, published every 32    ", typed4_deferred, nothing);
    (void)report("typed, 4 bytes, blocks of 1           ", pair, pair_nothing);
    (void)report("typed, 16 bytes                       ", typed16, nothing);
    (void)report("typed, 64 bytes                       ", typed64, nothing);
    (void)report("typed, 32 x 4 bytes, claimed in place ", batch_claim, batch_nothing);
    (void)report("typed, 32 x 4 bytes, copied           ", batch_copy, batch_nothing);
    (void)report("out of line, 4 bytes                  ", call4, nothing);
    (void)report("out of line, 16 bytes                 ", call16, nothing);
    (void)report("out of line, 64 bytes                 ", call64, nothing);
    if (failures != 0) {
        print("FAIL: the elements that came out are not those that went in\n");
        return 1;
    }
    if (typed > MOST_TYPED4 * 100u) {
        print("FAIL: typed, 4 bytes: more than 32 instructions\n");
        return 1;
    }
    return 0;
}
