# SPDX-License-Identifier: Apache-2.0
"""Just enough of C to find comments, functions, prototypes and loops, with their lines."""
import re
from collections import namedtuple

Comment = namedtuple("Comment", "start end text")
Function = namedtuple("Function", "name head start body end")  # offsets; a prototype has body == end

TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.M | re.S)
ATTRIBUTE = re.compile(r"__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)|_Noreturn|GALE_ALIGNED\([^)]*\)")
NOT_FUNCTIONS = {"if", "for", "while", "switch", "return", "sizeof", "typedef"}
FOREIGN = re.compile(r"^#ifdef (?:__cplusplus|__FRAMAC__)\n.*?^#endif[^\n]*", re.M | re.S)


def blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def blank_token(match):
    """Comments become spaces; literals keep their quotes so that they stay one operand."""
    text = match.group(0)
    if text.startswith("/"):
        return blank(match)
    return text[0] + re.sub(r"[^\n]", "_", text[1:-1]) + text[-1]


class Source:
    """One file: `text` as it is, `code` of the same length without comments, literals and directives."""

    def __init__(self, text):
        self.text = text
        self.comments = [Comment(m.start(), m.end(), m.group(0)) for m in TOKEN.finditer(text)
                         if m.group(0).startswith("/")]
        plain = TOKEN.sub(blank_token, text)
        self.directives = [(m.start(), re.sub(r"\\\n", " ", m.group(0))) for m in DIRECTIVE.finditer(plain)]
        self.code = DIRECTIVE.sub(blank, FOREIGN.sub(blank, plain))
        self._functions = None

    def line(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def comments_before(self, offset):
        """The comments that stand right above `offset`, nearest last."""
        found = []
        for comment in reversed(self.comments):
            if comment.end <= offset and not self.text[comment.end:offset].strip():
                found.append(comment)
                offset = comment.start
            elif comment.end <= offset:
                break
        return found[::-1]

    def functions(self):
        """Function definitions, in order."""
        self._scan()
        return [f for f in self._functions if f.body != f.end]

    def prototypes(self):
        """Declarations of functions without a body, in order."""
        self._scan()
        return [f for f in self._functions if f.body == f.end]

    def _scan(self):
        if self._functions is None:
            self._functions = list(_top_level(self.code))


def _top_level(code):
    depth = start = 0
    head = None
    for match in re.finditer(r"[{};]", code):
        at, mark = match.start(), match.group(0)
        if mark == "{":
            if depth == 0:
                head = _head(code, start, at)
            depth += 1
        elif mark == "}":
            depth = max(depth - 1, 0)
            if depth == 0:
                if head:
                    yield Function(head[0], head[1], head[2], head[3], at)
                    start = at + 1
                head = None
        elif depth == 0:
            if prototype := _head(code, start, at):
                yield Function(prototype[0], prototype[1], prototype[2], at, at)
            start = at + 1


def _head(code, start, end):
    """(name, text, first offset, end) if the text is a function's head."""
    raw = code[start:end]
    text = ATTRIBUTE.sub(blank, raw)
    match = re.match(r"\s*(?:[\w*]+[\s*]+)*?\**(\w+)\s*\((.*)\)\s*$", text, re.S)
    if not match or match.group(1) in NOT_FUNCTIONS or "=" in text or re.match(r"\s*typedef\b", text):
        return None
    if not _balanced(match.group(2)):
        return None
    first = start + len(raw) - len(raw.lstrip())
    return match.group(1), text.strip(), first, end


def _balanced(text):
    depth = 0
    for char in text:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return False
    return depth == 0


def parameters(head):
    """Names of the parameters of a function head."""
    inside = head[head.index("(") + 1:head.rindex(")")]
    names = []
    depth = 0
    part = ""
    for char in inside + ",":
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            pointer = re.search(r"\(\s*\*\s*(\w+)", part)
            plain = re.search(r"(\w+)\s*(?:\[[^\]]*\]\s*)*$", part)
            found = pointer or plain
            if found and found.group(1) != "void":
                names.append(found.group(1))
            part = ""
        else:
            part += char
    return names


def returns_void(head):
    return re.match(r"(?:(?:static|inline|extern|[A-Z][A-Z0-9_]*)\s+)*void\s+\w+\s*\(", head) is not None


def is_static(head):
    return re.match(r"(?:inline\s+)?static\b", head) is not None


def nesting(code):
    """How deep the control blocks of a body go: (depth, offset of the deepest)."""
    stack = []
    deepest = (0, 0)
    for match in re.finditer(r"[{}]", code):
        if match.group(0) == "}":
            if stack:
                stack.pop()
            continue
        stack.append(_opens_block(code[:match.start()]))
        if sum(stack) > deepest[0]:
            deepest = (sum(stack), match.start())
    return deepest


def _opens_block(before):
    """True if a brace behind `before` opens a block of statements and not an initialiser."""
    before = before.rstrip()
    if not before or before[-1] in ";}:":
        return True
    if re.search(r"\b(?:else|do)$", before):
        return True
    if before[-1] != ")":
        return False
    depth = 0
    for at in range(len(before) - 1, -1, -1):
        depth += (before[at] == ")") - (before[at] == "(")
        if depth == 0:
            return re.search(r"\b(?:if|for|while|switch)\s*$", before[:at]) is not None
    return False


def loops(code):
    """Offsets of the loop statements of a body; the `while` that ends a `do` is not one."""
    found = []
    for match in re.finditer(r"\b(?:for|while)\s*\(|\bdo\s*\{", code):
        before = code[:match.start()].rstrip()
        if match.group(0).startswith("while") and before.endswith("}") and _closes_do(before):
            continue
        found.append(match.start())
    return found


def _closes_do(before):
    depth = 0
    for at in range(len(before) - 1, -1, -1):
        depth += (before[at] == "}") - (before[at] == "{")
        if depth == 0:
            return re.search(r"\bdo\s*$", before[:at]) is not None
    return False
