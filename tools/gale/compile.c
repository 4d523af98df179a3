/* SPDX-License-Identifier: Apache-2.0 */
#include "compile.h"

#include "command.h"
#include "compile_key.h"
#include "diag.h"
#include "lower.h"
#include "output.h"
#include "process.h"

#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define COMPILE_JOBS_MAX 8
#define COMPILE_ARGUMENTS 64
#define COMPILE_STALE_SECONDS 10

/* Where a program grows: `folder` holds the C, the objects and at last the program. */
struct compile {
    const struct compile_options *options;
    struct arena *arena;
    char *folder;
    ARRAY(char *) objects;
    pid_t jobs[COMPILE_JOBS_MAX];
    uint32_t job_count;
    uint32_t jobs_wanted;
    bool failed;
};

static void compile_wait_one(struct compile *c)
{
    c->failed = !process_wait(c->jobs[0]) || c->failed;
    c->job_count--;
    memmove(&c->jobs[0], &c->jobs[1], c->job_count * sizeof c->jobs[0]);
}

static void compile_start(struct compile *c, const char *name)
{
    char *arguments[COMPILE_ARGUMENTS];
    char *object = arena_print(c->arena, "%s/%s.o", c->folder, name);
    size_t count = compile_flags(c->arena, c->options, arguments);

    arguments[count++] = arena_print(c->arena, "-I%s/c", c->folder);
    arguments[count++] = arena_print(c->arena, "-c");
    arguments[count++] = arena_print(c->arena, "%s/c/%s", c->folder, name);
    arguments[count++] = arena_print(c->arena, "-o");
    arguments[count++] = object;
    arguments[count] = NULL;
    if (c->job_count == c->jobs_wanted) {
        compile_wait_one(c);
    }
    c->jobs[c->job_count] = process_start(arguments, NULL);
    c->failed = c->jobs[c->job_count] < 0 || c->failed;
    c->job_count += c->jobs[c->job_count] < 0 ? 0 : 1;
    *ARRAY_ADD(c->arena, &c->objects) = object;
}

static int compile_by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The C files, modules first: they take longest. */
static bool compile_objects(struct compile *c)
{
    DIR *directory = opendir(arena_print(c->arena, "%s/c", c->folder));
    ARRAY(char *) names = {NULL, 0, 0};
    struct dirent *entry;

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        size_t length = strlen(entry->d_name);
        if (length > 2 && strcmp(entry->d_name + length - 2, ".c") == 0) {
            *ARRAY_ADD(c->arena, &names) = arena_print(c->arena, "%s", entry->d_name);
        }
    }
    if (directory == NULL) {
        return false;
    }
    (void)closedir(directory);
    qsort(names.at, names.count, sizeof names.at[0], compile_by_name);
    for (uint32_t i = names.count; i-- > 0 && !c->failed;) {
        compile_start(c, names.at[i]);
    }
    while (c->job_count > 0) {
        compile_wait_one(c);
    }
    return !c->failed;
}

static bool compile_link(struct compile *c)
{
    size_t count = 0;
    char **arguments = ARENA_ARRAY(c->arena, char *, c->objects.count + COMPILE_ARGUMENTS);

    arguments[count++] = arena_print(c->arena, "%s", compile_compiler());
    arguments[count++] = arena_print(c->arena, "-o");
    arguments[count++] = arena_print(c->arena, "%s/program", c->folder);
    for (uint32_t i = 0; i < c->objects.count; i++) {
        arguments[count++] = c->objects.at[i];
    }
    count += compile_libraries(c->arena, arguments + count);
    arguments[count] = NULL;
    return process_wait(process_start(arguments, NULL));
}

static int compile_steps(struct compile *c, const char *program)
{
    struct lower_options lower = {.component = c->options->component,
                                  .output = arena_print(c->arena, "%s/c", c->folder),
                                  .budget = c->options->budget,
                                  .open = c->options->open};
    int status = lower_component(&lower);

    if (status != COMMAND_OK) {
        return status;
    }
    if (!compile_objects(c) || !compile_link(c)) {
        (void)fprintf(stderr, "gale: %s: what was generated could not be compiled\n", c->options->component);
        return COMMAND_FAILED;
    }
    if (rename(arena_print(c->arena, "%s/program", c->folder), program) != 0) {
        perror(program);
        return COMMAND_FAILED;
    }
    return COMMAND_OK;
}

/* What a build leaves that was killed: folders beside the program that no process holds any more. */
static void compile_remove_stale(struct arena *arena, const char *program)
{
    glob_t found;

    if (glob(arena_print(arena, "%s.??????", program), GLOB_ONLYDIR | GLOB_NOSORT, NULL, &found) != 0) {
        return;
    }
    for (size_t i = 0; i < found.gl_pathc; i++) {
        int folder = open(found.gl_pathv[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        struct stat state;
        bool old = folder >= 0 && fstat(folder, &state) == 0 && time(NULL) - state.st_ctime > COMPILE_STALE_SECONDS;
        if (old && flock(folder, LOCK_EX | LOCK_NB) == 0) {
            output_remove(found.gl_pathv[i]);
        }
        if (folder >= 0) {
            (void)close(folder);
        }
    }
    globfree(&found);
}

/* Makes the folder and holds it, until the descriptor is closed, however this process ends. Negative: failed. */
static int compile_begin(struct compile *c)
{
    int folder = mkdtemp(c->folder) == NULL ? -1 : open(c->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (folder < 0 || flock(folder, LOCK_EX | LOCK_NB) != 0) {
        perror(c->folder);
    }
    return folder;
}

static int compile_into(const struct compile_options *options, struct arena *arena, const char *program)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct compile c = {.options = options, .arena = arena, .folder = arena_print(arena, "%s.XXXXXX", program)};
    int status;
    int lock;

    c.jobs_wanted = processors < 1 ? 1 : processors > COMPILE_JOBS_MAX ? COMPILE_JOBS_MAX : (uint32_t)processors;
    compile_remove_stale(arena, program);
    process_signals_begin();
    lock = compile_begin(&c);
    status = lock < 0 ? COMMAND_FAILED : compile_steps(&c, program);
    output_remove(c.folder);
    if (lock >= 0) {
        (void)close(lock);
    }
    process_signals_end();
    return status;
}

int compile_component(const struct compile_options *options, char **program)
{
    struct diag diag = {.kind = DIAG_NONE};
    struct arena arena = {.diag = &diag};
    volatile int status = COMMAND_FAILED;
    char *path;

    *program = NULL;
    if (setjmp(diag.escape) != 0) {
        diag_print(&diag, options->component);
        arena_close(&arena);
        return COMMAND_FAILED;
    }
    path = compile_path(&arena, options);
    if (path != NULL) {
        status = access(path, X_OK) == 0 && !options->rebuild ? COMMAND_OK : compile_into(options, &arena, path);
        *program = status == COMMAND_OK ? strdup(path) : NULL;
    }
    arena_close(&arena);
    return status;
}
