/* SPDX-License-Identifier: MIT */
/* The parts of a letter. Invariant: the first `opened` attachments have a source, and of these the ones with
 * a path have an open file. */
#include "letter.h"

#include "postino/extension.h"

/* Checks the message with this body. Returns 0 or an error. */
static int parts_check(struct postino_letter_maker *maker, struct postino_part *body)
{
    struct postino_message *message = &maker->objects->message;
    int error;

    message->body = body;
    error = postino_message_check(message, POSTINO_CAPABILITY_8BITMIME | POSTINO_CAPABILITY_SMTPUTF8, NULL);
    maker->letter->error_field = message->error_field;
    return error;
}

/* ---- Attachments ---- */

/* Makes the part of an attachment, and its source. */
static int parts_attachment(struct postino_letter_maker *maker, const struct postino_attachment *attachment,
                            struct postino_letter_item *item)
{
    const struct postino_letter_features *features = maker->features;
    struct postino_source *source = &item->source.source;
    const char *name = attachment->file_name;
    const char *type = attachment->type;
    int error = POSTINO_OK;

    if ((attachment->data != NULL) + (attachment->path != NULL) + (attachment->source != NULL) != 1)
        return POSTINO_ERROR_ATTACHMENT;
    if (attachment->source != NULL)
        source = attachment->source;
    else if (attachment->data != NULL)
        postino_memory_source_init(&item->source.memory, attachment->data, attachment->length_octets);
    else
        error = features->file == NULL ? POSTINO_ERROR_FEATURE
                                       : features->file(maker, attachment->path, &item->source, &name);
    if (error != POSTINO_OK)
        return error;
    maker->letter->opened++;
    if (type == NULL && name != NULL && features->media_type != NULL)
        type = features->media_type(name);
    postino_part_attachment_init(&item->part, source, type, name);
    if (attachment->content_id != NULL && *attachment->content_id != '\0') {
        item->part.content_id = attachment->content_id;
        item->part.disposition = "inline";
    }
    return parts_check(maker, &item->part);
}

int postino_letter_attachments(struct postino_letter_maker *maker)
{
    struct postino_letter *letter = maker->letter;
    unsigned i;

    for (i = 0; i < letter->attachment_count; i++) {
        int error = parts_attachment(maker, &letter->attachments[i], &letter->items[i]);

        if (error != POSTINO_OK) {
            letter->error_attachment = i + 1;
            return error;
        }
    }
    return POSTINO_OK;
}

/* ---- The tree ---- */

struct postino_part *postino_letter_joined(struct postino_part *multipart)
{
    struct postino_part *part = multipart->first;

    if (part->next != NULL)
        return multipart;
    part->parent = NULL;
    return part;
}

struct postino_part *postino_letter_text(struct postino_part *part, struct postino_memory_source *source,
                                         const char *text, const char *type)
{
    size_t octets = 0;

    while (text[octets] != '\0')
        octets++;
    postino_memory_source_init(source, text, octets);
    postino_part_text_init(part, &source->source, type);
    return part;
}

/* Builds the tree of the parts. postino_part_add() cannot fail: each part is added once. */
static int parts_tree(struct postino_letter_maker *maker)
{
    const struct postino_letter *letter = maker->letter;
    struct postino_letter_objects *objects = maker->objects;
    int html = letter->html != NULL && *letter->html != '\0';
    struct postino_part *part = NULL;
    unsigned i;

    if (objects->text_source.length_octets != 0 || (!html && letter->attachment_count == 0))
        part = &objects->text;
    if (html) {
        if (maker->features->html == NULL)
            return POSTINO_ERROR_FEATURE;
        part = maker->features->html(maker, part);
    }
    if (letter->attachment_count != 0) {
        postino_part_multipart_init(&objects->mixed, "multipart/mixed");
        if (part != NULL)
            (void)postino_part_add(&objects->mixed, part);
        /* Images of the HTML have a parent. */
        for (i = 0; i < letter->attachment_count; i++)
            if (letter->items[i].part.parent == NULL)
                (void)postino_part_add(&objects->mixed, &letter->items[i].part);
        part = postino_letter_joined(&objects->mixed);
    }
    return parts_check(maker, part);
}

int postino_letter_parts(struct postino_letter_maker *maker)
{
    const struct postino_letter *letter = maker->letter;
    struct postino_letter_objects *objects = maker->objects;
    struct postino_part *text =
        postino_letter_text(&objects->text, &objects->text_source, letter->text != NULL ? letter->text : "",
                            "text/plain; charset=utf-8");
    int error;

    objects->message.buffer = (uint8_t *)maker->at;
    objects->message.buffer_octets = maker->octets;
    /* The fields of the header, before each attachment is checked with them. */
    error = parts_check(maker, text);
    if (error == POSTINO_OK && letter->attachment_count != 0)
        error = maker->features->attachments == NULL ? POSTINO_ERROR_FEATURE
                                                     : maker->features->attachments(maker);
    return error == POSTINO_OK ? parts_tree(maker) : error;
}
