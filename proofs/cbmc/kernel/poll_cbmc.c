/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One step of a signal, and one poll, from any valid state of the objects and of their executor.
 * @bound 2 threads, 3 priorities, 1 timer; 2 members of any type; any objects, deadlines, caller; waits that end early
 * @cbmc --max-field-sensitivity-array-size 0 --unwind 5
 * @cbmc --unwindset executor_init_bell.0:32,list_init_links.1:12,gale_list_pool_is_valid.0:12
 */
#define OBJECT_LISTS 2
#include "executor.h"

#include "kernel/event.c"
#include "kernel/poll.c"
#include "kernel/sem.c"

enum { MEMBERS = 2 };

static struct gale_sem s;
static struct gale_event e;
static struct gale_poll_signal signal, old;
static struct gale_poll_event members[MEMBERS];
static gale_id old_place[THREADS];

static void any_objects(void)
{
    new_executor();
    assume(gale_sem_init(&s, &x, 0, 1) == GALE_OK && gale_event_init(&e, &x) == GALE_OK);
    gale_poll_signal_init(&signal, &x);
    prove(!gale_poll_signal_check(&signal, NULL) && gale_poll_signal_is_valid(&signal),
          "PL08: a new signal is not raised");
    s.limit = nondet_u32();
    s.count = nondet_u32();
    e.flags = nondet_u32();
    signal.raised = nondet_bool();
    signal.result = (int32_t)nondet_u32();
    any_state();
    assume(gale_sem_is_valid(&s) && gale_event_is_valid(&e) && gale_poll_signal_is_valid(&signal));
    old = signal;
    for (gale_id id = 0; id < THREADS; id++) {
        old_place[id] = place_of(id);
    }
}

/** Any member that the init functions make, with any answer of an earlier poll. */
static void any_member(struct gale_poll_event *member)
{
    switch (any_upto(2)) {
    case 0:
        gale_poll_event_init_sem(member, &s);
        break;
    case 1:
        gale_poll_event_init_signal(member, &signal);
        break;
    default:
        gale_poll_event_init_event(member, &e, nondet_u32());
    }
    prove(member->state == GALE_POLL_NOT_READY, "PL01: a new event is not ready");
    member->state = (uint8_t)any_upto(GALE_POLL_EVENT_MATCHED);
}

/** The state that a member is to report now. */
static uint8_t owed_state(const struct gale_poll_event *member)
{
    switch (member->type) {
    case GALE_POLL_SEM:
        return s.count > 0 ? GALE_POLL_SEM_AVAILABLE : GALE_POLL_NOT_READY;
    case GALE_POLL_SIGNAL:
        return signal.raised ? GALE_POLL_SIGNALED : GALE_POLL_NOT_READY;
    default:
        return (e.flags & member->mask) != 0 ? GALE_POLL_EVENT_MATCHED : GALE_POLL_NOT_READY;
    }
}

static void all_pollers_woken(void)
{
    const gale_id id = (gale_id)any_upto(THREADS - 1u);

    prove(old_place[id] == x.pollers.list ? is_woken(id, GALE_OK) : place_of(id) == old_place[id],
          "PL05: every poller looks again, and nobody else moves");
}

/* @mutant src/kernel/poll.c: `signal->result = result;` -> ``
 * @mutant src/kernel/poll.c: `gale__poll_notify(signal->executor);` -> `` */
void check_raise(void)
{
    const int32_t result = (int32_t)nondet_u32();
    int32_t told = 7;

    any_objects();
    on_any_flow();
    gale_poll_signal_raise(&signal, result);
    prove(signal.raised && signal.result == result, "PL07 PL02: the result is stored and the signal raised");
    prove(gale_poll_signal_check(&signal, &told) && told == result, "PL04 PL07: and told");
    all_pollers_woken();
    still_valid();
}

/* @mutant src/kernel/poll.c: `signal->raised = false;` -> ``
 * @mutant src/kernel/poll.c: `signal->raised && result != NULL` -> `result != NULL` */
void check_reset(void)
{
    int32_t told = 7;

    any_objects();
    prove(gale_poll_signal_check(&signal, &told) == old.raised, "PL04: raised iff it was raised");
    prove(told == (old.raised ? old.result : 7), "PL07: with the result");
    gale_poll_signal_reset(&signal);
    prove(!signal.raised && signal.result == 0 && !gale_poll_signal_check(&signal, NULL), "PL08 PL02: reset clears it");
    prove(gale_poll_signal_is_valid(&signal), "PL08: a result only while raised");
    reached();
}

static uint32_t turns; /* how often the caller waited */
static int owed;
static gale_tick until;

static void others(gale_id self)
{
    prove(place_of(self) == x.pollers.list, "PL05: who finds nothing ready waits with the pollers");
    prove(owed_state(&members[0]) == GALE_POLL_NOT_READY && owed_state(&members[1]) == GALE_POLL_NOT_READY,
          "PL05: and only if no member is ready");
    turns++;
    owed = end_early(self);
    assume(gale_thread_is_ready(&memory_threads[self])); /* the others may go on until it is */
}

static void poll(void)
{
    uint8_t before[MEMBERS];
    uint32_t ready = 0;

    any_objects();
    on_any_flow();
    const uint32_t n = any_upto(MEMBERS);

    for (uint32_t i = 0; i < MEMBERS; i++) {
        any_member(&members[i]);
        assume(i == 0 || n > 1 || owed_state(&members[i]) == GALE_POLL_NOT_READY); /* it does not count */
        before[i] = members[i].state;
    }
    until = nondet_u64();
    const int answer = gale_poll(&x, members, n, until);
    bool ok = n > 0;

    for (uint32_t i = 0; i < n; i++) {
        ok = ok && (members[i].type != GALE_POLL_EVENT || members[i].mask != 0);
        ready += members[i].state != GALE_POLL_NOT_READY ? 1u : 0u;
    }
    prove((answer == GALE_EINVAL) == !ok, "PL02: refused iff a member is malformed");
    for (uint32_t i = 0; i < n; i++) {
        prove(!ok || members[i].state == owed_state(&members[i]) || (turns > 0 && answer < 0),
              "PL03 PL04 PL05 PL06: each member reports its object's state, whatever it reported before");
        prove(ok || members[i].state == before[i], "PL02: refused without a trace");
    }
    prove(!ok || (answer > 0 ? (uint32_t)answer == ready : ready == 0), "PL05: ready iff some member is, and so many");
    prove(answer != 0, "PL05: never nothing");
    prove(until != GALE_NO_WAIT || turns == 0, "TO08: without wait it never blocks");
    prove(answer != GALE_EAGAIN || until == GALE_NO_WAIT, "TO08: only then it does not wait");
    prove(turns == 0 || answer > 0 || answer == owed, "PL05: or the status of what ended the wait");
    still_valid();
}

/* @mutant src/kernel/poll.c: `ready += events[i].state != GALE_POLL_NOT_READY ? 1 : 0;` -> `ready = events[i].state != GALE_POLL_NOT_READY ? 1 : 0;`
 * @mutant src/kernel/poll.c: `gale_sem_count(event->object.sem) > 0` -> `gale_sem_count(event->object.sem) > 1`
 * @mutant src/kernel/poll.c: `answer == 0 && deadline == GALE_NO_WAIT` -> `answer == 0 && deadline == GALE_FOREVER`
 * @mutant src/kernel/poll.c: `event->object.event != NULL && event->mask != 0` -> `event->object.event != NULL` */
void check_poll(void)
{
    poll();
}
