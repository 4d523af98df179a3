/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A lowered WASI command on a board, with a fixed input and its output on the debugger's console. A real program has an
 * interrupt handler at the other end of the ring, and calls stdio_input_changed() there.
 */
#include "stdio.h"

#include "semihosting.h"

#define INPUT                                                                       \
    "Package: anemometer\nSection: science\nInstalled-Size: 2048\nSize: 500000\n\n" \
    "Package: barometer\nSection: science\nInstalled-Size: 512\nSize: 100000\n\n"   \
    "Package: windsock\nSection: utils\nInstalled-Size: 4096\nSize: 900000\n"

int main(void);

static int32_t put(const uint8_t *bytes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        semihosting_put((char)bytes[i]);
    }
    return (int32_t)count;
}

int main(void)
{
    static uint8_t data[sizeof INPUT];
    static struct gale_typed_ring_buf ring;
    static struct gale_typed_ring_buf_writer writer;
    static struct gale_typed_ring_buf_reader reader;
    bool failed = true;
    int status;

    gale_typed_ring_buf_init(&ring, &writer, &reader, data, sizeof data, 1);
    (void)gale_typed_ring_buf_write_n(&writer, INPUT, sizeof INPUT - 1u);
    gale_typed_ring_buf_write_close(&writer);
    status = stdio_run(&reader, put, &failed);
    semihosting_exit(status == GALE_OK && !failed ? 0 : 1);
}
