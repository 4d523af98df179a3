/* SPDX-License-Identifier: Apache-2.0 */
/* cat: standard input to standard output. */
#include "stdio.h"

bool command(uint32_t in, uint32_t out)
{
    static char buffer[65536];
    bool ended = false;
    while (!ended) {
        uint32_t count = READ(stdin, in, buffer, sizeof buffer, ended);
        ended = !write_all_stdout(out, buffer, count) || ended;
    }
    stream_drop_readable_stdin(in);
    return true;
}
