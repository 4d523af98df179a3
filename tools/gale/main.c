/* SPDX-License-Identifier: Apache-2.0 */
/* gale: picks the sub-command. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "command.h"

#ifndef GALE_TOOL_VERSION
#define GALE_TOOL_VERSION "unknown"
#endif

struct main_command {
    const char *name;
    int (*run)(int argc, char **argv);
};

static const struct main_command main_commands[] = {
    {"lower", lower_command},
    {"run", run_command},
    {"wast", wast_command},
    {"inspect", inspect_command},
};

static const char main_doc[] =
    "WebAssembly components with the Component Model's async, as native code without a heap.\v"
    "Commands:\n"
    "  lower     translate a component to readable C and a file that builds it\n"
    "  run       translate, compile and run a component\n"
    "  inspect   what a component imports, exports and needs\n"
    "  wast      run test scripts of the Component Model\n"
    "\n"
    "Examples:\n"
    "  gale run hello.wasm                      run a WASI 0.3 command\n"
    "  gale run --invoke 'add(1, 2)' sum.wasm   call one exported function\n"
    "  gale inspect app.wasm                    its interfaces in WIT, its budgets\n"
    "  gale lower app.wasm -o app               C and CMakeLists.txt in app/\n"
    "  gale wast tests/*.wast                   N passed, N failed\n"
    "\n"
    "`gale COMMAND --help' tells a command's options.";

static error_t main_argument(int key, char *argument, struct argp_state *state)
{
    int *first = state->input;
    switch (key) {
    case ARGP_KEY_ARG:
        *first = state->next - 1;
        state->next = state->argc;
        (void)argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_state_help(state, stderr, ARGP_HELP_STD_USAGE);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int main_run(const struct main_command *command, int argc, char **argv)
{
    static char name[32];
    if (command->run == NULL) {
        (void)fprintf(stderr, "gale: this build has no command `%s'\n", command->name);
        return COMMAND_FAILED;
    }
    (void)snprintf(name, sizeof name, "gale %s", command->name);
    argv[0] = name;
    return command->run(argc, argv);
}

int main(int argc, char **argv)
{
    static const struct argp argp = {.parser = main_argument, .args_doc = "COMMAND [ARG...]", .doc = main_doc};
    int first = 0;
    argp_program_version = "gale " GALE_TOOL_VERSION;
    (void)argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &first);
    for (size_t i = 0; i < sizeof main_commands / sizeof main_commands[0]; i++) {
        if (strcmp(argv[first], main_commands[i].name) == 0) {
            return main_run(&main_commands[i], argc - first, argv + first);
        }
    }
    (void)fprintf(stderr, "gale: there is no command `%s'; `gale --help' lists them\n", argv[first]);
    return EX_USAGE;
}
