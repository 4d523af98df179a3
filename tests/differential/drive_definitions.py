#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs one script of gale-replay on the specification's definitions.

drive_definitions.py --definitions PATH [--transcript gale-replay's output] [script]
"""
import argparse
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import driver  # noqa: E402
import reference  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--definitions", required=True, help="definitions.py of the pinned Component Model")
    parser.add_argument("--transcript", help="whose choices to make")
    parser.add_argument("script", nargs="?", help="default: standard input")
    args = parser.parse_args()
    text = Path(args.script).read_text() if args.script else sys.stdin.read()
    guide = Path(args.transcript).read_text().splitlines() if args.transcript else None
    ran = driver.run(reference.load(args.definitions), text, guide)
    print("\n".join(ran.out))
    if ran.problem:
        print(ran.problem, file=sys.stderr)
    return 1 if ran.problem else 0


if __name__ == "__main__":
    sys.exit(main())
