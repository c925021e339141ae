/* SPDX-License-Identifier: MIT */
/* DKIM signatures (RFC 6376, RFC 8463), relaxed/relaxed. Invariant: fields are signed in the order in which
 * they stand in the message, each name once, so a verifier hashes the same octets. Blanks and line ends that
 * may be the last ones are held back, as counts. */
#include "dkim.h"

#include <string.h>

#include "postino/extension.h"

#include "header_lines.h"
#include "../source/source.h"

/* Faults of a header that verifiers read in different ways (RFC 6376 section 3.8). */
#define DKIM_FAULTS (POSTINO_RAW_SYNTAX | POSTINO_RAW_BOM | POSTINO_RAW_EMPTY_LINE | POSTINO_RAW_MBOX)

enum dkim_state {
    DKIM_HEADER_LINES,
    DKIM_BODY,
    DKIM_TEXT,
    DKIM_INNER
};

static void dkim_flush(struct postino_dkim *dkim, unsigned which)
{
    if (dkim->lent_octets != 0 &&
        dkim->crypto->hash_add(dkim->context, which, dkim->buffer, dkim->lent_octets) < 0)
        dkim->failed = 1;
    dkim->lent_octets = 0;
}

static void dkim_hash(struct postino_dkim *dkim, unsigned which, unsigned octet)
{
    dkim->buffer[dkim->lent_octets++] = (uint8_t)octet;
    if (dkim->lent_octets == sizeof dkim->buffer)
        dkim_flush(dkim, which);
}

/* Hashes an octet of a value. RFC 6376 section 3.4.2: one blank for many, none at the ends. */
static void dkim_value(struct postino_dkim *dkim, unsigned octet)
{
    if (octet == ' ' || octet == '\t') {
        dkim->blank = dkim->line_octets != 0;
    } else {
        if (dkim->blank)
            dkim_hash(dkim, POSTINO_DKIM_HEADER, ' ');
        dkim->blank = 0;
        dkim->line_octets = 1;
        dkim_hash(dkim, POSTINO_DKIM_HEADER, octet);
    }
}

/* Ends a field: the line that follows does not continue it. */
static void dkim_field_end(struct postino_dkim *dkim)
{
    if (dkim->hashed) {
        dkim_hash(dkim, POSTINO_DKIM_HEADER, '\r');
        dkim_hash(dkim, POSTINO_DKIM_HEADER, '\n');
    }
    dkim->hashed = 0;
}

/* Hashes the name of a field if the field is signed. */
static void dkim_name(struct postino_dkim *dkim)
{
    const char *name;
    unsigned i = 0;

    while (i < DKIM_NAMES && !postino_header_is(&dkim->lines, postino_dkim_names[i]))
        i++;
    dkim->blank = 0;
    dkim->line_octets = 0;
    dkim->hashed = i < DKIM_NAMES;
    if (!dkim->hashed)
        return;
    /* Verifiers begin with the last of several equal fields (section 5.4.2); RFC 5322 section 3.6 allows
     * one. */
    if ((dkim->names >> i & 1) != 0)
        dkim->error = POSTINO_ERROR_RAW;
    else
        dkim->order[dkim->order_count++] = (uint8_t)i;
    dkim->names |= (uint32_t)1 << i;
    for (name = postino_dkim_names[i]; *name != '\0'; name++)
        dkim_hash(dkim, POSTINO_DKIM_HEADER, (unsigned char)*name);
    dkim_hash(dkim, POSTINO_DKIM_HEADER, ':');
}

static void dkim_body_begin(struct postino_dkim *dkim)
{
    dkim_field_end(dkim);
    dkim_flush(dkim, POSTINO_DKIM_HEADER);
    dkim->faults = dkim->lines.faults;
    dkim->state = DKIM_BODY;
    dkim->blank = 0;
    dkim->line_octets = 0;
}

/* Takes an octet of the header: '\n' for a line end, HEADER_END for the end of the message. */
static void dkim_header(struct postino_dkim *dkim, unsigned octet)
{
    unsigned event;

    do {
        event = postino_header_octet(&dkim->lines, octet);
        if (event == HEADER_NAME || event == HEADER_UNDECIDED || event == HEADER_NO_FIELD)
            dkim_field_end(dkim);
    } while (event == HEADER_UNDECIDED || event == HEADER_NO_FIELD);
    if (event == HEADER_NAME)
        dkim_name(dkim);
    else if (event == HEADER_TEXT && dkim->hashed)
        dkim_value(dkim, octet);
    else if (event == HEADER_ENDS || event == HEADER_ABSENT)
        dkim_body_begin(dkim);
}

/* Takes an octet of the body (RFC 6376 section 3.4.4). */
static void dkim_body(struct postino_dkim *dkim, unsigned octet)
{
    if (octet == ' ' || octet == '\t') {
        dkim->blank = 1;
    } else if (octet == '\n') {
        dkim->blank = 0;
        dkim->blank_lines++;
    } else {
        for (; dkim->blank_lines != 0; dkim->blank_lines--) {
            dkim_hash(dkim, POSTINO_DKIM_BODY, '\r');
            dkim_hash(dkim, POSTINO_DKIM_BODY, '\n');
        }
        if (dkim->blank)
            dkim_hash(dkim, POSTINO_DKIM_BODY, ' ');
        dkim->blank = 0;
        dkim->line_octets = 1;
        dkim_hash(dkim, POSTINO_DKIM_BODY, octet);
    }
}

/* Takes an octet of the message. Each line end, CR, LF or CRLF, counts as the CRLF that goes out. */
static void dkim_octet(struct postino_dkim *dkim, unsigned octet)
{
    unsigned cr = dkim->cr;

    dkim->cr = octet == '\r';
    if (cr && octet == '\n')
        return;
    if (octet == '\r')
        octet = '\n';
    dkim->total_octets += octet == '\n' ? 2 : 1;
    dkim->line_open = octet != '\n';
    if (dkim->state == DKIM_BODY)
        dkim_body(dkim, octet);
    else
        dkim_header(dkim, octet);
}

static void dkim_message_end(struct postino_dkim *dkim)
{
    if (dkim->state != DKIM_BODY) {
        dkim_header(dkim, HEADER_END);
        dkim_body_begin(dkim);
    } else if (dkim->line_octets != 0) {
        dkim_hash(dkim, POSTINO_DKIM_BODY, '\r');
        dkim_hash(dkim, POSTINO_DKIM_BODY, '\n');
    }
    dkim_flush(dkim, POSTINO_DKIM_BODY);
}

/* Hashes the field itself. It passes in pieces through the place of the signature, which is not made yet. */
static int dkim_hash_field(struct postino_dkim *dkim)
{
    static const char name[] = "dkim-signature:";
    struct postino_writer writer;
    size_t at;

    dkim->signature_octets = 0;
    dkim->blank = 0;
    dkim->line_octets = 0;
    for (at = 0; name[at] != '\0'; at++)
        dkim_hash(dkim, POSTINO_DKIM_HEADER, (unsigned char)name[at]);
    at = 0;
    do {
        size_t i;

        postino_writer_start(&writer, NULL);
        writer.out = dkim->signature;
        writer.room = sizeof dkim->signature;
        writer.total = 0 - at;
        writer.column = sizeof name - 1;
        postino_dkim_write(dkim, &writer);
        for (i = 0; i < sizeof dkim->signature && i < writer.total; i++, at++)
            if (dkim->signature[i] != '\r' && dkim->signature[i] != '\n')
                dkim_value(dkim, dkim->signature[i]);
    } while (writer.total > sizeof dkim->signature);
    dkim_flush(dkim, POSTINO_DKIM_HEADER);
    return writer.error;
}

static int dkim_read(struct postino_dkim *dkim)
{
    struct postino_source *inner = dkim->inner;
    enum postino_source_status status;
    const uint8_t *data;
    size_t length;

    dkim->names = 0;
    dkim->order_count = 0;
    dkim->lent_octets = 0;
    dkim->blank_lines = 0;
    dkim->line_octets = 0;
    dkim->total_octets = 0;
    dkim->state = DKIM_HEADER_LINES;
    dkim->hashed = 0;
    dkim->cr = 0;
    dkim->blank = 0;
    dkim->line_open = 0;
    postino_header_start(&dkim->lines);
    while ((status = inner->methods->span(inner, &data, &length)) == POSTINO_SOURCE_DATA) {
        size_t i;

        for (i = 0; i < length; i++)
            dkim_octet(dkim, data[i]);
        inner->methods->consume(inner, length);
    }
    /* The last line gets an end. */
    if (dkim->line_open)
        dkim->total_octets += 2;
    dkim_message_end(dkim);
    if ((dkim->faults & DKIM_FAULTS) != 0)
        dkim->error = POSTINO_ERROR_RAW;
    return status == POSTINO_SOURCE_END && !dkim->failed ? dkim->error : POSTINO_ERROR_SOURCE;
}

static int dkim_sign(struct postino_dkim *dkim)
{
    const struct postino_dkim_crypto *crypto = dkim->crypto;
    uint8_t hash[POSTINO_DKIM_HASH_OCTETS];
    int error;

    dkim->failed = 0;
    if (crypto->hash_start(dkim->context, POSTINO_DKIM_BODY) < 0 ||
        crypto->hash_start(dkim->context, POSTINO_DKIM_HEADER) < 0)
        return POSTINO_ERROR_SOURCE;
    error = dkim_read(dkim);
    if (error != POSTINO_OK)
        return error;
    if ((dkim->names & 1) == 0)
        return POSTINO_ERROR_FIELD_MISSING;
    if (crypto->hash_end(dkim->context, POSTINO_DKIM_BODY, dkim->body_hash) < 0)
        return POSTINO_ERROR_SOURCE;
    error = dkim_hash_field(dkim);
    if (error != POSTINO_OK)
        return error;
    if (dkim->failed || crypto->hash_end(dkim->context, POSTINO_DKIM_HEADER, hash) < 0 ||
        crypto->sign(dkim->context, hash, dkim->signature, &dkim->signature_octets) < 0)
        return POSTINO_ERROR_SOURCE;
    return POSTINO_OK;
}

static int dkim_begin(struct postino_source *source, uint32_t capabilities, struct postino_source_info *info)
{
    struct postino_dkim *dkim = (struct postino_dkim *)source;
    struct postino_source *inner = dkim->inner;
    struct postino_writer writer;

    dkim->faults = 0;
    /* Only text in lines can be signed (RFC 6376 section 5.3). */
    capabilities &= ~(uint32_t)POSTINO_CAPABILITY_BINARYMIME;
    dkim->error = (int16_t)postino_source_begin(inner, capabilities, info);
    if (dkim->error == POSTINO_OK &&
        ((info->flags & POSTINO_SOURCE_REWINDS) == 0 || (info->flags & POSTINO_SOURCE_BINARY) != 0))
        dkim->error = POSTINO_ERROR_STATE;
    if (dkim->error == POSTINO_OK)
        dkim->error = (int16_t)dkim_sign(dkim);
    if (dkim->error == POSTINO_OK && inner->methods->begin(inner, capabilities, info) < 0)
        dkim->error = POSTINO_ERROR_SOURCE;
    postino_writer_start(&writer, NULL);
    if (dkim->error == POSTINO_OK) {
        postino_dkim_whole(dkim, &writer);
        if ((info->flags & POSTINO_SOURCE_CANONICAL) == 0 || info->size_octets == POSTINO_SIZE_UNKNOWN)
            info->size_octets = dkim->total_octets;
        info->size_octets += writer.total;
    }
    dkim->state = DKIM_TEXT;
    dkim->written_octets = 0;
    dkim->lent_octets = 0;
    dkim->taken_octets = 0;
    return dkim->error;
}

static enum postino_source_status dkim_span(struct postino_source *source, const uint8_t **data,
                                            size_t *length)
{
    struct postino_dkim *dkim = (struct postino_dkim *)source;

    if (dkim->taken_octets == dkim->lent_octets) {
        dkim->taken_octets = 0;
        dkim->lent_octets = 0;
        if (dkim->state == DKIM_TEXT) {
            struct postino_writer writer;

            postino_writer_start(&writer, NULL);
            writer.out = dkim->buffer;
            writer.room = sizeof dkim->buffer;
            writer.total = 0 - dkim->written_octets;
            postino_dkim_whole(dkim, &writer);
            dkim->lent_octets = writer.total;
            if (dkim->lent_octets <= sizeof dkim->buffer)
                dkim->state = DKIM_INNER;
            else
                dkim->lent_octets = sizeof dkim->buffer;
            dkim->written_octets += dkim->lent_octets;
        }
    }
    if (dkim->lent_octets == 0)
        return dkim->inner->methods->span(dkim->inner, data, length);
    *data = dkim->buffer + dkim->taken_octets;
    *length = dkim->lent_octets - dkim->taken_octets;
    return POSTINO_SOURCE_DATA;
}

static void dkim_consume(struct postino_source *source, size_t length_octets)
{
    struct postino_dkim *dkim = (struct postino_dkim *)source;

    if (dkim->lent_octets != 0)
        dkim->taken_octets += length_octets;
    else if (length_octets != 0)
        dkim->inner->methods->consume(dkim->inner, length_octets);
}

/* The signature depends on the capabilities of the server, so begin() makes it. */
static int dkim_check(struct postino_source *source, uint32_t capabilities)
{
    struct postino_dkim *dkim = (struct postino_dkim *)source;

    dkim->error = (int16_t)postino_source_check(dkim->inner, capabilities);
    return dkim->error;
}

static int dkim_mark(struct postino_source *source, int in_use)
{
    return postino_source_mark(((struct postino_dkim *)source)->inner, in_use);
}

void postino_dkim_init(struct postino_dkim *dkim, struct postino_source *inner,
                       const struct postino_dkim_crypto *crypto, void *context, const char *domain,
                       const char *selector)
{
    static const struct postino_source_class dkim_class = {dkim_begin, dkim_span, dkim_consume, dkim_check,
                                                           dkim_mark};

    memset(dkim, 0, sizeof *dkim);
    dkim->source.methods = &dkim_class;
    dkim->inner = inner;
    dkim->crypto = crypto;
    dkim->context = context;
    dkim->domain = domain;
    dkim->selector = selector;
}
