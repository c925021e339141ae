/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_LETTER_H
#define POSTINO_LETTER_H

#include <stddef.h>
#include <stdint.h>

#include "postino/config.h"
#include "postino/mail.h"
#include "postino/message.h"
#include "postino/source.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A mail as people think of it: a struct of strings, from which one call makes the mail, its recipients, its
 * message, the parts and the sources. They all lie in one workspace of the caller. Every text is UTF-8 with a
 * terminating zero. NULL and an empty text both mean: none. */

/* The octets that a file of an attachment takes beside its buffer. */
union postino_letter_source {
    struct postino_source source;
    struct postino_memory_source memory;
    void *pointers[12];
    uint64_t numbers[6];
};

/* The clock, the random octets and the files of a system. Each function may be NULL: then the system lacks
 * it. The thread that prepares the letter calls these functions. */
struct postino_letter_port {
    void *context; /* for the functions */
    /* Returns the seconds since 1970-01-01 00:00 UTC, or 0: unknown. */
    uint32_t (*now_s)(void *context);
    /* Writes `octets` octets that nobody can guess. Returns 0, or a negative value: the letter fails. */
    int (*random)(void *context, uint8_t *out, size_t octets);
    /* Makes a source over the file `path`, in `file`. The source reads through the buffer, and is BINARY, so
     * that its size is known. All files of a letter share one buffer, because one file is read at a time.
     * Returns 0, or POSTINO_ERROR_FILE with nothing left open. */
    int (*open)(void *context, const char *path, union postino_letter_source *file, void *buffer,
                size_t buffer_octets);
    /* Closes a file that open() opened. Needed with open(). */
    void (*close)(void *context, union postino_letter_source *file);
};

/* An attachment. Its octets come from exactly one of `data`, `path` and `source`. */
struct postino_attachment {
    const void *data; /* `length_octets` in memory; of an empty attachment not NULL either */
    size_t length_octets;
    const char *path;              /* of a file that the letter's port opens */
    struct postino_source *source; /* a callback, an open file: see postino/source.h, postino/file.h */
    /* The name that readers are offered. NULL: of a file the last part of its path, else none. */
    const char *file_name;
    /* The media type. NULL: guessed from the name by postino_letter_media_type(). */
    const char *type;
    /* "id@domain" of an image that the HTML shows as "cid:id@domain". NULL: an attachment. */
    const char *content_id;
};

struct postino_letter;
struct postino_letter_item;
struct postino_letter_maker;

/* The features of a letter beyond address lists, fields and text. A letter that needs a feature whose member
 * is NULL fails with POSTINO_ERROR_FEATURE; a feature that nothing names is not linked. */
struct postino_letter_features {
    const struct postino_message_features *message; /* needed */
    /* Attachments: postino_letter_attachments. */
    int (*attachments)(struct postino_letter_maker *maker);
    /* Attachments with a path: postino_letter_file. */
    int (*file)(struct postino_letter_maker *maker, const char *path, union postino_letter_source *file,
                const char **name);
    /* HTML and its images: postino_letter_html. */
    struct postino_part *(*html)(struct postino_letter_maker *maker, struct postino_part *text);
    /* Media types of files: postino_letter_media_type. NULL: "application/octet-stream". */
    const char *(*media_type)(const char *file_name);
    /* The priority: postino_message_priority. It needs `field` of the message's features. */
    void (*priority)(struct postino_message *message, struct postino_header headers[3], unsigned priority);
};

int postino_letter_attachments(struct postino_letter_maker *maker);
int postino_letter_file(struct postino_letter_maker *maker, const char *path,
                        union postino_letter_source *file, const char **name);
struct postino_part *postino_letter_html(struct postino_letter_maker *maker, struct postino_part *text);

/* All features. */
extern const struct postino_letter_features postino_letter_features_all;

/* A letter. Start from {0} and set the members above "Result". */
struct postino_letter {
    /* Lists of addresses as people write them: "Ann <ann@example.org>, bob@example.org" (postino/mailbox.h).
     * `from` is needed, and a recipient. `sender` is needed if `from` has several addresses. */
    const char *from;
    const char *sender;
    const char *reply_to;
    const char *to;
    const char *cc;
    const char *bcc; /* recipients that no header shows */
    const char *subject;
    const char *text; /* the plain form; without it and `html` the text is empty */
    const char *html; /* the same for readers that show HTML */
    const struct postino_attachment *attachments;
    uint16_t attachment_count;
    uint8_t priority;     /* of enum postino_priority, 1 to 5; 0: the header has none */
    int16_t zone_minutes; /* of the Date, east of UTC */
    /* The members below are those of struct postino_message. */
    const char *message_id; /* NULL: made of random octets, where there are any */
    const char *in_reply_to;
    const char *references;
    const struct postino_header *headers;   /* further fields */
    uint32_t date_s;                        /* 0: of the port's clock */
    const uint8_t *random;                  /* 16 octets; NULL: of the port */
    struct postino_options *options;        /* of the mail; `utf8` allows addresses outside ASCII */
    const struct postino_letter_port *port; /* NULL: no clock, no random octets, no files */
    /* Result. */
    int16_t error;             /* what postino_letter_prepare() returned */
    const char *error_field;   /* the field at fault, "To"; NULL: the error is in no field */
    size_t error_column;       /* in an address list, counted in characters from 1; 0: unknown */
    unsigned error_attachment; /* the attachment at fault, counted from 1; 0: none */
    /* The octets of workspace that this letter needs, at the place of its workspace. If the workspace is
     * NULL: at any place. */
    size_t needed_octets;
    /* private */
    struct postino_letter_item *items;
    uint16_t opened;
};

/* The objects of a letter in its workspace. They are public for POSTINO_LETTER_OCTETS only. */
struct postino_letter_objects {
    /* private */
    struct postino_mail mail;
    struct postino_message message;
    struct postino_memory_source text_source;
    struct postino_memory_source html_source;
    struct postino_part text;
    struct postino_part html;
    struct postino_part related;
    struct postino_part alternative;
    struct postino_part mixed;
    struct postino_header priority[3];
    uint8_t random[16];
};

struct postino_letter_item {
    /* private */
    struct postino_part part;
    union postino_letter_source source;
};

/* No object needs a stricter alignment than this size. */
union postino_letter_align {
    void *pointer;
    void (*function)(void);
    size_t size;
    uint64_t number;
};
#define POSTINO_LETTER_ALIGN sizeof(union postino_letter_align)
#define POSTINO_LETTER_ROUND(octets) \
    (((octets) + POSTINO_LETTER_ALIGN - 1) / POSTINO_LETTER_ALIGN * POSTINO_LETTER_ALIGN)

/* An entry of an address list, name, brackets and comma included, is taken to have 62 octets in the mean. */
#define POSTINO_LETTER_ADDRESS_OCTETS 64

/* The buffer of the files, at least. */
#define POSTINO_LETTER_FILE_OCTETS 256

/* The share of the buffers in POSTINO_LETTER_OCTETS. */
#if POSTINO_SMALL
#define POSTINO_LETTER_BUFFER_OCTETS (POSTINO_MESSAGE_BUFFER_MIN + POSTINO_LETTER_FILE_OCTETS)
#else
#define POSTINO_LETTER_BUFFER_OCTETS 8192
#endif

/* The octets of workspace that are enough for a letter with so many recipients and attachments, wherever the
 * workspace begins. A constant expression if the numbers are. Count each entry of `to`, `cc` and `bcc`, and
 * the entries of `from`, `sender` and `reply_to` beyond one each. A comma or a semicolon within an entry
 * counts as an entry too. Entries that have more than 62 octets in the mean need more: needed_octets tells
 * how much. */
#define POSTINO_LETTER_OCTETS(recipients, attachments)                                        \
    (POSTINO_LETTER_ALIGN - 1 + POSTINO_LETTER_ROUND(sizeof(struct postino_letter_objects)) + \
     POSTINO_LETTER_ROUND((attachments) * sizeof(struct postino_letter_item)) +               \
     POSTINO_LETTER_ROUND((recipients) * sizeof(struct postino_recipient)) +                  \
     POSTINO_LETTER_ROUND(((recipients) + 3) * sizeof(struct postino_mailbox)) +              \
     ((recipients) + 3) * POSTINO_LETTER_ADDRESS_OCTETS + POSTINO_LETTER_BUFFER_OCTETS)

/* Makes the mail of a letter in the workspace, and checks all of it that can be checked without a server:
 * addresses, fields, attachments, files. Sets *mail; NULL: the letter failed. Members of the mail may then be
 * changed: `delivery`, `flags`, and the `reverse_path`, which is the address of `sender`, else the first of
 * `from`. Its recipients may get options and records.
 *
 * The message has no multipart where it needs none. Text and HTML become a multipart/alternative. HTML and
 * its images become a multipart/related, and attachments a multipart/mixed around it. The recipients are
 * those of `to`, `cc` and `bcc`, each once.
 *
 * The workspace, and all that the letter points to, are borrowed until the mail is finished. So is a letter
 * with paths until postino_letter_close(). The workspace may begin at any address. Octets beyond
 * needed_octets make its buffers larger, and files faster. May be called at any time that no session has a
 * mail in this workspace, from any thread. Files of an earlier call must have been closed.
 *
 * Returns 0, or an error, which the letter's results explain:
 * - POSTINO_ERROR_CAPACITY: the workspace is too small; needed_octets is enough. Nothing was written;
 * - POSTINO_ERROR_ADDRESS: error_field and error_column say where;
 * - POSTINO_ERROR_UTF8_NOT_ASKED: an address of error_field needs `utf8` in the options;
 * - POSTINO_ERROR_NO_RECIPIENT;
 * - POSTINO_ERROR_ATTACHMENT, POSTINO_ERROR_FILE: error_attachment says which;
 * - POSTINO_ERROR_FEATURE: the letter's features lack one, or a path has no port that opens files;
 * - POSTINO_ERROR_CRYPTO: the port gave no random octets;
 * - POSTINO_ERROR_ARGUMENT: `attachments` is NULL, or `priority` is out of its range;
 * - an error of postino_message_check(), with its field, and its attachment if the field is one of a part. */
int postino_letter_prepare(struct postino_letter *letter, void *workspace, size_t workspace_octets,
                           struct postino_mail **mail);

/* Does the same with these `features` only, which are borrowed as the workspace is. */
int postino_letter_prepare_with(struct postino_letter *letter, const struct postino_letter_features *features,
                                void *workspace, size_t workspace_octets, struct postino_mail **mail);

/* Closes the files that postino_letter_prepare() opened, whether it succeeded or failed. Call it when the
 * mail is finished. May be called at any time after postino_letter_prepare(), more than once, from any
 * thread. A letter without paths needs no call. */
void postino_letter_close(struct postino_letter *letter);

/* Returns the media type of files with the extension of this name, in upper or lower case ("application/pdf"
 * for "a.PDF"): a static string. NULL: the table has no such extension. May be called at any time, from any
 * thread. */
const char *postino_letter_media_type(const char *file_name);

#ifdef __cplusplus
}
#endif

#endif
