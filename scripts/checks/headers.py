# SPDX-License-Identifier: Apache-2.0
"""Each public header compiles alone: as C99 and C++17, by gcc and clang, with 16-bit and 32-bit ids."""
import re

from .tree import PUBLIC_HEADERS, Report

FLAGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wpedantic", "-Werror", "-fsyntax-only", "-Iinclude"]
COMPILERS = [
    ["gcc", "-x", "c", "-std=c99", "-DGALE_ID_BITS=16"],
    ["clang", "-x", "c", "-std=c99", "-DGALE_ID_BITS=32"],
    ["g++", "-x", "c++", "-std=c++17", "-DGALE_ID_BITS=32"],
    ["clang++", "-x", "c++", "-std=c++17", "-DGALE_ID_BITS=16"],
]


def headers(tree):
    report = Report()
    jobs = []
    for path in tree.files(*PUBLIC_HEADERS):
        name = path.removeprefix("include/")
        text = f'#include "{name}"\n#include "{name}"\nint consumer;\n'
        jobs += [(path, [*compiler, *FLAGS, "-"], text) for compiler in COMPILERS]
    report.looked_at = len(jobs)
    for (path, command, _), (status, output) in zip(jobs, tree.run_all([job[1:] for job in jobs])):
        if status != 0:
            first = re.search(r"^.*error.*$", output, re.M)
            what = first.group(0) if first else output.strip()
            report.fault(path, 1, f"{command[0]} {command[3]}: {what}")
    return report
