/* SPDX-License-Identifier: Apache-2.0 */
/** The bodies of runtime.h, once: it leaves to the compiler which calls are worth a copy, for speed or for size. */
#include "runtime.h"

extern inline gale_id gale__slots_next(const struct gale_slots *s);
extern inline void gale__slots_take(struct gale_slots *s, gale_id id, gale_id next);
extern inline gale_id gale__slots_give(struct gale_slots *s, gale_id id);
extern inline struct gale_guest_thread *gale__thread(const struct gale_store *s, gale_id id);
extern inline struct gale_task *gale__task(const struct gale_store *s, gale_id id);
extern inline struct gale_subtask *gale__subtask(const struct gale_store *s, gale_id id);
extern inline struct gale_copy *gale__copy(const struct gale_store *s, gale_id id);
extern inline struct gale_instance *gale__instance(const struct gale_store *s, gale_id id);
extern inline struct gale_instance *gale__task_instance(const struct gale_store *s, gale_id task);
extern inline struct gale_instance *gale__thread_instance(const struct gale_store *s,
                                                          const struct gale_guest_thread *t);
extern inline struct gale_task *gale__current_task(const struct gale_store *s);
extern inline gale_id gale__node_here(const struct gale_store *s, gale_id thread);
extern inline gale_id gale__node_sibling(const struct gale_store *s, gale_id thread);
extern inline gale_id gale__node_first_source(const struct gale_store *s);
extern inline gale_id gale__node_source(const struct gale_instance *i, enum gale__source source);
extern inline gale_id gale__list_of(const struct gale_instance *i, enum gale__instance_list list);
extern inline gale_id gale__list_task(const struct gale_store *s, gale_id task);
extern inline gale_id gale__list_events(const struct gale_store *s, gale_id set);
extern inline gale_id gale__list_waiters(const struct gale_store *s, gale_id set);
extern inline gale_id gale__node_handle(const struct gale_instance *i, uint32_t index);
extern inline bool gale__linked(const struct gale_store *s, gale_id node);
extern inline void gale__unlink(struct gale_store *s, gale_id node);
extern inline void gale__trace(const struct gale_store *s, enum gale_trace_kind kind, gale_id instance, uint32_t a,
                               uint32_t b);
extern inline bool gale__instance_is_closed(const struct gale_instance *i, bool locked);
extern inline void gale__instance_lock(struct gale_instance *i, gale_id thread);
extern inline void gale__instance_unlock(struct gale_instance *i);
extern inline gale_id gale__thread_next_index(const struct gale_instance *i);
extern inline void gale__thread_sync(struct gale_store *s, bool begins);
extern inline bool gale__set_has_event(const struct gale_store *s, gale_id set);
extern inline bool gale__func_needs_lock(const struct gale_func *f);
extern inline bool gale__subtask_is_resolved(const struct gale_subtask *st);
extern inline struct gale_handle *gale__handle(struct gale_instance *i, uint32_t index);
extern inline bool gale__handle_is_end(const struct gale_handle *h);
extern inline bool gale__handle_is_waitable(const struct gale_handle *h);
