/* SPDX-License-Identifier: Apache-2.0 */
#include "samples.h"

#include <stddef.h>
#include <string.h>

/* A core module that exports f: () -> i32, a memory, and realloc; then its instance, and aliases for the three. */
#define LIBC                                                                                   \
    "01( @ 01( 02 60 00 01 7f  60 04 7f 7f 7f 7f 01 7f ) 03( 02 00 01 ) 05( 01 00 01 )"        \
    "  07( 03 'f' 00 00 'mem' 02 00 'realloc' 00 01 ) 0a( 02 ( 00 41 2a 0b ) ( 00 00 0b ) ) )" \
    "02( 01 00 00 00 )"                                                                        \
    "06( 03 00 00 01 00 'f'  00 02 01 00 'mem'  00 00 01 00 'realloc' )"

const struct sample samples[] = {
    {"empty", "%"},
    {"answer", "%" LIBC "07( 01 40 00 00 79 ) 08( 01 00 00 00 00 00 ) 0b( 01 00 'answer' 01 00 00 )"},
    {"custom", "% 00( 'note' 01 02 03 ) 00( 'name' )"},
    /* Every value type, each an element of the type index space. */
    {"types", "% 07( #29"
              "  7f 7e 7d 7c 7b 7a 79 78 77 76 75 74 73 64"
              "  72 02 'a' 7d 'b' 78"
              "  71 02 'some-case' 01 79 00 'other' 00 00"
              "  70 0e"
              "  67 7d #5"
              "  6f 02 7f 73"
              "  6e 03 'x' 'y' 'Z'"
              "  6d 02 'red' 'green'"
              "  6b 0f"
              "  6a 01 79 01 73"
              "  6a 00 00"
              "  66 01 0e"
              "  66 00"
              "  65 01 7d"
              "  63 73 0e"
              "  43 02 'items' 10 'to' 18 00 16"
              " )"},
    /* A resource with a destructor, exported; its constructor and a method. */
    {"resource", "% 01( @ 01( 03 60 01 7f 00  60 01 7f 01 7f  60 02 7f 7f 01 7f ) 03( 03 00 01 02 )"
                 "  07( 03 'd' 00 00 'n' 00 01 'm' 00 02 )"
                 "  0a( 03 ( 00 0b ) ( 00 20 00 0b ) ( 00 20 01 0b ) ) )"
                 "02( 01 00 00 00 )"
                 "06( 03 00 00 01 00 'd' 00 00 01 00 'n' 00 00 01 00 'm' )"
                 "07( 01 3f 7f 01 00 ) 0b( 01 00 'thing' 03 00 00 )"
                 "07( 04 69 01 68 01 40 01 'v' 79 00 02 40 02 'self' 03 'by' 79 00 79 )"
                 "08( 05 02 01 03 01 04 01 00 00 01 00 04 00 00 02 00 05 )"
                 "0b( 02 00 '[constructor]thing' 01 00 00 00 '[method]thing.add' 01 01 00 )"},
    /* Imports of every sort that the outermost component may have, one function lowered. */
    {"imports", "% 07( 01 42 04  01 43 01 'n' 79 00 79  04 00 'open' 01 00  04 00 'blob' 03 01"
                "  04 00 '[static]blob.count' 01 00 )"
                "0a( 01 00 'wasi:demo/files@0.3.0' 05 00 )"
                "07( 01 40 00 01 00 ) 0a( 02 00 'tick' 01 01 00 'kind' 03 00 01 )"
                "06( 02 01 00 00 'open' 03 00 00 'blob' )" LIBC "08( 03 01 00 01 02 03 00 06  01 00 01 00  03 03 )"},
    /* A component in a component: instantiated twice, given a function, a type and an instance of inline exports. */
    {"nested", "%" LIBC "07( 01 40 00 00 79 ) 08( 01 00 00 00 00 00 )"
               "04( % 07( 01 40 00 00 79 ) 0a( 01 00 'f' 01 00 )"
               "  07( 01 42 01 02 03 02 01 00 )"
               "  07( 01 42 02  02 03 02 01 00  04 00 'g' 01 00 ) 0a( 01 00 'i' 05 02 )"
               "  06( 01 01 00 00 'g' ) 0b( 02 00 'first' 01 00 00 00 'second' 01 01 00 ) )"
               "05( 01 01 01 00 'g' 01 00 )"
               "05( 02 00 00 02 'f' 01 00 'i' 05 00  00 00 02 'f' 01 00 'i' 05 00 )"
               "06( 01 01 00 01 'first' ) 0b( 02 00 'call' 01 01 00 00 'all' 05 02 00 )"},
    /* Types of components and modules; outer aliases; a module and a component as arguments. */
    {"higher-order", "% 03( 02 60 01 7f 01 7f 50 03 01 60 00 01 7f 00 'env' 'x' 00 00 03 'f' 00 00 )"
                     "07( 01 40 00 00 79 )"
                     "04( % 06( 02 03 02 01 00 00 10 02 01 01 )"
                     "  0a( 01 00 'm' 00 11 00 )"
                     "  01( @ 01( 01 60 00 01 7f ) 03( 01 00 ) 07( 01 'x' 00 00 ) 0a( 01 ( 00 41 07 0b ) ) )"
                     "  02( 02 00 01 00 00 00 01 'env' 12 00 ) 06( 01 00 00 01 01 'f' )"
                     "  07( 01 41 02 02 03 02 01 00 04 00 'run' 01 00 ) 0a( 01 00 'c' 04 01 )"
                     "  05( 01 00 00 00 ) 06( 01 01 00 00 'run' ) 0b( 01 00 'run' 01 00 00 ) )"
                     "01( @ 01( 01 60 00 01 7f ) 02( 01 'env' 'x' 00 00 ) 07( 01 'f' 00 00 ) )"
                     "04( %" LIBC "07( 01 40 00 00 79 ) 08( 01 00 00 00 00 00 ) 0b( 01 00 'run' 01 00 00 ) )"
                     "05( 01 00 00 02 'm' 00 11 00 'c' 04 01 ) 06( 01 01 00 00 'run' ) 0b( 01 00 'run' 01 00 00 )"},
    /* Every built-in of streams, futures, tasks, sets and error contexts. */
    {"builtins", "%" LIBC "07( 02 66 01 73 65 01 79 )"
                 "08( #36"
                 "  0e 00 0f 00 03 03 00 04 01 06 10 00 02 03 00 06 11 00 01 12 00 00 13 00 14 00"
                 "  15 01 16 01 02 03 00 06 17 01 01 03 00 18 01 00 19 01 01 1a 01 1b 01"
                 "  1c 01 03 00 1d 02 03 00 04 01 1e 1f 20 00 00 21 01 00 22 23 24 25"
                 "  09 00 73 02 00 03 00 05 06 01 0d 0a 7f 00 0b 7f 01 0c 00 26 28 29 01 2a 00 2b 00 )"
                 "08( 02 2c 00 2d 01 )"},
    /* A thread, and a module that uses what blocks: its stackful function needs a stack. */
    {"threads", "% 03( 01 60 01 7f 00 )"
                "01( @ 04( 01 70 00 02 ) 07( 01 't' 01 00 ) )"
                "02( 01 00 00 00 ) 06( 01 00 01 01 00 't' )"
                "08( 02 27 00 00 29 00 )"
                "01( @ 01( 02 60 00 00 60 00 01 7f ) 02( 01 '' 'suspend' 00 01 ) 03( 01 00 )"
                "  07( 02 'run' 00 01 'again' 00 00 ) 0a( 01 ( 00 10 00 1a 0b ) ) )"
                "02( 02 01 01 'suspend' 00 01 00 01 01 '' 12 01 )"
                "06( 01 00 00 01 02 'run' )"
                "07( 01 43 00 01 00 ) 08( 01 00 00 02 01 06 00 ) 0b( 01 00 'run' 01 00 01 01 00 )"},
    /* A callback function, lowered by a second component. */
    {"callback", "% 04( % 01( @ 01( 03 60 01 7f 01 7f 60 03 7f 7f 7f 01 7f 60 00 00 ) 03( 02 00 01 )"
                 "    07( 02 'run' 00 00 'cb' 00 01 ) 0a( 02 ( 00 41 00 0b ) ( 00 41 00 0b ) ) )"
                 "  02( 01 00 00 00 ) 06( 02 00 00 01 00 'run' 00 00 01 00 'cb' )"
                 "  07( 01 43 01 'x' 79 01 00 ) 08( 01 00 00 00 02 06 07 01 00 ) 0b( 01 00 'run' 01 00 00 ) )"
                 "04( % 07( 01 43 01 'x' 79 01 00 ) 0a( 01 00 'run' 01 00 ) 08( 01 01 00 00 01 06 )"
                 "  01( @ 01( 01 60 01 7f 01 7f ) 02( 01 'env' 'run' 00 00 ) 07( 01 'go' 00 00 ) )"
                 "  02( 02 01 01 'run' 00 00 00 00 01 'env' 12 00 )"
                 "  06( 01 00 00 01 01 'go' ) 07( 01 40 01 'x' 79 00 79 ) 08( 01 00 00 01 00 01 )"
                 "  0b( 01 00 'go' 01 01 00 ) )"
                 "05( 01 00 00 00 ) 06( 01 01 00 00 'run' ) 05( 01 00 01 01 'run' 01 00 )"
                 "06( 01 01 00 01 'go' ) 0b( 01 00 'go' 01 01 00 )"},
    /* Names with attributes, post-return, the other encodings. */
    {"strings", "% 01( @ 01( 03 60 00 01 7f 60 01 7f 00 60 04 7f 7f 7f 7f 01 7f ) 03( 03 00 01 02 ) 05( 01 01 01 02 )"
                "  07( 04 'f' 00 00 'p' 00 01 'm' 02 00 'r' 00 02 ) 0a( 03 ( 00 41 00 0b ) ( 00 0b ) ( 00 00 0b ) ) )"
                "02( 01 00 00 00 ) 06( 04 00 00 01 00 'f' 00 00 01 00 'p' 00 00 01 00 'r' 00 02 01 00 'm' )"
                "07( 01 40 00 00 73 )"
                "08( 03 00 00 00 04 01 03 00 04 02 05 01 00 00 00 00 02 02 03 00 00 00 00 00 01 03 00 00 )"
                "0b( 01 02 'utf16' 01 02 'some id' 01 00 00 )"
                "05( 01 01 00 ) 0b( 01 02 'plain' 01 00 'a:b/c@1.0.0' 05 00 00 )"
                "0b( 01 02 'a:b/d@0.2' 01 01 '.6-rc.1' 05 00 00 )"},
};

const unsigned sample_count = sizeof samples / sizeof samples[0];

const char *sample_text(const char *name)
{
    for (unsigned i = 0; i < sample_count; i++) {
        if (strcmp(samples[i].name, name) == 0) {
            return samples[i].text;
        }
    }
    return NULL;
}
