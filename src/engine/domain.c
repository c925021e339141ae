/* SPDX-License-Identifier: MIT */
/* The domains of a mail's recipients. Invariant: once the domains are known, each recipient's `domain` is
 * the first recipient with the same domain. */
#include "mails.h"

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

static int domain_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)c + 32 : (unsigned char)c;
}

/* Compares in an order that keeps equal domains together. Returns less than 0, 0 or more, as memcmp(). */
static int domain_compare(const struct postino_recipient *one, const struct postino_recipient *other)
{
    struct postino_span a = domain_of(one);
    struct postino_span b = domain_of(other);
    size_t i;

    if (a.length_octets != b.length_octets)
        return a.length_octets < b.length_octets ? -1 : 1;
    for (i = 0; i < a.length_octets; i++) {
        int order = domain_lower(((const char *)a.data)[i]) - domain_lower(((const char *)b.data)[i]);

        if (order != 0)
            return order;
    }
    return 0;
}

/* Merges two lists in order, linked by `domain`. Of equals those of the first list come first. */
static struct postino_recipient *domain_merge(struct postino_recipient *one, struct postino_recipient *other)
{
    struct postino_recipient *first = NULL;
    struct postino_recipient **link = &first;

    while (one != NULL && other != NULL) {
        struct postino_recipient **smaller = domain_compare(one, other) <= 0 ? &one : &other;

        *link = *smaller;
        link = &(*smaller)->domain;
        *smaller = *link;
    }
    *link = one != NULL ? one : other;
    return first;
}

/* Links the recipients by `domain`, in the order of their domains. Returns the first. */
static struct postino_recipient *domain_sort(struct postino_recipient *recipient)
{
    /* Each list is empty, or has 2 to the power of its index recipients. */
    struct postino_recipient *lists[8 * sizeof(size_t)] = {NULL};
    struct postino_recipient *all = NULL;
    size_t i;

    for (; recipient != NULL; recipient = recipient->next) {
        struct postino_recipient *list = recipient;

        list->domain = NULL;
        for (i = 0; lists[i] != NULL; i++) {
            list = domain_merge(lists[i], list);
            lists[i] = NULL;
        }
        lists[i] = list;
    }
    for (i = 0; i < sizeof lists / sizeof lists[0]; i++)
        all = domain_merge(lists[i], all);
    return all;
}

size_t postino_domains(struct postino_mail *mail)
{
    struct postino_recipient *recipient = domain_sort(mail->recipients);
    size_t domains = 0;

    while (recipient != NULL) {
        struct postino_recipient *first = recipient;

        domains++;
        do {
            struct postino_recipient *next = recipient->domain;

            recipient->domain = first;
            recipient = next;
        } while (recipient != NULL && domain_compare(first, recipient) == 0);
    }
    return domains;
}
