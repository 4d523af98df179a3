/* SPDX-License-Identifier: Apache-2.0 */
/* Imports and exports as WIT. */
#include "plan_support.h"
#include "samples.h"
#include "test.h"
#include "text.h"
#include "wit.h"

static const char *wit_of(const char *component)
{
    const struct plan *plan = plan_of(component);
    struct text out = {.arena = plan == NULL ? NULL : plan->arena};
    if (plan == NULL) {
        return plan_refusal()->text;
    }
    wit_print(&out, plan);
    return out.data;
}

TEST(wit, functions_of_a_resource_stand_in_its_braces)
{
    CHECK_STR(wit_of(sample_text("resource")), "world root {\n"
                                               "    resource thing {\n"
                                               "        constructor(v: u32);\n"
                                               "        add: func(by: u32) -> u32;\n"
                                               "    }\n"
                                               "}\n");
    plan_forget();
}

TEST(wit, interfaces_stand_in_their_package)
{
    CHECK_STR(wit_of(sample_text("imports")), "world root {\n"
                                              "    import wasi:demo/files@0.3.0;\n"
                                              "    import tick: func();\n"
                                              "    /* type kind = func() */\n"
                                              "}\n"
                                              "\n"
                                              "package wasi:demo@0.3.0 {\n"
                                              "    interface files {\n"
                                              "        open: async func(n: u32) -> u32;\n"
                                              "        resource blob {\n"
                                              "            count: static async func(n: u32) -> u32;\n"
                                              "        }\n"
                                              "    }\n"
                                              "}\n");
    plan_forget();
}

TEST(wit, types_with_names_are_written_once_and_used_elsewhere)
{
    static const char text[] =
        "% 07( 01 42 05  01 72 01 'type' 7d  04 00 'point' 03 00 00  01 6a 00 01 01  01 43 01 'p' 01 00 02"
        "  04 00 'move' 01 03 ) 0a( 01 00 'a:b/c@1.0.0' 05 00 )"
        "06( 01 03 00 00 'point' ) 07( 01 42 02 02 03 02 01 01 04 00 'spot' 03 00 00 ) 0a( 01 00 'a:b/d' 05 02 )";
    CHECK_STR(wit_of(text), "world root {\n"
                            "    import a:b/c@1.0.0;\n"
                            "    import a:b/d;\n"
                            "}\n"
                            "\n"
                            "package a:b@1.0.0 {\n"
                            "    interface c {\n"
                            "        record point {\n"
                            "            %type: u8,\n"
                            "        }\n"
                            "        move: async func(p: point) -> result<_, point>;\n"
                            "    }\n"
                            "}\n"
                            "\n"
                            "package a:b {\n"
                            "    interface d {\n"
                            "        use a:b/c@1.0.0.{point as spot};\n"
                            "    }\n"
                            "}\n");
    plan_forget();
}

TEST(wit, every_kind_of_type_has_its_text)
{
    CHECK_STR(wit_of("% 07( 0a 7e 70 00 67 7d 05 6f 02 7d 78 6b 00 6a 01 79 00 66 00 65 01 7d 63 73 7d"
                     "  40 09 'a' 01 'b' 02 'c' 03 'd' 04 'e' 05 'f' 06 'g' 07 'h' 08 'i' 64 00 00 )"
                     "0a( 01 00 'f' 01 09 )"),
              "world root {\n"
              "    import f: func(a: list<s8>, b: list<u8, 5>, c: tuple<u8, s64>, d: option<s8>, e: result<u32>, "
              "f: stream, g: future<u8>, h: map<string, u8>, i: error-context) -> s8;\n"
              "}\n");
    plan_forget();
}

TEST(wit, members_handles_and_nested_interfaces_have_their_text)
{
    CHECK_STR(wit_of("% 07( 01 42 0b 04 00 'r' 03 01  01 69 00  01 68 00  01 71 02 'one' 01 01 00 'two' 00 00"
                     "   04 00 'v' 03 00 03  04 00 'w' 03 00 04  01 6e 01 'bit'  04 00 'bits' 03 00 06  01 70 7d"
                     "   04 00 'list' 03 00 08  01 40 01 'b' 02 00 04 )"
                     "0a( 01 00 'plain' 05 00 )"),
              "world root {\n"
              "    import plain: interface {\n"
              "        resource r;\n"
              "        variant v {\n"
              "            one(r),\n"
              "            two,\n"
              "        }\n"
              "        type w = v;\n"
              "        flags bits {\n"
              "            bit,\n"
              "        }\n"
              "        type %list = list<u8>;\n"
              "    }\n"
              "}\n");
    CHECK_STR(wit_of("% 04( % ) 05( 01 01 00 ) 05( 01 01 01 00 'in' 05 00 ) 0b( 02 00 'i' 05 01 00 00 'c' 04 00 00 )"),
              "world root {\n"
              "    export i: interface {\n"
              "        in: interface {\n"
              "        }\n"
              "    }\n"
              "    /* export c: no WIT for this */\n"
              "}\n");
    plan_forget();
}
