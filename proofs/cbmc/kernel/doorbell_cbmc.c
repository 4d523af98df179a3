/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The bell: one call from any word, and an executor that goes to sleep while others ring. The port is the one that
 * port.h describes: it says in the word that it sleeps, and sleeps only if no bit was set before.
 * @bound none for one call; two ringers with one call each, one wait, for the harnesses with threads
 * @cbmc --unwind 2
 */
#include "threads.h"

#include "kernel/doorbell.c"

static struct gale_doorbell d;
static uint32_t data; /* what the first ringer does before it rings */
static bool asleep, woken;
static bool rang[2];
static uint32_t taken;

void gale_port_wake(struct gale_atomic_u32 *word)
{
    prove(word == &d.word, "DB01: the wake is for this bell");
    woken = true;
}

void gale_port_idle(struct gale_atomic_u32 *word, gale_tick deadline)
{
    const uint32_t old = gale_atomic_fetch_or(word, GALE_PORT_ASLEEP);

    (void)deadline;
    asleep = old == 0;
}

void gale_port_panic(const char *file, int line)
{
    (void)file, (void)line;
    assume(false);
}

static uint32_t any_word(void)
{
    d.word.value = nondet_u32();
    return d.word.value;
}

/* @mutant src/kernel/doorbell.c: `gale_atomic_store_relaxed(&d->word, 0);` -> `` */
void check_init(void)
{
    any_word();
    gale_doorbell_init(&d);
    prove(gale_doorbell_pending(&d) == 0 && d.word.value == 0, "DB02: nothing was rung");
    reached();
}

/* @mutant src/kernel/doorbell.c: `gale_atomic_fetch_or(&d->word, bits)` -> `gale_atomic_exchange(&d->word, bits)`
 * @mutant src/kernel/doorbell.c: `(old & GALE_PORT_ASLEEP) != 0` -> `(old & GALE_PORT_ASLEEP) == 0` */
void check_ring(void)
{
    const uint32_t old = any_word();
    const uint32_t bits = nondet_u32();

    assume(bits != 0 && (bits & GALE_PORT_ASLEEP) == 0);
    gale_doorbell_ring(&d, bits);
    prove(d.word.value == (old | bits), "DB02: exactly the bits rung are added");
    prove(woken == ((old & GALE_PORT_ASLEEP) != 0), "DB01: whoever finds it asleep wakes it");
    reached();
}

/* @mutant src/kernel/doorbell.c: `return gale_atomic_exchange(&d->word, 0) & GALE_DOORBELL_BITS;` -> `return gale_atomic_load_acquire(&d->word) & GALE_DOORBELL_BITS;`
 * @mutant src/kernel/doorbell.c: `return gale_atomic_load_acquire(&d->word) & GALE_DOORBELL_BITS;` -> `return gale_atomic_load_acquire(&d->word);` */
void check_take(void)
{
    const uint32_t old = any_word();

    prove(gale_doorbell_pending(&d) == (old & ~GALE_PORT_ASLEEP), "DB02: a look shows the bits");
    prove(d.word.value == old, "DB02: and takes none");
    prove(gale_doorbell_take(&d) == (old & ~GALE_PORT_ASLEEP), "DB02: a take gives every bit rung");
    prove(d.word.value == 0, "DB02: once");
    reached();
}

/* @mutant src/kernel/doorbell.c: `deadline != GALE_NO_WAIT` -> `deadline == GALE_NO_WAIT` */
void check_wait(void)
{
    const uint32_t old = any_word();
    const gale_tick deadline = nondet_u64();

    prove(gale_doorbell_wait(&d, deadline) == (old & ~GALE_PORT_ASLEEP), "DB02: a wait gives every bit rung");
    prove(d.word.value == 0, "DB02: once, and ASLEEP is taken back");
    prove(deadline != GALE_NO_WAIT || !asleep, "DB01: it does not sleep if it was told not to");
    reached();
}

static void first_ringer(void)
{
    data = 1;
    gale_doorbell_ring(&d, 1);
    rang[0] = true;
}

static void second_ringer(void)
{
    gale_doorbell_ring(&d, 2);
    rang[1] = true;
}

/* The executor sleeps in its wait, between port_idle and the take: here it goes on only if it did not sleep. */
static void executor(void)
{
    gale_port_idle(&d.word, GALE_FOREVER);
    if (asleep) {
        assume(rang[0] && rang[1]); /* look when everybody is done */
        prove(woken, "DB01: who sleeps is woken by whoever rings then");
    }
    taken = gale_doorbell_take(&d);
    prove((taken & 1u) == 0 || data == 1, "DB02: who has the bit sees what was done before it was rung");
    const uint32_t again = gale_doorbell_take(&d);
    prove((taken & again) == 0, "DB02: no bit twice");
    assume(rang[0] && rang[1]);
    prove((taken | again | gale_doorbell_take(&d)) == 3u, "DB02: and none lost");
    reached();
}

static void all(void)
{
    gale_doorbell_init(&d);
    START(1, first_ringer);
    START(2, second_ringer);
    executor();
}

/* @cbmc --mm sc
 * @mutant src/kernel/doorbell.c: `(old & GALE_PORT_ASLEEP) != 0` -> `old == GALE_PORT_ASLEEP + 1u`
 * @mutant src/kernel/doorbell.c: `return gale_atomic_exchange(&d->word, 0) & GALE_DOORBELL_BITS;` -> `uint32_t had = gale_atomic_load_acquire(&d->word); gale_atomic_store_release(&d->word, 0); return had & GALE_DOORBELL_BITS;` */
void check_sleep_sc(void)
{
    all();
}

/* @cbmc --mm tso
 * @mutant src/kernel/doorbell.c: `uint32_t old = gale_atomic_fetch_or(&d->word, bits);` -> `uint32_t old = gale_atomic_load_acquire(&d->word); gale_atomic_store_release(&d->word, old | bits);` */
void check_sleep_tso(void)
{
    all();
}
