/* SPDX-License-Identifier: MIT */
/* Whole dialogues: the input decides the mails, the client's extensions, and a server that keeps the
 * rules, with PIPELINING, CHUNKING, LIMITS, LMTP and partial delivery. Each mail's outcome is compared
 * with the server's store (tests/model). */
#include "fuzz.h"

#include "model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct model_world *world;

    if (size < 2)
        return 0;
    world = calloc(1, sizeof *world);
    FUZZ_CHECK(world != NULL);
    model_input(data + 1, size - 1);
    model_run(world, data[0], data[0] & 1);
    model_input(NULL, 0);
    if (world->fault[0] != '\0') {
        model_dump(world);
        (void)fprintf(stderr, "%s\n", world->fault);
    }
    FUZZ_CHECK(world->fault[0] == '\0');
    model_world_free(world);
    free(world);
    return 0;
}
