/* SPDX-License-Identifier: Apache-2.0 */
/**
 * future.read and future.write: each harness begins in one situation, which built-ins have made.
 * @cbmc --max-field-sensitivity-array-size 64 --unwind 18
 * @cbmc --unwindset list_init_links.0:40,list_init_links.1:40,waitable_wake.0:2
 */
#include "component_copy_calls.h"

/* @bound the peer is idle, in another instance; any pointer; a value of 0, 1 or 4 bytes
 * @mutant src/component/copy.c: `if (type != NULL && o->length > 0) {` -> `if (false) {` */
void check_read_idle(void)
{
    new_pair(GALE_HANDLE_FUTURE_READ, false);
    async_call();
}

/* @bound the peer is idle, in another instance; any pointer; a value of 0, 1 or 4 bytes
 * @mutant src/component/copy.c: `o->handle->state = GALE_COPY_BUSY;` -> `` */
void check_write_idle(void)
{
    new_pair(GALE_HANDLE_FUTURE_WRITE, false);
    async_call();
}

/* @bound the peer, in another instance, waits with any pointer; any pointer; a value of 0, 1 or 4 bytes
 * @mutant src/component/copy.c: `copy_meet(c, o, 1);` -> ``
 * @mutant src/component/copy.c: `gale__copy_notify(s, c, GALE_COPY_COMPLETED);
    } else {` -> `} else {` */
void check_read_offered(void)
{
    offered(GALE_HANDLE_FUTURE_READ, false);
    async_call();
}

/* @bound the peer, in another instance, waits with any pointer; any pointer; a value of 0, 1 or 4 bytes
 * @mutant src/component/copy.c: `copy_meet(c, o, 1);` -> `copy_meet(c, o, 2);`
 * @mutant src/component/copy.c: `(future && result == GALE_COPY_COMPLETED) ?` -> `false ?` */
void check_write_offered(void)
{
    offered(GALE_HANDLE_FUTURE_WRITE, false);
    async_call();
}

/* @bound the reader was dropped; any pointer; a value of 0, 1 or 4 bytes
 * @mutant src/component/copy.c: `if ((c->flags & GALE_COPY_IS_DROPPED) != 0) {` -> `if (false) {` */
void check_write_dropped(void)
{
    dropped(GALE_HANDLE_FUTURE_WRITE);
    async_call();
}

/* @bound the peer, in the same instance, waits with any pointer; any pointer; a value of 0, 1 or 4 bytes
 * @mutant src/component/copy.c: `if (c->instance == o->instance->id && !number) {` -> `if (false) {` */
void check_read_here(void)
{
    offered(GALE_HANDLE_FUTURE_READ, true);
    async_call();
}

/* @bound the peer, in the same instance, waits with any pointer; any pointer; a value of 0, 1 or 4 bytes
 * @mutant src/component/copy.c: `if (c->instance == o->instance->id && !number) {` -> `if (false) {` */
void check_write_here(void)
{
    offered(GALE_HANDLE_FUTURE_WRITE, true);
    async_call();
}

/* @bound the writer is idle, in another instance, and writes from any pointer; a value of 0, 1 or 4 bytes
 * @mutant src/component/copy.c: `return gale__waitable_take(i, index);` -> `return GALE_CANON_BLOCKED;` */
void check_read_sync(void)
{
    new_pair(GALE_HANDLE_FUTURE_READ, false);
    sync_call();
}

/* @bound the reader is idle, in another instance, and reads to any pointer, or goes; a value of 0, 1 or 4 bytes
 * @mutant src/component/copy.c: `gale__copy_notify(s, c, GALE_COPY_DROPPED);` -> `` */
void check_write_sync(void)
{
    new_pair(GALE_HANDLE_FUTURE_WRITE, false);
    sync_call();
}
