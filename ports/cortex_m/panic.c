/* SPDX-License-Identifier: Apache-2.0 */
/** The end, as the board shows it. */
#include "board.h"
#include "port.h"

void gale_port_panic(const char *file, int line)
{
    (void)gale_port_lock();
    gale_board_panic(file, line);
}
