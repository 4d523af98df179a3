/* SPDX-License-Identifier: Apache-2.0 */
/* The host: it takes an operation whenever no guest runs; and all that is written out. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "built_in.h"
#include "replay.h"

#define HANDLES 256
#define THREADS 48
#define TASKS 128
#define SUBTASKS 160
#define STREAMS 128
#define SETS 32
#define LENDS 96
#define STACKS 192
#define STACK_BYTES 65536
#define RUN_STACK_BYTES 262144
#define OF_ALL(count) (MAX_INSTANCES * (count))

struct replay replay;

void replay_print(const char *format, ...)
{
    va_list args;

    if (replay.out != NULL) {
        va_start(args, format);
        (void)vfprintf(replay.out, format, args);
        va_end(args);
    }
}

void replay_say(const char *who, const struct operation *op, const char *result)
{
    replay_print("%s %u %s %s\n", who, (unsigned)op->line, operation_kinds[op->code].name, result);
}

void replay_say_number(const char *who, const struct operation *op, uint64_t result)
{
    replay_print("%s %u %s %llu\n", who, (unsigned)op->line, operation_kinds[op->code].name,
                 (unsigned long long)result);
}

const struct operation *replay_next(void)
{
    const struct operation *op;

    if (replay.next == replay.operation_count) {
        return NULL;
    }
    op = &replay.operations[replay.next++];
    replay.line = op->line;
    return op;
}

static uint32_t reallocate(struct gale_instance *instance, uint32_t old, uint32_t old_size, uint32_t align,
                           uint32_t size)
{
    struct guest *g = (struct guest *)(void *)instance;
    uint64_t begin = (g->heap + align - 1) / align * align;

    (void)old;
    (void)old_size;
    if (begin + size > g->memory.size) {
        begin = (g->memory.size / 2 + align - 1) / align * align;
    }
    g->heap = begin + size;
    return (uint32_t)begin;
}

/* --- what the host does --- */

bool replay_host_tick(const struct operation *op)
{
    int ran = gale_store_tick(&replay.store);

    if (ran >= 0) {
        replay_say_number("host", op, (uint64_t)ran);
    }
    return true;
}

static void on_resolve(struct gale_host_task *task)
{
    struct call *call = (struct call *)(void *)task;
    uint8_t kind = replay.functions[replay.bindings[call->binding].function].result;

    if (gale_store_trap(&replay.store)->code != GALE_TRAP_NONE) {
        return; /* the trap resolves what its instances were to answer; the script has ended */
    }
    replay_print("host resolved c%d ", (int)(call - replay.calls) + 1);
    if (task->state != GALE_SUBTASK_RETURNED) {
        replay_print("cancelled\n");
    } else if (kind == NO_KIND) {
        replay_print("returned\n");
    } else {
        replay_print("returned %llu\n", (unsigned long long)replay_flat_read(kind, task->results));
    }
}

bool replay_host_call(const struct operation *op)
{
    const struct binding *b = &replay.bindings[op->object];
    const struct function *f = &replay.functions[b->function];
    struct call *call = &replay.calls[replay.call_count];
    char name[16];

    if (b->caller >= 0 || replay.call_count == MAX_CALLS) {
        return false;
    }
    (void)snprintf(name, sizeof(name), "c%d", ++replay.call_count);
    call->binding = op->object;
    call->task.on_resolve = on_resolve;
    for (uint8_t i = 0; i < f->param_count; i++) {
        replay_flat_write(f->params[i], &call->args[i], op->values[i]);
    }
    if (gale_store_invoke(&replay.store, &b->binding, call->args, &call->result, &call->task) == GALE_OK) {
        replay_say("host", op, name);
    }
    return true;
}

bool replay_host_cancel(const struct operation *op)
{
    struct call *call;

    if (op->values[0] == 0 || op->values[0] > (uint64_t)replay.call_count) {
        return false;
    }
    call = &replay.calls[op->values[0] - 1];
    if (call->task.resolved || call->cancelled) {
        return false;
    }
    call->cancelled = true;
    if (gale_store_cancel(&replay.store, &call->task) == GALE_OK) {
        replay_say("host", op, "ok");
    }
    return true;
}

/* --- one run --- */

static uint32_t crc32_of(const uint8_t *data, size_t size)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320u : 0);
        }
    }
    return ~crc;
}

static void say_end(void)
{
    const struct gale_trap_info *trap = gale_store_trap(&replay.store);

    if (trap->code != GALE_TRAP_NONE && !replay.ended) {
        replay_print("trap %u # %s\n", (unsigned)replay.line, gale_trap_text(trap->code));
        return;
    }
    for (int i = 0; i < replay.guest_count; i++) {
        const struct guest *g = &replay.guests[i];

        replay_print("memory %s %08x\n", g->name, (unsigned)crc32_of(g->data, g->memory.size));
    }
}

static void host_loop(void)
{
    const struct operation *op;

    while (gale_store_trap(&replay.store)->code == GALE_TRAP_NONE && (op = replay_next()) != NULL) {
        const struct operation_kind *kind = &operation_kinds[op->code];

        if (kind->host == NULL || !kind->host(op)) {
            replay_say("host", op, "skip");
        }
    }
}

/* Frames that a trap abandons leave the address sanitizer's marks on the stacks. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FORGETS
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define FORGETS
#endif

#ifdef FORGETS
void __asan_unpoison_memory_region(void const volatile *address, size_t size);

static void forget_frames(const uint8_t *stacks, size_t size)
{
    __asan_unpoison_memory_region(stacks, size);
}
#else
static void forget_frames(const uint8_t *stacks, size_t size)
{
    (void)stacks;
    (void)size;
}
#endif

/* Everything a store needs, cleared; one piece, so that one pointer keeps it. */
struct store_room {
    struct gale_instance *instances[MAX_INSTANCES];
    struct gale_guest_thread threads[OF_ALL(THREADS + TASKS) + 1];
    struct gale_task tasks[OF_ALL(TASKS)];
    struct gale_subtask subtasks[OF_ALL(SUBTASKS) + MAX_CALLS];
    struct gale_copy copies[OF_ALL(STREAMS)];
    struct gale_guest_set sets[OF_ALL(SETS)];
    struct gale_lend lends[OF_ALL(LENDS)];
    struct gale_guest_stack stacks[STACKS];
    struct gale_handle handles[OF_ALL(HANDLES)];
    gale_id indices[OF_ALL(THREADS + TASKS)];
    uint8_t index_live[OF_ALL(THREADS + TASKS)];
    struct gale_link links[GALE_STORE_NODES(MAX_INSTANCES, OF_ALL(HANDLES), OF_ALL(THREADS), OF_ALL(TASKS)) +
                           GALE_STORE_LISTS(MAX_INSTANCES, OF_ALL(TASKS), OF_ALL(SETS))];
};

static struct gale_store_memory lay_out(struct store_room *room, uint8_t *stacks)
{
    return (struct gale_store_memory){
        .instances = room->instances,
        .threads = room->threads,
        .tasks = room->tasks,
        .subtasks = room->subtasks,
        .copies = room->copies,
        .sets = room->sets,
        .lends = room->lends,
        .stacks = room->stacks,
        .handles = room->handles,
        .indices = room->indices,
        .index_live = room->index_live,
        .ends = NULL,
        .links = room->links,
        .stack_memory = stacks + RUN_STACK_BYTES,
        .run_stack = stacks,
        .stack_bytes = STACK_BYTES,
        .run_stack_bytes = RUN_STACK_BYTES,
        .instance_count = MAX_INSTANCES,
        .thread_count = OF_ALL(THREADS + TASKS) + 1,
        .task_count = OF_ALL(TASKS),
        .subtask_count = OF_ALL(SUBTASKS) + MAX_CALLS,
        .copy_count = OF_ALL(STREAMS),
        .set_count = OF_ALL(SETS),
        .lend_count = OF_ALL(LENDS),
        .stack_count = STACKS,
        .handle_count = OF_ALL(HANDLES),
        .index_count = OF_ALL(THREADS + TASKS),
        .end_count = 0,
        .node_count = GALE_STORE_NODES(MAX_INSTANCES, OF_ALL(HANDLES), OF_ALL(THREADS), OF_ALL(TASKS)),
        .list_count = GALE_STORE_LISTS(MAX_INSTANCES, OF_ALL(TASKS), OF_ALL(SETS))};
}

static bool prepare(const struct gale_store_memory *memory)
{
    static const struct gale_instance_budget budget = {HANDLES, THREADS + TASKS, TASKS, SUBTASKS, STREAMS, SETS, LENDS};

    if (gale_store_init(&replay.store, memory) != GALE_OK) {
        return replay_fail("the store refuses its memory");
    }
    for (int i = 0; i < replay.guest_count; i++) {
        struct guest *g = &replay.guests[i];
        struct gale_instance *parent = g->parent < 0 ? NULL : &replay.guests[g->parent].instance;

        g->utf8 = (struct gale_value_options){&g->memory, reallocate, GALE_ENCODING_UTF8};
        g->utf16 = (struct gale_value_options){&g->memory, reallocate, GALE_ENCODING_UTF16};
        if (gale_instance_init(&g->instance, &replay.store, parent, &budget, g) != GALE_OK) {
            return replay_fail("the store refuses an instance");
        }
    }
    replay_tables_link();
    gale_store_resource_types(&replay.store, replay.resource_types, (gale_id)replay.resource_count);
    return true;
}

static bool execute(void)
{
    static GALE_ALIGNED(GALE_STORE_STACK_ALIGN) uint8_t stacks[RUN_STACK_BYTES + STACKS * STACK_BYTES];
    struct store_room *room = calloc(1, sizeof(*room));
    struct gale_store_memory memory;
    bool ok;

    if (room == NULL) {
        return replay_fail("out of memory");
    }
    forget_frames(stacks, sizeof(stacks));
    memory = lay_out(room, stacks);
    ok = prepare(&memory);
    if (ok) {
        host_loop();
        say_end();
    }
    free(room);
    return ok;
}

bool replay_run(char *text, FILE *out)
{
    bool ok;

    (void)memset(&replay, 0, sizeof(replay));
    replay.out = out;
    ok = replay_parse(text);
    replay.line = 0;
    ok = ok && execute();
    for (size_t i = 0; i < replay.operation_count; i++) {
        free(replay.operations[i].text);
    }
    free(replay.operations);
    return ok;
}
