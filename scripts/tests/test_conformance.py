# SPDX-License-Identifier: Apache-2.0
from unittest import mock

from checks import conformance
from support import CheckTest

CANON = """
    [CANON_LIFT] = "lift",
    [CANON_SUBTASK_CANCEL] = "subtask.cancel",
    [CANON_SUBTASK_CANCEL] = WITH_ASYNC,
"""
TRAPS = """
    X(GALE_TRAP_NONE, "no trap")                 \\
    X(GALE_TRAP_CORE, "wasm trap")               \\
    X(GALE_TRAP_SHUT,                            \\
      "cannot enter component instance")         \\
    X(GALE_TRAP_POISONED, "cannot enter component instance") \\
    X(GALE_TRAP_HANDLE, "unknown handle index")
"""
CORE_TRAPS = '[WASM_RT_TRAP_OOB] = "wasm trap: out of bounds memory access",'
TYPES = "enum type_kind {\n    TYPE_U8,\n    TYPE_FIXED_LIST,\n};\n"
SCRIPT = """(component definition $A
  (core module $M
    (import "" "stop" (func $stop (param i32) (result i32)))
    (func (export "f") (drop (call $stop (i32.const 0))) (drop (call $cancel (i32.const 0)))))
  (type $three' (list u8 3))
  (core func $cancel (canon subtask.cancel async))
  (core func $halt (canon subtask.cancel))
  (core instance $m (instantiate $M (with "" (instance (export "cancel" (func $cancel)) (export "stop" (func $halt))))))
  (func (export "f") (param "x" u8) (param "y" $three) (param "z" (list $three)) (param "l" (list u8))
    (param "s" (stream u8)) (param "t" (stream $three)) (param "v" (future u8)) (param "w" (future $three))
    (canon lift (core func $m "f")))
  (func (export "g") async (canon lift (core func $m "f") async (callback (func $m "cb"))))
  (func (export "h") async (canon lift (core func $m "f") async)))
(component instance $i $A)
;; @covers GALE_TRAP_SHUT
(assert_trap (invoke "f") "cannot enter component instance")
;; @covers GALE_TRAP_POISONED
(assert_trap (invoke "f") "cannot enter component instance")
(assert_trap (invoke "f") "unknown handle index 7")
(assert_trap (invoke "f") "out of bounds memory access")
;; @covers depth
(assert_return (invoke "g"))
"""
LEAVING = """(component
  (core module $M (func (export "f") (drop (call $cancel (i32.const 0)))))
  (core func $cancel (canon subtask.cancel)))
"""


class Conformance(CheckTest):
    check = staticmethod(conformance.conformance)

    def setUp(self):
        for patch in (mock.patch.dict(conformance.DETAILS, {"depth": "deep"}, clear=True),
                      mock.patch.dict(conformance.NO_SCRIPT, {"GALE_TRAP_NONE": "none"}, clear=True)):
            patch.start()
            self.addCleanup(patch.stop)

    @staticmethod
    def files(script=SCRIPT, page=None, leaving=LEAVING):
        files = {conformance.CANON: CANON, conformance.TRAPS: TRAPS, conformance.CORE_TRAPS: CORE_TRAPS,
                 conformance.TYPES: TYPES, "tests/conformance/a.wast": script,
                 "tests/conformance/leaving.wast": leaving}
        return files | ({conformance.PAGE: page} if page else {})

    def page(self):
        def text(tree):
            report = conformance.Report()
            self.text = conformance.page(tree, conformance.coverage(tree, report))
            return report

        self.run_check(self.files(), check=text)
        return self.text

    def refuses_script(self, old, new, *wanted):
        self.assertIn(old, SCRIPT)
        self.refuses(self.files(SCRIPT.replace(old, new)), *wanted)

    def test_good(self):
        self.accepts(self.files(page=self.page()))

    def refuses_page(self, old, new, *wanted):
        self.assertIn(old, self.page())
        self.refuses(self.files(page=self.text.replace(old, new)), *wanted)

    def test_no_page(self):
        self.refuses(self.files(), "docs/CONFORMANCE.md:1: missing")

    def test_page_that_counts_more(self):
        self.refuses_page("| a | 5 |", "| a | 6 |", "docs/CONFORMANCE.md:9: a has 5 assertions")

    def test_page_that_counts_a_script_that_is_gone(self):
        self.refuses_page("| a | 5 |", "| b | 5 |", "b has 0 assertions")

    def test_page_that_counts_less(self):
        self.accepts(self.files(page=self.page().replace("| a | 5 |", "| a | 4 |")))

    def test_page_with_another_script(self):
        self.refuses_page("| lift | callback | a |", "| lift | callback | a, b |", "lift callback is not in b")

    def test_page_without_a_row(self):
        self.refuses_page("| lift | callback | a |\n", "", "lift callback is missing")

    def test_page_that_says_none(self):
        self.refuses_page("| lift | callback | a |", "| lift | callback | none: later |", "lift callback is covered")

    def test_no_decoder(self):
        self.refuses({"tests/conformance/a.wast": SCRIPT}, "decode_canon.c:1: missing")

    def test_form_missing(self):
        self.refuses_script("subtask.cancel async", "subtask.cancel", "no script covers subtask.cancel async")

    def test_lift_missing(self):
        self.refuses_script(" async (callback", " (callback", "no script covers lift callback")

    def test_canonical_function_that_nobody_calls(self):
        self.refuses_script("(call $cancel ", "(call $other ", "no script covers subtask.cancel async")

    def test_canonical_function_in_a_comment(self):
        self.refuses_script("  (core func $cancel (canon", "  ;; (core func $cancel (canon",
                            "no script covers subtask.cancel async")

    def test_built_in_that_may_leave(self):
        self.refuses(self.files(leaving="(component)\n"), "no script covers subtask.cancel may not leave")

    def test_trap_missing(self):
        self.refuses_script('"unknown handle index 7"', '"out of bounds memory access"', "no script covers GALE_TRAP_HANDLE")

    def test_trap_of_core_code_missing(self):
        self.refuses_script('"out of bounds memory access"', '"unknown handle index 7"',
                            "no script covers wasm trap: out of bounds memory access", "no script covers GALE_TRAP_CORE")

    def test_trap_that_shares_its_text(self):
        self.refuses_script(";; @covers GALE_TRAP_SHUT\n", "", "no script covers GALE_TRAP_SHUT")

    def test_part_of_a_text_covers_nothing(self):
        self.refuses_script("unknown handle index 7", "unknown handle", "no script covers GALE_TRAP_HANDLE")

    def test_message_of_no_trap(self):
        self.refuses_script("unknown handle index 7", "something else", "a.wast:19: no trap says 'something else'")

    def test_empty_message(self):
        self.refuses_script('"unknown handle index 7"', '""', "a.wast:19: no trap says ''")

    def test_mark_of_another_trap(self):
        self.refuses_script(";; @covers GALE_TRAP_SHUT", ";; @covers GALE_TRAP_HANDLE", "the assertion names another trap")

    def test_type_missing(self):
        self.refuses_script("(future $three)", "u8", "no script covers list N future")

    def test_type_in_a_refused_component(self):
        script = SCRIPT.replace("(future $three)", "u8") + '(assert_invalid (component (type (future (list u8 3)))) "x")\n'
        self.refuses(self.files(script), "no script covers list N future")

    def test_detail_missing(self):
        self.refuses_script(";; @covers depth\n", "", "no script covers depth")

    def test_detail_that_is_none(self):
        self.refuses_script("@covers depth", "@covers width", "@covers width: there is no such detail")

    def test_detail_of_no_assertion(self):
        self.refuses_script(";; @covers depth\n", ";; @covers depth\n\n", "not right above an assertion")

    def test_covered_though_it_cannot_be(self):
        with mock.patch.dict(conformance.NO_SCRIPT, {"GALE_TRAP_HANDLE": "never"}):
            self.refuses(self.files(), "GALE_TRAP_HANDLE is covered, though")
