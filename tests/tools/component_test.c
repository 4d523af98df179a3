/* SPDX-License-Identifier: Apache-2.0 */
/* What the decoder and the linker refuse, with kind and message. */
#include "plan_support.h"
#include "samples.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

struct refusal {
    const char *text;
    enum diag_kind kind;
    uint32_t at; /**< DIAG_NOWHERE: any place. */
    const char *message;
};

static void check_refused(const struct refusal *refusal)
{
    const struct plan *plan = plan_of(refusal->text);
    const struct diag *diag = plan_refusal();
    bool said = strstr(diag->text, refusal->message) != NULL;
    CHECK(plan == NULL);
    CHECK_EQ(diag->kind, refusal->kind);
    CHECK(said);
    if (refusal->at != DIAG_NOWHERE) {
        CHECK_EQ(diag->at, refusal->at);
    }
    if (plan != NULL || !said) {
        CHECK_STR(diag->text, refusal->message);
        CHECK_STR(refusal->text, "");
    }
    plan_forget();
}

#define CHECK_REFUSED(list)                                         \
    for (size_t i = 0; i < sizeof(list) / sizeof((list)[0]); i++) { \
        check_refused(&(list)[i]);                                  \
    }

TEST(component, every_sample_links)
{
    for (unsigned i = 0; i < sample_count; i++) {
        const struct plan *plan = plan_of(samples[i].text);
        CHECK(plan != NULL);
        if (plan == NULL) {
            CHECK_STR(plan_refusal()->text, samples[i].name);
        }
    }
    plan_forget();
}

TEST(component, bytes_that_are_no_component_are_refused_with_their_place)
{
    static const struct refusal cases[] = {
        {"00 61 73", DIAG_MALFORMED, 0, "no component"},
        {"@", DIAG_MALFORMED, 0, "core module"},
        {"00 61 73 6d 0c 00 01 00", DIAG_MALFORMED, 0, "no component"},
        {"% 0d( )", DIAG_MALFORMED, 8, "unknown section 13"},
        {"% 07 05 00", DIAG_MALFORMED, 10, "5 bytes wanted, 1 are left"},
        {"% 07 80 80 80 80 80 00", DIAG_MALFORMED, 9, "integer too large"},
        {"% 07( 00 00 )", DIAG_MALFORMED, 11, "1 bytes left over"},
        {"% 07( 05 )", DIAG_MALFORMED, 10, "5 elements in 0 bytes"},
        {"% 07( 01 )", DIAG_MALFORMED, 10, "1 elements in 0 bytes"},
        {"% 07( 01 62 )", DIAG_MALFORMED, 11, "unknown type 0x62"},
        {"% 07( 01 72 00 )", DIAG_MALFORMED, 12, "at least one member"},
        {"% 07( 01 72 01 'A-b_c' 79 )", DIAG_MALFORMED, 13, "kebab case"},
        {"% 07( 01 72 01 'aB' 79 )", DIAG_MALFORMED, 13, "kebab case"},
        {"% 07( 01 72 01 '1a' 79 )", DIAG_MALFORMED, 13, "kebab case"},
        {"% 07( 01 71 01 'a' 00 01 )", DIAG_MALFORMED, DIAG_NOWHERE, "refinement"},
        {"% 07( 01 40 00 01 01 )", DIAG_MALFORMED, DIAG_NOWHERE, "one result or none"},
        {"% 07( 01 3f 7e 00 )", DIAG_MALFORMED, DIAG_NOWHERE, "represented by i32"},
        {"% 07( 01 42 01 03 00 'a' 01 00 )", DIAG_MALFORMED, DIAG_NOWHERE, "unknown declarator 0x03"},
        {"% 0a( 01 00 'a b' 01 00 )", DIAG_MALFORMED, DIAG_NOWHERE, "not a valid extern name"},
        {"% 0a( 01 00 'a:b/c@1' 09 00 )", DIAG_MALFORMED, DIAG_NOWHERE, "unknown sort 0x09"},
        {"% 0a( 01 00 01 ff 01 00 )", DIAG_MALFORMED, DIAG_NOWHERE, "not UTF-8"},
        {"% 0a( 01 03 'a' 01 00 )", DIAG_MALFORMED, DIAG_NOWHERE, "unknown form 0x03"},
        {"% 0a( 01 02 'a' 02 02 'x' 02 'y' 01 00 )", DIAG_MALFORMED, DIAG_NOWHERE, "given twice"},
        {"% 0a( 01 02 'a' 01 00 'b' 05 00 )", DIAG_MALFORMED, DIAG_NOWHERE, "no name of an interface"},
        {"% 0a( 01 02 'a:b/c@0.2.1' 01 01 '.1' 05 00 )", DIAG_MALFORMED, DIAG_NOWHERE, "versionsuffix"},
        {"% 06( 01 06 00 00 'a' )", DIAG_MALFORMED, DIAG_NOWHERE, "unknown sort 0x06"},
        {"% 06( 01 01 03 00 'a' )", DIAG_MALFORMED, DIAG_NOWHERE, "unknown form 0x03 of an alias"},
        {"% 08( 01 3f )", DIAG_MALFORMED, 11, "unknown canonical function 0x3f"},
        {"% 08( 01 01 01 00 00 )", DIAG_MALFORMED, DIAG_NOWHERE, "sort of functions"},
        {"% 08( 01 0f 00 02 06 06 )", DIAG_MALFORMED, DIAG_NOWHERE, "async is given twice"},
        {"% 08( 01 0f 00 02 00 01 )", DIAG_MALFORMED, DIAG_NOWHERE, "string-encoding is given twice"},
        {"% 08( 01 0f 00 01 08 )", DIAG_MALFORMED, DIAG_NOWHERE, "unknown option 0x08"},
        {"% 08( 01 06 02 )", DIAG_MALFORMED, DIAG_NOWHERE, "0x02 where 0x00 or 0x01"},
        {"% 02( 01 02 )", DIAG_MALFORMED, DIAG_NOWHERE, "unknown form 0x02"},
        {"% 02( 01 00 00 01 'a' 11 00 )", DIAG_MALFORMED, DIAG_NOWHERE, "only an instance"},
        {"% 02( 01 01 01 'a' 10 00 )", DIAG_MALFORMED, DIAG_NOWHERE, "cannot be exported"},
        {"% 03( 01 61 )", DIAG_MALFORMED, DIAG_NOWHERE, "unknown core type 0x61"},
        {"% 03( 01 50 01 04 )", DIAG_MALFORMED, DIAG_NOWHERE, "declarator 0x04"},
    };
    CHECK_REFUSED(cases);
}

TEST(component, modules_that_are_none_are_refused)
{
    static const struct refusal cases[] = {
        {"% 01( 00 61 73 6d 02 00 00 00 )", DIAG_MALFORMED, 10, "no core module"},
        {"% 01( @ 0e( ) )", DIAG_MALFORMED, DIAG_NOWHERE, "section 14 is unknown"},
        {"% 01( @ 03( 00 ) 01( 00 ) )", DIAG_MALFORMED, DIAG_NOWHERE, "out of order"},
        {"% 01( @ 01( 01 60 01 00 00 ) )", DIAG_MALFORMED, DIAG_NOWHERE, "unknown core value type 0x00"},
        {"% 01( @ 01( 01 61 ) )", DIAG_MALFORMED, DIAG_NOWHERE, "unknown form 0x61"},
        {"% 01( @ 02( 01 'a' 'b' 00 00 ) )", DIAG_MALFORMED, DIAG_NOWHERE, "unknown type 0"},
        {"% 01( @ 02( 01 'a' 'b' 05 00 ) )", DIAG_MALFORMED, DIAG_NOWHERE, "unknown sort 0x05"},
        {"% 01( @ 03( 01 00 ) )", DIAG_MALFORMED, DIAG_NOWHERE, "unknown type 0"},
        {"% 01( @ 05( 01 01 02 01 ) )", DIAG_MALFORMED, DIAG_NOWHERE, "minimum is above the maximum"},
        {"% 01( @ 05( 01 00 #65537 ) )", DIAG_MALFORMED, DIAG_NOWHERE, "at most 4 GiB"},
        {"% 01( @ 05( 01 10 00 ) )", DIAG_MALFORMED, DIAG_NOWHERE, "unknown limits 0x10"},
        {"% 01( @ 05( 01 08 00 03 ) )", DIAG_MALFORMED, DIAG_NOWHERE, "page size"},
        {"% 01( @ 04( 01 7f 00 00 ) )", DIAG_MALFORMED, DIAG_NOWHERE, "a table of numbers"},
        {"% 01( @ 06( 01 7f 00 20 00 0b ) )", DIAG_MALFORMED, DIAG_NOWHERE, "constant expression required"},
        {"% 01( @ 07( 01 'f' 00 00 ) )", DIAG_MALFORMED, DIAG_NOWHERE, "unknown item"},
        {"% 01( @ 05( 01 00 00 ) 07( 02 'f' 02 00 'f' 02 00 ) )", DIAG_MALFORMED, DIAG_NOWHERE, "duplicate export"},
        {"% 01( @ 08( 00 ) )", DIAG_MALFORMED, DIAG_NOWHERE, "unknown function 0"},
        {"% 01( @ 0d( 01 01 00 ) )", DIAG_MALFORMED, DIAG_NOWHERE, "unknown attribute"},
        {"% 01( @ 01( 01 5f 00 ) )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "garbage collection"},
        {"% 01( @ 01( 01 60 01 63 00 00 ) )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "typed function references"},
    };
    CHECK_REFUSED(cases);
}

TEST(component, modules_of_every_item_are_read)
{
    CHECK(plan_of("% 01( @ 01( 01 60 08 7f 7e 7d 7c 70 6f 63 70 63 6f 00 )"
                  "  02( 04 'e' 'a' 03 7e 00 'e' 'b' 01 6f 01 01 02 'e' 'c' 02 01 01 02 'e' 'd' 00 00 )"
                  "  04( 02 70 00 01 40 00 70 00 01 d0 70 0b ) 05( 01 08 #1000 00 )"
                  "  06( 07 7f 00 41 01 41 02 6a 0b 7e 00 42 7f 0b 7d 00 43 00 00 00 00 0b"
                  "    7c 00 44 00 00 00 00 00 00 00 00 0b"
                  "    70 00 d2 00 0b 6f 00 d0 6f 0b 7e 01 23 00 0b )"
                  "  07( 03 'x' 03 01 'y' 01 01 'z' 02 01 ) )") != NULL);
    plan_forget();
}

TEST(component, core_types_that_may_have_subtypes_are_types_of_their_own)
{
    static const struct refusal cases[] = {
        {"% 03( 01 50 02 01 50 00 01 60 00 00 )", DIAG_MALFORMED, DIAG_NOWHERE, "unknown core type 0x01"},
        {"% 03( 01 00 60 00 00 )", DIAG_MALFORMED, DIAG_NOWHERE, "unknown core type 0x00"},
        {"% 03( 02 60 00 00 00 50 01 00 60 00 00 )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "types of garbage collection"},
        {"% 03( 01 00 50 00 5f 00 )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "types of garbage collection"},
        {"% 04( % 03( 01 50 02 01 60 00 00 00 'e' 'f' 00 00 ) 0a( 01 00 'm' 00 11 00 ) )"
         "03( 01 50 02 01 50 00 60 00 00 00 'e' 'f' 00 00 )"
         "04( % 03( 01 50 02 01 50 00 60 00 00 00 'e' 'f' 00 00 ) 0a( 01 00 'm' 00 11 00 )"
         "  04( % 03( 01 50 02 01 60 00 00 00 'e' 'f' 00 00 ) 0a( 01 00 'm' 00 11 00 ) ) 05( 01 00 00 01 'm' 00 11 00 "
         ") )",
         DIAG_INVALID, DIAG_NOWHERE, "type mismatch"},
    };
    CHECK_REFUSED(cases);
    CHECK(plan_of("% 03( 01 00 50 00 60 00 00 )") != NULL);
    plan_forget();
}

TEST(component, core_items_of_another_type_are_refused)
{
    static const struct refusal cases[] = {
        {"% 01( @ 06( 01 7e 00 42 00 0b ) 07( 01 'g' 03 00 ) ) 01( @ 02( 01 'e' 'g' 03 7f 01 ) )"
         "02( 02 00 00 00 00 01 01 'e' 12 00 )",
         DIAG_INVALID, DIAG_NOWHERE, "expected (global (mut i32)), found (global i64)"},
        {"% 01( @ 04( 01 70 00 01 ) 07( 01 't' 01 00 ) ) 01( @ 02( 01 'e' 't' 01 70 00 05 ) )"
         "02( 02 00 00 00 00 01 01 'e' 12 00 )",
         DIAG_INVALID, DIAG_NOWHERE, "expected (table 5), found (table 1)"},
        {"% 01( @ 05( 01 00 01 ) 07( 01 'm' 02 00 ) ) 01( @ 02( 01 'e' 'm' 02 01 01 02 ) )"
         "02( 02 00 00 00 00 01 01 'e' 12 00 )",
         DIAG_INVALID, DIAG_NOWHERE, "expected (memory 1 with a maximum), found (memory 1)"},
        {"% 01( @ 01( 01 60 05 7e 7d 7c 70 6f 00 ) 02( 01 'e' 'f' 00 00 ) ) 08( 01 05 )"
         "02( 02 01 01 'f' 00 00 00 00 01 'e' 12 00 )",
         DIAG_INVALID, DIAG_NOWHERE, "expected (func (param i64 f32 f64 funcref externref)), found (func)"},
        {"% 01( @ 05( 01 00 01 ) 07( 01 'm' 02 00 ) ) 02( 02 00 00 00 00 00 00 ) 06( 01 00 00 01 00 'm' )",
         DIAG_INVALID, DIAG_NOWHERE, "no export named `m` that is a core func"},
        {"% 08( 01 05 ) 02( 01 01 02 'a' 00 00 'a' 00 00 )", DIAG_INVALID, DIAG_NOWHERE, "duplicate export name `a`"},
        {"% 01( @ ) 02( 01 01 00 ) 02( 01 00 00 02 'a' 12 00 'a' 12 00 )", DIAG_INVALID, DIAG_NOWHERE,
         "duplicate module instantiation argument named `a`"},
        {"% 01( @ 04( 01 70 04 01 ) ) 02( 01 00 00 00 )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "64-bit or shared tables"},
        {"% 01( @ 06( 01 7f 00 fb 00 0b ) )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "instructions of garbage collection"},
        {"% 01( @ 01( 01 60 01 7b 00 ) )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "SIMD (v128)"},
        {"% 01( @ 06( 01 7f 00 fd 0c ) )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "SIMD"},
        {"% 01( @ 01( 01 60 01 69 00 ) )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "exceptions"},
        {"% 01( @ 00( 02 ) )", DIAG_MALFORMED, DIAG_NOWHERE, "2 bytes wanted"},
        {"% 01( @ 01( 01 60 01 6e 00 ) )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "types of garbage collection"},
        {"% 07( 01 42 01 01 )", DIAG_MALFORMED, DIAG_NOWHERE, "type: ends too early"},
        {"% 01( @ 05( 01 04 80 80 80 80 80 80 80 80 80 02 ) )", DIAG_MALFORMED, DIAG_NOWHERE, "integer too large"},
        {"% 01( @ 06( 01 7f 00 41 ff ff ff ff 4f 0b ) )", DIAG_MALFORMED, DIAG_NOWHERE, "integer too large"},
    };
    CHECK_REFUSED(cases);
}

TEST(component, names_are_utf_8)
{
    static const char *const good[] = {"c2 80", "e0 a0 80", "ed 9f bf", "f0 90 80 80", "f4 8f bf bf", "e2 82 ac"};
    static const char *const bad[] = {"80",       "c1 80",       "c2",          "c2 41",      "e0 9f 80",
                                      "ed a0 80", "f0 8f 80 80", "f4 90 80 80", "f5 80 80 80"};
    char text[64];
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        (void)snprintf(text, sizeof text, "%% 00( ( %s ) )", good[i]);
        CHECK(plan_of(text) != NULL);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        (void)snprintf(text, sizeof text, "%% 00( ( %s ) )", bad[i]);
        CHECK(plan_of(text) == NULL);
        CHECK_EQ(plan_refusal()->kind, DIAG_MALFORMED);
    }
    plan_forget();
}

TEST(component, indices_out_of_range_are_refused_for_each_sort)
{
    static const struct refusal cases[] = {
        {"% 08( 01 01 00 00 00 )", DIAG_INVALID, DIAG_NOWHERE, "unknown func 0"},
        {"% 08( 01 00 00 00 00 00 )", DIAG_INVALID, DIAG_NOWHERE, "unknown type 0"},
        {"% 07( 01 40 00 01 00 ) 08( 01 00 00 00 00 00 )", DIAG_INVALID, DIAG_NOWHERE, "unknown core func 0"},
        {"% 08( 01 20 00 00 )", DIAG_INVALID, DIAG_NOWHERE, "unknown core memory 0"},
        {"% 03( 01 60 01 7f 00 ) 08( 01 27 00 00 )", DIAG_INVALID, DIAG_NOWHERE, "unknown core table 0"},
        {"% 08( 01 27 00 00 )", DIAG_INVALID, DIAG_NOWHERE, "unknown core type 0"},
        {"% 02( 01 00 00 00 )", DIAG_INVALID, DIAG_NOWHERE, "unknown core module 0"},
        {"% 06( 01 00 00 01 00 'f' )", DIAG_INVALID, DIAG_NOWHERE, "unknown core instance 0"},
        {"% 06( 01 01 00 00 'f' )", DIAG_INVALID, DIAG_NOWHERE, "unknown instance 0"},
        {"% 05( 01 00 00 00 )", DIAG_INVALID, DIAG_NOWHERE, "unknown component 0"},
        {"% 06( 01 03 02 01 00 )", DIAG_INVALID, DIAG_NOWHERE, "outer alias count of 1"},
        {"% 06( 01 01 02 00 00 )", DIAG_INVALID, DIAG_NOWHERE, "cannot be aliased"},
        {"% 02( 01 01 01 'g' 03 00 )", DIAG_INVALID, DIAG_NOWHERE, "unknown core global 0"},
        {"% 0b( 01 00 'a' 00 00 00 00 )", DIAG_INVALID, DIAG_NOWHERE, "core func cannot be exported"},
    };
    CHECK_REFUSED(cases);
}

TEST(component, types_that_break_a_rule_are_refused)
{
    static const struct refusal cases[] = {
        {"% 07( 02 40 00 01 00 70 00 )", DIAG_INVALID, DIAG_NOWHERE, "not a defined type"},
        {"% 07( 01 69 00 )", DIAG_INVALID, DIAG_NOWHERE, "unknown type 0"},
        {"% 07( 02 7f 69 00 )", DIAG_INVALID, DIAG_NOWHERE, "not a resource type"},
        {"% 07( 01 66 01 74 )", DIAG_INVALID, DIAG_NOWHERE, "stream<char>"},
        {"% 07( 03 3f 7f 00 68 00 66 01 01 )", DIAG_INVALID, DIAG_NOWHERE, "contain a `borrow`"},
        {"% 07( 03 3f 7f 00 68 00 40 00 00 01 )", DIAG_INVALID, DIAG_NOWHERE, "cannot contain a `borrow`"},
        {"% 07( 01 67 7d 00 )", DIAG_INVALID, DIAG_NOWHERE, "at least one element"},
        {"% 07( 01 67 7d #268435456 )", DIAG_INVALID, DIAG_NOWHERE, "type too large"},
        {"% 07( 01 67 77 #536870912 )", DIAG_INVALID, DIAG_NOWHERE, "type too large"},
        {"% 07( 01 63 75 7d )", DIAG_INVALID, DIAG_NOWHERE, "keys are"},
        {"% 07( 01 72 02 'a' 7d 'A' 7d )", DIAG_INVALID, DIAG_NOWHERE, "conflicts"},
        {"% 07( 01 40 02 'a' 7d 'a' 7d 01 00 )", DIAG_INVALID, DIAG_NOWHERE, "conflicts"},
        {"% 07( 01 42 01 01 3f 7f 00 )", DIAG_INVALID, DIAG_NOWHERE, "concrete component"},
        {"% 07( 01 6e #33 'a' 'b' 'c' 'd' 'e' 'f' 'g' 'h' 'i' 'j' 'k' 'l' 'm' 'n' 'o' 'p' 'q' 'r' 's' 't' 'u' 'v' 'w' "
         "'x'"
         " 'y' 'z' 'a1' 'b1' 'c1' 'd1' 'e1' 'f1' 'g1' )",
         DIAG_INVALID, DIAG_NOWHERE, "more than 32 flags"},
        {"% 08( 01 05 ) 07( 01 3f 7f 01 00 )", DIAG_INVALID, DIAG_NOWHERE, "wrong signature for a destructor"},
        {"% 03( 02 50 00 50 01 02 10 01 01 00 )", DIAG_INVALID, DIAG_NOWHERE, "cannot alias a module type"},
        {"% 03( 01 50 01 00 'a' 'b' 00 03 )", DIAG_INVALID, DIAG_NOWHERE, "unknown core type 3"},
        {"% 03( 01 50 03 01 60 00 00 03 'f' 00 00 03 'f' 00 00 )", DIAG_INVALID, DIAG_NOWHERE, "duplicate export"},
        {"% 07( 01 42 01 02 01 02 00 00 )", DIAG_INVALID, DIAG_NOWHERE, "only types can be aliased from outside"},
        {"% 07( 01 42 01 02 01 00 00 'a' )", DIAG_INVALID, DIAG_NOWHERE, "only types and instances"},
        {"% 07( 01 42 01 02 00 00 01 00 'a' )", DIAG_INVALID, DIAG_NOWHERE, "no core instances"},
        {"% 07( 01 7f ) 0a( 01 00 'f' 01 00 )", DIAG_INVALID, DIAG_NOWHERE, "not a function type"},
        {"% 03( 01 60 00 00 ) 0a( 01 00 'm' 00 11 00 )", DIAG_INVALID, DIAG_NOWHERE, "not a module type"},
        {"% 07( 01 7f ) 0a( 01 00 '[static]a.b' 03 00 00 )", DIAG_INVALID, DIAG_NOWHERE, "only functions"},
        {"% 07( 01 40 00 01 00 ) 0a( 01 02 'f' 01 00 'a:b/c' 01 00 )", DIAG_INVALID, DIAG_NOWHERE, "implements"},
        {"% 05( 01 01 00 ) 06( 01 01 00 00 'f' )", DIAG_INVALID, DIAG_NOWHERE, "no export named `f`"},
        {"% 05( 01 01 00 ) 04( % ) 05( 01 00 00 02 'a' 05 00 'a' 05 00 )", DIAG_INVALID, DIAG_NOWHERE, "twice"},
        {"% 03( 01 50 01 02 10 01 00 00 )", DIAG_INVALID, DIAG_NOWHERE, "outer alias count of 0"},
        {"% 07( 01 3f 7f 00 ) 04( % 06( 01 03 02 01 00 ) )", DIAG_INVALID, DIAG_NOWHERE, "refers to resources"},
        {"% 0a( 01 00 '[method]a.b' 01 00 ) ", DIAG_INVALID, DIAG_NOWHERE, "unknown type 0"},
        {"% 07( 01 40 00 01 00 ) 0a( 01 00 '[static]a.b' 01 00 )", DIAG_INVALID, DIAG_NOWHERE, "does not have a name"},
        {"% 07( 01 40 00 01 00 ) 0a( 02 00 'a' 01 00 00 'A' 01 00 )", DIAG_INVALID, DIAG_NOWHERE, "conflicts"},
        {"% 07( 01 40 00 01 00 ) 0a( 02 00 'a' 03 01 00 '[method]a.b' 01 00 )", DIAG_INVALID, DIAG_NOWHERE, "self"},
        {"% 07( 01 40 00 01 00 ) 0a( 02 00 'a' 03 01 00 '[constructor]a' 01 00 )", DIAG_INVALID, DIAG_NOWHERE,
         "constructor"},
    };
    CHECK_REFUSED(cases);
}

TEST(component, an_export_speaks_only_of_types_with_names_outside)
{
    static const struct refusal cases[] = {
        {"% 07( 02 72 01 'x' 7d 43 01 'p' 00 01 00 ) 0a( 01 00 'f' 01 01 )", DIAG_INVALID, DIAG_NOWHERE,
         "`f`: func not valid to be used as import"},
        {"% 07( 01 3f 7f 00 ) 07( 01 69 00 ) 07( 01 70 01 ) 0b( 01 00 't' 03 02 00 )", DIAG_INVALID, DIAG_NOWHERE,
         "`t`: type not valid to be used as export"},
        {"% 07( 01 42 03 01 6e 01 'x' 01 40 01 'p' 00 01 00 04 00 'f' 01 01 ) 0a( 01 00 'i' 05 00 )", DIAG_INVALID,
         DIAG_NOWHERE, "`i`: instance not valid to be used as import"},
        {"% 07( 01 41 03 01 6d 01 'x' 01 40 01 'p' 00 01 00 04 00 'f' 01 01 )", DIAG_INVALID, DIAG_NOWHERE,
         "`f`: func not valid to be used as export"},
        {"% 07( 01 3f 7f 00 ) 0b( 01 00 'r' 03 00 00 ) 07( 02 69 00 70 02 ) 0b( 01 00 't' 03 03 00 )", DIAG_INVALID,
         DIAG_NOWHERE, "`t`: type not valid to be used as export"},
    };
    CHECK_REFUSED(cases);
    CHECK(plan_of("% 07( 01 3f 7f 00 ) 0b( 01 00 'r' 03 00 00 ) 07( 02 69 01 70 02 ) 0b( 01 00 't' 03 03 00 )") !=
          NULL);
    CHECK(
        plan_of("% 07( 01 72 01 'x' 7d ) 0a( 01 00 'x' 03 00 00 ) 07( 01 43 01 'p' 01 01 00 ) 0a( 01 00 'f' 01 02 )") !=
        NULL);
}

TEST(component, a_core_module_imports_each_pair_of_names_once)
{
    static const struct refusal cases[] = {
        {"% 01( @ 01( 01 60 00 00 ) 02( 02 'a' 'b' 00 00 'a' 'b' 00 00 ) )", DIAG_INVALID, DIAG_NOWHERE,
         "duplicate import name `a:b`"},
        {"% 03( 01 50 03 01 60 00 00 00 'a' 'b' 00 00 00 'a' 'b' 00 00 )", DIAG_INVALID, DIAG_NOWHERE,
         "duplicate import name `a:b`"},
    };
    CHECK_REFUSED(cases);
}

TEST(component, what_is_not_supported_is_refused_by_name)
{
    static const struct refusal cases[] = {
        {"% 09( 00 00 00 )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "start definition"},
        {"% 0c( 00 )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "value definition"},
        {"% 0a( 01 00 'a' 02 01 7f )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "values"},
        {"% 08( 01 40 00 00 )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "thread.spawn-ref"},
        {"% 08( 01 0a 7e 00 )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "context.get: i64"},
        {"% 03( 01 50 00 ) 0a( 01 00 'm' 00 11 00 )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "import `m`: a core module"},
        {"% 07( 01 41 00 ) 0a( 01 00 'c' 04 00 )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "import `c`: a component"},
        {"% 01( @ 05( 01 03 01 01 ) ) 02( 01 00 00 00 )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "shared memories"},
        {"% 01( @ 05( 01 04 01 ) ) 02( 01 00 00 00 )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "64-bit memories"},
        {"% 01( @ 01( 01 60 00 00 ) 0d( 01 00 00 ) ) 02( 01 00 00 00 )", DIAG_UNSUPPORTED, DIAG_NOWHERE, "exceptions"},
    };
    CHECK_REFUSED(cases);
}

/** `first`, `count` times `middle`, `last`. */
static const char *repeat(const char *first, unsigned count, const char *middle, const char *last)
{
    static char text[16384];
    strcpy(text, first);
    for (unsigned i = 0; i < count; i++) {
        strcat(text, middle);
    }
    return strcat(text, last);
}

TEST(component, components_nested_beyond_the_limit_are_refused)
{
    static uint8_t inner[ASSEMBLE_MAX];
    static uint8_t outer[ASSEMBLE_MAX];
    uint32_t size = assemble("%", inner);
    for (unsigned depth = 0; depth <= COMPONENT_MAX_DEPTH; depth++) {
        const struct plan *plan = plan_of_bytes(inner, size);
        CHECK_EQ(plan != NULL, depth < COMPONENT_MAX_DEPTH + 1);
        memcpy(outer, inner, 8);
        outer[8] = 4;
        outer[9] = (uint8_t)(size | 0x80);
        outer[10] = (uint8_t)(size >> 7);
        memcpy(outer + 11, inner, size);
        size += 11;
        memcpy(inner, outer, size);
    }
    CHECK(plan_of_bytes(inner, size) == NULL);
    CHECK_EQ(plan_refusal()->kind, DIAG_LIMIT);
    plan_forget();
}

TEST(component, types_nested_beyond_the_limit_are_refused)
{
    char chain[4096] = "% 07( #128 7f";
    CHECK(plan_of(repeat("% 07( 01 ", 10, "42 01 01 ", "7f )")) != NULL);
    CHECK(plan_of(repeat("% 07( 01 ", COMPONENT_MAX_DEPTH + 1, "42 01 01 ", "7f )")) == NULL);
    for (int i = 0; i < 127; i++) {
        (void)snprintf(chain + strlen(chain), 16, " 6b %02x 00", i | 0x80);
    }
    strcat(chain, " )");
    CHECK(plan_of(chain) == NULL);
    CHECK_EQ(plan_refusal()->kind, DIAG_LIMIT);
    plan_forget();
}

/** Each level holds the last one twice: 2^30 instances from few bytes. */
TEST(component, what_unfolds_without_bound_is_refused)
{
    char text[4096] = "% 04( % )";
    for (int i = 0; i < 30; i++) {
        (void)snprintf(text + strlen(text), 96, " 04( %% 06( 01 04 02 01 #%d ) 05( 02 00 00 00 00 00 00 ) )", i);
    }
    strcat(text, " 05( 01 00 #30 00 )");
    CHECK(plan_of(text) == NULL);
    CHECK_EQ(plan_refusal()->kind, DIAG_LIMIT);
    plan_forget();
}

/** Each instance holds the last one twice. */
TEST(component, instances_in_instances_are_bounded_in_depth_and_number)
{
    static char deep[65536];
    strcpy(deep, "% 05( 01 01 00 )");
    for (int i = 0; i < 400; i++) {
        (void)snprintf(deep + strlen(deep), 96, " 05( 01 01 01 00 'a' 05 #%d )", i);
    }
    CHECK(plan_of(deep) == NULL);
    CHECK_EQ(plan_refusal()->kind, DIAG_LIMIT);

    char wide[4096] = "% 05( 01 01 00 )";
    for (int i = 0; i < 30; i++) {
        (void)snprintf(wide + strlen(wide), 96, " 05( 01 01 02 00 'a' 05 #%d 00 'b' 05 #%d )", i, i);
    }
    CHECK(plan_of(wide) != NULL);
    strcat(wide, " 0b( 01 00 'x' 05 #30 00 )");
    CHECK(plan_of(wide) == NULL);
    CHECK_EQ(plan_refusal()->kind, DIAG_LIMIT);
    CHECK(plan_refusal()->at != 0); /* out of memory, but where is known */
    plan_forget();
}
