/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Every option of the library, with its unit, its range and what it costs.
 *
 * An option is set on the command line (`-DGALE_PRIORITIES=8`) or in one file named by `GALE_CONFIG_FILE`.
 * All translation units of a program must see the same values; the CMake package passes them on.
 */
#ifndef GALE_CONFIG_H
#define GALE_CONFIG_H

#include <stdint.h>

#ifdef GALE_CONFIG_FILE
#include GALE_CONFIG_FILE
#endif

/** Width of an object id, 16 or 32 bits. 16 allows 65,534 linked objects and lists per executor and halves a link to 6 bytes. */
#ifndef GALE_ID_BITS
#if UINTPTR_MAX > 0xffffffffu
#define GALE_ID_BITS 32
#else
#define GALE_ID_BITS 16
#endif
#endif

/** Number of thread priorities, 1..32; 0 is the best. One list sentinel (6 or 12 bytes) per executor each. */
#ifndef GALE_PRIORITIES
#define GALE_PRIORITIES 32
#endif

/** Priorities 0..GALE_PRIO_METAIRQ-1 preempt even cooperative threads. 1..GALE_PRIO_PREEMPT. */
#ifndef GALE_PRIO_METAIRQ
#if GALE_PRIORITIES > 2
#define GALE_PRIO_METAIRQ 2
#else
#define GALE_PRIO_METAIRQ 1
#endif
#endif

/** First preemptible priority; from GALE_PRIO_METAIRQ up to it threads are cooperative. Up to GALE_PRIORITIES. */
#ifndef GALE_PRIO_PREEMPT
#if GALE_PRIORITIES > 8
#define GALE_PRIO_PREEMPT 8
#else
#define GALE_PRIO_PREEMPT GALE_PRIO_METAIRQ
#endif
#endif

/** Ticks of gale_port_now() in one second, 1..1000000000. A tick count never wraps in practice: it has 64 bits. */
#ifndef GALE_TICKS_PER_SECOND
#define GALE_TICKS_PER_SECOND 1000000u
#endif

/** Least stack of a thread in bytes: what the port's context and one interrupt need. A multiple of 16. */
#ifndef GALE_STACK_MIN
#if defined(__unix__) || defined(__APPLE__)
#define GALE_STACK_MIN 4096
#else
#define GALE_STACK_MIN 256
#endif
#endif

/** Bytes between data that two cores write, a power of two. 128 covers adjacent-line prefetch; 4 suits one core. */
#ifndef GALE_CACHE_LINE
#if UINTPTR_MAX > 0xffffffffu
#define GALE_CACHE_LINE 128
#else
#define GALE_CACHE_LINE 4
#endif
#endif

/** Most partitions in one memory domain, 1..255; 12 to 24 bytes each. */
#ifndef GALE_MEM_PARTITIONS
#define GALE_MEM_PARTITIONS 8
#endif

/** Most calls and resumptions of component instances under way at once on one stack, 1..255; deeper ones trap. */
#ifndef GALE_CALL_DEPTH
#define GALE_CALL_DEPTH 64
#endif

/** 1: a store can be traced (component/trace.h); 0: no code, no cost. */
#ifndef GALE_TRACE
#define GALE_TRACE 1
#endif

/** 1: a broken precondition ends in gale_port_panic(); 0: it is undefined, as the contract says. */
#ifndef GALE_ASSERTIONS
#define GALE_ASSERTIONS 0
#endif

#if GALE_ID_BITS != 16 && GALE_ID_BITS != 32
#error "GALE_ID_BITS is 16 or 32"
#endif
#if GALE_PRIORITIES < 1 || GALE_PRIORITIES > 32
#error "GALE_PRIORITIES is 1..32"
#endif
#if GALE_PRIO_METAIRQ < 1 || GALE_PRIO_METAIRQ > GALE_PRIO_PREEMPT || GALE_PRIO_PREEMPT > GALE_PRIORITIES
#error "1 <= GALE_PRIO_METAIRQ <= GALE_PRIO_PREEMPT <= GALE_PRIORITIES"
#endif
#if GALE_TICKS_PER_SECOND < 1 || GALE_TICKS_PER_SECOND > 1000000000
#error "GALE_TICKS_PER_SECOND is 1..1000000000"
#endif
#if GALE_CALL_DEPTH < 1 || GALE_CALL_DEPTH > 255
#error "GALE_CALL_DEPTH is 1..255"
#endif
#if GALE_MEM_PARTITIONS < 1 || GALE_MEM_PARTITIONS > 255
#error "GALE_MEM_PARTITIONS is 1..255"
#endif
#if GALE_CACHE_LINE < 4 || (GALE_CACHE_LINE & (GALE_CACHE_LINE - 1)) != 0
#error "GALE_CACHE_LINE is a power of two, at least 4"
#endif

#endif /* GALE_CONFIG_H */
