#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the recorded scripts on gale-replay and compares with what the specification's definitions made of them.

check_recorded.py GALE-REPLAY RECORDED.xz...   (an emulator and its arguments may stand before the program)

@verifies CN01
"""
import lzma
import subprocess
import sys
from pathlib import Path

END, MIDDLE = "---\n", "===\n"
BATCH = 100
SHOWN = 10


def transcripts(command, texts):
    done = subprocess.run([*command, "--batch"], input=END.join(texts) + END, capture_output=True, text=True,
                          check=False)
    outputs = done.stdout.split(END)
    outputs += [f"(gale-replay ended with {done.returncode}: {done.stderr.strip()[-200:]})"] * len(texts)
    return ["\n".join(line.partition(" #")[0] for line in output.splitlines()) for output in outputs[:len(texts)]]


def difference(ours, theirs):
    for n, (our, their) in enumerate(zip(ours.splitlines() + ["(end)"], theirs.splitlines() + ["(end)"]), 1):
        if our != their:
            return f"output line {n}: {our!r}, recorded {their!r}"
    return "?"


def check(command, path):
    pairs = [piece.split(MIDDLE) for piece in lzma.decompress(path.read_bytes()).decode().split(END)[:-1]]
    failures = []
    for first in range(0, len(pairs), BATCH):
        batch = pairs[first:first + BATCH]
        for n, ((_, theirs), ours) in enumerate(zip(batch, transcripts(command, [text for text, _ in batch])), first):
            if ours != theirs.rstrip("\n"):
                failures.append(f"{path.name}: script {n}: {difference(ours, theirs)}")
    return len(pairs), failures


def main(arguments):
    files = [Path(word) for word in arguments if word.endswith(".xz")]
    command = [word for word in arguments if not word.endswith(".xz")]
    total, failures = 0, []
    for path in files:
        number, more = check(command, path)
        total += number
        failures += more
    print("\n".join(failures[:SHOWN]))
    print(f"{total - len(failures)} passed, {len(failures)} failed")
    return 1 if failures or not total else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
