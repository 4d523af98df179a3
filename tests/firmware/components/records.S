/* SPDX-License-Identifier: Apache-2.0 */
/* What the sensor sends, and what the pipeline makes of it; the host's run of the same component checks the same two. */
    .section .rodata.records, "a", %progbits
    .global records, records_end, records_expected, records_expected_end
records:
    .incbin "records.txt"
records_end:
records_expected:
    .incbin "records_expected.txt"
records_expected_end:
