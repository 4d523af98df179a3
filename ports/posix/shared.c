/* SPDX-License-Identifier: Apache-2.0 */
/* Shared memory objects: a sealed memfd, opened a second time for reading only, mapped part by part. */
#if defined(__linux__)

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gale/port_posix_shared.h"

/* The largest page of the systems this runs on; guard areas and objects are whole pages of any size up to it. */
#define SHARED_ROUND ((size_t)65536)
#define SHARED_BYTES_MAX (SIZE_MAX / 4u)

/** The same object through a file that cannot be written, so that no mapping of it ever can. */
static int shared_reopen(int fd)
{
    char path[40];

    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static void shared_close_fd(int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
    }
    *fd = -1;
}

int gale_posix_shared_create(struct gale_posix_shared *shared, size_t bytes)
{
    struct gale_posix_shared fresh = {-1, -1, 0};

    if (bytes == 0 || bytes > SHARED_BYTES_MAX) {
        return GALE_EINVAL;
    }
    fresh.bytes = (bytes + SHARED_ROUND - 1u) / SHARED_ROUND * SHARED_ROUND;
    fresh.writable = memfd_create("gale", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fresh.writable < 0 || ftruncate(fresh.writable, (off_t)fresh.bytes) != 0 ||
        fcntl(fresh.writable, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0 ||
        (fresh.readable = shared_reopen(fresh.writable)) < 0) {
        gale_posix_shared_close(&fresh);
        return GALE_ENOMEM;
    }
    *shared = fresh;
    return GALE_OK;
}

void gale_posix_shared_close(struct gale_posix_shared *shared)
{
    shared_close_fd(&shared->writable);
    shared_close_fd(&shared->readable);
}

static bool shared_partition_is_ok(const struct gale_posix_shared *shared, const struct gale_mem_partition *p)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    return (p->access == GALE_MPU_RO || p->access == GALE_MPU_RW) && p->size > 0 && p->start % page == 0 &&
           p->size % page == 0 && p->start < shared->bytes && p->size <= shared->bytes - p->start;
}

/** Puts one part of the object over the reserved addresses. */
static bool shared_map_part(const struct gale_posix_shared *shared, const struct gale_mem_partition *p, uint8_t *start)
{
    bool writes = p->access == GALE_MPU_RW;

    return mmap(start + p->start, p->size, writes ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED | MAP_FIXED,
                writes ? shared->writable : shared->readable, (off_t)p->start) != MAP_FAILED;
}

int gale_posix_shared_map(const struct gale_posix_shared *shared, const struct gale_mem_partition partitions[],
                          uint32_t n, struct gale_posix_mapping *mapping)
{
    size_t reserved = shared->bytes + 2u * SHARED_ROUND;
    uint32_t i = 0;

    while (i < n && shared_partition_is_ok(shared, &partitions[i])) {
        i++;
    }
    if (i < n) {
        return GALE_EINVAL;
    }
    uint8_t *area = (uint8_t *)mmap(NULL, reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (area == (uint8_t *)MAP_FAILED) {
        return GALE_ENOMEM;
    }
    for (i = 0; i < n && shared_map_part(shared, &partitions[i], area + SHARED_ROUND); i++) {
    }
    if (i < n || madvise(area, reserved, MADV_DONTFORK) != 0) {
        (void)munmap(area, reserved);
        return GALE_ENOMEM;
    }
    mapping->start = area + SHARED_ROUND;
    mapping->bytes = shared->bytes;
    return GALE_OK;
}

void gale_posix_shared_unmap(struct gale_posix_mapping *mapping)
{
    if (mapping->start != NULL) {
        (void)munmap((uint8_t *)mapping->start - SHARED_ROUND, mapping->bytes + 2u * SHARED_ROUND);
    }
    mapping->start = NULL;
    mapping->bytes = 0;
}

#else

/* Elsewhere there is none; ISO C wants a declaration. */
typedef int gale_posix_shared_is_for_linux;

#endif
