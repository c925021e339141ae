/* SPDX-License-Identifier: MIT */
/* Whole dialogues: mails, what the client understands, and a server that knows the rules, all as the input
 * decides; over PIPELINING, CHUNKING, LIMITS, LMTP and in partial deliveries. What the client says of each
 * mail is compared with what the server saw (tests/model). */
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
