# SPDX-License-Identifier: Apache-2.0
"""Runs a script on the specification's definitions and writes what gale-replay would write, line by line.

Where the definitions leave a choice open, the driver makes the one that the next line of gale-replay's transcript tells
of, if the definitions offer it, and refuses it if they do not. Without a transcript it chooses first come, first served.
"""
import struct
import zlib

from script import parse


class EndOfScript(BaseException):
    """Ends all frames at the end of the script, as a trap does."""


class Refused(BaseException):
    """The transcript tells of a choice that the definitions do not offer."""


class Activation:
    """Guest code that is running: the core function of a lift, its callback, a thread's function..."""

    __slots__ = ("kind", "instance", "function", "who", "thread", "steps")

    def __init__(self, kind, instance, function, who, thread):
        self.kind, self.instance, self.function, self.who, self.thread = kind, instance, function, who, thread
        self.steps = 0


class Call:
    """A call by the host."""

    def __init__(self, name):
        self.name, self.cancel, self.resolved, self.cancelled = name, None, False, False


class Lines:
    """The operations of a script, one after the other."""

    def __init__(self, script):
        self.rest = iter(script.operations)

    def next(self, _driver, _activation):
        return next(self.rest, None)


class Chooser:
    """Makes the choices of one run: as the transcript tells, else first come, first served."""

    def __init__(self, driver, guide, luck):
        self.driver, self.guide, self.luck = driver, guide, luck
        self.unknown = 0  # how many ways the first choice had that no line tells of

    def next_line(self):
        """The transcript's line that tells of the choice, or None."""
        written = len(self.driver.out)
        if self.guide is None or written >= len(self.guide) or self.guide[written].startswith("trap"):
            return None
        return self.guide[written]

    def thread(self, asker, candidates):
        if asker == "request_cancellation":
            return min(candidates, key=lambda thread: thread.task.threads.index(thread))
        self.driver.note_ready()
        candidates.sort(key=lambda thread: thread.ready_at or 0)
        line = self.next_line()
        if line is None:
            self.unknown = self.unknown or len(candidates)
            return candidates[self.luck % len(candidates)]
        who, _, rest = line.partition(" ")
        for thread in candidates:
            if self.is_told(thread, who, rest):
                return thread
        offered = ", ".join(f"{thread.task.inst.name}.t{thread.index}" for thread in candidates)
        raise Refused(f"{line!r}: only offered are {offered}")

    @staticmethod
    def is_told(thread, who, rest):
        instance = thread.task.inst.name
        if thread.index is None:
            return (rest + " ").startswith(f"start {thread.task.opts.name} ") and who.startswith(instance + ".")
        return who == f"{instance}.t{thread.index}" and not rest.startswith("start ")

    def event(self, elements):
        elements.sort(key=lambda waitable: waitable.event_at)
        line = self.next_line()
        if line is None:
            self.unknown = self.unknown or len(elements)
            elements[:] = elements[self.luck % len(elements):] + elements[:self.luck % len(elements)]
            return
        words = line.split()
        index = int(words[-2])
        inst = self.driver.definitions.current_instance()
        handle = inst.handles.array[index] if index < len(inst.handles.array) else None
        if handle not in elements or not handle.has_pending_event():
            raise Refused(f"{line!r}: no such event is pending")
        elements.remove(handle)
        elements.insert(0, handle)


class Driver:
    def __init__(self, definitions, script, source=None, guide=None, luck=0):
        self.definitions, self.script = definitions, script
        self.source = source or Lines(script)
        self.chooser = Chooser(self, guide, luck)
        self.out, self.line, self.clock = [], 0, 0
        self.calls = {}
        self.trapped, self.problem = None, None
        self.types, self.words = {"none": None}, {id(None): "none"}
        self.prepare()

    # Declarations

    def prepare(self):
        definitions = self.definitions
        definitions.random.chooser = self.chooser
        definitions.thread_count = definitions.event_count = 0
        self.store = definitions.Store()
        self.instances, self.resources, self.functions, self.bindings = {}, {}, {}, {}
        for instance in self.script.instances.values():
            self.add_instance(instance)
        for resource in self.script.resources.values():
            self.add_resource(resource)
        for function in self.script.functions.values():
            self.add_function(function)
        for binding in self.script.bindings.values():
            self.add_binding(binding)

    def add_instance(self, declared):
        inst = self.definitions.ComponentInstance(self.store, self.instances.get(declared.parent))
        inst.name = declared.name
        inst.memory = self.definitions.MemInst(bytearray(declared.memory), "i32")
        inst.heap = declared.memory // 2
        self.instances[declared.name] = inst

    def add_resource(self, declared):
        dtor = None
        if declared.dtor:
            def dtor(args):
                return self.run_guest("dtor", declared.name, f"dtor {declared.name} {args[0]}")
        self.resources[declared.name] = self.definitions.ResourceType(self.instances[declared.instance], dtor)

    def add_function(self, declared):
        definitions, inst = self.definitions, self.instances[declared.instance]
        post = callback = None
        if declared.post:
            def post(args):
                return self.run_guest("post", declared, " ".join(["post", declared.name, *map(str, args)]))
        if declared.kind == "async-callback":
            def callback(args):
                return self.run_guest("callback", declared, " ".join(["callback", declared.name, *map(str, args)]))

        def core(args):
            return self.run_guest("core", declared, " ".join(["start", declared.name, *map(str, args)]))

        options = definitions.CanonicalOptions(
            memory=inst.memory, realloc=lambda args: [self.reallocate(inst, *args)], post_return=post,
            async_=declared.kind in ("async-callback", "async-stackful"), callback=callback)
        options.name = declared.name
        self.functions[declared.name] = self.store.lift(core, self.function_type(declared), options, inst)

    def function_type(self, declared):
        result = [] if declared.result is None else [self.type(declared.result)]
        return self.definitions.FuncType([self.type(word) for word in declared.params], result,
                                         async_=declared.kind != "sync")

    def add_binding(self, declared):
        function = self.script.functions[declared.function]
        if declared.caller == "host":
            return
        inst = self.instances[declared.caller]
        options = self.definitions.CanonicalOptions(
            memory=inst.memory, realloc=lambda args: [self.reallocate(inst, *args)], async_=declared.is_async)
        self.bindings[declared.name] = self.store.lower(self.functions[function.name], self.function_type(function),
                                                        options, inst)

    def type(self, word):
        """The value type that a word names; None is no type."""
        if word not in self.types:
            self.types[word] = self.make_type(word)
            self.words[id(self.types[word])] = word
        return self.types[word]

    def make_type(self, word):
        definitions = self.definitions
        head, _, rest = word.partition(".")
        if head in ("stream", "future"):
            return (definitions.StreamType if head == "stream" else definitions.FutureType)(self.type(rest))
        if head in ("own", "borrow"):
            return (definitions.OwnType if head == "own" else definitions.BorrowType)(self.resources[rest])
        numbers = {"u8": definitions.U8Type, "u32": definitions.U32Type, "u64": definitions.U64Type}
        return numbers[word]() if word in numbers else None

    def reallocate(self, inst, _old, _old_size, align, size):
        """The guests' allocator: upward in the memory's second half, and round."""
        begin = -(-inst.heap // align) * align
        if begin + size > len(inst.memory):
            begin = len(inst.memory) // 2
            begin = -(-begin // align) * align
        inst.heap = begin + size
        return begin

    # Running

    def run(self):
        """Writes the transcript and returns it."""
        definitions = self.definitions
        try:
            while True:
                self.host_step()
        except definitions.Trap as trap:
            self.trapped = trap_site(trap)
            self.out.append(f"trap {self.line}")
        except EndOfScript:
            for inst in self.instances.values():
                self.out.append(f"memory {inst.name} {zlib.crc32(inst.memory.bytes):08x}")
        except Refused as refused:
            self.problem = str(refused)
        except (AssertionError, TypeError) as error:
            self.note_failure(error)
        definitions.thread_local_handler.finish()
        return self.out

    def note_failure(self, error):
        """The definitions fail where they should trap, or leave a case undefined."""
        places = list(frames(error))
        if not ends_in_definitions(error):
            raise error
        if any(name == "unpack_event" for name, _ in places):
            self.trapped = "unpack_event"
            self.out.append(f"trap {self.line}")
        else:
            self.problem = f"the definitions fail: {trap_site(error)}"

    def next(self, activation):
        operation = self.source.next(self, activation)
        if operation is None:
            raise EndOfScript()
        self.line = operation.line
        return operation

    def write(self, who, operation, *result):
        self.out.append(" ".join([who, str(operation.line), operation.name, *map(str, result)]))

    def note_ready(self):
        """Notes which waiting threads have become ready, or ceased to be."""
        for thread in self.store.waiting:
            if not thread.ready():
                thread.ready_at = None
            elif thread.ready_at is None:
                self.clock += 1
                thread.ready_at = self.clock

    # The host

    def host_step(self):
        self.note_ready()
        operation = self.next(None)
        step = getattr(self, "host_" + operation.name, None)
        if step is None or not step(operation):
            self.write("host", operation, "skip")

    def host_tick(self, operation):
        self.note_ready()
        ran = any(thread.ready_at is not None for thread in self.store.waiting)
        self.store.tick()
        self.write("host", operation, int(ran))
        return True

    def host_call(self, operation):
        binding = self.script.bindings[operation.args[0]]
        if binding.caller != "host":
            return False
        call = Call(f"c{len(self.calls) + 1}")
        self.calls[call.name] = call
        params = self.script.functions[binding.function].params
        values = [value % 2**{"u8": 8, "u32": 32, "u64": 64}[kind] for kind, value in zip(params, operation.args[1:])]

        def on_resolve(result):
            call.resolved = True
            shown = "cancelled" if result is None else " ".join(["returned", *map(str, result)])
            self.out.append(f"host resolved {call.name} {shown}")

        call.cancel = self.store.invoke(self.functions[binding.function], lambda: values, on_resolve)
        self.write("host", operation, call.name)
        return True

    def host_cancel(self, operation):
        call = self.calls.get(operation.args[0])
        if call is None or call.resolved or call.cancelled:
            return False
        call.cancelled = True
        call.cancel(None)
        self.write("host", operation, "ok")
        return True

    # Guests

    def run_guest(self, kind, function, entry):
        """A guest's code: it takes the script's next line until it returns."""
        thread = self.definitions.current_thread()
        inst = thread.task.inst
        who = f"{inst.name}.t{thread.index}"
        self.out.append(f"{who} {entry}")
        activation = Activation(kind, inst, function, who, thread)
        thread.bound = kind in ("core", "callback", "post") and function.no_stack
        while True:
            self.note_ready()
            operation = self.next(activation)
            activation.steps += 1
            thread.operation = operation
            if operation.name == "return":
                results = self.return_values(activation, operation.args)
                if results is not None:
                    thread.bound = False
                    self.write(who, operation, "ok")
                    return results
                self.write(who, operation, "skip")
            else:
                self.guest_step(activation, operation)

    def return_values(self, activation, words):
        """The core values of a return, or None if the words do not suit the code that is running."""
        if activation.kind == "callback" or (activation.kind == "core"
                                             and activation.function.kind == "async-callback"):
            return callback_code(words)
        if activation.kind == "core" and activation.function.kind in ("sync", "async-sync"):
            return result_values(activation.function.result, words)
        return None if words else []

    def guest_step(self, activation, operation):
        shape = operation.name.replace(".", "_").replace("-", "_")
        step = getattr(self, "guest_" + shape, None)
        if step:
            results = step(activation, operation)
        else:
            results = self.built_in(shape, operation)
        if results is None:
            self.write(activation.who, operation, "skip")
        else:
            self.write(activation.who, operation, *(results or ["ok"]))

    def guest_tick(self, _activation, _operation):
        return None

    guest_cancel = guest_tick

    def guest_call(self, activation, operation):
        binding = self.script.bindings[operation.args[0]]
        if binding.caller != activation.instance.name:
            return None
        function = self.script.functions[binding.function]
        values = list(operation.args[1:])
        for i, value in enumerate(values):
            wide = len(values) == len(function.params) + (binding.is_async and function.result is not None)
            is_u64 = wide and i < len(function.params) and function.params[i] == "u64"
            values[i] = value % 2**(64 if is_u64 else 32)
        return self.bindings[binding.name](values)

    def guest_peek(self, activation, operation):
        memory, (ptr, size) = activation.instance.memory.bytes, operation.args
        return [memory[ptr:ptr + size].hex() or "-"] if ptr + size <= len(memory) else None

    def guest_poke(self, activation, operation):
        memory, (ptr, data) = activation.instance.memory.bytes, operation.args
        if ptr + len(data) > len(memory):
            return None
        memory[ptr:ptr + len(data)] = data
        return []

    def guest_fill(self, activation, operation):
        """Bytes that count upward from the given one."""
        memory, (ptr, size, first) = activation.instance.memory.bytes, operation.args
        if ptr + size > len(memory):
            return None
        memory[ptr:ptr + size] = bytes((first + i) & 255 for i in range(size))
        return []

    def guest_waitable_set_wait(self, activation, operation, canon="wait"):
        """Shows the code and the event's two words, which are in memory."""
        memory, (wset, ptr) = activation.instance.memory, operation.args
        canon = getattr(self.definitions, "canon_waitable_set_" + canon)
        [code] = canon(operation.flag, memory, wset, ptr)
        return [code, *struct.unpack("<II", memory.bytes[ptr:ptr + 8])]

    def guest_waitable_set_poll(self, activation, operation):
        return self.guest_waitable_set_wait(activation, operation, "poll")

    def guest_resource_new(self, activation, operation):
        resource = self.resources[operation.args[0]]
        if resource.impl is not activation.instance:
            return None
        return self.definitions.canon_resource_new(resource, operation.args[1])

    def guest_resource_rep(self, activation, operation):
        resource = self.resources[operation.args[0]]
        if resource.impl is not activation.instance:
            return None
        return self.definitions.canon_resource_rep(resource, operation.args[1])

    def guest_resource_drop(self, _activation, operation):
        return self.definitions.canon_resource_drop(self.resources[operation.args[0]], operation.args[1])

    def guest_context_get(self, _activation, operation):
        return self.definitions.canon_context_get("i32", operation.args[0] & 1)

    def guest_context_set(self, _activation, operation):
        return self.definitions.canon_context_set("i32", operation.args[0] & 1, operation.args[1])

    def guest_task_return(self, activation, operation):
        kind = self.type(operation.args[0])
        options = self.definitions.LiftOptions("utf16" if operation.flag else "utf8", activation.instance.memory)
        values = [value % 2**(64 if operation.args[0] == "u64" else 32) for value in operation.args[1:]]
        return self.definitions.canon_task_return([] if kind is None else [kind], options, values)

    def guest_thread_new_indirect(self, activation, operation):
        definitions = self.definitions
        kind = definitions.CoreFuncType(["i32"], [])

        def core(args):
            return self.run_guest("thread", activation.function, f"thread {args[0]}")

        table = definitions.Table()
        index = table.add(definitions.CoreFuncRef(kind, core))
        return definitions.canon_thread_new_indirect(kind, table, index, operation.args[0])

    def guest_error_context_new(self, activation, operation):
        options = self.definitions.LiftOptions("utf8", activation.instance.memory)
        return self.definitions.canon_error_context_new(options, *operation.args)

    def guest_error_context_debug_message(self, activation, operation):
        """The definitions write a string's two words wherever the guest says; what does not fit is a trap here."""
        inst, (index, ptr) = activation.instance, operation.args
        if inst.may_leave and isinstance(inst.handles.get(index), self.definitions.ErrorContext):
            self.definitions.trap_if(ptr % 4 != 0 or ptr + 8 > len(inst.memory))
        options = self.definitions.LiftLowerOptions(
            "utf8", inst.memory, lambda args: [self.reallocate(inst, *args)])
        return self.definitions.canon_error_context_debug_message(options, *operation.args)

    def built_in(self, shape, operation):
        canon = getattr(self.definitions, "canon_" + shape)
        args = list(operation.args)
        family, _, verb = shape.partition("_")
        if family in ("stream", "future"):
            word = f"{family}.{args[0]}"
            args[0] = self.type(word)
            if verb in ("read", "write"):
                inst = self.definitions.current_instance()
                args.insert(1, self.definitions.CanonicalOptions(
                    memory=inst.memory, realloc=lambda values: [self.reallocate(inst, *values)],
                    async_=not operation.flag))
            elif verb.startswith("cancel"):
                args.insert(1, operation.flag)
        elif shape == "subtask_cancel":
            args.insert(0, operation.flag)
        elif shape.startswith(("thread_suspend", "thread_yield")):
            args.insert(0, operation.flag)
        return canon(*args)


def result_values(kind, words):
    """The core value of a sync lift's return."""
    if len(words) != (kind is not None) or not all(word.isdigit() for word in words):
        return None
    return [int(word) % 2**(64 if kind == "u64" else 32) for word in words]


def callback_code(words):
    """The packed result of `return exit|yield|wait SET|raw N`."""
    if words in (["exit"], ["yield"]):
        return [("exit", "yield").index(words[0])]
    if len(words) != 2 or words[0] not in ("wait", "raw") or not words[1].isdigit():
        return None
    value = int(words[1])
    return [(2 | value << 4 if words[0] == "wait" else value) % 2**32]


def frames(error):
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals.get("__name__") == "definitions":
            yield trace.tb_frame.f_code.co_name, trace.tb_lineno
        trace = trace.tb_next


def trap_site(error):
    """Where the definitions trap: the function and the line."""
    places = [place for place in frames(error) if place[0] not in ("trap", "trap_if")]
    return f"{places[-1][0]}:{places[-1][1]}" if places else "?"


def ends_in_definitions(error):
    trace = error.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame.f_globals.get("__name__") == "definitions"


def run(definitions, text, guide=None):
    """Runs a script's text; where the transcript ends in a trap that does not tell who ran, tries each who could have."""
    luck = 0
    while True:
        driver = Driver(definitions, parse(text), guide=guide, luck=luck)
        driver.run()
        luck += 1
        if guide is None or driver.out == guide or luck >= max(driver.chooser.unknown, 1):
            return driver
