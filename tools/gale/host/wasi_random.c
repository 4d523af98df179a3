/* SPDX-License-Identifier: Apache-2.0 */
/* wasi:random, from the kernel's generator. */
#include "wasi.h"

#include <sys/random.h>

/* Most bytes of one answer; the interface allows short ones, 0.2 does not, and its callers ask for less. */
enum { WASI_RANDOM_MOST = 1 << 16 };

static uint64_t wasi_random_number(void)
{
    uint64_t number = 0;
    while (getrandom(&number, sizeof number, 0) != sizeof number) {
    }
    return number;
}

static void wasi_random_u64(struct host_call *call)
{
    host_call_return_number(call, wasi_random_number());
}

static void wasi_random_bytes(struct host_call *call)
{
    unsigned char bytes[WASI_RANDOM_MOST];
    uint64_t wanted = host_value_load(host_call_param(call, 0));
    size_t count = wanted < sizeof bytes ? (size_t)wanted : sizeof bytes;
    for (size_t at = 0; at < count; at += 256) {
        size_t step = count - at < 256 ? count - at : 256; /* As much as the kernel gives in one piece. */
        while (getrandom(bytes + at, step, 0) != (ssize_t)step) {
        }
    }
    struct host_place result = host_call_result(call);
    host_value_store_bytes(result, bytes, count);
    host_call_return(call, result);
}

/* One seed for the whole run, as the interface asks. */
static void wasi_random_seed(struct host_call *call)
{
    static uint64_t seed[2];
    struct host_place result = host_call_result(call);
    for (uint32_t k = 0; k < 2; k++) {
        seed[k] = seed[k] == 0 ? wasi_random_number() : seed[k];
        host_value_store(host_value_field(result, k), seed[k]);
    }
    host_call_return(call, result);
}

static const struct host_entry wasi_random_entries[] = {
    {"wasi:random/random@0.3", "get-random-bytes", wasi_random_bytes},
    {"wasi:random/random@0.3", "get-random-u64", wasi_random_u64},
    {"wasi:random/insecure@0.3", "get-insecure-random-bytes", wasi_random_bytes},
    {"wasi:random/insecure@0.3", "get-insecure-random-u64", wasi_random_u64},
    {"wasi:random/insecure-seed@0.3", "get-insecure-seed", wasi_random_seed},
    {"wasi:random/random@0.2", "get-random-bytes", wasi_random_bytes},
    {"wasi:random/random@0.2", "get-random-u64", wasi_random_u64},
    {"wasi:random/insecure@0.2", "get-insecure-random-bytes", wasi_random_bytes},
    {"wasi:random/insecure@0.2", "get-insecure-random-u64", wasi_random_u64},
    {"wasi:random/insecure-seed@0.2", "insecure-seed", wasi_random_seed},
    {NULL, NULL, NULL}};

const struct host_module wasi_random = {.entries = wasi_random_entries};
