/* SPDX-License-Identifier: Apache-2.0 */
/** Which trap an operation of a guest leads to. */
#include "copy_model.h"

/* Why a handle cannot be used as one of `kind`. */
static enum gale_trap expect_kind(const struct model_guest *m, uint32_t index, enum gale_handle_kind kind)
{
    if (index == 0 || index > HANDLES || m->handles[index].kind == GALE_HANDLE_FREE) {
        return GALE_TRAP_UNKNOWN_HANDLE;
    }
    return m->handles[index].kind == kind ? GALE_TRAP_NONE : GALE_TRAP_WRONG_KIND;
}

static enum gale_trap expect_end(const struct op *o)
{
    const struct model_guest *m = &model[o->guest];
    const enum gale_trap fault = expect_kind(m, o->index, o->kind);

    if (fault == GALE_TRAP_NONE && copies[m->handles[o->index].copy].type != o->type) {
        return GALE_TRAP_WRONG_KIND;
    }
    return fault;
}

static enum gale_trap expect_begin(const struct op *o)
{
    static const enum gale_trap done[] = {GALE_TRAP_STREAM_READ_DONE, GALE_TRAP_STREAM_WRITE_DONE,
                                          GALE_TRAP_FUTURE_READ_DONE, GALE_TRAP_FUTURE_WRITE_DONE};
    const struct model_handle *h = &model[o->guest].handles[o->index];
    const struct model_copy *c = &copies[h->copy];

    if (h->state != GALE_COPY_IDLE) {
        return h->state == GALE_COPY_BUSY ? GALE_TRAP_COPY_BUSY : done[o->kind - GALE_HANDLE_STREAM_READ];
    }
    if (o->length > GALE_COPY_LENGTH_MAX) {
        return GALE_TRAP_COPY_LENGTH;
    }
    if (o->type != TYPE_NONE && o->length > 0 && o->ptr % aligns[o->type] != 0) {
        return GALE_TRAP_UNALIGNED;
    }
    if (o->type != TYPE_NONE && o->length > 0 && o->ptr + (uint64_t)o->length * sizes[o->type] > PAGE) {
        return GALE_TRAP_OUT_OF_BOUNDS;
    }
    if (!c->dropped && c->index != 0 && c->guest == o->guest && o->type == TYPE_PAIR) {
        return GALE_TRAP_COPY_SAME_INSTANCE;
    }
    return GALE_TRAP_NONE;
}

static enum gale_trap expect_drop(const struct op *o)
{
    const struct model_handle *h = &model[o->guest].handles[o->index];

    if (o->kind == GALE_HANDLE_FUTURE_WRITE && h->state != GALE_COPY_DONE) {
        return GALE_TRAP_FUTURE_UNWRITTEN;
    }
    if (h->state == GALE_COPY_BUSY) {
        return op_reads(o) ? GALE_TRAP_READER_BUSY : GALE_TRAP_WRITER_BUSY;
    }
    return GALE_TRAP_NONE;
}

static enum gale_trap expect_move(const struct op *o)
{
    const struct model_handle *h = &model[o->guest].handles[o->index];

    if (h->state == GALE_COPY_DONE) {
        return op_future(o) ? GALE_TRAP_FUTURE_LIFT_DONE : GALE_TRAP_STREAM_LIFT_DONE;
    }
    if (h->state == GALE_COPY_BUSY) {
        return GALE_TRAP_COPY_BUSY;
    }
    if (h->set != 0) {
        return op_future(o) ? GALE_TRAP_FUTURE_LIFT_IN_SET : GALE_TRAP_STREAM_LIFT_IN_SET;
    }
    return o->other != o->guest && model_room(&model[o->other]) == 0 ? GALE_TRAP_TABLE_FULL : GALE_TRAP_NONE;
}

static enum gale_trap expect_join(const struct op *o)
{
    const struct model_guest *m = &model[o->guest];

    if (expect_kind(m, o->index, GALE_HANDLE_FREE) == GALE_TRAP_UNKNOWN_HANDLE) {
        return GALE_TRAP_UNKNOWN_HANDLE;
    }
    if (m->handles[o->index].kind < GALE_HANDLE_SUBTASK) {
        return GALE_TRAP_WRONG_KIND;
    }
    return o->other == 0 ? GALE_TRAP_NONE : expect_kind(m, o->other, GALE_HANDLE_SET);
}

/* What a new handle lacks: a place in the budget, `want` entries of the table. */
static enum gale_trap expect_new(const struct model_guest *m, unsigned budget, unsigned want)
{
    if (budget == 0) {
        return GALE_TRAP_BUDGET;
    }
    return model_room(m) < want ? GALE_TRAP_TABLE_FULL : GALE_TRAP_NONE;
}

/* The trap that an operation on an end leads to, once the end is what the operation says it is. */
static enum gale_trap expect_of_end(const struct op *o)
{
    switch (o->what) {
    case OP_BEGIN:
        return expect_begin(o);
    case OP_CANCEL:
        return model[o->guest].handles[o->index].state == GALE_COPY_BUSY ? GALE_TRAP_NONE : GALE_TRAP_COPY_IDLE;
    case OP_DROP:
        return expect_drop(o);
    default:
        return expect_move(o);
    }
}

enum gale_trap model_expect(const struct op *o)
{
    const struct model_guest *m = &model[o->guest];
    enum gale_trap fault;

    switch (o->what) {
    case OP_NEW:
        return expect_new(m, m->streams_left, 2);
    case OP_SET_NEW:
        return expect_new(m, m->sets_left, 1);
    case OP_RESOURCE_NEW:
    case OP_CONTEXT_NEW:
        return expect_new(m, 1, 1);
    case OP_SET_DROP:
        fault = expect_kind(m, o->index, GALE_HANDLE_SET);
        return fault == GALE_TRAP_NONE && m->handles[o->index].members > 0 ? GALE_TRAP_SET_HAS_MEMBERS : fault;
    case OP_POLL:
        return expect_kind(m, o->index, GALE_HANDLE_SET);
    case OP_JOIN:
        return expect_join(o);
    case OP_RESOURCE_REP:
    case OP_RESOURCE_DROP:
        return expect_kind(m, o->index, GALE_HANDLE_OWN);
    case OP_CONTEXT_DROP:
        return expect_kind(m, o->index, GALE_HANDLE_ERROR_CONTEXT);
    default:
        fault = expect_end(o);
        return fault == GALE_TRAP_NONE ? expect_of_end(o) : fault;
    }
}
