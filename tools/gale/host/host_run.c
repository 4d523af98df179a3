/* SPDX-License-Identifier: Apache-2.0 */
#include "host_run.h"

#include "start.h"

#include "gale/component/report.h"
#include "gale/component/store.h"
#include "host_loop.h"

#include <string.h>

/* --- finding --- */

static bool host_run_is_called(const struct gale_wit_export *export, const char *name)
{
    if (strcmp(export->func->name, name) == 0) {
        return true;
    }
    size_t length = export->interface == NULL ? 0 : strlen(export->interface);
    return length > 0 && strncmp(name, export->interface, length) == 0 && strchr("#.", name[length]) != NULL &&
           name[length] != '\0' && strcmp(name + length + 1, export->func->name) == 0;
}

const struct gale_wit_export *host_run_find(const char *name, const char **error)
{
    const struct gale_wit_export *found = NULL;
    for (uint32_t k = 0; k < gale_program.export_count; k++) {
        if (!host_run_is_called(&gale_program.exports[k], name)) {
            continue;
        }
        if (found != NULL) {
            *error = "more than one export has this name: put its interface before it";
            return NULL;
        }
        found = &gale_program.exports[k];
    }
    *error = found == NULL ? "the component exports no function of this name" : NULL;
    return found;
}

/* --- running --- */

/* How many threads are resumed before files and timers are looked after. */
enum { HOST_RUN_BATCH = 256 };

/* Resume what is ready, but no more than a batch. 1: more may be ready. 0: all wait, and nobody has rung meanwhile. */
static int host_run_ready(void)
{
    struct gale_store *store = gale_program.store;
    int status = 1;
    for (int k = 0; status == 1 && k < HOST_RUN_BATCH; k++) {
        status = gale_store_tick(store);
        status = status == 0 && gale_doorbell_pending(&store->bell) != 0 ? 1 : status;
    }
    return status;
}

/* What is ready runs; then the loop serves files and timers, and waits for them if all wait and `sleep`. */
static int host_run_turn(bool sleep, bool *idle)
{
    int status = host_run_ready();
    *idle = false;
    if (status >= 0) {
        bool served = host_loop_turn(sleep && status == 0);
        *idle = status == 0 && !served;
    }
    return status < 0 ? status : GALE_OK;
}

int host_run_export(const struct gale_wit_export *export, uint32_t params, uint32_t result)
{
    union gale_flat args[2] = {{.i64 = 0}, {.i64 = 0}};
    struct gale_host_task task = {.on_resolve = NULL};
    uint32_t count = 0;
    bool idle = false;
    if (export->func->params != NULL) {
        args[count++].i64 = params;
    }
    if (export->func->result != NULL) {
        args[count].i64 = result;
    }
    int status = gale_store_invoke(gale_program.store, export->binding, args, NULL, &task);
    while (status == GALE_OK && !task.resolved && !idle) {
        status = host_run_turn(true, &idle);
    }
    return status == GALE_OK && !task.resolved ? GALE_EDEADLK : status;
}

void host_run_settle(void)
{
    bool idle = false;
    for (int turns = 0; !idle && turns < 64; turns++) {
        if (host_run_turn(false, &idle) != GALE_OK) {
            return;
        }
    }
}

/* --- explaining --- */

const char *host_run_trap_text(enum gale_trap code, uint32_t value)
{
    return code == GALE_TRAP_CORE ? gale_guest_trap_text(value) : gale_trap_text(code);
}

static void host_run_explain_trap(FILE *out)
{
    const struct gale_trap_info *trap = gale_store_trap(gale_program.store);
    if (trap->code == GALE_TRAP_WRONG_RESOURCE) {
        fprintf(out, "handle index %u ", trap->value);
    }
    fputs(host_run_trap_text(trap->code, trap->value), out);
    if (trap->code == GALE_TRAP_UNKNOWN_HANDLE) {
        fprintf(out, " %u", trap->value);
    }
    if (trap->sync || trap->code == GALE_TRAP_SYNC_BLOCK) {
        fputs("; cannot block a synchronous task before returning", out);
    }
}

static const char *host_run_instance_name(const struct gale_instance *instance)
{
    for (uint32_t k = 0; k < gale_program.instance_count; k++) {
        if (gale_program.instances[k].instance == instance) {
            return gale_program.instances[k].name;
        }
    }
    return "?";
}

static void host_run_explain_wait(void *arg, const struct gale_report_line *line)
{
    fprintf(arg, "; %s task %u waits: %s", host_run_instance_name(line->instance), (unsigned)line->task,
            line->suspended ? "for another thread to resume it" : gale_report_text(line->wait));
}

void host_run_explain(FILE *out, int status)
{
    if (status == GALE_ETRAP) {
        host_run_explain_trap(out);
    } else if (status == GALE_EDEADLK) {
        fputs(gale_trap_text(GALE_TRAP_DEADLOCK), out);
        gale_store_report(gale_program.store, host_run_explain_wait, out);
    } else {
        fputs(gale_status_text(status), out);
    }
}
