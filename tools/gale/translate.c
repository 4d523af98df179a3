/* SPDX-License-Identifier: Apache-2.0 */
#include "translate.h"

#include "process.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file of C for so many bytes of module, so that large modules compile in parallel and within a small memory. */
#define TRANSLATE_PART_BYTES 131072u
#define TRANSLATE_PARTS_MAX 16u
#define TRANSLATE_LOG_BYTES 4096

#ifndef GALE_TOOL_BUILD_TOOLS
#define GALE_TOOL_BUILD_TOOLS ""
#endif

static const char *translate_candidate(void)
{
    const char *chosen = getenv("GALE_WASM2C");

    if (chosen != NULL && chosen[0] != '\0') {
        return chosen;
    }
    return access(GALE_TOOL_BUILD_TOOLS "/wasm2c", X_OK) == 0 ? GALE_TOOL_BUILD_TOOLS "/wasm2c" : "wasm2c";
}

const char *translate_find(struct arena *arena)
{
    char *path = arena_print(arena, "%s", translate_candidate());
    char option[] = "--version";
    char *arguments[] = {path, option, NULL};
    char version[64];

    if (!process_output(arguments, version, sizeof version)) {
        if (!process_signalled()) {
            (void)fprintf(stderr, "gale: wasm2c %s is needed: run scripts/setup components, or set GALE_WASM2C\n",
                          TRANSLATE_VERSION);
        }
        return NULL;
    }
    version[strcspn(version, "\r\n")] = '\0';
    if (strcmp(version, TRANSLATE_VERSION) != 0) {
        (void)fprintf(stderr, "gale: %s is wasm2c %s; %s is needed\n", path, version, TRANSLATE_VERSION);
        return NULL;
    }
    return path;
}

static bool translate_write(const char *path, struct str module)
{
    FILE *file = fopen(path, "wbe");
    bool written = file != NULL && fwrite(module.data, 1, module.size, file) == module.size;

    if (file != NULL) {
        written = fclose(file) == 0 && written;
    }
    if (!written) {
        perror(path);
    }
    return written;
}

/* Without tail calls the output is smaller; only modules that need them are translated with. */
static bool translate_run(struct arena *arena, const char *wasm2c, const char *base, uint32_t number, uint32_t parts,
                          bool tail_calls, char *log)
{
    char *arguments[] = {arena_print(arena, "%s", wasm2c),
                         arena_print(arena, "--disable-exceptions"),
                         arena_print(arena, "--disable-simd"),
                         arena_print(arena, "--disable-relaxed-simd"),
                         arena_print(arena, "--enable-custom-page-sizes"),
                         arena_print(arena, "--no-debug-names"),
                         arena_print(arena, "--module-name=m%u", number),
                         arena_print(arena, "--num-outputs=%u", parts),
                         arena_print(arena, "%s.wasm", base),
                         arena_print(arena, "--output=%s.c", base),
                         arena_print(arena, "--disable-tail-call"),
                         NULL};

    if (tail_calls) {
        arguments[sizeof arguments / sizeof arguments[0] - 2] = NULL;
    }
    return process_output(arguments, log, TRANSLATE_LOG_BYTES);
}

bool translate_module(struct arena *arena, const char *wasm2c, const char *directory, uint32_t number,
                      struct str module)
{
    uint32_t parts = 1 + module.size / TRANSLATE_PART_BYTES;
    char *base = arena_print(arena, "%s/m%u", directory, number);
    char *file = arena_print(arena, "%s.wasm", base);
    char log[TRANSLATE_LOG_BYTES];
    bool done;

    if (!translate_write(file, module)) {
        return false;
    }
    parts = parts > TRANSLATE_PARTS_MAX ? TRANSLATE_PARTS_MAX : parts;
    done = translate_run(arena, wasm2c, base, number, parts, false, log) ||
           translate_run(arena, wasm2c, base, number, parts, true, log);
    if (!done && !process_signalled()) {
        (void)fprintf(stderr, "gale: core module %u cannot be translated to C:\n%s", number, log);
    }
    (void)unlink(file);
    return done;
}
