/* SPDX-License-Identifier: MIT */
#include "model.h"
void model_run_client(struct model_world *world)
{
    (void)world;
}
