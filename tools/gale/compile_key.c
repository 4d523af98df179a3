/* SPDX-License-Identifier: Apache-2.0 */
#include "compile_key.h"

#include "output.h"
#include "sha256.h"
#include "translate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Folders of headers and the libraries, as the build made them; "" in an installed tool. */
#ifndef GALE_TOOL_INCLUDES
#define GALE_TOOL_INCLUDES ""
#endif
#ifndef GALE_TOOL_DEFINITIONS
#define GALE_TOOL_DEFINITIONS ""
#endif
#ifndef GALE_TOOL_LIBRARIES
#define GALE_TOOL_LIBRARIES ""
#endif

/* Beside the tool where it is installed. */
#define COMPILE_INSTALLED_INCLUDES "../include:../include/gale/tool"
#define COMPILE_INSTALLED_LIBRARIES \
    "../lib/libgale_host.a:../lib/libgale_guest.a:../lib/libgale_posix.a:../lib/libgale.a"

static const char *const compile_fixed_flags[] = {
    "-std=gnu11", "-w", "-frounding-math", "-fsignaling-nans", "-fstack-clash-protection", "-pipe",
};

const char *compile_compiler(void)
{
    const char *chosen = getenv("CC");

    return chosen != NULL && chosen[0] != '\0' ? chosen : "gcc";
}

/* The folder of the running tool, with a slash. */
static const char *compile_own_folder(struct arena *arena)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);

    while (length > 0 && path[length - 1] != '/') {
        length--;
    }
    return arena_copy(arena, path, length < 0 ? 0 : (size_t)length);
}

/* A list of paths with colons between, each with a prefix, one argument each. */
static size_t compile_list(struct arena *arena, const char *list, const char *prefix, char **arguments)
{
    size_t count = 0;

    while (list[0] != '\0') {
        size_t length = strcspn(list, ":");
        arguments[count++] = arena_print(arena, "%s%.*s", prefix, (int)length, list);
        list += length + (list[length] == ':');
    }
    return count;
}

/* The build's list if what it names exists, else the installed one. */
static size_t compile_places(struct arena *arena, const char *built, const char *installed, const char *prefix,
                             char **arguments)
{
    char *first = arena_copy(arena, built, strcspn(built, ":"));

    if (first[0] != '\0' && access(first, R_OK) == 0) {
        return compile_list(arena, built, prefix, arguments);
    }
    return compile_list(arena, installed, arena_print(arena, "%s%s", prefix, compile_own_folder(arena)), arguments);
}

size_t compile_flags(struct arena *arena, const struct compile_options *options, char **arguments)
{
    size_t count = 0;

    arguments[count++] = arena_print(arena, "%s", compile_compiler());
    arguments[count++] = arena_print(arena, "-O%s", options->level);
    for (size_t i = 0; i < sizeof compile_fixed_flags / sizeof compile_fixed_flags[0]; i++) {
        arguments[count++] = arena_print(arena, "%s", compile_fixed_flags[i]);
    }
    count += compile_list(arena, GALE_TOOL_DEFINITIONS, "-D", arguments + count);
    return count + compile_places(arena, GALE_TOOL_INCLUDES, COMPILE_INSTALLED_INCLUDES, "-I", arguments + count);
}

size_t compile_libraries(struct arena *arena, char **arguments)
{
    size_t count = 0;

    arguments[count++] = arena_print(arena, "-Wl,--start-group");
    count += compile_places(arena, GALE_TOOL_LIBRARIES, COMPILE_INSTALLED_LIBRARIES, "", arguments + count);
    arguments[count++] = arena_print(arena, "-Wl,--end-group");
    arguments[count++] = arena_print(arena, "-lpthread");
    arguments[count++] = arena_print(arena, "-lm");
    return count;
}

/* A file by size and time: libraries and the tool itself change only while Gale is worked on. */
static void compile_hash_file(struct sha256 *hash, const char *path)
{
    struct stat found;
    char text[96];

    if (path[0] == '-' || stat(path, &found) != 0) {
        return;
    }
    (void)snprintf(text, sizeof text, "%lld %lld.%09ld", (long long)found.st_size, (long long)found.st_mtim.tv_sec,
                   found.st_mtim.tv_nsec);
    sha256_add(hash, text, strlen(text) + 1);
}

/* The program knows its name, not where it was. */
static const char *compile_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

static bool compile_hash(struct arena *arena, const struct compile_options *options, char hex[SHA256_HEX])
{
    char *arguments[64];
    struct sha256 hash;
    struct str bytes;
    size_t count = compile_flags(arena, options, arguments);

    sha256_init(&hash);
    count += compile_libraries(arena, arguments + count);
    for (size_t i = 0; i < count; i++) {
        sha256_add(&hash, arguments[i], strlen(arguments[i]) + 1);
        compile_hash_file(&hash, arguments[i]);
    }
    compile_hash_file(&hash, "/proc/self/exe");
    sha256_add(&hash, TRANSLATE_VERSION, sizeof TRANSLATE_VERSION);
    sha256_add(&hash, options->open ? "open" : "", options->open ? 4 : 0);
    if (options->budget != NULL) {
        if (!output_read(arena, options->budget, &bytes)) {
            return false;
        }
        sha256_add(&hash, bytes.data, bytes.size + 1);
    }
    sha256_add(&hash, compile_base_name(options->component), strlen(compile_base_name(options->component)) + 1);
    if (!output_read(arena, options->component, &bytes)) {
        return false;
    }
    sha256_add(&hash, bytes.data, bytes.size);
    sha256_finish(&hash, hex);
    return true;
}

static bool compile_folder(const char *path)
{
    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        perror(path);
        return false;
    }
    return true;
}

char *compile_path(struct arena *arena, const struct compile_options *options)
{
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    char hex[SHA256_HEX];

    if (cache == NULL || cache[0] != '/') {
        cache = arena_print(arena, "%s/.cache", home == NULL ? "" : home);
    }
    if (!compile_folder(cache) || !compile_folder(arena_print(arena, "%s/gale", cache)) ||
        !compile_hash(arena, options, hex)) {
        return NULL;
    }
    return arena_print(arena, "%s/gale/%s", cache, hex);
}
