/* SPDX-License-Identifier: Apache-2.0 */
/* wasi:cli: arguments, environment, exit, terminals. Of 0.2 what the standard library of Rust imports. */
#include "wasi.h"

#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool wasi_cli_store_strings(struct host_place list, char *const *strings, uint32_t count)
{
    struct host_place first = host_value_list(list, count);
    bool good = first.address != 0;
    for (uint32_t k = 0; good && k < count; k++) {
        good = host_value_store_bytes(host_value_item(first, k), strings[k], strlen(strings[k]));
    }
    return good;
}

static void wasi_cli_get_arguments(struct host_call *call)
{
    struct host_place result = host_call_result(call);
    wasi_cli_store_strings(result, host_program.args, host_program.arg_count);
    host_call_return(call, result);
}

/* NAME=VALUE as the tuple of both. */
static bool wasi_cli_store_variable(struct host_place pair, const char *variable)
{
    size_t name = strcspn(variable, "=");
    const char *value = variable + name + (variable[name] == '=');
    return host_value_store_bytes(host_value_field(pair, 0), variable, name) &&
           host_value_store_bytes(host_value_field(pair, 1), value, strlen(value));
}

static void wasi_cli_get_environment(struct host_call *call)
{
    struct host_place result = host_call_result(call);
    struct host_place first = host_value_list(result, host_program.env_count);
    for (uint32_t k = 0; k < host_program.env_count; k++) {
        wasi_cli_store_variable(host_value_item(first, k), host_program.env[k]);
    }
    host_call_return(call, result);
}

static void wasi_cli_exit(struct host_call *call)
{
    host_program_exit(strcmp(host_value_label(host_call_param(call, 0)), "ok") == 0 ? 0 : 1);
}

static void wasi_cli_exit_with_code(struct host_call *call)
{
    host_program_exit((int)host_value_load(host_call_param(call, 0)));
}

/* The host has no working directory to tell, and no terminal to hand out. */
static void wasi_cli_none(struct host_call *call)
{
    host_call_return_none(call);
}

static const struct host_entry wasi_cli_entries[] = {
    {"wasi:cli/environment@0.3", "get-arguments", wasi_cli_get_arguments},
    {"wasi:cli/environment@0.3", "get-environment", wasi_cli_get_environment},
    {"wasi:cli/environment@0.3", "get-initial-cwd", wasi_cli_none},
    {"wasi:cli/environment@0.2", "get-arguments", wasi_cli_get_arguments},
    {"wasi:cli/environment@0.2", "get-environment", wasi_cli_get_environment},
    {"wasi:cli/environment@0.2", "initial-cwd", wasi_cli_none},
    {"wasi:cli/exit@0.3", "exit", wasi_cli_exit},
    {"wasi:cli/exit@0.3", "exit-with-code", wasi_cli_exit_with_code},
    {"wasi:cli/exit@0.2", "exit", wasi_cli_exit},
    {"wasi:cli/exit@0.2", "exit-with-code", wasi_cli_exit_with_code},
    {"wasi:cli/terminal-stdin@0.3", "get-terminal-stdin", wasi_cli_none},
    {"wasi:cli/terminal-stdout@0.3", "get-terminal-stdout", wasi_cli_none},
    {"wasi:cli/terminal-stderr@0.3", "get-terminal-stderr", wasi_cli_none},
    {"wasi:cli/terminal-stdin@0.2", "get-terminal-stdin", wasi_cli_none},
    {"wasi:cli/terminal-stdout@0.2", "get-terminal-stdout", wasi_cli_none},
    {"wasi:cli/terminal-stderr@0.2", "get-terminal-stderr", wasi_cli_none},
    {NULL, NULL, NULL}};

const struct host_module wasi_cli = {.entries = wasi_cli_entries};
