# SPDX-License-Identifier: Apache-2.0
"""Length of functions and files, nesting, and no #if inside a function of the library."""
import re

from .source import Source, nesting
from .tree import Report

FUNCTION_LINES = 60
NESTING = 3
FILE_LINES = 500
CODE = ("include/**/*.h", "src/**/*.[ch]", "ports/**/*.[ch]", "tools/**/*.[ch]", "tests/**/*.[ch]", "bench/**/*.[ch]", "examples/**/*.[ch]")
LONG_TEXT = ("scripts/**/*", "cmake/*", "CMakeLists.txt", "Makefile")


def shape(tree):
    report = Report()
    lengths = []
    for path in tree.files(*CODE):
        text = tree.text(path)
        source = Source(text)
        _file_length(report, path, text)
        for function in source.functions():
            report.looked_at += 1
            body = source.code[function.body + 1:function.end]
            length = sum(1 for line in body.splitlines() if line.strip())
            if path.startswith(("src/", "include/")):
                lengths.append(length)
            _function(report, path, source, function, body, length)
    for path in tree.files(*LONG_TEXT):
        _file_length(report, path, tree.text(path))
    if lengths:
        lengths.sort()
        report.notes.append(f"library: {len(lengths)} functions, median {lengths[len(lengths) // 2]} lines, "
                            f"90 % within {lengths[len(lengths) * 9 // 10]}, longest {lengths[-1]}")
    return report


def _file_length(report, path, text):
    lines = text.count("\n")
    if lines >= FILE_LINES:
        report.fault(path, FILE_LINES, f"file has {lines} lines, fewer than {FILE_LINES} wanted")


def _function(report, path, source, function, body, length):
    where = source.line(function.start)
    if length > FUNCTION_LINES:
        report.fault(path, where, f"{function.name} has {length} lines, at most {FUNCTION_LINES}")
    depth, at = nesting(body)
    if depth > NESTING:
        report.fault(path, source.line(function.body + 1 + at), f"{function.name} nests {depth} deep, at most {NESTING}")
    if path.startswith(("src/", "include/")):
        for offset, text in source.directives:
            if function.body < offset < function.end and re.match(r"\s*#\s*(?:if|ifdef|ifndef|else|elif)\b", text):
                report.fault(path, source.line(offset), f"{function.name}: no #if in a function body")
