# SPDX-License-Identifier: Apache-2.0
"""What a guest does next: operations that suit the state of its instance, or, in loose moments, that do not."""
import faults
from script import MAX_FLAT_ASYNC, OPERATIONS

SIZES = {"none": 0, "u8": 1, "u32": 4, "u64": 8}
DATA, HANDLES, RESULTS, EVENTS = 0, 96, 64, 88  # where in a guest's memory what lies
MAX_HANDLES = 28
WILD = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 33, 99, 250, 255, 256, 2**16, 2**28 - 1, 2**28, 2**31, 2**32 - 1)


def size_of(word):
    return SIZES.get(word, 4)


class GuestChoices:
    def __init__(self, generator, running):
        self.generator, self.running, self.rng = generator, running, generator.random
        self.definitions = running.definitions
        self.loose = False
        self.promised = {name: set() for name in running.instances}
        self.makers = [(weight, getattr(self, name)) for name, weight in WEIGHTS.items()]
        self.weights = [weight for weight, _ in self.makers]

    def choose(self, activation):
        self.activation, self.inst, self.thread = activation, activation.instance, activation.thread
        self.task = self.thread.task
        self.loose = self.generator.is_bad_time()
        if self.loose or (activation.kind == "post" and self.generator.breaks_rules and self.rng.random() < 0.06):
            return self.bad()
        if activation.kind == "post" or self.rng.random() < 0.02 * activation.steps:
            words = self.finish()
            if words:
                return words
        if self.inst.backpressure and self.rng.random() < 0.2:
            return ["backpressure.dec"]
        for _ in range(12):
            maker = self.rng.choices(self.makers, self.weights)[0][1]
            words = maker()
            if words:
                return words
        return ["context.get", self.rng.randrange(2)]

    def bad(self):
        """An operation that is likely to trap."""
        rng = self.rng
        for _ in range(8):
            draw = rng.random()
            if draw < 0.3:
                words = self.wild()
            elif draw < 0.6:
                words = rng.choice(self.makers)[1]()
            else:
                words = rng.choice(faults.FAULTS)(self)
            if words:
                return words
        return self.wild()

    def index(self):
        """A handle or thread of this instance, most often, of whatever kind."""
        table = self.rng.choice([self.inst.handles, self.inst.handles, self.inst.threads]).array
        live = [i for i, element in enumerate(table) if element is not None]
        return self.rng.choice(live) if live and self.rng.random() < 0.8 else self.rng.choice(WILD)

    def wild(self):
        """Any operation with any numbers."""
        rng = self.rng
        name = rng.choice([name for name, (shape, _) in OPERATIONS.items() if shape not in ("W", "B", "K", "C", "uX")])
        shape, flag = OPERATIONS[name]
        words = [name]
        for letter in shape:
            words.append({"u": self.index, "R": lambda: rng.choice("RS"),
                          "E": lambda: rng.choice(list(self.element_words()))}[letter]())
        return words + ([flag] if flag and rng.random() < 0.5 else [])

    def element_words(self):
        return [word[7:] for word in self.running.types if word.startswith(("stream.", "future."))] or ["u8"]

    # What there is

    def handles(self, kind):
        return [(i, h) for i, h in enumerate(self.inst.handles.array) if isinstance(h, kind)]

    def pick(self, kind, suits):
        """The index and the object of a handle that suits, or None."""
        found = [(i, h) for i, h in self.handles(kind)
                 if self.loose or (suits(h) and i not in self.promised[self.inst.name])]
        return self.rng.choice(found) if found else None

    def word(self, end):
        return self.running.words[id(end.shared.t)]

    def family(self, end):
        return "stream" if isinstance(end.shared, self.definitions.SharedStreamImpl) else "future"

    def ends(self):
        return self.definitions.CopyEnd

    def is_readable(self, end):
        return isinstance(end, (self.definitions.ReadableStreamEnd, self.definitions.ReadableFutureEnd))

    def is_idle(self, end):
        return end.state == self.definitions.CopyState.IDLE and not end.in_waitable_set()

    def own(self, word, ready=True):
        resource = self.running.resources[word]
        found = self.pick(self.definitions.ResourceHandle,
                          lambda h: h.rt is resource and h.own and not h.num_lends)
        return found[0] if found else None

    def value(self, word):
        """A flat value of that type, or None if the guest has none."""
        head, _, rest = word.partition(".")
        if head in SIZES:
            return self.generator.number(head)
        if head == "own":
            return self.own(rest)
        if head == "borrow":
            resource = self.running.resources[rest]
            found = self.pick(self.definitions.ResourceHandle, lambda h: h.rt is resource)
        else:
            found = self.pick(self.readable(head), lambda end: self.word(end) == rest and self.is_idle(end))
        return found[0] if found else None

    def readable(self, family):
        definitions = self.definitions
        return definitions.ReadableStreamEnd if family == "stream" else definitions.ReadableFutureEnd

    def values(self, words):
        """One value for each type, no handle twice, or None."""
        values, taken = [], set()
        for word in words:
            value = self.value(word)
            if value is None or (word not in SIZES and value in taken and not word.startswith("borrow")):
                return None
            if word not in SIZES:
                taken.add(value)
            values.append(value)
        borrowed = {v for v, word in zip(values, words) if word.startswith("borrow")}
        given = [v for v, word in zip(values, words) if word.startswith("own")]
        return None if borrowed & set(given) and not self.loose else values

    def may_block(self, keeps_lock=True):
        """Whether blocking now leads back to someone who goes on: not to a sync function that then deadlocks."""
        if self.loose:
            return True
        if keeps_lock and self.thread.bound:
            return False
        if keeps_lock and self.inst.exclusive_thread is self.thread and self.rng.random() < 0.7:
            return False  # the whole instance would wait
        flow = self.definitions.thread_local_handler.flow
        for i in range(len(flow) - 1, -1, -1):
            task = flow[i].task
            if not task.ft.async_ and task.state != self.definitions.Task.State.RESOLVED:
                return self.others_ready(task.inst) and self.rng.random() < 0.15
            if i and not self.parent_blocks(flow[i - 1]):
                return True
        return True

    def others_ready(self, inst):
        return any(thread.ready() and thread is not inst.exclusive_thread for thread in inst.threads)

    def parent_blocks(self, parent):
        operation = parent.operation
        if operation.name == "call":
            return not self.running.script.bindings[operation.args[0]].is_async
        return not operation.flag

    # Ending

    def finish(self):
        activation, task = self.activation, self.task
        if self.inst.backpressure and activation.kind != "post" and self.rng.random() < 0.6:
            return ["backpressure.dec"]
        if activation.kind in ("dtor", "post"):
            return ["return"]
        function = activation.function
        if activation.kind != "thread" and function.kind in ("sync", "async-sync"):
            return self.return_value(function)
        resolved = task.state == self.definitions.Task.State.RESOLVED
        is_callback = activation.kind != "thread" and function.kind == "async-callback"
        if is_callback and self.rng.random() < (0.4 if resolved else 0.7):
            return self.stay()
        if not resolved and (len(task.threads) == 1 or self.rng.random() < 0.5):
            return self.resolve() or self.stay()
        if activation.kind == "thread" or function.kind == "async-stackful":
            return ["return"] if resolved or len(task.threads) > 1 else None
        return ["return", "exit"]

    def stay(self):
        """A callback's return that waits for more."""
        activation = self.activation
        if activation.kind == "thread" or activation.kind == "dtor" or activation.function.kind != "async-callback":
            return None
        if not self.may_block(keeps_lock=False):
            return None
        sets = [(i, s) for i, s in self.handles(self.definitions.WaitableSet) if self.is_alive(s)]
        if not sets and self.rng.random() < 0.6:
            return self.join() or self.set_new() or ["return", "yield"]
        if sets and self.rng.random() < 0.8:
            return ["return", "wait", self.rng.choice(sets)[0]]
        return ["return", "yield"]

    def is_alive(self, wset):
        """Whether an event may come."""
        return any(w.has_pending_event() or not isinstance(w, self.ends()) or w.copying() for w in wset.elems)

    def return_value(self, function):
        if self.task.num_borrows and not self.loose:
            return self.drop_borrow()
        if function.result is None:
            return ["return"]
        value = self.value(function.result)
        return ["return", value] if value is not None else self.make(function.result)

    def make(self, word):
        """An operation that makes a value of that type, if there is one."""
        head, _, rest = word.partition(".")
        if head in ("stream", "future"):
            return [head + ".new", rest]
        if head == "own" and self.running.resources[rest].impl is self.inst:
            return ["resource.new", rest, self.rng.randrange(1000)]
        return None

    def resolve(self):
        """task.return or task.cancel."""
        task = self.task
        if not self.loose:
            if not task.opts.async_ or task.state == self.definitions.Task.State.RESOLVED:
                return None
            if task.num_borrows:
                return self.drop_borrow()
        if task.state == self.definitions.Task.State.CANCEL_DELIVERED and self.rng.random() < 0.7:
            return ["task.cancel"]
        if self.loose and self.rng.random() < 0.3:
            return self.rng.choice([["task.cancel"], ["task.return", "u8", 3], ["task.return", "none"]])
        flag = ["utf16"] if self.loose and self.rng.random() < 0.3 else []
        if not task.ft.result:
            return ["task.return", "none"] + flag
        word = self.running.words[id(task.ft.result[0])]
        value = self.value(word)
        return ["task.return", word, value] + flag if value is not None else self.make(word)

    def drop_borrow(self):
        for i, handle in self.handles(self.definitions.ResourceHandle):
            if not handle.own and handle.borrow_scope is self.task and not handle.num_lends:
                return ["resource.drop", self.resource_word(handle), i]
        return None

    def resource_word(self, handle):
        return next(name for name, resource in self.running.resources.items() if resource is handle.rt)

    # Calls

    def call(self):
        script = self.running.script
        mine = [b for b in script.bindings.values() if b.caller == self.inst.name]
        if not mine or len(self.running.store.waiting) > 24:
            return None
        binding = self.rng.choice(mine)
        function = script.functions[binding.function]
        callee = self.running.instances[function.instance]
        if not self.loose and (not callee.may_enter_from(self.inst) or self.generator.is_hopeless(function, callee)):
            return None
        if function.kind != "sync" and not binding.is_async and not self.may_block():
            return None
        values = self.values(function.params)
        if values is None:
            return self.make(self.rng.choice(function.params).replace("borrow.", "own."))
        return self.call_words(binding, function, values)

    def call_words(self, binding, function, values):
        words = ["call", binding.name]
        ret = [RESULTS + 8 * self.rng.randrange(3)] if binding.is_async and function.result else []
        if self.loose and ret and self.rng.random() < 0.3:
            ret = [self.rng.choice([3, 250, 1 << 20, 2**32 - 1])]
        if not binding.is_async or len(values) <= MAX_FLAT_ASYNC:
            return words + values + ret
        data, align = bytearray(), 1
        for value, word in zip(values, function.params):
            size = size_of(word)
            align = max(align, size)
            data += bytes(-len(data) % size) + (value % 256**size).to_bytes(size, "little")
        self.generator.plan(self.activation, words + [DATA] + ret)
        return ["poke", DATA, data.hex()]

    # Streams and futures

    def new_end(self):
        if len(self.handles(object)) > MAX_HANDLES:
            return None
        return [self.rng.choice(["stream.new", "stream.new", "future.new"]), self.rng.choice(self.element_words())]

    def copy(self):
        found = self.pick(self.ends(), lambda end: end.state == self.definitions.CopyState.IDLE and self.may_meet(end))
        if not found:
            return None
        again = self.pick(self.ends(), lambda end: end.state == self.definitions.CopyState.IDLE and self.may_meet(end)
                          and end.shared.pending_buffer is not None)
        i, end = again if again and self.rng.random() < 0.6 else found
        word, family = self.word(end), self.family(end)
        verb = "read" if self.is_readable(end) else "write"
        sync = (self.loose or not end.in_waitable_set()) and self.rng.random() < self.sync_share(end) and self.may_block()
        tail = ["sync"] if sync else []
        count = 1 if family == "future" else self.rng.choice([0, 0, 1, 1, 2, 3, 4, 8])
        number = [count] if family == "stream" else []
        if verb == "write" and word not in SIZES and count:
            return self.write_handles(i, family, word, count, tail)
        return [f"{family}.{verb}", word, i, self.pointer(word), *number, *tail]

    @staticmethod
    def sync_share(end):
        """How often to wait for the other side: more often if it is there."""
        return 0.3 if end.shared.pending_buffer is not None else 0.08

    def may_meet(self, end):
        """Not a copy inside one instance of what may not be copied so."""
        shared = end.shared
        return (self.word(end) in SIZES or shared.pending_buffer is None or shared.pending_inst is not self.inst
                or self.running.definitions.none_or_number_type(shared.t))

    def pointer(self, word):
        if self.loose and self.rng.random() < 0.3:
            return self.rng.choice(WILD)
        return DATA + 8 * self.rng.randrange(7)

    def write_handles(self, end, family, word, count, tail):
        values = self.values([word] * min(count, 2))
        if values is None:
            return self.make(word)
        if end in values and not self.loose:
            return None
        self.promised[self.inst.name].update(values)
        number = [len(values)] if family == "stream" else []
        place = HANDLES + 8 * self.rng.randrange(4)
        self.generator.plan(self.activation, [f"{family}.write", word, end, place, *number, *tail])
        return ["poke", place, b"".join(value.to_bytes(4, "little") for value in values).hex()]

    def cancel_copy(self):
        found = self.pick(self.ends(), lambda end: end.state == self.definitions.CopyState.COPYING
                          and not end.has_sync_waiter)
        if not found:
            return None
        i, end = found
        verb = "cancel-read" if self.is_readable(end) else "cancel-write"
        flag = ["async"] if self.rng.random() < 0.5 or (end.in_waitable_set() and not self.loose) else []
        self.promised[self.inst.name].clear()
        return [f"{self.family(end)}.{verb}", self.word(end), i, *flag]

    def drop_end(self):
        def suits(end):
            if isinstance(end, self.definitions.WritableFutureEnd):
                return end.state == self.definitions.CopyState.DONE
            return not end.copying()
        found = self.pick(self.ends(), suits)
        if not found:
            return None
        i, end = found
        side = "readable" if self.is_readable(end) else "writable"
        return [f"{self.family(end)}.drop-{side}", self.word(end), i]

    # Waitables and sets

    def set_new(self):
        return ["waitable-set.new"] if len(self.handles(self.definitions.WaitableSet)) < 3 else None

    def join(self):
        def suits(w):
            return not w.has_sync_waiter and (not isinstance(w, self.ends()) or w.copying() or self.rng.random() < 0.1)
        found = self.pick(self.definitions.Waitable, suits)
        wset = self.pick(self.definitions.WaitableSet, lambda s: True)
        if not found:
            return None
        if wset is None or self.rng.random() < 0.1:
            return ["waitable.join", found[0], 0] if found[1].in_waitable_set() or self.rng.random() < 0.05 else None
        return ["waitable.join", found[0], wset[0]] if found[1].wset is not wset[1] or self.loose else None

    def join_again(self):
        return self.join()

    def set_wait(self):
        wset = self.pick(self.definitions.WaitableSet, lambda s: s.has_pending_event()
                         or (self.is_alive(s) and self.rng.random() < 0.25) or self.rng.random() < 0.04)
        if not wset or not self.may_block():
            return None
        return ["waitable-set.wait", wset[0], self.event_pointer(), *self.cancellable()]

    def set_poll(self):
        wset = self.pick(self.definitions.WaitableSet,
                         lambda s: s.has_pending_event() or self.rng.random() < 0.2)
        return ["waitable-set.poll", wset[0], self.event_pointer(), *self.cancellable()] if wset else None

    def event_pointer(self):
        return EVENTS if not self.loose or self.rng.random() < 0.7 else self.rng.choice(WILD)

    def cancellable(self):
        return ["cancellable"] if self.rng.random() < 0.5 else []

    def set_drop(self):
        wset = self.pick(self.definitions.WaitableSet, lambda s: not s.elems and not s.num_waiting)
        return ["waitable-set.drop", wset[0]] if wset and self.rng.random() < 0.4 else None

    def subtask_cancel(self):
        found = self.pick(self.definitions.Subtask,
                          lambda s: not s.resolve_delivered() and not s.cancellation_requested)
        if not found:
            return None
        i, subtask = found
        sync = not subtask.in_waitable_set() and not subtask.has_sync_waiter and self.rng.random() < 0.5
        if sync and not self.may_block():
            return None
        return ["subtask.cancel", i, *([] if sync else ["async"])]

    def subtask_drop(self):
        found = self.pick(self.definitions.Subtask, lambda s: s.resolve_delivered())
        return ["subtask.drop", found[0]] if found else None

    # Resources

    def resource_new(self):
        mine = [name for name, resource in self.running.resources.items() if resource.impl is self.inst]
        if not mine or len(self.handles(self.definitions.ResourceHandle)) > 6:
            return None
        return ["resource.new", self.rng.choice(mine), self.rng.randrange(1000)]

    def resource_drop(self):
        found = self.pick(self.definitions.ResourceHandle, lambda h: not h.num_lends
                          and (not h.own or h.rt.impl.may_enter_from(self.inst)))
        return ["resource.drop", self.resource_word(found[1]), found[0]] if found else None

    def resource_rep(self):
        found = self.pick(self.definitions.ResourceHandle, lambda h: True)
        return ["resource.rep", self.resource_word(found[1]), found[0]] if found else None

    # Threads

    def thread_new(self):
        if len(self.task.threads) > 3:
            return None
        return ["thread.new-indirect", self.rng.randrange(100)]

    def thread_index(self):
        return ["thread.index"]

    def thread_yield(self):
        return None if self.thread.bound and not self.loose else ["thread.yield", *self.cancellable()]

    def thread_suspend(self):
        return ["thread.suspend", *self.cancellable()] if self.may_block() else None

    def other(self, suits):
        found = [i for i, t in enumerate(self.inst.threads.array) if t and t is not self.thread and suits(t)]
        if self.loose:
            found = [i for i, t in enumerate(self.inst.threads.array) if t] + [77]
        return self.rng.choice(found) if found else None

    def thread_resume(self):
        other = self.other(lambda t: t.suspended())
        return ["thread.resume-later", other] if other else None

    def thread_switch(self):
        other = self.other(lambda t: t.suspended())
        if not other or not self.may_block():
            return None
        how = self.rng.choice(["thread.suspend-then-resume"] + ["thread.yield-then-resume"] * 3)
        return [how, other, *self.cancellable()]

    def thread_promote(self):
        other = self.other(lambda t: t.ready() or self.rng.random() < 0.2)
        if not other or not self.may_block():
            return None
        how = self.rng.choice(["thread.suspend-then-promote"] + ["thread.yield-then-promote"] * 3)
        return [how, other, *self.cancellable()]

    # The rest

    def context(self):
        slot = self.rng.randrange(2)
        return self.rng.choice([["context.get", slot], ["context.set", slot, self.rng.randrange(2**32)]])

    def backpressure(self):
        if self.inst.backpressure or self.loose:
            return ["backpressure.dec"] if self.rng.random() < 0.8 else ["backpressure.inc"]
        return ["backpressure.inc"] if self.rng.random() < 0.3 else None

    def error_context(self):
        found = self.pick(self.definitions.ErrorContext, lambda e: True)
        if not found:
            return ["error-context.new", 0, 4]
        return self.rng.choice([["error-context.drop", found[0]], ["error-context.debug-message", found[0], RESULTS]])

    def data(self):
        return self.rng.choice([["peek", DATA, 64], ["fill", DATA, 64, self.rng.randrange(256)], ["peek", RESULTS, 24]])

    def senseless(self):
        return self.rng.choice([["tick"], ["cancel", "c1"], ["peek", 255, 2], ["return", "raw"],
                                ["resource.new", "R", 5]]) if self.rng.random() < 0.1 else None


WEIGHTS = {"call": 12, "new_end": 5, "copy": 22, "cancel_copy": 5, "drop_end": 3, "set_new": 2, "join": 9, "set_wait": 9,
           "set_poll": 5, "set_drop": 1, "subtask_cancel": 6, "subtask_drop": 3, "resource_new": 4, "resource_drop": 2,
           "resource_rep": 1, "thread_new": 2, "thread_index": 0.3, "thread_yield": 2, "thread_suspend": 0.4,
           "thread_resume": 3, "thread_switch": 3, "thread_promote": 2, "context": 0.7, "backpressure": 1.2,
           "error_context": 0.5, "data": 2, "senseless": 1, "resolve": 3, "finish": 2, "stay": 4}
