/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Parts of the component decoder: one file for sections, one for types, one for canonical functions.
 */
#ifndef GALE_TOOL_DECODE_H
#define GALE_TOOL_DECODE_H

#include "component.h"
#include "reader.h"

/* decode.c */
enum sort decode_sort(struct reader *r);
struct sort_index decode_sort_index(struct reader *r);
void decode_alias(struct reader *r, struct alias *alias);

/* decode_name.c */
struct extern_name decode_import_name(struct reader *r);
struct extern_name decode_export_name(struct reader *r);

/** A label in kebab case, as fields, cases and parameters have. */
struct str decode_label(struct reader *r);

/* decode_type.c */
struct val_type decode_val_type(struct reader *r);
struct val_type decode_result_list(struct reader *r);
struct extern_type decode_extern_type(struct reader *r);
struct def_type *decode_def_type(struct reader *r);

/* decode_core_type.c */
struct core_def_type *decode_core_def_type(struct reader *r);

/* decode_canon.c */
void decode_canon(struct reader *r, struct canon *canon);

/** One level deeper, or a refusal: components and types nest at most COMPONENT_MAX_DEPTH deep. */
void decode_nest(struct reader *r);

#endif /* GALE_TOOL_DECODE_H */
