/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gale-replay [--batch] < script: runs the script and writes one line for each operation. With --batch the input holds
 * many scripts, each ended by a line of three dashes; so does the output.
 */
#include <stdlib.h>
#include <string.h>

#include "replay.h"

#define END "---\n"

static char *read_all(FILE *in)
{
    size_t size = 0, room = 1 << 16;
    char *text = malloc(room);

    while (text != NULL) {
        char *more;

        size += fread(text + size, 1, room - size - 1, in);
        if (size < room - 1) {
            text[size] = '\0';
            return text;
        }
        room *= 2;
        more = realloc(text, room);
        if (more == NULL) {
            free(text);
        }
        text = more;
    }
    return NULL;
}

static int run_one(char *text)
{
    if (replay_run(text, stdout)) {
        return EXIT_SUCCESS;
    }
    (void)fflush(stdout);
    (void)fprintf(stderr, "gale-replay: line %u: %s\n", (unsigned)replay.error_line, replay.error);
    return 2;
}

/* The first line of `---` from `text` on, the end of the text if there is none. */
static char *find_end(char *text)
{
    char *end = strncmp(text, END, 4) == 0 ? text : strstr(text, "\n" END);

    return end == NULL ? text + strlen(text) : end + (end != text);
}

static int run_batch(char *text)
{
    int status = EXIT_SUCCESS;

    while (*text != '\0' && status == EXIT_SUCCESS) {
        char *end = find_end(text);
        char *next = *end == '\0' ? end : end + strlen(END);

        *end = '\0';
        status = run_one(text);
        (void)fputs(END, stdout);
        text = next;
    }
    return status;
}

int main(int argc, char **argv)
{
    bool batch = argc == 2 && strcmp(argv[1], "--batch") == 0;
    char *text;
    int status;

    if (argc > 1 && !batch) {
        (void)fprintf(stderr, "usage: gale-replay [--batch] < script\n");
        return 2;
    }
    text = read_all(stdin);
    if (text == NULL) {
        (void)fprintf(stderr, "gale-replay: out of memory\n");
        return 2;
    }
    status = batch ? run_batch(text) : run_one(text);
    free(text);
    return status;
}
