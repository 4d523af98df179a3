/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What is wrong with a component: one message, the byte offset, the construct; reading stops there.
 */
#ifndef GALE_TOOL_DIAG_H
#define GALE_TOOL_DIAG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#define DIAG_TEXT 512

/** Why a component is refused; `gale wast` tells assert_malformed from assert_invalid by it. */
enum diag_kind {
    DIAG_NONE,        /**< Nothing has been reported. */
    DIAG_MALFORMED,   /**< The bytes are no component. */
    DIAG_INVALID,     /**< A component that breaks a rule of the Component Model. */
    DIAG_UNSUPPORTED, /**< A good component that wants what this tool does not do. */
    DIAG_LIMIT,       /**< Deeper, longer or larger than the tool allows. */
};

#define DIAG_NOWHERE UINT32_MAX

/** Set up with `if (setjmp(diag.escape) == 0) { work } else { report }`; `diag_fail` comes back there. */
struct diag {
    jmp_buf escape;
    enum diag_kind kind;
    uint32_t at;   /**< Byte offset in the file. */
    uint32_t near; /**< Of the definition at hand: for a refusal that comes with DIAG_NOWHERE. */
    char text[DIAG_TEXT];
};

/** Notes the fault and jumps to `diag->escape`. The text names the construct and what is wrong, without offset. */
_Noreturn void diag_fail(struct diag *diag, enum diag_kind kind, uint32_t at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/** The same with the construct before the text, "construct: text", and the arguments as a list; `construct` NULL: none. */
_Noreturn void diag_fail_in(struct diag *diag, enum diag_kind kind, uint32_t at, const char *construct,
                            const char *format, va_list arguments) __attribute__((format(printf, 5, 0)));

/** "path:0x1f: text" on the standard error. */
void diag_print(const struct diag *diag, const char *path);

#endif /* GALE_TOOL_DIAG_H */
