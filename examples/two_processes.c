/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Two processes with a stream between them that do not trust each other. The parent lays the block out and starts a
 * writer, which sends the lines of a poem, and a reader, which counts their words; each maps the block with its own
 * rights only. Then a third process, with a reader's rights, tries to write into the poem.
 */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gale/async/shared_stream_region.h"
#include "gale/port_posix_shared.h"

#define LINES 4000u
#define WORDS (LINES / 4 * (5 + 4 + 6 + 5))

static const char poem[4][48] = {"Who has seen the wind?", "Neither I nor you:", "But when the leaves hang trembling,",
                                 "The wind is passing by."};
static struct gale_shared_stream_region_layout layout;
static struct gale_posix_shared memory;
static int answer[2];

static int write_poem(void *block)
{
    struct gale_shared_stream_region_writer w;

    gale_shared_stream_region_writer_init(&w, &layout, block, 1);
    for (unsigned i = 0; i < LINES; i++) {
        while (gale_shared_stream_region_write(&w, poem[i % 4]) == GALE_EAGAIN) {
            (void)sched_yield(); /* full; a larger program sleeps on a doorbell here */
        }
    }
    gale_shared_stream_region_write_close(&w);
    return 0;
}

static int count_words(void *block)
{
    struct gale_shared_stream_region_reader r;
    char line[sizeof poem[0]]; /* a copy: the writer cannot change it while we look at it */
    unsigned words = 0;
    int status;

    gale_shared_stream_region_reader_init(&r, &layout, block, 1);
    while ((status = gale_shared_stream_region_read(&r, line)) == GALE_OK || status == GALE_EAGAIN) {
        for (size_t i = 0; status == GALE_OK && i < sizeof line && line[i] != '\0'; i++) {
            words += line[i] != ' ' && (i == 0 || line[i - 1] == ' ');
        }
    }
    return status != GALE_EPIPE || write(answer[1], &words, sizeof words) != sizeof words;
}

static int spoil_poem(void *block)
{
    return *((volatile char *)block + layout.data_offset) = 'X';
}

/* Runs `body` in a process that can reach the block as `side` may, and in no other way. */
static pid_t start(enum gale_shared_stream_region_side side, int (*body)(void *block))
{
    struct gale_mem_partition rights[GALE_SHARED_STREAM_REGION_PARTITIONS];
    struct gale_posix_mapping here;
    pid_t pid = fork();

    if (pid == 0) {
        (void)signal(SIGSEGV, SIG_DFL);
        gale_shared_stream_region_partitions(&layout, side, 0, rights);
        bool mapped = gale_posix_shared_map(&memory, rights, 2, &here) == GALE_OK;
        gale_posix_shared_close(&memory);
        _exit(mapped ? body(here.start) : 1);
    }
    return pid;
}

int main(void)
{
    unsigned words = 0;
    int ended[3] = {-1, -1, -1};
    if (gale_shared_stream_region_layout_init(GALE_MPU_PAGE, sizeof poem[0], 64, &layout) != GALE_OK ||
        gale_posix_shared_create(&memory, layout.block_bytes) != GALE_OK || pipe(answer) != 0) {
        return 1;
    }
    (void)waitpid(start(GALE_SHARED_STREAM_REGION_READER, spoil_poem), &ended[2], 0);
    pid_t reader = start(GALE_SHARED_STREAM_REGION_READER, count_words);
    pid_t writer = start(GALE_SHARED_STREAM_REGION_WRITER, write_poem);
    (void)waitpid(writer, &ended[0], 0);
    (void)waitpid(reader, &ended[1], 0);
    bool counted = ended[1] == 0 && read(answer[0], &words, sizeof words) == sizeof words;
    printf("writer: sent %u lines\nreader: counted %u words; the parent, %u\n", LINES, words, WORDS);
    printf("a reader that writes into the poem: %s\n",
           WIFSIGNALED(ended[2]) ? strsignal(WTERMSIG(ended[2])) : "got by");
    return !(ended[0] == 0 && counted && words == WORDS && WIFSIGNALED(ended[2]));
}
