/* SPDX-License-Identifier: Apache-2.0 */
#include "host_serve.h"

#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Who serves each import, in the order of the program's table. */
static host_service **host_serve_services;

struct gale_value_options host_end_options;

/* --- calls --- */

struct host_place host_call_param(const struct host_call *call, uint32_t index)
{
    struct host_place params = {
        .arena = gale_program.import_arena, .type = call->import->func->params, .address = call->params};
    return host_value_field(params, index);
}

struct host_place host_call_result(const struct host_call *call)
{
    return host_value_new(gale_program.import_arena, call->import->func->result);
}

void host_call_return(const struct host_call *call, struct host_place result)
{
    union gale_flat flat = {.i64 = result.address};
    gale_host_call_return(&call->call, &flat);
}

void host_call_done(const struct host_call *call)
{
    gale_host_call_return(&call->call, NULL);
}

void host_call_return_number(const struct host_call *call, uint64_t number)
{
    struct host_place result = host_call_result(call);
    host_value_store(result, number);
    host_call_return(call, result);
}

void host_call_return_none(const struct host_call *call)
{
    struct host_place result = host_call_result(call);
    host_value_case(result, "none");
    host_call_return(call, result);
}

/* --- binding --- */

bool host_serve_matches(const char *interface, const char *family)
{
    size_t length = strlen(family);
    return interface != NULL && strncmp(interface, family, length) == 0 &&
           (interface[length] == '\0' || interface[length] == '.');
}

/* An interface that exists and that this host does not serve: its functions may be imported, not called. */
static void host_serve_refuse(struct host_call *call)
{
    const char *interface = call->import->interface;
    fprintf(stderr, "gale: the component calls %s%s%s, which this host does not serve\n",
            interface == NULL ? "" : interface, interface == NULL ? "" : " ", call->import->func->name);
    host_program_exit(EXIT_FAILURE);
}

static host_service *host_serve_find(const struct gale_wit_import *import)
{
    for (const struct host_module *const *module = host_modules; *module != NULL; module++) {
        for (const struct host_entry *entry = (*module)->entries; entry->name != NULL; entry++) {
            if (strcmp(entry->name, import->func->name) == 0 &&
                host_serve_matches(import->interface, entry->interface)) {
                return entry->serve;
            }
        }
    }
    bool known = import->interface != NULL && strncmp(import->interface, "wasi:", 5) == 0;
    return known ? host_serve_refuse : NULL;
}

bool host_serve_bind(void)
{
    host_end_options =
        (struct gale_value_options){.memory = &gale_program.import_arena->memory, .encoding = GALE_ENCODING_UTF8};
    host_serve_services = calloc(gale_program.import_count + 1, sizeof *host_serve_services);
    for (uint32_t k = 0; host_serve_services != NULL && k < gale_program.import_count; k++) {
        const struct gale_wit_import *import = &gale_program.imports[k];
        host_serve_services[k] = host_serve_find(import);
        if (host_serve_services[k] == NULL) {
            fprintf(stderr, "gale: the component imports %s%s%s, which this host does not have\n",
                    import->interface == NULL ? "" : import->interface, import->interface == NULL ? "" : " ",
                    import->func->name);
            return false;
        }
    }
    return host_serve_services != NULL;
}

/* --- what the generated program calls --- */

void gale_host_start(void *arg, const struct gale_host_call *call, const union gale_flat *params)
{
    const struct gale_wit_import *import = arg;
    struct host_call mine = {.call = *call, .import = import};
    mine.params = import->func->params == NULL ? 0 : params[0].i32;
    host_serve_services[import - gale_program.imports](&mine);
}

/* No service ends early: what takes long is told by a stream, which has its own way to be cancelled. */
void gale_host_cancel(void *arg, const struct gale_host_call *call)
{
    (void)arg;
    (void)call;
}

void gale_host_drop(void *arg, uint32_t representation)
{
    const struct gale_wit_resource *resource = arg;
    for (const struct host_module *const *module = host_modules; *module != NULL; module++) {
        const struct host_dropper *dropper = (*module)->droppers;
        for (; dropper != NULL && dropper->name != NULL; dropper++) {
            if (resource->name != NULL && strcmp(dropper->name, resource->name) == 0 &&
                host_serve_matches(resource->interface, dropper->interface)) {
                dropper->drop(representation);
            }
        }
    }
}
