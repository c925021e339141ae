/* SPDX-License-Identifier: MIT */
/* The job's text. Invariant: the words of a mail and of a recipient are for the last one that was begun. */
#include "send_many.h"

#include "postino/sasl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct many_job *many;

void many_reject(const char *reason, const char *what)
{
    fprintf(stderr, "send_many: %s: %s\n", reason, what);
    exit(2);
}

static unsigned many_number(const char *text)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    if (end == text || *end != '\0') {
        many_reject("no number", text);
    }
    return (unsigned)number;
}

static void many_read(struct many_mail *mail, const char *path)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        many_reject("cannot be opened", path);
    }
    long size = ftell(file);
    char *message = malloc((size_t)size + 1);
    rewind(file);
    if (size < 0 || message == NULL || fread(message, 1, (size_t)size, file) != (size_t)size) {
        many_reject("cannot be read", path);
    }
    fclose(file);
    mail->message = message;
    mail->message_octets = (size_t)size;
}

static void many_leave_out(const char *name)
{
    const struct postino_extension *extension = strcmp(name, "CHUNKING") == 0 ? &postino_extension_chunking
                                                : strcmp(name, "PIPELINING") == 0
                                                    ? &postino_extension_pipelining
                                                    : NULL;
    size_t kept = 0;

    if (extension == NULL) {
        many_reject("no extension that can be left out", name);
    }
    for (size_t i = 0; many->extensions[i] != NULL; i++) {
        if (many->extensions[i] != extension) {
            many->extensions[kept++] = many->extensions[i];
        }
    }
    many->extensions[kept] = NULL;
}

static void many_choose(const char *name)
{
    static const struct postino_mechanism *chosen[2];
    const struct postino_mechanism *const *mechanism = postino_sasl_all;

    while (*mechanism != NULL && strcmp((*mechanism)->name, name) != 0) {
        mechanism++;
    }
    chosen[0] = strcmp(name, "EXTERNAL") == 0 ? &postino_sasl_external : *mechanism;
    if (chosen[0] == NULL) {
        many_reject("no mechanism", name);
    }
    many->config.mechanisms = chosen;
}

static void many_trace(void *context, enum postino_direction direction, const uint8_t *data,
                       size_t length_octets)
{
    FILE *file = context;

    fprintf(file, "%c: ", (char)direction);
    if (data != NULL) {
        fwrite(data, 1, length_octets, file);
    } else {
        fputs("***\n", file);
    }
}

static void many_open_trace(const char *path)
{
    many->config.trace_context = fopen(path, "wb");
    if (many->config.trace_context == NULL) {
        many_reject("cannot be written", path);
    }
    many->config.trace = many_trace;
}

static void many_add_service(char *words)
{
    static const char *const verbs[] = {"NOOP", "RSET", "VRFY", "EXPN", "HELP", "ETRN"};
    char *argument = strchr(words, ' ');

    if (argument != NULL) {
        *argument++ = '\0';
    }
    if (many->service_count == MANY_SERVICES) {
        many_reject("too many services", words);
    }
    struct many_service *service = &many->services[many->service_count++];
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(words, verbs[i]) == 0) {
            service->verb = verbs[i];
            service->service.command = (uint8_t)i;
        }
    }
    if (service->verb == NULL) {
        many_reject("no service", words);
    }
    service->service.argument = argument;
    service->service.text = service->text;
    service->service.text_capacity_octets = sizeof service->text;
}

static void many_add_recipient(enum postino_recipient_kind kind, const char *address)
{
    if (many->mail_count == 0 || many->recipient_count == MANY_RECIPIENTS) {
        many_reject("no mail, or too many recipients", address);
    }
    struct many_mail *mail = &many->mails[many->mail_count - 1];
    struct many_recipient *added = &many->recipients[many->recipient_count++];
    added->recipient.address = address;
    added->recipient.kind = (uint8_t)kind;
    added->recipient.record = &added->record;
    added->record.text = added->text;
    added->record.text_capacity_octets = sizeof added->text;
    if (mail->last == NULL) {
        mail->mail.recipients = &added->recipient;
    } else {
        mail->last->next = &added->recipient;
    }
    mail->last = &added->recipient;
}

static void many_add_mail(void)
{
    if (many->mail_count == MANY_MAILS) {
        many_reject("too many mails", "mail");
    }
    struct many_mail *mail = &many->mails[many->mail_count++];
    postino_options_init(&mail->options);
}

static struct postino_options *many_ask(struct many_mail *mail)
{
    mail->mail.options = &mail->options;
    return &mail->options;
}

/* Returns 1 if the word is one for TLS. */
static int many_take_tls(const char *word, char *value)
{
    if (strcmp(word, "tls") == 0) {
        many->secure = 1;
        many->tls.mode =
            strcmp(value, "starttls") == 0 ? POSTINO_TLS_MODE_STARTTLS : POSTINO_TLS_MODE_IMPLICIT;
    } else if (strcmp(word, "name") == 0) {
        many->tls.host_name = value;
    } else if (strcmp(word, "ca") == 0) {
        many->tls.ca_file = value;
    } else if (strcmp(word, "certificate") == 0) {
        many->tls.certificate_file = value;
    } else if (strcmp(word, "key") == 0) {
        many->tls.key_file = value;
    } else if (strcmp(word, "version") == 0) {
        many->tls.version_min = (uint8_t)many_number(value);
        many->tls.version_max = many->tls.version_min;
    } else {
        return 0;
    }
    return 1;
}

/* Returns 1 if the word is one for the client. */
static int many_take_config(const char *word, char *value)
{
    if (strcmp(word, "host") == 0) {
        many->host = value;
    } else if (strcmp(word, "port") == 0) {
        many->port = value;
    } else if (strcmp(word, "user") == 0) {
        many->config.user = value;
    } else if (strcmp(word, "password") == 0) {
        many->config.password = value;
    } else if (strcmp(word, "token") == 0) {
        many->config.token = value;
    } else if (strcmp(word, "mechanism") == 0) {
        many_choose(value);
    } else if (strcmp(word, "authzid") == 0) {
        many->config.authzid = value;
    } else if (strcmp(word, "apart") == 0) {
        many->apart = 1;
    } else if (strcmp(word, "in_flight") == 0) {
        many->config.mails_in_flight_max = (uint16_t)many_number(value);
    } else if (strcmp(word, "group") == 0) {
        many->config.group_octets_max = many_number(value);
    } else if (strcmp(word, "trace") == 0) {
        many_open_trace(value);
    } else if (strcmp(word, "lmtp") == 0) {
        many->config.lmtp = 1;
    } else if (strcmp(word, "without") == 0) {
        many_leave_out(value);
    } else if (strcmp(word, "service") == 0) {
        many_add_service(value);
    } else if (strcmp(word, "mail") == 0) {
        many_add_mail();
    } else {
        return many_take_tls(word, value);
    }
    return 1;
}

/* Returns 1 if the word is one for a recipient. */
static int many_take_recipient(struct many_mail *mail, const char *word, char *value)
{
    struct many_recipient *last =
        many->recipient_count != 0 ? &many->recipients[many->recipient_count - 1] : NULL;

    if (strcmp(word, "to") == 0) {
        many_add_recipient(POSTINO_RECIPIENT_TO, value);
    } else if (strcmp(word, "cc") == 0) {
        many_add_recipient(POSTINO_RECIPIENT_CC, value);
    } else if (strcmp(word, "bcc") == 0) {
        many_add_recipient(POSTINO_RECIPIENT_BCC, value);
    } else if (last != NULL && strcmp(word, "notify") == 0) {
        last->options.notify = (uint8_t)many_number(value);
        last->recipient.options = &last->options;
        (void)many_ask(mail);
    } else if (last != NULL && strcmp(word, "orcpt") == 0) {
        last->options.original_type = "rfc822";
        last->options.original_address = value;
        last->recipient.options = &last->options;
        (void)many_ask(mail);
    } else {
        return 0;
    }
    return 1;
}

static void many_take_mail(struct many_mail *mail, const char *word, char *value)
{
    if (strcmp(word, "from") == 0) {
        mail->mail.reverse_path = value;
    } else if (strcmp(word, "body") == 0) {
        many_read(mail, value);
    } else if (strcmp(word, "pieces") == 0) {
        mail->piece_octets = many_number(value);
    } else if (strcmp(word, "partial") == 0) {
        mail->mail.delivery = &postino_delivery_partial;
    } else if (strcmp(word, "utf8") == 0) {
        many_ask(mail)->utf8 = 1;
    } else if (strcmp(word, "envid") == 0) {
        many_ask(mail)->envelope_id = value;
    } else if (strcmp(word, "return") == 0) {
        many_ask(mail)->return_content =
            strcmp(value, "FULL") == 0 ? POSTINO_RETURN_FULL : POSTINO_RETURN_HEADERS;
    } else {
        many_reject("unknown word", word);
    }
}

static void many_take_line(char *word)
{
    char *value = word + strcspn(word, " ");

    if (*value != '\0') {
        *value++ = '\0';
    }
    if (many_take_config(word, value)) {
        return;
    }
    if (many->mail_count == 0) {
        many_reject("no mail yet", word);
    }
    struct many_mail *mail = &many->mails[many->mail_count - 1];
    if (!many_take_recipient(mail, word, value)) {
        many_take_mail(mail, word, value);
    }
}

void many_take_job(struct many_job *job, char *text)
{
    many = job;
    for (size_t i = 0; postino_extensions_all[i] != NULL && i < MANY_EXTENSIONS - 1; i++) {
        many->extensions[i] = postino_extensions_all[i];
    }
    many->config.extensions = many->extensions;
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        many_take_line(line);
    }
}
