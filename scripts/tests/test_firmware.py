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

    def test_a_program_is_told_by_parts_and_what_is_too_much(self):
        text = ("Memory Configuration\n\nName             Origin             Length             Attributes\n"
                "code             0x00000000         0x00000100         xr\nram              0x20000000         0x00000080         xrw\n"
                "Linker script and memory map\n.text           0x00000000       0x90\n"
                " .text.f        0x00000000       0x20 app/liblowered.a(m1.c.obj)\n"
                " .text.g        0x00000020       0x30 app/liblowered.a(m2_0.c.obj)\n"
                " .text.h        0x00000050       0x10 app/liblowered.a(glue.c.obj)\n"
                " .text.gale_store_init\n                0x00000060       0x20 libgale.a(store.c.obj)\n"
                " *fill*         0x00000080       0x10 \n"
                ".bss            0x20000000      0x100\n"
                " .bss.gale_block_3\n                0x20000000      0x100 app/liblowered.a(plan.c.obj)\n")
        link = load("firmware_link")
        parts = link.Parts("target cortex-m3\nstream 64\nmodule 1 root.1\nmodule 2 root.3\nblock 3 root.3\n")
        used, total = link.usage(parts, text)
        self.assertEqual(total, [0x90, 0x100])
        self.assertEqual({name: list(both) for name, both in used.items() if any(both)},
                         {"component root.1": [0x20, 0], "component root.3": [0x30, 0x100], "generated for all": [0x10, 0],
                          "runtime": [0x20, 0], "alignment, merging": [0x10, 0]})
        self.assertEqual(link.table(parts, text)[1], ["128 bytes of RAM"])


if __name__ == "__main__":
    unittest.main()
