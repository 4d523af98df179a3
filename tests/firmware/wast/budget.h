/* SPDX-License-Identifier: Apache-2.0 */
/* Budgets of the test scripts' components on a board: wide, for scripts that are not about budgets. */
#define GALE_STACKS 16
#define GALE_STACK_BYTES 4096
#define GALE_RUN_STACK_BYTES 65536
#define GALE_INSTANCE_HANDLES 128
#define GALE_INSTANCE_THREADS 4
#define GALE_INSTANCE_TASKS 16
#define GALE_INSTANCE_SUBTASKS 32
#define GALE_INSTANCE_STREAMS 32
#define GALE_INSTANCE_SETS 16
#define GALE_INSTANCE_LENDS 16
#define GALE_INSTANCE_CALLS 12
#define GALE_HOST_CALLS 16
#define GALE_CALL_ARENA_BYTES 16384
#define GALE_IMPORT_ARENA_BYTES 1024
