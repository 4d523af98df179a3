# SPDX-License-Identifier: Apache-2.0
"""The language of gale-replay's scripts (docs/REPLAY.md): declarations first, then one operation a line."""
from collections import namedtuple

Instance = namedtuple("Instance", "name memory parent")
Resource = namedtuple("Resource", "name instance dtor")
Function = namedtuple("Function", "name instance kind no_stack post params result")
Binding = namedtuple("Binding", "name function caller is_async")
Operation = namedtuple("Operation", "line name args flag")

KINDS = ("sync", "async-sync", "async-callback", "async-stackful")
NUMBERS = ("u8", "u32", "u64")
MAX_FLAT_ASYNC = 4

# What follows an operation's name: u a number, E an element type, R a resource, B a binding and its arguments, K the
# kind of a result and its values, C a call of the host, X bytes in hexadecimal, W words; then the one flag it may have.
OPERATIONS = {
    "tick": ("", None),
    "call": ("B", None),
    "cancel": ("C", None),
    "return": ("W", None),
    "peek": ("uu", None),
    "poke": ("uX", None),
    "fill": ("uuu", None),
    "resource.new": ("Ru", None),
    "resource.drop": ("Ru", None),
    "resource.rep": ("Ru", None),
    "context.get": ("u", None),
    "context.set": ("uu", None),
    "backpressure.inc": ("", None),
    "backpressure.dec": ("", None),
    "task.return": ("K", "utf16"),
    "task.cancel": ("", None),
    "waitable-set.new": ("", None),
    "waitable-set.wait": ("uu", "cancellable"),
    "waitable-set.poll": ("uu", "cancellable"),
    "waitable-set.drop": ("u", None),
    "waitable.join": ("uu", None),
    "subtask.cancel": ("u", "async"),
    "subtask.drop": ("u", None),
    "stream.new": ("E", None),
    "stream.read": ("Euuu", "sync"),
    "stream.write": ("Euuu", "sync"),
    "stream.cancel-read": ("Eu", "async"),
    "stream.cancel-write": ("Eu", "async"),
    "stream.drop-readable": ("Eu", None),
    "stream.drop-writable": ("Eu", None),
    "future.new": ("E", None),
    "future.read": ("Euu", "sync"),
    "future.write": ("Euu", "sync"),
    "future.cancel-read": ("Eu", "async"),
    "future.cancel-write": ("Eu", "async"),
    "future.drop-readable": ("Eu", None),
    "future.drop-writable": ("Eu", None),
    "thread.index": ("", None),
    "thread.new-indirect": ("u", None),
    "thread.resume-later": ("u", None),
    "thread.suspend": ("", "cancellable"),
    "thread.yield": ("", "cancellable"),
    "thread.suspend-then-resume": ("u", "cancellable"),
    "thread.yield-then-resume": ("u", "cancellable"),
    "thread.suspend-then-promote": ("u", "cancellable"),
    "thread.yield-then-promote": ("u", "cancellable"),
    "error-context.new": ("uu", None),
    "error-context.debug-message": ("uu", None),
    "error-context.drop": ("u", None),
}


class ScriptError(Exception):
    pass


def expect(condition, line, what):
    if not condition:
        raise ScriptError(f"line {line}: {what}")


def number(word, line):
    expect(word.isdigit(), line, f"not a number: {word}")
    value = int(word)
    expect(value < 2**64, line, f"more than 64 bits: {word}")
    return value


class Script:
    """The declarations, by name, and the operations."""

    def __init__(self):
        self.instances, self.resources, self.functions, self.bindings = {}, {}, {}, {}
        self.operations = []

    def is_type(self, word, borrow=False):
        """Whether the word names a value type; a borrow only where one may be passed."""
        head, _, rest = word.partition(".")
        if head in ("stream", "future"):
            return rest == "none" or self.is_type(rest)
        if head == "own" or (borrow and head == "borrow"):
            return rest in self.resources
        return word in NUMBERS

    def declare(self, line, words):
        getattr(self, "declare_" + words[0])(line, words)

    def declare_instance(self, line, words):
        expect(len(words) in (4, 6) and words[2] == "memory", line, "instance NAME memory BYTES [parent NAME]")
        parent = words[5] if len(words) == 6 else None
        expect(parent is None or parent in self.instances, line, "unknown parent")
        self.instances[words[1]] = Instance(words[1], number(words[3], line), parent)

    def declare_resource(self, line, words):
        expect(len(words) in (4, 5) and words[3] in self.instances, line, "resource NAME of INSTANCE [dtor]")
        self.resources[words[1]] = Resource(words[1], words[3], len(words) == 5)

    def declare_function(self, line, words):
        expect(len(words) >= 5 and words[3] in self.instances and words[4] in KINDS, line,
               "function NAME of INSTANCE KIND [nostack] [post] TYPE... [-> TYPE]")
        rest = words[5:]
        no_stack = bool(rest) and rest[0] == "nostack"
        rest = rest[no_stack:]
        post = bool(rest) and rest[0] == "post"
        rest = rest[post:]
        result = None
        if "->" in rest:
            expect(len(rest) >= 2 and rest[-2] == "->" and self.is_type(rest[-1]), line, "bad result")
            rest, result = rest[:-2], rest[-1]
        expect(all(self.is_type(word, borrow=True) for word in rest), line, "bad parameter type")
        expect(not post or words[4] in ("sync", "async-sync"), line, "post needs a sync lift")
        self.functions[words[1]] = Function(words[1], words[3], words[4], no_stack, post, tuple(rest), result)

    def declare_bind(self, line, words):
        expect(len(words) in (6, 7) and words[3] in self.functions, line,
               "bind NAME of FUNCTION by host, or: by INSTANCE sync|async")
        is_async = words[-1] == "async"
        expect(words[5] in self.instances or words[5] == "host", line, "unknown caller")
        expect(not is_async or self.functions[words[3]].kind != "sync", line, "async lower of a sync function")
        expect(words[5] != "host" or self.suits_host(self.functions[words[3]]), line,
               "the host passes and takes numbers only")
        self.bindings[words[1]] = Binding(words[1], words[3], words[5], is_async)

    @staticmethod
    def suits_host(function):
        return all(word in NUMBERS for word in (*function.params, function.result or "u8"))

    def flat_arguments(self, binding):
        """How many values a call through the binding takes."""
        function = self.functions[binding.function]
        count = len(function.params)
        if binding.caller == "host" or not binding.is_async:
            return count
        return (count if count <= MAX_FLAT_ASYNC else 1) + (function.result is not None)

    def operation(self, line, words):
        shape, flag = OPERATIONS[words[0]]
        has_flag = flag is not None and words[-1] == flag
        args = words[1:len(words) - has_flag]
        if shape != "W":
            args = self.arguments(line, shape, args)
        return Operation(line, words[0], args, has_flag)

    def arguments(self, line, shape, words):
        if shape[:1] == "B":
            expect(words and words[0] in self.bindings, line, "unknown binding")
            count = self.flat_arguments(self.bindings[words[0]])
        elif shape[:1] == "K":
            expect(words and (words[0] == "none" or self.is_type(words[0])), line, "unknown type")
            count = words[0] != "none"
        else:
            return self.plain_arguments(line, shape, words)
        expect(len(words) == 1 + count, line, f"{count} values expected")
        return (words[0],) + tuple(number(word, line) for word in words[1:])

    def plain_arguments(self, line, shape, words):
        expect(len(words) == len(shape), line, f"{len(shape)} arguments expected")
        out = []
        for letter, word in zip(shape, words):
            if letter == "u":
                word = number(word, line)
                expect(word < 2**32, line, "more than 32 bits")
            elif letter == "E":
                expect(word == "none" or self.is_type(word), line, "unknown element type")
            elif letter == "R":
                expect(word in self.resources, line, "unknown resource")
            elif letter == "X":
                expect(len(word) % 2 == 0 and not set(word) - set("0123456789abcdef"), line, "not hexadecimal bytes")
                word = bytes.fromhex(word)
            out.append(word)
        return tuple(out)


DECLARATIONS = ("instance", "resource", "function", "bind")


def parse(text):
    script = Script()
    for line, row in enumerate(text.splitlines(), 1):
        words = row.partition("#")[0].split()
        if not words:
            continue
        if words[0] in DECLARATIONS:
            expect(not script.operations, line, "a declaration after an operation")
            script.declare(line, words)
        else:
            expect(words[0] in OPERATIONS, line, f"unknown operation {words[0]}")
            script.operations.append(script.operation(line, words))
    return script
