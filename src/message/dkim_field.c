/* SPDX-License-Identifier: MIT */
/* The DKIM-Signature field (RFC 6376 section 3.5). Invariant: the field is the same each time that it is
 * written, except for the signature at its end. */
#include "dkim.h"

#include <string.h>

#define DKIM_TEXT_COLUMNS 72

const char postino_dkim_names[DKIM_NAMES][26] = {"from",
                                                 "sender",
                                                 "reply-to",
                                                 "to",
                                                 "cc",
                                                 "subject",
                                                 "date",
                                                 "message-id",
                                                 "in-reply-to",
                                                 "references",
                                                 "mime-version",
                                                 "content-type",
                                                 "content-transfer-encoding",
                                                 "list-unsubscribe",
                                                 "list-unsubscribe-post"};

static void field_number(struct postino_writer *writer, uint32_t number)
{
    uint32_t unit = 1;

    while (number / unit >= 10)
        unit *= 10;
    for (; unit != 0; unit /= 10)
        postino_write(writer, '0' + (unsigned)(number / unit % 10));
}

static void field_base64(struct postino_writer *writer, const uint8_t *data, size_t length)
{
    size_t at;

    for (at = 0; at < length; at += 3) {
        if (writer->column >= DKIM_TEXT_COLUMNS)
            postino_write_text(writer, "\r\n ");
        postino_write_base64(writer, data + at, length - at < 3 ? length - at : 3);
    }
}

/* Writes a tag whose value is a name in the DNS. */
static void field_label(struct postino_writer *writer, const char *tag, const char *value)
{
    const char *at;

    postino_write_text(writer, tag);
    for (at = value; *at != '\0'; at++)
        if (!postino_is_alphanumeric((unsigned char)*at) && !postino_is_special(*at, "-._"))
            postino_write_fail(writer, POSTINO_ERROR_FIELD_VALUE);
    postino_write_text(writer, value);
    postino_write(writer, ';');
}

void postino_dkim_write(const struct postino_dkim *dkim, struct postino_writer *writer)
{
    unsigned i;

    postino_write_text(writer, " v=1; a=");
    postino_write_text(writer, dkim->crypto->algorithm);
    postino_write_text(writer, "; c=relaxed/relaxed;");
    field_label(writer, "\r\n d=", dkim->domain);
    field_label(writer, "\r\n s=", dkim->selector);
    if (dkim->signed_s != 0) {
        postino_write_text(writer, "\r\n t=");
        field_number(writer, dkim->signed_s);
        postino_write(writer, ';');
        if (dkim->lifetime_s != 0) {
            postino_write_text(writer, " x=");
            field_number(writer, dkim->signed_s + dkim->lifetime_s);
            postino_write(writer, ';');
        }
    }
    postino_write_text(writer, "\r\n h=");
    for (i = 0; i < dkim->order_count; i++) {
        const char *name = postino_dkim_names[dkim->order[i]];

        if (writer->column + strlen(name) > DKIM_TEXT_COLUMNS)
            postino_write_text(writer, "\r\n ");
        postino_write_text(writer, name);
        postino_write(writer, ':');
    }
    /* From is named twice, so that a second From breaks the signature (RFC 6376 section 8.15). */
    postino_write_text(writer, "from;\r\n bh=");
    field_base64(writer, dkim->body_hash, sizeof dkim->body_hash);
    postino_write_text(writer, ";\r\n b=");
    field_base64(writer, dkim->signature, dkim->signature_octets);
}

void postino_dkim_whole(const struct postino_dkim *dkim, struct postino_writer *writer)
{
    postino_write_text(writer, "DKIM-Signature:");
    postino_dkim_write(dkim, writer);
    postino_write_text(writer, "\r\n");
}
