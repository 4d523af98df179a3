/* SPDX-License-Identifier: Apache-2.0 */
/** Canonical ABI, canon {stream,future}.{new, read, write, cancel-read, cancel-write, drop-readable, drop-writable}. */
#include "runtime.h"

/** Index of a writable end in the answer of `new`. */
#define CANON_COPY_WRITABLE_SHIFT 32u

/*@ requires own: \valid(i); */
static uint32_t canon_copy_add(struct gale_instance *i, enum gale_handle_kind kind, gale_id copy)
{
    const uint32_t index = gale_handle_table_add(&i->handles, kind, copy);

    if (index == 0) {
        gale_trap(i, GALE_TRAP_TABLE_FULL);
    }
    return index;
}

/** Makes a stream or future, counted in the instance's budget; `kind` is that of its readable end. */
/*@ requires own: \valid(i) && \valid_read(o); */
static uint64_t canon_copy_new(struct gale_instance *i, const struct gale_copy_options *o, enum gale_handle_kind kind)
{
    const unsigned flags = kind == GALE_HANDLE_FUTURE_READ ? GALE_COPY_IS_FUTURE : 0u;
    uint32_t readable;
    gale_id copy;

    if (!i->may_leave) {
        gale_trap(i, GALE_TRAP_CANNOT_LEAVE);
    }
    if (i->left.streams == 0) {
        gale_trap(i, GALE_TRAP_BUDGET);
    }
    copy = gale__copy_new(i->store, o->type, flags);
    i->left.streams--;
    gale__copy(i->store, copy)->owner = i->id;
    readable = canon_copy_add(i, kind, copy);
    return readable | (uint64_t)canon_copy_add(i, (enum gale_handle_kind)(kind + 1u), copy)
                          << CANON_COPY_WRITABLE_SHIFT;
}

uint64_t gale_canon_stream_new(struct gale_instance *i, const struct gale_copy_options *o)
{
    return canon_copy_new(i, o, GALE_HANDLE_STREAM_READ);
}

uint64_t gale_canon_future_new(struct gale_instance *i, const struct gale_copy_options *o)
{
    return canon_copy_new(i, o, GALE_HANDLE_FUTURE_READ);
}

uint32_t gale_canon_stream_read(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end, uint32_t ptr,
                                uint32_t n)
{
    return gale__copy_begin(i, GALE_HANDLE_STREAM_READ, o, end, ptr, n);
}

uint32_t gale_canon_stream_write(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end, uint32_t ptr,
                                 uint32_t n)
{
    return gale__copy_begin(i, GALE_HANDLE_STREAM_WRITE, o, end, ptr, n);
}

uint32_t gale_canon_future_read(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end, uint32_t ptr)
{
    return gale__copy_begin(i, GALE_HANDLE_FUTURE_READ, o, end, ptr, 1);
}

uint32_t gale_canon_future_write(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end, uint32_t ptr)
{
    return gale__copy_begin(i, GALE_HANDLE_FUTURE_WRITE, o, end, ptr, 1);
}

uint32_t gale_canon_stream_cancel_read(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end)
{
    return gale__copy_cancel(i, GALE_HANDLE_STREAM_READ, o, end);
}

uint32_t gale_canon_stream_cancel_write(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end)
{
    return gale__copy_cancel(i, GALE_HANDLE_STREAM_WRITE, o, end);
}

uint32_t gale_canon_future_cancel_read(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end)
{
    return gale__copy_cancel(i, GALE_HANDLE_FUTURE_READ, o, end);
}

uint32_t gale_canon_future_cancel_write(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end)
{
    return gale__copy_cancel(i, GALE_HANDLE_FUTURE_WRITE, o, end);
}

/** Traps unless the end may be dropped: it is not busy, and the value of a future was written. */
/*@ requires own: \valid(i) && \valid_read(h);
    assigns  \nothing;
    ensures  st04: h->state != GALE_COPY_BUSY;
    ensures  written: kind == GALE_HANDLE_FUTURE_WRITE ==> h->state == GALE_COPY_DONE;
*/
static void canon_copy_check_drop(struct gale_instance *i, const struct gale_handle *h, enum gale_handle_kind kind)
{
    const bool reads = kind == GALE_HANDLE_STREAM_READ || kind == GALE_HANDLE_FUTURE_READ;

    if (kind == GALE_HANDLE_FUTURE_WRITE && h->state != GALE_COPY_DONE) {
        gale_trap(i, GALE_TRAP_FUTURE_UNWRITTEN);
    }
    if (h->state == GALE_COPY_BUSY) {
        gale_trap(i, reads ? GALE_TRAP_READER_BUSY : GALE_TRAP_WRITER_BUSY);
    }
}

/** Drops an end that is not busy; a writable end of a future only when it is done. */
/*@ requires own: \valid(i) && \valid_read(o); */
static void canon_copy_drop(struct gale_instance *i, const struct gale_copy_options *o, enum gale_handle_kind kind,
                            uint32_t end)
{
    const struct gale_handle *h = gale__copy_end(i, kind, o->type, end);
    const gale_id copy = h->object;

    canon_copy_check_drop(i, h, kind);
    gale__waitable_leave(i, end);
    gale_handle_table_remove(&i->handles, end);
    gale__copy_drop(i->store, copy);
}

void gale_canon_stream_drop_readable(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end)
{
    canon_copy_drop(i, o, GALE_HANDLE_STREAM_READ, end);
}

void gale_canon_stream_drop_writable(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end)
{
    canon_copy_drop(i, o, GALE_HANDLE_STREAM_WRITE, end);
}

void gale_canon_future_drop_readable(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end)
{
    canon_copy_drop(i, o, GALE_HANDLE_FUTURE_READ, end);
}

void gale_canon_future_drop_writable(struct gale_instance *i, const struct gale_copy_options *o, uint32_t end)
{
    canon_copy_drop(i, o, GALE_HANDLE_FUTURE_WRITE, end);
}
