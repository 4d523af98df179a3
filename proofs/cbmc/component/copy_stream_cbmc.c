/* SPDX-License-Identifier: Apache-2.0 */
/**
 * stream.read and stream.write: each harness begins in one situation, which built-ins have made.
 * @cbmc --max-field-sensitivity-array-size 64 --unwind 18
 * @cbmc --unwindset list_init_links.0:40,list_init_links.1:40,waitable_wake.0:2
 */
#include "component_copy_calls.h"

/* @bound the peer is idle, in another instance; any pointer and length; elements of 0, 1 and 4 bytes
 * @mutant src/component/copy.c: `if (!gale_memory_holds(o->options->values->memory, o->ptr, (uint64_t)o->length * type->size)) {` -> `if (false) {`
 * @mutant src/component/copy.c: `if (o->length > GALE_COPY_LENGTH_MAX) {` -> `if (false) {`
 * @mutant src/component/copy.c: `o->handle->state = GALE_COPY_BUSY;` -> `` */
void check_read_idle(void)
{
    new_pair(GALE_HANDLE_STREAM_READ, false);
    async_call();
}

/* @bound the peer is idle, in another instance; any pointer and length; elements of 0, 1 and 4 bytes
 * @mutant src/component/copy.c: `(o->reads ? GALE_COPY_PENDING_READ : 0u)` -> `GALE_COPY_PENDING_READ`
 * @mutant src/component/copy.c: `if (type != NULL && o->length > 0) {` -> `if (o->length > 0) {` */
void check_write_idle(void)
{
    new_pair(GALE_HANDLE_STREAM_WRITE, false);
    async_call();
}

/* @bound the peer, in another instance, has offered any buffer; any pointer and length; elements of 0, 1, 4 bytes
 * @mutant src/component/copy_core.h: `return length < left ? length : left;` -> `return length;`
 * @mutant src/component/copy_core.h: `return length < left ? length : left;` -> `return left;`
 * @mutant src/component/copy.c: `(o->ptr & (type->align - 1u)) != 0` -> `false` */
void check_read_offered(void)
{
    offered(GALE_HANDLE_STREAM_READ, false);
    async_call();
}

/* @bound the peer, in another instance, has offered any buffer; any pointer and length; elements of 0, 1, 4 bytes
 * @mutant src/component/copy_core.h: `return length < left ? length : left;` -> `return length;`
 * @mutant src/component/copy_internal.h: `copy_between(theirs, c->ptr, mine, o->ptr, n);` -> `copy_between(theirs, c->ptr, mine, o->ptr, n + 1);` */
void check_write_offered(void)
{
    offered(GALE_HANDLE_STREAM_WRITE, false);
    async_call();
}

/* @bound the peer was dropped; any pointer and length; elements of 0, 1 and 4 bytes
 * @mutant src/component/copy.c: `if ((c->flags & GALE_COPY_IS_DROPPED) != 0) {` -> `if (false) {` */
void check_read_dropped(void)
{
    dropped(GALE_HANDLE_STREAM_READ);
    async_call();
}

/* @bound the peer was dropped; any pointer and length; elements of 0, 1 and 4 bytes
 * @mutant src/component/copy.c: `return result == GALE_COPY_DROPPED ||` -> `return` */
void check_write_dropped(void)
{
    dropped(GALE_HANDLE_STREAM_WRITE);
    async_call();
}

/* @bound the peer, in the same instance, has offered any buffer; any pointer and length; elements of 0, 1 and 4 bytes
 * @mutant src/component/copy.c: `if (c->instance == o->instance->id && !number) {` -> `if (false) {`
 * @mutant src/component/copy_internal.h: `back ? n - 1u - k : k` -> `k`
 * @mutant src/component/copy_internal.h: `if (copy_distance(dst, src) >= n) {` -> `if (true) {` */
void check_read_here(void)
{
    offered(GALE_HANDLE_STREAM_READ, true);
    async_call();
}

/* @bound the peer, in the same instance, has offered any buffer; any pointer and length; elements of 0, 1 and 4 bytes
 * @mutant src/component/copy_internal.h: `back ? n - 1u - k : k` -> `n - 1u - k` */
void check_write_here(void)
{
    offered(GALE_HANDLE_STREAM_WRITE, true);
    async_call();
}
