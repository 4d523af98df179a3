# SPDX-License-Identifier: Apache-2.0
from checks.headers import headers
from checks.objects import find_cycle, recursion, stack, symbols
from checks.readme import readme
from support import CheckTest

PORT = {"include/gale/port.h": "unsigned gale_port_lock(void);\n"}


class Symbols(CheckTest):
    check = staticmethod(symbols)

    def test_heap(self):
        self.refuses({"src/a.c": "void *malloc(unsigned long n);\nvoid *gale_a(void);\nvoid *gale_a(void)\n{\n"
                                 "    return malloc(9);\n}\n"}, "src/a.c:1: needs malloc")

    def test_export_without_prefix(self):
        self.refuses({"src/kernel/a.c": "int shared;\n"}, "src/kernel/a.c:1: exports shared")

    def test_source_that_does_not_compile(self):
        self.refuses({"src/a.c": "int gale_a(void) { return }\n"}, "does not compile")

    def test_good(self):
        self.accepts({**PORT, "src/a.c": '#include "gale/port.h"\nvoid *memset(void *d, int c, __SIZE_TYPE__ n);\n'
                                         "unsigned gale_a(char *p);\nunsigned gale_a(char *p)\n{\n    memset(p, 0, 1000);\n"
                                         "    return gale_port_lock();\n}\n"})


class Recursion(CheckTest):
    check = staticmethod(recursion)

    def test_function_that_calls_itself(self):
        self.refuses({"src/a.c": "int gale_a(int n)\n{\n    return n ? gale_a(n - 1) : 0;\n}\n"}, "gale_a -> gale_a")

    def test_two_files(self):
        self.refuses({"src/a.c": "int gale_b(void);\nint gale_a(void)\n{\n    return gale_b();\n}\n",
                      "src/b.c": "int gale_a(void);\nint gale_b(void)\n{\n    return gale_a();\n}\n"},
                     "gale_a -> gale_b -> gale_a")

    def test_good(self):
        self.accepts({"src/a.c": "static int a_b(void)\n{\n    return 1;\n}\nint gale_a(void)\n{\n    return a_b();\n}\n"})

    def test_cycle_behind_a_long_chain(self):
        calls = {str(n): {str(n + 1)} for n in range(5000)}
        self.assertIsNone(find_cycle(calls))
        calls["5000"] = {"4998"}
        self.assertEqual(find_cycle(calls), ["4998", "4999", "5000", "4998"])


class Stack(CheckTest):
    check = staticmethod(stack)

    def test_large_frame(self):
        self.refuses({"src/a.c": "void gale_use(char *p);\nvoid gale_a(void)\n{\n    char b[300];\n    gale_use(b);\n}\n"},
                     "gale_a uses 3")

    def test_array_of_variable_size(self):
        self.refuses({"src/a.c": "void gale_use(char *p);\nvoid gale_a(int n)\n{\n    char b[n];\n    gale_use(b);\n}\n"},
                     "without bound")

    def test_good(self):
        self.accepts({"src/a.c": "int gale_a(void)\n{\n    return 1;\n}\n"})


class Headers(CheckTest):
    check = staticmethod(headers)

    def test_header_that_needs_another(self):
        self.refuses({"include/gale/a.h": "#pragma once\nuint32_t gale_a(void);\n"}, "include/gale/a.h:1: gcc -std=c99")

    def test_keyword_of_c(self):
        self.refuses({"include/gale/a.h": "#pragma once\nint gale_a(int *restrict p);\n"}, "g++ -std=c++17")

    def test_c11_only(self):
        self.refuses({"include/gale/a.h": '#pragma once\n_Static_assert(1, "");\n'}, "gcc -std=c99")

    def test_no_guard(self):
        self.refuses({"include/gale/a.h": "enum gale_a { GALE_A };\n"}, "redefinition")

    def test_good(self):
        self.accepts({"include/gale/a.h": "#ifndef A\n#define A\n#include <stdint.h>\nuint32_t gale_a(void);\n#endif\n"})


class Readme(CheckTest):
    check = staticmethod(readme)

    def test_missing(self):
        self.refuses({}, "missing")

    def test_block_that_does_not_compile(self):
        self.refuses({"README.md": "# x\n\n```c\nint f(void) { return y; }\n```\n"}, "README.md:4: does not compile")

    def test_program_that_fails(self):
        self.refuses({"README.md": "```c\nint main(void) { return 3; }\n```\n"}, "exited with 3")

    def test_program_that_does_not_link(self):
        self.refuses({"README.md": "```c\nint g(void);\nint main(void) { return g(); }\n```\n"}, "does not link")

    def test_good(self):
        self.accepts({"README.md": "```c\nint main(void) { return gale_f; }\n```\n".replace("gale_f", "0")})
