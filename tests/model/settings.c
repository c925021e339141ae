/* SPDX-License-Identifier: MIT */
/* Draws the client's configuration. */
#include "model.h"

static const struct postino_extension *const choice[] = {
    &postino_extension_size,       &postino_extension_8bitmime, &postino_extension_enhancedstatuscodes,
    &postino_extension_pipelining, &postino_extension_chunking, &postino_extension_binarymime,
    &postino_extension_limits,     &postino_extension_dsn,      &postino_extension_smtputf8,
};

void model_settings_draw(struct model_world *world)
{
    struct model_settings *settings = &world->settings;
    struct model_random *random = &world->random;
    int all = model_chance(random, 600);
    size_t count = 0;
    size_t i;

    settings->lmtp = model_chance(random, 250);
    settings->auth = model_chance(random, 200);
    settings->auth_if_offered = model_chance(random, 500);
    settings->mails_in_flight_max = model_draw(random, 6);
    settings->group_octets_max = model_chance(random, 300) ? (size_t)1 + model_draw(random, 3000) : 0;
    settings->octets_max = model_chance(random, 30) ? 200000 : model_chance(random, 200) ? 5000 : 300;
    settings->extensions[count++] = &postino_extension_auth;
    settings->capabilities = POSTINO_CAPABILITY_AUTH;
    for (i = 0; i < sizeof choice / sizeof *choice; i++) {
        if (all || model_chance(random, 600)) {
            settings->extensions[count++] = choice[i];
            settings->capabilities |= choice[i]->capability;
        }
    }
    settings->extensions[count] = NULL;
}
