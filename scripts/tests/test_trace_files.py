# SPDX-License-Identifier: Apache-2.0
from checks.files import formatting, hygiene
from checks.trace import matrix, trace
from support import SPDX, CheckTest

ENTRY = """[[property]]
id = "P01"
statement = "x"
origin = "x"
module = "sem"
layer = "kernel"
due = ["W", "T"]
"""
TEST = "/* @verifies P01 */\nTEST(sem, x)\n"
PATH = "/" + "home/somebody/x"


class Trace(CheckTest):
    check = staticmethod(trace)

    def refuses_with(self, files, *wanted):
        self.refuses({"spec/properties.toml": ENTRY, "tests/unit/kernel/sem_test.c": TEST, **files}, *wanted)

    def test_no_list(self):
        self.refuses({}, "spec/properties.toml:1: missing")

    def test_property_without_test(self):
        self.refuses({"spec/properties.toml": ENTRY}, "properties.toml:2: P01 (sem) is verified by no test")

    def test_tag_outside_of_a_test_is_none(self):
        self.refuses({"spec/properties.toml": ENTRY, "src/kernel/sem.c": TEST}, "verified by no test")

    def test_unknown_id_on_a_test(self):
        self.refuses_with({"tests/unit/kernel/a_test.c": "\n/* @verifies P01 P77 */\n"}, "a_test.c:2: @verifies P77")

    def test_unknown_id_on_a_prototype(self):
        self.refuses_with({"include/gale/a.h": " * @satisfies SEM-P5\n"}, "a.h:1: @satisfies SEM-P5")

    def test_unknown_clause(self):
        self.refuses_with({"include/gale/a.h": "/*@ ensures p55: x; */\n"}, "a.h:1: clause p55")

    def test_id_twice(self):
        self.refuses_with({"spec/properties.toml": ENTRY + ENTRY}, "P01 is there twice")

    def test_track_that_is_none(self):
        self.refuses_with({"spec/properties.toml": ENTRY.replace('"T"', '"Q"')}, "due is a list of")

    def test_field_missing(self):
        self.refuses_with({"spec/properties.toml": ENTRY.replace('origin = "x"\n', "")}, "fields are")

    def test_good(self):
        self.accepts({"spec/properties.toml": ENTRY, "tests/unit/kernel/sem_test.c": TEST,
                      "include/gale/a.h": " * @satisfies P01\n/*@ ensures p01: x;\n    ensures ok: y; */\n"})


class Matrix(CheckTest):
    check = staticmethod(matrix)
    ROW = "| P01 | missing | - | - | yes | - | x |\n"

    def refuses_row(self, row, *wanted, test=TEST):
        self.refuses({"spec/properties.toml": ENTRY, "tests/unit/kernel/sem_test.c": test, "docs/TRACE.md": row}, *wanted)

    def test_no_page(self):
        self.refuses({"spec/properties.toml": ENTRY}, "docs/TRACE.md:1: missing")

    def test_property_without_row(self):
        self.refuses_row("", "TRACE.md:1: P01 has no row")

    def test_row_without_property(self):
        self.refuses_row(self.ROW + self.ROW.replace("P01", "P02"), "TRACE.md:2: P02 is not in")

    def test_another_statement(self):
        self.refuses_row(self.ROW.replace("x", "y"), "TRACE.md:1: P01: another statement")

    def test_test_that_is_gone(self):
        self.refuses_row(self.ROW, "P01: T is yes", test="")

    def test_due_and_not_asked(self):
        self.refuses_row(self.ROW.replace("missing", "-"), "P01: W is due")

    def test_asked_and_not_due(self):
        self.refuses_row(self.ROW.replace("| - | - |", "| missing | - |"), "P01: R is not due")

    def test_good(self):
        self.accepts({"spec/properties.toml": ENTRY, "tests/unit/kernel/sem_test.c": TEST, "docs/TRACE.md": self.ROW})


class Formatting(CheckTest):
    check = staticmethod(formatting)
    STYLE = {".clang-format": "BasedOnStyle: LLVM\nIndentWidth: 4\n"}

    def test_badly_formatted(self):
        self.refuses({**self.STYLE, "src/a.c": "int  x;\n"}, "src/a.c:1: code should be clang-formatted")

    def test_good(self):
        self.accepts({**self.STYLE, "src/a.c": "int x;\n"})


class Hygiene(CheckTest):
    check = staticmethod(hygiene)

    def test_compile_commands(self):
        self.refuses({"compile_commands.json": "[]\n"}, "compile_commands.json:1: a generated file")

    def test_object_file(self):
        self.refuses({"src/a.o": ""}, "a generated file")

    def test_path_of_a_machine(self):
        self.refuses({"docs/a.md": f"see\n{PATH}\n"}, "docs/a.md:2: an absolute path")

    def test_no_licence(self):
        self.refuses({"src/a.c": "int x;\n"}, "a.c:1: the first line says SPDX")

    def test_white_space(self):
        self.refuses({"src/a.c": SPDX + "int x; \n"}, "a.c:2: white space")

    def test_no_newline_at_the_end(self):
        self.refuses({"src/a.c": SPDX + "int x;"}, "no newline")

    def test_good(self):
        self.accepts({"src/a.c": SPDX + "int x;\n", "build/a.o": "", "scripts/x": "#!/usr/bin/env bash\n"})
