# SPDX-License-Identifier: Apache-2.0
"""The files of a work tree, a check's report, and running a command."""
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SKIPPED = {".git", "build", "__pycache__"}
JOBS = 2


class Report:
    """What a check found: faults as `file:line: text`, notes for a reader, and how much it looked at."""

    def __init__(self):
        self.problems = []
        self.notes = []
        self.looked_at = 0

    def fault(self, path, line, text):
        self.problems.append(f"{path}:{line}: {text}")


class Tree:
    """A work tree. Paths handed out are relative to its root, with `/`."""

    def __init__(self, root):
        self.root = Path(root)
        self.scratch = self.root / "build" / "check"

    def files(self, *patterns):
        """Files below the root that match one of the glob patterns, sorted."""
        found = set()
        for pattern in patterns:
            for path in self.root.glob(pattern):
                relative = path.relative_to(self.root)
                if path.is_file() and not SKIPPED.intersection(relative.parts):
                    found.add(relative.as_posix())
        return sorted(found)

    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8", errors="replace")

    def exists(self, path):
        return (self.root / path).exists()

    def run(self, command, text_in=None):
        """Runs a command in the root; returns its exit status and output."""
        try:
            done = subprocess.run([str(c) for c in command], cwd=self.root, input=text_in, text=True, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
        except FileNotFoundError:
            return 127, f"{command[0]} is not installed: scripts/setup test\n"
        return done.returncode, done.stdout

    def run_all(self, commands):
        """Runs (command, text_in) pairs, some at once; results in their order."""
        with ThreadPoolExecutor(JOBS) as pool:
            return list(pool.map(lambda pair: self.run(*pair), commands))


def stem_of(path):
    return Path(path).stem


LIBRARY_SOURCES = ("src/**/*.c",)
LIBRARY_HEADERS = ("src/**/*.h",)
PUBLIC_HEADERS = ("include/gale/**/*.h",)
