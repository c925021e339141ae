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

/* Composes messages (RFC 5322, MIME: RFC 2045 to 2049) while they are sent. A message is a source, made of
 * headers and of parts that are sources. Nothing is allocated, and no message is ever held in memory: the
 * caller supplies the objects and one small buffer. Every text is UTF-8 with a terminating zero, and is
 * borrowed until the mail is finished. An empty text counts as NULL. */

struct postino_message;
struct postino_part;

/* A mailbox of a header field; a field holds a list of mailboxes. Readers see `name`, which is quoted or
 * encoded as needed, or NULL. `address` is local-part@domain without brackets. An address with octets above
 * 127 needs SMTPUTF8, of the server and of the mail's options. */
struct postino_mailbox {
    const char *name;
    const char *address;
    const struct postino_mailbox *next;
};

/* The form of a header field's value. */
enum postino_header_kind {
    /* Text for readers, folded, and in encoded words where it needs them (RFC 2047). */
    POSTINO_HEADER_TEXT = 0,
    /* Protocol text in ASCII, folded at its blanks and otherwise unchanged. */
    POSTINO_HEADER_PROTOCOL = 1
};

/* A header field that struct postino_message has no member for. The composer's own field names, names that
 * begin with "Content-" and Bcc are refused. */
struct postino_header {
    const char *name;
    const char *value;
    const struct postino_header *next;
    uint8_t kind; /* enum postino_header_kind */
};

/* The state of a part's encoder between two spans. */
struct postino_encoder {
    /* private */
    uint8_t column;
    uint8_t count; /* bits, or a flag of the encoder */
    uint8_t held;
};

struct postino_encoding;
struct postino_writer;

/* A part of a message: text, an attachment, a forwarded message, or several parts together. An init function
 * makes it; then the public members may be set. */
struct postino_part {
    /* private */
    uint8_t level;
    uint8_t source_flags;
    uint8_t open_line; /* the part ends within a line */
    uint8_t scan;      /* result of the scan, as bits */
    uint8_t height;    /* depth of the parts in it, itself included */
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
    /* Writes further parameters of the type; NULL: none. */
    void (*parameters)(struct postino_writer *writer);
    const char *encoding_name; /* NULL: 7bit */
    const struct postino_encoding *encoding;
    struct postino_source *source; /* NULL: it holds other parts */
    struct postino_part *parent;
    struct postino_part *first;
    struct postino_part *next;
    size_t size_octets;
};

/* Parts may contain parts up to this depth. */
#define POSTINO_PART_DEPTH_MAX 8

/* The least octets of a message's buffer. From POSTINO_MESSAGE_BUFFER_FAST on base64 is encoded in runs of
 * twelve lines. */
#define POSTINO_MESSAGE_BUFFER_MIN  160
#define POSTINO_MESSAGE_BUFFER_FAST 936

/* The features of a message beyond plain ASCII fields, text and attachments. A message that needs a feature
 * whose member is NULL fails with POSTINO_ERROR_FEATURE; a feature that nothing names is not linked. Each
 * member takes the function of its name ("postino_message_words") and nothing else. */
struct postino_message_features {
    /* Text for readers that is outside ASCII, or has words too long for a line, in encoded words (RFC
     * 2047). */
    void (*words)(struct postino_writer *writer, const char *text);
    /* File names outside ASCII, or too long for a line (RFC 2231). */
    void (*parameter)(struct postino_writer *writer, const char *name, const char *value);
    /* Date. */
    void (*date)(struct postino_writer *writer, uint32_t seconds, int zone_minutes);
    /* Further header fields. */
    void (*field)(struct postino_writer *writer, const struct postino_header *header);
    /* Text that cannot go out unchanged: text with long lines, text from a callback, and octets above 127 to
     * a server without 8BITMIME. */
    int (*quoted)(struct postino_message *message, struct postino_part *part);
    /* Addresses outside ASCII (RFC 6531). */
    int (*address)(const char *address);
    /* Identifiers from the caller: `message_id`, `in_reply_to` and `references` of a message, `content_id` of
     * a part. */
    void (*identifiers)(struct postino_writer *writer, const char *text, int several);
    /* Checks that media types, dispositions and their parameters are well-formed. Without it printable ASCII
     * goes out unchanged. */
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

/* All features. */
extern const struct postino_message_features postino_message_features_all;

/* Each function below that makes an object may be called at any time that no session reads the object's
 * message, from any thread, one at a time. */

/* Makes a part of text. `source` supplies UTF-8 in lines that may end in CRLF, LF or CR. `type` is
 * "text/plain; charset=utf-8", "text/html; charset=utf-8" or similar. The encoding is chosen when the message
 * begins. Text in memory is scanned, and goes out unchanged if its lines and the server allow it (RFC 5321,
 * RFC 6152). Other text, and all text from a callback, goes out as quoted-printable (RFC 2045 section 6.7);
 * the size of such a message from a callback is unknown. */
void postino_part_text_init(struct postino_part *part, struct postino_source *source, const char *type);

/* Makes a part of a calendar object (RFC 6047): "text/calendar" with its `method`, such as "REQUEST". */
void postino_part_calendar_init(struct postino_part *part, struct postino_source *source, const char *method);

/* Makes a part of any octets, in base64 (RFC 2045 section 6.8). `type` is their media type, NULL for
 * "application/octet-stream". `file_name` is the name that readers are offered, NULL for none. For an image
 * that a text shows, set `disposition` to "inline", and `content_id`.
 *
 * The size is known if the octets lie in memory, or if the source reports a size and is BINARY or CANONICAL.
 * The size that another source reports is that of its lines on the wire. */
void postino_part_attachment_init(struct postino_part *part, struct postino_source *source, const char *type,
                                  const char *file_name);

/* Puts an attachment's file name into its type too, as the parameter `name`, in encoded words if it is not
 * plain ASCII. Outlook up to 2007, QQ and others find it only there. Call it after the part's init function,
 * for a part with a source. */
void postino_part_name_parameter(struct postino_part *part);

/* Makes an attachment that goes out unencoded to a server with BINARYMIME (RFC 3030). It must lie in memory,
 * must not be empty and must not be the whole message, and no part of unknown size may be with it. Otherwise
 * it goes out in base64. */
void postino_part_binary_init(struct postino_part *part, struct postino_source *source, const char *type,
                              const char *file_name);

/* Makes a part of a message that is forwarded ("message/rfc822", RFC 5322). It goes out unchanged, with CRLF
 * for every line end. If it holds octets above 127, the server must offer 8BITMIME. Its source must be one
 * that can begin again and never waits: it is scanned first, so that no boundary occurs in it. */
void postino_part_message_init(struct postino_part *part, struct postino_source *source);

/* Makes a part that holds others. `type` is "multipart/mixed", "multipart/alternative" (the plainest part
 * first) or similar (RFC 2046 section 5.1). A message with an empty multipart is refused. */
void postino_part_multipart_init(struct postino_part *part, const char *type);

/* Makes a "multipart/related" part (RFC 2387): the text first, then the objects that it shows. Its header
 * names the type of the first part. */
void postino_part_related_init(struct postino_part *part);

/* Puts a part into a multipart, behind the parts that are in it. Returns 0, or:
 * - POSTINO_ERROR_PART_IN_USE: `part` is in a multipart already, contains the other one, or one of the two is
 *   being sent;
 * - POSTINO_ERROR_STATE: `multipart` is no multipart;
 * - POSTINO_ERROR_NESTING: the parts are nested too deep. */
int postino_part_add(struct postino_part *multipart, struct postino_part *part);

/* A message. postino_message_init() makes it; then set its members. */
struct postino_message {
    struct postino_source source; /* for struct postino_mail */
    /* private */
    uint8_t unit;
    uint8_t letter; /* of the boundaries */
    struct postino_encoder encoder;
    uint16_t column;
    /* public */
    const struct postino_mailbox *from; /* needed */
    /* One mailbox; needed if `from` has several (RFC 5322 section 3.6.2). */
    const struct postino_mailbox *sender;
    const struct postino_mailbox *reply_to;
    /* Without `to` and `cc` the header says "To: undisclosed-recipients:;". `bcc` belongs to the envelope and
     * is never written. */
    const struct postino_mailbox *to;
    const struct postino_mailbox *cc;
    const struct postino_mailbox *bcc;
    const char *subject;
    /* "id@domain". NULL: made of `random` and the domain of `from`. Without `random` there is none, and the
     * first server may add one (RFC 6409 section 8.3). Every identifier may have its angle brackets or
     * not. */
    const char *message_id;
    const char *in_reply_to; /* identifiers, separated by blanks */
    const char *references;
    const struct postino_header *headers; /* further fields, in this order */
    /* 16 octets that nobody can guess and that are never used again; the boundaries take some too. A mail
     * that is tried again keeps them. NULL: none. */
    const uint8_t *random;
    /* The time of writing, in seconds since 1970-01-01 00:00 UTC, without leap seconds. 0: there is no clock,
     * and the first server adds a Date (RFC 6409 section 8.2). */
    uint32_t date_s;
    int16_t zone_minutes; /* of the Date, east of UTC */
    /* Result of the last begin: the first error, and its field; NULL: the error is in no field. */
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
    size_t taken_octets; /* of these, octets that were taken */
    size_t unit_octets;  /* of the unit that went into the buffer */
    uint32_t capabilities;
    uint32_t boundaries; /* bits: first letters that must not be used */
    uint32_t scan_head;  /* the octets before */
};

/* Makes a message with the body `body`, a part. The message is composed in `buffer`, at least
 * POSTINO_MESSAGE_BUFFER_MIN octets, which is borrowed as the parts are. Every other member is 0 then, and
 * may be set. A part must be in one message only, a source in one part only.
 *
 * The message is a source. It is CANONICAL, or BINARY. Its size is known if the sizes of its parts are, and
 * it can be begun again if they all can. A mail with a message that cannot be composed is refused when it is
 * submitted, before any connection. Problems that only the server can decide are found when the message
 * begins. `error` and `error_field` say why. */
void postino_message_init(struct postino_message *message, struct postino_part *body, void *buffer,
                          size_t buffer_octets);

/* Makes a message with these `features` only, which are borrowed as the parts are. Otherwise as
 * postino_message_init(). */
void postino_message_init_with(struct postino_message *message,
                               const struct postino_message_features *features, struct postino_part *body,
                               void *buffer, size_t buffer_octets);

/* Begins the message for a server with these `capabilities` (of enum postino_capability), to check whether it
 * can be composed. Returns 0 or `error`. Returns POSTINO_ERROR_SOURCE_IN_USE or POSTINO_ERROR_PART_IN_USE,
 * with nothing changed, if the message or an object in it is being sent, or is in it twice. Sets
 * *size_octets, if it is not NULL, to the message's size on the wire, or to POSTINO_SIZE_UNKNOWN. */
int postino_message_check(struct postino_message *message, uint32_t capabilities, size_t *size_octets);

/* Makes the recipients of the envelope from To, Cc and Bcc: overwrites `recipients`, links them, and sets
 * their kind. A mailbox that occurs again counts once if it is written the same. May be called at any time
 * that no session has the recipients. Returns the number of recipients; if it is more than `capacity`, do not
 * send the mail. */
size_t postino_message_recipients(const struct postino_message *message, struct postino_recipient *recipients,
                                  size_t capacity);

/* The importance of a mail in the reader's list of mails. */
enum postino_priority {
    POSTINO_PRIORITY_HIGH = 1,
    POSTINO_PRIORITY_NORMAL = 3,
    POSTINO_PRIORITY_LOW = 5
};

/* Puts the three fields X-Priority, Importance and Priority in front of the message's further headers.
 * `headers` are the caller's and are overwritten. `priority` is of enum postino_priority. Call it once a
 * message. */
void postino_message_priority(struct postino_message *message, struct postino_header headers[3],
                              unsigned priority);

/* Puts Auto-Submitted: auto-generated (RFC 3834) in front of the message's further headers: the mail comes
 * from a machine, and no machine shall answer it. Call it once a message. */
void postino_message_automatic(struct postino_message *message, struct postino_header *header);

/* Puts List-Unsubscribe in front of the message's further headers, with `one_click` List-Unsubscribe-Post too
 * (RFC 2369, RFC 8058; the second field needs a DKIM signature). `value` is one or more addresses, with or
 * without angle brackets: "<https://example.org/u/42>, <mailto:u@example.org>". Call it once a message. */
void postino_message_unsubscribe(struct postino_message *message, struct postino_header headers[2],
                                 const char *value, int one_click);

#ifdef __cplusplus
}
#endif

#endif
