/* SPDX-License-Identifier: MIT */
/* The domains of a mail's recipients. */
#include "internal.h"

static struct postino_span domain_of(const struct postino_recipient *recipient)
{
    const char *path = recipient->path.data;
    struct postino_span domain = {path, 0};
    size_t i = recipient->path.length_octets;

    /* The last at-sign: a quoted local part may hold others. */
    while (i != 0 && path[i - 1] != '@')
        i--;
    domain.data = path + i;
    domain.length_octets = i != 0 ? recipient->path.length_octets - i : 0;
    return domain;
}

static unsigned domain_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)c + 32u : (unsigned char)c;
}

static int domain_same(const struct postino_recipient *one, const struct postino_recipient *other)
{
    struct postino_span a = domain_of(one);
    struct postino_span b = domain_of(other);
    size_t i;

    if (a.length_octets != b.length_octets)
        return 0;
    for (i = 0; i < a.length_octets; i++) {
        if (domain_lower(((const char *)a.data)[i]) != domain_lower(((const char *)b.data)[i]))
            return 0;
    }
    return 1;
}

unsigned postino_domain_is_new(const struct postino_mail *mail, const struct postino_recipient *recipient,
                               int asked)
{
    const struct postino_recipient *other;

    for (other = mail->recipients; other != recipient; other = other->next) {
        if ((!asked || (other->state != RECIPIENT_WAITING && other->outcome == POSTINO_OUTCOME_PENDING)) &&
            domain_same(other, recipient))
            return 0;
    }
    return 1;
}
