/* SPDX-License-Identifier: Apache-2.0 */
#include "wast_process.h"

#include "command.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAST_PROCESS_MAX = 65536 };

/* The two outputs go to files in memory: no pipe can fill up. */
struct wast_process {
    int out;
    int err;
};

static char *wast_process_text(int file)
{
    char *text = malloc(WAST_PROCESS_MAX + 1);
    ssize_t length = text == NULL ? -1 : pread(file, text, WAST_PROCESS_MAX, 0);
    if (length < 0) {
        free(text);
        return NULL;
    }
    text[length] = '\0';
    while (length > 0 && text[length - 1] == '\n') {
        text[--length] = '\0';
    }
    return text;
}

static void wast_process_exec(const struct wast_process *p, const char *const *argv)
{
    if (dup2(p->out, 1) == 1 && dup2(p->err, 2) == 2) {
        execv(argv[0], (char *const *)(const void *)argv);
    }
    _exit(127);
}

static struct wast_answer wast_process_run(const struct wast_process *p, const char *const *argv)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        wast_process_exec(p, argv);
    }
    bool ended = child > 0 && waitpid(child, &status, 0) == child;
    if (ended && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return (struct wast_answer){.outcome = WAST_OK, .text = wast_process_text(p->out)};
    }
    int code = ended && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    enum wast_outcome outcome = code == COMMAND_REFUSED   ? WAST_ERROR
                                : code == COMMAND_UNKNOWN ? WAST_UNKNOWN
                                                          : WAST_CRASH;
    return (struct wast_answer){.outcome = outcome, .text = wast_process_text(p->err)};
}

struct wast_answer wast_process_output(const char *const *argv)
{
    struct wast_process p = {.out = memfd_create("out", MFD_CLOEXEC), .err = memfd_create("err", MFD_CLOEXEC)};
    struct wast_answer answer = {.outcome = WAST_ERROR};
    if (p.out >= 0 && p.err >= 0) {
        answer = wast_process_run(&p, argv);
    }
    close(p.out);
    close(p.err);
    return answer;
}
