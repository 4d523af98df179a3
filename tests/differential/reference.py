# SPDX-License-Identifier: Apache-2.0
"""Loads the specification's executable definitions from a path that the user gives, and makes them deterministic.

Three things of the module are replaced while it runs, none of its rules: stack switching (by greenlets instead of
operating-system threads, about fifty times faster), `random` (by a chooser of ours), and the profile flag (set).
"""
import importlib.util
import sys

from greenlet import GreenletExit, getcurrent, greenlet


class Handler:
    __slots__ = ("current_thread", "cont", "block_arg")

    def __init__(self, current_thread):
        self.current_thread, self.cont, self.block_arg = current_thread, None, None


class Continuation:
    __slots__ = ("fiber",)


class Switching:
    """The primitives `cont_new`, `resume` and `block`; `value` is the running thread's handler."""

    def __init__(self):
        self.value = None
        self.trap = None  # what a thread raises that would block and has no stack for it
        self.flow = []  # the threads on the running chain of resumes, the host's first
        self.fibers = []  # all that this run has made

    def cont_new(self, function):
        def base(cancelled):
            block_arg = function(cancelled)
            self.value.cont, self.value.block_arg = None, block_arg

        cont = Continuation()
        cont.fiber = greenlet(base)
        self.fibers.append(cont.fiber)
        return cont

    def resume(self, cont, block_result, current_thread):
        previous, handler = self.value, Handler(current_thread)
        self.value = handler
        self.flow.append(current_thread)
        cont.fiber.parent = getcurrent()
        cont.fiber.switch(block_result)
        self.flow.pop()
        self.value = previous
        return handler.cont, handler.block_arg

    def finish(self):
        """Ends the fibers that are still blocked at the end of a run; left alone, they would keep their frames."""
        for fiber in self.fibers:
            if not fiber.dead:
                fiber.parent = getcurrent()
                fiber.throw(GreenletExit)
        self.value, self.flow, self.fibers = None, [], []

    def block(self, switch_to):
        if self.value.current_thread.bound:
            raise self.trap()
        cont = Continuation()
        cont.fiber = getcurrent()
        self.value.cont, self.value.block_arg = cont, switch_to
        return cont.fiber.parent.switch()


class Profile:
    """The deterministic profile, but that `waitable-set.wait` takes an event that is there at once: the definitions leave
    that to the runtime, and gale does so."""

    def __bool__(self):
        frame = sys._getframe(1)
        if frame.f_code.co_name != "wait_until":
            return True
        return frame.f_back.f_back.f_code.co_name != "wait_for_event"


class Random:
    """Stands for the module `random`: each choice goes to the chooser, with the name of the function that asks."""

    def __init__(self):
        self.chooser = None

    def choice(self, candidates):
        asker = sys._getframe(1).f_code.co_name
        return candidates[0] if len(candidates) == 1 else self.chooser.thread(asker, candidates)

    @staticmethod
    def randint(_low, high):
        return high

    def shuffle(self, elements):
        if sum(1 for element in elements if element.has_pending_event()) > 1:
            self.chooser.event(elements)


def load(path):
    spec = importlib.util.spec_from_file_location("definitions", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["definitions"] = module
    spec.loader.exec_module(module)
    module.DETERMINISTIC_PROFILE = Profile()
    module.random = Random()
    use_switching(module)
    number_threads(module)
    number_events(module)
    return module


def use_switching(module):
    switching = Switching()
    switching.trap = module.Trap
    module.thread_local_handler = switching
    module.cont_new = switching.cont_new
    module.resume = switching.resume
    module.block = switching.block


def number_threads(module):
    """Gives each thread the order of its creation and of its becoming ready, which choices are made by."""
    created = module.Thread.__init__
    waits = module.Thread.start_waiting_internal

    def init(self, task, thread_func):
        created(self, task, thread_func)
        module.thread_count += 1
        self.serial, self.ready_at, self.bound = module.thread_count, None, False

    def start_waiting(self, ready_func):
        self.ready_at = None
        waits(self, ready_func)

    module.thread_count = 0
    module.Thread.__init__ = init
    module.Thread.start_waiting_internal = start_waiting


def number_events(module):
    """Gives each pending event the order of its arrival in its set."""
    sets = module.Waitable.set_pending_event
    joins = module.Waitable.join

    def set_pending_event(self, pending_event):
        if not self.has_pending_event():
            module.event_count += 1
            self.event_at = module.event_count
        sets(self, pending_event)

    def join(self, wset):
        joins(self, wset)
        module.event_count += 1
        self.event_at = module.event_count

    module.event_count = 0
    module.Waitable.event_at = 0
    module.Waitable.set_pending_event = set_pending_event
    module.Waitable.join = join
