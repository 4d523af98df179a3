/* SPDX-License-Identifier: Apache-2.0 */
#include "wasi_stat.h"

#include <string.h>

/* Fields of descriptor-stat, in its order. */
enum { WASI_STAT_TYPE, WASI_STAT_LINKS, WASI_STAT_SIZE, WASI_STAT_ACCESS, WASI_STAT_MODIFICATION, WASI_STAT_CHANGE };

void wasi_stat_store_type(struct host_place type, mode_t mode)
{
    static const struct {
        mode_t mode;
        const char *label;
    } kinds[] = {{S_IFBLK, "block-device"},  {S_IFCHR, "character-device"}, {S_IFDIR, "directory"}, {S_IFIFO, "fifo"},
                 {S_IFLNK, "symbolic-link"}, {S_IFREG, "regular-file"},     {S_IFSOCK, "socket"}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        if ((mode & S_IFMT) == kinds[k].mode) {
            host_value_case(type, kinds[k].label);
            return;
        }
    }
    host_value_case(host_value_case(type, "other"), "none");
}

/* An instant: seconds and nanoseconds. */
static void wasi_stat_store_time(struct host_place option, struct timespec time)
{
    struct host_place instant = host_value_case(option, "some");
    host_value_store(host_value_field(instant, 0), (uint64_t)time.tv_sec);
    host_value_store(host_value_field(instant, 1), (uint64_t)time.tv_nsec);
}

void wasi_stat_store(struct host_place record, const struct stat *stat)
{
    wasi_stat_store_type(host_value_field(record, WASI_STAT_TYPE), stat->st_mode);
    host_value_store(host_value_field(record, WASI_STAT_LINKS), stat->st_nlink);
    host_value_store(host_value_field(record, WASI_STAT_SIZE), (uint64_t)stat->st_size);
    wasi_stat_store_time(host_value_field(record, WASI_STAT_ACCESS), stat->st_atim);
    wasi_stat_store_time(host_value_field(record, WASI_STAT_MODIFICATION), stat->st_mtim);
    wasi_stat_store_time(host_value_field(record, WASI_STAT_CHANGE), stat->st_ctim);
}

/* Every bit of `value` reaches every bit of the result (splitmix64's finalizer). */
static uint64_t wasi_stat_mix(uint64_t value)
{
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

void wasi_stat_store_hash(struct host_place record, const struct stat *stat)
{
    uint64_t object = wasi_stat_mix(stat->st_dev + wasi_stat_mix(stat->st_ino));
    uint64_t version = wasi_stat_mix((uint64_t)stat->st_mtim.tv_sec * 1000000000u + (uint64_t)stat->st_mtim.tv_nsec +
                                     wasi_stat_mix((uint64_t)stat->st_size));
    host_value_store(host_value_field(record, 0), object);
    host_value_store(host_value_field(record, 1), wasi_stat_mix(object ^ version));
}

static struct timespec wasi_stat_time(struct host_place timestamp)
{
    const char *label = host_value_label(timestamp);
    if (strcmp(label, "no-change") == 0) {
        return (struct timespec){.tv_nsec = UTIME_OMIT};
    }
    if (strcmp(label, "now") == 0) {
        return (struct timespec){.tv_nsec = UTIME_NOW};
    }
    struct host_place instant = host_value_payload(timestamp);
    return (struct timespec){.tv_sec = (time_t)host_value_load(host_value_field(instant, 0)),
                             .tv_nsec = (long)host_value_load(host_value_field(instant, 1))};
}

void wasi_stat_times(struct host_place access, struct host_place modification, struct timespec times[2])
{
    times[0] = wasi_stat_time(access);
    times[1] = wasi_stat_time(modification);
}
