/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Which instances of a script belong together: one that imports a name under which another is registered runs in one
 * program with it. Found before anything runs, so that a program holds all that will ever be linked in it; each of its
 * instances is brought up when its command comes.
 */
#ifndef GALE_TOOL_WAST_LINK_H
#define GALE_TOOL_WAST_LINK_H

#include "wast_script.h"

/** Go through the commands and note every instance that they make, what serves its imports, and the groups. */
void wast_link(struct wast_script *script, struct sexpr_reader commands);

/** The instance that the component command or component form at `form` makes; NULL: none. */
struct wast_instance *wast_link_made_by(const struct wast_script *script, struct sexpr form);

/** The last instance before `at` of that name; of any name when the span is empty. NULL: there is none. */
struct wast_instance *wast_link_find(const struct wast_script *script, struct sexpr id, const char *at);

/** Bring an instance up: make its group's program if need be, start it, and run what instantiation runs. */
struct wast_answer wast_link_start(struct wast_script *script, struct wast_instance *instance);

/** Stop all programs. */
void wast_link_end(struct wast_script *script);

#endif /* GALE_TOOL_WAST_LINK_H */
