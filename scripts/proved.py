# SPDX-License-Identifier: Apache-2.0
"""The C as the deductive provers see it: which functions stand where, and where each of them is proved."""
import collections
import functools
import re
import subprocess

from checks.source import Source
from evidence import ROOT

INCLUDES = ["-Iinclude", "-Isrc", "-Iproofs/acsl"]
LAYERS = ("kernel", "async", "component")
# Headers whose functions have no file of the same stem, and the file in which they are proved.
OWNERS = {"include/gale/atomic.h": "src/kernel/doorbell.c", "include/gale/component/memory.h": "src/component/value.c"}
# Shown by CBMC over their whole domain; WP takes their contracts.
TRUSTED_HEADERS = {"src/kernel/bits.h"}


def sources():
    return [ROOT / "src/base.c", *(path for layer in LAYERS for path in sorted((ROOT / "src" / layer).glob("*.c")))]


@functools.cache
def parts(path):
    """The text of each of our files when `path` is compiled as the provers see it."""
    text = subprocess.run(["gcc", "-E", "-m32", "-std=c11", "-D__FRAMAC__", *INCLUDES, path], cwd=ROOT, check=True,
                          capture_output=True, text=True).stdout
    found = collections.defaultdict(list)
    for name, body in re.findall(r'^# \d+ "([^"]*)"[^\n]*\n(.*?)(?=^# \d+ "|\Z)', text, re.M | re.S):
        found[(ROOT / name).resolve()].append(body)
    return {file: Source("".join(text)) for file, text in found.items() if file.is_relative_to(ROOT)}


def defined(path):
    return {file: [function.name for function in source.functions()] for file, source in parts(path).items()}


def owner(header):
    """The file in which the functions of a header are proved; None if they are trusted."""
    name = str(header.relative_to(ROOT))
    if name in TRUSTED_HEADERS:
        return None
    if name in OWNERS:
        return ROOT / OWNERS[name]
    stem = re.sub(r"_(core|copy|internal)$", "", header.stem)
    return ROOT / "src" / header.parent.name / f"{stem}.c"


def skipped(path):
    """Functions that WP would see in this file and that belong to another one."""
    return [name for file, names in defined(path).items() if file != path and owner(file) != path for name in names]


def owned(path):
    """Functions that have to be proved in this file."""
    return [name for file, names in defined(path).items() if file == path or owner(file) == path for name in names]


def called(path, left_out):
    """Functions that those call which have to be proved in this file and are not left out."""
    bodies = [source.code[function.body:function.end] for file, source in parts(path).items()
              if file == path or owner(file) == path for function in source.functions() if function.name not in left_out]
    return set(re.findall(r"\b(\w+)\(", " ".join(bodies)))


def trusted():
    """Functions whose contracts are taken and not proved by WP, by file: no body, or a body that it does not look at."""
    bodies = {name for path in sources() for file, names in defined(path).items() if owner(file) for name in names}
    found = collections.defaultdict(set)
    for path in sources():
        for file, source in parts(path).items():
            names = [f.name for f in source.prototypes() + source.functions()]
            found[str(file.relative_to(ROOT))].update(set(names) - bodies)
    return {file: sorted(names) for file, names in sorted(found.items()) if names}
