/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What a board gives to the port, in `boards/<name>/board.c`, and to the link, in `board.ld`.
 */
#ifndef PORTS_CORTEX_M_BOARD_H
#define PORTS_CORTEX_M_BOARD_H

#include <stdint.h>

/** Cycles of the core clock in a tick: clock / GALE_TICKS_PER_SECOND, at least 1. */
extern const uint32_t gale_board_cycles_per_tick;

/** Called first, with .data and .bss in place: clocks, memory, console. */
void gale_board_init(void);

/** Say where, if there is a console, and stop for good. */
void gale_board_panic(const char *file, int line) __attribute__((noreturn));

/* Set by board.ld: code and constants (that an unprivileged thread may read and execute), .data and .bss, stacks. */
extern uint8_t gale_board_code[], gale_board_code_end[];
extern uint8_t gale_board_data[], gale_board_data_end[], gale_board_data_load[];
extern uint8_t gale_board_bss[], gale_board_bss_end[];
extern uint8_t gale_board_main_stack_end[], gale_board_handler_stack[], gale_board_handler_stack_end[];
extern void (*const gale_board_constructors[])(void);
extern void (*const gale_board_constructors_end[])(void);

#endif /* PORTS_CORTEX_M_BOARD_H */
