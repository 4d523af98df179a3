/* SPDX-License-Identifier: Apache-2.0 */
/* What the plan of a component says. */
#include "plan_support.h"
#include "samples.h"
#include "test.h"

#include <string.h>

static const struct plan_canon *canon_of(const struct plan *plan, enum canon_op op)
{
    for (uint32_t i = 0; i < plan->canons.count; i++) {
        if (plan->canons.at[i]->op == op) {
            return plan->canons.at[i];
        }
    }
    return NULL;
}

TEST(plan, a_lifted_function_names_its_core_function_and_type)
{
    const struct plan *plan = plan_of(sample_text("answer"));
    REQUIRE(plan != NULL);
    REQUIRE(plan->export_count == 1 && plan->lifts.count == 1);
    const struct plan_lift *lift = plan->exports[0].func.lift;

    CHECK(lift == plan->lifts.at[0]);
    CHECK(str_equal(plan->exports[0].name.name, STR("answer")));
    CHECK_EQ(lift->type->param_count, 0);
    CHECK_EQ(lift->type->result->kind, TYPE_U32);
    CHECK_EQ(lift->core->kind, PLAN_CORE_EXPORT);
    CHECK(str_equal(lift->core->export.item->name, STR("f")));
    CHECK_EQ(lift->needs_stack, false);
    plan_forget();
}

TEST(plan, steps_bring_up_instances_before_what_runs_in_them)
{
    const struct plan *plan = plan_of(sample_text("nested"));
    REQUIRE(plan != NULL);

    REQUIRE(plan->steps.count == 4);
    CHECK(plan->steps.at[0].instance == plan->instances.at[0]);
    CHECK(plan->steps.at[1].core == plan->core_instances.at[0]);
    CHECK(plan->steps.at[2].instance == plan->instances.at[1]);
    CHECK(plan->steps.at[3].instance == plan->instances.at[2]);
    CHECK(plan->instances.at[1]->parent == plan->instances.at[0]);
    CHECK_EQ(plan->instances.at[1]->component, plan->instances.at[2]->component);
    plan_forget();
}

TEST(plan, a_function_handed_through_instances_stays_one_function)
{
    const struct plan *plan = plan_of(sample_text("nested"));
    REQUIRE(plan != NULL);
    REQUIRE(plan->export_count == 2);

    CHECK(plan->exports[0].func.lift == plan->lifts.at[0]);
    REQUIRE(plan->exports[1].kind == PLAN_INSTANCE && plan->exports[1].item_count == 2);
    CHECK(plan->exports[1].items[0].func.lift == plan->lifts.at[0]);
    CHECK(plan->exports[1].items[1].func.lift == plan->lifts.at[0]);
    plan_forget();
}

TEST(plan, imports_of_the_root_become_host_functions_with_interface_and_name)
{
    const struct plan *plan = plan_of(sample_text("imports"));
    REQUIRE(plan != NULL);
    REQUIRE(plan->host_funcs.count == 3);

    CHECK(str_equal(plan->host_funcs.at[0]->interface, STR("wasi:demo/files@0.3.0")));
    CHECK(str_equal(plan->host_funcs.at[0]->name, STR("open")));
    CHECK_EQ(plan->host_funcs.at[0]->type->async, true);
    CHECK_EQ(plan->host_funcs.at[2]->interface.size, 0);
    CHECK(str_equal(plan->host_funcs.at[2]->name, STR("tick")));
    REQUIRE(plan->resources.count == 1);
    CHECK(plan->resources.at[0]->instance == NULL);
    CHECK(str_equal(plan->resources.at[0]->name, STR("blob")));
    const struct plan_canon *drop = canon_of(plan, CANON_RESOURCE_DROP);
    REQUIRE(drop != NULL);
    CHECK(drop->resource == plan->resources.at[0]);
    plan_forget();
}

TEST(plan, lowering_an_async_function_synchronously_may_block)
{
    const struct plan *plan = plan_of(sample_text("imports"));
    REQUIRE(plan != NULL);
    REQUIRE(plan->canons.count == 3);

    CHECK_EQ(plan->canons.at[0]->async, true);
    CHECK_EQ(plan->canons.at[0]->blocks, false);
    CHECK_EQ(plan->canons.at[1]->async, false);
    CHECK_EQ(plan->canons.at[1]->blocks, true);
    CHECK(plan->canons.at[1]->callee.host == plan->host_funcs.at[0]);
    plan_forget();
}

TEST(plan, instances_of_a_component_have_resource_types_of_their_own)
{
    const struct plan *plan = plan_of("% 04( % 07( 01 3f 7f 00 ) 0b( 01 00 'r' 03 00 00 ) )"
                                      "05( 02 00 00 00 00 00 00 ) 0b( 02 00 'a' 05 00 00 00 'b' 05 01 00 )");
    REQUIRE(plan != NULL);

    REQUIRE(plan->resources.count == 2);
    CHECK(plan->exports[0].items[0].resource == plan->resources.at[0]);
    CHECK(plan->exports[1].items[0].resource == plan->resources.at[1]);
    CHECK(plan->resources.at[0]->instance == plan->instances.at[1]);
    CHECK(plan->resources.at[1]->instance == plan->instances.at[2]);
    CHECK(str_equal(plan->resources.at[0]->name, STR("r")));
    plan_forget();
}

TEST(plan, a_resource_knows_its_destructor)
{
    const struct plan *plan = plan_of(sample_text("resource"));
    REQUIRE(plan != NULL);
    REQUIRE(plan->resources.count == 1);

    CHECK(plan->resources.at[0]->destructor != NULL);
    CHECK(str_equal(plan->resources.at[0]->destructor->export.item->name, STR("d")));
    plan_forget();
}

TEST(plan, core_items_are_seen_through_modules_that_pass_them_on)
{
    static const char text[] = "% 01( @ 01( 01 60 00 00 ) 03( 01 00 ) 05( 01 00 01 ) 07( 02 'f' 00 00 'm' 02 00 )"
                               "  0a( 01 ( 00 0b ) ) )"
                               "01( @ 01( 01 60 00 00 ) 02( 02 'e' 'f' 00 00 'e' 'm' 02 00 00 )"
                               "  07( 02 'g' 00 00 'n' 02 00 ) )"
                               "02( 02 00 00 00  00 01 01 'e' 12 00 ) 06( 02 00 00 01 01 'g' 00 02 01 01 'n' )"
                               "07( 01 40 00 01 00 ) 08( 01 00 00 00 01 03 00 00 ) 0b( 01 00 'g' 01 00 00 )";
    const struct plan *plan = plan_of(text);
    REQUIRE(plan != NULL);

    CHECK(plan->lifts.at[0]->core->export.instance == plan->core_instances.at[0]);
    CHECK(str_equal(plan->lifts.at[0]->core->export.item->name, STR("f")));
    REQUIRE(plan->memories.count == 1);
    CHECK(plan->lifts.at[0]->options->memory == plan->memories.at[0]);
    CHECK(plan->core_instances.at[1]->imports[1].memory == plan->memories.at[0]);
    CHECK(str_equal(plan->memories.at[0]->exported->name, STR("m")));
    plan_forget();
}

TEST(plan, a_stackful_function_and_one_whose_instance_may_block_need_stacks)
{
    const struct plan *threads = plan_of(sample_text("threads"));
    REQUIRE(threads != NULL);
    CHECK_EQ(threads->instances.at[0]->blocks, true);
    CHECK_EQ(threads->lifts.at[0]->needs_stack, true);
    CHECK(threads->lifts.at[0]->callback == NULL);
    const struct plan_canon *made = canon_of(threads, CANON_THREAD_NEW_INDIRECT);
    REQUIRE(made != NULL);
    CHECK(made->table.instance == threads->core_instances.at[0]);

    const struct plan *callback = plan_of(sample_text("callback"));
    REQUIRE(callback != NULL);
    CHECK_EQ(callback->lifts.at[0]->needs_stack, false);
    CHECK(callback->lifts.at[0]->callback != NULL);
    CHECK(canon_of(callback, CANON_LOWER)->callee.lift == callback->lifts.at[0]);
    plan_forget();
}

TEST(plan, every_built_in_has_its_signature_options_and_type)
{
    const struct plan *plan = plan_of(sample_text("builtins"));
    REQUIRE(plan != NULL);
    CHECK_EQ(plan->canons.count, 38);

    const struct plan_canon *read = canon_of(plan, CANON_STREAM_READ);
    REQUIRE(read != NULL);
    CHECK_EQ(read->type->param_count, 3);
    CHECK_EQ(read->async, true);
    CHECK_EQ(read->blocks, false);
    CHECK(read->options->realloc != NULL);
    CHECK_EQ(read->value->kind, TYPE_STREAM);
    CHECK_EQ(read->value->element->kind, TYPE_STRING);
    const struct plan_canon *done = canon_of(plan, CANON_TASK_RETURN);
    REQUIRE(done != NULL);
    CHECK_EQ(done->type->param_count, 2);
    CHECK_EQ(done->options->encoding, CANON_UTF8);
    const struct plan_canon *wait = canon_of(plan, CANON_WAITABLE_SET_POLL);
    REQUIRE(wait != NULL);
    CHECK_EQ(wait->cancellable, true);
    CHECK(wait->memory == plan->memories.at[0]);
    plan_forget();
}

TEST(plan, equal_canonical_functions_are_one)
{
    const struct plan *plan = plan_of("% 08( 04 1f 1f 0c 00 0c 01 )");
    REQUIRE(plan != NULL);
    CHECK_EQ(plan->canons.count, 3);
    plan_forget();
}

TEST(plan, the_same_bytes_give_the_same_plan)
{
    const struct plan *plan = plan_of(sample_text("higher-order"));
    REQUIRE(plan != NULL);
    uint32_t funcs = plan->core_funcs.count;
    uint32_t steps = plan->steps.count;

    plan = plan_of(sample_text("higher-order"));
    REQUIRE(plan != NULL);
    CHECK_EQ(plan->core_funcs.count, funcs);
    CHECK_EQ(plan->steps.count, steps);
    plan_forget();
}

struct link_refusal {
    const char *text;
    const char *message;
};

static void check_refusals(const struct link_refusal *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct plan *plan = plan_of(cases[i].text);
        bool said = strstr(plan_refusal()->text, cases[i].message) != NULL;
        CHECK(plan == NULL && said);
        if (plan != NULL || !said) {
            CHECK_STR(plan_refusal()->text, cases[i].message);
        }
    }
    plan_forget();
}

TEST(plan, what_is_given_must_fit_what_is_wanted)
{
    static const struct link_refusal cases[] = {
        {"% 04( % 07( 01 40 00 01 00 ) 0a( 01 00 'f' 01 00 ) ) 05( 01 00 00 00 )", "missing import named `f`"},
        {"% 07( 01 40 00 00 79 ) 0a( 01 00 'g' 01 00 ) 04( % 07( 01 40 00 01 00 ) 0a( 01 00 'f' 01 00 ) )"
         "05( 01 00 00 01 'f' 01 00 )",
         "another type"},
        {"% 07( 01 7f ) 04( % 07( 01 40 00 01 00 ) 0a( 01 00 'f' 01 00 ) ) 05( 01 00 00 01 'f' 03 00 )",
         "expected func, found type"},
        {"% 07( 01 7f ) 04( % 07( 01 7e ) 0a( 01 00 't' 03 00 00 ) ) 05( 01 00 00 01 't' 03 00 )", "type mismatch"},
        {"% 07( 01 7f ) 04( % 0a( 01 00 't' 03 01 ) ) 05( 01 00 00 01 't' 03 00 )", "expected resource"},
        {"% 04( % 07( 01 42 01 04 00 'r' 03 01 ) 0a( 01 00 'i' 05 00 ) ) 05( 02 01 00 00 00 01 'i' 05 00 )",
         "missing expected export `r`"},
        {"% 03( 01 50 02 01 60 00 00 03 'f' 00 00 ) 01( @ ) 04( % 06( 01 00 10 02 01 00 ) 0a( 01 00 'm' 00 11 00 ) )"
         "05( 01 00 00 01 'm' 00 11 00 )",
         "export `f` is missing"},
        {"% 01( @ 01( 01 60 00 00 ) 02( 01 'a' 'b' 00 00 ) ) 02( 01 00 00 00 )", "missing module instantiation"},
        {"% 01( @ 01( 01 60 00 00 ) 02( 01 'a' 'b' 00 00 ) ) 02( 02 01 00 00 00 01 'a' 12 00 )", "item named `b`"},
        {"% 01( @ 01( 01 60 00 00 ) 02( 01 'a' 'b' 00 00 ) ) 08( 01 1f ) 02( 02 01 01 'b' 00 00 00 00 01 'a' 12 00 )",
         "type mismatch"},
    };
    check_refusals(cases, sizeof cases / sizeof cases[0]);
}

TEST(plan, canonical_functions_that_break_a_rule_are_refused)
{
    static const struct link_refusal cases[] = {
        {"% 07( 01 40 00 01 00 ) 08( 01 1f ) 08( 01 00 00 00 00 00 )", "lift: the core function is"},
        {"% 07( 01 40 00 01 00 ) 08( 01 05 ) 08( 01 00 00 00 01 06 00 )", "requires an async function type"},
        {"% 07( 01 40 00 01 00 ) 08( 01 05 ) 08( 01 00 00 00 01 07 00 00 )", "cannot be used without `async`"},
        {"% 07( 01 43 00 01 00 ) 08( 01 05 ) 08( 01 00 00 00 02 06 05 00 00 )", "cannot be used together"},
        {"% 07( 01 66 01 7d ) 08( 01 0f 00 01 06 )", "`memory` is required"},
        {"% 07( 01 65 01 7d ) 08( 01 0f 00 01 06 )", "is not a stream type"},
        {"% 08( 01 1c 00 )", "error-context.new: canonical option `memory`"},
        {"% 08( 01 0a 7f 02 )", "less than 2"},
        {"% 07( 01 7f ) 08( 01 02 00 )", "is not a resource type"},
        {"% 0a( 01 00 'r' 03 01 ) 08( 01 02 00 )", "not a local resource"},
        {"% 08( 01 05 ) 07( 01 43 00 01 00 ) 08( 01 00 00 00 02 06 07 00 00 )", "lift: the core function"},
        {"% 01( @ 01( 01 60 00 01 7f ) 03( 01 00 ) 07( 01 'f' 00 00 ) 0a( 01 ( 00 41 00 0b ) ) ) 02( 01 00 00 00 )"
         "06( 01 00 00 01 00 'f' ) 07( 01 43 00 01 00 ) 08( 01 00 00 00 02 06 07 00 00 )",
         "`callback` uses a core function with an incorrect signature, (func (result i32))"},
        {"% 08( 01 05 ) 07( 01 40 00 01 00 ) 08( 01 00 00 00 01 04 00 00 )", "`realloc` is given without `memory`"},
        {"% 01( @ 05( 01 00 01 ) 07( 01 'm' 02 00 ) ) 02( 01 00 00 00 ) 06( 01 00 02 01 00 'm' ) 08( 01 05 )"
         "07( 01 40 00 01 00 ) 08( 01 00 00 00 02 03 00 04 00 00 )",
         "`realloc` uses a core function"},
        {"% 01( @ 05( 01 00 01 ) 07( 01 'm' 02 00 ) ) 02( 01 00 00 00 ) 06( 01 00 02 01 00 'm' )"
         "07( 01 66 01 73 ) 08( 01 0f 00 02 03 00 06 )",
         "stream.read: canonical option `realloc` is required"},
        {"% 07( 01 7f ) 08( 01 05 ) 08( 01 00 00 00 00 00 )", "not a function type"},
        {"% 07( 01 40 00 01 00 ) 0a( 01 00 'f' 01 00 ) 08( 02 05 01 00 00 01 05 00 )", "are for lift"},
        {"% 08( 02 05 1c 01 05 00 )", "are for lift"},
        {"% 03( 01 50 02 01 60 00 00 00 'a' 'b' 00 00 ) 01( @ 01( 01 60 00 00 ) 02( 01 'a' 'c' 00 00 ) )"
         "04( % 06( 01 00 10 02 01 00 ) 0a( 01 00 'm' 00 11 00 ) ) 05( 01 00 00 01 'm' 00 11 00 )",
         "import `a` `c` is not expected"},
        {"% 07( 01 41 02 01 40 00 01 00 04 00 'f' 01 00 ) 04( % ) 04( % 06( 01 03 02 01 00 ) 0a( 01 00 'c' 04 00 ) )"
         "05( 01 00 01 01 'c' 04 00 )",
         "missing expected export `f`"},
        {"% 07( 01 41 01 03 00 'r' 03 01 ) 04( % 0a( 01 00 'q' 03 01 ) )"
         "04( % 06( 01 03 02 01 00 ) 0a( 01 00 'c' 04 00 ) ) 05( 01 00 01 01 'c' 04 00 )",
         "missing import named `q`"},
        {"% 07( 0a 70 73 66 00 65 01 7d 67 7d 03 6f 02 7d 7e 6a 00 00 6a 01 7d 00 6a 00 01 7d 6b 7d"
         "  40 09 'a' 00 'b' 01 'c' 02 'd' 03 'e' 04 'f' 05 'g' 06 'h' 07 'i' 08 01 00 ) 0a( 01 00 'f' 01 09 )"
         "04( % 07( 01 40 00 01 00 ) 0a( 01 00 'f' 01 00 ) ) 05( 01 00 00 01 'f' 01 00 )",
         "found func(a: list<string>, b: stream, c: future<u8>, d: list<u8, 3>, e: tuple<u8, s8>, f: result, "
         "g: result<u8>, h: result<_, u8>, i: option<u8>)"},
        {"% 08( 01 09 01 00 01 06 )", "`async` is not allowed"},
    };
    check_refusals(cases, sizeof cases / sizeof cases[0]);
}
