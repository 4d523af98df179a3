/* SPDX-License-Identifier: Apache-2.0 */
#include "budget.h"

const struct budget_kind budget_kinds[BUDGET_KIND_COUNT] = {
    {"HANDLES", 4096, 32, 18}, {"THREADS", 64, 1, 57}, {"TASKS", 128, 4, 79}, {"SUBTASKS", 512, 8, 68},
    {"STREAMS", 1024, 8, 28},  {"SETS", 256, 4, 18},   {"LENDS", 256, 4, 4},
};
