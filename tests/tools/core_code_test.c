/* SPDX-License-Identifier: Apache-2.0 */
#include "plan_support.h"

#include "core_code.h"
#include "diag.h"

#include "test.h"

#include <stdio.h>
#include <string.h>

/*
 * A module of every item: types 0 () -> (), 1 (i32) -> i32, 2 (i64) -> f64, 3 () -> (i32 i32), 4 (i32 i32) -> i32;
 * functions 0 and 1 of type 1, exported and not, 2 of the type wanted; table 0 funcref, 1 externref; memory 0;
 * globals 0 i32 mutable, 1 i64; elements 0 funcref; data 0.
 */
static const struct plan *code_plan(unsigned type, const char *body, bool data_count)
{
    char text[1024];
    (void)snprintf(text, sizeof text,
                   "%% 01( @ 01( 05 60 00 00  60 01 7f 01 7f  60 01 7e 01 7c  60 00 02 7f 7f  60 02 7f 7f 01 7f )"
                   " 03( 03 01 01 %02x ) 04( 02 70 00 04 6f 00 04 ) 05( 01 00 01 )"
                   " 06( 02 7f 01 41 00 0b 7e 00 42 00 0b ) 07( 01 'f' 00 00 )"
                   " 09( 01 00 41 00 0b 01 00 ) %s 0a( 03 ( 00 20 00 0b ) ( 00 20 00 0b ) ( %s ) ) 0b( 01 01 01 aa ) )",
                   type, data_count ? "0c( 01 )" : "", body);
    return plan_of(text);
}

struct code_case {
    unsigned type;
    const char *body;    /* Locals, code, end. */
    const char *message; /* NULL: it is valid. */
};

static void code_check(const struct code_case *one)
{
    bool valid = code_plan(one->type, one->body, true) != NULL;
    const struct diag *diag = plan_refusal();
    bool said = one->message == NULL || strstr(diag->text, one->message) != NULL;
    CHECK_EQ(valid, one->message == NULL);
    CHECK(said);
    if (!said || valid != (one->message == NULL)) {
        CHECK_STR(diag->text, one->body);
    }
    plan_forget();
}

#define CODE_CHECK(list)                                            \
    for (size_t i = 0; i < sizeof(list) / sizeof((list)[0]); i++) { \
        code_check(&(list)[i]);                                     \
    }

TEST(core_code, control_instructions_take_and_leave_what_their_types_say)
{
    static const struct code_case cases[] = {
        {0, "00 01 0b", NULL},
        {0, "00 00 0b", NULL},
        {1, "00 20 00 0b", NULL},
        {1, "00 0b", "a value is wanted, and there is none"},
        {0, "00 41 00 0b", "values remain"},
        {1, "00 42 00 0b", "expected i32, found i64"},
        {0, "00 02 40 0b 0b", NULL},
        {1, "00 02 7f 41 01 0b 0b", NULL},
        {1, "00 02 7f 0b 0b", "there is none"},
        {3, "00 02 03 41 01 41 02 0b 0b", NULL},
        {1, "00 41 01 41 02 02 04 6a 0b 0b", NULL},
        {0, "00 02 09 0b 0b", "unknown type of a block"},
        {0, "00 02 7f", "ends too early"},
        {1, "00 41 00 04 7f 41 01 05 41 02 0b 0b", NULL},
        {1, "00 41 00 04 7f 41 01 0b 0b", "an if without else"},
        {1, "00 41 01 41 00 04 01 0b 0b", NULL},
        {0, "00 02 40 05 0b 0b", "else without if"},
        {1, "00 02 7f 41 01 0c 00 0b 0b", NULL},
        {0, "00 0c 01 0b", "unknown label 1"},
        {0, "00 03 40 0c 00 0b 0b", NULL},
        {1, "00 41 01 03 01 0c 00 0b 0b", NULL},
        {1, "00 02 7f 41 01 41 00 0d 00 0b 0b", NULL},
        {1, "00 02 7f 41 00 0d 00 41 01 0b 0b", "there is none"},
        {1, "00 02 7f 41 01 41 00 0e 01 00 01 0b 0b", NULL},
        {0, "00 02 7f 41 01 41 00 0e 01 00 01 0b 1a 0b", "labels of br_table take 0 and 1 values"},
        {1, "00 02 7f 42 01 41 00 0e 00 00 0b 0b", "br_table expects i32"},
        {1, "00 0f 0b", "there is none"},
        {1, "00 41 01 0f 0b", NULL},
        {1, "00 41 01 10 00 0b", NULL},
        {1, "00 42 01 10 00 0b", "expected i32, found i64"},
        {0, "00 10 07 0b", "unknown func 7"},
        {1, "00 41 01 41 00 11 01 00 0b", NULL},
        {1, "00 41 01 41 00 11 01 01 0b", "wants a table of functions"},
        {1, "00 41 01 41 00 11 09 00 0b", "unknown type 9"},
        {1, "00 41 01 41 00 11 01 05 0b", "unknown table 5"},
        {1, "00 41 01 12 00 0b", NULL},
        {1, "00 41 01 41 00 13 01 00 0b", NULL},
        {0, "00 41 01 12 00 0b", "a tail call returns something else"},
        {1, "00 00 6a 0b", NULL},
        {1, "00 00 42 00 6a 0b", "expected i32, found i64"},
        {1, "00 0c 00 1b 0b", "there is none"},
        {1, "00 00 1b 0b", NULL},
    };
    CODE_CHECK(cases);
}

TEST(core_code, plain_instructions_take_and_leave_what_their_types_say)
{
    static const struct code_case cases[] = {
        {1, "01 01 7e 20 01 a7 0b", NULL},
        {1, "01 02 7e 20 03 0b", "unknown local 3"},
        {1, "00 41 05 21 00 20 00 0b", NULL},
        {1, "00 41 05 22 00 0b", NULL},
        {1, "00 42 05 22 00 0b", "expected i32, found i64"},
        {0, "01 d1 86 03 7f 0b", "more than 50000 locals"},
        {1, "00 41 01 41 02 41 00 1b 0b", NULL},
        {1, "00 41 01 42 02 41 00 1b 0b", "expected i64, found i32"},
        {0, "00 d0 70 d0 70 41 00 1b 1a 0b", "select of references"},
        {0, "00 d0 70 d0 70 41 00 1c 01 70 1a 0b", NULL},
        {0, "00 1c 02 70 70 1a 0b", "select gives one value"},
        {1, "00 23 00 0b", NULL},
        {0, "00 41 00 24 00 0b", NULL},
        {0, "00 42 00 24 01 0b", "global 1 is immutable"},
        {0, "00 23 02 1a 0b", "unknown global 2"},
        {0, "00 41 00 25 00 1a 0b", NULL},
        {0, "00 41 00 d0 6f 26 01 0b", NULL},
        {0, "00 41 00 d0 6f 26 00 0b", "expected funcref, found externref"},
        {1, "00 41 00 28 02 00 0b", NULL},
        {1, "00 41 00 28 03 00 0b", "alignment must not be larger than natural"},
        {1, "00 41 00 28 42 01 00 0b", "unknown memory 1"},
        {0, "00 41 00 42 00 37 03 00 0b", NULL},
        {0, "00 41 00 41 00 37 03 00 0b", "expected i64, found i32"},
        {0, "00 41 00 43 00 00 00 00 38 02 00 0b", NULL},
        {0, "00 41 00 44 00 00 00 00 00 00 00 00 39 03 00 0b", NULL},
        {1, "00 3f 00 0b", NULL},
        {1, "00 41 01 40 00 0b", NULL},
        {1, "00 3f 01 0b", "unknown memory 1"},
        {2, "00 20 00 b9 0b", NULL},
        {2, "00 20 00 b7 0b", "expected i32, found i64"},
        {2, "00 20 00 bf 0b", NULL},
        {1, "00 43 00 00 00 00 fc 00 0b", NULL},
        {1, "00 43 00 00 00 00 fc 02 0b", "expected f64, found f32"},
        {1, "00 d0 6f d1 0b", NULL},
        {1, "00 41 00 d1 0b", "ref.is_null wants a reference"},
        {0, "00 d2 00 1a 0b", NULL},
        {0, "00 d2 01 1a 0b", "undeclared reference to function 1"},
        {0, "00 d2 07 1a 0b", "unknown func 7"},
        {0, "00 41 00 41 00 41 00 fc 08 00 00 0b", NULL},
        {0, "00 41 00 41 00 41 00 fc 08 01 00 0b", "unknown data segment 1"},
        {0, "00 fc 09 00 0b", NULL},
        {0, "00 41 00 41 00 41 00 fc 0a 00 00 0b", NULL},
        {0, "00 41 00 41 00 41 00 fc 0b 00 0b", NULL},
        {0, "00 41 00 41 00 41 00 fc 0c 00 00 0b", NULL},
        {0, "00 41 00 41 00 41 00 fc 0c 00 01 0b", "a table of externref gets elements of funcref"},
        {0, "00 41 00 41 00 41 00 fc 0c 01 00 0b", "unknown elem segment 1"},
        {0, "00 fc 0d 00 0b", NULL},
        {0, "00 41 00 41 00 41 00 fc 0e 00 00 0b", NULL},
        {0, "00 41 00 41 00 41 00 fc 0e 00 01 0b", "a table of funcref gets elements of externref"},
        {1, "00 d0 70 41 01 fc 0f 00 0b", NULL},
        {1, "00 fc 10 00 0b", NULL},
        {0, "00 41 00 d0 70 41 01 fc 11 00 0b", NULL},
        {0, "00 fc 1f 0b", "unknown instruction 0xfc 31"},
        {0, "00 27 0b", "unknown instruction 0x27"},
    };
    CODE_CHECK(cases);
    CHECK(code_plan(0, "00 fc 09 00 0b", false) == NULL);
    CHECK(strstr(plan_refusal()->text, "data count section required") != NULL);
    plan_forget();
}

TEST(core_code, what_is_not_supported_is_refused_by_name)
{
    static const struct code_case cases[] = {
        {0, "00 06 40 0b 0b", "exceptions are not supported"},
        {0, "00 fb 00 0b", "garbage collection"},
        {0, "00 fd 0c 0b", "SIMD is not supported"},
        {0, "00 fe 00 0b", "threads are not supported"},
        {0, "00 fc 13 0b", "wide arithmetic"},
        {0, "00 14 00 0b", "typed function references"},
        {0, "00 d0 6e 1a 0b", "references to other things"},
    };
    CODE_CHECK(cases);
    CHECK(code_plan(0, "00 fd 0c 0b", true) == NULL);
    CHECK_EQ(plan_refusal()->kind, DIAG_UNSUPPORTED);
    plan_forget();
}

/* A module by its sections; NULL: it is valid. */
struct module_case {
    const char *text;
    const char *message;
};

TEST(core_code, segments_and_constants_fit_what_they_initialise)
{
    static const struct module_case cases[] = {
        {"06( 01 7f 00 42 00 0b )", "core global 0: type mismatch"},
        {"06( 02 7f 00 41 00 0b 7f 00 23 00 0b )", NULL},
        {"06( 02 7f 01 41 00 0b 7f 00 23 00 0b )", "core global 1: constant expression required"},
        {"06( 01 7f 00 23 00 0b )", "core global 0: constant expression required"},
        {"06( 01 7f 00 41 00 41 00 46 0b )", "constant expression required"},
        {"04( 01 70 00 01 ) 09( 01 00 42 00 0b 00 )", "expected i32, found i64"},
        {"04( 01 6f 00 01 ) 09( 01 00 41 00 0b 00 )", "elements of another type"},
        {"04( 01 6f 00 01 ) 09( 01 06 00 41 00 0b 6f 01 d0 6f 0b )", NULL},
        {"09( 01 00 41 00 0b 00 )", "unknown table 0"},
        {"09( 01 01 00 01 00 )", "unknown func 0"},
        {"09( 01 01 01 00 )", "unknown kind of elements"},
        {"09( 01 05 7f 00 )", "elements are references"},
        {"09( 01 08 00 )", "unknown form 8 of an element segment"},
        {"09( 01 05 70 01 d0 70 0b )", NULL},
        {"09( 01 05 70 01 d0 6f 0b )", "expected funcref, found externref"},
        {"0b( 01 00 41 00 0b 00 )", "unknown memory 0"},
        {"05( 01 00 01 ) 0b( 01 00 41 00 0b 02 01 02 )", NULL},
        {"05( 01 00 01 ) 0b( 01 02 00 41 00 0b 02 01 02 )", NULL},
        {"05( 01 00 01 ) 0b( 01 00 42 00 0b 00 )", "core data segment 0: type mismatch"},
        {"0b( 01 03 )", "unknown form 3 of a data segment"},
        {"0b( 01 01 05 )", "5 bytes wanted"},
        {"0c( 02 ) 0b( 01 01 00 )", "inconsistent lengths"},
        {"01( 01 60 00 00 ) 03( 01 00 )", "function and code section have inconsistent lengths"},
        {"0a( 01 ( 00 0b ) )", "function and code section have inconsistent lengths"},
        {"01( 01 60 00 00 ) 03( 01 00 ) 0a( 01 ( 00 0b 0b ) )", "1 bytes left over"},
        {"01( 01 60 00 01 7f ) 03( 01 00 ) 08( 00 ) 0a( 01 ( 00 41 00 0b ) )", "start function"},
    };
    char text[256];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(text, sizeof text, "%% 01( @ %s )", cases[i].text);
        bool valid = plan_of(text) != NULL;
        bool said = cases[i].message == NULL || strstr(plan_refusal()->text, cases[i].message) != NULL;
        CHECK_EQ(valid, cases[i].message == NULL);
        CHECK(said);
        if (!said || valid != (cases[i].message == NULL)) {
            CHECK_STR(plan_refusal()->text, cases[i].text);
        }
        plan_forget();
    }
}
