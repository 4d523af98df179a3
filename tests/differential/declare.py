# SPDX-License-Identifier: Apache-2.0
"""Random declarations: instances, resources, functions and who may call them how."""

from script import NUMBERS

MEMORY = 256
ELEMENTS = ("none", "u8", "u8", "u32", "u64", "own.R", "own.S", "stream.u8", "future.u32", "stream.own.R")


def declarations(rng):
    """The rows of a script's head."""
    names = ["A", "B", "C"][:rng.choice([1, 2, 2, 2, 3, 3])]
    rows = [instance(rng, names, i) for i in range(len(names))]
    homes = {r: rng.choice(names) for r in ("R", "S")}
    rows += [f"resource {r} of {home}" + rng.choice(["", " dtor"]) for r, home in homes.items()]
    elements = rng.sample(ELEMENTS, 3)
    functions = [numeric(rng, f"f{i}", name) for i, name in enumerate(names)]
    count = len(functions)
    functions += [function(rng, f"f{i}", names, elements) for i in range(count, count + rng.randrange(3, 6))]
    for r, home in homes.items():
        if len(names) > 1 and rng.random() < 0.5:
            functions.append(lending(rng, f"f{len(functions)}", r, rng.choice([n for n in names if n != home])))
    rows += [function[0] for function in functions]
    for i, (_, is_async, home, is_simple, is_numeric) in enumerate(functions):
        if is_numeric:
            rows.append(f"bind h{i} of f{i} by host")
        for caller in names:
            if caller != home or (is_simple and rng.random() < 0.5):
                rows += bindings(rng, i, caller, is_async)
    return rows


def instance(rng, names, i):
    parent = f" parent {rng.choice(names[:i])}" if i and rng.random() < 0.25 else ""
    return f"instance {names[i]} memory {MEMORY}{parent}"


def kind(rng):
    return rng.choice(["sync"] * 2 + ["async-sync"] * 2 + ["async-callback"] * 5 + ["async-stackful"] * 4)


def numeric(rng, name, home):
    """A function that the host can call."""
    how = rng.choice([kind(rng), "sync", "async-stackful"])
    params = [rng.choice(["u32", "u8", "u64"]) for _ in range(rng.randrange(3))]
    return row(rng, name, home, how, params, rng.choice([None, "u32", "u8", "u64"])) + (True,)


def function(rng, name, names, elements):
    how = kind(rng)
    count = rng.choice([0, 1, 1, 2, 2, 3, 5, 6])
    params = [value(rng, elements, borrow=True) for _ in range(count)]
    result = None if rng.random() < 0.3 else value(rng, elements, borrow=False)
    home = rng.choice(names)
    is_numeric = all(word in NUMBERS for word in params + [result or "u8"])
    return row(rng, name, home, how, params, result) + (is_numeric,)


def lending(rng, name, resource, home):
    """A function to which those who implement the resource can lend."""
    params = [f"borrow.{resource}"] * rng.choice([1, 1, 2]) + rng.choice([[], ["u32"]])
    return row(rng, name, home, kind(rng), params, rng.choice([None, None, "u32"])) + (False,)


def row(rng, name, home, how, params, result):
    post = " nostack" if how != "async-stackful" and rng.random() < 0.4 else ""
    post += " post" if how in ("sync", "async-sync") and rng.random() < 0.35 else ""
    arrow = f" -> {result}" if result else ""
    is_simple = sum(1 for word in params if word not in NUMBERS) <= 1
    return (" ".join(["function", name, "of", home, how]) + post + "".join(" " + word for word in params) + arrow,
            how != "sync", home, is_simple)


def value(rng, elements, borrow):
    draw = rng.random()
    if draw < 0.35:
        return rng.choice(["u32", "u32", "u8", "u64"])
    if draw < 0.5:
        return rng.choice(["own.R", "own.S"])
    if draw < 0.62 and borrow:
        return rng.choice(["borrow.R", "borrow.S"])
    return rng.choice(["stream.", "stream.", "future."]) + rng.choice(elements)


def bindings(rng, i, caller, is_async):
    """How `caller` may call function number i."""
    ways = ["sync"] if not is_async else rng.choice([["async"], ["async"], ["sync"], ["sync", "async"]])
    return [f"bind {caller.lower()}{i}{way[0]} of f{i} by {caller} {way}" for way in ways]
