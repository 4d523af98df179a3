/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What the process tests of the shared region have in common: the parent owns the block, and a child maps its side of it
 * and reports by its exit status; what it checks is printed as in any other test.
 */
#ifndef TESTS_PROCESSES_SHARED_STREAM_REGION_FIXTURE_H
#define TESTS_PROCESSES_SHARED_STREAM_REGION_FIXTURE_H

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gale/async/shared_stream_region.h"
#include "gale/port_posix_shared.h"
#include "test.h"

#define WRITER GALE_SHARED_STREAM_REGION_WRITER
#define READER GALE_SHARED_STREAM_REGION_READER
#define CHILD_SECONDS 100u

static struct gale_shared_stream_region_layout layout;
static struct gale_posix_shared shared;
static struct gale_posix_mapping owners, mine;
static struct gale_shared_stream_region region;
static struct gale_shared_stream_region_writer writer;
static struct gale_shared_stream_region_reader reader;

/* The parent's part: the object, a mapping with all rights, an open stream. */
static bool given_block(uint32_t elem_bytes, uint32_t capacity)
{
    struct gale_mem_partition all = {0, 0, GALE_MPU_RW};

    if (gale_shared_stream_region_layout_init(GALE_MPU_PAGE, elem_bytes, capacity, &layout) != GALE_OK ||
        gale_posix_shared_create(&shared, layout.block_bytes) != GALE_OK) {
        return false;
    }
    all.size = shared.bytes;
    return gale_posix_shared_map(&shared, &all, 1, &owners) == GALE_OK &&
           gale_shared_stream_region_init(&region, &layout, owners.start, owners.bytes) == GALE_OK;
}

static void done_with_block(void)
{
    gale_posix_shared_unmap(&mine);
    gale_posix_shared_unmap(&owners);
    gale_posix_shared_close(&shared);
}

static bool map_side(enum gale_shared_stream_region_side side)
{
    struct gale_mem_partition p[GALE_SHARED_STREAM_REGION_PARTITIONS];

    gale_shared_stream_region_partitions(&layout, side, 0, p);
    return gale_posix_shared_map(&shared, p, 2, &mine) == GALE_OK;
}

/* A process that maps one side, gives up the object, and runs `body`. */
static pid_t start(enum gale_shared_stream_region_side side, void (*body)(void))
{
    (void)fflush(stdout);
    pid_t pid = fork();

    if (pid != 0) {
        return pid;
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)prctl(PR_SET_DUMPABLE, 0); /* those that die here leave no core file */
    (void)signal(SIGSEGV, SIG_DFL);  /* not a sanitizer's */
    (void)alarm(CHILD_SECONDS);
    CHECK(map_side(side));
    gale_posix_shared_close(&shared);
    if (test_failures() == 0) {
        body();
    }
    (void)fflush(stdout);
    _exit(test_failures() != 0);
}

/* The exit status of a child; minus its signal if it died of one. */
static int join(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

#endif /* TESTS_PROCESSES_SHARED_STREAM_REGION_FIXTURE_H */
