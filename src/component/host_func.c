/* SPDX-License-Identifier: Apache-2.0 */
/** Canonical ABI, canon lower, with the host as callee. */
#include "gale/component/host_func.h"

#include "runtime.h"

/** Who called; NULL: the host. */
/*@ requires own: \valid_read(s) && \valid_read(st); */
static struct gale_instance *host_func_caller(const struct gale_store *s, const struct gale_subtask *st)
{
    return st->instance == GALE_ID_NONE ? NULL : gale__instance(s, st->instance);
}

void gale__host_call_start(struct gale_store *s, gale_id subtask)
{
    struct gale_subtask *st = gale__subtask(s, subtask);
    const struct gale_host_func *f = st->binding->host;
    const struct gale_host_call call = {s, host_func_caller(s, st), subtask};
    union gale_flat params[GALE_FLAT_PARAMS + 1u];

    if (f->options != NULL) {
        ((struct gale_arena *)(void *)f->options->memory)->used = 0;
    }
    gale__subtask_start_host(s, subtask, call.caller, params);
    st->flags |= GALE_SUBTASK_OPEN;
    s->host_calls++;
    f->start(f->arg, &call, params);
}

void gale__host_call_cancel(struct gale_store *s, gale_id subtask)
{
    const struct gale_subtask *st = gale__subtask(s, subtask);
    const struct gale_host_func *f = st->binding->host;
    const struct gale_host_call call = {s, host_func_caller(s, st), subtask};

    if (f->cancel != NULL) {
        f->cancel(f->arg, &call);
    }
}

struct host_func_return {
    gale_id subtask;
    const union gale_flat *results; /* NULL with `cancelled` */
    bool cancelled;
};

/*@ requires own: \valid(s) && \valid_read((struct host_func_return *)arg); */
static void host_func_resolve(struct gale_store *s, void *arg)
{
    const struct host_func_return *r = arg;
    struct gale_subtask *st = gale__subtask(s, r->subtask);
    struct gale_transfer t;

    st->flags &= (uint8_t)~GALE_SUBTASK_OPEN;
    s->host_calls--;
    gale__trace(s, GALE_TRACE_HOST, GALE_ID_NONE, GALE_TRACE_HOST_RETURN, r->subtask);
    if (r->cancelled) {
        gale__subtask_cancelled(s, r->subtask);
    } else {
        t.from = (struct gale_value_side){NULL, st->binding->host->options, host_func_caller(s, st), r->subtask};
        gale__subtask_return(s, r->subtask, &t, r->results);
    }
}

/** Resolves a call: at once within a run of the store, else in a run of its own. */
/*@ requires own: \valid_read(call); */
static int host_func_finish(const struct gale_host_call *call, struct host_func_return *r)
{
    if (call->store->running) {
        host_func_resolve(call->store, r);
        return GALE_OK;
    }
    return gale__store_enter(call->store, host_func_resolve, r);
}

int gale_host_call_return(const struct gale_host_call *call, const union gale_flat *results)
{
    struct host_func_return r = {call->subtask, results, false};

    return host_func_finish(call, &r);
}

int gale_host_call_cancelled(const struct gale_host_call *call)
{
    struct host_func_return r = {call->subtask, NULL, true};

    return host_func_finish(call, &r);
}
