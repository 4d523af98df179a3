# SPDX-License-Identifier: Apache-2.0
"""Doc comments and ACSL contracts: on each public function, and on static functions and loops of the library."""
import re

from .source import Source, is_static, loops, parameters, returns_void
from .tree import PUBLIC_HEADERS, Report

BASE = "include/gale/base.h"
CONTRACT_LINES = 20
LOOP_LINES = 8
# A brief that names the value: "True when ...", "The tick now ...", "Bytes stored now".
NAMES_VALUE = re.compile(r"^(?:True|False|The|An?|Number|How|What|Which|Whether|Most|Least|Reads?|Address|Size|Bytes|Bits"
                         r"|Elements|Ticks|Threads)\b|\breturns?\b", re.I)
STATUS = re.compile(r"X\((GALE_\w+), *-?\d+,")


def prototypes(tree):
    report = Report()
    statuses = set(STATUS.findall(tree.text(BASE))) if tree.exists(BASE) else set()
    faults, good = [], set()
    for path in tree.files(*PUBLIC_HEADERS):
        source = Source(tree.text(path))
        about_file = next((c.text for c in source.comments if "@file" in c.text), "")
        context_of_file = re.search(r"@context|^ \* Context:", about_file, re.M) is not None
        for function in _public(source):
            report.looked_at += 1
            found = list(_faults(source, function, context_of_file, statuses))
            faults += [(function.name, path, source.line(function.start), fault) for fault in found]
            if not found:
                good.add(function.name)
    for name, path, line, fault in faults:
        if name not in good:  # else it is only declared once more: for an attribute, or before its own header
            report.fault(path, line, f"{name}: {fault}")
    return report


def _public(source):
    """Public functions in a header, each once; names in capitals are macros at file level."""
    for function in source.prototypes() + source.functions():
        if function.name.startswith("gale_") and not function.name.startswith("gale__"):
            yield function


def _faults(source, function, context_of_file, statuses):
    above = [c.text for c in source.comments_before(function.start)]
    doc = next((c for c in reversed(above) if c.startswith("/**")), None)
    acsl = next((c for c in reversed(above) if c.startswith("/*@") and _is_contract(c)), None)
    if doc is None:
        yield "no doc comment (/** ... */) right above it"
    else:
        yield from _doc_faults(doc, function.head, context_of_file, statuses)
    if acsl is None:
        yield "no contract (/*@ ... */) right above it"
    else:
        yield from _length_fault(acsl, CONTRACT_LINES)


def _is_contract(text):
    return re.search(r"\b(?:requires|ensures|assigns|behavior|terminates|exits)\b", text) is not None


def _length_fault(text, limit):
    lines = text.count("\n") + 1
    if lines > limit + 1:  # the closing mark may stand alone
        yield f"contract of {lines} lines, at most {limit}: name the thought in proofs/acsl"


def _doc_faults(doc, head, context_of_file, statuses):
    plain = re.sub(r"^\s*/?\*+/?|\*/$", "", doc, flags=re.M).strip()
    if not context_of_file and "@context" not in plain:
        yield "no @context: who may call, and does it block"
    value_told = re.search(r"@retval|@return", plain) or NAMES_VALUE.search(plain.split("@")[0].strip())
    if not returns_void(head) and not value_told:
        yield "no @retval or @return"
    known = parameters(head)
    for name in re.findall(r"@param(?:\[[a-z,]*\])?\s+(\w+)", plain):
        if name not in known:
            yield f"@param {name} is no parameter"
    for code in re.findall(r"@retval\s+(GALE_E\w+|GALE_OK)", plain):
        if code not in statuses:
            yield f"@retval {code} is no status"


def annotations(tree):
    report = Report()
    for path in tree.files("src/**/*.c"):
        source = Source(tree.text(path))
        for function in source.functions():
            report.looked_at += 1
            if is_static(function.head):
                _static_contract(report, path, source, function)
            for offset in loops(source.code[function.body:function.end]):
                _loop(report, path, source, function.body + offset)
    return report


def _static_contract(report, path, source, function):
    above = [c.text for c in source.comments_before(function.start) if c.text.startswith("/*@")]
    where = source.line(function.start)
    if not any(_is_contract(text) for text in above):
        report.fault(path, where, f"{function.name}: no contract (/*@ ... */) right above it")
    for text in above:
        for fault in _length_fault(text, CONTRACT_LINES):
            report.fault(path, where, f"{function.name}: {fault}")


def _loop(report, path, source, offset):
    above = [c.text for c in source.comments_before(offset) if c.text.startswith("/*@")]
    text = above[-1] if above else ""
    lacking = [part for part in ("loop invariant", "loop assigns", "loop variant") if part not in text]
    if lacking:
        report.fault(path, source.line(offset), f"loop without {', '.join(lacking)} right above it")
    if re.search(r"loop variant \d+\s*;", text):
        report.fault(path, source.line(offset), "a loop variant that cannot decrease")
    if text.count("\n") + 1 > LOOP_LINES + 1:
        report.fault(path, source.line(offset), f"loop annotation of more than {LOOP_LINES} lines")
