/* SPDX-License-Identifier: Apache-2.0 */
#include "lower.h"

#include "diag.h"
#include "output.h"
#include "process.h"
#include "translate.h"

#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOWER_FAILED = 1, LOWER_REFUSED = 2 };

/* glue.c says what values.c needs, and that what lowered.h declares. */
void lower_texts(struct lower *lower, struct lower_file files[LOWER_FILES])
{
    static const struct {
        const char *name;
        void (*write)(struct lower *lower, struct text *out);
    } writers[LOWER_FILES] = {
        {"glue.c", lower_write_glue},          {"values.c", lower_write_values},     {"lowered.h", lower_write_header},
        {"plan.c", lower_write_plan},          {"describe.c", lower_write_describe}, {"budgets.h", lower_write_budgets},
        {"CMakeLists.txt", lower_write_cmake}, {"parts.txt", lower_write_parts},
    };

    for (size_t i = 0; i < LOWER_FILES; i++) {
        files[i] = (struct lower_file){.name = writers[i].name, .text = {.arena = lower->arena}};
        writers[i].write(lower, &files[i].text);
    }
}

static bool lower_write_text(struct lower *lower, const struct output *output)
{
    struct lower_file files[LOWER_FILES];

    lower_texts(lower, files);
    for (size_t i = 0; i < LOWER_FILES; i++) {
        if (files[i].text.size != 0 && !output_file(output, files[i].name, files[i].text.data, files[i].text.size)) {
            return false;
        }
    }
    return true;
}

static bool lower_write_budget_choice(struct lower *lower, const struct output *output)
{
    struct str bytes;

    if (lower->options->budget == NULL) {
        return true;
    }
    return output_read(lower->arena, lower->options->budget, &bytes) &&
           output_file(output, "budget_choice.h", bytes.data, bytes.size);
}

static bool lower_write_modules(struct lower *lower, const struct output *output, const char *wasm2c)
{
    for (uint32_t i = 0; i < lower->plan->modules.count; i++) {
        if (!translate_module(lower->arena, wasm2c, output->growing, i, lower_rewrite(lower, &lower->modules[i]))) {
            return false;
        }
    }
    return true;
}

static bool lower_write(struct lower *lower)
{
    const char *wasm2c = translate_find(lower->arena);
    struct output *output = lower->output;

    return wasm2c != NULL && output_begin(output, lower->options->output) &&
           lower_write_modules(lower, output, wasm2c) && lower_write_text(lower, output) &&
           lower_write_budget_choice(lower, output) && output_finish(output);
}

int lower_component(const struct lower_options *options)
{
    struct diag diag = {.kind = DIAG_NONE};
    struct arena arena = {.diag = &diag};
    struct output output = {NULL, NULL};
    struct lower lower = {.arena = &arena, .options = options, .output = &output};
    struct component *component;
    struct str bytes;
    int status;

    if (setjmp(diag.escape) != 0) {
        output_abandon(&output);
        diag_print(&diag, options->component);
        arena_close(&arena);
        return LOWER_REFUSED;
    }
    if (!output_read(&arena, options->component, &bytes)) {
        arena_close(&arena);
        return LOWER_FAILED;
    }
    component = component_decode(&arena, &diag, (const uint8_t *)bytes.data, bytes.size);
    component->open = options->open;
    lower.plan = plan_link(&arena, component, (const uint8_t *)bytes.data, bytes.size);
    lower_isolate_check(&lower);
    lower_collect(&lower);
    status = lower_write(&lower) ? EXIT_SUCCESS : LOWER_FAILED;
    output_abandon(&output);
    arena_close(&arena);
    return status;
}

enum { LOWER_BUDGET = 1, LOWER_PAGE_SIZE, LOWER_TARGET };

static const struct argp_option lower_arguments[] = {
    {"output", 'o', "DIR", 0, "Where the C goes; replaced as a whole", 0},
    {"budget", LOWER_BUDGET, "FILE", 0, "C header with #defines that override budgets.h", 0},
    {"page-size", LOWER_PAGE_SIZE, NULL, 0, "Give modules that export __heap_base only the memory below it", 0},
    {"target", LOWER_TARGET, "CORE", 0,
     "For firmware on cortex-m3, cortex-m4, cortex-m7 or cortex-m33: each instance unprivileged, behind the MPU", 0},
    {NULL, 0, NULL, 0, NULL, 0}};

/* The cores that the Cortex-M port knows how to isolate on. */
static bool lower_knows(const char *target)
{
    static const char *const targets[] = {"cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33"};

    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        if (strcmp(target, targets[i]) == 0) {
            return true;
        }
    }
    return false;
}

static error_t lower_argument(int key, char *argument, struct argp_state *state)
{
    struct lower_options *options = state->input;

    switch (key) {
    case 'o':
        options->output = argument;
        break;
    case LOWER_BUDGET:
        options->budget = argument;
        break;
    case LOWER_PAGE_SIZE:
        options->page_size = true;
        break;
    case LOWER_TARGET:
        if (!lower_knows(argument)) {
            argp_failure(state, LOWER_FAILED, 0, "no target `%s`: cortex-m3, cortex-m4, cortex-m7, cortex-m33",
                         argument);
        }
        options->target = argument;
        break;
    case ARGP_KEY_ARG:
        if (options->component != NULL) {
            argp_usage(state);
        }
        options->component = argument;
        break;
    case ARGP_KEY_END:
        if (options->component == NULL || options->output == NULL) {
            argp_usage(state);
        }
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

int lower_command(int argc, char **argv)
{
    static const struct argp argp = {.options = lower_arguments,
                                     .parser = lower_argument,
                                     .args_doc = "APP.wasm",
                                     .doc = "Translate a component to readable C in DIR, with its build file."};
    struct lower_options options = {.component = NULL};
    int status;

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    process_signals_begin();
    status = lower_component(&options);
    process_signals_end();
    return status;
}
