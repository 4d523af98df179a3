/* SPDX-License-Identifier: Apache-2.0 */
#include "sexpr.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

/* How many forms there are before the end or the error. */
static unsigned sexpr_count(struct sexpr_reader *reader)
{
    struct sexpr form;
    unsigned count = 0;
    while (count < 100 && sexpr_next(reader, &form)) {
        count++;
    }
    return count;
}

TEST(sexpr, any_byte_is_part_of_some_form_and_reading_ends)
{
    for (int byte = 0; byte < 256; byte++) {
        char text[4] = {'a', ' ', (char)byte, 'b'};
        struct sexpr_reader reader = sexpr_text(text, sizeof text);
        CHECK(sexpr_count(&reader) < 5);
        CHECK(reader.at == reader.end);
    }
    static const char zero[] = "(a \0b)\0(c)";
    struct sexpr_reader reader = sexpr_text(zero, sizeof zero - 1);
    CHECK_EQ(sexpr_count(&reader), 3);
    CHECK(reader.error == NULL);
}

TEST(sexpr, what_is_open_at_the_end_is_told_with_its_line)
{
    static const struct {
        const char *text;
        const char *error;
        unsigned line;
    } cases[] = {
        {"(a\n(b)", "list without end", 1},
        {"a\n\"b", "string without end", 2},
        {"a\n(; (; ;)", "block comment without end", 2},
        {"(a)\n)", "closing parenthesis without an opening one", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sexpr_reader reader = sexpr_text(cases[i].text, strlen(cases[i].text));
        (void)sexpr_count(&reader);
        REQUIRE(reader.error != NULL);
        CHECK_STR(reader.error, cases[i].error);
        CHECK_EQ(reader.line, cases[i].line);
    }
}

TEST(sexpr, strings_are_bytes_with_escapes)
{
    static const char text[] = "\"a\\00\\u{e4}\\u{1f600}\\n\" \"\\zz\" \"\\u{d800}\"";
    static const char wanted[] = "a\0\xc3\xa4\xf0\x9f\x98\x80\n";
    struct sexpr_reader reader = sexpr_text(text, strlen(text));
    struct sexpr form;
    size_t bytes = 0;
    REQUIRE(sexpr_next(&reader, &form));
    char *got = sexpr_string(form, &bytes);
    REQUIRE(got != NULL);
    CHECK_EQ(bytes, sizeof wanted - 1);
    CHECK(memcmp(got, wanted, sizeof wanted) == 0);
    free(got);
    while (sexpr_next(&reader, &form)) {
        CHECK(sexpr_string(form, &bytes) == NULL);
    }
}
