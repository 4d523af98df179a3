/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * `gale wast FILE...`: run scripts of the Component Model's reference tests.
 *
 * Each component is assembled, lowered, compiled and run as a program of its own; each file has a directory of its own
 * that is gone afterwards.
 */
#ifndef GALE_TOOL_WAST_H
#define GALE_TOOL_WAST_H

#include <stdbool.h>

/** How scripts are run. */
struct wast_options {
    const char *gale;      /**< The tool itself, for `lower` and `run --build-only`. */
    const char *assembler; /**< A command that turns each `*.wat` of a directory into `*.wasm` or, refused, `*.err`. */
    bool verbose;          /**< Print passing commands too. */
};

/** What came out of the scripts run so far. */
struct wast_score {
    unsigned passed;
    unsigned failed;
};

/**
 * Run the script at `path` and add to `score`. What fails is printed as `file:line: expected ..., got ...`.
 *
 * @return false when the file cannot be read or is no script; that counts as one failure.
 */
bool wast_run_file(const struct wast_options *options, const char *path, struct wast_score *score);

/** The sub-command; `argv[0]` is "gale wast". @return The exit status. */
int wast_command(int argc, char **argv);

#endif /* GALE_TOOL_WAST_H */
