/* SPDX-License-Identifier: Apache-2.0 */
#include "json_out.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool json_out_open(struct json_out *out, const char *path)
{
    out->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    out->failed = false;
    out->used = 0;
    return out->fd >= 0;
}

static void json_out_flush(struct json_out *out)
{
    size_t done = 0;
    while (done < out->used && !out->failed) {
        ssize_t n = write(out->fd, out->buffer + done, out->used - done);
        out->failed = n < 0 && errno != EINTR;
        done += n > 0 ? (size_t)n : 0;
    }
    out->used = 0;
}

bool json_out_close(struct json_out *out)
{
    json_out_flush(out);
    return close(out->fd) == 0 && !out->failed;
}

static void json_out_bytes(struct json_out *out, const char *bytes, size_t count)
{
    if (count > sizeof out->buffer - out->used) {
        json_out_flush(out);
    }
    if (count <= sizeof out->buffer) {
        memcpy(out->buffer + out->used, bytes, count);
        out->used += count;
    }
}

void json_out_text(struct json_out *out, const char *text)
{
    json_out_bytes(out, text, strlen(text));
}

static void json_out_char(struct json_out *out, char c)
{
    static const char hex[] = "0123456789abcdef";
    const char escape[] = {'\\', 'u', '0', '0', hex[(c >> 4) & 15], hex[c & 15]};
    if ((unsigned char)c < ' ' || c == '"' || c == '\\') {
        json_out_bytes(out, escape, sizeof escape);
    } else {
        json_out_bytes(out, &c, 1);
    }
}

void json_out_string(struct json_out *out, const char *text)
{
    json_out_text(out, "\"");
    while (*text != '\0') {
        json_out_char(out, *text++);
    }
    json_out_text(out, "\"");
}

/* At least `least` digits. */
static void json_out_digits(struct json_out *out, uint64_t number, size_t least)
{
    char digits[20];
    size_t count = 0;
    while (number > 0 || count < least) {
        digits[sizeof digits - ++count] = (char)('0' + number % 10);
        number /= 10;
    }
    json_out_bytes(out, digits + sizeof digits - count, count);
}

void json_out_number(struct json_out *out, uint64_t number)
{
    json_out_digits(out, number, 1);
}

void json_out_time(struct json_out *out, uint64_t nanoseconds)
{
    json_out_digits(out, nanoseconds / 1000, 1);
    json_out_text(out, ".");
    json_out_digits(out, nanoseconds % 1000, 3);
}
