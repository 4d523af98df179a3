/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The sub-commands. Each reads its own options; argv[0] is "gale <command>". Exit status: 0, 1 if something outside went
 * wrong or a test failed, 2 if a component is refused, 64 for wrong usage.
 */
#ifndef GALE_TOOL_COMMAND_H
#define GALE_TOOL_COMMAND_H

enum command_status {
    COMMAND_OK = 0,
    COMMAND_FAILED = 1,
    COMMAND_REFUSED = 2,
    COMMAND_UNKNOWN = 3, /**< Only of `inspect --validate`: it uses what is not supported, so nobody knows. */
};

int lower_command(int argc, char **argv);
int run_command(int argc, char **argv) __attribute__((weak));
int wast_command(int argc, char **argv);
int inspect_command(int argc, char **argv);

#endif /* GALE_TOOL_COMMAND_H */
