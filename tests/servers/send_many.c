/* SPDX-License-Identifier: MIT */

/* Does the job that its standard input describes, a line a word and its value, through the blocking client:
 *
 *     host 127.0.0.1 | port N | user U | password P | in_flight N | group N | trace FILE | lmtp
 *     mechanism NAME          the one to authenticate with; else the strongest | token T
 *     without CHUNKING | without PIPELINING
 *     service VRFY bob        is asked before the mails are handed in
 *     mail                    a mail begins; what follows is of it:
 *     from A | body FILE      the file is the whole message
 *     pieces N                it is read once only, N octets at a time, and its size is not told
 *     partial | utf8 | envid ID | return FULL or HDRS
 *     to A | cc A | bcc A     a recipient; what follows is of it:
 *     notify BITS | orcpt A   the bits of enum postino_notify
 *
 * All mails are handed in at once. Each is told when it is collected, fields separated by tabs, mails and
 * recipients numbered from 0 in the order of the job, lines of a reply separated by "|":
 *
 *     service VERB STATUS CODE TEXT
 *     mail NUMBER OUTCOME ERROR STEP CODE
 *     recipient NUMBER ADDRESS OUTCOME CODE ENHANCED TEXT
 *
 * Exit status: 0 every mail was told, whatever became of it; 2 the job is unusable. */

#include "postino/client.h"
#include "postino/posix.h"
#include "postino/sasl_openssl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MANY_MAILS = 400,
    MANY_RECIPIENTS = 1000,
    MANY_SERVICES = 10,
    MANY_JOB_OCTETS = 200000,
    MANY_TEXT_OCTETS = 300,
    MANY_SERVICE_TEXT_OCTETS = 2000,
    MANY_LIMIT_MS = 20000,
    MANY_EXTENSIONS = 40
};

struct many_recipient {
    struct postino_recipient recipient;
    struct postino_recipient_options options;
    struct postino_record record;
    char text[MANY_TEXT_OCTETS];
};

struct many_mail {
    struct postino_mail mail; /* first: a collected mail is turned back into its job */
    struct postino_options options;
    struct postino_memory_source memory;
    struct postino_callback_source callback;
    const char *message;
    size_t message_octets;
    size_t piece_octets; /* 0: in one piece, of a size that is told */
    size_t read_octets;
    struct postino_recipient *last;
};

struct many_service {
    struct postino_service service;
    const char *verb;
    char text[MANY_SERVICE_TEXT_OCTETS];
};

static struct many_mail many_mails[MANY_MAILS];
static struct many_recipient many_recipients[MANY_RECIPIENTS];
static struct many_service many_services[MANY_SERVICES];
static size_t many_mail_count;
static size_t many_recipient_count;
static size_t many_service_count;

static const char *many_host;
static const char *many_port;
static struct postino_client_config many_config;
static const struct postino_extension *many_extensions[MANY_EXTENSIONS];

__attribute__((noreturn)) static void many_reject(const char *reason, const char *what)
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
    for (size_t i = 0; many_extensions[i] != NULL; i++) {
        if (many_extensions[i] != extension) {
            many_extensions[kept++] = many_extensions[i];
        }
    }
    many_extensions[kept] = NULL;
}

static void many_choose(const char *name)
{
    static const struct postino_mechanism *chosen[2];
    const struct postino_mechanism *const *mechanism = postino_sasl_all;

    while (*mechanism != NULL && strcmp((*mechanism)->name, name) != 0) {
        mechanism++;
    }
    if (*mechanism == NULL) {
        many_reject("no mechanism", name);
    }
    chosen[0] = *mechanism;
    many_config.mechanisms = chosen;
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
    many_config.trace_context = fopen(path, "wb");
    if (many_config.trace_context == NULL) {
        many_reject("cannot be written", path);
    }
    many_config.trace = many_trace;
}

static void many_add_service(char *words)
{
    static const char *const verbs[] = {"NOOP", "RSET", "VRFY", "EXPN", "HELP", "ETRN"};
    char *argument = strchr(words, ' ');

    if (argument != NULL) {
        *argument++ = '\0';
    }
    if (many_service_count == MANY_SERVICES) {
        many_reject("too many services", words);
    }
    struct many_service *service = &many_services[many_service_count++];
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
    if (many_mail_count == 0 || many_recipient_count == MANY_RECIPIENTS) {
        many_reject("no mail, or too many recipients", address);
    }
    struct many_mail *mail = &many_mails[many_mail_count - 1];
    struct many_recipient *added = &many_recipients[many_recipient_count++];
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
    if (many_mail_count == MANY_MAILS) {
        many_reject("too many mails", "mail");
    }
    struct many_mail *mail = &many_mails[many_mail_count++];
    postino_options_init(&mail->options);
}

static struct postino_options *many_ask(struct many_mail *mail)
{
    mail->mail.options = &mail->options;
    return &mail->options;
}

/* Returns 1 if the word is one for the client. */
static int many_take_config(const char *word, char *value)
{
    if (strcmp(word, "host") == 0) {
        many_host = value;
    } else if (strcmp(word, "port") == 0) {
        many_port = value;
    } else if (strcmp(word, "user") == 0) {
        many_config.user = value;
    } else if (strcmp(word, "password") == 0) {
        many_config.password = value;
    } else if (strcmp(word, "token") == 0) {
        many_config.token = value;
    } else if (strcmp(word, "mechanism") == 0) {
        many_choose(value);
    } else if (strcmp(word, "in_flight") == 0) {
        many_config.mails_in_flight_max = (uint16_t)many_number(value);
    } else if (strcmp(word, "group") == 0) {
        many_config.group_octets_max = many_number(value);
    } else if (strcmp(word, "trace") == 0) {
        many_open_trace(value);
    } else if (strcmp(word, "lmtp") == 0) {
        many_config.lmtp = 1;
    } else if (strcmp(word, "without") == 0) {
        many_leave_out(value);
    } else if (strcmp(word, "service") == 0) {
        many_add_service(value);
    } else if (strcmp(word, "mail") == 0) {
        many_add_mail();
    } else {
        return 0;
    }
    return 1;
}

/* Returns 1 if the word is one for a recipient. */
static int many_take_recipient(struct many_mail *mail, const char *word, char *value)
{
    struct many_recipient *last =
        many_recipient_count != 0 ? &many_recipients[many_recipient_count - 1] : NULL;

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
    if (many_mail_count == 0) {
        many_reject("no mail yet", word);
    }
    struct many_mail *mail = &many_mails[many_mail_count - 1];
    if (!many_take_recipient(mail, word, value)) {
        many_take_mail(mail, word, value);
    }
}

/* The callback source: pieces of one size. */
static enum postino_source_status many_piece(void *context, const uint8_t **data, size_t *length_octets)
{
    struct many_mail *mail = context;
    size_t left = mail->message_octets - mail->read_octets;

    if (left == 0) {
        return POSTINO_SOURCE_END;
    }
    *data = (const uint8_t *)mail->message + mail->read_octets;
    *length_octets = left < mail->piece_octets ? left : mail->piece_octets;
    mail->read_octets += *length_octets;
    return POSTINO_SOURCE_DATA;
}

static void many_print_text(const char *text, size_t length_octets, size_t capacity_octets)
{
    for (size_t i = 0; i < length_octets && i < capacity_octets; i++) {
        putchar(text[i] == '\n' ? '|' : text[i] == '\t' ? ' ' : text[i]);
    }
    putchar('\n');
}

static void many_print(const struct many_mail *mail)
{
    const struct postino_result *result = &mail->mail.result;

    printf("mail\t%u\t%s\t%d\t%s\t%u\n", (unsigned)(mail - many_mails), postino_outcome_name(result->outcome),
           result->error, postino_step_name(result->step), result->reply_code);
    for (const struct postino_recipient *recipient = mail->mail.recipients; recipient != NULL;
         recipient = recipient->next) {
        const struct postino_record *record = recipient->record;

        printf("recipient\t%u\t%s\t%s\t%u\t%u.%u.%u\t", (unsigned)(mail - many_mails), recipient->address,
               postino_outcome_name(recipient->outcome), recipient->reply_code,
               record->enhanced_code.status_class, record->enhanced_code.subject,
               record->enhanced_code.detail);
        many_print_text(record->text, record->text_octets, record->text_capacity_octets);
    }
}

static void many_run(struct postino_client *client)
{
    for (size_t i = 0; i < many_service_count; i++) {
        struct postino_service *service = &many_services[i].service;
        int status = postino_client_service(client, service);

        printf("service\t%s\t%d\t%u\t", many_services[i].verb, status, service->reply_code);
        many_print_text(service->text, service->text_octets, service->text_capacity_octets);
    }
    for (size_t i = 0; i < many_mail_count; i++) {
        struct many_mail *mail = &many_mails[i];

        postino_memory_source_init(&mail->memory, mail->message, mail->message_octets);
        mail->mail.source = &mail->memory.source;
        if (mail->piece_octets != 0) {
            postino_callback_source_init(&mail->callback, NULL, many_piece, mail, POSTINO_SIZE_UNKNOWN, 0);
            mail->mail.source = &mail->callback.source;
        }
        if (postino_client_submit(client, &mail->mail) != 0) {
            many_print(mail);
        }
    }
    for (struct postino_mail *mail; (mail = postino_client_collect(client)) != NULL;) {
        many_print((const struct many_mail *)(const void *)mail);
    }
    postino_client_quit(client);
}

int main(void)
{
    static struct postino_posix posix;
    static struct postino_client client;
    static const struct postino_time_limits limits = {MANY_LIMIT_MS, MANY_LIMIT_MS, MANY_LIMIT_MS,
                                                      MANY_LIMIT_MS, MANY_LIMIT_MS, MANY_LIMIT_MS};
    static char job[MANY_JOB_OCTETS]; /* the strings that everything points to */

    for (size_t i = 0; postino_extensions_all[i] != NULL && i < MANY_EXTENSIONS - 1; i++) {
        many_extensions[i] = postino_extensions_all[i];
    }
    many_config.ehlo_name = "client.mail.test";
    many_config.tls = &postino_tls_none;
    many_config.allow_clear_text_auth = 1;
    many_config.crypto = &postino_sasl_openssl;
    many_config.connect_timeout_ms = MANY_LIMIT_MS;
    many_config.time_limits = &limits;
    many_config.extensions = many_extensions;
    if (fread(job, 1, sizeof job, stdin) == sizeof job) {
        many_reject("too long", "the job");
    }
    for (char *line = strtok(job, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        many_take_line(line);
    }
    if (many_host == NULL || many_port == NULL || postino_posix_init(&posix, many_host, many_port) != 0 ||
        postino_client_init(&client, &posix.transport, &many_config) != 0) {
        many_reject("no such client", many_host != NULL ? many_host : "no host");
    }
    many_run(&client);
    if (many_config.trace_context != NULL) {
        fclose(many_config.trace_context);
    }
    return 0;
}
