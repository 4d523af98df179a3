#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares gale-replay with the specification's definitions on random scripts, line by line.

compare.py --definitions PATH --replay build/host-gcc/gale-replay [--first SEED] [--scripts N] [--jobs N]

A script that differs is kept, with both transcripts. The last line is `N passed, N failed`.
"""
import argparse
import collections
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True

import driver  # noqa: E402
import reference  # noqa: E402
from generate import OPERATIONS, generate  # noqa: E402

END = "---\n"
BATCH = 50
SECONDS = 120
EVERY = 5000


class Worker:
    """What one process keeps between its batches."""

    definitions = None
    replay = None
    operations = OPERATIONS


def start(definitions, replay, operations):
    Worker.definitions, Worker.replay, Worker.operations = reference.load(definitions), replay, operations


def transcript_of(text):
    """The lines of gale-replay's output without their remarks."""
    return [line.partition(" #")[0] for line in text.splitlines()]


def run_replay(replay, texts):
    """The transcripts of the scripts and, for the one that broke it, how."""
    try:
        done = subprocess.run([replay, "--batch"], input=END.join(texts) + END, capture_output=True, text=True,
                              timeout=SECONDS, check=False)
        outputs, status = done.stdout.split(END), done.returncode
    except subprocess.TimeoutExpired as late:
        outputs, status = (late.stdout or b"").decode().split(END), "time-out"
    broken = None if status == 0 else f"gale-replay ended with {status}"
    return outputs[:len(texts)], broken


def run_all(replay, texts):
    """One pair (output, failure) a script; after a crash the rest runs in a batch of its own."""
    pairs = []
    while len(pairs) < len(texts):
        outputs, broken = run_replay(replay, texts[len(pairs):])
        if broken is None:
            pairs += [(output, None) for output in outputs]
        else:
            pairs += [(output, None) for output in outputs[:-1]] + [(outputs[-1] if outputs else "", broken)]
    return pairs


def first_difference(ours, theirs):
    for n, (our, their) in enumerate(zip(ours, theirs), 1):
        if our != their:
            return f"output line {n}: gale-replay {our!r}, the definitions {their!r}"
    return f"gale-replay wrote {len(ours)} lines, the definitions {len(theirs)}"


def compare(definitions, text, ran, output, broken):
    """What differs, or None; and the definitions' run that was compared."""
    ours = transcript_of(output)
    if broken:
        return f"{broken} after {ours[-1:]}", ran
    if ran.problem or ours != ran.out:
        ran = driver.run(definitions, text, ours)
    if ran.problem and ran.problem.startswith("the definitions"):
        return None if ours[:len(ran.out)] == ran.out else first_difference(ours, ran.out), ran
    if ran.problem:
        return ran.problem, ran
    return None if ours == ran.out else first_difference(ours, ran.out), ran


def count(counts, ran, output):
    for line in ran.out:
        words = line.split()
        if len(words) > 2 and words[1].isdigit():
            counts["operation", words[2] + (" (skipped)" if words[3:] == ["skip"] else "")] += 1
        elif words[1] in ("start", "callback", "post", "dtor", "thread"):
            counts["entry", words[1]] += 1
    if ran.trapped:
        last = output.splitlines()[-1] if output else ""
        counts["trap", f"{ran.trapped:42} {last.partition('# ')[2]}"] += 1
    if ran.problem:
        counts["undefined", ran.problem] += 1


def run_batch(seeds):
    made = [generate(Worker.definitions, seed, Worker.operations) for seed in seeds]
    outputs = run_all(Worker.replay, [text for text, _ in made])
    counts, differences = collections.Counter(), []
    for seed, (text, ran), (output, broken) in zip(seeds, made, outputs):
        difference, ran = compare(Worker.definitions, text, ran, output, broken)
        count(counts, ran, output)
        if difference:
            differences.append((seed, difference, text, output, "\n".join(ran.out) + "\n"))
    return len(seeds), counts, differences


def keep(folder, difference):
    seed, what, text, output, expected = difference
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, content in (("script", text), ("gale", output), ("definitions", expected)):
        (folder / f"{seed}.{suffix}").write_text(content)
    print(f"seed {seed}: {what}", flush=True)


def report(counts):
    for kind in ("operation", "entry", "trap", "undefined"):
        print(f"-- {kind}")
        for (_, name), number in sorted(counts.items(), key=lambda item: -item[1]):
            if _ == kind:
                print(f"{number:9} {name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--definitions", required=True, help="definitions.py of the pinned Component Model")
    parser.add_argument("--replay", required=True, help="the program gale-replay")
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--scripts", type=int, default=1000)
    parser.add_argument("--operations", type=int, default=OPERATIONS)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", type=Path, default=Path("build/differential"), help="where differences go")
    args = parser.parse_args()
    seeds = range(args.first, args.first + args.scripts)
    batches = [seeds[i:i + BATCH] for i in range(0, len(seeds), BATCH)]
    begin, scripts, failed, counts = time.monotonic(), 0, 0, collections.Counter()
    with multiprocessing.Pool(args.jobs, start, (args.definitions, args.replay, args.operations)) as pool:
        for number, more, differences in pool.imap_unordered(run_batch, batches):
            scripts += number
            if scripts % EVERY < number:
                print(f"{scripts} scripts, {failed} failed, {time.monotonic() - begin:.0f} s", flush=True)
            failed += len(differences)
            counts += more
            for difference in differences:
                keep(args.keep, difference)
    report(counts)
    operations = sum(number for (kind, _), number in counts.items() if kind == "operation")
    print(f"{scripts} scripts, {operations} operations, {time.monotonic() - begin:.0f} s")
    print(f"{scripts - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
