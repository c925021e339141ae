/* SPDX-License-Identifier: MIT */
/* Domains in A-labels, on Linux. */
#include <string.h>

#include <idn2.h>

#include "postino/error.h"
#include "postino/idn2.h"

int postino_idn2_address(const char *address, char *out, size_t capacity)
{
    const char *at = strrchr(address, '@');
    size_t head = at != NULL ? (size_t)(at - address) + 1 : strlen(address);
    const char *domain = address + head;
    uint8_t *labels = NULL;
    size_t length;
    size_t i;
    int ascii = 1;

    for (i = 0; domain[i] != '\0'; i++)
        ascii &= (unsigned char)domain[i] < 128;
    if (!ascii &&
        idn2_lookup_u8((const uint8_t *)domain, &labels, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
        return POSTINO_ERROR_ADDRESS;
    if (!ascii)
        domain = (const char *)labels;
    length = strlen(domain);
    if (head + length + 1 <= capacity) {
        memcpy(out, address, head);
        memcpy(out + head, domain, length + 1);
    } else {
        head = SIZE_MAX;
    }
    idn2_free(labels);
    return head == SIZE_MAX ? POSTINO_ERROR_CAPACITY : POSTINO_OK;
}
