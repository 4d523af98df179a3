/* SPDX-License-Identifier: Apache-2.0 */
/* The same loops for a ring that is written in C++. */
#include "loops.c"
