/* SPDX-License-Identifier: MIT */
/* Letters with every feature, and their HTML. Invariant: no multipart has only one part. */
#include "letter.h"

struct postino_part *postino_letter_html(struct postino_letter_maker *maker, struct postino_part *text)
{
    const struct postino_letter *letter = maker->letter;
    struct postino_letter_objects *objects = maker->objects;
    struct postino_part *part =
        postino_letter_text(&objects->html, &objects->html_source, letter->html, "text/html; charset=utf-8");
    unsigned i;

    postino_part_related_init(&objects->related);
    (void)postino_part_add(&objects->related, part);
    for (i = 0; i < letter->attachment_count; i++)
        if (letter->items[i].part.content_id != NULL)
            (void)postino_part_add(&objects->related, &letter->items[i].part);
    part = postino_letter_joined(&objects->related);
    if (text == NULL)
        return part;
    postino_part_multipart_init(&objects->alternative, "multipart/alternative");
    (void)postino_part_add(&objects->alternative, text);
    (void)postino_part_add(&objects->alternative, part);
    return &objects->alternative;
}

const struct postino_letter_features postino_letter_features_all = {
    &postino_message_features_all, postino_letter_attachments, postino_letter_file,
    postino_letter_html,           postino_letter_media_type,  postino_message_priority};

int postino_letter_prepare(struct postino_letter *letter, void *workspace, size_t workspace_octets,
                           struct postino_mail **mail)
{
    return postino_letter_prepare_with(letter, &postino_letter_features_all, workspace, workspace_octets,
                                       mail);
}
