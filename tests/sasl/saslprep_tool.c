/* SPDX-License-Identifier: MIT */
/* Reads a string in hexadecimal digits from each line of standard input. Writes its prepared forms as a
 * user and as a password, in hexadecimal digits; or "!" and the fault with its place. */
#include <stdio.h>
#include <string.h>

#include "postino/saslprep_idn.h"

#define TEXT_OCTETS 400

static int read_text(char *text, const char *line)
{
    size_t at = 0;
    unsigned octet;

    while (sscanf(line + 2 * at, "%2x", &octet) == 1) {
        if (at == TEXT_OCTETS - 1)
            return -1;
        text[at++] = (char)octet;
    }
    text[at] = '\0';
    return 0;
}

static void print_prepared(const char *text, int is_password)
{
    static char buffer[12 * TEXT_OCTETS];
    struct postino_credentials credentials = {0};
    struct postino_saslprep_report report;
    const char *out;

    *(is_password ? &credentials.password : &credentials.user) = text;
    if (postino_saslprep_idn_credentials(&credentials, buffer, sizeof buffer, &report) != 0) {
        printf("!%u@%u", report.fault, (unsigned)report.octet);
        return;
    }
    for (out = buffer; *out != '\0'; out++)
        printf("%02x", (unsigned)(uint8_t)*out);
}

int main(void)
{
    static char line[2 * TEXT_OCTETS + 2];
    static char text[TEXT_OCTETS];

    while (fgets(line, sizeof line, stdin) != NULL) {
        if (read_text(text, line) != 0)
            return 1;
        print_prepared(text, 0);
        printf(" ");
        print_prepared(text, 1);
        printf("\n");
    }
    return 0;
}
