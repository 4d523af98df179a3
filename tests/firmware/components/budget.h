/* SPDX-License-Identifier: Apache-2.0 */
/* Budgets of the pipeline on a board, for `gale lower --budget`: what it uses, with little to spare. */
#define GALE_INSTANCE_HANDLES 12
#define GALE_INSTANCE_THREADS 0
#define GALE_INSTANCE_TASKS 2
#define GALE_INSTANCE_SUBTASKS 2
#define GALE_INSTANCE_STREAMS 4
#define GALE_INSTANCE_SETS 1
#define GALE_INSTANCE_LENDS 0
#define GALE_HOST_CALLS 1
#define GALE_CALL_ARENA_BYTES 64
#define GALE_IMPORT_ARENA_BYTES 64
#define GALE_INSTANCE_TICKS (2 * GALE_TICKS_PER_SECOND)
