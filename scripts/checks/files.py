# SPDX-License-Identifier: Apache-2.0
"""Formatting, generated files, licence lines, and paths that only exist on somebody's machine."""
import re

from .tree import Report

GENERATED = re.compile(r"(?:^|/)(?:compile_commands\.json|CMakeCache\.txt|CMakeFiles|core)(?:/|$)"
                       r"|\.(?:o|a|so|su|ci|gcda|gcno|pyc|vo|vok|vos|glob|aux|out|orig|rej|swp)$")
MACHINE_PATH = re.compile(r"(?<![\w.~$}/-])/(?:ho[m]e|ro[o]t|Us[e]rs|wo[r]k|workspace)/\w")
LICENCE = "SPDX-License-Identifier: Apache-2.0"
LICENSED = re.compile(r"\.(?:c|h|S|py|cmake|acsl|sh)$|(?:^|/)(?:CMakeLists\.txt|Makefile)$")
FILE_BYTES = 1 << 20


def formatting(tree):
    report = Report()
    files = tree.files("**/*.c", "**/*.h")
    report.looked_at = len(files)
    if not files:
        return report
    status, output = tree.run(["clang-format", "--dry-run", "-Werror", *files])
    for match in re.finditer(r"^([^:\n]+):(\d+):\d+: error: (.*)$", output, re.M):
        report.fault(match.group(1), match.group(2), match.group(3))
    if status and not report.problems:
        report.fault(".clang-format", 1, output.strip())
    return report


def hygiene(tree):
    report = Report()
    for path in tree.files("**/*", ".ci/*"):
        report.looked_at += 1
        if GENERATED.search(path):
            report.fault(path, 1, "a generated file; the tree holds sources alone")
            continue
        if (tree.root / path).is_symlink():
            report.fault(path, 1, "a symbolic link")
        if (tree.root / path).stat().st_size > FILE_BYTES:
            report.fault(path, 1, "larger than a mebibyte")
        if "/corpus/" not in path:
            _text(report, path, tree.text(path))
    return report


def _text(report, path, text):
    for number, line in enumerate(text.splitlines(), 1):
        if MACHINE_PATH.search(line):
            report.fault(path, number, "an absolute path of one machine")
        if line != line.rstrip():
            report.fault(path, number, "white space at the end of the line")
    if LICENSED.search(path) and LICENCE not in "\n".join(text.splitlines()[:2]):
        report.fault(path, 1, f"the first line says {LICENCE}")
    if text and not text.endswith("\n"):
        report.fault(path, text.count("\n") + 1, "no newline at the end")
