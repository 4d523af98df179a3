#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records what the specification's definitions make of random scripts, as test data for where they are not at hand.

record.py --definitions PATH --replay build/host-gcc/gale-replay [--scripts N] [--operations N] FOLDER

Files of PART scripts hold, for each script: its text, a line `===`, the transcript, a line `---`. A script on which gale-replay
differs from the definitions is not recorded: it is reported, and the recording fails.
"""
import argparse
import lzma
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import compare  # noqa: E402
import reference  # noqa: E402
from generate import generate  # noqa: E402

MIDDLE = "===\n"
PART = 700


def record(definitions, replay, seeds, operations):
    """The scripts and their transcripts, without those where the definitions leave undefined what happens."""
    made = [generate(definitions, seed, operations) for seed in seeds]
    outputs = compare.run_all(replay, [text for text, _ in made])
    pieces = []
    for seed, (text, ran), (output, broken) in zip(seeds, made, outputs):
        difference, ran = compare.compare(definitions, text, ran, output, broken)
        if difference:
            raise SystemExit(f"seed {seed}: {difference}")
        if not ran.problem:
            pieces.append(text + MIDDLE + "\n".join(ran.out) + "\n" + compare.END)
    return pieces


def write(folder, pieces):
    for n, first in enumerate(range(0, len(pieces), PART), 1):
        path = folder / f"random-{n}.xz"
        part = pieces[first:first + PART]
        path.write_bytes(lzma.compress("".join(part).encode(), preset=9 | lzma.PRESET_EXTREME))
        print(f"{path}: {len(part)} scripts, {path.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--definitions", required=True, help="definitions.py of the pinned Component Model")
    parser.add_argument("--replay", required=True, help="the program gale-replay")
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--scripts", type=int, default=2100)
    parser.add_argument("--operations", type=int, default=100)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    definitions = reference.load(args.definitions)
    seeds = range(args.first, args.first + args.scripts)
    kept = []
    for first in range(0, len(seeds), compare.BATCH):
        kept += record(definitions, args.replay, seeds[first:first + compare.BATCH], args.operations)
    args.folder.mkdir(parents=True, exist_ok=True)
    write(args.folder, kept)


if __name__ == "__main__":
    main()
