/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the samples as files, seeds for the fuzzer: write_samples DIR */
#include <stdio.h>

#include "assemble.h"
#include "samples.h"

static int write_sample(const char *folder, const struct sample *sample)
{
    static uint8_t bytes[ASSEMBLE_MAX];
    char path[4096];
    uint32_t size = assemble(sample->text, bytes);
    (void)snprintf(path, sizeof path, "%s/%s.wasm", folder, sample->name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        perror(path);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    int failed = argc != 2;
    for (unsigned i = 0; i < sample_count && !failed; i++) {
        failed = write_sample(argv[1], &samples[i]);
    }
    return failed;
}
