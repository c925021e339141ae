/* SPDX-License-Identifier: MIT */
/* Messages that may need everything: in a file of its own, so that who names the features links no more. */
#include "compose.h"

const struct postino_message_features postino_message_features_all = {
    postino_message_words,  postino_message_parameter, postino_message_date,        postino_message_field,
    postino_message_quoted, postino_message_address,   postino_message_identifiers, postino_message_type};

void postino_message_init(struct postino_message *message, struct postino_part *body, void *buffer,
                          size_t buffer_octets)
{
    postino_message_init_with(message, &postino_message_features_all, body, buffer, buffer_octets);
}
