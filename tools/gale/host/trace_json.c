/* SPDX-License-Identifier: Apache-2.0 */
#include "trace_json.h"

#include "describe.h"
#include "gale/component/report.h"
#include "gale/component/store.h"
#include "host_run.h"
#include "json_out.h"
#include "monitor.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* Where slices lie: the host is process 0, instance n process n + 1; its tasks and threads are numbered from 1. */
struct trace_json_track {
    uint32_t process;
    uint32_t number;
};

/* A thread that lives. */
struct trace_json_thread {
    struct trace_json_track track;
    uint64_t blocked; /* Since when, 0: it runs or is new. */
    uint8_t wait;     /* What for: enum gale_wait. */
    bool lives;
    bool runs;
};

/* Memory of one slot of the store's pools each. */
static struct trace_json_thread *trace_json_threads;
static struct trace_json_track *trace_json_tasks;
static uint32_t *trace_json_flows; /* Per stream; 0: none. */

static struct json_out trace_json_out;
static const char *trace_json_path;
static uint32_t trace_json_tracks;
static uint32_t trace_json_flow_count;
static uint64_t trace_json_last; /* Time of the latest event. */

/* A signal that comes while an event is written waits for its end. */
static volatile sig_atomic_t trace_json_busy;
static volatile sig_atomic_t trace_json_signal;

/* --- writing --- */

static const struct trace_json_track trace_json_host = {0, 0};

static void trace_json_key(const char *key)
{
    json_out_text(&trace_json_out, ",\"");
    json_out_text(&trace_json_out, key);
    json_out_text(&trace_json_out, "\":");
}

static void trace_json_number(const char *key, uint64_t number)
{
    trace_json_key(key);
    json_out_number(&trace_json_out, number);
}

static void trace_json_string(const char *key, const char *text)
{
    trace_json_key(key);
    json_out_string(&trace_json_out, text);
}

static void trace_json_time(const char *key, uint64_t nanoseconds)
{
    trace_json_key(key);
    json_out_time(&trace_json_out, nanoseconds);
}

/* Begins an event; more members and trace_json_done() follow. */
static void trace_json_event(const char *phase, const char *name, struct trace_json_track track, uint64_t at)
{
    json_out_text(&trace_json_out, ",\n{\"ph\":");
    json_out_string(&trace_json_out, phase);
    trace_json_string("name", name);
    trace_json_number("pid", track.process);
    trace_json_number("tid", track.number);
    trace_json_time("ts", at);
}

static void trace_json_done(void)
{
    json_out_text(&trace_json_out, "}");
}

static void trace_json_plain(const char *phase, const char *name, struct trace_json_track track, uint64_t at)
{
    trace_json_event(phase, name, track, at);
    trace_json_done();
}

static void trace_json_instant(const char *name, struct trace_json_track track, uint64_t at)
{
    trace_json_event("i", name, track, at);
    trace_json_string("s", "t");
    trace_json_done();
}

/* A slice without length, to which a flow can be bound. */
static void trace_json_step(const char *name, struct trace_json_track track, uint64_t at)
{
    trace_json_event("X", name, track, at);
    trace_json_time("dur", 0);
    trace_json_done();
}

static void trace_json_flow(const char *phase, const char *kind, uint32_t id, struct trace_json_track track,
                            uint64_t at)
{
    trace_json_event(phase, kind, track, at);
    trace_json_string("cat", kind);
    trace_json_number("id", id);
    trace_json_string("bp", "e");
    trace_json_done();
}

/* The name of a process (`kind` "process_name") or of a track. */
static void trace_json_called(const char *kind, struct trace_json_track track, const char *name)
{
    trace_json_event("M", kind, track, 0);
    json_out_text(&trace_json_out, ",\"args\":{\"name\":");
    json_out_string(&trace_json_out, name);
    json_out_text(&trace_json_out, "}");
    trace_json_done();
}

/* --- tasks and threads --- */

static struct trace_json_track trace_json_new_track(uint32_t instance, const char *name)
{
    struct trace_json_track track = {instance + 1u, ++trace_json_tracks};
    trace_json_called("thread_name", track, name);
    return track;
}

/* The track of what runs now. */
static struct trace_json_track trace_json_runner(void)
{
    const struct gale_store *store = gale_program.store;
    if (store->current == GALE_ID_NONE) {
        return trace_json_host;
    }
    return trace_json_threads[store->current].track;
}

/* What the program's description calls a function: only exports have names there. */
static const char *trace_json_func(const struct gale_func *func)
{
    for (uint32_t k = 0; k < gale_program.export_count; k++) {
        if (gale_program.exports[k].binding->callee == func) {
            return gale_program.exports[k].func->name;
        }
    }
    return "task";
}

static void trace_json_call(const struct gale_trace_record *record, uint64_t now)
{
    struct trace_json_track caller = trace_json_runner();
    const char *name = trace_json_func(gale_program.store->memory.tasks[record->a].func);
    struct trace_json_track track = trace_json_new_track(record->instance, name);
    uint32_t flow = ++trace_json_flow_count;
    trace_json_tasks[record->a] = track;
    trace_json_step("call", caller, now);
    trace_json_flow("s", "call", flow, caller, now);
    trace_json_plain("B", name, track, now);
    trace_json_flow("f", "call", flow, track, now);
}

/* Closes what is open on a thread's track. */
static void trace_json_leave(struct trace_json_thread *thread, uint64_t now)
{
    if (thread->runs) {
        trace_json_plain("E", "run", thread->track, now);
    }
    if (thread->lives) {
        trace_json_plain("E", "end", thread->track, now);
    }
    *thread = (struct trace_json_thread){.lives = false};
}

/* A task's own thread shares its track. */
static void trace_json_enter(struct trace_json_thread *thread, uint32_t id, uint64_t now)
{
    const struct gale_guest_thread *guest = &gale_program.store->memory.threads[id];
    thread->lives = true;
    if ((guest->flags & GALE_GUEST_THREAD_EXPLICIT) == 0) {
        thread->track = trace_json_tasks[guest->task];
        return;
    }
    thread->track = trace_json_new_track(gale_program.store->memory.tasks[guest->task].func->instance->id, "thread");
    trace_json_plain("B", "thread", thread->track, now);
}

static void trace_json_resume(uint32_t id, uint64_t now)
{
    struct trace_json_thread *thread = &trace_json_threads[id];
    if (!thread->lives) {
        trace_json_enter(thread, id, now);
    }
    if (thread->blocked != 0) {
        trace_json_event("X", gale_report_text((enum gale_wait)thread->wait), thread->track, thread->blocked);
        trace_json_time("dur", now - thread->blocked);
        trace_json_string("cat", "blocked");
        trace_json_done();
        thread->blocked = 0;
    }
    trace_json_plain("B", "run", thread->track, now);
    thread->runs = true;
}

static void trace_json_block(const struct gale_trace_record *record, uint64_t now)
{
    struct trace_json_thread *thread = &trace_json_threads[record->a];
    trace_json_plain("E", "run", thread->track, now);
    thread->runs = false;
    thread->blocked = now;
    thread->wait = (uint8_t)record->b;
}

/* --- streams --- */

static void trace_json_stream_begin(uint32_t copy, bool future, uint64_t now)
{
    const char *name = future ? "future made" : "stream made";
    struct trace_json_track track = trace_json_runner();
    trace_json_flows[copy] = ++trace_json_flow_count;
    trace_json_step(name, track, now);
    trace_json_flow("s", "stream", trace_json_flows[copy], track, now);
}

static void trace_json_stream_end(uint32_t copy, struct trace_json_track track, uint64_t now)
{
    trace_json_flow("f", "stream", trace_json_flows[copy], track, now);
    trace_json_flows[copy] = 0;
}

/* A stream that was made before the trace began has its beginning at its first step. */
static void trace_json_stream_step(uint32_t copy, const char *phase, uint64_t now)
{
    if (trace_json_flows[copy] == 0) {
        trace_json_flows[copy] = ++trace_json_flow_count;
        phase = "s";
    }
    trace_json_flow(phase, "stream", trace_json_flows[copy], trace_json_runner(), now);
}

static void trace_json_copy(const struct gale_trace_record *record, uint64_t now)
{
    const struct gale_copy *copy = &gale_program.store->memory.copies[record->a];
    uint64_t bytes = copy->type == NULL ? 0 : (uint64_t)record->b * copy->type->size;
    trace_json_event("X", "copy", trace_json_runner(), now);
    trace_json_time("dur", 0);
    json_out_text(&trace_json_out, ",\"args\":{\"with\":");
    json_out_string(&trace_json_out, monitor_name((int32_t)copy->instance));
    trace_json_number("elements", record->b);
    trace_json_number("bytes", bytes);
    json_out_text(&trace_json_out, "}");
    trace_json_done();
    trace_json_stream_step(record->a, "t", now);
}

/* It is over with its second end; the host gives its own away when the component drops the other. */
static void trace_json_drop(uint32_t copy, uint64_t now)
{
    const struct gale_copy *c = &gale_program.store->memory.copies[copy];
    bool over = c->ends == 1 || (c->flags & (GALE_COPY_HOST_READS | GALE_COPY_HOST_WRITES)) != 0;
    trace_json_step("drop", trace_json_runner(), now);
    trace_json_stream_step(copy, "t", now);
    if (over) {
        trace_json_stream_end(copy, trace_json_runner(), now);
    }
}

/* Whoever has dropped an end without a word is known by the slot's next use. */
static void trace_json_new(const struct gale_trace_record *record, uint64_t now)
{
    if (trace_json_flows[record->a] != 0) {
        trace_json_stream_end(record->a, trace_json_host, now);
    }
    trace_json_stream_begin(record->a, record->b != 0, now);
}

static void trace_json_pend(const struct gale_trace_record *record, uint64_t now)
{
    bool reads = (record->b & GALE_TRACE_PEND_READS) != 0;
    trace_json_step(reads ? "reader waits" : "writer waits", trace_json_runner(), now);
    trace_json_stream_step(record->a, "t", now);
}

/* --- what is heard --- */

static void trace_json_host_did(const struct gale_trace_record *record, uint64_t now)
{
    if (record->a == GALE_TRACE_HOST_CANCEL) {
        trace_json_instant("call cancelled", trace_json_host, now);
    } else if (record->a == GALE_TRACE_HOST_RETURN) {
        trace_json_instant("imported function returned", trace_json_host, now);
    }
}

static void trace_json_event_came(const struct gale_trace_record *record, uint64_t now)
{
    static const char *const names[] = {
        "event",           "subtask event",      "stream was read", "stream was written",
        "future was read", "future was written", "cancellation"};
    trace_json_instant(names[record->b < sizeof names / sizeof *names ? record->b : 0], trace_json_runner(), now);
}

static void trace_json_write(const struct gale_trace_record *record, uint64_t now)
{
    switch (record->kind) {
    case GALE_TRACE_CALL:
        trace_json_call(record, now);
        break;
    case GALE_TRACE_START:
    case GALE_TRACE_RETURN:
    case GALE_TRACE_CANCEL:
        trace_json_instant(gale_trace_name((enum gale_trace_kind)record->kind), trace_json_tasks[record->a], now);
        break;
    case GALE_TRACE_RESUME:
        trace_json_resume(record->a, now);
        break;
    case GALE_TRACE_BLOCK:
        trace_json_block(record, now);
        break;
    case GALE_TRACE_EXIT:
        trace_json_leave(&trace_json_threads[record->a], now);
        break;
    case GALE_TRACE_EVENT:
        trace_json_event_came(record, now);
        break;
    case GALE_TRACE_COPY:
        trace_json_copy(record, now);
        break;
    case GALE_TRACE_DROP:
        trace_json_drop(record->a, now);
        break;
    case GALE_TRACE_HOST:
        trace_json_host_did(record, now);
        break;
    case GALE_TRACE_TRAP:
        trace_json_event("i", host_run_trap_text((enum gale_trap)record->a, record->b), trace_json_runner(), now);
        trace_json_string("s", "g");
        trace_json_string("cat", "trap");
        trace_json_done();
        break;
    case GALE_TRACE_NEW:
        trace_json_new(record, now);
        break;
    case GALE_TRACE_PEND:
        trace_json_pend(record, now);
        break;
    default:
        break;
    }
}

void trace_json_hear(const struct gale_trace_record *record, uint64_t now)
{
    if (trace_json_path == NULL) {
        return;
    }
    trace_json_busy = 1;
    trace_json_last = now;
    trace_json_write(record, now);
    trace_json_busy = 0;
    if (trace_json_signal != 0) {
        raise(trace_json_signal);
    }
}

/* --- beginning and end --- */

static void trace_json_close(void)
{
    const struct gale_store_memory *memory = gale_program.store_memory;
    uint64_t now = monitor_now();
    for (uint32_t k = 0; k < memory->thread_count; k++) {
        trace_json_leave(&trace_json_threads[k], now);
    }
    trace_json_step("end", trace_json_host, now);
    for (uint32_t k = 0; k < memory->copy_count; k++) {
        if (trace_json_flows[k] != 0) {
            trace_json_stream_end(k, trace_json_host, now);
        }
    }
    json_out_text(&trace_json_out, "\n]\n");
}

void trace_json_end(void)
{
    if (trace_json_path == NULL) {
        return;
    }
    trace_json_busy = 1;
    trace_json_close();
    if (!json_out_close(&trace_json_out)) {
        fprintf(stderr, "gale: %s: not all of it could be written\n", trace_json_path);
    }
    trace_json_path = NULL;
}

/* Ends as the signal would have ended it, once the file is whole. */
static void trace_json_ended(int number)
{
    if (trace_json_busy) {
        trace_json_signal = number;
        return;
    }
    trace_json_close();
    json_out_close(&trace_json_out);
    signal(number, SIG_DFL);
    raise(number);
}

static bool trace_json_catch(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGABRT};
    struct sigaction action = {.sa_handler = trace_json_ended, .sa_flags = SA_ONSTACK};
    bool good = true;
    sigfillset(&action.sa_mask);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        good = sigaction(numbers[k], &action, NULL) == 0 && good;
    }
    return good;
}

static void trace_json_processes(void)
{
    json_out_text(&trace_json_out, "[\n{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":0,\"tid\":0,\"args\":{\"name\":"
                                   "\"host\"}}");
    for (uint32_t k = 0; k < gale_program.instance_count; k++) {
        struct trace_json_track track = {k + 1u, 0};
        trace_json_called("process_name", track, gale_program.instances[k].name);
    }
}

bool trace_json_begin(const char *path)
{
    const struct gale_store_memory *memory = gale_program.store_memory;
    trace_json_threads = calloc(memory->thread_count + 1u, sizeof *trace_json_threads);
    trace_json_tasks = calloc(memory->task_count + 1u, sizeof *trace_json_tasks);
    trace_json_flows = calloc(memory->copy_count + 1u, sizeof *trace_json_flows);
    if (trace_json_threads == NULL || trace_json_tasks == NULL || trace_json_flows == NULL ||
        !json_out_open(&trace_json_out, path)) {
        fprintf(stderr, "gale: %s: cannot be written\n", path);
        return false;
    }
    trace_json_processes();
    trace_json_path = path;
    return trace_json_catch();
}
