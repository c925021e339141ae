/* SPDX-License-Identifier: MIT */
/* Composes the messages that its standard input describes and writes them to its standard output: the other
 * end of corpus.py. Each message is composed several times, with other buffers, other pieces of the parts and
 * other pieces taken. The tool checks that all results are the same, and as long as was said.
 *
 * Input: records of a tag, a length (32 bits, little endian) and as many octets, see tool_take(). Output for
 * each 'G': the error, the flags, the size that was said (-1: unknown) and the length, each as 32 bits, then
 * the message. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "postino/extension.h"
#include "postino/message.h"

#define TOOL_MAX    64
#define TOOL_OCTETS 4194304u

/* Gives its octets in pieces; in memory or not, as is asked. */
struct piece_source {
    struct postino_source source;
    const uint8_t *data;
    size_t length;
    size_t at;
};

static size_t piece_octets;
static unsigned piece_flags;

static int piece_begin(struct postino_source *source, uint32_t capabilities, struct postino_source_info *info)
{
    struct piece_source *self = (struct piece_source *)source;

    (void)capabilities;
    self->at = 0;
    info->size_octets = (piece_flags & POSTINO_SOURCE_BINARY) != 0 ? self->length : POSTINO_SIZE_UNKNOWN;
    info->flags = (uint8_t)piece_flags;
    return 0;
}

static enum postino_source_status piece_span(struct postino_source *source, const uint8_t **data,
                                             size_t *length)
{
    struct piece_source *self = (struct piece_source *)source;

    *data = self->data + self->at;
    *length = self->length - self->at < piece_octets ? self->length - self->at : piece_octets;
    return *length != 0 ? POSTINO_SOURCE_DATA : POSTINO_SOURCE_END;
}

static void piece_consume(struct postino_source *source, size_t length)
{
    ((struct piece_source *)source)->at += length;
}

static const struct postino_source_class piece_class = {piece_begin, piece_span, piece_consume, NULL, NULL};

static struct postino_message message;
static struct postino_mailbox mailboxes[TOOL_MAX];
static const struct postino_mailbox **mailbox_ends[6];
static struct postino_header headers[TOOL_MAX];
static struct postino_part parts[TOOL_MAX];
static struct piece_source sources[TOOL_MAX];
static void *texts[8 * TOOL_MAX];
static size_t mailbox_count, header_count, part_count, text_count;
static struct postino_part *open_part;
static uint8_t buffer[4096];

static void tool_fail(const char *what)
{
    (void)fprintf(stderr, "compose_tool: %s\n", what);
    exit(1);
}

static void tool_start(void)
{
    unsigned i;

    while (text_count != 0)
        free(texts[--text_count]);
    postino_message_init(&message, NULL, buffer, sizeof buffer);
    mailbox_ends[0] = &message.from;
    mailbox_ends[1] = &message.sender;
    mailbox_ends[2] = &message.reply_to;
    mailbox_ends[3] = &message.to;
    mailbox_ends[4] = &message.cc;
    mailbox_ends[5] = &message.bcc;
    mailbox_count = header_count = part_count = 0;
    for (i = 0; i < TOOL_MAX; i++)
        headers[i].next = NULL;
    open_part = NULL;
}

/* The string behind the one at `text`. */
static char *tool_after(char *text)
{
    return text + strlen(text) + 1;
}

static struct postino_part *tool_part(char *content, const char *end)
{
    if (part_count == TOOL_MAX)
        tool_fail("too many parts");
    sources[part_count].source.methods = &piece_class;
    sources[part_count].data = (const uint8_t *)content;
    sources[part_count].length = content != NULL ? (size_t)(end - content) : 0;
    return &parts[part_count++];
}

static void tool_add(struct postino_part *part)
{
    if (open_part == NULL)
        message.body = part;
    else if (postino_part_add(open_part, part) != 0)
        tool_fail("postino_part_add");
}

static void tool_mailbox(char *text)
{
    struct postino_mailbox *mailbox = &mailboxes[mailbox_count++];
    unsigned list = (unsigned)(text[0] - '0');

    mailbox->name = text[1] != '\0' ? text + 1 : NULL;
    mailbox->address = tool_after(text + 1);
    mailbox->next = NULL;
    *mailbox_ends[list] = mailbox;
    mailbox_ends[list] = &mailbox->next;
}

static void tool_header(char *text)
{
    headers[header_count].kind = (uint8_t)(text[0] - '0');
    headers[header_count].name = text + 1;
    headers[header_count].value = tool_after(text + 1);
    if (header_count == 0)
        message.headers = headers;
    else
        headers[header_count - 1].next = &headers[header_count];
    header_count++;
}

static void tool_attachment(char *text, const char *end)
{
    char *name = tool_after(text + 1);
    char *id = tool_after(name);
    char *content = tool_after(id);
    struct postino_part *part = tool_part(content, end);

    (text[0] == 'b' || text[0] == 'm' ? postino_part_binary_init : postino_part_attachment_init)(
        part, &sources[part_count - 1].source, text[1] != '\0' ? text + 1 : NULL,
        *name != '\0' ? name : NULL);
    if (text[0] == 'n' || text[0] == 'm')
        postino_part_name_parameter(part);
    if (*id != '\0') {
        part->content_id = id;
        part->disposition = "inline";
    }
    tool_add(part);
}

/* Composes the message into `out`. Returns its length. */
static size_t tool_compose(uint32_t capabilities, size_t take, uint8_t *out, struct postino_source_info *info)
{
    struct postino_source *source = &message.source;
    enum postino_source_status status;
    const uint8_t *data;
    size_t length;
    size_t total = 0;

    if (source->methods->begin(source, capabilities, info) != 0)
        return 0;
    while ((status = source->methods->span(source, &data, &length)) == POSTINO_SOURCE_DATA) {
        if (length == 0 || total + length > TOOL_OCTETS)
            tool_fail("a span of no octets, or too many");
        if (length > take)
            length = take;
        memcpy(out + total, data, length);
        total += length;
        source->methods->consume(source, length);
    }
    if (status != POSTINO_SOURCE_END)
        tool_fail("the message does not end");
    if (info->size_octets != POSTINO_SIZE_UNKNOWN && info->size_octets != total)
        tool_fail("another size than was said");
    return total;
}

static void tool_number(uint32_t number)
{
    uint8_t octets[4];

    octets[0] = (uint8_t)number;
    octets[1] = (uint8_t)(number >> 8);
    octets[2] = (uint8_t)(number >> 16);
    octets[3] = (uint8_t)(number >> 24);
    (void)fwrite(octets, 1, 4, stdout);
}

static void tool_go(uint32_t capabilities, unsigned in_memory)
{
    static const size_t buffers[] = {4096, 160, 161, 163, 936, 1000};
    static const size_t takes[] = {SIZE_MAX, 1, 7, SIZE_MAX, 100, 3};
    static const size_t pieces[] = {SIZE_MAX, 1, 2, 3, 57, 1000};
    static uint8_t first[TOOL_OCTETS];
    static uint8_t again[TOOL_OCTETS];
    struct postino_source_info info = {0, 0};
    struct postino_source_info other = {0, 0};
    size_t length = 0;
    size_t i;

    piece_flags = POSTINO_SOURCE_REWINDS | (in_memory == 1 ? POSTINO_SOURCE_IN_MEMORY : 0u) |
                  (in_memory == 2 ? POSTINO_SOURCE_BINARY : 0u);
    for (i = 0; i < sizeof takes / sizeof takes[0]; i++) {
        size_t got;

        message.buffer_octets = buffers[i];
        piece_octets = pieces[i];
        got = tool_compose(capabilities, takes[i], i == 0 ? first : again, i == 0 ? &info : &other);
        if (i == 0)
            length = got;
        else if (got != length || memcmp(first, again, length) != 0 || info.flags != other.flags ||
                 info.size_octets != other.size_octets)
            tool_fail("composed otherwise in other pieces");
    }
    tool_number((uint32_t)(int32_t)message.error);
    tool_number(info.flags);
    tool_number(info.size_octets == POSTINO_SIZE_UNKNOWN ? UINT32_MAX : (uint32_t)info.size_octets);
    tool_number((uint32_t)length);
    (void)fwrite(first, 1, length, stdout);
    tool_start();
}

static void tool_take(int tag, char *text, size_t length)
{
    struct postino_part *part;
    uint32_t capabilities;

    switch (tag) {
    case 'M': /* list, name, address */
        tool_mailbox(text);
        break;
    case 'H': /* kind, name, value */
        tool_header(text);
        break;
    case 's':
        message.subject = text;
        break;
    case 'i':
        message.message_id = text;
        break;
    case 'r':
        message.in_reply_to = text;
        break;
    case 'e':
        message.references = text;
        break;
    case 'd': /* seconds zone */
        message.date_s = (uint32_t)strtoul(text, &text, 10);
        message.zone_minutes = (int16_t)strtol(text, NULL, 10);
        break;
    case 'n':
        message.random = (const uint8_t *)text;
        break;
    case 't': /* type, text */
        part = tool_part(tool_after(text), text + length);
        postino_part_text_init(part, &sources[part_count - 1].source, text);
        tool_add(part);
        break;
    case 'c': /* method, text */
        part = tool_part(tool_after(text), text + length);
        postino_part_calendar_init(part, &sources[part_count - 1].source, text);
        tool_add(part);
        break;
    case 'a': /* 'b' for binary, 'n' for a name in the type, 'm' for both; type, name, content id, octets */
        tool_attachment(text, text + length);
        break;
    case 'w':
        part = tool_part(text, text + length);
        postino_part_message_init(part, &sources[part_count - 1].source);
        tool_add(part);
        break;
    case '(':
        part = tool_part(NULL, NULL);
        if (strcmp(text, "multipart/related") == 0)
            postino_part_related_init(part);
        else
            postino_part_multipart_init(part, text);
        tool_add(part);
        open_part = part;
        break;
    case ')':
        open_part = open_part->parent;
        break;
    case 'G': /* capabilities, in memory */
        capabilities = (uint32_t)strtoul(text, &text, 10);
        tool_go(capabilities, (unsigned)strtoul(text, NULL, 10));
        break;
    default:
        tool_fail("unknown tag");
    }
}

int main(void)
{
    uint8_t head[5];

    tool_start();
    while (fread(head, 1, 5, stdin) == 5) {
        size_t length = head[1] | (size_t)head[2] << 8 | (size_t)head[3] << 16 | (size_t)head[4] << 24;
        char *text = malloc(length + 1);

        if (text == NULL || fread(text, 1, length, stdin) != length || text_count == 8 * TOOL_MAX)
            tool_fail("input");
        text[length] = '\0';
        texts[text_count++] = text;
        tool_take(head[0], text, length);
    }
    tool_start();
    return 0;
}
