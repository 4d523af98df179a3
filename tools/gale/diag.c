/* SPDX-License-Identifier: Apache-2.0 */
#include "diag.h"

#include <stdarg.h>
#include <stdio.h>

_Noreturn void diag_fail(struct diag *diag, enum diag_kind kind, uint32_t at, const char *format, ...)
{
    va_list args;
    diag->kind = kind;
    diag->at = at;
    va_start(args, format);
    (void)vsnprintf(diag->text, sizeof diag->text, format, args);
    va_end(args);
    longjmp(diag->escape, 1);
}

void diag_print(const struct diag *diag, const char *path)
{
    if (diag->at == DIAG_NOWHERE) {
        (void)fprintf(stderr, "%s: %s\n", path, diag->text);
    } else {
        (void)fprintf(stderr, "%s:0x%x: %s\n", path, (unsigned)diag->at, diag->text);
    }
}
