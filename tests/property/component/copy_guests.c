/* SPDX-License-Identifier: Apache-2.0 */
/** The guests: whatever operation the host wants, by the built-ins. */
#include "copy_model.h"

GALE_STORE_MEMORY_DEFINE(prop, COUNT, COUNT *HANDLES, 1, 3, 2, COUNT *STREAMS, COUNT *SETS, 1, 1, 1, 65536, 65536);

struct gale_store store;
struct gale_instance instances[COUNT];
static struct gale_memory memories[COUNT];
static struct gale_value_options options[COUNT];
uint8_t pages[COUNT][PAGE];

static uint32_t run_begin(struct gale_instance *i, const struct gale_copy_options *c, const struct op *o)
{
    switch (o->kind) {
    case GALE_HANDLE_STREAM_READ:
        return gale_canon_stream_read(i, c, o->index, o->ptr, o->length);
    case GALE_HANDLE_STREAM_WRITE:
        return gale_canon_stream_write(i, c, o->index, o->ptr, o->length);
    case GALE_HANDLE_FUTURE_READ:
        return gale_canon_future_read(i, c, o->index, o->ptr);
    default:
        return gale_canon_future_write(i, c, o->index, o->ptr);
    }
}

static uint32_t run_cancel(struct gale_instance *i, const struct gale_copy_options *c, const struct op *o)
{
    switch (o->kind) {
    case GALE_HANDLE_STREAM_READ:
        return gale_canon_stream_cancel_read(i, c, o->index);
    case GALE_HANDLE_STREAM_WRITE:
        return gale_canon_stream_cancel_write(i, c, o->index);
    case GALE_HANDLE_FUTURE_READ:
        return gale_canon_future_cancel_read(i, c, o->index);
    default:
        return gale_canon_future_cancel_write(i, c, o->index);
    }
}

static uint32_t run_drop(struct gale_instance *i, const struct gale_copy_options *c, const struct op *o)
{
    switch (o->kind) {
    case GALE_HANDLE_STREAM_READ:
        gale_canon_stream_drop_readable(i, c, o->index);
        break;
    case GALE_HANDLE_STREAM_WRITE:
        gale_canon_stream_drop_writable(i, c, o->index);
        break;
    case GALE_HANDLE_FUTURE_READ:
        gale_canon_future_drop_readable(i, c, o->index);
        break;
    default:
        gale_canon_future_drop_writable(i, c, o->index);
        break;
    }
    return 0;
}

static uint32_t run_move(struct gale_instance *i, const struct op *o)
{
    const struct gale_transfer t = {{i, NULL, NULL, 0}, {&instances[o->other], NULL, NULL, 0}};

    return op_future(o) ? gale_value_move_future(&t, types[o->type], o->index)
                        : gale_value_move_stream(&t, types[o->type], o->index);
}

static uint64_t run_of_copies(struct gale_instance *i, const struct op *o)
{
    const struct gale_copy_options c = {types[o->type], &options[o->guest], true};

    switch (o->what) {
    case OP_NEW:
        return op_future(o) ? gale_canon_future_new(i, &c) : gale_canon_stream_new(i, &c);
    case OP_BEGIN:
        return run_begin(i, &c, o);
    case OP_CANCEL:
        return run_cancel(i, &c, o);
    case OP_DROP:
        return run_drop(i, &c, o);
    default:
        return run_move(i, o);
    }
}

static uint64_t run_op(struct gale_instance *i, const struct op *o)
{
    switch (o->what) {
    case OP_SET_NEW:
        return gale_canon_waitable_set_new(i);
    case OP_SET_DROP:
        gale_canon_waitable_set_drop(i, o->index);
        return 0;
    case OP_POLL:
        return gale_canon_waitable_set_poll(i, &memories[o->guest], false, o->index, EVENT_PTR);
    case OP_JOIN:
        gale_canon_waitable_join(i, o->index, o->other);
        return 0;
    case OP_RESOURCE_NEW:
        return gale_canon_resource_new(i, 0, o->other);
    case OP_RESOURCE_REP:
        return gale_canon_resource_rep(i, 0, o->index);
    case OP_RESOURCE_DROP:
        gale_canon_resource_drop(i, 0, o->index);
        return 0;
    case OP_CONTEXT_NEW:
        return gale_canon_error_context_new(i, &options[o->guest], 0, 0);
    case OP_CONTEXT_DROP:
        gale_canon_error_context_drop(i, o->index);
        return 0;
    default:
        return run_of_copies(i, o);
    }
}

struct guests_request {
    struct op *op;
    bool ran;
};

static struct guests_request request;

static void core(void *guest, const union gale_flat *params, union gale_flat *results)
{
    (void)params;
    (void)results;
    request.ran = true;
    request.op->result = run_op(guest, request.op);
}

int guests_run(struct op *o, bool *ran)
{
    const struct gale_func f = {&instances[o->guest], NULL, 0, NULL, core, NULL, NULL};
    const struct gale_binding b = {&f, NULL, NULL, 0, 0, NULL, NULL};
    struct gale_host_task task = {0};
    int status;

    request = (struct guests_request){o, false};
    status = gale_store_invoke(&store, &b, NULL, NULL, &task);
    *ran = request.ran;
    return status;
}

void guests_begin(void)
{
    static const struct gale_instance_budget budget = {HANDLES, 1, 1, 0, STREAMS, SETS, 0};
    static const struct gale_resource_type kind = {NULL, NULL, NULL, NULL};
    static const struct gale_resource_type *const kinds[1] = {&kind};

    CHECK_EQ(gale_store_init(&store, &prop_memory), GALE_OK);
    gale_store_resource_types(&store, kinds, 1);
    memset(pages, 0, sizeof pages);
    for (unsigned g = 0; g < COUNT; g++) {
        memories[g] = (struct gale_memory){pages[g], PAGE, 1, 1};
        options[g] = (struct gale_value_options){&memories[g], NULL, 0};
        CHECK_EQ(gale_instance_init(&instances[g], &store, NULL, &budget, &instances[g]), GALE_OK);
    }
}
