/* SPDX-License-Identifier: Apache-2.0 */
/** Signals in the role of interrupts, and the critical section. */
#include <errno.h>
#include <signal.h>

#include "gale/port_posix.h"

/* Fixed place in the thread's storage: a first use inside a signal handler must not allocate. */
#define IN_SIGNAL_REACH __attribute__((tls_model("initial-exec")))

static _Thread_local volatile uint32_t isr_depth IN_SIGNAL_REACH;
static _Thread_local volatile uint32_t lock_depth IN_SIGNAL_REACH;

static void (*isr_handlers[NSIG])(int signal);

void gale_posix_isr_enter(void)
{
    isr_depth = isr_depth + 1u;
}

void gale_posix_isr_exit(void)
{
    GALE_ASSERT(isr_depth > 0);
    isr_depth = isr_depth - 1u;
}

bool gale_port_in_isr(void)
{
    return isr_depth > 0;
}

static void isr_run(int signal)
{
    int saved = errno;

    gale_posix_isr_enter();
    isr_handlers[signal](signal);
    gale_posix_isr_exit();
    errno = saved;
}

int gale_posix_isr_install(int signal, void (*handler)(int signal))
{
    struct sigaction action = {.sa_flags = SA_RESTART};

    if (signal <= 0 || signal >= NSIG) {
        return GALE_EINVAL;
    }
    (void)sigfillset(&action.sa_mask);
    action.sa_handler = handler != NULL ? isr_run : SIG_DFL;
    if (handler != NULL) {
        isr_handlers[signal] = handler;
    }
    return sigaction(signal, &action, NULL) == 0 ? GALE_OK : GALE_EINVAL;
}

/* An executor is one system thread, and a signal handler only rings doorbells and uses rings, which need no lock.
   So there is nothing to shut out; only the nesting is watched. */
uint32_t gale_port_lock(void)
{
    uint32_t key = lock_depth;

    lock_depth = key + 1u;
    return key;
}

void gale_port_unlock(uint32_t key)
{
    GALE_ASSERT(lock_depth == key + 1u);
    lock_depth = key;
}
