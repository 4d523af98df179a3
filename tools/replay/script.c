/* SPDX-License-Identifier: Apache-2.0 */
/* The script's text into operations. */
#include <stdlib.h>
#include <string.h>

#include "replay.h"

bool replay_fail(const char *what)
{
    if (replay.error[0] == '\0') {
        (void)snprintf(replay.error, sizeof(replay.error), "%s", what);
        replay.error_line = replay.line;
    }
    return false;
}

bool replay_number(const char *word, uint64_t *value)
{
    *value = 0;
    for (const char *c = word; *c != '\0'; c++) {
        if (*c < '0' || *c > '9' || *value > (UINT64_MAX - (uint64_t)(*c - '0')) / 10) {
            return false;
        }
        *value = *value * 10 + (uint64_t)(*c - '0');
    }
    return word[0] != '\0';
}

int replay_find(const char *word, const void *table, size_t stride, int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp((const char *)table + (size_t)i * stride, word) == 0) {
            return i;
        }
    }
    return -1;
}

static int find_operation(const char *word)
{
    for (int i = 0; operation_kinds[i].name != NULL; i++) {
        if (strcmp(operation_kinds[i].name, word) == 0) {
            return i;
        }
    }
    return -1;
}

int replay_flat_count(const struct binding *b)
{
    const struct function *f = &replay.functions[b->function];

    if (b->caller < 0 || !b->is_async) {
        return f->param_count;
    }
    return (f->param_count > MAX_ASYNC_PARAMS ? 1 : f->param_count) + (f->result != NO_KIND);
}

static bool parse_values(char **words, int count, struct operation *op)
{
    for (int i = 0; i < count; i++) {
        if (op->count == MAX_VALUES || !replay_number(words[i], &op->values[op->count++])) {
            return replay_fail("a number was expected");
        }
    }
    return true;
}

/* `call BINDING VALUE...` and `task.return TYPE VALUE...`: how many values depends on what is named. */
static bool parse_named(char shape, char **words, int count, struct operation *op)
{
    int object, values;

    if (count == 0) {
        return replay_fail("a name was expected");
    }
    if (shape == 'B') {
        object = FIND(words[0], replay.bindings, replay.binding_count);
        values = object < 0 ? 0 : replay_flat_count(&replay.bindings[object]);
    } else {
        object = strcmp(words[0], "none") == 0 ? NO_KIND : replay_kind(words[0], false);
        values = object != NO_KIND;
    }
    if (object < 0) {
        return replay_fail("the name is not known");
    }
    op->object = (uint8_t)object;
    return count == 1 + values ? parse_values(words + 1, values, op) : replay_fail("wrong number of values");
}

static bool is_hexadecimal(const char *word)
{
    return strlen(word) % 2 == 0 && word[strspn(word, "0123456789abcdef")] == '\0';
}

static bool keep_text(const char *text, struct operation *op)
{
    op->text = malloc(strlen(text) + 1);
    if (op->text == NULL) {
        return replay_fail("out of memory");
    }
    (void)strcpy(op->text, text);
    return true;
}

static bool parse_word(char letter, char *word, struct operation *op)
{
    int object = 0;

    switch (letter) {
    case 'u':
        return parse_values(&word, 1, op) && (op->values[op->count - 1] <= UINT32_MAX || replay_fail("above 32 bits"));
    case 'X':
        return is_hexadecimal(word) ? keep_text(word, op) : replay_fail("not bytes in hexadecimal");
    case 'C':
        return word[0] == 'c' && parse_values((char *[]){word + 1}, 1, op) ? true : replay_fail("not a call");
    case 'R':
        object = FIND(word, replay.resources, replay.resource_count);
        break;
    default:
        object = strcmp(word, "none") == 0 ? NO_KIND : replay_kind(word, false);
        break;
    }
    op->object = (uint8_t)object;
    return object >= 0 ? true : replay_fail("the name is not known");
}

static bool parse_words(char **words, int count, struct operation *op)
{
    char joined[64] = "";

    for (int i = 0; i < count; i++) {
        if (strlen(joined) + strlen(words[i]) + 2 > sizeof(joined)) {
            return replay_fail("too long");
        }
        (void)strcat(strcat(joined, i > 0 ? " " : ""), words[i]);
    }
    return keep_text(joined, op);
}

static bool parse_arguments(const char *shape, char **words, int count, struct operation *op)
{
    if (shape[0] == 'W') {
        return parse_words(words, count, op);
    }
    if (shape[0] == 'B' || shape[0] == 'K') {
        return parse_named(shape[0], words, count, op);
    }
    if ((int)strlen(shape) != count) {
        return replay_fail("wrong number of arguments");
    }
    for (int i = 0; i < count; i++) {
        if (!parse_word(shape[i], words[i], op)) {
            return false;
        }
    }
    return true;
}

static bool room_for_operation(void)
{
    if (replay.operation_count == replay.operation_room) {
        size_t room = replay.operation_room == 0 ? 256 : 2 * replay.operation_room;
        struct operation *more = realloc(replay.operations, room * sizeof(*more));

        if (more == NULL) {
            return replay_fail("out of memory");
        }
        replay.operations = more;
        replay.operation_room = room;
    }
    return true;
}

static bool parse_operation(char **words, int count)
{
    struct operation op = {.line = replay.line};
    int code = find_operation(words[0]);

    if (code < 0) {
        return replay_fail("unknown operation");
    }
    op.code = (uint16_t)code;
    if (operation_kinds[code].flag != NULL && strcmp(words[count - 1], operation_kinds[code].flag) == 0) {
        op.flag = true;
        count--;
    }
    if (!parse_arguments(operation_kinds[code].shape, words + 1, count - 1, &op) || !room_for_operation()) {
        free(op.text);
        return false;
    }
    replay.operations[replay.operation_count++] = op;
    return true;
}

static bool parse_line(char *row)
{
    char *words[MAX_WORDS];
    int count = 0;
    bool is_declaration = false;
    char *comment = strchr(row, '#');

    if (comment != NULL) {
        *comment = '\0';
    }
    for (char *word = strtok(row, " \t\r"); word != NULL; word = strtok(NULL, " \t\r")) {
        if (count == MAX_WORDS) {
            return replay_fail("too many words");
        }
        words[count++] = word;
    }
    if (count == 0) {
        return true;
    }
    if (!replay_declare(words, count, &is_declaration)) {
        return false;
    }
    return is_declaration || parse_operation(words, count);
}

bool replay_parse(char *text)
{
    while (text != NULL && *text != '\0') {
        char *end = strchr(text, '\n');

        if (end != NULL) {
            *end++ = '\0';
        }
        replay.line++;
        if (!parse_line(text)) {
            return false;
        }
        text = end;
    }
    return true;
}
