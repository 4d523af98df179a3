/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One step of the callback table from any valid state; the callbacks are two functions that count.
 * @bound none in types and entries; callbacks: two functions, any arguments
 * @cbmc --unwind 9 --object-bits 10
 */
#include "harness.h"

#include "async/callback_table.c"

static struct gale_callback entries[GALE_WAITABLE_EVENT_TYPES], old_entries[GALE_WAITABLE_EVENT_TYPES];
static struct gale_callback_table table, old;
static uint32_t calls[2];
static void *seen_arg;
static const struct gale_waitable_event *seen_event;
static struct gale_waitable_event seen;
static int answer;

static int called(uint32_t which, void *arg, const struct gale_waitable_event *event)
{
    calls[which]++;
    seen_arg = arg;
    seen_event = event;
    seen = *event;
    return answer;
}

static int first(void *arg, const struct gale_waitable_event *event)
{
    return called(0, arg, event);
}

static int second(void *arg, const struct gale_waitable_event *event)
{
    return called(1, arg, event);
}

static void any_table(void)
{
    static int args[2];

    table.entries = entries;
    table.capacity = any_upto(GALE_WAITABLE_EVENT_TYPES);
    table.count = any_upto(GALE_WAITABLE_EVENT_TYPES);
    table.sealed = nondet_bool();
    for (uint32_t i = 0; i < GALE_WAITABLE_EVENT_TYPES; i++) {
        table.slot[i] = nondet_u8();
        entries[i].fn = nondet_bool() ? first : second;
        entries[i].arg = nondet_bool() ? &args[0] : &args[1];
        entries[i].type = nondet_u32();
    }
    assume(gale_callback_table_is_valid(&table));
    old = table;
    for (uint32_t i = 0; i < GALE_WAITABLE_EVENT_TYPES; i++) {
        old_entries[i] = entries[i];
    }
    answer = (int)nondet_u32();
}

static bool unchanged(void)
{
    const uint32_t i = any_upto(GALE_WAITABLE_EVENT_TYPES - 1u);

    return table.count == old.count && table.sealed == old.sealed && table.slot[i] == old.slot[i] &&
           (i >= old.count || (entries[i].fn == old_entries[i].fn && entries[i].arg == old_entries[i].arg &&
                               entries[i].type == old_entries[i].type));
}

static void still_valid(void)
{
    const uint32_t i = any_upto(GALE_WAITABLE_EVENT_TYPES - 1u);
    const uint32_t k = any_upto(GALE_WAITABLE_EVENT_TYPES - 1u);

    prove(gale_callback_table_is_valid(&table), "CB01: valid after the step");
    prove(table.count <= table.capacity, "CB01: the count stays within the capacity");
    prove(i >= table.count || k >= table.count || i == k || entries[i].type != entries[k].type,
          "CB01: a type is registered at most once");
    prove(i >= table.count || entries[i].type < GALE_WAITABLE_EVENT_TYPES, "CB05: only valid codes are registered");
    prove(!old.sealed || unchanged(), "CB04: a sealed table never changes");
    reached();
}

/* @mutant src/async/callback_table.c: `t->slot[type] = 0;` -> `t->slot[type] = 1;` */
void check_init(void)
{
    gale_callback_table_init(&table, entries, nondet_u32());
    prove(gale_callback_table_is_valid(&table) && table.count == 0 && !table.sealed, "CB01: empty and open");
    reached();
}

/* @mutant src/async/callback_table.c: `if (t->sealed)` -> `if (false)`
 * @mutant src/async/callback_table.c: `type >= GALE_WAITABLE_EVENT_TYPES || fn == NULL` -> `type > GALE_WAITABLE_EVENT_TYPES || fn == NULL`
 * @mutant src/async/callback_table.c: `t->count >= t->capacity` -> `t->count > t->capacity` */
void check_register(void)
{
    const uint32_t type = nondet_u32();
    const gale_callback_fn fn = nondet_bool() ? first : NULL;
    int arg = 0;

    any_table();
    const bool there = type < GALE_WAITABLE_EVENT_TYPES && old.slot[type] != 0;
    const int status = gale_callback_table_register(&table, type, fn, &arg);

    if (status == GALE_OK) {
        const struct gale_callback *e = &entries[old.count];

        prove(!old.sealed && type < GALE_WAITABLE_EVENT_TYPES && fn != NULL && !there, "CB01 CB04 CB05: allowed");
        prove(table.count == old.count + 1u && table.slot[type] == table.count && e->fn == fn && e->arg == &arg &&
                  e->type == type,
              "CB01: registered as given");
    } else {
        prove(unchanged(), "CB01: refused without a trace");
        prove(status == (old.sealed                                        ? GALE_EPERM
                         : type >= GALE_WAITABLE_EVENT_TYPES || fn == NULL ? GALE_EINVAL
                         : there                                           ? GALE_EEXIST
                                                                           : GALE_ENOMEM),
              "CB01 CB04 CB05: with the reason");
        prove(status != GALE_ENOMEM || old.count == old.capacity, "CB01: full");
    }
    still_valid();
}

/* @mutant src/async/callback_table.c: `t->slot[event->type] - 1u` -> `0`
 * @mutant src/async/callback_table.c: `answer = callback_table_call(entry, event);` -> `answer = callback_table_call(entry, event); answer = callback_table_call(entry, event);`
 * @mutant src/async/callback_table.c: `if (!t->sealed)` -> `if (false)` */
void check_dispatch(void)
{
    const struct gale_waitable_event event = {nondet_u32(), (gale_id)nondet_u32(), nondet_u32()};
    int result = 12345;

    any_table();
    const int status = gale_callback_table_dispatch(&table, &event, nondet_bool() ? &result : NULL);

    if (status == GALE_OK) {
        const struct gale_callback *e = &old_entries[old.slot[event.type] - 1u];

        prove(old.sealed && e->type == event.type, "CB02: the callback of that type");
        prove(calls[0] + calls[1] == 1 && calls[e->fn == first ? 0 : 1] == 1, "CB02: exactly that one, once");
        prove(seen_arg == e->arg && seen_event == &event && seen.type == event.type && seen.join_id == event.join_id &&
                  seen.payload == event.payload,
              "CB02: with the event unchanged");
        prove(result == 12345 || result == answer, "CB02: its answer is passed on");
    } else {
        prove(calls[0] + calls[1] == 0 && result == 12345, "CB03: nothing is called");
        prove(status == (!old.sealed                               ? GALE_EPERM
                         : event.type >= GALE_WAITABLE_EVENT_TYPES ? GALE_EINVAL
                                                                   : GALE_ENOENT),
              "CB03 CB05: and the reason is said");
    }
    prove(unchanged(), "CB04: a dispatch changes nothing");
    still_valid();
}

/* @mutant src/async/callback_table.c: `t->sealed = true;` -> `` */
void check_seal(void)
{
    any_table();
    gale_callback_table_seal(&table);
    prove(table.sealed && table.count == old.count, "CB04: sealed, with what it has");
    prove(gale_callback_table_register(&table, nondet_u32(), first, NULL) == GALE_EPERM, "CB04: and closed for good");
    still_valid();
}
