/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Valid components in the notation of assemble.h; together they use every section, type and canonical function.
 */
#ifndef TESTS_TOOLS_SAMPLES_H
#define TESTS_TOOLS_SAMPLES_H

struct sample {
    const char *name;
    const char *text;
};

extern const struct sample samples[];
extern const unsigned sample_count;

/** The sample's text; NULL if there is none of that name. */
const char *sample_text(const char *name);

#endif /* TESTS_TOOLS_SAMPLES_H */
