#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a script on which gale-replay and the definitions differ shorter, as long as they differ, and prints it.

reduce.py --definitions PATH --replay build/host-gcc/gale-replay SCRIPT
"""
import argparse
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import compare  # noqa: E402
import driver  # noqa: E402
import reference  # noqa: E402
from script import ScriptError  # noqa: E402


def difference(definitions, replay, rows):
    text = "\n".join(rows) + "\n"
    try:
        ran = driver.run(definitions, text)
    except ScriptError:
        return None
    [(output, broken)] = compare.run_all(replay, [text])
    return compare.compare(definitions, text, ran, output, broken)[0]


def shorten(rows, differs):
    """Takes out ever smaller runs of lines."""
    size = len(rows) // 2
    while size:
        first = 0
        while first < len(rows):
            fewer = rows[:first] + rows[first + size:]
            if differs(fewer):
                rows = fewer
            else:
                first += size
        size //= 2
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--definitions", required=True, help="definitions.py of the pinned Component Model")
    parser.add_argument("--replay", required=True, help="the program gale-replay")
    parser.add_argument("script", type=Path)
    args = parser.parse_args()
    definitions = reference.load(args.definitions)
    rows = args.script.read_text().splitlines()
    rows = shorten(rows, lambda fewer: difference(definitions, args.replay, fewer))
    print("\n".join(rows))
    print(f"# {difference(definitions, args.replay, rows)}")


if __name__ == "__main__":
    main()
