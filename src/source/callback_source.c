/* SPDX-License-Identifier: MIT */
/* Octets from a callback. Invariant: data and length_octets are what it lent and the session has not taken;
 * it is asked for more only when nothing is left. */
#include <string.h>

#include "postino/error.h"
#include "postino/source.h"

#include "../text/text.h"

static int callback_begin(struct postino_source *source, uint32_t capabilities,
                          struct postino_source_info *info)
{
    struct postino_callback_source *self = (struct postino_callback_source *)source;

    (void)capabilities;
    *info = self->info;
    /* What was read and not taken cannot be read again: it stays the message's begin for another
     * connection. */
    if (self->begin == NULL)
        return POSTINO_OK;
    self->length_octets = 0;
    return self->begin(self->context);
}

static enum postino_source_status callback_span(struct postino_source *source, const uint8_t **data,
                                                size_t *length_octets)
{
    struct postino_callback_source *self = (struct postino_callback_source *)source;

    if (self->length_octets == 0) {
        enum postino_source_status status = self->read(self->context, &self->data, &self->length_octets);

        if (status != POSTINO_SOURCE_DATA) {
            self->length_octets = 0;
            return status;
        }
        /* Nothing, called data, could go on for ever. */
        if (self->length_octets == 0)
            return POSTINO_SOURCE_FAIL;
    }
    *data = self->data;
    *length_octets = self->length_octets;
    return POSTINO_SOURCE_DATA;
}

static void callback_consume(struct postino_source *source, size_t length_octets)
{
    struct postino_callback_source *self = (struct postino_callback_source *)source;

    self->data += length_octets;
    self->length_octets -= length_octets;
}

void postino_callback_source_init(struct postino_callback_source *source, int (*begin)(void *context),
                                  enum postino_source_status (*read)(void *context, const uint8_t **data,
                                                                     size_t *length_octets),
                                  void *context, size_t size_octets, unsigned flags)
{
    static const struct postino_source_class callback_class = {callback_begin, callback_span,
                                                               callback_consume, NULL, NULL};

    source->source.methods = &callback_class;
    source->source.in_use = 0;
    source->begin = begin;
    source->read = read;
    source->context = context;
    source->info.size_octets = size_octets;
    source->info.flags = (uint8_t)(begin != NULL ? flags | POSTINO_SOURCE_REWINDS : flags);
    source->data = NULL;
    source->length_octets = 0;
}
