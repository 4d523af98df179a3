/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * One script while it runs: its components by name, the instance in use, and the score.
 */
#ifndef GALE_TOOL_WAST_SCRIPT_H
#define GALE_TOOL_WAST_SCRIPT_H

#include "sexpr.h"
#include "wast.h"
#include "wast_session.h"

/** A component of the script. */
struct wast_component {
    struct sexpr form; /**< Where it is written. */
    struct sexpr id;   /**< Its name, or an empty span. */
    char *program;     /**< The program made from it, NULL until it was needed. */
};

/** An instance that a script made. */
struct wast_instance {
    struct sexpr id; /**< Its name, or an empty span. */
    struct wast_session session;
};

/** A script. Components and instances are kept in the order of the file. */
struct wast_script {
    const struct wast_options *options;
    const char *path;
    const char *directory; /**< For the files of the script: N.wat, N.wasm, N.err. */
    struct wast_component *components;
    unsigned component_count;
    struct wast_instance *instances;
    unsigned instance_count;
    struct wast_score score;
};

/** Where the parts of `(component $id? definition? binary|quote? ...)` are. */
struct wast_component_head {
    struct sexpr id;
    bool definition;
    bool instance; /**< `(component instance $i $Definition)`. */
    bool binary;
    bool quote;
    struct sexpr_reader rest; /**< Behind these words. */
};

/** Take the head of a component form apart; false when `form` is none. */
bool wast_script_head(struct sexpr form, struct wast_component_head *head);

/** Write the component at `script->components[number]` to its file; false when it cannot be written. */
bool wast_script_save(const struct wast_script *script, unsigned number);

/** Do one command and count it if it asserts something. */
void wast_script_do(struct wast_script *script, struct sexpr form);

#endif /* GALE_TOOL_WAST_SCRIPT_H */
