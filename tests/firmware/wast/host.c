/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A lowered component of a test script on the board mps2_an385: requests come by its serial line and answers leave there,
 * as the host's programs have them (tools/gale/host/script.h). What the C library wants for that, a heap among it, is
 * here; the component and its runtime use none of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "describe.h"
#include "host_arena.h"
#include "host_loop.h"
#include "script.h"
#include "semihosting.h"

#include "gale/component/store.h"

#define HEAP_BYTES (1u << 20)

#define UART(offset) (*(volatile uint32_t *)(0x40004000u + (offset)))
#define UART_DATA UART(0)
#define UART_STATE UART(4)
#define UART_CONTROL UART(8)
#define UART_DIVISOR UART(16)
#define UART_SENDING 1u
#define UART_RECEIVED 2u
#define UART_BOTH_WAYS 3u

int main(void);
int _close(int file);
int _fstat(int file, struct stat *st);
int _isatty(int file);
int _lseek(int file, int offset, int whence);
int _read(int file, char *to, int bytes);
int _write(int file, const char *from, int bytes);
int _fcntl(int file, int command, int argument);
int _getpid(void);
int _kill(int process, int signal);
void _exit(int status) __attribute__((noreturn));
void *_sbrk(int bytes);
ssize_t __getline(char **line, size_t *size, FILE *file);
ssize_t getline(char **line, size_t *size, FILE *file);

/* ---- the C library's system ---------------------------------------------------------------------------------- */

int _read(int file, char *to, int bytes)
{
    (void)file;
    if (bytes <= 0) {
        return 0;
    }
    while ((UART_STATE & UART_RECEIVED) == 0) {
    }
    *to = (char)UART_DATA;
    return 1;
}

int _write(int file, const char *from, int bytes)
{
    (void)file;
    for (int i = 0; i < bytes; i++) {
        while ((UART_STATE & UART_SENDING) != 0) {
        }
        UART_DATA = (uint8_t)from[i];
    }
    return bytes;
}

int _close(int file)
{
    (void)file;
    return 0;
}

int _fstat(int file, struct stat *st)
{
    (void)file;
    *st = (struct stat){.st_mode = S_IFCHR};
    return 0;
}

int _isatty(int file)
{
    (void)file;
    return 1;
}

int _lseek(int file, int offset, int whence)
{
    (void)file, (void)offset, (void)whence;
    return 0;
}

int _fcntl(int file, int command, int argument)
{
    (void)file, (void)command, (void)argument;
    return O_RDWR;
}

int _getpid(void)
{
    return 1;
}

int _kill(int process, int signal)
{
    (void)process, (void)signal;
    return -1;
}

void _exit(int status)
{
    semihosting_exit(status);
}

/* newlib has it by its other name only. */
ssize_t getline(char **line, size_t *size, FILE *file)
{
    return __getline(line, size, file);
}

void *_sbrk(int bytes)
{
    static GALE_ALIGNED(16) char heap[HEAP_BYTES];
    static int used;
    char *at = heap + used;

    if (bytes > (int)HEAP_BYTES - used) {
        errno = ENOMEM;
        return (void *)-1;
    }
    used += bytes;
    return at;
}

/* ---- the component's host: it has nothing to offer ----------------------------------------------------------- */

void gale_host_start(void *arg, const struct gale_host_call *call, const union gale_flat *params)
{
    (void)call, (void)params;
    gale_port_panic(((const struct gale_wit_import *)arg)->func->name, 0);
}

void gale_host_cancel(void *arg, const struct gale_host_call *call)
{
    (void)arg, (void)call;
}

void gale_host_drop(void *resource, uint32_t representation)
{
    (void)resource, (void)representation;
}

bool host_loop_turn(bool sleep)
{
    (void)sleep;
    return false;
}

int main(void)
{
    UART_DIVISOR = 16;
    UART_CONTROL = UART_BOTH_WAYS;
    semihosting_exit(script_serve());
}
