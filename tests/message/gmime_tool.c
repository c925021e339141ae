/* SPDX-License-Identifier: MIT */
/* Shows messages as GMime reads them, which mu, notmuch, Geary and Balsa show: the other end of
 * test_gmime.py.
 *
 * Input: records of a length (32 bits, little endian) and as many octets, a message. Output for each: records
 * of a tag, a length and as many octets; an 'E' ends the message.
 *
 * - 'S': the subject.
 * - 'f', 't', 'c': a mailbox of From, To or Cc, name and address with a zero between them.
 * - 'H': a further field, name and value.
 * - 'P': a part: type, file name and content identifier, each with a zero behind it, then its octets. */
#include <gmime/gmime.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void tool_fail(const char *what)
{
    (void)fprintf(stderr, "gmime_tool: %s\n", what);
    exit(1);
}

static void tool_record(int tag, const GByteArray *octets)
{
    uint8_t head[5] = {(uint8_t)tag, (uint8_t)octets->len, (uint8_t)(octets->len >> 8),
                       (uint8_t)(octets->len >> 16), (uint8_t)(octets->len >> 24)};

    (void)fwrite(head, 1, 5, stdout);
    (void)fwrite(octets->data, 1, octets->len, stdout);
}

/* Appends a text and its zero; NULL is as good as none. */
static void tool_text(GByteArray *octets, const char *text)
{
    if (text == NULL)
        text = "";
    g_byte_array_append(octets, (const guint8 *)text, (guint)strlen(text) + 1);
}

static void tool_two(int tag, const char *first, const char *second)
{
    GByteArray *octets = g_byte_array_new();

    tool_text(octets, first);
    tool_text(octets, second);
    tool_record(tag, octets);
    g_byte_array_unref(octets);
}

static void tool_mailboxes(int tag, GMimeMessage *message, GMimeAddressType type)
{
    InternetAddressList *list = g_mime_message_get_addresses(message, type);
    int i;

    for (i = 0; i < internet_address_list_length(list); i++) {
        InternetAddress *address = internet_address_list_get_address(list, i);

        if (INTERNET_ADDRESS_IS_MAILBOX(address))
            tool_two(tag, internet_address_get_name(address),
                     internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address)));
    }
}

static void tool_headers(GMimeMessage *message)
{
    GMimeHeaderList *list = g_mime_object_get_header_list(GMIME_OBJECT(message));
    int i;

    for (i = 0; i < g_mime_header_list_get_count(list); i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(list, i);

        if (strncmp(g_mime_header_get_name(header), "X-Test-", 7) == 0)
            tool_two('H', g_mime_header_get_name(header), g_mime_header_get_value(header));
    }
}

static void tool_part(GMimeObject *parent, GMimeObject *object, gpointer context)
{
    GByteArray *octets;
    GMimeStream *stream;
    GMimeDataWrapper *content;
    char *type;

    (void)parent;
    (void)context;
    if (!GMIME_IS_PART(object))
        return;
    octets = g_byte_array_new();
    type = g_mime_content_type_get_mime_type(g_mime_object_get_content_type(object));
    tool_text(octets, type);
    g_free(type);
    tool_text(octets, g_mime_part_get_filename(GMIME_PART(object)));
    tool_text(octets, g_mime_object_get_content_id(object));
    content = g_mime_part_get_content(GMIME_PART(object));
    stream = g_mime_stream_mem_new();
    if (content != NULL && g_mime_data_wrapper_write_to_stream(content, stream) < 0)
        tool_fail("a part cannot be decoded");
    {
        GByteArray *decoded = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));

        g_byte_array_append(octets, decoded->data, decoded->len);
    }
    g_object_unref(stream);
    tool_record('P', octets);
    g_byte_array_unref(octets);
}

static void tool_message(const char *text, size_t length)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(text, length);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

    if (message == NULL)
        tool_fail("no message");
    tool_two('S', g_mime_message_get_subject(message), NULL);
    tool_mailboxes('f', message, GMIME_ADDRESS_TYPE_FROM);
    tool_mailboxes('t', message, GMIME_ADDRESS_TYPE_TO);
    tool_mailboxes('c', message, GMIME_ADDRESS_TYPE_CC);
    tool_headers(message);
    g_mime_message_foreach(message, tool_part, NULL);
    (void)fwrite("E\0\0\0\0", 1, 5, stdout);
    g_object_unref(message);
    g_object_unref(parser);
    g_object_unref(stream);
}

int main(void)
{
    uint8_t head[4];

    g_mime_init();
    while (fread(head, 1, 4, stdin) == 4) {
        size_t length = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
        char *text = malloc(length + 1);

        if (text == NULL || fread(text, 1, length, stdin) != length)
            tool_fail("input");
        tool_message(text, length);
        free(text);
    }
    g_mime_shutdown();
    return 0;
}
