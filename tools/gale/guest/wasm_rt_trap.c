/* SPDX-License-Identifier: Apache-2.0 */
/* A trap of core code that runs with all rights. Apart: code that runs without them has a way of its own, cortex_m/. */
#include "start.h"

void wasm_rt_trap(wasm_rt_trap_t code)
{
    gale_guest_trap(gale_guest_running(), (uint32_t)code);
}
