/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Memory shared by processes, each of which may do with each part what its partitions say, and no more. Linux.
 *
 * One process creates the object; each one maps it for itself. A part that is mapped read-only stays so: it is mapped
 * through a file that cannot be written, so mprotect() does not help. The size is sealed, so no process can make
 * another's access fail by cutting the object. A mapping is not inherited by fork(), and stands between two pages that
 * nobody can touch.
 *
 * A process that is not to map it otherwise must not keep the object: call gale_posix_shared_close() after mapping.
 * Processes of one user can reach each other by other ways (ptrace, /proc): who runs hostile code gives it a user or a
 * sandbox of its own.
 */
#ifndef GALE_PORT_POSIX_SHARED_H
#define GALE_PORT_POSIX_SHARED_H

#include "gale/kernel/mpu.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A shared memory object as one process holds it; all zero bytes when created. */
struct gale_posix_shared {
    int writable; /**< A file descriptor; -1 when closed. */
    int readable; /**< The same object, for reading only; -1 when closed. */
    size_t bytes; /**< Size of the object, whole pages. */
};

/** An object as this process sees it. */
struct gale_posix_mapping {
    void *start;  /**< The object's first byte; NULL when not mapped. */
    size_t bytes; /**< Its size. */
};

/**
 * Create an object of at least `bytes` bytes.
 *
 * @param[out] shared  Filled in on success. Children get it by fork(), not by exec().
 * @retval GALE_OK      Done.
 * @retval GALE_EINVAL  `bytes` is 0 or too large.
 * @retval GALE_ENOMEM  The system has no more.
 * @context thread; never blocks.
 */
/*@ requires own: \valid(shared);
    assigns  *shared;
    ensures  code: \result == GALE_OK || \result == GALE_EINVAL || \result == GALE_ENOMEM;
*/
int gale_posix_shared_create(struct gale_posix_shared *shared, size_t bytes);

/** Forget the object in this process; mappings stay. The last close and unmap free it. @context thread; never blocks. */
/*@ requires own: \valid(shared);
    assigns  *shared;
    ensures  closed: shared->writable == -1 && shared->readable == -1;
*/
void gale_posix_shared_close(struct gale_posix_shared *shared);

/**
 * Map the object with the given partitions; what is in none of them cannot be touched.
 *
 * @param[in]  shared      Not closed.
 * @param[in]  partitions  `n` of them; their `start` is an offset into the object. Whole pages, RO or RW.
 * @param[out] mapping     Filled in on success.
 * @retval GALE_OK      Mapped.
 * @retval GALE_EINVAL  A partition is not of whole pages, not inside the object, or not RO or RW.
 * @retval GALE_ENOMEM  The system has no more.
 * @context thread; never blocks.
 */
/*@ requires own: \valid_read(shared) && \valid_read(partitions + (0 .. n - 1)) && \valid(mapping);
    assigns  *mapping;
    ensures  code: \result == GALE_OK || \result == GALE_EINVAL || \result == GALE_ENOMEM;
*/
int gale_posix_shared_map(const struct gale_posix_shared *shared, const struct gale_mem_partition partitions[],
                          uint32_t n, struct gale_posix_mapping *mapping);

/** Undo gale_posix_shared_map(). @context thread; never blocks. */
/*@ requires own: \valid(mapping);
    assigns  *mapping;
    ensures  gone: mapping->start == \null;
*/
void gale_posix_shared_unmap(struct gale_posix_mapping *mapping);

#ifdef __cplusplus
}
#endif

#endif /* GALE_PORT_POSIX_SHARED_H */
