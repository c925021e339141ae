/* SPDX-License-Identifier: MIT */
/* Addresses of any octets: an address that is accepted must be fit for the wire. */
#include "fuzz.h"

#include "postino/address.h"

static void check_path(const char *address)
{
    struct postino_span path = {NULL, 0};
    int status = postino_address_path(address, &path);
    const unsigned char *text;
    int high = 0;
    int quoted = 0;
    size_t at = 0;
    size_t i;

    FUZZ_CHECK(status >= -1 && status <= 1);
    if (status < 0) {
        return;
    }
    text = path.data;
    FUZZ_CHECK(path.length_octets <= 498 && path.length_octets <= strlen(address));
    FUZZ_CHECK((const char *)path.data >= address &&
               (const char *)path.data + path.length_octets <= address + strlen(address));
    for (i = 0; i < path.length_octets; i++) {
        FUZZ_CHECK(text[i] >= ' ' && text[i] != 0x7F);
        high |= text[i] > 127;
        if (quoted && text[i] == '\\') {
            i++;
            FUZZ_CHECK(i < path.length_octets && text[i] >= ' ' && text[i] != 0x7F);
            high |= text[i] > 127;
        } else if (text[i] == '"') {
            quoted = !quoted;
        } else if (!quoted) {
            FUZZ_CHECK(text[i] != ' ' && text[i] != '<' && text[i] != '>');
            at += text[i] == '@';
        }
    }
    FUZZ_CHECK(!quoted && at <= 1 && high == (status == 1));
}

static void check_domain(const char *domain)
{
    size_t i;

    if (postino_address_domain(domain) != 0) {
        return;
    }
    FUZZ_CHECK(domain[0] != '\0' && strlen(domain) <= 255);
    for (i = 0; domain[i] != '\0'; i++) {
        FUZZ_CHECK(domain[i] > ' ' && domain[i] < 0x7F && domain[i] != '<' && domain[i] != '>');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text;

    /* The first two octets say how to run it to other targets, and nothing to this one. */
    if (size < 2) {
        return 0;
    }
    text = malloc(size - 1);
    FUZZ_CHECK(text != NULL);
    memcpy(text, data + 2, size - 2);
    text[size - 2] = '\0';
    check_path(text);
    check_domain(text);
    free(text);
    return 0;
}
