# SPDX-License-Identifier: Apache-2.0
"""What tests/conformance has to cover: every canonical function in each of its forms, every trap, every value type in each
place where one may stand, and the details below. docs/CONFORMANCE.md says which script covers what.

The lists come from the sources: canonical functions from the decoder, traps from trap.h, types from the tool. What cannot
be seen in a script's text is said by `;; @covers NAME...` right above the assertion that covers it.
"""
import re
from collections import defaultdict

from .tree import Report, stem_of

SCRIPTS = "tests/conformance/*.wast"
PAGE = "docs/CONFORMANCE.md"
CANON = "tools/gale/decode_canon.c"
TRAPS = "include/gale/component/trap.h"
CORE_TRAPS = "tools/gale/guest/wasm_rt.c"
TYPES = "tools/gale/types.h"

# In this script each built-in is called where it may not be called.
LEAVING = "leaving"
MAY_LEAVE = ("lift", "context.get", "context.set", "backpressure.inc", "backpressure.dec", "resource.rep")

ENCODINGS = ("utf8", "utf16", "latin1+utf16")
PLACES = ("function", "list", "stream", "future")

# What a component cannot come to, and why.
NO_SCRIPT = {
    "GALE_TRAP_NONE": "no trap",
    "GALE_TRAP_CANNOT_BLOCK": "`gale` gives a stack to every function that can wait; tests/unit/component",
    "wasm trap: null reference": "typed function references are refused",
    "wasm trap: unaligned atomic": "shared memories are refused",
    "char stream": "refused by the specification for now",
    "borrow stream": "refused by the specification",
    "borrow future": "refused by the specification",
}

DETAILS = {
    "string-utf8": "what is a string in UTF-8", "string-utf16": "in UTF-16", "string-latin1": "in Latin-1",
    "string-tagged": "in UTF-16 with the tag",
    "string-utf16-unaligned": "an odd address", "string-latin1-unaligned": "an odd address, in Latin-1 too",
    "string-utf8-bounds": "beyond the memory", "string-utf16-bounds": "beyond it in bytes",
    "string-tagged-bounds": "beyond it with the tag", "string-utf8-long": "2^28 bytes",
    "string-utf16-long": "2^27 units of two bytes", "string-tagged-long": "the tag is no length",
    **{f"from-{a}-to-{b}": "what realloc is asked, and the bytes" for a in ("8", "16", "1") for b in ("8", "16", "1")},
    "char-range": "surrogates and what is beyond 10ffff", "nan-f32": "NaNs become canonical", "nan-f64": "NaNs become canonical",
    "nan-element": "in memory, too", "narrow": "the high bits of a core value are dropped or extended",
    "flags-8": "flags of one byte", "flags-16": "of two", "flags-32": "of four", "flags-unknown": "bits without a label",
    "enum-257": "a discriminant of two bytes", "joined-flats": "flats that cases share",
    "params-in-memory": "more than 16 flats", "async-params-in-memory": "more than 4", "async-params-flat": "4",
    "result-in-memory": "more than one flat", "async-result": "always at an address", "task-return-in-memory": "more than 16",
    "params-read-late": "when the call starts", "realloc-empty": "asked for an empty list", "list-2^28": "too many bytes",
    "copy-2^28": "too many elements", "copy-most": "2^28-1 elements", "post-return": "after the value is taken",
    "destructor": "runs in the implementer", "zero-length": "copies of nothing", "partial-move": "handles beyond stay",
    "cancel-before-start": "and its parameters are not taken", "cancel-told": "at once", "cancel-pending": "when it listens",
    "cancel-too-late": "it has returned", "exclusive": "who keeps whom out", "in-order": "the order of those who wait",
    "start-function": "a trap while an instance comes up", "third-instance": "a trap stops no other instance",
}

MARK = re.compile(r"^;; @covers (.+)\n(.*)", re.M)
ASSERT_TRAP = re.compile(r'"((?:[^"\\]|\\.)*)"\)\s*$')


def covered_item(kind, name):
    return f"{kind} {name}"


def wanted_canons(text):
    """(name, form) of each canonical function."""
    names = dict(re.findall(r'\[(CANON_\w+)\] = "([\w.-]+)"', text))
    immediates = dict(re.findall(r"\[(CANON_\w+)\] = (WITH_[\w |]+)", text))
    for op, name in names.items():
        with_ = immediates.get(op, "")
        if name == "lift":
            forms = ("sync", "callback", "stackful")
        elif name == "lower" or "WITH_ASYNC" in with_ or name.endswith((".read", ".write")):
            forms = ("sync", "async")
        elif "WITH_CANCELLABLE" in with_:
            forms = ("", "cancellable")
        elif name.startswith("context."):
            forms = ("0", "1")
        elif name in ("error-context.new", "error-context.debug-message"):
            forms = ENCODINGS
        else:
            forms = ("",)
        yield from ((name, form) for form in forms)
        if name not in MAY_LEAVE:
            yield name, "may not leave"


def balanced(text, start):
    """The form that begins at `start`."""
    depth = 0
    for match in re.compile(r'"(?:[^"\\]|\\.)*"|;;[^\n]*|[()]').finditer(text, start):
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if depth == 0:
            return text[start:match.end()]
    return text[start:]


def without_refused(text):
    """The script without comments and without the components that are to be refused."""
    text = re.sub(r";;[^\n]*", "", text)
    for match in reversed(list(re.finditer(r"^\(assert_(?:invalid|malformed)", text, re.M))):
        text = text[:match.start()] + text[match.start() + len(balanced(text, match.start())):]
    return text


def form_of(name, canon):
    words = canon.split()
    if name == "lift":
        return ("callback" if "(callback" in canon else "stackful") if "async" in words or "async)" in words else "sync"
    if name.startswith("context."):
        return words[-1].rstrip(")")
    if name in ("error-context.new", "error-context.debug-message"):
        return next((code for code in reversed(ENCODINGS) if f"string-encoding={code}" in canon), "utf8")
    for word in ("async", "cancellable"):
        if re.search(rf"\s{word}\b", canon):
            return word
    return "sync" if name == "lower" or re.search(r"\.(cancel-)?(read|write)$|^subtask\.cancel$", name) else ""


def canons(text, leaving):
    """Forms of canonical functions that the script's core code calls, and lifts."""
    called = set(re.findall(r"\(call (\$[^\s()]+)", text))
    renamed = defaultdict(set)
    for name, func in re.findall(r'\(export "([^"]+)" \(func (\$[^\s()]+)\)\)', text):
        renamed[func].add("$" + name)
    for match in re.finditer(r"(?:\(core func (\$[^\s()]+) )?\(canon ([\w.-]+)", text):
        func, name = match.groups()
        canon = balanced(text, text.index("(canon", match.start()))
        if name == "lift" or func in called or renamed[func] & called:
            yield covered_item(name, "may not leave" if leaving else form_of(name, canon)).strip()


def wanted_traps(tree):
    """Text by name; several traps may share one."""
    table = re.findall(r'X\((GALE_TRAP_\w+),[\s\\]*"((?:[^"\\]|\\.)*)"\)', tree.text(TRAPS))
    core = re.findall(r'\[WASM_RT_TRAP_\w+\] = "([^"]+)"', tree.text(CORE_TRAPS))
    return {**dict(table), **{text: text for text in core}}


def traps(text, wanted, fault):
    """Names of traps that the script's assertions name."""
    for match in re.finditer(r"^\(assert_trap", text, re.M):
        message = ASSERT_TRAP.search(balanced(text, match.start()))
        line = text.count("\n", 0, match.start()) + 1
        said = re.sub(r"^handle index \d+ ", "", message.group(1)) if message else ""
        said = re.sub(r" \d+$", "", said.split(";")[0])
        telling = [name for name, phrase in wanted.items()
                   if said == phrase or "wasm trap: " + said == phrase or said and said in phrase and len(said) > 6]
        exact = [name for name in telling if wanted[name].removeprefix("wasm trap: ") == said.removeprefix("wasm trap: ")]
        if not telling:
            fault(line, f"no trap says {said!r}")
        if len(exact) == 1:
            yield exact[0]
            if exact[0].startswith("wasm trap: "):
                yield "GALE_TRAP_CORE"
        for name in marks_above(text, match.start()):
            if name.startswith("GALE_TRAP_"):
                if name not in exact:
                    fault(line, f"@covers {name}: the assertion names another trap")
                yield name


def marks_above(text, at):
    above = text[:at].rstrip("\n").rsplit("\n", 1)[-1]
    return above.removeprefix(";; @covers ").split() if above.startswith(";; @covers ") else []


KINDS = {"error_context": "error-context", "fixed_list": "list N"}


def wanted_types(tree):
    body = re.search(r"enum type_kind \{(.*?)\}", tree.text(TYPES), re.S).group(1)
    for word in re.findall(r"TYPE_(\w+)", body):
        kind = KINDS.get(word.lower(), word.lower())
        yield from ((kind, place) for place in PLACES)


def kind_of(text, names):
    """The kind of the type at the beginning of `text`."""
    if text.startswith("$"):
        return names.get(re.match(r"\$[^\s()']+", text).group())
    match = re.match(r"\(?([\w-]+)", text)
    if match and match.group(1) == "list" and re.search(r"\s\d+\)$", balanced(text, 0)):
        return "list N"
    return match and match.group(1)


def types(text):
    names = {}
    for match in re.finditer(r"\(type (\$[^\s()']+)'? (?=\((?!eq|sub))", text):
        names[match.group(1)] = kind_of(text[match.end():], names)
    places = {"function": r'\((?:param "[^"]*"|result) ', "list": r"\(list ", "stream": r"\(stream ", "future": r"\(future "}
    for place, pattern in places.items():
        for match in re.finditer(pattern, text):
            kind = kind_of(text[match.end():], names)
            if kind:
                yield covered_item(kind, place)


def details(text, fault):
    for match in MARK.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if not match.group(2).startswith("(assert"):
            fault(line, "@covers is not right above an assertion")
        for name in match.group(1).split():
            if name in DETAILS:
                yield name
            elif not name.startswith("GALE_TRAP_"):
                fault(line, f"@covers {name}: there is no such detail")


def wanted(tree):
    """All that has to be covered: (title, what is in a row, {item: explanation})."""
    phrases = wanted_traps(tree)
    return [
        ("Canonical functions", "form", {covered_item(*pair).strip(): "" for pair in wanted_canons(tree.text(CANON))}),
        ("Traps", "text", {name: "" if name == text else text for name, text in phrases.items()}),
        ("Value types", "where", {covered_item(*pair): "" for pair in wanted_types(tree)}),
        ("Details", "what", DETAILS),
    ]


def coverage(tree, report):
    """Scripts by item."""
    found = defaultdict(set)
    phrases = wanted_traps(tree)
    for path in tree.files(SCRIPTS):
        text = tree.text(path)
        report.looked_at += 1

        def fault(line, what, path=path):
            report.fault(path, line, what)

        code = without_refused(text)
        for item in (*canons(code, stem_of(path) == LEAVING), *traps(text, phrases, fault), *types(code), *details(text, fault)):
            found[item].add(stem_of(path))
    return found


def assertions(tree):
    return {stem_of(path): len(re.findall(r"^\(assert_", tree.text(path), re.M)) for path in tree.files(SCRIPTS)}


def cells(name, column, explanation):
    """The first two cells of an item's row."""
    if column not in ("form", "where"):
        return name, explanation or "-"
    head, _, tail = name.partition(" ")
    return ("list N", name.removeprefix("list N ")) if name.startswith("list N ") else (head, tail or "-")


def page(tree, found):
    counts = assertions(tree)
    lines = ["# What the conformance scripts cover", "",
             "Written by `scripts/conformance --table`. The scripts are in [tests/conformance](../tests/conformance); `make test`",
             "runs them, and fails if a canonical function, a trap or a value type is in none of them, or if they have less than",
             "this page says; they may have more.", "", "| script | assertions |", "|---|---|"]
    lines += [f"| {name} | {count} |" for name, count in counts.items()] + [f"| all | {sum(counts.values())} |"]
    for title, column, items in wanted(tree):
        lines += ["", f"## {title}", "", f"| {title.lower()} | {column} | scripts |", "|---|---|---|"]
        for name, explanation in items.items():
            where = ", ".join(sorted(found[name])) or "none: " + NO_SCRIPT.get(name, "MISSING")
            lines.append(f"| {' | '.join(cells(name, column, explanation))} | {where} |")
    return "\n".join(lines) + "\n"


def page_faults(tree, found):
    """What the page says that is not so: (line, text)."""
    counts = assertions(tree)
    counts["all"] = sum(counts.values())
    items = {cells(name, column, explanation): name
             for _, column, list_ in wanted(tree) for name, explanation in list_.items()}
    for number, line in enumerate(tree.text(PAGE).split("\n"), 1):
        row = [cell.strip() for cell in line.strip("|").split(" | ")]
        if len(row) == 2 and row[1].isdigit() and int(row[1]) > counts.get(row[0], 0):
            yield number, f"{row[0]} has {counts.get(row[0], 0)} assertions"
        name = items.pop((row[0], row[1]), None) if len(row) == 3 else None
        said = set() if name is None or row[2].startswith("none") else set(row[2].split(", "))
        if not said <= found[name]:
            yield number, f"{name} is not in {' '.join(sorted(said - found[name]))}"
        if found[name] and not said:
            yield number, f"{name} is covered"
    for name in items.values():
        yield 1, f"{name} is missing"


def conformance(tree):
    report = Report()
    for needed in (CANON, TRAPS, CORE_TRAPS, TYPES):
        if not tree.exists(needed):
            report.fault(needed, 1, "missing")
            return report
    found = coverage(tree, report)
    sums = []
    for title, _, items in wanted(tree):
        for name in items:
            if not found[name] and name not in NO_SCRIPT:
                report.fault(PAGE, 1, f"{title}: no script covers {name}")
            if found[name] and name in NO_SCRIPT:
                report.fault(PAGE, 1, f"{title}: {name} is covered, though it is listed as what cannot be")
        sums.append(f"{sum(bool(found[name]) for name in items)} of {len(items)} {title.lower()}")
    report.notes.append(f"{sum(assertions(tree).values())} assertions: " + ", ".join(sums))
    if not tree.exists(PAGE):
        report.fault(PAGE, 1, "missing: scripts/conformance --table")
        return report
    for line, fault in page_faults(tree, found):
        report.fault(PAGE, line, f"{fault}: scripts/conformance --table")
    return report
