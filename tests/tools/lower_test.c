/* SPDX-License-Identifier: Apache-2.0 */
/* What is written for a component, before any file exists. */
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "lower_support.h"
#include "plan_support.h"
#include "reader.h"
#include "samples.h"
#include "sha256.h"
#include "test.h"

static struct lowered first;

static bool lower_sample(const char *name)
{
    const struct plan *plan = plan_of(sample_text(name));

    return plan != NULL && lower_of(&first, plan);
}

static bool contains(const char *file, const char *part)
{
    return strstr(lower_file_text(&first, file), part) != NULL;
}

static uint64_t digest(const struct lowered *lowered)
{
    uint64_t value = 1469598103934665603u;

    for (size_t i = 0; i < LOWER_FILES; i++) {
        for (size_t k = 0; k < lowered->files[i].text.size; k++) {
            value = (value ^ (uint8_t)lowered->files[i].text.data[k]) * 1099511628211u;
        }
    }
    return value;
}

TEST(lower, the_same_component_gives_the_same_bytes)
{
    for (unsigned i = 0; i < sample_count; i++) {
        uint64_t before;
        if (!lower_sample(samples[i].name)) {
            continue;
        }
        before = digest(&first);
        CHECK(lower_sample(samples[i].name));
        CHECK(digest(&first) == before);
    }
    plan_forget();
}

static void check_imports(const struct core_module *module, const struct core_module *original)
{
    CHECK_EQ(module->imports.count, original->imports.count);
    for (uint32_t i = 0; i < module->imports.count; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "m%ui", (unsigned)original->id);
        CHECK_STR(arena_copy(first.lower.arena, module->imports.at[i].module.data, module->imports.at[i].module.size),
                  name);
        (void)snprintf(name, sizeof name, "%u", (unsigned)i);
        CHECK_STR(arena_copy(first.lower.arena, module->imports.at[i].field.data, module->imports.at[i].field.size),
                  name);
        CHECK_EQ(module->imports.at[i].type.sort, original->imports.at[i].type.sort);
    }
}

static void check_modules(void)
{
    for (uint32_t i = 0; i < first.lower.plan->modules.count; i++) {
        const struct core_module *original = first.lower.modules[i].module;
        struct str bytes = lower_rewrite(&first.lower, &first.lower.modules[i]);
        struct reader reader = {.arena = first.lower.arena,
                                .diag = first.lower.arena->diag,
                                .bytes = (const uint8_t *)bytes.data,
                                .end = bytes.size};
        const struct core_module *module = core_decode(first.lower.arena, &reader);
        check_imports(module, original);
        CHECK_EQ(module->funcs.count, original->funcs.count);
        CHECK_EQ(module->memories.count, original->memories.count);
        for (uint32_t k = 0; k < module->exports.count; k++) {
            CHECK(strchr("xtmg", module->exports.at[k].name.data[0]) != NULL);
        }
    }
}

TEST(lower, modules_get_names_that_cannot_clash)
{
    unsigned lowered = 0;

    for (unsigned i = 0; i < sample_count; i++) {
        if (lower_sample(samples[i].name)) {
            check_modules();
            lowered++;
        }
    }
    CHECK(lowered > 0);
    plan_forget();
}

TEST(lower, a_lift_becomes_a_function_of_the_runtime)
{
    REQUIRE(lower_sample("answer"));

    CHECK(contains("glue.c", "const struct gale_func gale_lift_0 = {"));
    CHECK(contains("glue.c", "results[0] = gale_glue_slot(w2c_m0_x"));
    CHECK(contains("glue.c", "const struct gale_binding gale_export_0 = {"));
    CHECK(contains("values.c", "gale_glue_put4(to, returned[0].i32);"));
    CHECK(contains("describe.c", "{\"answer\","));
    CHECK(contains("plan.c", "\"sample.wasm\""));
    plan_forget();
}

TEST(lower, strings_are_moved_by_the_guest_library)
{
    REQUIRE(lower_sample("strings"));

    CHECK(contains("values.c", "gale_glue_string(t, "));
    CHECK(contains("glue.c", "GALE_ENCODING_"));
    plan_forget();
}

TEST(lower, threads_ask_for_stacks)
{
    REQUIRE(lower_sample("threads"));

    CHECK(contains("budgets.h", "#define GALE_STACKS GALE_BUDGET_PICK(64, 2)"));
    CHECK(lower_sample("answer"));
    CHECK(contains("budgets.h", "#define GALE_STACKS GALE_BUDGET_PICK(0, 0)"));
    plan_forget();
}

/* The tests above say that nothing of this is there without a target. */
TEST(lower, behind_the_mpu_core_code_is_entered_and_left_by_gates)
{
    const struct plan *plan = plan_of(sample_text("strings"));

    REQUIRE(plan != NULL && lower_isolated_of(&first, plan));
    CHECK(contains("glue.c", "gale_isolate_enter(&gale_isolate_"));
    CHECK(contains("glue.c", "_realloc_outside"));
    CHECK(contains("glue.c", "const struct gale_isolate_gate gale_gates[] = {"));
    CHECK(contains("glue.c", "= {&gale_view_0, "));
    CHECK(!contains("glue.c", "_options_0 = {&gale_core_"));
    CHECK(contains("lowered.h", "#define gale_core_0 gale_block_"));
    CHECK(contains("plan.c", "GALE_ISOLATE_ALIGN(sizeof(struct gale_guest_"));
    CHECK(!contains("plan.c", "uint8_t memory_0["));
    CHECK(contains("CMakeLists.txt", "gale::isolate gale::guest"));
    plan_forget();
}

TEST(lower, behind_the_mpu_tables_are_not_read_so_threads_are_refused)
{
    const struct plan *plan = plan_of(sample_text("threads"));

    REQUIRE(plan != NULL);
    CHECK(!lower_isolated_of(&first, plan));
    CHECK(plan_refusal()->kind == DIAG_UNSUPPORTED);
    plan_forget();
}

TEST(lower, an_import_that_is_exported_is_refused_with_its_place)
{
    static struct lowered lowered;
    const struct plan *plan = plan_of("% 07( 01 40 00 01 00 ) 0a( 01 00 'f' 01 00 ) 0b( 01 00 'g' 01 00 00 )");
    REQUIRE(plan != NULL);
    CHECK(!lower_of(&lowered, plan));
    CHECK_EQ(plan_refusal()->at, 26);
    CHECK_STR(plan_refusal()->text, "export `g`: a function that is itself imported is not supported");
    plan_forget();
}

TEST(text, a_literal_says_any_bytes_in_plain_ascii)
{
    struct arena arena = {.chunks = NULL};

    CHECK_STR(text_quote(&arena, STR("a\"b\\c\n\?\x80 1")), "\"a\\042b\\134c\\012\\077\\200 1\"");
    CHECK_STR(text_comment(&arena, STR("x*/\n\\y")), "x./..y");
    arena_close(&arena);
}

TEST(sha256, hashes_as_the_standard_says)
{
    struct sha256 hash;
    char hex[SHA256_HEX];

    sha256_init(&hash);
    sha256_add(&hash, "abc", 3);
    sha256_finish(&hash, hex);
    CHECK_STR(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_init(&hash);
    for (int i = 0; i < 1000000; i++) {
        sha256_add(&hash, "a", 1);
    }
    sha256_finish(&hash, hex);
    CHECK_STR(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
