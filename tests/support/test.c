/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define NOTES_MAX 4u

static struct test_case *first_case;
static struct test_case **last_link = &first_case;
static const struct test_case *running;
static unsigned failures;

static struct {
    const char *text;
    uint64_t value;
} notes[NOTES_MAX];

static void put_str(const char *s)
{
    while (*s != '\0') {
        test_put(*s++);
    }
}

static void put_u64(uint64_t v)
{
    char digits[20];
    unsigned n = 0;

    do {
        digits[n++] = (char)('0' + (char)(v % 10u));
        v /= 10u;
    } while (v != 0);
    while (n > 0) {
        test_put(digits[--n]);
    }
}

static void put_i64(int64_t v)
{
    if (v < 0) {
        test_put('-');
    }
    put_u64(v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v);
}

static void put_case(const struct test_case *c)
{
    put_str(c->suite);
    test_put('.');
    put_str(c->name);
}

static void put_failure(const char *text, const char *file, int line)
{
    put_str(file);
    test_put(':');
    put_i64(line);
    put_str(": ");
    put_case(running);
    put_str(": failed: ");
    put_str(text);
    for (unsigned i = 0; i < NOTES_MAX && notes[i].text != NULL; i++) {
        put_str(" [");
        put_str(notes[i].text);
        test_put(' ');
        put_u64(notes[i].value);
        test_put(']');
    }
}

void test_register(struct test_case *c)
{
    *last_link = c;
    last_link = &c->next;
}

unsigned test_failures(void)
{
    return failures;
}

void test_note(const char *text, uint64_t value)
{
    unsigned i = 0;

    while (i < NOTES_MAX - 1u && notes[i].text != NULL && notes[i].text != text) {
        i++;
    }
    notes[i].text = text;
    notes[i].value = value;
}

bool test_check(bool ok, const char *text, const char *file, int line)
{
    if (!ok) {
        failures++;
        put_failure(text, file, line);
        test_put('\n');
    }
    return ok;
}

bool test_check_eq(int64_t actual, int64_t expected, const char *text, const char *file, int line)
{
    if (actual != expected) {
        failures++;
        put_failure(text, file, line);
        put_str(": got ");
        put_i64(actual);
        put_str(", expected ");
        put_i64(expected);
        test_put('\n');
    }
    return actual == expected;
}

bool test_check_str(const char *actual, const char *expected, const char *text, const char *file, int line)
{
    size_t i = 0;

    while (actual[i] == expected[i] && actual[i] != '\0') {
        i++;
    }
    return test_check(actual[i] == expected[i], text, file, line);
}

static bool contains(const char *text, const char *part)
{
    for (; *text != '\0'; text++) {
        size_t i = 0;
        while (part[i] != '\0' && text[i] == part[i]) {
            i++;
        }
        if (part[i] == '\0') {
            return true;
        }
    }
    return false;
}

static bool selected(const struct test_case *c, const char *filter)
{
    return filter == NULL || contains(c->suite, filter) || contains(c->name, filter);
}

int test_main(const char *filter)
{
    unsigned passed = 0;
    unsigned failed = 0;

    for (running = first_case; running != NULL; running = running->next) {
        if (!selected(running, filter)) {
            continue;
        }
        failures = 0;
        notes[0].text = notes[1].text = notes[2].text = notes[3].text = NULL;
        running->run();
        if (failures == 0) {
            passed++;
        } else {
            failed++;
            put_str("FAIL ");
            put_case(running);
            test_put('\n');
        }
    }
    put_u64(passed);
    put_str(" passed, ");
    put_u64(failed);
    put_str(" failed\n");
    return failed != 0 || passed == 0;
}
