// SPDX-License-Identifier: Apache-2.0
// The world `text` in AssemblyScript, with the Canonical ABI written by hand: strings are utf16, as the language has
// them. `run` is event-driven: it returns to the host whenever it has to wait, and goes on in its callback.

/* --- memory that crosses --- */

const area: usize = memory.data(16);

export function cabi_realloc(old: usize, oldBytes: usize, align: usize, bytes: usize): usize {
    return old == 0 ? heap.alloc(bytes) : heap.realloc(old, bytes);
}

/** A string that was passed; its buffer is freed. */
function taken(address: usize, units: u32): string {
    const text = String.UTF16.decodeUnsafe(address, (<usize>units) << 1);
    heap.free(address);
    return text;
}

/** Writes a copy of `text` as a string of the Canonical ABI to `at`. */
function give(at: usize, text: string): void {
    const bytes = String.UTF16.byteLength(text);
    const copy = heap.alloc(bytes);
    memory.copy(copy, changetype<usize>(text), bytes);
    store<u32>(at, <u32>copy);
    store<u32>(at, text.length, 4);
}

/* --- functions --- */

export function sum(address: usize, count: u32): i64 {
    let total: i64 = 0;
    for (let k: u32 = 0; k < count; k++) {
        total += load<i64>(address + ((<usize>k) << 3));
    }
    heap.free(address);
    return total;
}

export function mean(address: usize, count: u32): usize {
    let total: f64 = 0;
    for (let k: u32 = 0; k < count; k++) {
        total += load<f64>(address + ((<usize>k) << 3));
    }
    heap.free(address);
    store<u8>(area, count > 0 ? 1 : 0);
    store<f64>(area, total / <f64>count, 8);
    return area;
}

export function reverse(address: usize, units: u32): usize {
    const text = taken(address, units);
    let reversed = "";
    for (let k = 0; k < text.length; k++) {
        const point = text.codePointAt(k);
        reversed = String.fromCodePoint(point) + reversed;
        k += point > 0xffff ? 1 : 0;
    }
    give(area, reversed);
    return area;
}

export function cabi_post_reverse(result: usize): void {
    heap.free(load<u32>(result));
}

const TALLY: usize = 12;

export function words(address: usize, units: u32): usize {
    const times = new Map<string, u32>();
    const text = taken(address, units).split(" ");
    for (let k = 0; k < text.length; k++) {
        if (text[k].length > 0) {
            times.set(text[k], times.has(text[k]) ? times.get(text[k]) + 1 : 1);
        }
    }
    const keys = times.keys();
    const list = heap.alloc(TALLY * keys.length);
    for (let k = 0; k < keys.length; k++) {
        give(list + TALLY * k, keys[k]);
        store<u32>(list + TALLY * k, times.get(keys[k]), 8);
    }
    store<u32>(area, <u32>list);
    store<u32>(area, keys.length, 4);
    return area;
}

export function cabi_post_words(result: usize): void {
    const list: usize = load<u32>(result);
    for (let k: u32 = 0; k < load<u32>(result, 4); k++) {
        heap.free(load<u32>(list + TALLY * k));
    }
    heap.free(list);
}

/* --- the command --- */

@external("$root", "[waitable-set-new]")
declare function setNew(): u32;
@external("$root", "[waitable-join]")
declare function join(waitable: u32, set: u32): void;
@external("wasi:cli/stdin@0.3.0", "read-via-stream")
declare function stdinOpen(ends: usize): void;
@external("wasi:cli/stdin@0.3.0", "[async-lower][stream-read-0]read-via-stream")
declare function stdinRead(end: u32, to: usize, bytes: u32): u32;
@external("wasi:cli/stdin@0.3.0", "[stream-drop-readable-0]read-via-stream")
declare function stdinDrop(end: u32): void;
@external("wasi:cli/stdin@0.3.0", "[future-drop-readable-1]read-via-stream")
declare function stdinForget(future: u32): void;
@external("wasi:cli/stdout@0.3.0", "write-via-stream")
declare function stdoutOpen(readable: u32): u32;
@external("wasi:cli/stdout@0.3.0", "[stream-new-0]write-via-stream")
declare function stdoutNew(): u64;
@external("wasi:cli/stdout@0.3.0", "[async-lower][stream-write-0]write-via-stream")
declare function stdoutWrite(end: u32, from: usize, bytes: u32): u32;
@external("wasi:cli/stdout@0.3.0", "[stream-drop-writable-0]write-via-stream")
declare function stdoutDrop(end: u32): void;
@external("wasi:cli/stdout@0.3.0", "[async-lower][future-read-1]write-via-stream")
declare function stdoutResult(future: u32, to: usize): u32;
@external("wasi:cli/stdout@0.3.0", "[future-drop-readable-1]write-via-stream")
declare function stdoutForget(future: u32): void;
@external("[export]wasi:cli/run@0.3.0", "[task-return]run")
declare function runReturn(failed: u32): void;

enum Step {
    Reading,
    Writing,
    Closing,
}

const BLOCKED: u32 = 0xffffffff;
const DROPPED: u32 = 1;
const EXIT: u32 = 0;
const WAIT: u32 = 2;
const ROOM: u32 = 65536;
const buffer: usize = memory.data(65536);

let step: Step = Step.Reading;
let ended: bool = false; // The input, or whoever reads the output.
let set: u32 = 0;
let input: u32 = 0;
let output: u32 = 0;
let outcome: u32 = 0;
let filled: u32 = 0;
let written: u32 = 0;

function begin(next: Step): u32 {
    step = next;
    if (next == Step.Reading) {
        return stdinRead(input, buffer, ROOM);
    }
    if (next == Step.Writing) {
        return stdoutWrite(output, buffer + written, filled - written);
    }
    stdinDrop(input);
    stdoutDrop(output);
    return stdoutResult(outcome, area);
}

/** What has been read is there to be written; what was not written, still. */
function next(result: u32): Step {
    const count = result >> 4;
    if (step == Step.Reading) {
        for (let k: u32 = 0; k < count; k++) {
            const byte = load<u8>(buffer + k);
            store<u8>(buffer + k, byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte);
        }
        filled = count;
        written = 0;
        ended = (result & 15) == DROPPED;
    } else {
        written += count;
        filled = (result & 15) == DROPPED ? written : filled; // Nobody wants the rest.
        ended = ended || (result & 15) == DROPPED;
    }
    return written < filled ? Step.Writing : ended ? Step.Closing : Step.Reading;
}

/** Goes on with what the operation under way has answered, until one has to be waited for. */
function advance(answer: u32): u32 {
    let result = answer;
    while (result != BLOCKED) {
        if (step == Step.Closing) {
            stdoutForget(outcome);
            runReturn(load<u8>(area));
            return EXIT;
        }
        result = begin(next(result));
    }
    return WAIT | (set << 4);
}

export function run(): u32 {
    stdinOpen(area);
    input = load<u32>(area);
    stdinForget(load<u32>(area, 4));
    const ends = stdoutNew();
    output = <u32>(ends >> 32);
    outcome = stdoutOpen(<u32>ends);
    set = setNew();
    join(input, set);
    join(output, set);
    join(outcome, set);
    return advance(begin(Step.Reading));
}

export function run_callback(event: u32, end: u32, result: u32): u32 {
    return advance(result);
}
