/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_MESSAGE_H
#define POSTINO_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "postino/error.h"
#include "postino/mail.h"
#include "postino/source.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Composes messages (RFC 5322, MIME: RFC 2045 to 2049) while they are sent: a message is a source, made of
 * headers and of parts that are sources. Nothing is allocated, and no message is ever held in memory: the
 * caller gives the objects and one small buffer. Every text is borrowed until the mail is finished, and is
 * UTF-8 with a terminating zero; an empty one is as good as NULL. */

struct postino_message;
struct postino_part;

/* A mailbox of a header field; fields hold a list of them. `name` is what a reader sees, quoted or encoded as
 * needed, or NULL; `address` is local-part@domain without brackets. One with octets above 127 needs SMTPUTF8,
 * of the server and of the mail's options. */
struct postino_mailbox {
    const char *name;
    const char *address;
    const struct postino_mailbox *next;
};

/* How a header field's value is written. */
enum postino_header_kind {
    /* Text for readers, folded and, where it needs it, in encoded words (RFC 2047). */
    POSTINO_HEADER_TEXT = 0,
    /* Protocol text in ASCII, folded where it has blanks and left as it is otherwise. */
    POSTINO_HEADER_PROTOCOL = 1
};

/* A header field that struct postino_message has no member for. Its name may be none that the composer writes
 * itself, none that begins with "Content-", and not Bcc. */
struct postino_header {
    const char *name;
    const char *value;
    const struct postino_header *next;
    uint8_t kind; /* enum postino_header_kind */
};

/* What a part's encoder remembers from one span to the next. */
struct postino_encoder {
    /* private */
    uint8_t column;
    uint8_t count; /* bits or a flag of the encoder's */
    uint8_t held;
};

struct postino_encoding;
struct postino_writer;

/* A part of a message: text, an attachment, a forwarded message, or several parts together. Made by an init
 * function; then the public members may be set. */
struct postino_part {
    /* private */
    uint8_t level;
    uint8_t source_flags;
    uint8_t open;   /* it ends within a line */
    uint8_t scan;   /* what was seen of it, as bits */
    uint8_t height; /* how deep the parts in it go, itself included */
    uint8_t in_use;
    /* public */
    const char *type;            /* the media type, with its parameters: "text/plain; charset=utf-8" */
    const char *parameter;       /* one more parameter, "method"; NULL: none */
    const char *parameter_value; /* in ASCII; it is written in quotes */
    const char *disposition;     /* "attachment", "inline"; NULL: none */
    const char *file_name;       /* RFC 2183, in UTF-8; needs a disposition; NULL: none */
    const char *content_id;      /* "id@domain"; "cid:id@domain" leads to it; NULL: none */
    /* private */
    /* Begins the source and chooses the encoding. Returns 0 or an error. */
    int (*begin_part)(struct postino_message *message, struct postino_part *part);
    /* Writes what else its type says; NULL: nothing. */
    void (*more)(struct postino_writer *writer);
    const char *encoding_name; /* NULL: 7bit */
    const struct postino_encoding *encoding;
    struct postino_source *source; /* NULL: it holds other parts */
    struct postino_part *parent;
    struct postino_part *first;
    struct postino_part *next;
    size_t size_octets;
};

/* Parts may stand in each other this deep. */
#define POSTINO_PART_DEPTH_MAX 8

/* Octets of a message's buffer at least; from POSTINO_MESSAGE_BUFFER_FAST on base64 is encoded in runs of
 * twelve lines. */
#define POSTINO_MESSAGE_BUFFER_MIN  160
#define POSTINO_MESSAGE_BUFFER_FAST 936

/* What a message may need beside plain ASCII fields, text and attachments. A member that is NULL is not
 * there: a message that needs it fails with POSTINO_ERROR_FEATURE, and what nothing names is not linked. Each
 * member takes the function of its name ("postino_message_words"), nothing else. */
struct postino_message_features {
    /* Text for readers outside ASCII, or with words too long for a line, in encoded words (RFC 2047). */
    void (*words)(struct postino_writer *writer, const char *text);
    /* File names outside ASCII, or too long for a line (RFC 2231). */
    void (*parameter)(struct postino_writer *writer, const char *name, const char *value);
    /* Date. */
    void (*date)(struct postino_writer *writer, uint32_t seconds, int zone_minutes);
    /* Further header fields. */
    void (*field)(struct postino_writer *writer, const struct postino_header *header);
    /* Text that cannot go out as it is: with long lines, from a callback, or with octets above 127 to a
     * server without 8BITMIME. */
    int (*quoted)(struct postino_message *message, struct postino_part *part);
    /* Addresses outside ASCII (RFC 6531). */
    int (*address)(const char *address);
    /* Identifiers that the caller gives: `message_id`, `in_reply_to`, `references` of a message, `content_id`
     * of a part. */
    void (*identifiers)(struct postino_writer *writer, const char *text, int several);
    /* Looks whether media types, dispositions and their parameters are well-formed. Without it they go out as
     * they are, as long as they are printable ASCII. */
    int (*type)(const char *text, int subtype);
};

void postino_message_words(struct postino_writer *writer, const char *text);
void postino_message_parameter(struct postino_writer *writer, const char *name, const char *value);
void postino_message_date(struct postino_writer *writer, uint32_t seconds, int zone_minutes);
void postino_message_field(struct postino_writer *writer, const struct postino_header *header);
int postino_message_quoted(struct postino_message *message, struct postino_part *part);
int postino_message_address(const char *address);
void postino_message_identifiers(struct postino_writer *writer, const char *text, int several);
int postino_message_type(const char *text, int subtype);

/* All of them. */
extern const struct postino_message_features postino_message_features_all;

/* Each function below that makes an object may be called at any time that no session reads the message that
 * the object is in. Any thread, one at a time. */

/* Makes a part of text. `source` gives UTF-8 in lines that may end in CRLF, LF or CR; `type` is "text/plain;
 * charset=utf-8", "text/html; charset=utf-8" or the like. Its encoding is chosen when the message begins:
 * text in memory is looked through and goes out as it is where its lines and the server allow (RFC 5321, RFC
 * 6152); other text, and text that does not lie in memory, goes out as quoted-printable (RFC 2045 section
 * 6.7). The size of a message with text that does not lie in memory is unknown. */
void postino_part_text_init(struct postino_part *part, struct postino_source *source, const char *type);

/* The same of a calendar object (RFC 6047): "text/calendar" with its `method`, "REQUEST" or the like. */
void postino_part_calendar_init(struct postino_part *part, struct postino_source *source, const char *method);

/* Makes a part of any octets, in base64 (RFC 2045 section 6.8). Their number is known beforehand where they
 * lie in memory, or the source says a size and is BINARY or CANONICAL: any other's size is that of its lines
 * on the wire. `type` is their media type, NULL for "application/octet-stream"; `file_name` is the name that
 * readers are offered, NULL for none. Set `disposition` to "inline" and `content_id` for an image that a text
 * shows. */
void postino_part_attachment_init(struct postino_part *part, struct postino_source *source, const char *type,
                                  const char *file_name);

/* Has an attachment's file name stand in its type too, as the parameter `name`, in encoded words where it is
 * not plain ASCII: Outlook up to 2007, QQ and others find it only there. Call it behind the part's init
 * function, of a part that has a source. */
void postino_part_name_parameter(struct postino_part *part);

/* The same of an attachment that goes out unencoded to a server that takes it (BINARYMIME, RFC 3030), if it
 * lies in memory, is not empty, is no message by itself and no part of unknown size is with it; else in
 * base64. */
void postino_part_binary_init(struct postino_part *part, struct postino_source *source, const char *type,
                              const char *file_name);

/* Makes a part of a message that is forwarded, as RFC 5322 describes it ("message/rfc822"). It goes out as it
 * is, with CRLF for every line end; where it holds octets above 127 the server must offer 8BITMIME. Its
 * source is one that can be begun again and never waits: it is read through first, so that no boundary occurs
 * in it. */
void postino_part_message_init(struct postino_part *part, struct postino_source *source);

/* Makes a part that holds others: `type` is "multipart/mixed", "multipart/alternative" (the plainest first)
 * or the like (RFC 2046 section 5.1). A message with none in it is refused. */
void postino_part_multipart_init(struct postino_part *part, const char *type);

/* The same of "multipart/related" (RFC 2387): the text first, then what it shows. The type of the first part
 * stands in its header. */
void postino_part_related_init(struct postino_part *part);

/* Puts a part into a multipart, behind those that are in it. Returns 0; POSTINO_ERROR_PART_IN_USE where
 * `part` is in one already, holds the other, or one of the two is being sent; POSTINO_ERROR_STATE where
 * `multipart` is none; or POSTINO_ERROR_NESTING. */
int postino_part_add(struct postino_part *multipart, struct postino_part *part);

/* A message. Made by postino_message_init(); then set what it is to say. */
struct postino_message {
    struct postino_source source; /* for struct postino_mail */
    /* private */
    uint8_t unit;
    uint8_t letter; /* of the boundaries */
    struct postino_encoder encoder;
    uint16_t column;
    /* public */
    const struct postino_mailbox *from;   /* needed */
    const struct postino_mailbox *sender; /* one; needed where `from` has several (RFC 5322 section 3.6.2) */
    const struct postino_mailbox *reply_to;
    /* With neither `to` nor `cc` the header says "To: undisclosed-recipients:;". `bcc` is of the envelope
     * only and never written. */
    const struct postino_mailbox *to;
    const struct postino_mailbox *cc;
    const struct postino_mailbox *bcc;
    const char *subject;
    /* "id@domain". NULL: made of `random` and the domain of `from`; without `random` there is none, and the
     * first server may add one (RFC 6409 section 8.3). Every identifier may stand in its angle brackets or
     * without them. */
    const char *message_id;
    const char *in_reply_to; /* identifiers, separated by blanks */
    const char *references;
    const struct postino_header *headers; /* further ones, in this order */
    /* 16 octets that nobody can guess and that are never used again; the boundaries take some too. A mail
     * that is tried again keeps them. NULL: none. */
    const uint8_t *random;
    /* When it was written, in seconds since 1970-01-01 00:00 UTC, without leap seconds; 0: there is no clock,
     * and the first server adds a Date (RFC 6409 section 8.2). */
    uint32_t date_s;
    int16_t zone_minutes; /* of the Date, east of UTC */
    /* Result of the last begin: the first error, and the field that it is in, NULL where it is in none. */
    int16_t error;
    const char *error_field;
    /* private */
    const struct postino_message_features *features;
    struct postino_part *body;
    const void *item;
    struct postino_part *part;
    uint8_t *buffer;
    size_t buffer_octets;
    size_t lent_octets;  /* in the buffer */
    size_t taken_octets; /* of them */
    size_t unit_octets;  /* of the unit that went into the buffer */
    uint32_t capabilities;
    uint32_t boundaries; /* bits: first letters that must not be used */
    uint32_t look_head;  /* the octets before */
};

/* Makes a message with the body `body`, a part. `buffer` is where it is composed, at least
 * POSTINO_MESSAGE_BUFFER_MIN octets; it is borrowed as the parts are. Every other member is 0 then, and may
 * be set. A part must be in one message only, a source in one part only.
 *
 * The message is a source as any other. It is CANONICAL, or BINARY, its size is known if the sizes of its
 * parts are, and it can be begun again if they all can. A mail with a message that cannot be composed is
 * refused when it is submitted, before anything is connected; what only the server can decide is found when
 * it begins. `error` and `error_field` say why. */
void postino_message_init(struct postino_message *message, struct postino_part *body, void *buffer,
                          size_t buffer_octets);

/* The same with those `features` only, which are borrowed as the parts are. */
void postino_message_init_with(struct postino_message *message,
                               const struct postino_message_features *features, struct postino_part *body,
                               void *buffer, size_t buffer_octets);

/* Has the message begun for a server with these `capabilities` (of enum postino_capability), to see whether
 * it can be composed. Returns 0 or `error`; or, with nothing changed, POSTINO_ERROR_SOURCE_IN_USE or
 * POSTINO_ERROR_PART_IN_USE where the message or what it is made of is being sent, or is in it twice. Sets
 * *size_octets, where it is not NULL, to the message's size on the wire, or POSTINO_SIZE_UNKNOWN. */
int postino_message_check(struct postino_message *message, uint32_t capabilities, size_t *size_octets);

/* Makes the envelope's recipients of To, Cc and Bcc: fills `recipients`, links them, and sets their kind;
 * what else they held is gone. A mailbox that occurs again is one recipient only if it is written the same.
 * May be called at any time that no session has the recipients. Returns how many there are; where that is
 * more than `capacity`, nothing is to be sent. */
size_t postino_message_recipients(const struct postino_message *message, struct postino_recipient *recipients,
                                  size_t capacity);

/* How much a mail matters, for the reader's list of mails. */
enum postino_priority {
    POSTINO_PRIORITY_HIGH = 1,
    POSTINO_PRIORITY_NORMAL = 3,
    POSTINO_PRIORITY_LOW = 5
};

/* Puts the three fields that readers know (X-Priority, Importance, Priority) in front of the message's
 * further headers. `headers` are the caller's and are overwritten. `priority` is of enum postino_priority.
 * Call it once a message. */
void postino_message_priority(struct postino_message *message, struct postino_header headers[3],
                              unsigned priority);

/* Puts Auto-Submitted: auto-generated (RFC 3834) in front of the message's further headers: the mail comes
 * from a machine, and no machine is to answer it. Call it once a message. */
void postino_message_automatic(struct postino_message *message, struct postino_header *header);

/* Puts List-Unsubscribe in front of the message's further headers, and with `one_click` List-Unsubscribe-Post
 * (RFC 2369, RFC 8058; the second needs a DKIM signature to count). `value` is one or more addresses in angle
 * brackets or without: "<https://example.org/u/42>, <mailto:u@example.org>". Call it once a message. */
void postino_message_unsubscribe(struct postino_message *message, struct postino_header headers[2],
                                 const char *value, int one_click);

#ifdef __cplusplus
}
#endif

#endif
