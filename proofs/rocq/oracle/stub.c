/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The C side of the oracle: the shipped library behind one call per module, with small integers in and out. The OCaml
 * side (oracle.ml) performs the same operation on the extracted model and compares every answer.
 */
#include <string.h>

#include "stub.h"

#include "gale/async/backpressure_gate.h"
#include "gale/async/typed_ring_buf.h"
#include "gale/async/waitable_set.h"
#include "gale/kernel/list.h"
#include "gale/kernel/ring_buf.h"
#include "gale/kernel/sched.h"
#include "gale/kernel/sem.h"
#include "gale/kernel/timeout.h"
#include "turns.h"

#define BYTES 4096

static uint8_t in[BYTES];  /* Bytes from the OCaml side. */
static long answer[BYTES]; /* What a call says besides its status. */
static long answers;
static bool failed; /* An internal check failed: reported as a mismatch. */

bool test_check(bool ok, const char *text, const char *file, int line)
{
    (void)text, (void)file, (void)line;
    failed = failed || !ok;
    return ok;
}

bool test_check_eq(int64_t actual, int64_t expected, const char *text, const char *file, int line)
{
    return test_check(actual == expected, text, file, line);
}

value oracle_in(value i, value byte)
{
    in[Long_val(i)] = (uint8_t)Long_val(byte);
    return Val_unit;
}

value oracle_answers(value unit)
{
    (void)unit;
    return Val_long(answers);
}

value oracle_answer(value i)
{
    return Val_long(answer[Long_val(i)]);
}

value oracle_failed(value unit)
{
    const bool was = failed;

    (void)unit;
    failed = false;
    return Val_bool(was);
}

static void say(long v)
{
    answer[answers++] = v;
}

void stub_begin(void)
{
    answers = 0;
}

void stub_say(long v)
{
    say(v);
}

void stub_check(bool ok)
{
    failed = failed || !ok;
}

uint8_t stub_byte(unsigned i)
{
    return in[i];
}

static void say_bytes(const uint8_t *p, long n)
{
    for (long i = 0; i < n; i++) {
        say(p[i]);
    }
}

/* ---- typed ring ------------------------------------------------------------------------------------------------ */

static struct gale_typed_ring_buf ring;
static struct gale_typed_ring_buf_writer writer;
static struct gale_typed_ring_buf_reader reader;
static uint8_t ring_data[BYTES];
static uint8_t *write_run;
static const uint8_t *read_run;

static long ring_read_claim(uint32_t n)
{
    const void *run = NULL;
    const int32_t k = gale_typed_ring_buf_read_claim(&reader, n, &run);

    read_run = run;
    say_bytes(read_run, k > 0 ? k * (long)reader.end.elem_bytes : 0);
    return k;
}

static long ring_release(uint32_t k)
{
    /* What the reader sees in place when it is done is what the model says it took. */
    const long bytes = (long)k * reader.end.elem_bytes;
    const uint8_t *run = read_run;
    const int status = gale_typed_ring_buf_read_release(&reader, k);

    say_bytes(run, status == GALE_OK ? bytes : 0);
    return status;
}

static long ring_write_claim(uint32_t n)
{
    void *run = NULL;
    const int32_t k = gale_typed_ring_buf_write_claim(&writer, n, &run);

    write_run = run;
    return k;
}

static long ring_read_n(uint32_t n)
{
    static uint8_t out[BYTES];
    const int32_t k = gale_typed_ring_buf_read_n(&reader, out, n);

    say_bytes(out, k > 0 ? k * (long)reader.end.elem_bytes : 0);
    return k;
}

static long ring_read(void)
{
    uint8_t out[64];
    const int status = gale_typed_ring_buf_read(&reader, out);

    say_bytes(out, status == GALE_OK ? (long)reader.end.elem_bytes : 0);
    return status;
}

value oracle_ring(value op, value va, value vb, value vc)
{
    const uint32_t a = (uint32_t)Long_val(va);
    const uint32_t b = (uint32_t)Long_val(vb);
    const uint32_t c = (uint32_t)Long_val(vc);
    long status = 0;

    answers = 0;
    switch (Long_val(op)) {
    case 0: /* init: capacity, element, batches */
        memset(&ring, 0, sizeof ring);
        memset(ring_data, 0, sizeof ring_data);
        gale_typed_ring_buf_writer_init(&writer, &ring.writer, &ring.reader, ring_data, a, b, c / 16u);
        gale_typed_ring_buf_reader_init(&reader, &ring.reader, &ring.writer, ring_data, a, b, c % 16u);
        break;
    case 1:
        status = ring_write_claim(a);
        break;
    case 2:
        status = ring_read_claim(a);
        break;
    case 3:
        status = gale_typed_ring_buf_write_commit(&writer, a);
        break;
    case 4:
        status = ring_release(a);
        break;
    case 5:
        memcpy(write_run + (size_t)a * writer.end.elem_bytes, in, writer.end.elem_bytes);
        break;
    case 6:
        status = gale_typed_ring_buf_write(&writer, in);
        break;
    case 7:
        status = ring_read();
        break;
    case 8:
        status = gale_typed_ring_buf_write_n(&writer, in, a);
        break;
    case 9:
        status = ring_read_n(a);
        break;
    case 10:
        gale_typed_ring_buf_write_flush(&writer);
        break;
    case 11:
        gale_typed_ring_buf_read_flush(&reader);
        break;
    case 12:
        gale_typed_ring_buf_write_close(&writer);
        break;
    case 13:
        gale_typed_ring_buf_read_close(&reader);
        break;
    case 14:
        status = gale_typed_ring_buf_space_available(&writer);
        break;
    default:
        status = gale_typed_ring_buf_elements_available(&reader);
        break;
    }
    failed = failed || !gale_typed_ring_buf_writer_is_valid(&writer) || !gale_typed_ring_buf_reader_is_valid(&reader);
    return Val_long(status);
}

/* ---- byte ring ------------------------------------------------------------------------------------------------- */

static struct gale_ring_buf bytes;
static uint8_t bytes_data[BYTES];

value oracle_bytes(value op, value va, value vb, value vc)
{
    const uint32_t a = (uint32_t)Long_val(va);
    const uint8_t b = (uint8_t)Long_val(vb);
    uint8_t out[BYTES];
    uint8_t *run = NULL;
    const uint8_t *seen = NULL;
    long status = 0;

    (void)vc;
    answers = 0;
    switch (Long_val(op)) {
    case 0:
        memset(bytes_data, 0, sizeof bytes_data);
        gale_ring_buf_init(&bytes, bytes_data, a);
        break;
    case 1:
        status = gale_ring_buf_put(&bytes, in, a);
        break;
    case 2:
        status = gale_ring_buf_get(&bytes, out, a);
        say_bytes(out, status > 0 ? status : 0);
        break;
    case 3:
        status = gale_ring_buf_peek(&bytes, out, a);
        say_bytes(out, status > 0 ? status : 0);
        break;
    case 4:
        status = gale_ring_buf_put_claim(&bytes, &run, a);
        break;
    case 5: /* fill: the caller's claim of the whole run */
        if (gale_ring_buf_put_claim(&bytes, &run, UINT32_MAX) > (int32_t)a) {
            run[a] = b;
        } else {
            status = GALE_EINVAL;
        }
        break;
    case 6:
        status = gale_ring_buf_put_finish(&bytes, a);
        break;
    case 7:
        status = gale_ring_buf_get_claim(&bytes, &seen, a);
        say_bytes(seen, status > 0 ? status : 0);
        break;
    case 8:
        status = gale_ring_buf_get_finish(&bytes, a);
        break;
    case 9:
        gale_ring_buf_reset(&bytes);
        break;
    case 10:
        status = gale_ring_buf_size(&bytes);
        break;
    default:
        status = gale_ring_buf_space(&bytes);
        break;
    }
    failed = failed || !gale_ring_buf_is_valid(&bytes);
    return Val_long(status);
}

/* ---- deadlines ------------------------------------------------------------------------------------------------- */

static struct gale_timeout_queue queue;
static struct gale_timeout queue_pool[16];
static gale_id queue_heap[16];

static gale_tick tick_of(long v)
{
    return v < FOREVER_HERE / 2 ? (gale_tick)v : GALE_FOREVER - (gale_tick)(FOREVER_HERE - v);
}

static long of_tick(gale_tick t)
{
    return t < (gale_tick)(FOREVER_HERE / 2) ? (long)t : FOREVER_HERE - (long)(GALE_FOREVER - t);
}

value oracle_timeout(value op, value va, value vb, value vc)
{
    const gale_id a = (gale_id)Long_val(va);
    gale_id id = 99;
    long status = 0;

    (void)vc;
    answers = 0;
    switch (Long_val(op)) {
    case 0:
        gale_timeout_queue_init(&queue, queue_pool, queue_heap, a, tick_of(Long_val(vb)));
        break;
    case 1:
        status = gale_timeout_add(&queue, a, tick_of(Long_val(vb)));
        break;
    case 2:
        status = gale_timeout_add_after(&queue, a, tick_of(Long_val(vb)));
        break;
    case 3:
        status = gale_timeout_abort(&queue, a);
        break;
    case 4:
        status = gale_timeout_pop_due(&queue, tick_of(Long_val(va)), &id);
        if (status == GALE_OK) {
            say(id);
        }
        break;
    case 5:
        say(of_tick(gale_timeout_next_deadline(&queue)));
        break;
    default:
        say(gale_timeout_is_active(&queue, a));
        break;
    }
    failed = failed || !gale_timeout_queue_is_valid(&queue);
    return Val_long(status);
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

static struct gale_link links[64];
static struct gale_list_pool pool;

static long id_or_none(gale_id id)
{
    return id == GALE_ID_NONE ? -1 : (long)id;
}

value oracle_list(value op, value va, value vb, value vc)
{
    const gale_id a = (gale_id)Long_val(va);
    const gale_id b = (gale_id)Long_val(vb);
    long r = -1;

    (void)vc;
    answers = 0;
    switch (Long_val(op)) {
    case 0:
        gale_list_pool_init(&pool, links, a, b);
        break;
    case 1:
        gale_list_push_back(&pool, a, b);
        break;
    case 2:
        gale_list_push_front(&pool, a, b);
        break;
    case 3:
        gale_list_insert_after(&pool, a, b);
        break;
    case 4:
        gale_list_insert_before(&pool, a, b);
        break;
    case 5:
        gale_list_remove(&pool, a);
        break;
    case 6:
        r = id_or_none(gale_list_pop_front(&pool, a));
        break;
    case 7:
        gale_list_move(&pool, a, b);
        break;
    case 8:
        r = id_or_none(gale_list_first(&pool, a));
        break;
    case 9:
        r = id_or_none(gale_list_last(&pool, a));
        break;
    case 10:
        r = id_or_none(gale_list_next(&pool, a));
        break;
    case 11:
        r = id_or_none(gale_list_prev(&pool, a));
        break;
    default:
        r = id_or_none(gale_list_owner(&pool, a));
        break;
    }
    failed = failed || !gale_list_pool_is_valid(&pool);
    return Val_long(r);
}

/* ---- scheduler ------------------------------------------------------------------------------------------------- */

#define SCHED_THREADS 8u

static struct gale_thread threads[SCHED_THREADS];
static struct gale_list_pool sched_pool;
static struct gale_link sched_links[SCHED_THREADS + GALE_PRIORITIES];
static struct gale_sched sched;

static void sched_entry(void *arg)
{
    (void)arg;
}

static void sched_begin(void)
{
    for (gale_id t = 0; t < SCHED_THREADS; t++) {
        const struct gale_thread_spec spec = {sched_entry, NULL, NULL, 0, in[t], NULL};
        failed = failed || gale_thread_init(&threads[t], &spec) != GALE_OK; /* a task: pending at first */
    }
    gale_list_pool_init(&sched_pool, sched_links, SCHED_THREADS, GALE_PRIORITIES);
    gale_sched_init(&sched, &sched_pool, threads, SCHED_THREADS, 0);
}

value oracle_sched(value op, value va, value vb, value vc)
{
    const gale_id a = (gale_id)Long_val(va);
    long r = -1;

    (void)vc;
    answers = 0;
    switch (Long_val(op)) {
    case 0:
        sched_begin();
        break;
    case 1:
        (void)gale_thread_wake(&threads[a], 0);
        gale_sched_add(&sched, a);
        break;
    case 2:
        gale_sched_remove(&sched, a);
        gale_thread_pend(&threads[a]);
        break;
    case 3:
        gale_thread_pend(&threads[sched.current]);
        break;
    case 4:
        r = id_or_none(gale_sched_switch(&sched, a != 0));
        break;
    case 5:
        (void)gale_sched_set_priority(&sched, a, (uint8_t)Long_val(vb));
        break;
    default:
        r = id_or_none(gale_sched_choose(&sched, a != 0));
        break;
    }
    failed = failed || !gale_sched_is_valid(&sched) || !gale_list_pool_is_valid(&sched_pool);
    return Val_long(r);
}

/* ---- what threads wait for: sem and gate, on real threads in virtual time -------------------------------------- */

static struct gale_sem sem;
static struct gale_backpressure_gate gate;
static bool on_gate;
static gale_tick wait_deadline;
static int wait_status[TURNS_THREADS];
static bool wait_away[TURNS_THREADS]; /* In a call that has not returned. */

static void wait_operate(unsigned me)
{
    wait_away[me] = true;
    wait_status[me] =
        on_gate ? gale_backpressure_gate_wait_until_ready(&gate, wait_deadline) : gale_sem_take(&sem, wait_deadline);
    wait_away[me] = false;
}

/* Everybody whose wait is over comes back and says what it was told. */
static void wait_collect(void)
{
    for (unsigned i = 0; i < turns_count; i++) {
        if (wait_away[i] && turns_can_run(i)) {
            turns_run(i);
            say((long)i);
            say(wait_status[i]);
        }
    }
}

static long wait_begin(bool with_gate, uint32_t a, uint32_t b)
{
    on_gate = with_gate;
    memset(wait_away, 0, sizeof wait_away);
    turns_begin(TURNS_THREADS, wait_operate);
    for (unsigned i = 0; i < TURNS_THREADS; i++) {
        failed = failed || gale_executor_set_priority(&turns_x, (gale_id)i, in[i]) != GALE_OK;
    }
    return with_gate ? gale_backpressure_gate_init(&gate, &turns_x) : gale_sem_init(&sem, &turns_x, a, b);
}

/* deadline: 0 no wait, n ticks from now, or never (99). */
static long wait_turn(unsigned me, long deadline)
{
    wait_deadline = deadline == 0    ? GALE_NO_WAIT
                    : deadline == 99 ? GALE_FOREVER
                                     : gale_port_now() + (gale_tick)deadline - 1u;
    turns_run(me);
    return wait_away[me] ? WAIT_BLOCKED : wait_status[me];
}

value oracle_wait(value op, value va, value vb, value vc)
{
    const uint32_t a = (uint32_t)Long_val(va);
    long status = 0;

    answers = 0;
    switch (Long_val(op)) {
    case 0:
        status = wait_begin(Long_val(vc) != 0, a, (uint32_t)Long_val(vb));
        break;
    case 1:
        status = wait_turn(a, Long_val(vb));
        break;
    case 2:
        turns_tick();
        break;
    case 3:
        status = gale_executor_cancel_wait(&turns_x, (gale_id)a);
        break;
    case 4:
        status = gale_sem_try_take(&sem);
        break;
    case 5:
        gale_sem_give(&sem);
        break;
    case 6:
        gale_sem_reset(&sem);
        break;
    case 7:
        status = gale_executor_set_priority(&turns_x, (gale_id)a, (uint8_t)Long_val(vb));
        break;
    case 8:
        status = gale_backpressure_gate_enable(&gate);
        break;
    case 9:
        gale_backpressure_gate_disable(&gate);
        break;
    case 10:
        status = gale_backpressure_gate_inc(&gate);
        break;
    case 11:
        status = gale_backpressure_gate_dec(&gate);
        break;
    case 12:
        status = gale_backpressure_gate_try_enter(&gate);
        break;
    case 13:
        status = gale_backpressure_gate_leave(&gate);
        break;
    case 14:
        gale_sem_reset(&sem);
        wait_collect();
        turns_end();
        break;
    default:
        while (gale_backpressure_gate_dec(&gate) == GALE_OK) {
        }
        gale_backpressure_gate_disable(&gate);
        wait_collect();
        turns_end();
        break;
    }
    wait_collect();
    failed = failed || !(on_gate ? gale_backpressure_gate_is_valid(&gate) : gale_sem_is_valid(&sem));
    return Val_long(status);
}

/* ---- waitable sets ----------------------------------------------------------------------------------------------- */

#define SET_ITEMS 6u
#define SET_SETS 3u

static struct gale_waitable_pool set_pool;
static struct gale_waitable set_items[SET_ITEMS];
static struct gale_waitable_set sets[SET_SETS];
static struct gale_waitable_event set_got[TURNS_THREADS];
static unsigned set_chosen;

static void set_operate(unsigned me)
{
    wait_away[me] = true;
    wait_status[me] = gale_waitable_set_wait(&sets[set_chosen], GALE_FOREVER, &set_got[me]);
    wait_away[me] = false;
}

static void say_event(const struct gale_waitable_event *event)
{
    say((long)event->type);
    say((long)event->join_id);
    say((long)event->payload);
}

/* Everybody who was given an event, or whose wait was cancelled, comes back. */
static void set_collect(void)
{
    for (unsigned i = 0; i < turns_count; i++) {
        if (wait_away[i] && turns_can_run(i)) {
            turns_run(i);
            if (wait_status[i] == GALE_OK) {
                say((long)i);
                say_event(&set_got[i]);
            }
        }
    }
}

static void set_begin(void)
{
    memset(wait_away, 0, sizeof wait_away);
    turns_begin(TURNS_THREADS, set_operate);
    failed = failed || gale_waitable_set_pool_init(&set_pool, &turns_x, set_items, SET_ITEMS) != GALE_OK;
    for (unsigned i = 0; i < SET_SETS; i++) {
        failed = failed || gale_waitable_set_init(&sets[i], &set_pool) != GALE_OK;
    }
}

static long set_poll(unsigned set)
{
    struct gale_waitable_event event = {0, 0, 0};
    const int status = gale_waitable_set_poll(&sets[set], &event);

    if (status == GALE_OK) {
        say_event(&event);
    }
    return status;
}

static long set_wait(unsigned set, unsigned thread)
{
    set_chosen = set;
    turns_run(thread);
    if (!wait_away[thread] && wait_status[thread] == GALE_OK) {
        say_event(&set_got[thread]);
    }
    return wait_away[thread] ? WAIT_BLOCKED : wait_status[thread];
}

static void set_end(void)
{
    for (unsigned i = 0; i < turns_count; i++) {
        if (wait_away[i]) {
            (void)gale_executor_cancel_wait(&turns_x, (gale_id)i);
        }
    }
    set_collect();
    turns_end();
}

value oracle_set(value op, value va, value vb, value vc)
{
    const uint32_t a = (uint32_t)Long_val(va);
    const uint32_t b = (uint32_t)Long_val(vb);
    long status = 0;

    answers = 0;
    switch (Long_val(op)) {
    case 0:
        set_begin();
        break;
    case 1:
        status = gale_waitable_set_join(&sets[a], (gale_id)b);
        break;
    case 2:
        status = gale_waitable_set_leave(&set_pool, (gale_id)a);
        break;
    case 3:
        status = gale_waitable_set_drop_waitable(&set_pool, (gale_id)a);
        break;
    case 4:
        status = gale_waitable_set_post(&set_pool, (gale_id)a, b, (uint32_t)Long_val(vc));
        break;
    case 5:
        status = gale_waitable_set_cancel(&set_pool, (gale_id)a);
        break;
    case 6:
        status = set_poll(a);
        break;
    case 7:
        status = set_wait(a, b);
        break;
    case 8:
        status = gale_executor_cancel_wait(&turns_x, (gale_id)a);
        break;
    case 9:
        status = gale_waitable_set_drop(&sets[a]);
        break;
    default:
        set_end();
        return Val_long(0);
    }
    set_collect();
    failed = failed || !gale_waitable_set_pool_is_valid(&set_pool);
    for (unsigned i = 0; i < SET_SETS; i++) {
        failed = failed || !gale_waitable_set_is_valid(&sets[i]);
    }
    return Val_long(status);
}
