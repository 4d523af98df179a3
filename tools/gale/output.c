/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A directory that holds this file is one that the tool has made. */
#define OUTPUT_MARK "lowered.h"
#define OUTPUT_FILE_LIMIT ((off_t)1 << 30)

static bool output_complain(const char *path)
{
    (void)fprintf(stderr, "gale: %s: %s\n", path, strerror(errno));
    return false;
}

void output_remove(const char *path)
{
    DIR *directory = opendir(path);
    struct dirent *entry;

    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        (void)unlinkat(dirfd(directory), entry->d_name, 0);
    }
    if (directory != NULL) {
        (void)closedir(directory);
    }
    (void)rmdir(path);
}

/* May the output replace what is at `path`? An empty directory may always be. */
static bool output_may_replace(const char *path)
{
    struct stat found;
    int at;
    bool marked;

    if (lstat(path, &found) != 0) {
        return errno == ENOENT || output_complain(path);
    }
    at = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (at < 0) {
        return output_complain(path);
    }
    marked = faccessat(at, OUTPUT_MARK, F_OK, 0) == 0;
    (void)close(at);
    if (marked || rmdir(path) == 0) {
        return true;
    }
    (void)fprintf(stderr, "gale: %s: is there already and was not made by gale lower\n", path);
    return false;
}

bool output_begin(struct output *output, const char *path)
{
    size_t length = strlen(path);

    while (length > 1 && path[length - 1] == '/') {
        length--;
    }
    output->growing = NULL;
    output->path = strndup(path, length);
    if (output->path == NULL || !output_may_replace(output->path)) {
        return false;
    }
    if (asprintf(&output->growing, "%s.XXXXXX", output->path) < 0) {
        output->growing = NULL;
        return output_complain(path);
    }
    if (mkdtemp(output->growing) == NULL) {
        free(output->growing);
        output->growing = NULL;
        return output_complain(path);
    }
    (void)chmod(output->growing, 0755);
    return true;
}

static bool output_write_all(int file, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t done = write(file, bytes, size);
        if (done < 0) {
            return false;
        }
        bytes += done;
        size -= (size_t)done;
    }
    return true;
}

bool output_file(const struct output *output, const char *name, const void *bytes, size_t size)
{
    char *path = NULL;
    int file;
    bool written;

    if (asprintf(&path, "%s/%s", output->growing, name) < 0) {
        return output_complain(name);
    }
    file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    written = file >= 0 && output_write_all(file, bytes, size);
    if (file >= 0) {
        written = close(file) == 0 && written;
    }
    if (!written) {
        (void)output_complain(path);
    }
    free(path);
    return written;
}

bool output_finish(struct output *output)
{
    char *old = NULL;

    if (asprintf(&old, "%s.old", output->growing) < 0) {
        return output_complain(output->path);
    }
    if (rename(output->path, old) != 0 && errno != ENOENT) {
        free(old);
        return output_complain(output->path);
    }
    if (rename(output->growing, output->path) != 0) {
        (void)output_complain(output->path);
        (void)rename(old, output->path);
        free(old);
        return false;
    }
    output_remove(old);
    free(old);
    free(output->growing);
    output->growing = NULL;
    return true;
}

void output_abandon(struct output *output)
{
    if (output->growing != NULL) {
        output_remove(output->growing);
        free(output->growing);
        output->growing = NULL;
    }
}

bool output_read(struct arena *arena, const char *path, struct str *bytes)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat found;
    size_t size;
    size_t done = 0;
    char *data;

    if (file < 0 || fstat(file, &found) != 0) {
        (void)output_complain(path);
        if (file >= 0) {
            (void)close(file);
        }
        return false;
    }
    if (!S_ISREG(found.st_mode) || found.st_size > OUTPUT_FILE_LIMIT) {
        (void)fprintf(stderr, "gale: %s: is no file, or larger than 1 GiB\n", path);
        (void)close(file);
        return false;
    }
    size = (size_t)found.st_size;
    data = arena_take(arena, size + 1, 1);
    while (done < size) {
        ssize_t more = read(file, data + done, size - done);
        if (more <= 0) {
            break;
        }
        done += (size_t)more;
    }
    (void)close(file);
    *bytes = (struct str){data, (uint32_t)done};
    return done == size || output_complain(path);
}
