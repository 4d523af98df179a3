# SPDX-License-Identifier: Apache-2.0
"""The layer law: root < kernel < async < component < abi < ports' own headers; private headers stay in their folder."""
import re

from .source import Source
from .tree import Report

LAYERS = {"root": 0, "kernel": 1, "async": 2, "component": 3, "abi": 4, "port": 5}
SYSTEM_HEADERS = {"stdbool.h", "stddef.h", "stdint.h", "limits.h", "string.h"}
INCLUDE = re.compile(r'#\s*include\s+(["<])([^">]+)[">]')
ATOMIC = re.compile(r"\b(?:__atomic_\w+|__sync_\w+|_Atomic|atomic_\w+_explicit|memory_order_\w+)\b|stdatomic")


def layer_of(path):
    """Layer of a file below include/gale or src; None elsewhere. port_<name>.h is what a port offers beyond port.h."""
    if re.match(r"include/gale/port_\w+\.h$", path):
        return "port"
    match = re.match(r"(?:include/gale|src)/(?:(\w+)/)?[^/]+$", path)
    return None if not match else match.group(1) or "root"


def includes(text):
    for number, line in enumerate(text.splitlines(), 1):
        if match := INCLUDE.match(line.strip()):
            yield number, match.group(1) == "<", match.group(2)


def layers(tree):
    report = Report()
    for path in tree.files("include/gale/**/*.h", "src/**/*.[ch]"):
        own = layer_of(path)
        if own not in LAYERS:
            report.fault(path, 1, f"no layer has this place; there are {' '.join(LAYERS)}")
            continue
        for line, system, name in includes(tree.text(path)):
            report.looked_at += 1
            if fault := _library_include(tree, path, own, system, name):
                report.fault(path, line, fault)
    for path in tree.files("ports/**/*.[chS]", "bridges/**/*.[ch]", "examples/**/*.[ch]", "bench/**/*.[ch]"):
        for line, system, name in includes(tree.text(path)):
            report.looked_at += 1
            if not system and _private(tree, name):
                report.fault(path, line, f'"{name}" is private to the library')
    return report


def _private(tree, name):
    return tree.exists(f"src/{name}") or name.startswith(("../src", "src/"))


def _library_include(tree, path, own, system, name):
    if system:
        return None if name in SYSTEM_HEADERS else f"<{name}> is not for a freestanding library"
    if name.endswith(".acsl"):
        target = name.split("/")[0] if "/" in name else "root"
    elif name.startswith("gale/"):
        target = layer_of(f"include/{name}")
    else:
        beside = path.rsplit("/", 1)[0]
        private = f"src/{name}" if tree.exists(f"src/{name}") else f"{beside}/{name}"
        if path.startswith("include/"):
            return f'a public header may not include "{name}": write "gale/..."'
        if not tree.exists(private):
            return f'"{name}" is not in the library'
        target = layer_of(private)
        if target != own:
            return f'"{name}" is private to {target}'
    if target not in LAYERS:
        return f'"{name}" is in no layer'
    if LAYERS[target] > LAYERS[own]:
        return f'"{name}" points up: {own} may not know {target}'
    return None


def atomics(tree):
    report = Report()
    for path in tree.files("include/gale/**/*.h", "src/**/*.[ch]"):
        report.looked_at += 1
        if path == "include/gale/atomic.h":
            continue
        source = Source(tree.text(path))
        plain = source.code + "\n".join(text for _, text in source.directives)
        for match in ATOMIC.finditer(plain):
            line = source.line(match.start()) if match.start() < len(source.code) else 1
            report.fault(path, line, f"{match.group(0)}: only include/gale/atomic.h names atomic operations")
    return report
