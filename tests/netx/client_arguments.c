/* SPDX-License-Identifier: MIT */
/* Reads the arguments of a test client. */
#include "client_arguments.h"

static int argument_count;
static char **arguments;

void arguments_set(int count, char **values)
{
    argument_count = count;
    arguments = values;
}

const char *argument(const char *name, const char *otherwise)
{
    size_t length = strlen(name);
    int i;

    for (i = 1; i < argument_count; i++) {
        if (strncmp(arguments[i], name, length) == 0 && arguments[i][length] == '=')
            return arguments[i] + length + 1;
    }
    return otherwise;
}

ULONG number(const char *name, const char *otherwise)
{
    return (ULONG)strtoul(argument(name, otherwise), NULL, 0);
}

CHAR *text(const char *name, const char *otherwise)
{
    return (CHAR *)(ALIGN_TYPE)argument(name, otherwise);
}

VOID read_der(const char *name, struct der *der)
{
    FILE *file = fopen(argument(name, ""), "rb");

    if (file == NULL)
        return;
    der->length = fread(der->octets, 1, sizeof der->octets, file);
    (void)fclose(file);
}
