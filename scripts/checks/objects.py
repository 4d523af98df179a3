# SPDX-License-Identifier: Apache-2.0
"""What the compiler made of the library: symbols, call graph, stack use."""
import re
from collections import defaultdict

from .source import Source
from .tree import LIBRARY_SOURCES, Report

STACK_BYTES = 256
BASE_FLAGS = ["-std=c11", "-Iinclude", "-Isrc", "-c"]
HOST = ["gcc", "-O2", "-fcallgraph-info=su"]
HOST_32 = ["gcc", "-m32", "-O2", "-fcallgraph-info=su"]
CORTEX_M3 = ["arm-none-eabi-gcc", "-mcpu=cortex-m3", "-mthumb", "-Os", "-fcallgraph-info=su"]
CALLS = ["gcc", "-O0", "-fcallgraph-info=su"]  # every call of the source is still a call
TARGETS = {"host": HOST, "host-32": HOST_32, "cortex-m3": CORTEX_M3}

ALLOWED = {"memcpy", "memset"}
RUNTIME = re.compile(r"_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|__aeabi_\w+|__(?:u?(?:div|mod|divmod)|mul|ash[lr]|lshr|clz|ctz"
                     r"|popcount)[sdt]i[234]|__gnu_thumb1_case_\w+")
NODE = re.compile(r'^node: \{ title: "([^"]+)" label: "([^"]*)"')
EDGE = re.compile(r'^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')
USE = re.compile(r"(\d+) bytes \(([\w,]+)\)")


def compile_library(tree, name, command, report):
    """Objects and call graphs of the library below build/check/<name>; None if a file does not compile."""
    folder = tree.scratch / name
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    sources = tree.files(*LIBRARY_SOURCES)
    jobs = []
    for path in sources:
        out = folder / (path.replace("/", "__")[:-2] + ".o")
        jobs.append(([*command, *BASE_FLAGS, path, "-o", str(out)], None))
    good = True
    for path, (status, output) in zip(sources, tree.run_all(jobs)):
        report.looked_at += 1
        if status != 0:
            good = False
            lines = [line for line in output.splitlines() if "error" in line] or [output.strip()]
            report.fault(path, 1, f"does not compile for {name}: {lines[0]}")
    return folder if good else None


def port_functions(tree):
    if not tree.exists("include/gale/port.h"):
        return set()
    return {f.name for f in Source(tree.text("include/gale/port.h")).prototypes()} | {"gale_port_panic"}


def symbols(tree):
    """Exported names begin with gale_; nothing is needed but the port, memcpy, memset and the compiler's helpers."""
    report = Report()
    allowed = ALLOWED | port_functions(tree)
    for name, command in TARGETS.items():
        folder = compile_library(tree, name, command, report)
        if not folder:
            continue
        defined, needed = read_symbols(tree, "arm-none-eabi-nm" if name == "cortex-m3" else "nm", folder)
        for symbol, where in defined.items():
            if not symbol.startswith(("gale_", "__x86.get_pc_thunk")):
                report.fault(where, 1, f"exports {symbol}, which does not begin with gale_")
        outside = sorted(set(needed) - set(defined))
        for symbol in outside:
            if symbol not in allowed and not RUNTIME.fullmatch(symbol):
                report.fault(needed[symbol], 1, f"needs {symbol}; only the port, memcpy and memset may be needed")
        report.notes.append(f"{name}: {len(defined)} symbols; needs {' '.join(outside) or 'nothing'}")
    return report


def read_symbols(tree, tool, folder):
    """Defined and undefined global symbols, each with a source file that has it."""
    defined, needed = {}, {}
    for path in sorted(folder.glob("*.o")):
        status, output = tree.run([tool, "-g", path])
        for line in output.splitlines() if status == 0 else []:
            kind, symbol = line.split()[-2:]
            (needed if kind in "Uwv" else defined).setdefault(symbol, path.stem.replace("__", "/") + ".c")
    return defined, needed


def read_graph(folder):
    """Calls (caller to callees), stack bytes and kind by function, from the compiler's call graphs."""
    calls, use = defaultdict(set), {}
    for path in sorted(folder.glob("*.ci")):
        for line in path.read_text().splitlines():
            if edge := EDGE.match(line):
                calls[edge[1]].add(edge[2])
            elif (node := NODE.match(line)) and (bytes_used := USE.search(node[2])):
                use[node[1]] = (int(bytes_used[1]), bytes_used[2])
    return calls, use


def find_cycle(calls):
    """A cycle of the call graph as a list of names, or None. Iterative depth-first search."""
    state = {}
    for root in sorted(calls):
        if root in state:
            continue
        state[root] = "open"
        path = [root]
        pending = [sorted(calls[root])]
        while path:
            if not pending[-1]:
                state[path.pop()] = "done"
                pending.pop()
                continue
            callee = pending[-1].pop()
            if state.get(callee) == "open":
                return path[path.index(callee):] + [callee]
            if callee not in state:
                state[callee] = "open"
                path.append(callee)
                pending.append(sorted(calls.get(callee, ())))
    return None


def recursion(tree):
    report = Report()
    folder = compile_library(tree, "calls", CALLS, report)
    if not folder:
        return report
    calls, _ = read_graph(folder)
    report.looked_at += sum(len(callees) for callees in calls.values())
    if cycle := find_cycle(calls):
        report.fault(cycle[0].split(":")[0], 1, "recursion: " + " -> ".join(cycle))
    for caller in sorted(caller for caller, callees in calls.items() if "__indirect_call" in callees):
        report.notes.append(f"calls through a pointer: {caller}")
    return report


def deepest(calls, use):
    """The call chain that needs most stack, as (bytes, names); the graph has no cycle."""
    memo = {}

    def depth(name, guard):
        if name in memo or guard == 0:
            return memo.get(name, (0, []))
        below = max((depth(c, guard - 1) for c in calls.get(name, ())), default=(0, []))
        memo[name] = (use.get(name, (0, ""))[0] + below[0], [name] + below[1])
        return memo[name]

    return max((depth(name, 200) for name in use), default=(0, []))


def stack(tree):
    report = Report()
    for name, command in TARGETS.items():
        folder = compile_library(tree, name, command, report)
        if not folder:
            continue
        calls, use = read_graph(folder)
        report.looked_at += len(use)
        for function, (size, kind) in use.items():
            where = function.split(":")[0] if ":" in function else name
            if size > STACK_BYTES:
                report.fault(where, 1, f"{name}: {function} uses {size} bytes of stack, at most {STACK_BYTES}")
            if kind == "dynamic":
                report.fault(where, 1, f"{name}: {function} uses a stack without bound")
        if use:
            largest = max(use, key=lambda f: use[f][0])
            total, chain = deepest(calls, use)
            report.notes.append(f"{name}: largest {use[largest][0]} bytes, {largest}; deepest chain of direct calls {total}: "
                                + " -> ".join(c.split(":")[-1] for c in chain))
    return report
