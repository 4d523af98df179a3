/* SPDX-License-Identifier: Apache-2.0 */
#include "wasi_path.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A file that a guest makes may be read and written by whom the user's mask allows. */
enum { WASI_PATH_MODE = 0666 };

/* The path ended by a zero byte; 0, or why it can be none. */
static int wasi_path_copy(struct wasi_path path, char text[PATH_MAX])
{
    if (path.bytes == 0) {
        return -ENOENT;
    }
    if (path.bytes >= PATH_MAX) {
        return -ENAMETOOLONG;
    }
    if (memchr(path.text, '\0', path.bytes) != NULL) {
        return -EILSEQ;
    }
    memcpy(text, path.text, path.bytes);
    text[path.bytes] = '\0';
    return text[0] == '/' ? -EPERM : 0;
}

/* The kernel says EXDEV for a path that leads out; a guest is told that it may not. */
static int wasi_path_beneath(int base, const char *path, int flags)
{
    int more = (flags & O_PATH) != 0 ? O_CLOEXEC : O_CLOEXEC | O_NOCTTY;
    struct open_how how = {.flags = (unsigned long long)(flags | more),
                           .mode = (flags & O_CREAT) != 0 ? WASI_PATH_MODE : 0,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    long fd = syscall(SYS_openat2, base, path, &how, sizeof how);
    if (fd >= 0) {
        return (int)fd;
    }
    return errno == EXDEV ? -EPERM : -errno;
}

int wasi_path_open(int base, struct wasi_path path, bool follow, int flags)
{
    char text[PATH_MAX];
    int error = wasi_path_copy(path, text);
    return error != 0 ? error : wasi_path_beneath(base, text, flags | (follow ? 0 : O_NOFOLLOW));
}

/* Where the last part begins; slashes behind it belong to it. */
static char *wasi_path_last(char *text)
{
    char *end = text + strlen(text);
    while (end > text && end[-1] == '/') {
        end--;
    }
    while (end > text && end[-1] != '/') {
        end--;
    }
    return end;
}

/*
 * What ends in `..` or a slash is resolved by the kernel beyond its last name, so the whole has to lead to something
 * below `base`; with a slash to a directory, if it is there.
 */
static int wasi_path_check_whole(int base, const char *text, const char *last)
{
    size_t length = strcspn(last, "/");
    bool up = length == 2 && last[0] == '.' && last[1] == '.';
    bool slash = last[length] == '/';
    if (!up && !slash) {
        return 0;
    }
    int fd = wasi_path_beneath(base, text, slash ? O_PATH | O_DIRECTORY : O_PATH);
    if (fd >= 0) {
        close(fd);
    }
    return fd == -ENOENT && !up ? 0 : fd < 0 ? fd : 0;
}

int wasi_path_place(int base, struct wasi_path path, struct wasi_place *place)
{
    char text[PATH_MAX];
    int error = wasi_path_copy(path, text);
    if (error != 0) {
        return error;
    }
    char *last = wasi_path_last(text);
    size_t length = strcspn(last, "/");
    if (length > NAME_MAX) {
        return -ENAMETOOLONG;
    }
    error = wasi_path_check_whole(base, text, last);
    if (error != 0) {
        return error;
    }
    memcpy(place->name, last, length);
    place->name[length] = '\0'; /* Without a slash: behind one, a link would be followed. */
    *last = '\0';
    place->directory = wasi_path_beneath(base, last == text ? "." : text, O_PATH | O_DIRECTORY);
    return place->directory < 0 ? place->directory : 0;
}
