/* SPDX-License-Identifier: Apache-2.0 */
/* source: paragraphs of a Debian package index to entries. */
#include "parser_export.h"

/* A paragraph's strings are kept until its batch has been written. */
static char kept[ENTRY_BATCH * 96];
static uint32_t kept_used;
static struct entry batch[ENTRY_BATCH];
static uint32_t batch_used;

static struct entry_text keep(const char *text, uint32_t bytes)
{
    struct entry_text copy = {kept + kept_used, bytes < 47 ? bytes : 47};
    memcpy(kept + kept_used, text, copy.bytes);
    kept_used += copy.bytes;
    return copy;
}

static uint64_t number(const char *text, uint32_t bytes)
{
    uint64_t value = 0;
    for (uint32_t k = 0; k < bytes && text[k] >= '0' && text[k] <= '9'; k++) {
        value = value * 10 + (uint64_t)(text[k] - '0');
    }
    return value;
}

/* The value of a line `Field: value`, if it is that field. */
static bool field(const char *line, uint32_t bytes, const char *name, const char **value, uint32_t *value_bytes)
{
    uint32_t length = (uint32_t)strlen(name);
    if (bytes < length + 2 || memcmp(line, name, length) != 0 || line[length] != ':') {
        return false;
    }
    *value = line + length + 2;
    *value_bytes = bytes - length - 2;
    return true;
}

/* Nobody reads them any more. */
static bool gone;

static void flush(uint32_t out)
{
    gone = gone || !write_all_entries(out, batch, batch_used);
    batch_used = 0;
    kept_used = 0;
}

/* One line without its end; an empty one ends the paragraph. */
static void take_line(uint32_t out, const char *line, uint32_t bytes)
{
    struct entry *e = &batch[batch_used];
    const char *value;
    uint32_t value_bytes;
    if (bytes == 0) {
        batch_used += e->name.bytes > 0;
        if (batch_used == ENTRY_BATCH) {
            flush(out);
        }
        batch[batch_used] = (struct entry){{0, 0}, {0, 0}, 0, 0};
    } else if (field(line, bytes, "Package", &value, &value_bytes)) {
        e->name = keep(value, value_bytes);
    } else if (field(line, bytes, "Section", &value, &value_bytes)) {
        e->section = keep(value, value_bytes);
    } else if (field(line, bytes, "Installed-Size", &value, &value_bytes)) {
        e->installed_size = number(value, value_bytes);
    } else if (field(line, bytes, "Size", &value, &value_bytes)) {
        e->size = number(value, value_bytes);
    }
}

void produce(uint32_t text, uint32_t out)
{
    static char buffer[ENTRY_TEXT];
    uint32_t used = 0;
    bool ended = false;
    while (!ended && !gone) {
        used += READ(text, text, buffer + used, sizeof buffer - used, ended);
        uint32_t line = 0;
        for (uint32_t at = 0; at < used; at++) {
            if (buffer[at] == '\n') {
                take_line(out, buffer + line, at - line);
                line = at + 1;
            }
        }
        if (line == 0 && used == sizeof buffer) {
            line = used; /* A line that fills the buffer is none of ours. */
        }
        for (uint32_t k = line; k < used; k++) {
            buffer[k - line] = buffer[k];
        }
        used -= line;
    }
    take_line(out, "", 0);
    flush(out);
    stream_drop_readable_text(text);
}
