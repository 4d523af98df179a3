/* SPDX-License-Identifier: Apache-2.0 */
/* From a linked component to its plan: imports and exports as trees, and who needs a stack. */
#include "plan.h"

#include "link.h"

static struct plan_item *plan_items(struct link *link, const struct link_instance *instance, uint32_t *count);

/** Recursion: as deep as instances nest, which link_enter bounds. */
static void plan_item(struct link *link, const struct link_export *export, struct plan_item *item)
{
    const struct link_value *value = &export->value;
    item->name = export->name;
    item->at = export->at;
    switch (value->sort) {
    case SORT_FUNC:
        item->kind = PLAN_FUNC;
        item->func = value->of.func;
        break;
    case SORT_INSTANCE:
        item->kind = PLAN_INSTANCE;
        item->items = plan_items(link, value->of.instance, &item->item_count);
        break;
    case SORT_TYPE:
        item->kind = value->of.type->def == NULL ? PLAN_TYPE : PLAN_OPAQUE;
        item->type = value->of.type->value;
        item->resource = value->of.type->resource;
        item->func_type = value->of.type->func;
        break;
    default:
        item->kind = PLAN_OPAQUE;
        break;
    }
}

static struct plan_item *plan_items(struct link *link, const struct link_instance *instance, uint32_t *count)
{
    struct plan_item *items = ARENA_ARRAY(link->arena, struct plan_item, instance->exports.count);
    link_enter(link, DIAG_NOWHERE);
    *count = instance->exports.count;
    for (uint32_t i = 0; i < *count; i++) {
        link_count_value(link);
        plan_item(link, &instance->exports.at[i], &items[i]);
    }
    link_leave(link);
    return items;
}

static struct link *plan_start(struct arena *arena, bool validating, bool open)
{
    struct link *link = ARENA_NEW(arena, struct link);
    link->arena = arena;
    link->diag = arena->diag;
    link->plan = ARENA_NEW(arena, struct plan);
    link->plan->arena = arena;
    link->plan->types = &link->types;
    link->validating = validating;
    types_init(&link->types, arena);
    link->imports = link_instance_new(link);
    link->open = open;
    link->plan->open = open;
    return link;
}

static uint32_t plan_count_components(const struct component *component)
{
    uint32_t last = component->id + 1;
    for (uint32_t i = 0; i < component->definitions.count; i++) {
        if (component->definitions.at[i].kind == DEF_COMPONENT) {
            last = plan_count_components(component->definitions.at[i].of.component);
        }
    }
    return last;
}

void plan_validate(struct arena *arena, const struct component *component)
{
    struct link *link = plan_start(arena, true, component->open);
    link->validated = ARENA_ARRAY(arena, bool, plan_count_components(component));
    (void)link_run(link, component, NULL, NULL, NULL, component->at);
}

static void plan_mark_stacks(struct plan *plan)
{
    for (uint32_t i = 0; i < plan->lifts.count; i++) {
        struct plan_lift *lift = plan->lifts.at[i];
        lift->needs_stack = lift->instance->blocks || (lift->async && lift->callback == NULL);
    }
}

struct plan *plan_link(struct arena *arena, const struct component *component, const uint8_t *bytes, uint32_t size)
{
    plan_validate(arena, component);
    struct link *link = plan_start(arena, false, component->open);
    struct plan *plan = link->plan;
    plan->bytes = bytes;
    plan->size = size;
    const struct link_instance *exports = link_run(link, component, NULL, NULL, NULL, component->at);
    plan->imports = plan_items(link, link->imports, &plan->import_count);
    plan->exports = plan_items(link, exports, &plan->export_count);
    plan_mark_stacks(plan);
    return plan;
}
