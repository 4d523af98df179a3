# SPDX-License-Identifier: Apache-2.0
"""Rules that a guest breaks on purpose, those that random numbers seldom break. Each gives the words of an operation, or
None where the guest's state does not allow to break the rule.
"""


def exit_without_result(guest):
    if guest.activation.kind in ("core", "callback") and guest.activation.function.kind == "async-callback":
        return ["return", "exit"]
    return ["return"]


def callback_code(guest):
    return ["return", "raw", guest.rng.choice([3, 15, 18, 0x22, 2 | 999 << 4, 2 | guest.index() << 4])]


def resolve(guest):
    """Twice, with borrows left, of another type, without async."""
    return guest.resolve()


def cancel(_guest):
    return ["task.cancel"]


def return_with_borrows(guest):
    task = guest.task
    if not task.num_borrows:
        return None
    if task.state == guest.definitions.Task.State.CANCEL_DELIVERED:
        return ["task.cancel"]
    if task.opts.async_ and not task.ft.result:
        return ["task.return", "none"]
    return ["return"] if not task.opts.async_ and not task.ft.result else None


def drop_set(guest):
    """With members or waiters."""
    sets = [i for i, s in guest.handles(guest.definitions.WaitableSet) if s.num_waiting and not s.elems]
    sets = sets or [i for i, s in guest.handles(guest.definitions.WaitableSet) if s.elems]
    return ["waitable-set.drop", guest.rng.choice(sets)] if sets else None


def any_end(guest, suits):
    ends = [(i, end) for i, end in guest.handles(guest.definitions.CopyEnd) if suits(end)]
    return guest.rng.choice(ends) if ends else (None, None)


def copy_words(guest, index, end, pointer, count, tail=()):
    verb = "read" if guest.is_readable(end) else "write"
    family = guest.family(end)
    number = [count] if family == "stream" else []
    return [f"{family}.{verb}", guest.word(end), index, pointer, *number, *tail]


def is_idle(guest, end):
    return end.state == guest.definitions.CopyState.IDLE


def copy_length(guest):
    """More than a copy may have, or than the memory has."""
    index, end = any_end(guest, lambda end: is_idle(guest, end))
    if end is None:
        return None
    pointer, count = guest.rng.choice([(0, 2**28), (0, 2**32 - 1), (248, 9), (250, 2), (256, 1), (3, 1), (2**32 - 8, 2)])
    return copy_words(guest, index, end, pointer, count)


def copy_inside(guest):
    """Inside one instance, of what is no number."""
    index, end = any_end(guest, lambda end: is_idle(guest, end) and not guest.may_meet(end))
    return copy_words(guest, index, end, 0, 1) if end else None


def copy_sync_in_set(guest):
    index, end = any_end(guest, lambda end: is_idle(guest, end) and end.in_waitable_set())
    return copy_words(guest, index, end, 0, 1, ["sync"]) if end else None


def copy_done(guest):
    """On an end that has learned that there is nobody else."""
    index, end = any_end(guest, lambda end: end.state == guest.definitions.CopyState.DONE)
    return copy_words(guest, index, end, 0, 1) if end else None


def join_idle(guest):
    """Prepares the others: an idle end in a set."""
    index, _ = any_end(guest, lambda end: is_idle(guest, end) and not end.in_waitable_set())
    sets = [i for i, _ in guest.handles(guest.definitions.WaitableSet)]
    return ["waitable.join", index, guest.rng.choice(sets)] if index and sets else None


def cancel_sync_in_set(guest):
    index, end = any_end(guest, lambda end: end.copying() and end.in_waitable_set())
    if end is None:
        return None
    return [f"{guest.family(end)}.cancel-{'read' if guest.is_readable(end) else 'write'}", guest.word(end), index]


def subtask_cancel_in_set(guest):
    found = [i for i, s in guest.handles(guest.definitions.Subtask) if s.in_waitable_set()]
    return ["subtask.cancel", guest.rng.choice(found)] if found else None


def subtask_cancel_late(guest):
    found = [i for i, s in guest.handles(guest.definitions.Subtask) if s.resolve_delivered()]
    return ["subtask.cancel", guest.rng.choice(found), "async"] if found else None


def join_waited(guest):
    found = [i for i, w in guest.handles(guest.definitions.Waitable) if w.has_sync_waiter]
    return ["waitable.join", guest.rng.choice(found), 0] if found else None


def drop_lent(guest):
    found = [(i, h) for i, h in guest.handles(guest.definitions.ResourceHandle) if h.num_lends]
    if not found:
        return None
    index, handle = guest.rng.choice(found)
    return ["resource.drop", guest.resource_word(handle), index]


def wrong_resource(guest):
    found = guest.handles(guest.definitions.ResourceHandle)
    if not found:
        return None
    index, handle = guest.rng.choice(found)
    other = "S" if guest.resource_word(handle) == "R" else "R"
    return [guest.rng.choice(["resource.drop", "resource.rep"]), other, index]


def give(guest):
    """A handle that may not be given away: lent, borrowed, in a set, busy, of another type."""
    script = guest.running.script
    mine = [b for b in script.bindings.values() if b.caller == guest.inst.name]
    guest.rng.shuffle(mine)
    for binding in mine:
        params = script.functions[binding.function].params
        if any(word not in ("u8", "u32", "u64") for word in params) and len(params) <= 4:
            return guest.call_words(binding, script.functions[binding.function],
                                    [wrong_value(guest, word) for word in params])
    return None


def wrong_value(guest, word):
    definitions = guest.definitions
    if word in ("u8", "u32", "u64"):
        return 1
    if word.startswith(("own", "borrow")):
        found = [i for i, h in guest.handles(definitions.ResourceHandle) if h.num_lends or not h.own]
    else:
        found = [i for i, end in guest.handles(guest.readable(word[:6])) if end.in_waitable_set()]
    return guest.rng.choice(found) if found and guest.rng.random() < 0.8 else guest.index()


def bad_pointers(guest):
    """Parameters in memory that is not there; a result that goes nowhere."""
    script = guest.running.script
    mine = [b for b in script.bindings.values() if b.caller == guest.inst.name and b.is_async
            and (len(script.functions[b.function].params) > 4 or script.functions[b.function].result)]
    if not mine:
        return None
    binding = guest.rng.choice(mine)
    function = script.functions[binding.function]
    bad = guest.rng.choice([1, 252, 255, 2**32 - 4, 2**31])
    values = [bad] if len(function.params) > 4 else guest.values(function.params)
    return None if values is None else ["call", binding.name, *values, *([bad] if function.result else [])]


FAULTS = [exit_without_result, callback_code, resolve, resolve, cancel, return_with_borrows, return_with_borrows, drop_set,
          copy_done, subtask_cancel_late, copy_length, copy_inside, copy_sync_in_set, join_idle, cancel_sync_in_set, subtask_cancel_in_set, join_waited,
          drop_lent, drop_lent, wrong_resource, give, give, bad_pointers]
