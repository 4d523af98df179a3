# SPDX-License-Identifier: Apache-2.0
"""What the runners of the proof tracks share: a progress line a module, build/verify/<track>.json, the closing line."""
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "build" / "verify"
TOOLS = ROOT / "build" / "tools" / "bin"
ID = re.compile(r"\b([A-Z]{1,2}[0-9]{2})\b")


class Run:
    """The results of one track: what passed, what failed, and which property each piece of evidence is for."""

    def __init__(self, track, wanted):
        self.track, self.wanted, self.records = track, wanted, []
        self.looked_at, self.known = set(), None  # known: every place that there is, if the runner can tell
        self.passed = self.failed = 0
        self.writes = True  # False: this run makes no evidence of its own

    def wants(self, name):
        return not self.wanted or any(part in name for part in self.wanted)

    def line(self, ok, seconds, name, what):
        """One progress line; counts."""
        self.passed += bool(ok)
        self.failed += not ok
        print(f"{'ok  ' if ok else 'FAIL'} {seconds:6.1f} s  {name:44} {what}", flush=True)

    def evidence(self, ids, where, ok):
        status = "proved" if ok else "failed"
        self.looked_at.add(where)
        self.records += [{"id": name, "where": where, "status": status} for name in sorted(set(ids))]

    def finish(self):
        """Writes the results, in place of those of the same places if this is a part of the track; the closing line."""
        if self.writes:
            file = RESULTS / f"{self.track}.json"
            old = json.loads(file.read_text()) if self.wanted and file.exists() else []
            old = [record for record in old if self.known is None or record["where"] in self.known]
            records = [record for record in old if record["where"] not in self.looked_at] + self.records
            RESULTS.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(records, indent=1) + "\n")
        if self.passed + self.failed == 0:
            print("nothing to run")
            self.failed = 1
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def text(path):
    return (ROOT / path).read_text()


def run(command, seconds=600, cwd=ROOT, cpu_seconds=None):
    """Output, exit status (None after a time-out) and time of a command. A limit in CPU time holds on a busy machine."""
    start = time.monotonic()
    if cpu_seconds:
        command = ["prlimit", f"--cpu={cpu_seconds}", "--", *command]
    process = subprocess.Popen([str(part) for part in command], cwd=cwd, stdin=subprocess.DEVNULL, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        output = process.communicate(timeout=seconds)[0]
        return output, process.returncode, time.monotonic() - start
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        return process.communicate()[0], None, time.monotonic() - start


def function_body(source, name):
    """The definition of `name` in C text, from its name to its closing brace; None if there is none."""
    match = re.search(rf"^[^\n;=/*]*\b{name}\((?:[^;{{}}]*?)\)\n\{{\n.*?^\}}", source, re.M | re.S)
    return match.group(0) if match else None
