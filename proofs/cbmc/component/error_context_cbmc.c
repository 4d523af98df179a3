/* SPDX-License-Identifier: Apache-2.0 */
/**
 * error-context.new, debug-message and drop, in an instance with handles of other kinds.
 * @bound 7 handles, 16 bytes of memory; any index, pointers, encoding and answer of realloc, or none
 * @cbmc --max-field-sensitivity-array-size 64 --unwind 18
 * @cbmc --unwindset list_init_links.0:40,list_init_links.1:40,waitable_wake.0:2
 */
#include "component_copy.h"

enum { CONTEXT = 6 };

static uint32_t answer;

static uint32_t any_realloc(struct gale_instance *instance, uint32_t was, uint32_t was_size, uint32_t align,
                            uint32_t size)
{
    prove(instance == A && !A->may_leave && was == 0 && was_size == 0 && size == 0, "an empty message is asked for");
    wrong = wrong || answer % align != 0 || answer > MEMORY;
    return answer;
}

static void situate(bool has_one)
{
    new_pair(GALE_HANDLE_STREAM_READ, true);
    if (has_one) {
        prove(gale_canon_error_context_new(A, &options[0], 0, 0) == CONTEXT, "HT02: an index that named nothing");
    }
    A->may_leave = nondet_bool();
    answer = nondet_u32();
    options[0].realloc = nondet_bool() ? any_realloc : NULL;
    options[0].encoding = (uint8_t)any_upto(GALE_ENCODING_LATIN1_UTF16);
    remember();
    wrong = !A->may_leave;
}

/* @mutant src/component/canon_error_context.c: `if (!i->may_leave) {` -> `if (false) {`
 * @mutant src/component/canon_error_context.c: `GALE_HANDLE_ERROR_CONTEXT, 0);` -> `GALE_HANDLE_OWN, 0);` */
void check_new(void)
{
    uint32_t index;

    situate(false);
    own_end = CONTEXT;
    index = gale_canon_error_context_new(A, &options[0], nondet_u32(), nondet_u32());
    prove(index == CONTEXT && own()->kind == GALE_HANDLE_ERROR_CONTEXT, "HT02, HT04: an index that named nothing");
    prove(bytes_same(), "ST03: no byte is touched");
    done();
}

/* @mutant src/component/canon_error_context.c: `if (gale__handle(i, h)->kind != GALE_HANDLE_ERROR_CONTEXT) {` -> `if (false) {`
 * @mutant src/component/canon_error_context.c: `ptr, sizeof message, 4), message, sizeof message` -> `ptr, sizeof message - 4, 4), message, sizeof message`
 * @mutant src/component/value.c: `if (!gale_memory_holds(side->options->memory, ptr, bytes)) {` -> `if (false) {` */
void check_debug_message(void)
{
    const uint32_t h = nondet_u32();
    const uint32_t ptr = nondet_u32();
    const unsigned k = any_upto(MEMORY - 1u);
    uint32_t at;

    situate(true);
    at = options[0].realloc == NULL ? 0 : answer;
    wrong = wrong || h != CONTEXT || ptr % 4u != 0 || ptr > MEMORY - 8;
    gale_canon_error_context_debug_message(A, &options[0], h, ptr);
    prove(bytes_b.at[k] == old_bytes_b.at[k] && bytes_a.at[k] == (k < ptr || k - ptr >= 8u ? old_bytes_a.at[k]
                                                                  : k - ptr < 4u ? (uint8_t)(at >> 8u * (k - ptr))
                                                                                 : 0),
          "ST03: a pointer and a length of 0 arrive, and no other byte is touched");
    prove(A->may_leave && store.current == SELF, "the caller goes on");
    done();
}

/* @mutant src/component/canon_error_context.c: `if (gale__handle(i, h)->kind != GALE_HANDLE_ERROR_CONTEXT) {` -> `if (false) {`
 * @mutant src/component/canon_error_context.c: `gale_handle_table_remove(&i->handles, h);` -> `` */
void check_drop(void)
{
    const uint32_t h = nondet_u32();

    situate(true);
    own_end = CONTEXT;
    wrong = wrong || h != CONTEXT;
    gale_canon_error_context_drop(A, h);
    prove(own()->kind == GALE_HANDLE_FREE, "HT03: the index names nothing now");
    prove(bytes_same(), "ST03: no byte is touched");
    done();
}
