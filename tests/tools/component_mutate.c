/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Flips, cuts, inserts and joins bytes of valid components and reads the result: component_mutate [RUNS [SEED [FILE...]]]
 *
 * Whatever the bytes are, the tool ends with a plan or a refusal. Each run does one to four changes. Without files, the
 * samples of the tests are taken. Meant to run under sanitizers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lower_support.h"
#include "plan_support.h"
#include "random.h"
#include "samples.h"
#include "text.h"
#include "wit.h"

#define FILES 256
#define ROOM 262144

struct mutate_file {
    uint8_t *bytes;
    uint32_t size;
};

static struct mutate_file mutate_files[FILES];
static unsigned mutate_file_count;
static uint8_t mutate_bytes[ROOM];

static void mutate_add(const uint8_t *bytes, uint32_t size)
{
    uint8_t *copy = malloc(size);
    if (copy != NULL && size != 0 && mutate_file_count < FILES) {
        memcpy(copy, bytes, size);
        mutate_files[mutate_file_count++] = (struct mutate_file){copy, size};
    } else {
        free(copy);
    }
}

static void mutate_add_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        (void)fprintf(stderr, "component_mutate: cannot read %s\n", path);
        return;
    }
    mutate_add(mutate_bytes, (uint32_t)fread(mutate_bytes, 1, ROOM / 2, file));
    (void)fclose(file);
}

static uint32_t mutate_remove(struct random_state *random, uint32_t size, uint32_t at)
{
    uint32_t count = 1 + random_below(random, 4);
    count = count > size - at ? size - at : count;
    memmove(mutate_bytes + at, mutate_bytes + at + count, size - at - count);
    return size - count;
}

static uint32_t mutate_insert(struct random_state *random, uint32_t size, uint32_t at)
{
    if (size == ROOM) {
        return size;
    }
    memmove(mutate_bytes + at + 1, mutate_bytes + at, size - at);
    mutate_bytes[at] = (uint8_t)random_below(random, 256);
    return size + 1;
}

/** Goes on with the bytes of another file from some place. */
static uint32_t mutate_splice(struct random_state *random, uint32_t at)
{
    const struct mutate_file *other = &mutate_files[random_below(random, mutate_file_count)];
    uint32_t from = random_below(random, other->size);
    uint32_t count = other->size - from;
    count = count > ROOM - at ? ROOM - at : count;
    memcpy(mutate_bytes + at, other->bytes + from, count);
    return at + count;
}

static uint32_t mutate_once(struct random_state *random, uint32_t size)
{
    static const uint8_t telling[] = {0, 1, 2, 0x7f, 0x80, 0xff, 0x40, 0x43, 0x0a, 0x10};
    uint32_t at = random_below(random, size);
    switch (random_below(random, 8)) {
    case 0:
        return at + 1; /* cut */
    case 1:
        return mutate_remove(random, size, at);
    case 2:
        return mutate_insert(random, size, at);
    case 3:
        return mutate_splice(random, at);
    case 4:
        mutate_bytes[at] ^= (uint8_t)(1u << random_below(random, 8));
        return size;
    case 5:
        mutate_bytes[at] = telling[random_below(random, sizeof telling)];
        return size;
    case 6:
        mutate_bytes[at]++;
        return size;
    default:
        mutate_bytes[at] = (uint8_t)random_below(random, 256);
        return size;
    }
}

static bool mutate_run(struct random_state *random)
{
    const struct mutate_file *file = &mutate_files[random_below(random, mutate_file_count)];
    uint32_t size = file->size;
    memcpy(mutate_bytes, file->bytes, size);
    for (uint32_t n = 1 + random_below(random, 4); n > 0 && size > 0; n--) {
        size = mutate_once(random, size);
    }
    const struct plan *plan = plan_of_bytes(mutate_bytes, size);
    if (plan != NULL && size < 16384) {
        struct text out = {.arena = plan->arena};
        static struct lowered lowered;
        wit_print(&out, plan);
        (void)lower_of(&lowered, plan);
    }
    return plan != NULL;
}

int main(int argc, char **argv)
{
    unsigned long runs = argc > 1 ? strtoul(argv[1], NULL, 10) : 20000;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    struct random_state random = {1};
    unsigned long linked = 0;
    random.state = seed;
    for (int i = 3; i < argc; i++) {
        mutate_add_file(argv[i]);
    }
    for (unsigned i = 0; i < sample_count && argc <= 3; i++) {
        mutate_add(mutate_bytes, assemble(samples[i].text, mutate_bytes));
    }
    clock_t start = clock();
    for (unsigned long i = 0; i < runs && mutate_file_count != 0; i++) {
        linked += mutate_run(&random);
    }
    plan_forget();
    (void)printf("component_mutate: %lu runs on %u components, seed %llu: %lu still link, %.1f s\n", runs,
                 mutate_file_count, (unsigned long long)seed, linked, (double)(clock() - start) / CLOCKS_PER_SEC);
    bool good = mutate_file_count != 0 && linked != 0 && linked < runs;
    (void)printf("%d passed, %d failed\n", good, !good);
    for (unsigned i = 0; i < mutate_file_count; i++) {
        free(mutate_files[i].bytes);
    }
    return good ? 0 : 1;
}
