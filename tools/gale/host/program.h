/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The run of a program: what its command line asked for, and its end.
 */
#ifndef GALE_HOST_PROGRAM_H
#define GALE_HOST_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

/** A directory given to the guest. */
struct host_preopen {
    const char *guest; /**< Its name there. */
    int fd;            /**< Open. */
};

/** What the command line asked for. */
struct host_program {
    char **args; /**< The guest's, with the program's name first. */
    char **env;  /**< NAME=VALUE. */
    struct host_preopen *preopens;
    const char *invoke; /**< NULL, or a function and its arguments in WAVE. */
    const char *trace;  /**< NULL, or the file that the trace goes to. */
    uint32_t arg_count;
    uint32_t env_count;
    uint32_t preopen_count;
    bool script; /**< Requests come on standard input. */
    bool stats;  /**< Print what was used of the budgets. */
};

/** Of this process. */
extern struct host_program host_program;

/** End the process as the guest asked: what it wrote is written out first. */
_Noreturn void host_program_exit(int status);

#endif /* GALE_HOST_PROGRAM_H */
