# SPDX-License-Identifier: Apache-2.0
"""Property ids: what mentions one must name one of spec/properties.toml, each due one needs a test, and docs/TRACE.md has
them all as they are."""
import re
import tomllib
from collections import Counter

from .tree import Report

LIST = "spec/properties.toml"
PAGE = "docs/TRACE.md"
COLUMNS = "WRBTM"
TRACKS = {"W", "R", "B", "T", "M"}
FIELDS = {"id", "module", "layer", "statement", "origin", "due"}
TESTED_LAYERS = {"kernel", "async"}
ID = r"[A-Z]{1,2}[0-9]{2}"
TAG = re.compile(r"@(satisfies|verifies)\b((?:[ ,]+[A-Za-z0-9-]+)+)")
CLAUSE = re.compile(r"\b(?:requires|ensures|invariant|assert|lemma|axiom)\s+([a-z]{1,2}[0-9]{2})\w*\s*:")
TAGGED = ("include/**/*.h", "src/**/*.[ch]", "ports/**/*.[ch]", "proofs/**/*.*", "tests/**/*.[ch]", "tests/**/*.py")


def read_list(tree, report):
    """Properties by id; faults of the list itself go to the report."""
    text = tree.text(LIST)
    lines = {match.group(1): text.count("\n", 0, match.start()) + 1
             for match in re.finditer(r'^id = "(\w+)"', text, re.M)}
    known = {}
    for entry in tomllib.loads(text).get("property", []):
        name = entry.get("id", "?")
        where = lines.get(name, 1)
        report.looked_at += 1
        if set(entry) != FIELDS:
            report.fault(LIST, where, f"{name}: fields are {' '.join(sorted(FIELDS))}")
            continue
        if not re.fullmatch(ID, name):
            report.fault(LIST, where, f"{name}: an id is one or two capitals and two digits")
        if name in known:
            report.fault(LIST, where, f"{name} is there twice; an id is never used again")
        if not entry["due"] or not TRACKS.issuperset(entry["due"]):
            report.fault(LIST, where, f"{name}: due is a list of {' '.join(sorted(TRACKS))}")
        known[name] = (entry, where)
    return known


def trace(tree):
    report = Report()
    if not tree.exists(LIST):
        report.fault(LIST, 1, "missing")
        return report
    known = read_list(tree, report)
    verified = Counter()
    for path in tree.files(*TAGGED):
        text = tree.text(path)
        for match in TAG.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            for name in re.findall(rf"\b{ID}\b", match.group(2)) or [match.group(2).strip()]:
                report.looked_at += 1
                if name not in known:
                    report.fault(path, line, f"@{match.group(1)} {name}: not in {LIST}")
                elif match.group(1) == "verifies" and path.startswith("tests/"):
                    verified[name] += 1
        for match in CLAUSE.finditer(text):
            if match.group(1).upper() not in known:
                line = text.count("\n", 0, match.start()) + 1
                report.fault(path, line, f"clause {match.group(1)}: no such property in {LIST}")
    _untested(report, known, verified)
    return report


def _untested(report, known, verified):
    due = [name for name, (entry, _) in known.items() if entry["layer"] in TESTED_LAYERS and "T" in entry["due"]]
    for name in due:
        entry, where = known[name]
        if verified[name] == 0:
            report.fault(LIST, where, f"{name} ({entry['module']}) is verified by no test")
    report.notes.append(f"{sum(1 for name in due if verified[name])} of {len(due)} due properties have a test, "
                        f"{sum(verified.values())} tags")


ROW = re.compile(rf"^\| ({ID}) \| (\S+) \| (\S+) \| (\S+) \| (\S+) \| (\S+) \| (.*) \|$", re.M)


def matrix(tree):
    """What can be known of the page without the proof tracks: its rows, what is due, and the tests' column."""
    report = Report()
    if not tree.exists(LIST) or not tree.exists(PAGE):
        report.fault(PAGE, 1, "missing: make trace")
        return report
    known = {name: entry for name, (entry, _) in read_list(tree, Report()).items()}
    tags = {name for path in tree.files("tests/**/*.[ch]", "tests/**/*.py") for kind, names in TAG.findall(tree.text(path))
            if kind == "verifies" for name in re.findall(rf"\b{ID}\b", names)}
    rows, text = {}, tree.text(PAGE)
    for match in ROW.finditer(text):
        report.looked_at += 1
        name, line = match.group(1), text.count("\n", 0, match.start()) + 1
        rows[name] = line
        if name not in known:
            report.fault(PAGE, line, f"{name} is not in {LIST}: make trace")
            continue
        cells = dict(zip(COLUMNS, match.groups()[1:6]))
        for fault in _stale(known[name], cells, match.group(7), name in tags):
            report.fault(PAGE, line, f"{name}: {fault}: make trace")
    for name in known.keys() - rows.keys():
        report.fault(PAGE, 1, f"{name} has no row: make trace")
    return report


def _stale(entry, cells, statement, tested):
    if statement != entry["statement"]:
        yield "another statement"
    if cells["T"] != ("yes" if tested else "missing" if "T" in entry["due"] else "-"):
        yield f"T is {cells['T']}"
    for track in COLUMNS:
        if track in entry["due"] and cells[track] == "-":
            yield f"{track} is due"
        if track not in entry["due"] and cells[track] == "missing":
            yield f"{track} is not due"
