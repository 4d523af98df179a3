/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * One script while it runs: its components by name, the instances that it makes, and the score.
 */
#ifndef GALE_TOOL_WAST_SCRIPT_H
#define GALE_TOOL_WAST_SCRIPT_H

#include "arena.h"
#include "sexpr.h"
#include "wast.h"
#include "wast_compose.h"
#include "wast_session.h"

/** A component of the script. */
struct wast_component {
    struct sexpr form;   /**< Where it is written. */
    struct sexpr id;     /**< Its name, or an empty span. */
    const char *program; /**< The program made from it, NULL until it was needed. */
};

/** An instance that a command of the script makes. */
struct wast_instance {
    struct sexpr form;                     /**< Of the component or of the command that makes it. */
    struct sexpr id;                       /**< Its name, or an empty span. */
    unsigned component;                    /**< Which. */
    unsigned group;                        /**< The first instance of those that share its program. */
    ARRAY(struct wast_argument) arguments; /**< Imports that other instances serve; providers are instances. */
    unsigned place;                        /**< Its number in the program. */
    const char *refusal;                   /**< Why the program is without it; NULL: it is there. */
    bool made;                             /**< Brought up, and that went well. */
};

/** A program of instances that are linked with each other, or of one. */
struct wast_group {
    struct wast_session session;
    unsigned size;       /**< How many instances the commands make. */
    const char *program; /**< NULL until its first instance is wanted. */
    bool linked;         /**< Of several instances: the functions of instance K are called "iK#name". */
};

/** A script. Components and instances are kept in the order of the file. */
struct wast_script {
    const struct wast_options *options;
    struct arena *arena;
    const char *path;
    const char *directory; /**< For the files of the script: N.wat, N.wasm, N.err, linked-N.wasm. */
    ARRAY(struct wast_component) components;
    ARRAY(struct wast_instance) instances;
    struct wast_group *groups; /**< By the instance that leads the group. */
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

/** The form that is next if it is the word `word`, or an identifier; else nothing is taken. */
bool wast_script_take_word(struct sexpr_reader *reader, const char *word);
struct sexpr wast_script_take_id(struct sexpr_reader *reader);
bool wast_script_same_id(struct sexpr a, struct sexpr b);

/** The component written at `form`, or the definition that `(component instance ...)` names; negative: none. */
int wast_script_component_of(const struct wast_script *script, struct sexpr form);

/** Write the component at `script->components.at[number]` to its file; false when it cannot be written. */
bool wast_script_save(const struct wast_script *script, unsigned number);

/** Do one command and count it if it asserts something. */
void wast_script_do(struct wast_script *script, struct sexpr form);

#endif /* GALE_TOOL_WAST_SCRIPT_H */
