/* SPDX-License-Identifier: Apache-2.0 */
/* sink: number, size and installed size of the entries of each section, in the order of their names. */
#include "../stdio.h"
#include "parser_import.h"

enum { NAME = 48 };

struct section {
    char name[NAME];
    uint32_t name_bytes;
    uint64_t count;
    uint64_t size;
    uint64_t installed_size;
};

static struct section sections[ENTRY_SECTIONS];
static uint32_t section_count;

/* Negative, zero or positive, as the section's name stands to `name`. */
static int compare(const struct section *s, struct entry_text name)
{
    uint32_t shorter = s->name_bytes < name.bytes ? s->name_bytes : name.bytes;
    int order = memcmp(s->name, name.data, shorter);
    return order != 0 ? order : (int)s->name_bytes - (int)name.bytes;
}

static struct section *insert(uint32_t at, struct entry_text name)
{
    if (section_count == ENTRY_SECTIONS || name.bytes > NAME) {
        __builtin_trap();
    }
    for (uint32_t k = section_count; k > at; k--) {
        sections[k] = sections[k - 1];
    }
    section_count++;
    sections[at] = (struct section){.name_bytes = name.bytes};
    memcpy(sections[at].name, name.data, name.bytes);
    return &sections[at];
}

static struct section *find(struct entry_text name)
{
    uint32_t low = 0;
    uint32_t high = section_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        int order = compare(&sections[middle], name);
        if (order == 0) {
            return &sections[middle];
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return insert(low, name);
}

static char *print(char *to, uint64_t number, char end)
{
    char digits[24];
    int count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0) {
        *to++ = digits[--count];
    }
    *to++ = end;
    return to;
}

static void report(uint32_t out)
{
    static char line[NAME + 96];
    bool heard = true;
    for (uint32_t k = 0; k < section_count && heard; k++) {
        const struct section *s = &sections[k];
        memcpy(line, s->name, s->name_bytes);
        char *to = line + s->name_bytes;
        *to++ = ' ';
        to = print(to, s->count, ' ');
        to = print(to, s->size, ' ');
        to = print(to, s->installed_size, '\n');
        heard = write_all_stdout(out, line, (size_t)(to - line));
    }
}

bool command(uint32_t in, uint32_t out)
{
    static struct entry batch[ENTRY_BATCH];
    uint32_t entries = parser_open(in);
    bool ended = false;
    while (!ended) {
        uint32_t count = parser_read(entries, batch, &ended);
        for (uint32_t k = 0; k < count; k++) {
            struct section *s = find(batch[k].section);
            s->count++;
            s->size += batch[k].size;
            s->installed_size += batch[k].installed_size;
        }
    }
    stream_drop_readable_source(entries);
    report(out);
    return true;
}
