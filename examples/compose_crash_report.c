/* SPDX-License-Identifier: MIT */
/* Composes a crash report with a core of 5 MB and writes it to the standard output. The core is read piece
 * by piece from its place, as from a flash memory. The message needs its objects and one buffer of 936
 * octets. Its size is known before it is sent, so a server can refuse it at once. */
#include <stdio.h>
#include <time.h>

#include "postino/message.h"

#define CORE_OCTETS 5000000u
#define CORE_SECTOR 4096u

/* Stands for a flash memory and its driver. */
struct crash_core {
    size_t offset;
    uint8_t sector[CORE_SECTOR];
};

static int crash_core_begin(void *context)
{
    ((struct crash_core *)context)->offset = 0;
    return 0;
}

static enum postino_source_status crash_core_read(void *context, const uint8_t **data, size_t *length_octets)
{
    struct crash_core *core = context;
    size_t length = CORE_OCTETS - core->offset < CORE_SECTOR ? CORE_OCTETS - core->offset : CORE_SECTOR;
    size_t i;

    if (length == 0)
        return POSTINO_SOURCE_END;
    for (i = 0; i < length; i++)
        core->sector[i] = (uint8_t)((core->offset + i) * 2654435761u >> 16);
    core->offset += length;
    *data = core->sector;
    *length_octets = length;
    return POSTINO_SOURCE_DATA;
}

int main(void)
{
    static const char text[] = "Firmware 4.2.1 stopped at 0x08003f10 (watchdog).\nThe core is attached.\n";
    static const struct postino_mailbox from = {"Pump 7", "pump7@example.org", NULL};
    static const struct postino_mailbox to = {"Firmware", "firmware@example.org", NULL};
    static struct crash_core core;
    static uint8_t buffer[POSTINO_MESSAGE_BUFFER_FAST];
    struct postino_memory_source text_source;
    struct postino_callback_source core_source;
    struct postino_part note, dump, both;
    struct postino_message message;
    struct postino_source *source = &message.source;
    size_t size_octets;
    const uint8_t *data;
    size_t length;

    postino_memory_source_init(&text_source, text, sizeof text - 1);
    postino_callback_source_init(&core_source, crash_core_begin, crash_core_read, &core, CORE_OCTETS,
                                 POSTINO_SOURCE_BINARY);
    postino_part_text_init(&note, &text_source.source, "text/plain; charset=utf-8");
    postino_part_attachment_init(&dump, &core_source.source, NULL, "core-4.2.1.bin");
    postino_part_multipart_init(&both, "multipart/mixed");
    if (postino_part_add(&both, &note) != 0 || postino_part_add(&both, &dump) != 0)
        return 2;
    postino_message_init(&message, &both, buffer, sizeof buffer);
    message.from = &from;
    message.to = &to;
    message.subject = "Crash of pump 7";
    message.date_s = (uint32_t)time(NULL);
    if (postino_message_check(&message, 0, &size_octets) != 0)
        return 1;
    (void)fprintf(stderr, "%lu octets\n", (unsigned long)size_octets);
    while (source->methods->span(source, &data, &length) == POSTINO_SOURCE_DATA) {
        (void)fwrite(data, 1, length, stdout);
        source->methods->consume(source, length);
    }
    return 0;
}
