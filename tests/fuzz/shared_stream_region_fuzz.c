/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hostile peer of the shared region. The first bytes choose which side is ours and the sizes, the others are steps: what
 * the peer writes into its word and into the data, and what we call meanwhile. The block, the end and the buffers are
 * apart on the heap, so that the address sanitizer sees one byte too many; the gaps in the block hold canaries.
 */
#include <stdlib.h>
#include <string.h>

#include "gale/async/shared_stream_region.h"

#define ELEM_MAX 24u
#define CAPACITY_MAX 8u
#define N_MAX 12u
#define CANARY 0xc5u
#define BLOCK_ALIGN 512u

#define MUST(cond) ((cond) ? (void)0 : abort())

/* What the bytes of the input are read through; it gives 0 past the end. */
struct input {
    const uint8_t *data;
    size_t size;
};

static struct gale_shared_stream_region_layout layout;
static struct gale_shared_stream_region_writer *writer;
static struct gale_shared_stream_region_reader *reader;
static uint8_t *block;
static bool ours_writes;

static uint32_t next(struct input *in)
{
    if (in->size == 0) {
        return 0;
    }
    in->size--;
    return *in->data++;
}

static uint32_t next_word(struct input *in)
{
    uint32_t low = next(in) | next(in) << 8;

    return low | next(in) << 16 | next(in) << 24;
}

static struct gale_atomic_u32 *word_at(size_t offset)
{
    return (struct gale_atomic_u32 *)(void *)(block + offset);
}

static struct gale_atomic_u32 *peers_word(void)
{
    return word_at(ours_writes ? layout.reader_offset : 0);
}

/* The peer: any word, a step of its index, a closed mark, or other data. */
static void peer_writes(struct input *in, uint32_t how)
{
    uint32_t word = gale_atomic_load_relaxed(peers_word());

    switch (how) {
    case 0:
        word = next_word(in);
        break;
    case 1:
        word ^= 0x80000000u;
        break;
    case 2:
        if (!ours_writes) {
            memset(block + layout.data_offset, (int)next(in), (size_t)layout.capacity * layout.elem_bytes);
        }
        break;
    default:
        word = (word + next(in) % (layout.capacity + 1)) % (2 * layout.capacity);
        break;
    }
    gale_atomic_store_release(peers_word(), word);
}

static void check_run(const void *run, int32_t k)
{
    size_t offset = (size_t)((const uint8_t *)run - block) - layout.data_offset;

    MUST(k >= 1 && (uint32_t)k <= layout.capacity && offset % layout.elem_bytes == 0);
    MUST(offset + (size_t)k * layout.elem_bytes <= (size_t)layout.capacity * layout.elem_bytes);
}

static int32_t claim(uint32_t n)
{
    void *to = NULL;
    const void *from = NULL;
    int32_t k = ours_writes ? gale_shared_stream_region_write_claim(writer, n, &to)
                            : gale_shared_stream_region_read_claim(reader, n, &from);

    if (k > 0) {
        check_run(ours_writes ? to : from, k);
        if (ours_writes) {
            memset(to, 0x11, (size_t)k * layout.elem_bytes);
        }
    }
    return k;
}

/* A buffer of exactly the size that the call may touch. */
static int32_t copy(uint32_t n)
{
    uint8_t *buffer = (uint8_t *)malloc((size_t)(n ? n : 1u) * layout.elem_bytes);
    int32_t k;

    MUST(buffer != NULL);
    memset(buffer, 0x22, (size_t)(n ? n : 1u) * layout.elem_bytes);
    if (n == 1) {
        k = ours_writes ? gale_shared_stream_region_write(writer, buffer)
                        : gale_shared_stream_region_read(reader, buffer);
    } else {
        k = ours_writes ? gale_shared_stream_region_write_n(writer, buffer, n)
                        : gale_shared_stream_region_read_n(reader, buffer, n);
    }
    free(buffer);
    return k;
}

static void flush(void)
{
    if (ours_writes) {
        gale_shared_stream_region_write_flush(writer);
    } else {
        gale_shared_stream_region_read_flush(reader);
    }
}

static void close_ours(void)
{
    if (ours_writes) {
        gale_shared_stream_region_write_close(writer);
    } else {
        gale_shared_stream_region_read_close(reader);
    }
}

/* One call of ours; its answer is one that the header names. */
static int32_t call(struct input *in, uint32_t how)
{
    uint32_t n = next(in) % (N_MAX + 1u);

    switch (how) {
    case 0:
        return claim(n);
    case 1:
        return ours_writes ? gale_shared_stream_region_write_commit(writer, n)
                           : gale_shared_stream_region_read_release(reader, n);
    case 2:
    case 3:
        return copy(how == 2 ? 1 : n);
    case 4:
        return ours_writes ? gale_shared_stream_region_space_available(writer)
                           : gale_shared_stream_region_elements_available(reader);
    case 5:
        flush();
        return 0;
    default:
        if (n == 0) {
            close_ours();
        }
        return 0;
    }
}

static int32_t status_of_ours(void)
{
    return ours_writes ? writer->peer.status : reader->peer.status;
}

static void check_after(int32_t answer, int32_t status_before)
{
    MUST(answer >= 0 || answer == GALE_EAGAIN || answer == GALE_EPIPE || answer == GALE_EPERM ||
         answer == GALE_ECORRUPT || answer == GALE_EINVAL);
    MUST(answer <= (int32_t)layout.capacity);
    MUST(ours_writes ? gale_shared_stream_region_writer_is_valid(writer)
                     : gale_shared_stream_region_reader_is_valid(reader));
    if (status_before == GALE_ECORRUPT) { /* for ever, and told to the peer */
        MUST(answer == GALE_ECORRUPT || answer == 0);
        MUST(gale_atomic_load_relaxed(word_at(ours_writes ? 0 : layout.reader_offset)) >= 0x80000000u);
    }
}

static void check_canaries(void)
{
    size_t data_end = layout.data_offset + (size_t)layout.capacity * layout.elem_bytes;

    for (size_t i = 0; i < layout.block_bytes; i++) {
        bool used = i < 4 || (i >= layout.data_offset && i < data_end) ||
                    (i >= layout.reader_offset && i < layout.reader_offset + 4);
        MUST(used || block[i] == CANARY);
    }
}

static void begin(struct input *in)
{
    struct gale_shared_stream_region region;
    uint32_t kind = next(in);
    uint32_t batch = 1 + next(in) % 4;
    uint32_t elem_bytes = 1 + next(in) % ELEM_MAX;
    uint32_t capacity = 1 + next(in) % CAPACITY_MAX;

    ours_writes = (kind & 1) != 0;
    MUST(gale_shared_stream_region_layout_init((kind & 2) ? GALE_MPU_PMSAV7 : GALE_MPU_PMSAV8, elem_bytes, capacity,
                                               &layout) == GALE_OK);
    MUST(posix_memalign((void **)&block, BLOCK_ALIGN, layout.block_bytes) == 0);
    memset(block, CANARY, layout.block_bytes);
    MUST(gale_shared_stream_region_init(&region, &layout, block, layout.block_bytes) == GALE_OK);
    MUST(posix_memalign((void **)&writer, GALE_CACHE_LINE, sizeof *writer) == 0);
    MUST(posix_memalign((void **)&reader, GALE_CACHE_LINE, sizeof *reader) == 0);
    gale_shared_stream_region_writer_init(writer, &layout, block, batch);
    gale_shared_stream_region_reader_init(reader, &layout, block, batch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};

    begin(&in);
    while (in.size > 0) {
        uint32_t step = next(&in);
        int32_t before = status_of_ours();

        if ((step & 1) != 0) {
            peer_writes(&in, (step >> 1) % 7);
        } else {
            check_after(call(&in, (step >> 1) % 7), before);
        }
    }
    check_canaries();
    free(reader);
    free(writer);
    free(block);
    return 0;
}
