# SPDX-License-Identifier: Apache-2.0
import importlib.machinery
import importlib.util
import tempfile
import unittest
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parent.parent


def load(name):
    loader = importlib.machinery.SourceFileLoader(name, str(SCRIPTS / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


class Firmware(unittest.TestCase):
    def test_an_image_that_does_not_start_is_a_failure(self):
        firmware = load("firmware")
        with tempfile.TemporaryDirectory() as folder:
            _, passed, _, _, problem = firmware.execute(Path(folder), firmware.Run("an385", "unit_tests", "plain"))
        self.assertEqual(passed, 0)
        self.assertIsNotNone(problem)

    def test_every_image_runs_somewhere_and_every_machine_runs_something(self):
        firmware = load("firmware")
        runs = firmware.plan([])
        self.assertEqual({run.image for run in runs}, {*firmware.IMAGES, *firmware.FLOAT_IMAGES})
        self.assertEqual({run.machine for run in runs}, set(firmware.PRESETS))
        tests = {path.stem for path in (SCRIPTS.parent / "tests" / "firmware").rglob("*_firmware.c")}
        self.assertLessEqual(tests, {run.image for run in runs})

    def test_sizes_are_those_of_what_was_linked(self):
        text = ("Discarded input sections\n .text.gone 0x0 0x40 libgale.a(sem.c.obj)\n"
                "Linker script and memory map\n .text.gale_sem_give\n                0x00000100       0x20 libgale.a(sem.c.obj)\n"
                " .bss.x         0x20000000        0x8 libgale_cortex_m.a(clock.c.obj)\n"
                " .debug_info    0x00000000      0x100 libgale.a(sem.c.obj)\n")
        found = load("firmware_bench").sizes(text)
        self.assertEqual(dict(found), {"kernel": [32, 0], "port": [0, 8]})


if __name__ == "__main__":
    unittest.main()
