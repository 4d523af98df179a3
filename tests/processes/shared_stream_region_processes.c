/* SPDX-License-Identifier: Apache-2.0 */
/* The shared region between real processes: what each can reach, long streams, and a side that is killed. */
#include <sched.h>
#include <setjmp.h>
#include <string.h>
#include <sys/mman.h>

#include "random.h"
#include "shared_stream_region_fixture.h"

#define TRANSFER_ELEMENTS 2000000u

/* One access that may fault. */

static sigjmp_buf after_fault;
static volatile uintptr_t fault_address;
static volatile int fault_code;

static void on_fault(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    fault_address = (uintptr_t)info->si_addr;
    fault_code = info->si_code;
    siglongjmp(after_fault, 1);
}

static void catch_faults(void)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    CHECK_EQ(sigaction(SIGSEGV, &action, NULL), 0);
}

/* True when the access went through; else the fault was at exactly this address. */
__attribute__((no_sanitize("address"))) static bool access_goes(volatile uint8_t *at, bool store)
{
    if (sigsetjmp(after_fault, 1) != 0) {
        CHECK(fault_address == (uintptr_t)at);
        return false;
    }
    if (store) {
        *at = 0x5a;
    } else {
        (void)*at;
    }
    return true;
}

/* Tries every byte near a border and many between, from one page before the block to one behind it. */
static void try_every_border(bool first_part_writable, bool second_part_writable)
{
    uint8_t *block = (uint8_t *)mine.start;
    ptrdiff_t end = (ptrdiff_t)layout.block_bytes;
    ptrdiff_t middle = (ptrdiff_t)layout.reader_offset;
    uint32_t tried = 0;

    catch_faults();
    for (ptrdiff_t i = -4096; i < end + 4096; i++) {
        bool border = i % 4096 < 8 || i % 4096 > 4088 || (i < 0 && i > -8);
        if (!border && i % 61 != 0) {
            continue;
        }
        bool inside = i >= 0 && i < end;
        bool writable = i < middle ? first_part_writable : second_part_writable;
        test_note("offset", (uint64_t)i);
        CHECK_EQ(access_goes(block + i, false), inside);
        CHECK_EQ(access_goes(block + i, true), inside && writable);
        CHECK(!inside || writable || fault_code == SEGV_ACCERR);
        tried++;
    }
    CHECK(tried > 300);
}

static void writer_tries_every_border(void)
{
    try_every_border(true, false);
}

static void reader_tries_every_border(void)
{
    try_every_border(false, true);
}

/* @verifies MD07 MD10 */
TEST(shared_stream_region, writer_process_faults_at_each_store_outside_its_line_and_data)
{
    REQUIRE(given_block(16, 256));
    CHECK_EQ(join(start(WRITER, writer_tries_every_border)), 0);
    done_with_block();
}

/* @verifies MD08 MD10 */
TEST(shared_stream_region, reader_process_faults_at_each_store_outside_its_line)
{
    REQUIRE(given_block(16, 256));
    CHECK_EQ(join(start(READER, reader_tries_every_border)), 0);
    done_with_block();
}

static void writer_stores_readers_word(void)
{
    *(volatile uint32_t *)(void *)((uint8_t *)mine.start + layout.reader_offset) = 1;
}

static void reader_stores_writers_word(void)
{
    *(volatile uint32_t *)mine.start = 1;
}

static void reader_stores_data(void)
{
    *((volatile uint8_t *)mine.start + layout.data_offset) = 1;
}

/* @verifies MD07 MD08 */
TEST(shared_stream_region, process_that_stores_what_is_the_peers_dies_of_it)
{
    static const struct {
        enum gale_shared_stream_region_side side;
        void (*body)(void);
    } table[] = {
        {WRITER, writer_stores_readers_word}, {READER, reader_stores_writers_word}, {READER, reader_stores_data}};

    REQUIRE(given_block(16, 256));
    memset((uint8_t *)owners.start + layout.data_offset, 0x11, 4096);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        CHECK_EQ(join(start(table[i].side, table[i].body)), -SIGSEGV);
        CHECK_EQ(*(uint32_t *)owners.start, 0);
        CHECK_EQ(*(uint32_t *)(void *)((uint8_t *)owners.start + layout.reader_offset), 0);
        CHECK_EQ(*((uint8_t *)owners.start + layout.data_offset), 0x11);
    }
    done_with_block();
}

static void cannot_gain_rights(void)
{
    uint8_t *line = (uint8_t *)mine.start + layout.reader_offset;

    CHECK_EQ(mprotect(line, layout.block_bytes - layout.reader_offset, PROT_READ | PROT_WRITE), -1);
    CHECK_EQ(errno, EACCES);
    catch_faults();
    CHECK(!access_goes(line, true));
    gale_posix_shared_unmap(&mine);
    CHECK(!access_goes((uint8_t *)owners.start, false)); /* the parent's mapping is not here */
    CHECK_EQ(fault_code, SEGV_MAPERR);
}

/* @verifies MD07 */
TEST(shared_stream_region, process_cannot_make_its_read_only_part_writable_or_use_its_parents_mapping)
{
    REQUIRE(given_block(4, 64));
    CHECK_EQ(join(start(WRITER, cannot_gain_rights)), 0);
    CHECK_EQ(ftruncate(shared.writable, 0), -1); /* nor cut the object under its peer */
    CHECK_EQ(errno, EPERM);
    CHECK_EQ(write(shared.readable, "x", 1), -1);
    done_with_block();
}

/* @verifies MD02 */
TEST(shared_stream_region, mapping_refuses_partitions_that_pages_cannot_express)
{
    REQUIRE(given_block(4, 64));
    struct gale_mem_partition bad[] = {
        {0, 0, GALE_MPU_RW},
        {32, 4096, GALE_MPU_RW},
        {0, 4097, GALE_MPU_RW},
        {0, shared.bytes + 4096, GALE_MPU_RW},
        {shared.bytes, 4096, GALE_MPU_RO},
        {0, 4096, GALE_MPU_RX},
        {0, 4096, GALE_MPU_NO_ACCESS},
    };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        test_note("row", i);
        CHECK_EQ(gale_posix_shared_map(&shared, &bad[i], 1, &mine), GALE_EINVAL);
        CHECK(mine.start == NULL);
    }
    struct gale_posix_shared none;
    CHECK_EQ(gale_posix_shared_create(&none, 0), GALE_EINVAL);
    CHECK_EQ(gale_posix_shared_create(&none, SIZE_MAX), GALE_EINVAL);
    done_with_block();
}

/* Element number `count`: the number, and words that depend on it. */
struct element {
    uint64_t count;
    uint64_t check;
};

static struct element element_of(uint64_t count)
{
    struct random_state r = {count};
    struct element e = {count, random_next(&r)};

    return e;
}

static void write_all(uint64_t limit)
{
    struct element out[50];
    struct random_state r = {17};
    uint64_t done = 0;

    gale_shared_stream_region_writer_init(&writer, &layout, mine.start, 8);
    while (done < limit) {
        uint32_t n = 1 + random_below(&r, 50);
        n = limit - done < n ? (uint32_t)(limit - done) : n;
        for (uint32_t i = 0; i < n; i++) {
            out[i] = element_of(done + i);
        }
        for (uint32_t i = 0; i < n;) {
            int32_t k = gale_shared_stream_region_write_n(&writer, &out[i], n - i);
            REQUIRE(k > 0 || k == GALE_EAGAIN);
            i += k > 0 ? (uint32_t)k : 0;
            if (k < 0) {
                (void)sched_yield();
            }
        }
        done += n;
    }
    gale_shared_stream_region_write_close(&writer);
}

static void write_a_long_stream(void)
{
    write_all(TRANSFER_ELEMENTS);
}

static void write_for_ever(void)
{
    write_all(UINT64_MAX);
}

/* Reads until `limit` or an answer other than "none yet"; returns that answer. */
static int32_t read_elements(uint64_t *count, uint64_t limit)
{
    struct element in[40];
    int32_t k = 0;

    while (*count < limit && (k > 0 || k == GALE_EAGAIN || k == 0)) {
        uint64_t left = limit - *count;
        k = gale_shared_stream_region_read_n(&reader, in, left < 40 ? (uint32_t)left : 40);
        for (int32_t i = 0; i < k; i++, (*count)++) {
            struct element expected = element_of(*count);
            CHECK(memcmp(&in[i], &expected, sizeof expected) == 0);
        }
        if (k == GALE_EAGAIN) {
            (void)sched_yield();
        }
        k = test_failures() != 0 ? GALE_ECANCELED : k;
    }
    return k;
}

/* More comes than the reader asks for: so it reads all there is, and then sees the end. */
static void read_a_long_stream(void)
{
    uint64_t count = 0;

    gale_shared_stream_region_reader_init(&reader, &layout, mine.start, 16);
    CHECK_EQ(read_elements(&count, UINT64_MAX), GALE_EPIPE);
    CHECK_EQ(count, TRANSFER_ELEMENTS);
}

/* @verifies MD07 MD08 RB13 RB14 */
TEST(shared_stream_region, two_processes_pass_millions_of_elements)
{
    REQUIRE(given_block(sizeof(struct element), 1000));
    pid_t w = start(WRITER, write_a_long_stream);
    pid_t r = start(READER, read_a_long_stream);
    CHECK_EQ(join(w), 0);
    CHECK_EQ(join(r), 0);
    done_with_block();
}

/* @verifies MD12 */
TEST(shared_stream_region, reader_of_a_killed_writer_gets_exactly_what_it_had_published)
{
    struct random_state r = random_seed(0x5eed5);

    for (uint32_t round = 0; round < 25 && test_failures() == 0; round++) {
        uint64_t count = 0;

        REQUIRE(given_block(sizeof(struct element), 1 + random_below(&r, 300)));
        REQUIRE(map_side(READER));
        gale_shared_stream_region_reader_init(&reader, &layout, mine.start, 1);
        pid_t w = start(WRITER, write_for_ever);
        uint64_t until = random_below(&r, 20000);
        CHECK(read_elements(&count, until) >= 0);
        CHECK_EQ(count, until);
        CHECK_EQ(kill(w, SIGKILL), 0);
        CHECK_EQ(join(w), -SIGKILL);
        uint32_t published = *(uint32_t *)owners.start;

        CHECK_EQ(gale_shared_stream_region_revoke(&region, WRITER), GALE_OK);

        CHECK_EQ(read_elements(&count, UINT64_MAX), GALE_EPIPE);
        CHECK(count >= until);
        CHECK_EQ(count % (2 * layout.capacity), published);
        CHECK_EQ(gale_shared_stream_region_elements_available(&reader), 0);
        done_with_block();
    }
}

static void read_for_ever(void)
{
    uint64_t count = 0;

    gale_shared_stream_region_reader_init(&reader, &layout, mine.start, 1);
    CHECK(read_elements(&count, UINT64_MAX) > 0);
}

/* @verifies MD12 */
TEST(shared_stream_region, writer_sees_the_stream_closed_after_its_reader_was_killed)
{
    REQUIRE(given_block(sizeof(struct element), 64));
    REQUIRE(map_side(WRITER));
    gale_shared_stream_region_writer_init(&writer, &layout, mine.start, 1);
    pid_t r = start(READER, read_for_ever);
    for (uint64_t i = 0; i < 5000;) {
        struct element e = element_of(i);
        int status = gale_shared_stream_region_write(&writer, &e);
        REQUIRE(status == GALE_OK || status == GALE_EAGAIN);
        i += status == GALE_OK;
    }
    CHECK_EQ(kill(r, SIGKILL), 0);
    CHECK_EQ(join(r), -SIGKILL);

    CHECK_EQ(gale_shared_stream_region_revoke(&region, READER), GALE_OK);

    struct element e = element_of(0);
    CHECK_EQ(gale_shared_stream_region_write(&writer, &e), GALE_EPIPE);
    CHECK_EQ(gale_shared_stream_region_space_available(&writer), GALE_EPIPE);
    CHECK(gale_shared_stream_region_writer_is_valid(&writer));
    done_with_block();
}
