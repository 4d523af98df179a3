# SPDX-License-Identifier: Apache-2.0
import importlib.machinery
import importlib.util
import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent.parent


def load(name):
    loader = importlib.machinery.SourceFileLoader(name, str(SCRIPTS / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


class CountCases(unittest.TestCase):
    def count(self, text, cases="ctest"):
        runner = load("run_tests")
        return runner.count_cases(runner.Step("x", [], cases), text)

    def test_adds_up_the_programs(self):
        outcome = self.count("    Start 1: a\n    Start 2: b\n1: 3 passed, 0 failed\n2: 4 passed, 1 failed\n")
        self.assertEqual(outcome[:3], (7, 1, []))

    def test_program_that_says_nothing(self):
        outcome = self.count("    Start 1: a\n    Start 2: b\n1: 3 passed, 0 failed\n2: crash\n")
        self.assertEqual(outcome.problems, ["b reported no test case"])

    def test_program_without_cases(self):
        self.assertEqual(self.count("    Start 1: a\n1: 0 passed, 0 failed\n").problems, ["a reported no test case"])

    def test_fuzzer(self):
        self.assertEqual(self.count("    Start 1: a\n1: Done 200 runs in 1 second(s)\n")[:3], (1, 0, []))
        self.assertTrue(self.count("    Start 1: a\n1: Done 0 runs in 1 second(s)\n").problems)

    def test_step_without_tests(self):
        self.assertEqual(self.count("nothing\n", "lines").problems, ["no test ran"])


class RunStep(unittest.TestCase):
    def run_step(self, command, cases):
        runner = load("run_tests")
        with tempfile.TemporaryDirectory() as folder:
            runner.LOGS = Path(folder)
            return runner.run_step(runner.Step("x", [command], cases))[0]

    def test_command_that_fails(self):
        self.assertTrue(self.run_step(["false"], None).problems)

    def test_command_that_is_missing(self):
        self.assertTrue(self.run_step(["no-such-command"], None).problems)

    def test_failed_cases_behind_a_good_exit(self):
        self.assertTrue(self.run_step(["echo", "1 passed, 1 failed"], "lines").problems)

    def test_good(self):
        self.assertEqual(self.run_step(["echo", "2 passed, 0 failed"], "lines")[:3], (2, 0, []))


class Coverage(unittest.TestCase):
    def test_counts_and_names_what_was_missed(self):
        lines = [{"line_number": 1, "count": 1, "branches": [{"count": 1}, {"count": 0}]},
                 {"line_number": 2, "count": 0, "branches": []}]
        numbers, missed = load("coverage").count(lines)
        self.assertEqual(numbers, [1, 2, 1, 2])
        self.assertEqual(missed, [(1, "1 of 2 branches not taken"), (2, "line not reached")])


class Example(unittest.TestCase):
    def example(self, expected, command):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "expected.txt")
            if expected is not None:
                path.write_text(expected)
            done = subprocess.run([SCRIPTS / "example", path, "sh", "-c", command], text=True, check=False,
                                  stdout=subprocess.PIPE)
            return done.returncode == 0, done.stdout

    def test_line_that_is_missing(self):
        self.assertFalse(self.example("b\n", "echo a")[0])

    def test_lines_in_another_order(self):
        self.assertFalse(self.example("b\na\n", "echo a; echo b")[0])

    def test_exit_status(self):
        self.assertFalse(self.example("a\n", "echo a; exit 3")[0])

    def test_nothing_expected(self):
        self.assertFalse(self.example("", "echo a")[0])
        self.assertFalse(self.example(None, "echo a")[0])

    def test_good(self):
        good, output = self.example("a\n~art\n", "echo a; echo x; echo party")
        self.assertTrue(good)
        self.assertTrue(output.endswith("1 passed, 0 failed\n"))
