# SPDX-License-Identifier: Apache-2.0
from checks.layers import atomics, layers
from checks.names import names
from support import CheckTest


class Layers(CheckTest):
    check = staticmethod(layers)

    def test_include_that_points_up(self):
        self.refuses({"src/kernel/a.c": '#include "gale/async/b.h"\n'}, "src/kernel/a.c:1:", "points up")

    def test_private_header_of_another_layer(self):
        self.refuses({"src/async/a.c": '\n#include "kernel/p.h"\n', "src/kernel/p.h": ""}, "a.c:2:", "private to kernel")

    def test_private_header_in_a_public_one(self):
        self.refuses({"include/gale/async/a.h": '#include "p.h"\n', "src/async/p.h": ""}, "public header")

    def test_private_header_in_an_example(self):
        self.refuses({"examples/a.c": '#include "kernel/p.h"\n', "src/kernel/p.h": ""}, "examples/a.c:1:")

    def test_header_of_a_port(self):
        self.refuses({"src/kernel/a.c": '#include "gale/port_posix.h"\n'}, "kernel may not know port")

    def test_hosted_header(self):
        self.refuses({"src/kernel/a.c": "#include <stdlib.h>\n"}, "<stdlib.h>")

    def test_unknown_layer(self):
        self.refuses({"src/misc/a.c": ""}, "no layer")

    def test_good(self):
        self.accepts({"src/async/a.c": '#include <stdint.h>\n#include "gale/kernel/b.h"\n#include "gale/base.h"\n'})


class Atomics(CheckTest):
    check = staticmethod(atomics)

    def test_atomic_in_a_module(self):
        self.refuses({"src/kernel/a.c": "int f(void)\n{\n    return __atomic_load_n(&x, 0);\n}\n"}, "a.c:3:")

    def test_good(self):
        self.accepts({"include/gale/atomic.h": "__atomic_load_n", "src/kernel/a.c": "/* __atomic_load_n */\n"})


class Names(CheckTest):
    check = staticmethod(names)

    def test_static_without_stem(self):
        self.refuses({"src/kernel/sem.c": "static int count(void)\n{\n}\n"}, "sem.c:1: count", "sem_")

    def test_static_twice(self):
        body = "static int sem_f(void)\n{\n}\n"
        self.refuses({"src/kernel/sem.c": body, "src/async/sem.c": body}, "sem_f: also in")

    def test_exported_without_prefix(self):
        self.refuses({"src/kernel/sem.c": "int sem_give(void)\n{\n}\n"}, "begin with gale_")

    def test_header(self):
        self.refuses({"include/gale/a.h": "#define LIMIT 1\nstruct sem {\n    int x;\n};\nenum gale_e { RED, GALE_BLUE };\n"
                                          "typedef int sem_t;\nint give(void);\n"},
                     "a.h:1: LIMIT", "a.h:2: sem", "a.h:5: RED", "a.h:6: sem_t", "a.h:7: give")

    def test_good(self):
        self.accepts({"include/gale/kernel/sem.h": "#define GALE_SEM_H\nstruct gale_sem {\n    int x;\n};\n"
                                                   "int gale_sem_give(struct gale_sem *s);\n",
                      "src/kernel/sem.c": "static int sem_f(void)\n{\n    return 0;\n}\n"
                                          "int gale_sem_give(struct gale_sem *s)\n{\n    return sem_f();\n}\n",
                      "src/kernel/sem_init.c": "static int sem_g(void)\n{\n    return 0;\n}\n"})
