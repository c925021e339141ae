/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_COMPOSE_H
#define POSTINO_COMPOSE_H

/* The units that a message is composed of. */

#include "encoding.h"
#include "writer.h"

enum compose_unit {
    UNIT_FROM = 1,
    UNIT_SENDER = 2,
    UNIT_PART = 13, /* the first unit of a part */
    UNIT_TYPE = 14,
    UNIT_BODY = 19,
    UNIT_CLOSE,
    UNIT_END,
    UNIT_FAILED
};
/* Goes back to the first unit. */
void postino_compose_start(struct postino_message *message);
void postino_compose_next(struct postino_message *message);
/* Writes the message's unit, unless it is a body; notes the name of its field. */
void postino_compose_unit(struct postino_writer *writer);

#endif
