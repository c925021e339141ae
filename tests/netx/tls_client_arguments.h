/* SPDX-License-Identifier: MIT */
#ifndef TLS_CLIENT_ARGUMENTS_H
#define TLS_CLIENT_ARGUMENTS_H

/* The arguments of tls_client, NAME=VALUE each, and the files in DER that they name. */
#include "nx_api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DER_MAX 4096

struct der {
    UCHAR octets[DER_MAX];
    size_t length;
};

static int argument_count;
static char **arguments;

static const char *argument(const char *name, const char *otherwise)
{
    size_t length = strlen(name);
    int i;

    for (i = 1; i < argument_count; i++) {
        if (strncmp(arguments[i], name, length) == 0 && arguments[i][length] == '=')
            return arguments[i] + length + 1;
    }
    return otherwise;
}

static ULONG number(const char *name, const char *otherwise)
{
    return (ULONG)strtoul(argument(name, otherwise), NULL, 0);
}

/* A string that the API takes as CHAR *. */
static CHAR *text(const char *name, const char *otherwise)
{
    return (CHAR *)(ALIGN_TYPE)argument(name, otherwise);
}

static VOID read_der(const char *name, struct der *der)
{
    FILE *file = fopen(argument(name, ""), "rb");

    if (file == NULL)
        return;
    der->length = fread(der->octets, 1, sizeof der->octets, file);
    (void)fclose(file);
}

#endif
