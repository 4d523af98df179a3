/* SPDX-License-Identifier: Apache-2.0 */
#include "diag.h"

#include <stdio.h>

/* Names come from the file: what is no text stays out of the terminal. */
static void diag_clean(char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        *text = c < 0x20 || c == 0x7f ? '?' : (char)c;
    }
}

_Noreturn void diag_fail_in(struct diag *diag, enum diag_kind kind, uint32_t at, const char *construct,
                            const char *format, va_list arguments)
{
    int length = 0;
    diag->kind = kind;
    diag->at = at == DIAG_NOWHERE ? diag->near : at;
    if (construct != NULL) {
        length = snprintf(diag->text, sizeof diag->text, "%s: ", construct);
    }
    if (length >= 0 && (size_t)length < sizeof diag->text) {
        (void)vsnprintf(diag->text + length, sizeof diag->text - (size_t)length, format, arguments);
    }
    diag_clean(diag->text);
    longjmp(diag->escape, 1);
}

_Noreturn void diag_fail(struct diag *diag, enum diag_kind kind, uint32_t at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    diag_fail_in(diag, kind, at, NULL, format, arguments);
}

void diag_print(const struct diag *diag, const char *path)
{
    (void)fprintf(stderr, "%s:0x%x: %s\n", path, (unsigned)diag->at, diag->text);
}
