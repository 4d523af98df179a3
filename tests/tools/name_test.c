/* SPDX-License-Identifier: Apache-2.0 */
#include "name.h"
#include "test.h"

#include "diag.h"

#include <stdio.h>
#include <string.h>

static struct str text(const char *bytes)
{
    return (struct str){bytes, (uint32_t)strlen(bytes)};
}

static bool each(const char *const *names, bool (*is)(struct str text), bool wanted)
{
    for (; *names != NULL; names++) {
        if (is(text(*names)) != wanted) {
            CHECK_STR(*names, wanted ? "accepted" : "refused");
            return false;
        }
    }
    return true;
}

TEST(name, labels_are_words_of_one_case_joined_by_dashes)
{
    static const char *const good[] = {"a",      "a-b-c",  "a1-2-3",         "A", "A-B-C",
                                       "A1-2-3", "is-XML", "m1x3d-4CR0NYMS", NULL};
    static const char *const bad[] = {"", "1", "-a", "a-", "a--b", "aB", "Ab", "a_b", "a.b", "1-a", NULL};
    CHECK(each(good, name_is_label, true));
    CHECK(each(bad, name_is_label, false));
}

TEST(name, versions_are_semantic_versions)
{
    static const char *const good[] = {"0.0.0",          "1.2.3",          "10.20.30", "1.0.0-rc.1",
                                       "1.0.0+abcd-efg", "1.0.0-a.1+b.05", NULL};
    static const char *const bad[] = {"",       "1",      "1.0",      "1.0.0.0", "01.0.0",
                                      "1.0.0-", "1.0.0+", "1.0.0-01", "1.a.0",   NULL};
    CHECK(each(good, name_is_version, true));
    CHECK(each(bad, name_is_version, false));
}

TEST(name, canonical_versions_end_at_the_first_number_that_tells)
{
    static const char *const good[] = {"1", "12", "0.2", "0.0.1", "0.0.0", NULL};
    static const char *const bad[] = {"", "0", "1.0", "0.0", "0.2.1", "1.2.3", "x", NULL};
    CHECK(each(good, name_is_canonical_version, true));
    CHECK(each(bad, name_is_canonical_version, false));
}

TEST(name, interfaces_have_namespace_package_and_name)
{
    static const char *const good[] = {"a:b/c", "wasi:cli/run@0.3.0", "a-b:c-d/e-F@123456.7890.488", "a:b/c@0.2", NULL};
    static const char *const bad[] = {"a",        "a/b",     "a:b",     "A:b/c", "a:b/c@",
                                      "a:b/c@1.", "a:b/c/d", "a:b:c/d", ":b/c",  NULL};
    CHECK(each(good, name_is_interface, true));
    CHECK(each(bad, name_is_interface, false));
}

TEST(name, annotations_name_a_resource_and_a_function)
{
    struct str parts[2];
    CHECK_EQ(name_parse(text("[constructor]blob"), parts), NAME_CONSTRUCTOR);
    CHECK(str_equal(parts[0], text("blob")));
    CHECK_EQ(name_parse(text("[method]blob.write-all"), parts), NAME_METHOD);
    CHECK(str_equal(parts[0], text("blob")) && str_equal(parts[1], text("write-all")));
    CHECK_EQ(name_parse(text("[static]blob.merge"), parts), NAME_STATIC);
    CHECK_EQ(name_parse(text("[method]blob"), parts), NAME_INVALID);
    CHECK_EQ(name_parse(text("[constructor]a.b"), parts), NAME_INVALID);
    CHECK_EQ(name_parse(text("[other]a.b"), parts), NAME_INVALID);
    CHECK_EQ(name_parse(text("wasi:cli/run"), parts), NAME_INTERFACE);
}

static struct diag name_diag;
static struct arena name_arena = {.diag = &name_diag};

TEST(name, names_differ_beyond_case_and_annotation)
{
    CHECK(str_equal(name_canonical(&name_arena, text("foo-BAR")), text("foo-bar")));
    CHECK(str_equal(name_canonical(&name_arena, text("[method]foo.bar")), text("foo.bar")));
    CHECK(str_equal(name_canonical(&name_arena, text("[static]foo.BAR")), text("foo.bar")));
    CHECK(str_equal(name_canonical(&name_arena, text("[method]Foo.foo")), text("[method]foo.foo")));
    CHECK(str_equal(name_canonical(&name_arena, text("[method]foo.foo")), text("foo")));
    CHECK(str_equal(name_canonical(&name_arena, text("[constructor]foo")), text("[constructor]foo")));
    arena_close(&name_arena);
}

TEST(name, a_map_keeps_the_first_number_of_a_name)
{
    struct name_map map = {NULL, 0, 0};
    uint32_t value = 0;
    CHECK(!name_map_find(&map, text("a"), &value));
    for (uint32_t i = 0; i < 1000; i++) {
        const char *name = arena_print(&name_arena, "n%u", i);
        CHECK(name_map_add(&name_arena, &map, text(name), i));
    }
    CHECK(!name_map_add(&name_arena, &map, text("n7"), 9));
    CHECK(name_map_find(&map, text("n7"), &value));
    CHECK_EQ(value, 7);
    CHECK(!name_map_find(&map, text("n1000"), &value));
    arena_close(&name_arena);
}
