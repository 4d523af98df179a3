/* SPDX-License-Identifier: Apache-2.0 */
/** Signals as interrupts, the critical section, and the end by panic. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gale/port_posix.h"

#include "test.h"

static volatile sig_atomic_t handled;
static volatile sig_atomic_t handled_in_isr;

static void handle(int signal)
{
    handled = signal;
    handled_in_isr = gale_port_in_isr();
    errno = EDOM;
}

TEST(isr, a_signal_handler_runs_as_an_interrupt_and_keeps_errno)
{
    handled = handled_in_isr = 0;
    REQUIRE(gale_posix_isr_install(SIGUSR1, handle) == GALE_OK);
    CHECK(!gale_port_in_isr());

    errno = ENOTTY;
    (void)raise(SIGUSR1);

    CHECK_EQ(errno, ENOTTY);
    CHECK_EQ(handled, SIGUSR1);
    CHECK_EQ(handled_in_isr, 1);
    CHECK(!gale_port_in_isr());
    CHECK_EQ(gale_posix_isr_install(SIGUSR1, NULL), GALE_OK);
}

TEST(isr, without_a_handler_a_signal_has_its_default_action_again)
{
    handled = 0;
    REQUIRE(gale_posix_isr_install(SIGWINCH, handle) == GALE_OK);
    REQUIRE(gale_posix_isr_install(SIGWINCH, NULL) == GALE_OK);
    (void)raise(SIGWINCH); /* Ignored by default. */
    CHECK_EQ(handled, 0);
}

TEST(isr, signals_that_cannot_be_handled_are_refused)
{
    CHECK_EQ(gale_posix_isr_install(0, handle), GALE_EINVAL);
    CHECK_EQ(gale_posix_isr_install(-1, handle), GALE_EINVAL);
    CHECK_EQ(gale_posix_isr_install(NSIG, handle), GALE_EINVAL);
    CHECK_EQ(gale_posix_isr_install(SIGKILL, handle), GALE_EINVAL);
}

TEST(isr, pairs_of_enter_and_exit_nest)
{
    gale_posix_isr_enter();
    gale_posix_isr_enter();
    gale_posix_isr_exit();
    CHECK(gale_port_in_isr());
    gale_posix_isr_exit();
    CHECK(!gale_port_in_isr());
}

TEST(lock, sections_nest_and_keys_go_back_in_order)
{
    uint32_t outer = gale_port_lock();
    uint32_t inner = gale_port_lock();
    CHECK(inner != outer);
    gale_port_unlock(inner);
    gale_port_unlock(outer);
    CHECK_EQ(gale_port_lock(), outer);
    gale_port_unlock(outer);
    gale_port_mpu_apply(NULL); /* Nothing to apply in a process. */
}

/** Runs `end` in a child that must abort, and returns what it said. */
static void child_says(void (*end)(void), char *said, size_t said_bytes)
{
    struct rlimit no_core = {0, 0};
    int ends[2];
    int status = 0;

    memset(said, 0, said_bytes);
    REQUIRE(pipe(ends) == 0);
    pid_t child = fork();
    if (child == 0) {
        (void)setrlimit(RLIMIT_CORE, &no_core);
        (void)signal(SIGABRT, SIG_DFL);
        (void)dup2(ends[1], STDERR_FILENO);
        end();
        _exit(0);
    }
    (void)close(ends[1]);
    ssize_t more = 1;
    for (size_t at = 0; more > 0 && at < said_bytes - 1u; at += (size_t)more) {
        more = read(ends[0], said + at, said_bytes - 1u - at);
    }
    (void)close(ends[0]);
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void panic_at_42(void)
{
    gale_port_panic("file.c", 42);
}

TEST(panic, names_file_and_line_and_aborts)
{
    char said[1024];
    child_says(panic_at_42, said, sizeof said);
    /* An emulator or a sanitizer may add to it. */
    CHECK(strstr(said, "gale: broken precondition at file.c:42\n") != NULL);
}

static uint8_t stack[65536] GALE_ALIGNED(16);

static void entry_returns(void *arg)
{
    (void)arg;
}

static void run_entry_that_returns(void)
{
    struct gale_port_context home = {NULL, NULL, 0, NULL};
    struct gale_port_context flow;

    gale_port_context_init(&flow, stack, sizeof stack, entry_returns, NULL);
    gale_port_context_switch(&home, &flow);
}

TEST(panic, ends_a_flow_whose_entry_returns)
{
    char said[512];
    child_says(run_entry_that_returns, said, sizeof said);
    /* An emulator or a sanitizer may add to it. */
    CHECK(strstr(said, "gale: broken precondition at ") != NULL);
}

#if GALE_ASSERTIONS

static void unlock_twice(void)
{
    uint32_t key = gale_port_lock();
    gale_port_unlock(key);
    gale_port_unlock(key);
}

static void use_a_small_stack(void)
{
    struct gale_port_context flow;
    gale_port_context_init(&flow, stack, GALE_POSIX_STACK_MIN - 16u, entry_returns, NULL);
}

static void use_a_crooked_stack(void)
{
    struct gale_port_context flow;
    gale_port_context_init(&flow, stack + 8, GALE_POSIX_STACK_MIN, entry_returns, NULL);
}

TEST(panic, meets_broken_preconditions_of_the_port)
{
    void (*const wrong[])(void) = {unlock_twice, use_a_small_stack, use_a_crooked_stack, gale_posix_isr_exit};
    char said[512];

    for (unsigned i = 0; i < 4u; i++) {
        child_says(wrong[i], said, sizeof said);
        CHECK(strstr(said, "gale: broken precondition at ") != NULL);
    }
}

#endif
