#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a random script: generate.py --definitions PATH SEED [--operations N]

The definitions run the script while it is written, so that most operations find the handles, threads and states that
they need; a few are wrong on purpose, late in the script, since a trap ends it.
"""
import argparse
import random
import sys

sys.dont_write_bytecode = True

import driver  # noqa: E402
import reference  # noqa: E402
from declare import declarations  # noqa: E402
from guest import GuestChoices  # noqa: E402
from script import parse  # noqa: E402

OPERATIONS = 200
LIVE_THREADS = 24


class Generator:
    """The source of a driver's operations: it makes each up when it is asked for."""

    def __init__(self, seed, operations):
        self.random = random.Random(seed)
        self.rows = declarations(self.random)
        self.left = operations
        self.breaks_rules = self.random.random() < 0.5
        self.bad_from = self.random.randrange(operations) if self.breaks_rules else operations + 1
        self.made = 0
        self.planned = {}  # for an activation: the operations that must follow at once
        self.guest = None

    def next(self, running, activation):
        if self.made >= self.left:
            return None
        self.made += 1
        if self.guest is None:
            self.guest = GuestChoices(self, running)
        words = self.words(running, activation)
        self.rows.append(" ".join(map(str, words)))
        return running.script.operation(len(self.rows), self.rows[-1].split())

    def is_bad_time(self):
        return self.made >= self.bad_from and self.random.random() < 0.3

    def words(self, running, activation):
        if activation is None:
            return self.host(running)
        planned = self.planned.get(activation)
        if planned:
            return planned.pop(0)
        return self.guest.choose(activation)

    def host(self, running):
        rng = self.random
        ready = sum(1 for thread in running.store.waiting if thread.ready())
        open_calls = [call.name for call in running.calls.values() if not (call.resolved or call.cancelled)]
        draw = rng.random()
        if draw < 0.01:
            return rng.choice([["thread.yield"], ["return"], ["cancel", "c999"], ["waitable-set.new"]])
        if open_calls and draw < 0.06:
            return ["cancel", rng.choice(open_calls)]
        waiting = len(running.store.waiting)
        if (not ready and waiting < 2 * LIVE_THREADS) or (draw < 0.25 and waiting < LIVE_THREADS):
            return self.host_call(running)
        if not ready and open_calls and draw < 0.6:
            return ["cancel", rng.choice(open_calls)]
        return ["tick"]

    def host_call(self, running):
        names = [name for name, binding in running.script.bindings.items() if binding.caller == "host"]
        for _ in range(3):
            name = self.random.choice(names)
            function = running.script.functions[running.script.bindings[name].function]
            if not self.is_hopeless(function, running.instances[function.instance]):
                break
        params = function.params
        return ["call", name, *(self.number(kind) for kind in params)]

    def is_hopeless(self, function, callee):
        """Whether the call would wait for a lock that someone holds who waits too; sometimes, that is wanted."""
        if function.kind not in ("async-sync", "async-callback") or self.random.random() < 0.15:
            return False
        return callee.exclusive_thread is not None and not callee.exclusive_thread.running()

    def number(self, kind):
        return self.random.choice([self.random.randrange(300), self.random.randrange(2**{"u8": 8, "u32": 32, "u64": 64}[kind])])

    def plan(self, activation, words):
        self.planned.setdefault(activation, []).append(words)


def generate(definitions, seed, operations=OPERATIONS):
    """The script's text and what the definitions made of it."""
    generator = Generator(seed, operations)
    running = driver.Driver(definitions, parse("\n".join(generator.rows)), source=generator)
    running.run()
    if running.problem:  # the definitions assert instead of defining: the script ends before
        generator.rows.pop()
        text = "\n".join(generator.rows) + "\n"
        return text, driver.run(definitions, text)
    return "\n".join(generator.rows) + "\n", running


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--definitions", required=True, help="definitions.py of the pinned Component Model")
    parser.add_argument("--operations", type=int, default=OPERATIONS)
    parser.add_argument("seed", type=int)
    args = parser.parse_args()
    print(generate(reference.load(args.definitions), args.seed, args.operations)[0], end="")


if __name__ == "__main__":
    main()
