# SPDX-License-Identifier: Apache-2.0
"""Names: gale_ and GALE_ in public headers, the file's stem on static functions, each static name once."""
import re

from .source import Source, is_static
from .tree import PUBLIC_HEADERS, Report, stem_of

DEFINE = re.compile(r"#\s*define\s+(\w+)")
TAG = re.compile(r"\b(?:struct|union|enum)\s+(?:GALE_ALIGNED\([^)]*\)\s*)?(\w+)\s*\{")
TYPEDEF = re.compile(r"\btypedef\b[^;{]*?(\w+)\s*;")
ENUM_BODY = re.compile(r"\benum\b[^{;]*\{([^}]*)\}")


def names(tree):
    report = Report()
    for path in tree.files(*PUBLIC_HEADERS):
        _header(report, path, Source(tree.text(path)))
    seen = {}
    for path in tree.files("src/**/*.c"):
        source = Source(tree.text(path))
        for function in source.functions():
            report.looked_at += 1
            where = source.line(function.start)
            if not is_static(function.head):
                if not function.name.startswith("gale_"):
                    report.fault(path, where, f"{function.name}: exported functions begin with gale_")
                continue
            if not function.name.startswith(_stems(tree, path)):
                report.fault(path, where, f"{function.name}: static functions here begin with {stem_of(path)}_")
            if function.name in seen:
                report.fault(path, where, f"{function.name}: also in {seen[function.name]}")
            seen[function.name] = path
    return report


def _stems(tree, path):
    """The prefixes for static functions: the file's stem, and the module's if `<module>_<part>.c` is a part of it."""
    parts = stem_of(path).split("_")
    stems = ["_".join(parts[:n]) for n in range(1, len(parts) + 1)]
    folder = path.rsplit("/", 1)[0].replace("src", "include/gale", 1)
    return tuple(s + "_" for s in stems if s == stem_of(path) or tree.exists(f"{folder}/{s}.h"))


def _header(report, path, source):
    def expect(prefix, name, offset, what):
        report.looked_at += 1
        if not name.startswith(prefix):
            report.fault(path, source.line(offset), f"{name}: {what} in a public header begins with {prefix}")

    for offset, text in source.directives:
        if match := DEFINE.match(text.strip()):
            expect("GALE_", match.group(1), offset, "a macro")
    for match in TAG.finditer(source.code):
        expect("gale_", match.group(1), match.start(), "a tag")
    for match in TYPEDEF.finditer(source.code):
        expect("gale_", match.group(1), match.start(), "a type")
    for match in ENUM_BODY.finditer(source.code):
        for name in re.finditer(r"(?:^|,)\s*(\w+)", match.group(1)):
            expect("GALE_", name.group(1), match.start(1) + name.start(1), "an enumerator")
    for function in source.functions() + source.prototypes():
        if not re.fullmatch(r"[A-Z][A-Z0-9_]*", function.name):
            expect("gale_", function.name, function.start, "a function")
