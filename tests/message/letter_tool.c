/* SPDX-License-Identifier: MIT */
/* Prepares letters and composes their messages, for tests/message/letters.py. The standard input holds
 * records: a letter, the length in 32 bits, octets. For each letter goes out: the error, the flags, the
 * size, the length of the message, the message, the length of the envelope, the envelope as lines. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "postino/letter.h"

#define TOOL_ATTACHMENTS 16

static struct postino_letter letter;
static struct postino_attachment attachments[TOOL_ATTACHMENTS];
/* The memory of the current letter. */
static void *kept[256];
static size_t kept_count;

static void fail(const char *text)
{
    (void)fprintf(stderr, "letter_tool: %s\n", text);
    exit(2);
}

static void *allocate(size_t octets)
{
    void *memory = malloc(octets);

    if (memory == NULL || kept_count == sizeof kept / sizeof kept[0])
        fail("no memory");
    kept[kept_count++] = memory;
    return memory;
}

static void end_letter(void)
{
    while (kept_count != 0)
        free(kept[--kept_count]);
    memset(&letter, 0, sizeof letter);
}

static void put_number(uint32_t number)
{
    (void)fwrite(&number, sizeof number, 1, stdout);
}

static void put_envelope(const struct postino_mail *mail)
{
    const struct postino_recipient *recipient;
    size_t octets = strlen(mail->reverse_path) + 1;

    for (recipient = mail->recipients; recipient != NULL; recipient = recipient->next)
        octets += strlen(recipient->address) + 1;
    put_number((uint32_t)octets);
    printf("%s\n", mail->reverse_path);
    for (recipient = mail->recipients; recipient != NULL; recipient = recipient->next)
        printf("%s\n", recipient->address);
}

/* Prepares the letter in a workspace that is as large as it needs. */
static void compose(uint32_t capabilities)
{
    static char octets[2000000];
    struct postino_source_info info;
    struct postino_mail *mail;
    size_t length = 0;
    void *workspace;
    int error;

    (void)postino_letter_prepare(&letter, NULL, 0, &mail);
    workspace = allocate(letter.needed_octets);
    error = postino_letter_prepare(&letter, workspace, letter.needed_octets, &mail);
    if (error != 0) {
        (void)fprintf(stderr, "letter_tool: %d, %s, column %u, attachment %u\n", error,
                      letter.error_field != NULL ? letter.error_field : "", (unsigned)letter.error_column,
                      letter.error_attachment);
        exit(1);
    }
    error = mail->source->methods->begin(mail->source, capabilities, &info);
    for (;;) {
        const uint8_t *data;
        size_t piece;

        if (mail->source->methods->span(mail->source, &data, &piece) != POSTINO_SOURCE_DATA)
            break;
        if (length + piece > sizeof octets)
            fail("the message is too long");
        memcpy(octets + length, data, piece);
        length += piece;
        mail->source->methods->consume(mail->source, piece);
    }
    put_number((uint32_t)error);
    put_number(info.flags);
    put_number((uint32_t)info.size_octets);
    put_number((uint32_t)length);
    (void)fwrite(octets, 1, length, stdout);
    put_envelope(mail);
}

/* Takes a record of an attachment. Returns 0 for a record of another kind. */
static int take_attachment(int tag, const char *text, size_t length)
{
    struct postino_attachment *attachment =
        &attachments[letter.attachment_count != 0 ? letter.attachment_count - 1 : 0];

    if (tag == 'a') {
        if (letter.attachment_count == TOOL_ATTACHMENTS)
            fail("too many attachments");
        attachment = &attachments[letter.attachment_count++];
        memset(attachment, 0, sizeof *attachment);
        attachment->data = text;
        attachment->length_octets = length;
        letter.attachments = attachments;
    } else if (tag == 'n') {
        attachment->file_name = text;
    } else if (tag == 'y') {
        attachment->type = text;
    } else if (tag == 'c') {
        attachment->content_id = text;
    } else {
        return 0;
    }
    return 1;
}

static void take_header(const char *text)
{
    static struct postino_header *last;
    struct postino_header *header = allocate(sizeof *header);

    header->name = text;
    header->value = text + strlen(text) + 1;
    header->next = NULL;
    header->kind = POSTINO_HEADER_TEXT;
    if (letter.headers == NULL)
        letter.headers = header;
    else
        last->next = header;
    last = header;
}

static void take(int tag, const char *text, size_t length)
{
    const struct {
        int tag;
        const char **member;
    } texts[] = {
        {'F', &letter.from}, {'S', &letter.sender},     {'R', &letter.reply_to},    {'T', &letter.to},
        {'C', &letter.cc},   {'B', &letter.bcc},        {'s', &letter.subject},     {'t', &letter.text},
        {'h', &letter.html}, {'i', &letter.message_id}, {'r', &letter.in_reply_to}, {'e', &letter.references},
    };
    size_t i;

    if (take_attachment(tag, text, length))
        return;
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].tag == tag) {
            *texts[i].member = text;
            return;
        }
    if (tag == 'H') {
        take_header(text);
    } else if (tag == 'p') {
        letter.priority = (uint8_t)atoi(text);
    } else if (tag == 'o') {
        letter.random = (const uint8_t *)text;
    } else if (tag == 'd') {
        char *end;

        letter.date_s = (uint32_t)strtoul(text, &end, 10);
        letter.zone_minutes = (int16_t)atoi(end);
    } else {
        fail("an unknown record");
    }
}

int main(void)
{
    int tag;

    while ((tag = getchar()) != EOF) {
        uint32_t length;
        char *text;

        if (fread(&length, sizeof length, 1, stdin) != 1)
            fail("a record without its length");
        text = allocate((size_t)length + 1);
        if (fread(text, 1, length, stdin) != length)
            fail("a record without its end");
        text[length] = '\0';
        if (tag == 'G') {
            compose((uint32_t)strtoul(text, NULL, 10));
            end_letter();
        } else {
            take(tag, text, length);
        }
    }
    return 0;
}
