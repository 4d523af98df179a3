/* SPDX-License-Identifier: Apache-2.0 */
#include "host_stacks.h"

#include "describe.h"
#include "gale/component/store.h"
#include "wasm-rt.h"

#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Of sigaltstack(2); not in the C library's header: while the handler runs, its stack is not the alternate one. */
#define HOST_STACKS_AUTODISARM (1u << 31)

/* The handler runs on a stack of its own: the guest's has just ended. */
static _Alignas(16) char host_stacks_handler_stack[1 << 16];

/* The lowest page that lies wholly in a stack. */
static uint8_t *host_stacks_page(uint8_t *stack)
{
    uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);
    return stack + (size - (uintptr_t)stack % size) % size;
}

static bool host_stacks_holds(uint8_t *stack, const uint8_t *address)
{
    const uint8_t *page = host_stacks_page(stack);
    return address >= page && address < page + sysconf(_SC_PAGESIZE);
}

static bool host_stacks_is_guard(const uint8_t *address)
{
    const struct gale_store_memory *memory = gale_program.store_memory;
    bool found = host_stacks_holds(memory->run_stack, address);
    for (size_t k = 0; k < memory->stack_count; k++) {
        found = found || host_stacks_holds(memory->stack_memory + k * memory->stack_bytes, address);
    }
    return found;
}

/* A trap leaves the handler for good; the kernel has then disarmed its stack, and the signal is not blocked. */
static void host_stacks_handle(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (host_stacks_is_guard(info->si_addr)) {
        wasm_rt_trap(WASM_RT_TRAP_EXHAUSTION);
    }
    signal(number, SIG_DFL);
}

size_t host_stacks_depth(const uint8_t *stack, size_t bytes)
{
    const uint8_t *at = host_stacks_page((uint8_t *)(uintptr_t)stack) + sysconf(_SC_PAGESIZE);
    while (at < stack + bytes && *at == 0) {
        at++;
    }
    return (size_t)(stack + bytes - at);
}

static bool host_stacks_guard_one(uint8_t *stack)
{
    return mprotect(host_stacks_page(stack), (size_t)sysconf(_SC_PAGESIZE), PROT_NONE) == 0;
}

bool host_stacks_guard(void)
{
    const struct gale_store_memory *memory = gale_program.store_memory;
    stack_t stack = {.ss_sp = host_stacks_handler_stack,
                     .ss_size = sizeof host_stacks_handler_stack,
                     .ss_flags = (int)HOST_STACKS_AUTODISARM};
    struct sigaction action = {.sa_sigaction = host_stacks_handle, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    bool good = sigaltstack(&stack, NULL) == 0 && sigaction(SIGSEGV, &action, NULL) == 0;
    good = good && host_stacks_guard_one(memory->run_stack);
    for (size_t k = 0; good && k < memory->stack_count; k++) {
        good = host_stacks_guard_one(memory->stack_memory + k * memory->stack_bytes);
    }
    return good;
}
