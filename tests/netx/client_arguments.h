/* SPDX-License-Identifier: MIT */
/* The arguments of a test client, NAME=VALUE each. A name that is not given has its default. */
#ifndef CLIENT_ARGUMENTS_H
#define CLIENT_ARGUMENTS_H

#include "nx_api.h"

#define DER_MAX 4096

struct der {
    UCHAR octets[DER_MAX];
    size_t length;
};

void arguments_set(int count, char **values);
const char *argument(const char *name, const char *otherwise);
ULONG number(const char *name, const char *otherwise);
/* A string that the API takes as CHAR *. */
CHAR *text(const char *name, const char *otherwise);
/* Reads the file that the argument names. Without the argument the length stays 0. */
VOID read_der(const char *name, struct der *der);

#endif
