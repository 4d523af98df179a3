/* SPDX-License-Identifier: Apache-2.0 */
#include "gale/component/report.h"

#include "runtime.h"

const char *gale_report_text(enum gale_wait wait)
{
    static const char *const texts[] = {"its turn",
                                        "a call it made to return",
                                        "an operation it began to end",
                                        "an event of a waitable set",
                                        "the exclusive lock of its instance",
                                        "an event of a waitable set and the exclusive lock",
                                        "its instance to let it start"};

    return (unsigned)wait < sizeof texts / sizeof texts[0] ? texts[wait] : "?";
}

/** What tells more about the wait of `t`. */
/*@ requires own: \valid_read(t) && \valid(line); */
static void report_object(const struct gale_store *s, const struct gale_guest_thread *t, struct gale_report_line *line)
{
    line->object = t->object;
    switch (line->wait) {
    case GALE_WAIT_SET:
    case GALE_WAIT_SET_TURN:
        line->object = s->memory.sets[t->object].next;
        line->members = s->memory.sets[t->object].members;
        break;
    case GALE_WAIT_SUBTASK:
        line->object = gale__subtask(s, t->object)->task;
        break;
    default:
        break;
    }
}

/** The line of thread `thread`, which is blocked. */
/*@ requires own: \valid_read(s); */
static struct gale_report_line report_line(const struct gale_store *s, gale_id thread)
{
    const struct gale_guest_thread *t = gale__thread(s, thread);
    const struct gale_func *f = gale__task(s, t->task)->func;
    struct gale_report_line line = {0};

    line.instance = f->instance;
    line.func = f;
    line.task = t->task;
    line.thread = t->index;
    line.suspended = t->state == GALE_GUEST_THREAD_SUSPENDED;
    line.wait = line.suspended ? GALE_WAIT_NOTHING : (enum gale_wait)t->wait;
    line.holder = f->instance->exclusive;
    line.closings = f->instance->backpressure;
    report_object(s, t, &line);
    return line;
}

gale_id gale_store_report(const struct gale_store *store, void (*fn)(void *arg, const struct gale_report_line *line),
                          void *arg)
{
    gale_id count = 0;

    /*@ loop invariant range: 0 <= n <= store->threads.used;
        loop assigns n, count;
        loop variant store->threads.used - n;
    */
    for (gale_id n = 0; n < store->threads.used; n++) {
        if (gale__thread(store, n)->state >= GALE_GUEST_THREAD_SUSPENDED && n != store->realloc_thread) {
            const struct gale_report_line line = report_line(store, n);

            fn(arg, &line);
            count++;
        }
    }
    return count;
}
