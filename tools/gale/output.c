/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
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

static int output_remove_one(const char *path, const struct stat *found, int type, struct FTW *place)
{
    (void)found, (void)type, (void)place;
    (void)remove(path);
    return 0;
}

void output_remove(const char *path)
{
    enum { OUTPUT_OPEN_FOLDERS = 8 };

    (void)nftw(path, output_remove_one, OUTPUT_OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static bool output_is_empty(int folder)
{
    DIR *entries = fdopendir(dup(folder));
    unsigned count = 0;

    while (entries != NULL && count <= 2 && readdir(entries) != NULL) {
        count++;
    }
    if (entries != NULL) {
        (void)closedir(entries);
    }
    return entries != NULL && count <= 2; /* itself and its parent */
}

/* May the output replace what is at `path`? An empty directory may always be. */
static bool output_may_replace(const char *path)
{
    struct stat found;
    int at;
    bool good;

    if (lstat(path, &found) != 0) {
        return errno == ENOENT || output_complain(path);
    }
    at = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (at < 0) {
        return output_complain(path);
    }
    good = faccessat(at, OUTPUT_MARK, F_OK, 0) == 0 || output_is_empty(at);
    (void)close(at);
    if (good) {
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

/* Where the file system cannot exchange two names there is a moment without either. */
static bool output_replace(const char *growing, const char *path)
{
    char *old = NULL;
    bool done;

    if (asprintf(&old, "%s.old", growing) < 0 || rename(path, old) != 0) {
        free(old);
        return false;
    }
    done = rename(growing, path) == 0;
    if (done) {
        output_remove(old);
    } else {
        (void)rename(old, path);
    }
    free(old);
    return done;
}

bool output_finish(struct output *output)
{
    bool done = renameat2(AT_FDCWD, output->growing, AT_FDCWD, output->path, RENAME_EXCHANGE) == 0;

    if (!done && errno == ENOENT) {
        done = rename(output->growing, output->path) == 0;
    } else if (!done) {
        done = output_replace(output->growing, output->path);
    } else {
        output_remove(output->growing);
    }
    if (!done) {
        return output_complain(output->path);
    }
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
    free(output->path);
    output->path = NULL;
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
