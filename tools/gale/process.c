/* SPDX-License-Identifier: Apache-2.0 */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const int process_signals[] = {SIGINT, SIGHUP, SIGTERM};
#define PROCESS_SIGNALS (sizeof process_signals / sizeof process_signals[0])

static volatile sig_atomic_t process_signal;
static volatile sig_atomic_t process_child; /* started last and not yet waited for; 0: none */

static void process_note_signal(int signal)
{
    process_signal = signal;
    if (process_child > 0) {
        (void)kill((pid_t)process_child, SIGTERM);
    }
}

/** Ends `process` if a signal has come. */
static void process_obey(pid_t process)
{
    if (process_signal != 0) {
        (void)kill(process, SIGTERM);
    }
}

static int process_place(posix_spawn_file_actions_t *actions, int file, int place)
{
    return file < 0 ? 0 : posix_spawn_file_actions_adddup2(actions, file, place);
}

static int process_place_all(posix_spawn_file_actions_t *actions, const struct process_files *files)
{
    int failed = files->in >= 0 ? process_place(actions, files->in, 0)
                                : posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);

    failed = failed != 0 ? failed : process_place(actions, files->out, 1);
    failed = failed != 0 ? failed : process_place(actions, files->err, 2);
    return failed != 0 ? failed : process_place(actions, files->third, 3);
}

pid_t process_start(char *const *arguments, const struct process_files *files)
{
    static const struct process_files none = {-1, -1, -1, -1};
    posix_spawn_file_actions_t actions;
    pid_t process = -1;
    int failed;

    if (posix_spawn_file_actions_init(&actions) != 0) {
        return -1;
    }
    failed = process_place_all(&actions, files == NULL ? &none : files);
    if (failed == 0) {
        failed = posix_spawnp(&process, arguments[0], &actions, NULL, arguments, environ);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) {
        (void)fprintf(stderr, "gale: %s: %s\n", arguments[0], strerror(failed));
        return -1;
    }
    process_child = (sig_atomic_t)process;
    process_obey(process); /* a signal may have come before there was whom to end */
    return process;
}

void process_signals_begin(void)
{
    struct sigaction action = {.sa_handler = process_note_signal};

    for (size_t i = 0; i < PROCESS_SIGNALS; i++) {
        (void)sigaction(process_signals[i], &action, NULL);
    }
}

bool process_signalled(void)
{
    return process_signal != 0;
}

void process_signals_end(void)
{
    struct sigaction action = {.sa_handler = SIG_DFL};

    for (size_t i = 0; i < PROCESS_SIGNALS; i++) {
        (void)sigaction(process_signals[i], &action, NULL);
    }
    if (process_signal != 0) {
        (void)raise(process_signal);
    }
}

int process_status(pid_t process)
{
    int status = 0;

    if (process < 0) {
        return -1;
    }
    do {
        process_obey(process);
        if (waitpid(process, &status, 0) == process) {
            process_child = 0;
            return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
        }
    } while (errno == EINTR);
    return -1;
}

bool process_wait(pid_t process)
{
    return process_status(process) == 0 && process_signal == 0;
}

bool process_output(char *const *arguments, char *text, size_t size)
{
    int ends[2];
    size_t done = 0;
    ssize_t more = 0;
    pid_t process;

    if (pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
    process = process_start(arguments, &(struct process_files){-1, ends[1], ends[1], -1});
    (void)close(ends[1]);
    while (process >= 0 && done + 1 < size && (more = read(ends[0], text + done, size - 1 - done)) > 0) {
        done += (size_t)more;
    }
    (void)close(ends[0]);
    text[done] = '\0';
    return process >= 0 && process_wait(process);
}
