/* SPDX-License-Identifier: Apache-2.0 */
/** Canonical ABI, Resource State; canon resource.{new, drop, rep}. */
#include "runtime.h"

uint32_t gale_canon_resource_new(struct gale_instance *i, gale_id type, uint32_t rep)
{
    uint32_t index;

    if (!i->may_leave) {
        gale_trap(i, GALE_TRAP_CANNOT_LEAVE);
    }
    index = gale_handle_table_add(&i->handles, GALE_HANDLE_OWN, type);
    if (index == 0) {
        gale_trap(i, GALE_TRAP_TABLE_FULL);
    }
    i->handles.entries[index - 1u].payload = rep;
    return index;
}

/** A handle of the given type, or a trap. */
/*@ requires own: \valid(i); */
static struct gale_handle *resource_handle(struct gale_instance *i, gale_id type, uint32_t index)
{
    struct gale_handle *h = gale__handle(i, index);

    if (h->kind != GALE_HANDLE_OWN && h->kind != GALE_HANDLE_BORROW) {
        gale_trap_value(i, GALE_TRAP_WRONG_KIND, index);
    }
    if (h->object != type) {
        gale_trap_value(i, GALE_TRAP_WRONG_RESOURCE, index);
    }
    return h;
}

/** Lowers the representation to a destructor. */
/*@ requires own: \valid_read(args) && \valid(params); */
static void resource_dtor_params(const struct gale_transfer *t, const union gale_flat *args, union gale_flat *params)
{
    (void)t;
    params[0].i32 = args[0].i32;
}

/** Calls the destructor as a sync call from `i` into who implements the resource. */
/*@ requires own: \valid(i) && \valid_read(type); */
static void resource_destroy(struct gale_instance *i, const struct gale_resource_type *type, uint32_t rep)
{
    const struct gale_binding binding = {type->dtor, NULL, NULL, 0, 1, resource_dtor_params, NULL};
    const union gale_flat args[1] = {{rep}};

    if (type->dtor != NULL) {
        (void)gale_canon_lower(i, &binding, args, NULL);
    } else if (!gale__instance_may_enter(type->instance, gale__instance_shared(type->instance, i))) {
        gale_trap(i, type->instance->poisoned ? GALE_TRAP_POISONED : GALE_TRAP_CANNOT_ENTER);
    }
}

void gale_canon_resource_drop(struct gale_instance *i, gale_id type, uint32_t h)
{
    const struct gale_resource_type *t = i->store->resource_types[type];
    struct gale_handle *handle;
    uint32_t rep;

    if (!i->may_leave) {
        gale_trap(i, GALE_TRAP_CANNOT_LEAVE);
    }
    handle = resource_handle(i, type, h);
    if (handle->lends != 0) {
        gale_trap(i, GALE_TRAP_LENT);
    }
    rep = handle->payload;
    if (handle->kind == GALE_HANDLE_BORROW) {
        gale__task(i->store, handle->set)->borrows--;
        gale_handle_table_remove(&i->handles, h);
        return;
    }
    gale_handle_table_remove(&i->handles, h);
    if (t->instance != NULL) {
        resource_destroy(i, t, rep);
    } else if (t->host_dtor != NULL) {
        t->host_dtor(t->arg, rep);
    }
}

uint32_t gale_canon_resource_rep(struct gale_instance *i, gale_id type, uint32_t h)
{
    return resource_handle(i, type, h)->payload;
}
