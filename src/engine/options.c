/* SPDX-License-Identifier: MIT */
/* The options of a mail. Invariant: each option that is asked for is offered and sent, or is optional, or
 * the mail fails with the name of its extension. */
#include "emitter.h"
#include "state.h"

#define OPTIONS_ENVELOPE_ID_MAX 100
#define OPTIONS_ADDRESS_MAX     500
#define OPTIONS_SECONDS_MAX     999999999

/* Returns 1 for printable ASCII, which xtext can express, else 0. */
static int options_printable(const char *text, size_t limit)
{
    size_t i;

    for (i = 0; text[i] != '\0'; i++) {
        if (text[i] < ' ' || text[i] > '~')
            return 0;
    }
    return i != 0 && i <= limit;
}

static int options_atom(const char *text)
{
    size_t i;

    for (i = 0; text[i] != '\0'; i++) {
        if ((text[i] < '0' || text[i] > '9') && (text[i] < 'A' || text[i] > 'Z') &&
            (text[i] < 'a' || text[i] > 'z') && text[i] != '-')
            return 0;
    }
    return i != 0 && i <= 64;
}

/* Returns 1 for the characters of RFC 3339, so that only a time can be sent, else 0. */
static int options_time(const char *text)
{
    static const char marks[] = "-:.+TZtz";
    size_t i;

    for (i = 0; text[i] != '\0'; i++) {
        if ((text[i] < '0' || text[i] > '9') && memchr(marks, text[i], sizeof marks - 1) == NULL)
            return 0;
    }
    return i >= 20 && i <= 40;
}

static int options_recipient_valid(const struct postino_recipient_options *options)
{
    if (options->notify > POSTINO_NOTIFY_NEVER)
        return 0;
    if ((options->original_type == NULL) != (options->original_address == NULL))
        return 0;
    return options->original_type == NULL ||
           (options_atom(options->original_type) &&
            options_printable(options->original_address, OPTIONS_ADDRESS_MAX));
}

static int options_valid(const struct postino_options *options)
{
    if (options->envelope_id != NULL && !options_printable(options->envelope_id, OPTIONS_ENVELOPE_ID_MAX))
        return 0;
    if (options->return_content > POSTINO_RETURN_HEADERS)
        return 0;
    if (options->has_priority != 0 && (options->priority < -9 || options->priority > 9))
        return 0;
    if (options->deliver_by_mode != 0 &&
        ((options->deliver_by_mode != 'N' && options->deliver_by_mode != 'R') ||
         options->deliver_by_s > OPTIONS_SECONDS_MAX || options->deliver_by_s < -OPTIONS_SECONDS_MAX ||
         (options->deliver_by_mode == 'R' && options->deliver_by_s <= 0)))
        return 0;
    if (options->hold_for_s > OPTIONS_SECONDS_MAX ||
        (options->hold_until != NULL && (options->hold_for_s != 0 || !options_time(options->hold_until))))
        return 0;
    return options->submitter == NULL || (options_printable(options->submitter, OPTIONS_ADDRESS_MAX) &&
                                          (options->submitter[0] != '<' ||
                                           (options->submitter[1] == '>' && options->submitter[2] == '\0')));
}

/* Returns POSTINO_CAPABILITY_SMTPUTF8 where a path needs it, else 0; -1: the path is not UTF-8. */
static int options_utf8(const struct postino_span *path)
{
    const char *text = path->data;
    const char *end = text + path->length_octets;
    int needed = 0;

    while (text != end) {
        /* A bracket or a zero stands behind the path, so no character reaches across its end. */
        unsigned length = postino_utf8_length(text);

        if (length == 0)
            return -1;
        if (length > 1)
            needed = POSTINO_CAPABILITY_SMTPUTF8;
        text += length;
    }
    return needed;
}

/* Returns the extensions that the mail asks for, as bits. */
static uint32_t options_wanted(const struct postino_mail *mail)
{
    const struct postino_options *options = mail->options;
    const struct postino_recipient *recipient;
    uint32_t wanted = 0;

    if (options->envelope_id != NULL || options->return_content != POSTINO_RETURN_DEFAULT)
        wanted |= POSTINO_CAPABILITY_DSN;
    for (recipient = mail->recipients; recipient != NULL; recipient = recipient->next) {
        if (recipient->options != NULL)
            wanted |= POSTINO_CAPABILITY_DSN;
    }
    if (options->utf8 != 0)
        wanted |= POSTINO_CAPABILITY_SMTPUTF8;
    if (options->require_tls != 0)
        wanted |= POSTINO_CAPABILITY_REQUIRETLS;
    if (options->has_priority != 0)
        wanted |= POSTINO_CAPABILITY_MT_PRIORITY;
    if (options->deliver_by_mode != 0)
        wanted |= POSTINO_CAPABILITY_DELIVERBY;
    if (options->hold_for_s != 0 || options->hold_until != NULL)
        wanted |= POSTINO_CAPABILITY_FUTURERELEASE;
    if (options->submitter != NULL)
        wanted |= POSTINO_CAPABILITY_AUTH;
    return wanted;
}

static int options_check(struct postino_session *session, struct postino_mail *mail)
{
    struct postino_options *options = mail->options;
    const struct postino_recipient *recipient;
    uint32_t missing;
    int needed = options_utf8(&mail->path);
    int more;

    options->missing = 0;
    if (!options_valid(options))
        return POSTINO_ERROR_OPTION;
    /* RFC 8689 section 4.1: only over TLS, to a server whose certificate was verified. */
    if (options->require_tls != 0 && (options->optional & POSTINO_CAPABILITY_REQUIRETLS) == 0 &&
        (session->tls == NULL || !session->tls->verified))
        return POSTINO_ERROR_REQUIRETLS;
    if (needed < 0)
        return POSTINO_ERROR_REVERSE_PATH;
    for (recipient = mail->recipients; recipient != NULL; recipient = recipient->next) {
        if (recipient->options != NULL && !options_recipient_valid(recipient->options))
            return POSTINO_ERROR_OPTION;
        more = options_utf8(&recipient->path);
        if (more < 0)
            return POSTINO_ERROR_FORWARD_PATH;
        needed |= more;
    }
    /* RFC 6531 section 3.4: an address in UTF-8 needs the extension, optional or not. */
    missing = options_wanted(mail) & ~session->capabilities & (~options->optional | (uint32_t)needed);
    /* The lowest bit: one name is enough. */
    options->missing = missing & (~missing + 1);
    return missing != 0 ? POSTINO_ERROR_NOT_OFFERED : POSTINO_OK;
}

/* RFC 3461 section 4. */
static void options_emit_xtext(struct postino_emitter *emitter, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";

    for (; *text != '\0'; text++) {
        uint8_t octet = (uint8_t)*text;

        if (octet <= ' ' || octet > '~' || octet == '+' || octet == '=') {
            postino_emit(emitter, '+');
            postino_emit(emitter, (uint8_t)digits[octet >> 4]);
            postino_emit(emitter, (uint8_t)digits[octet & 15]);
        } else {
            postino_emit(emitter, octet);
        }
    }
}

static void options_emit_signed(struct postino_emitter *emitter, int32_t number)
{
    if (number < 0)
        postino_emit(emitter, '-');
    postino_emit_number(emitter, (size_t)(number < 0 ? -number : number));
}

static void options_emit_rcpt(struct postino_emitter *emitter,
                              const struct postino_recipient_options *options)
{
    static const char names[][8] = {"SUCCESS", "FAILURE", "DELAY", "NEVER"};
    const char *separator = " NOTIFY=";
    unsigned i;

    for (i = 0; i < 4; i++) {
        if ((options->notify & 1u << i) != 0) {
            postino_emit_text(emitter, separator);
            postino_emit_text(emitter, names[i]);
            separator = ",";
        }
    }
    if (options->original_type != NULL) {
        postino_emit_text(emitter, " ORCPT=");
        postino_emit_text(emitter, options->original_type);
        postino_emit(emitter, ';');
        options_emit_xtext(emitter, options->original_address);
    }
}

static void options_emit_dsn(struct postino_emitter *emitter, const struct postino_options *options)
{
    if (options->return_content == POSTINO_RETURN_FULL)
        postino_emit_text(emitter, " RET=FULL");
    else if (options->return_content == POSTINO_RETURN_HEADERS)
        postino_emit_text(emitter, " RET=HDRS");
    if (options->envelope_id != NULL) {
        postino_emit_text(emitter, " ENVID=");
        options_emit_xtext(emitter, options->envelope_id);
    }
}

static void options_emit_deliver_by(struct postino_emitter *emitter, const struct postino_options *options)
{
    postino_emit_text(emitter, " BY=");
    options_emit_signed(emitter, options->deliver_by_s);
    postino_emit(emitter, ';');
    postino_emit(emitter, (uint8_t)options->deliver_by_mode);
    if (options->deliver_by_trace != 0)
        postino_emit(emitter, 'T');
}

static void options_emit_hold(struct postino_emitter *emitter, const struct postino_options *options)
{
    if (options->hold_until != NULL) {
        postino_emit_text(emitter, " HOLDUNTIL=");
        postino_emit_text(emitter, options->hold_until);
    } else {
        postino_emit_text(emitter, " HOLDFOR=");
        postino_emit_number(emitter, options->hold_for_s);
    }
}

static void options_emit(const struct postino_session *session, struct postino_emitter *emitter)
{
    const struct postino_mail *mail = session->sent.mail;
    const struct postino_recipient *recipient = session->sent.recipient;
    const struct postino_options *options = mail->options;
    uint32_t said =
        options_wanted(mail) & session->capabilities & ~(session->config->avoided & options->optional);

    if (recipient != NULL) {
        if (recipient->options != NULL && (said & POSTINO_CAPABILITY_DSN) != 0)
            options_emit_rcpt(emitter, recipient->options);
        return;
    }
    if ((said & POSTINO_CAPABILITY_SMTPUTF8) != 0)
        postino_emit_text(emitter, " SMTPUTF8");
    if ((said & POSTINO_CAPABILITY_REQUIRETLS) != 0 && session->tls != NULL && session->tls->verified)
        postino_emit_text(emitter, " REQUIRETLS");
    if ((said & POSTINO_CAPABILITY_DSN) != 0)
        options_emit_dsn(emitter, options);
    if ((said & POSTINO_CAPABILITY_DELIVERBY) != 0)
        options_emit_deliver_by(emitter, options);
    if ((said & POSTINO_CAPABILITY_FUTURERELEASE) != 0)
        options_emit_hold(emitter, options);
    if ((said & POSTINO_CAPABILITY_MT_PRIORITY) != 0) {
        postino_emit_text(emitter, " MT-PRIORITY=");
        options_emit_signed(emitter, options->priority);
    }
    if ((said & POSTINO_CAPABILITY_AUTH) != 0) {
        postino_emit_text(emitter, " AUTH=");
        if (options->submitter[0] == '<')
            postino_emit_text(emitter, options->submitter);
        else
            options_emit_xtext(emitter, options->submitter);
    }
}

void postino_options_init(struct postino_options *options)
{
    static const struct postino_options_class options_class = {options_check, options_emit};

    memset(options, 0, sizeof *options);
    options->methods = &options_class;
}
