# SPDX-License-Identifier: Apache-2.0
from checks.contracts import annotations, prototypes
from checks.shape import shape
from support import CheckTest

BASE = {"include/gale/base.h": 'X(GALE_OK, 0, "x")\nX(GALE_EBUSY, -16, "x")\n'}
GOOD = """/**
 * Take one.
 *
 * @param[in,out] s  Semaphore.
 * @retval GALE_OK  Taken.
 * @context thread; never blocks.
 */
/*@ requires own: \\valid(s);
    assigns  s->count;
*/
int gale_sem_take(struct gale_sem *s);
"""


class Prototypes(CheckTest):
    check = staticmethod(prototypes)

    def refuses_header(self, text, *wanted):
        self.refuses({**BASE, "include/gale/kernel/sem.h": text}, *wanted)

    def test_no_comment_at_all(self):
        self.refuses_header("int gale_sem_take(void);\n", "sem.h:1: gale_sem_take: no doc comment", "no contract")

    def test_no_context(self):
        self.refuses_header(GOOD.replace("@context thread; never blocks.", ""), "no @context")

    def test_no_return(self):
        self.refuses_header(GOOD.replace("@retval GALE_OK  Taken.", ""), "no @retval or @return")

    def test_no_contract(self):
        self.refuses_header(GOOD.replace("/*@ requires", "/* requires"), "no contract")

    def test_annotation_that_is_no_contract(self):
        self.refuses_header(GOOD[:GOOD.index("/*@")] + "/*@ predicate p = 1; */\nint gale_sem_take(struct gale_sem *s);\n",
                            "no contract")

    def test_parameter_that_is_none(self):
        self.refuses_header(GOOD.replace("out] s ", "out] sem "), "@param sem is no parameter")

    def test_status_that_is_none(self):
        self.refuses_header(GOOD.replace("GALE_OK", "GALE_EWRONG"), "@retval GALE_EWRONG is no status")

    def test_long_contract(self):
        self.refuses_header(GOOD.replace("    assigns", "    requires x: 1;\n" * 25 + "    assigns"), "contract of 28 lines")

    def test_second_function_without_comment(self):
        self.refuses_header(GOOD + "void gale_sem_reset(struct gale_sem *s);\n", "sem.h:12: gale_sem_reset")

    def test_inline_function(self):
        self.refuses_header("static inline int gale_x(void)\n{\n    return 1;\n}\n", "gale_x: no doc")

    def test_good(self):
        self.accepts({**BASE, "include/gale/kernel/sem.h": GOOD})

    def test_good_when_declared_once_more(self):
        self.accepts({**BASE, "include/gale/kernel/sem.h": GOOD,
                      "include/gale/async/a.h": "int gale_sem_take(struct gale_sem *s);\n"})

    def test_good_with_the_context_of_the_file(self):
        text = "/**\n * @file\n * Context: thread.\n */\n" + GOOD.replace("@context thread; never blocks.", "")
        self.accepts({**BASE, "include/gale/kernel/sem.h": text})


class Annotations(CheckTest):
    check = staticmethod(annotations)

    def test_static_without_contract(self):
        self.refuses({"src/a.c": "static int a_f(void)\n{\n    return 1;\n}\n"}, "a.c:1: a_f")

    def test_loop_without_variant(self):
        self.refuses({"src/a.c": "int gale_f(void)\n{\n    /*@ loop invariant i: 1;\n        loop assigns x; */\n"
                                 "    while (x) {\n        x--;\n    }\n}\n"}, "a.c:5:", "loop variant")

    def test_do_loop(self):
        self.refuses({"src/a.c": "int gale_f(void)\n{\n    do {\n        x--;\n    } while (x);\n}\n"}, "a.c:3:")

    def test_good(self):
        self.accepts({"src/a.c": "/*@ assigns x; */\nstatic int a_f(void)\n{\n    /*@ loop invariant i: 1;\n"
                                 "        loop assigns x;\n        loop variant x;\n    */\n    do {\n        x--;\n"
                                 "    } while (x);\n}\n"})


class Shape(CheckTest):
    check = staticmethod(shape)

    def test_long_function(self):
        self.refuses({"src/a.c": "int gale_f(void)\n{\n" + "    x++;\n" * 61 + "}\n"}, "a.c:1: gale_f has 61 lines")

    def test_deep_function(self):
        body = "if (a) {\nfor (;;) {\nswitch (b) {\ncase 1: {\n}\n}\n}\n}\n"
        self.refuses({"src/a.c": "int gale_f(void)\n{\n" + body + "}\n"}, "nests 4 deep")

    def test_condition_in_a_body(self):
        self.refuses({"src/a.c": "int gale_f(void)\n{\n#ifdef X\n    x++;\n#endif\n}\n"}, "a.c:3:", "no #if")

    def test_long_file(self):
        self.refuses({"tests/a.c": "int x;\n" * 500}, "500 lines")

    def test_good(self):
        body = "    struct s v = {{1}, {{2}}};\n    if (a) {\n        while (b) {\n            f((struct s){{{1}}});\n"
        self.accepts({"src/a.c": "int gale_f(void)\n{\n" + body + "        }\n    }\n" + "    /* long */\n" * 70 + "}\n"})
