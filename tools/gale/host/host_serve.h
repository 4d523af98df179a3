/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Imports served: each import of the program is bound to a service by interface and name, before the program starts.
 */
#ifndef GALE_HOST_HOST_SERVE_H
#define GALE_HOST_HOST_SERVE_H

#include "describe.h"
#include "gale/component/store.h"
#include "host_value.h"

/** One call of a service. It may be copied, and answered later. */
struct host_call {
    struct gale_host_call call;
    const struct gale_wit_import *import;
    uint32_t params; /**< Address of the parameters' tuple; good until the service returns. */
};

/** Serves a call: answers by host_call_return() or host_call_done(), now or, if the function is async, later. */
typedef void host_service(struct host_call *call);

/** A service that this library has. */
struct host_entry {
    const char *interface; /**< With the part of the version that must agree: "wasi:cli/stdin@0.3". */
    const char *name;      /**< As in WIT. */
    host_service *serve;
};

/** What becomes of a resource of the host when its last owner drops it. */
struct host_dropper {
    const char *interface; /**< As in struct host_entry. */
    const char *name;      /**< Of the resource. */
    void (*drop)(uint32_t rep);
};

/** A part of the library: its services, ended by one without a name, and its resources, likewise. */
struct host_module {
    const struct host_entry *entries;
    const struct host_dropper *droppers; /**< NULL: none. */
};

/** All parts, ended by NULL. */
extern const struct host_module *const host_modules[];

/**
 * Bind every import of the program.
 *
 * @return false, after a message that names it, when an import is of no interface that a host of WASI knows.
 */
bool host_serve_bind(void);

/** Options of host ends whose elements are not plain: the arena of imports. Set by host_serve_bind(). */
extern struct gale_value_options host_end_options;

/** Parameter number `index`. */
struct host_place host_call_param(const struct host_call *call, uint32_t index);

/** Room for the result, zeroed. */
struct host_place host_call_result(const struct host_call *call);

/** Answer with a result that lies in the arena. */
void host_call_return(const struct host_call *call, struct host_place result);

/** Answer where there is no result. */
void host_call_done(const struct host_call *call);

/** Answer with one integer, bool or handle. */
void host_call_return_number(const struct host_call *call, uint64_t number);

/** Answer with `none`. */
void host_call_return_none(const struct host_call *call);

/** True when `interface`, with its version, is of the family that `family` names: "wasi:cli/stdin@0.3". */
bool host_serve_matches(const char *interface, const char *family);

#endif /* GALE_HOST_HOST_SERVE_H */
