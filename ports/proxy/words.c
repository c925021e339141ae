/* SPDX-License-Identifier: MIT */
/* Requests in pieces, texts about failures, and addresses. Invariants: no octet is written behind the room,
 * and proxy->text ends with a zero. */
#include "proxy.h"

#include <string.h>

void proxy_write_octet(struct proxy_writer *writer, unsigned octet)
{
    writer->total++;
    if (writer->skip != 0)
        writer->skip--;
    else if (writer->taken < writer->room)
        writer->to[writer->taken++] = (uint8_t)octet;
}

void proxy_write(struct proxy_writer *writer, const void *data, size_t length_octets)
{
    const uint8_t *octets = data;

    while (length_octets-- != 0)
        proxy_write_octet(writer, *octets++);
}

void proxy_write_text(struct proxy_writer *writer, const char *text)
{
    proxy_write(writer, text, strlen(text));
}

void proxy_text_octet(struct postino_proxy *proxy, unsigned octet)
{
    if (proxy->text_octets + 1 == sizeof proxy->text)
        return;
    proxy->text[proxy->text_octets++] = octet >= ' ' && octet <= '~' ? (char)octet : '?';
    proxy->text[proxy->text_octets] = '\0';
}

void proxy_text(struct postino_proxy *proxy, const char *text)
{
    while (*text != '\0')
        proxy_text_octet(proxy, (unsigned char)*text++);
}

void proxy_text_number(struct postino_proxy *proxy, unsigned number)
{
    char digits[PROXY_NUMBER_OCTETS];

    proxy_number(digits, number);
    proxy_text(proxy, digits);
}

void proxy_text_begin(struct postino_proxy *proxy)
{
    static const char *const steps[] = {
        [PROXY_STEP_CONNECTION] = "connection",
        [PROXY_STEP_METHODS] = "choice of login",
        [PROXY_STEP_LOGIN] = "login",
        [PROXY_STEP_CONNECT] = "CONNECT",
    };

    proxy->text_octets = 0;
    proxy_text(proxy, proxy->config->protocol->name);
    proxy_text(proxy, " proxy, ");
    proxy_text(proxy, steps[proxy->step]);
    proxy_text(proxy, ": ");
}

int proxy_fail(struct postino_proxy *proxy, int error, const char *text)
{
    proxy_text_begin(proxy);
    proxy_text(proxy, text);
    return error;
}

void proxy_number(char to[PROXY_NUMBER_OCTETS], unsigned number)
{
    unsigned power = 10000;

    while (power > 1 && number / power == 0)
        power /= 10;
    for (; power != 0; power /= 10)
        *to++ = (char)('0' + number / power % 10);
    *to = '\0';
}

int proxy_ipv4(const char *text, uint8_t address[4])
{
    unsigned i;

    for (i = 0; i < 4; i++) {
        unsigned number = 0;
        unsigned digits = 0;

        for (; (unsigned)(*text - '0') < 10 && digits < 3; digits++)
            number = number * 10 + (unsigned)(*text++ - '0');
        /* A zero in front would mean octal numbers to some. */
        if (digits == 0 || number > 255 || (digits > 1 && text[-(int)digits] == '0'))
            return 0;
        address[i] = (uint8_t)number;
        if (*text++ != (i < 3 ? '.' : '\0'))
            return 0;
    }
    return 1;
}

static unsigned words_hex(unsigned digit)
{
    if (digit - '0' < 10)
        return digit - '0';
    return (digit | 32) - 'a' < 6 ? (digit | 32) - 'a' + 10 : 16;
}

/* Reads one to four hexadecimal digits. Returns how many there are. */
static unsigned words_group(const char *text, unsigned *group)
{
    unsigned digits = 0;

    for (*group = 0; digits < 4 && words_hex((unsigned char)text[digits]) < 16; digits++)
        *group = *group * 16 + words_hex((unsigned char)text[digits]);
    return digits;
}

/* RFC 4291 section 2.2: groups, "::" once for groups of zeros, and an IPv4 address for the last two. */
int proxy_ipv6(const char *text, uint8_t address[16])
{
    unsigned length = 0;
    unsigned gap = 17; /* where "::" stands; 17: nowhere */

    if (text[0] == ':' && text[1] == ':') {
        gap = 0;
        text += 2;
    }
    while (*text != '\0') {
        unsigned group;
        unsigned digits = words_group(text, &group);

        if (text[digits] == '.' && length <= 12 && proxy_ipv4(text, address + length)) {
            length += 4;
            break;
        }
        if (digits == 0 || length == 16)
            return 0;
        address[length++] = (uint8_t)(group >> 8);
        address[length++] = (uint8_t)(group & 0xff);
        text += digits;
        if (*text == '\0')
            break;
        if (*text++ != ':' || (*text == '\0'))
            return 0;
        if (*text == ':') {
            if (gap != 17)
                return 0;
            gap = length;
            text++;
        }
    }
    if (gap == 17)
        return length == 16;
    if (length == 16)
        return 0;
    memmove(address + 16 - (length - gap), address + gap, length - gap);
    memset(address + gap, 0, 16 - length);
    return 1;
}
