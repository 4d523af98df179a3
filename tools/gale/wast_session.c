/* SPDX-License-Identifier: Apache-2.0 */
#include "wast_session.h"

#include "process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Seconds after which a program that does not answer is ended. */
enum { WAST_SESSION_PATIENCE = 20 };

static struct wast_answer wast_session_error(const char *text)
{
    return (struct wast_answer){.outcome = WAST_ERROR, .text = strdup(text)};
}

/* Requests come on descriptor 0, answers leave on 3; what the guest prints is no answer. */
static bool wast_session_spawn(struct wast_session *s, const char *program)
{
    int to[2] = {-1, -1};
    int from[2] = {-1, -1};
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    char *argv[] = {strdup(program), strdup("--script"), NULL};
    if (pipe2(to, O_CLOEXEC) == 0 && pipe2(from, O_CLOEXEC) == 0 && argv[0] != NULL && argv[1] != NULL) {
        pid_t process = process_start(argv, &(struct process_files){to[0], nowhere, -1, from[1]});
        s->pid = process < 0 ? 0 : process;
        s->request = fdopen(to[1], "w");
        s->answer = fdopen(from[0], "r");
    }
    close(to[0]);
    close(from[1]);
    close(nowhere);
    free(argv[0]);
    free(argv[1]);
    return s->pid > 0 && s->request != NULL && s->answer != NULL;
}

/* What became of a program that ended instead of answering. */
static struct wast_answer wast_session_ended(struct wast_session *s)
{
    char text[80] = "the program ended";
    int status = process_status(s->pid);
    if (status < 0) {
        snprintf(text, sizeof text, "the program died of signal %d", -status);
    }
    s->pid = 0;
    return (struct wast_answer){.outcome = WAST_CRASH, .text = strdup(text)};
}

/* `ready` as poll() has it: 0, or negative when a signal asked to end. */
static struct wast_answer wast_session_late(struct wast_session *s, int ready)
{
    char text[80] = "interrupted";
    if (ready == 0) {
        snprintf(text, sizeof text, "no answer within %d s", (int)WAST_SESSION_PATIENCE);
    }
    wast_session_stop(s);
    return (struct wast_answer){.outcome = WAST_CRASH, .text = strdup(text)};
}

static struct wast_answer wast_session_answer(struct wast_session *s)
{
    static const char *const words[] = {
        [WAST_OK] = "ok", [WAST_DIFFERENT] = "different", [WAST_TRAP] = "trap", [WAST_ERROR] = "error"};
    /* One line answers one request: nothing is left in the buffer of the file when the next is waited for. */
    struct pollfd readable = {.fd = fileno(s->answer), .events = POLLIN};
    int ready = poll(&readable, 1, WAST_SESSION_PATIENCE * 1000);
    if (ready <= 0) {
        return wast_session_late(s, ready);
    }
    char *line = NULL;
    size_t size = 0;
    ssize_t length = getline(&line, &size, s->answer);
    if (length <= 0) {
        free(line);
        return wast_session_ended(s);
    }
    line[strcspn(line, "\n")] = '\0';
    struct wast_answer answer = {.outcome = WAST_ERROR};
    char *text = line + strcspn(line, " ");
    text += *text == ' ' ? (*text = '\0', 1) : 0;
    for (unsigned k = 0; k < sizeof words / sizeof *words; k++) {
        if (strcmp(line, words[k]) == 0) {
            answer.outcome = (enum wast_outcome)k;
        }
    }
    answer.text = strdup(text);
    free(line);
    return answer;
}

struct wast_answer wast_session_start(struct wast_session *s, const char *program)
{
    wast_session_stop(s);
    signal(SIGPIPE, SIG_IGN);
    if (!wast_session_spawn(s, program)) {
        wast_session_stop(s);
        return wast_session_error("the program could not be started");
    }
    return wast_session_answer(s);
}

struct wast_answer wast_session_ask(struct wast_session *s, const char *line)
{
    if (s->pid == 0) {
        return wast_session_error("no component instance");
    }
    fprintf(s->request, "%s\n", line);
    fflush(s->request);
    return wast_session_answer(s);
}

void wast_session_stop(struct wast_session *s)
{
    if (s->request != NULL) {
        fclose(s->request);
    }
    if (s->answer != NULL) {
        fclose(s->answer);
    }
    if (s->pid > 0) {
        kill(s->pid, SIGKILL);
        (void)process_status(s->pid);
    }
    *s = (struct wast_session){.pid = 0};
}
