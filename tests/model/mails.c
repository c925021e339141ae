/* SPDX-License-Identifier: MIT */
/* Draws mails: envelopes that name their mail, messages of every kind, sources that lend them in every
 * way. It also computes the message that must arrive, on the whole message at once. */
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const pieces[] = {"\r\n",      ".",        "..",           "\n",         "\r",
                                     "\r\n.\r\n", "\n.\n",    "\r.\r",        "\r\n\r\n",   "Hello",
                                     " ",         "QUIT\r\n", "\r\nRSET\r\n", "\r\n.MAIL",  "\n\r",
                                     "text, ",    "\r\r\n",   "250 ok",       "\r\n..\r\n", "x"};

static const char *const clean_pieces[] = {".",     "..",       "\r\n.\r\n", "\r\n",
                                           "Hello", "RSET\r\n", "\r\n..",    "x"};

static void fill_text(struct model_random *random, struct model_buffer *body, size_t length, int clean)
{
    uint8_t run[600];

    while (body->length < length) {
        if (model_chance(random, length > 2000 ? 300 : 60)) {
            size_t octets = model_length(random, sizeof run);

            memset(run, (int)('a' + model_draw(random, 26)), octets);
            model_append(body, run, octets);
        } else if (clean) {
            model_append_text(body,
                              clean_pieces[model_draw(random, sizeof clean_pieces / sizeof *clean_pieces)]);
        } else {
            model_append_text(body, pieces[model_draw(random, sizeof pieces / sizeof *pieces)]);
        }
    }
    if (clean && length != 0) {
        model_append_text(body, "\r\n");
    }
}

static void normalise(const struct model_buffer *body, struct model_buffer *wire)
{
    size_t i;

    for (i = 0; i < body->length; i++) {
        uint8_t octet = body->data[i];

        if (octet == '\n' && i != 0 && body->data[i - 1] == '\r') {
            continue;
        }
        if (octet == '\r' || octet == '\n') {
            model_append_text(wire, "\r\n");
        } else {
            model_append(wire, &octet, 1);
        }
    }
    if (wire->length != 0 && wire->data[wire->length - 1] != '\n') {
        model_append_text(wire, "\r\n");
    }
}

/* ---- The source of ours ---- */

static int source_begin(struct postino_source *source, uint32_t capabilities,
                        struct postino_source_info *info)
{
    struct model_source *own = (struct model_source *)source;

    (void)capabilities;
    *info = own->info;
    own->position = 0;
    own->lent = 0;
    return own->begin_error;
}

static enum postino_source_status source_span(struct postino_source *source, const uint8_t **data,
                                              size_t *length_octets)
{
    struct model_source *own = (struct model_source *)source;
    size_t left = own->body->length - own->position;

    if (own->position >= own->fail_at) {
        return POSTINO_SOURCE_FAIL;
    }
    if (own->position >= own->wait_at) {
        own->waiting = 1;
        return POSTINO_SOURCE_WAIT;
    }
    if (left == 0) {
        return POSTINO_SOURCE_END;
    }
    if (own->lent == 0) {
        own->lent = model_length(&own->random, left < own->piece_max ? left : own->piece_max);
    }
    *data = own->body->data + own->position;
    *length_octets = own->lent;
    return POSTINO_SOURCE_DATA;
}

static void source_consume(struct postino_source *source, size_t length_octets)
{
    struct model_source *own = (struct model_source *)source;

    if (length_octets > own->lent) {
        abort(); /* more than was lent */
    }
    own->position += length_octets;
    own->lent -= length_octets;
}

static const struct postino_source_class source_class = {source_begin, source_span, source_consume, NULL,
                                                         NULL};

static int callback_begin(void *context)
{
    struct model_source *own = context;
    struct postino_source_info info;

    return source_begin(&own->source, 0, &info);
}

static enum postino_source_status callback_read(void *context, const uint8_t **data, size_t *length_octets)
{
    struct model_source *own = context;
    enum postino_source_status status = source_span(&own->source, data, length_octets);

    if (status == POSTINO_SOURCE_DATA) {
        source_consume(&own->source, *length_octets);
    }
    return status;
}

static void draw_own(struct model_world *world, struct model_mail *mail, int clean, int high)
{
    struct model_source *own = &mail->own;
    struct model_random *random = &world->random;

    own->info.size_octets =
        model_chance(random, 500) || mail->binary ? mail->wire.length : POSTINO_SIZE_UNKNOWN;
    mail->rewinds = model_chance(random, 700);
    mail->says_8bit = high;
    own->info.flags =
        (uint8_t)((mail->rewinds ? POSTINO_SOURCE_REWINDS : 0) | (high ? POSTINO_SOURCE_8BIT : 0) |
                  (clean && model_chance(random, 700) ? POSTINO_SOURCE_CANONICAL : 0) |
                  (mail->binary ? POSTINO_SOURCE_BINARY : 0));
    if (mail->rewinds && model_chance(random, 300)) {
        own->info.flags |= POSTINO_SOURCE_IN_MEMORY;
    }
    if (model_chance(random, 60)) {
        own->fail_at = model_draw(random, (uint32_t)mail->body.length + 1);
        own->info.flags &= (uint8_t)~POSTINO_SOURCE_IN_MEMORY;
        mail->fails = 1;
    } else if (model_chance(random, 30)) {
        own->begin_error = -1;
        mail->fails = 1;
    } else if (model_chance(random, 150) && (own->info.flags & POSTINO_SOURCE_IN_MEMORY) == 0) {
        /* A source that says its size says END right behind its last octet. */
        own->wait_at =
            model_draw(random, (uint32_t)mail->body.length + (own->info.size_octets == POSTINO_SIZE_UNKNOWN));
        if (mail->body.length == 0 && own->info.size_octets != POSTINO_SIZE_UNKNOWN) {
            own->wait_at = MODEL_NEVER;
        }
    }
    mail->mail.source = &own->source;
}

static void draw_callback(struct model_world *world, struct model_mail *mail, int clean, int high)
{
    mail->rewinds = model_chance(&world->random, 500);
    mail->says_8bit = high;
    postino_callback_source_init(
        &mail->library.callback, mail->rewinds ? callback_begin : NULL, callback_read, &mail->own,
        model_chance(&world->random, 500) || mail->binary ? mail->wire.length : POSTINO_SIZE_UNKNOWN,
        (high ? POSTINO_SOURCE_8BIT : 0u) | (mail->binary ? POSTINO_SOURCE_BINARY : 0u) |
            (clean && model_chance(&world->random, 700) ? POSTINO_SOURCE_CANONICAL : 0u));
    mail->mail.source = &mail->library.callback.source;
}

static void draw_memory(struct model_world *world, struct model_mail *mail, int clean, int high)
{
    mail->rewinds = 1;
    if (model_chance(&world->random, 300)) {
        size_t first = model_draw(&world->random, (uint32_t)mail->body.length + 1);

        mail->spans[0] = (struct postino_span){mail->body.data, first};
        mail->spans[1] = (struct postino_span){"", 0};
        mail->spans[2] = (struct postino_span){mail->body.data == NULL ? NULL : mail->body.data + first,
                                               mail->body.length - first};
        postino_spans_source_init(&mail->library.spans, mail->spans, 3);
        mail->mail.source = &mail->library.spans.source;
        return;
    }
    mail->says_8bit = high;
    if (clean && model_chance(&world->random, 700)) {
        postino_memory_source_init_canonical(&mail->library.memory, mail->body.data, mail->body.length);
    } else {
        postino_memory_source_init(&mail->library.memory, mail->body.data, mail->body.length);
    }
    mail->mail.source = &mail->library.memory.source;
}

static void draw_message(struct model_world *world, struct model_mail *mail)
{
    struct model_random *random = &world->random;
    size_t length = model_chance(random, 80) ? 0 : model_length(random, world->settings.octets_max);
    int clean = model_chance(random, 500);
    int high = model_chance(random, 200);
    unsigned kind = model_draw(random, 3);
    size_t i;

    mail->binary = kind != 0 && model_chance(random, 80);
    fill_text(random, &mail->body, length, clean);
    for (i = 0; high && i < mail->body.length; i++) {
        if (mail->body.data[i] == 'x' || mail->body.data[i] == 'e') {
            mail->body.data[i] = 0xE9;
        }
    }
    if (mail->binary) {
        model_append(&mail->wire, mail->body.data, mail->body.length);
    } else {
        normalise(&mail->body, &mail->wire);
    }
    mail->own = (struct model_source){
        {.methods = &source_class}, &mail->body, {0}, {0, 0}, 0, 0, 0, MODEL_NEVER, MODEL_NEVER, 0, 0};
    model_seed(&mail->own.random, model_draw(random, 1u << 20));
    mail->own.piece_max = model_chance(random, 500) ? 8 : 100000;
    if (kind == 0) {
        draw_memory(world, mail, clean && !mail->binary, high);
    } else if (kind == 1) {
        draw_callback(world, mail, clean && !mail->binary, high);
    } else {
        draw_own(world, mail, clean && !mail->binary, high);
    }
}

static void draw_envelope(struct model_world *world, struct model_mail *mail, size_t index)
{
    struct model_random *random = &world->random;
    size_t i;

    mail->recipient_count = model_chance(random, 500) ? 1 : 1 + model_draw(random, 8);
    if (model_chance(random, 15)) {
        mail->recipient_count = 150;
    }
    mail->recipients = calloc(mail->recipient_count, sizeof *mail->recipients);
    mail->models = calloc(mail->recipient_count, sizeof *mail->models);
    if (mail->recipients == NULL || mail->models == NULL) {
        abort();
    }
    (void)snprintf(mail->reverse_path, sizeof mail->reverse_path, "s%u@client.example", (unsigned)index);
    if (index == 0 && model_chance(random, 200)) {
        mail->reverse_path[0] = '\0';
    }
    mail->mail.reverse_path = mail->reverse_path;
    mail->mail.recipients = mail->recipients;
    mail->mail.delivery = model_chance(random, 600) ? &postino_delivery_partial : NULL;
    mail->mail.flags = model_chance(random, 300) ? POSTINO_MAIL_8BIT_ANYWAY : 0;
    for (i = 0; i < mail->recipient_count; i++) {
        (void)snprintf(mail->models[i].address, sizeof mail->models[i].address, "r%u.m%u@d%u.example",
                       (unsigned)i, (unsigned)index, (unsigned)model_draw(random, 4));
        mail->recipients[i].address = mail->models[i].address;
        mail->recipients[i].next = i + 1 < mail->recipient_count ? &mail->recipients[i + 1] : NULL;
    }
}

void model_mails_draw(struct model_world *world)
{
    size_t i;

    world->mail_count = 1 + model_draw(&world->random, MODEL_MAILS_MAX);
    for (i = 0; i < world->mail_count; i++) {
        draw_envelope(world, &world->mails[i], i);
        draw_message(world, &world->mails[i]);
    }
}

void model_mails_free(struct model_world *world)
{
    size_t i;

    for (i = 0; i < world->mail_count; i++) {
        free(world->mails[i].recipients);
        free(world->mails[i].models);
        model_free(&world->mails[i].body);
        model_free(&world->mails[i].wire);
    }
}

int model_mail_of_sender(const struct model_world *world, const char *path)
{
    size_t i;

    for (i = 0; i < world->mail_count; i++) {
        if (strcmp(world->mails[i].reverse_path, path) == 0) {
            return (int)i;
        }
    }
    return -1;
}

int model_mail_of_recipient(const struct model_world *world, const char *path, size_t *recipient)
{
    unsigned rcpt;
    unsigned mail;

    if (sscanf(path, "r%u.m%u@", &rcpt, &mail) != 2 || mail >= world->mail_count ||
        rcpt >= world->mails[mail].recipient_count ||
        strcmp(world->mails[mail].models[rcpt].address, path) != 0) {
        return -1;
    }
    *recipient = rcpt;
    return (int)mail;
}
