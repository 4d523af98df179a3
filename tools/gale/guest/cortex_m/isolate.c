/* SPDX-License-Identifier: Apache-2.0 */
#include "isolate.h"

#include "board.h"
#include "start.h"

#include "gale/component/func.h"
#include "gale/component/trap.h"

#define ISOLATE_FLATS (GALE_FLAT_PARAMS + 1u)
#define ISOLATE_CODE_MASK 0xffu

/* What must be left of the stack that the runtime runs on, or core code traps: to enter core code and take its calls;
   and to serve one until core code is entered again: the deepest chain of calls (scripts/check stack), and generated
   code. */
#define ISOLATE_ENTER_ROOM 640u
#define ISOLATE_SERVE_ROOM 1024u

enum isolate_call { ISOLATE_GATE = GALE_CORTEX_M_CALL_OWN, ISOLATE_TRAP };

/** A call of core code: lies at the top of its stack, so it is the guest's own. */
struct isolate_frame {
    GALE_ALIGNED(GALE_STACK_ALIGN) union gale_flat params[ISOLATE_FLATS];
    union gale_flat results[1];
    void (*core)(void *guest, const union gale_flat *params, union gale_flat *results);
};

GALE_STATIC_ASSERT(sizeof(struct isolate_frame) % GALE_STACK_ALIGN == 0, a_frame_keeps_the_stack_aligned);

/* ---- outside ------------------------------------------------------------------------------------------------- */

static void isolate_main(void *arg)
{
    struct isolate_frame *frame = arg;

    frame->core(NULL, frame->params, frame->results);
}

void gale_isolate_call(uint32_t number, union gale_flat *flats)
{
    (void)gale_cortex_m_call_own(ISOLATE_GATE, number, (uint32_t)(uintptr_t)flats, 0, 0);
}

/* Core code that traps has nothing more to say: whatever the call answers, it does not go on. */
void wasm_rt_trap(wasm_rt_trap_t code)
{
    (void)gale_cortex_m_call_own(ISOLATE_TRAP, (uint32_t)code, 0, 0, 0);
    gale_cortex_m_call_exit((uint32_t)code);
}

/* ---- inside: what is kept of a guest ------------------------------------------------------------------------- */

/** A guest may have grown its memories; what it says of them counts as far as they reach. */
static void isolate_refresh(const struct gale_isolate *isolate)
{
    for (uint32_t i = 0; i < isolate->memory_count; i++) {
        const struct gale_isolate_memory *m = &isolate->memories[i];
        const size_t claimed = m->claimed->size;

        *m->view = (struct gale_memory){m->storage, claimed < m->bytes ? claimed : m->bytes, 0, 0};
    }
}

static int isolate_domain(const struct gale_isolate *isolate)
{
    const size_t code_bytes = (size_t)(gale_board_code_end - gale_board_code);
    const struct gale_mem_partition code = {(uintptr_t)gale_board_code, gale_mpu_align(GALE_CORTEX_M_RULES, code_bytes),
                                            GALE_MPU_RX};
    const struct gale_mem_partition block = {(uintptr_t)isolate->block, isolate->block_bytes, GALE_MPU_RW};
    struct gale_mem_domain *domain = &isolate->state->domain;
    int status;

    gale_mem_domain_init(domain, GALE_CORTEX_M_RULES, 2);
    status = gale_mem_domain_add(domain, &code);
    return status == GALE_OK ? gale_mem_domain_add(domain, &block) : status;
}

int gale_isolate_init(void)
{
    for (uint32_t i = 0; i < gale_isolate_count; i++) {
        const struct gale_isolate *isolate = gale_isolates[i];

        *isolate->state = (struct gale_isolate_state){0};
        if (isolate_domain(isolate) != GALE_OK || isolate->stack_count == 0 || isolate->stack_count > 32u ||
            isolate->stack_bytes % GALE_STACK_ALIGN != 0 ||
            isolate->stack_bytes < sizeof(struct isolate_frame) + GALE_STACK_MIN) {
            return GALE_EINVAL;
        }
        for (uint32_t n = 0; n < isolate->memory_count; n++) {
            *isolate->memories[n].view = (struct gale_memory){isolate->memories[n].storage, 0, 0, 0};
        }
    }
    return GALE_OK;
}

const struct gale_isolate *gale_isolate_of(const struct gale_instance *instance)
{
    for (uint32_t i = 0; i < gale_isolate_count; i++) {
        if (gale_isolates[i]->instance == instance) {
            return gale_isolates[i];
        }
    }
    return NULL;
}

/** Nesting is the guest's to choose, and the stacks of the runtime have no guard on Armv7-M. */
static void isolate_check_room(const struct gale_isolate *isolate, uint32_t room)
{
    const struct gale_port_context *flow = isolate->instance->store->flow;

    if ((uintptr_t)__builtin_frame_address(0) < (uintptr_t)flow->stack + room) {
        gale_trap(isolate->instance, GALE_TRAP_DEPTH);
    }
}

/* ---- inside: calls of core code ------------------------------------------------------------------------------ */

/** Gate `number`, if it is one of this instance's; else NULL. */
static const struct gale_isolate_gate *isolate_gate(const struct gale_isolate *isolate, uint32_t number)
{
    return number < isolate->gate_count && isolate->gates[number].instance == isolate->instance
               ? &isolate->gates[number]
               : NULL;
}

static int32_t isolate_pass(struct gale_cortex_m_thread *t, const struct gale_isolate *isolate, uint32_t number,
                            uint32_t at)
{
    union gale_flat *theirs = (union gale_flat *)(uintptr_t)at;
    const struct gale_isolate_gate *gate = isolate_gate(isolate, number);
    union gale_flat flats[ISOLATE_FLATS];

    if (gate == NULL || gale_cortex_m_copy_in(t, flats, theirs, gate->params * sizeof flats[0]) != GALE_OK) {
        gale_cortex_m_bad_call(t);
        return GALE_EINVAL;
    }
    isolate_check_room(isolate, ISOLATE_SERVE_ROOM);
    isolate_refresh(isolate);
    gate->serve(flats);
    if (gale_cortex_m_copy_out(t, theirs, flats, gate->results * sizeof flats[0]) != GALE_OK) {
        gale_cortex_m_bad_call(t);
    }
    return GALE_OK;
}

/** Every supervisor call of core code. */
static int32_t isolate_serve(struct gale_cortex_m_thread *t, uint32_t number, const uint32_t args[4])
{
    const struct gale_isolate *isolate = t->context;

    if (number == ISOLATE_GATE) {
        return isolate_pass(t, isolate, args[0], args[1]);
    }
    if (number == ISOLATE_TRAP) {
        gale_guest_trap(isolate->instance, args[0] & ISOLATE_CODE_MASK);
    }
    gale_cortex_m_bad_call(t);
    return GALE_EINVAL;
}

/** A free stack; the instance traps if all its stacks are in use. */
static uint32_t isolate_take_stack(const struct gale_isolate *isolate)
{
    uint32_t n = 0;

    while (n < isolate->stack_count && (isolate->state->busy >> n & 1u) != 0) {
        n++;
    }
    if (n == isolate->stack_count) {
        gale_trap(isolate->instance, GALE_TRAP_BUDGET);
    }
    isolate->state->busy |= 1u << n;
    return n;
}

/** Runs what the frame says on its stack, and traps if that does not end by returning. */
static void isolate_run(const struct gale_isolate *isolate, uint8_t *stack, struct isolate_frame *frame)
{
    struct gale_cortex_m_thread thread;
    const struct gale_cortex_m_spec spec = {.entry = isolate_main,
                                            .arg = frame,
                                            .stack = stack,
                                            .stack_bytes = (uint32_t)((uint8_t *)frame - stack),
                                            .domain = &isolate->state->domain,
                                            .image = &isolate->state->image,
                                            .budget_ticks = isolate->budget_ticks,
                                            .call = isolate_serve};
    const enum gale_cortex_m_cause cause = gale_cortex_m_run(NULL, &thread, &spec, (void *)(uintptr_t)isolate);

    if (cause != GALE_CORTEX_M_EXITED) {
        isolate->state->last = thread.report;
        gale_trap_value(isolate->instance, cause == GALE_CORTEX_M_STACK ? GALE_TRAP_DEPTH : GALE_TRAP_CORE,
                        GALE_ISOLATE_FAULT + (uint32_t)cause);
    }
}

/* The stacks of a trapped instance stay taken: none of its code runs again. */
void gale_isolate_enter(const struct gale_isolate *isolate,
                        void (*core)(void *guest, const union gale_flat *params, union gale_flat *results),
                        const union gale_flat *params, uint32_t param_count, union gale_flat *results,
                        uint32_t result_count)
{
    uint32_t n;
    uint8_t *stack;
    struct isolate_frame *frame;

    isolate_check_room(isolate, ISOLATE_ENTER_ROOM);
    n = isolate_take_stack(isolate);
    stack = isolate->stacks + n * isolate->stack_bytes;
    frame = (struct isolate_frame *)(void *)(stack + isolate->stack_bytes) - 1;
    GALE_ASSERT(param_count <= ISOLATE_FLATS && result_count <= 1u);
    frame->core = core;
    memcpy(frame->params, params, param_count * sizeof *params);
    isolate_run(isolate, stack, frame);
    memcpy(results, frame->results, result_count * sizeof *results);
    isolate_refresh(isolate);
    isolate->state->busy &= ~(1u << n);
}
