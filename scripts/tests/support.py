# SPDX-License-Identifier: Apache-2.0
"""A small work tree in a temporary folder, for one check."""
import tempfile
import unittest
from pathlib import Path

from checks.tree import Tree

SPDX = "/* SPDX-License-Identifier: Apache-2.0 */\n"


class CheckTest(unittest.TestCase):
    """`check` names the check; files are given as path=text."""

    check = None

    def run_check(self, files, check=None):
        with tempfile.TemporaryDirectory() as folder:
            for path, text in files.items():
                target = Path(folder, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text)
            return (check or type(self).check)(Tree(folder))

    def refuses(self, files, *wanted, check=None):
        """The check finds a fault, and its message has each of `wanted`."""
        report = self.run_check(files, check)
        self.assertTrue(report.problems, "no fault found")
        for text in wanted:
            self.assertTrue(any(text in line for line in report.problems), f"{text!r} not in {report.problems}")

    def accepts(self, files, check=None):
        report = self.run_check(files, check)
        self.assertEqual(report.problems, [])
        self.assertGreater(report.looked_at, 0)
