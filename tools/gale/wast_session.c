/* SPDX-License-Identifier: Apache-2.0 */
#include "wast_session.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Seconds after which a program that does not answer is ended. */
enum { WAST_SESSION_PATIENCE = 20 };

static struct wast_answer wast_session_error(const char *text)
{
    return (struct wast_answer){.outcome = WAST_ERROR, .text = strdup(text)};
}

/* In the child: requests come on descriptor 0, answers leave on 3; what the guest prints is no answer. */
static void wast_session_exec(const char *program, int request, int answer)
{
    int nowhere = open("/dev/null", O_WRONLY);
    if (dup2(request, 0) == 0 && dup2(nowhere, 1) == 1 && dup2(answer, 3) == 3) {
        alarm(WAST_SESSION_PATIENCE);
        execl(program, program, "--script", (char *)NULL);
    }
    _exit(127);
}

static bool wast_session_spawn(struct wast_session *s, const char *program)
{
    int to[2];
    int from[2];
    if (pipe2(to, O_CLOEXEC) != 0) {
        return false;
    }
    if (pipe2(from, O_CLOEXEC) != 0) {
        close(to[0]);
        close(to[1]);
        return false;
    }
    s->pid = fork();
    if (s->pid == 0) {
        wast_session_exec(program, to[0], from[1]);
    }
    close(to[0]);
    close(from[1]);
    s->request = fdopen(to[1], "w");
    s->answer = fdopen(from[0], "r");
    return s->pid > 0 && s->request != NULL && s->answer != NULL;
}

/* What became of a program that ended instead of answering. */
static struct wast_answer wast_session_ended(struct wast_session *s)
{
    int status = 0;
    char text[80] = "the program ended";
    if (waitpid(s->pid, &status, 0) == s->pid && WIFSIGNALED(status)) {
        int signal_number = WTERMSIG(status);
        snprintf(text, sizeof text,
                 signal_number == SIGALRM ? "no answer within %d s" : "the program died of signal %d",
                 signal_number == SIGALRM ? (int)WAST_SESSION_PATIENCE : signal_number);
    }
    s->pid = 0;
    return (struct wast_answer){.outcome = WAST_CRASH, .text = strdup(text)};
}

static struct wast_answer wast_session_answer(struct wast_session *s)
{
    static const char *const words[] = {
        [WAST_OK] = "ok", [WAST_DIFFERENT] = "different", [WAST_TRAP] = "trap", [WAST_ERROR] = "error"};
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
    struct wast_answer answer = wast_session_answer(s);
    if (answer.outcome != WAST_OK) {
        wast_session_stop(s);
    }
    return answer;
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
        waitpid(s->pid, NULL, 0);
    }
    *s = (struct wast_session){.pid = 0};
}
