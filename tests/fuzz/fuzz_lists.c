/* SPDX-License-Identifier: MIT */
/* Address lists of any octets, strict or as people write them. An accepted list has addresses that the
 * envelope takes and names that can be shown. It needs the room that the header says, and parses again to
 * the same list. */
#include "fuzz.h"

#include "postino/address.h"
#include "postino/mailbox.h"

#define MAILBOXES 64

/* A name as a program may show it: UTF-8 without a control character. Characters are looked at by the octet
 * that begins them. */
static void check_name(const char *name)
{
    const uint8_t *at = (const uint8_t *)name;

    while (*at != 0) {
        unsigned length = *at < 0x80 ? 1 : *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : 4;
        unsigned i;

        FUZZ_CHECK(*at >= ' ' && *at != 127 && (*at < 0x80 || *at >= 0xc2) && *at < 0xf5);
        for (i = 1; i < length; i++)
            FUZZ_CHECK((at[i] & 0xc0) == 0x80);
        at += length;
    }
}

/* An address alone is a list of it, in strict spelling too unless dots stand where they may not. */
static void check_address(const char *address)
{
    struct postino_mailbox mailbox;
    char text[512];
    struct postino_mailbox_list list = {&mailbox, 1, text, sizeof text, 0, 0, 0, 0, 0};
    struct postino_span path;

    FUZZ_CHECK(postino_address_path(address, &path) >= 0 && path.length_octets == strlen(address));
    FUZZ_CHECK(postino_mailbox_parse(&list, address) == 0 && list.count == 1 && mailbox.name == NULL);
    FUZZ_CHECK(strcmp(mailbox.address, address) == 0);
}

/* Returns the error, or 0. */
static int check_list(const char *text, struct postino_mailbox_list *list, char *room, size_t room_octets,
                      unsigned flags)
{
    static struct postino_mailbox mailboxes[MAILBOXES];
    size_t used = 0;
    size_t i;
    int error;

    list->mailboxes = mailboxes;
    list->capacity = MAILBOXES;
    list->text = room;
    list->text_octets = room_octets;
    list->flags = flags;
    error = postino_mailbox_parse(list, text);
    FUZZ_CHECK(error == 0 || error == POSTINO_ERROR_ADDRESS || error == POSTINO_ERROR_CAPACITY);
    FUZZ_CHECK((error == 0) == (list->column == 0) && list->column <= strlen(text) + 1);
    FUZZ_CHECK(list->used_octets <= room_octets && list->count <= MAILBOXES);
    /* There is always room: only mailboxes may be too few. */
    FUZZ_CHECK(error != POSTINO_ERROR_CAPACITY || list->count == MAILBOXES);
    for (i = 0; error == 0 && i < list->count; i++) {
        const struct postino_mailbox *mailbox = &mailboxes[i];

        FUZZ_CHECK(mailbox->next == (i + 1 < list->count ? mailbox + 1 : NULL));
        if (mailbox->name != NULL) {
            FUZZ_CHECK(*mailbox->name != '\0');
            check_name(mailbox->name);
            used += strlen(mailbox->name);
        }
        check_address(mailbox->address);
        used += strlen(mailbox->address) + 1;
    }
    FUZZ_CHECK(error != 0 || used <= list->used_octets);
    return error;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct postino_mailbox_list strict, liberal;
    size_t room_octets;
    char *text, *room;

    /* The first two octets say how to run it to other targets, and nothing to this one. */
    if (size < 2)
        return 0;
    text = malloc(size - 1);
    FUZZ_CHECK(text != NULL);
    memcpy(text, data + 2, size - 2);
    text[size - 2] = '\0';
    room_octets = strlen(text) + strlen(text) / 2 + 2 * MAILBOXES;
    room = malloc(room_octets);
    FUZZ_CHECK(room != NULL);
    /* A list that is right by RFC 5322 is right in the lenient parser too, with as many mailboxes. */
    if (check_list(text, &strict, room, room_octets, POSTINO_MAILBOX_STRICT) == 0)
        FUZZ_CHECK(check_list(text, &liberal, room, room_octets, 0) == 0 && liberal.count == strict.count);
    else
        (void)check_list(text, &liberal, room, room_octets, 0);
    free(room);
    free(text);
    return 0;
}
