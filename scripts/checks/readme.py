# SPDX-License-Identifier: Apache-2.0
"""The ```c blocks of README.md compile; one with main() is linked with the library and the POSIX port, and runs."""
import re

from .tree import LIBRARY_SOURCES, Report

BLOCK = re.compile(r"^```c\n(.*?)^```", re.M | re.S)
FLAGS = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-Iinclude", "-Iports/posix/include"]
LIBRARY_FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-O1", "-Iinclude", "-Isrc", "-Iports/posix/include"]


def readme(tree):
    report = Report()
    if not tree.exists("README.md"):
        report.fault("README.md", 1, "missing")
        return report
    folder = tree.scratch / "readme"
    folder.mkdir(parents=True, exist_ok=True)
    text = tree.text("README.md")
    for number, match in enumerate(BLOCK.finditer(text), 1):
        report.looked_at += 1
        line = text.count("\n", 0, match.start(1)) + 1
        path = folder / f"block_{number}.c"
        path.write_text(match.group(1))
        fault = _program(tree, path) if re.search(r"\bmain\s*\(", match.group(1)) else _fragment(tree, path)
        if fault:
            report.fault("README.md", line, fault)
    return report


def _fragment(tree, path):
    status, output = tree.run(["gcc", *FLAGS, "-fsyntax-only", path])
    return f"does not compile: {output.strip()}" if status else None


def _program(tree, path):
    status, output = tree.run(["gcc", *FLAGS, "-c", path, "-o", path.with_suffix(".o")])
    if status:
        return f"does not compile: {output.strip()}"
    sources = tree.files(*LIBRARY_SOURCES, "ports/posix/*.c", "ports/posix/*.S")
    program = path.with_suffix("")
    status, output = tree.run(["gcc", *LIBRARY_FLAGS, *sources, path.with_suffix(".o"), "-o", program, "-pthread"])
    if status:
        return f"does not link: {output.strip()}"
    status, output = tree.run(["timeout", "10", program])
    return f"exited with {status}: {output.strip()}" if status else None
