/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The test framework: self-registering cases for the host and for firmware, without heap, stdio or longjmp.
 *
 * `TEST(sem, try_take_when_empty_returns_ebusy) { ... CHECK(...); }`. A failed CHECK prints file, line and both values,
 * counts, and the case goes on; REQUIRE ends the case. `test_main(filter)` runs what contains `filter`.
 */
#ifndef TESTS_SUPPORT_TEST_H
#define TESTS_SUPPORT_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test_case {
    const char *suite;
    const char *name;
    void (*run)(void);
    struct test_case *next;
};

#define TEST(suite, name)                                                                         \
    static void test_##suite##_##name(void);                                                      \
    static struct test_case case_##suite##_##name = {#suite, #name, test_##suite##_##name, NULL}; \
    __attribute__((constructor)) static void register_##suite##_##name(void)                      \
    {                                                                                             \
        test_register(&case_##suite##_##name);                                                    \
    }                                                                                             \
    static void test_##suite##_##name(void)

#define CHECK(cond) ((void)test_check((cond), #cond, __FILE__, __LINE__))
#define CHECK_EQ(actual, expected) \
    ((void)test_check_eq((int64_t)(actual), (int64_t)(expected), #actual " == " #expected, __FILE__, __LINE__))
#define CHECK_STR(actual, expected) ((void)test_check_str((actual), (expected), #actual, __FILE__, __LINE__))
#define REQUIRE(cond)                                         \
    do {                                                      \
        if (!test_check((cond), #cond, __FILE__, __LINE__)) { \
            return;                                           \
        }                                                     \
    } while (0)

void test_register(struct test_case *c);
bool test_check(bool ok, const char *text, const char *file, int line);
bool test_check_eq(int64_t actual, int64_t expected, const char *text, const char *file, int line);
bool test_check_str(const char *actual, const char *expected, const char *text, const char *file, int line);

/** Failed checks of the running case so far; a random test stops when this grows. */
unsigned test_failures(void);

/** Adds a line of context (seed, schedule number) that is printed with the next failures of this case. */
void test_note(const char *text, uint64_t value);

/** Runs the cases whose "suite.name" contains `filter` (NULL: all); prints "N passed, N failed"; 0 if none failed. */
int test_main(const char *filter);

/** Where output goes, one character at a time: stdout on the host, semihosting on firmware. */
void test_put(char c);

#endif /* TESTS_SUPPORT_TEST_H */
