/* SPDX-License-Identifier: MIT */
/* A server that says anything, in any pieces, to a session with several mails. The first octet of the
 * input chooses the configuration, the second the pieces and the TLS policy; the rest are the server's
 * octets. Octets between the reply to STARTTLS and the handshake end the session. Where TLS is required,
 * nothing is sent without it. */
#include "fuzz.h"

#define MAILS      4
#define RECIPIENTS 3
#define STEPS_MAX  100000

struct fuzz_mail {
    struct postino_mail mail;
    struct postino_recipient recipients[RECIPIENTS];
    struct postino_memory_source source;
    unsigned positive; /* replies 2xx that spoke of the mail, or of a recipient's message */
    unsigned returned;
};

struct fuzz {
    struct postino_session session;
    struct postino_session_config config;
    struct postino_credentials credentials;
    struct fuzz_mail mails[MAILS];
    uint32_t noise;
    uint32_t now_ms;
    size_t sent_octets;
    int encrypted;
};

static void count_reply(void *context, struct postino_mail *mail, struct postino_recipient *recipient,
                        const struct postino_reply *reply)
{
    (void)context;
    (void)recipient;
    FUZZ_CHECK(reply->code >= 200 && reply->code <= 599);
    if (reply->code < 300) {
        ((struct fuzz_mail *)mail)->positive++;
    }
}

static void fuzz_init(struct fuzz *fuzz, unsigned flags, unsigned pieces)
{
    static const char *const senders[] = {"a@example.com", "b@example.com", "", "d@example.com"};
    static const struct postino_mechanism *const mechanisms[] = {&postino_sasl_plain, &postino_sasl_login,
                                                                 NULL};
    static const char message[] = "Subject: x\r\n\r\n.\r\nHello\n.\n";
    size_t i;
    size_t j;

    memset(fuzz, 0, sizeof *fuzz);
    fuzz->noise = pieces * 2654435761u + 1;
    fuzz->credentials = (struct postino_credentials){.user = "user", .password = "secret"};
    fuzz->config = (struct postino_session_config){.ehlo_name = "client.example.com",
                                                   .faults = &postino_faults,
                                                   .time_limits = &postino_time_limits_rfc5321,
                                                   .extensions = postino_extensions_all,
                                                   .mails_in_flight_max = (uint16_t)(flags & 3),
                                                   .on_reply = count_reply};
    if (pieces & 8) {
        fuzz->config.tls = (pieces & 16) ? &postino_tls_required : &postino_tls_opportunistic;
    }
    if (flags & 4) {
        fuzz->config.lmtp = &postino_lmtp;
    }
    if (flags & 8) {
        fuzz->config.credentials = &fuzz->credentials;
        fuzz->config.mechanisms = mechanisms;
        fuzz->config.flags =
            POSTINO_SESSION_CLEAR_TEXT_AUTH | ((flags & 16) ? POSTINO_SESSION_AUTH_IF_OFFERED : 0);
        fuzz->config.challenge_octets_max = 64;
    }
    for (i = 0; i < MAILS; i++) {
        struct fuzz_mail *mail = &fuzz->mails[i];

        postino_memory_source_init(&mail->source, message, sizeof message - 1);
        mail->mail.reverse_path = senders[i];
        mail->mail.recipients = &mail->recipients[0];
        mail->mail.source = &mail->source.source;
        mail->mail.delivery = ((flags >> 5) + i) % 2 != 0 ? &postino_delivery_partial : NULL;
        for (j = 0; j < RECIPIENTS; j++) {
            mail->recipients[j].address = "r@example.org";
            mail->recipients[j].next = j + 1 < RECIPIENTS && !(flags & 128) ? &mail->recipients[j + 1] : NULL;
        }
    }
}

static void collect(struct fuzz *fuzz)
{
    struct postino_mail *mail;

    while ((mail = postino_session_finished(&fuzz->session)) != NULL) {
        struct fuzz_mail *own = (struct fuzz_mail *)mail;
        struct postino_recipient *recipient;

        own->returned++;
        FUZZ_CHECK(own->returned == 1);
        FUZZ_CHECK(mail->result.outcome != POSTINO_OUTCOME_PENDING);
        FUZZ_CHECK(fuzz->config.tls != &postino_tls_required || fuzz->encrypted ||
                   mail->result.outcome == POSTINO_OUTCOME_NOT_ATTEMPTED);
        FUZZ_CHECK((mail->result.outcome == POSTINO_OUTCOME_ACCEPTED) || mail->result.error != 0);
        for (recipient = mail->recipients; recipient != NULL; recipient = recipient->next) {
            FUZZ_CHECK(recipient->outcome != POSTINO_OUTCOME_PENDING);
            FUZZ_CHECK(recipient->outcome >= mail->result.outcome);
            if (recipient->outcome == POSTINO_OUTCOME_ACCEPTED) {
                /* MAIL, RCPT and the message. */
                FUZZ_CHECK(recipient->reply_code / 100 == 2 && own->positive >= 3);
            }
        }
    }
}

static void check_want(const struct fuzz *fuzz)
{
    unsigned want = postino_session_want(&fuzz->session);

    FUZZ_CHECK(want != 0);
    if (want & POSTINO_WANT_CLOSED) {
        FUZZ_CHECK((want & (POSTINO_WANT_SEND | POSTINO_WANT_RECEIVE | POSTINO_WANT_MAIL)) == 0);
    } else {
        FUZZ_CHECK((want & POSTINO_WANT_GRACEFUL) == 0);
        FUZZ_CHECK(postino_session_result(&fuzz->session)->error == 0 ||
                   (want & (POSTINO_WANT_SEND | POSTINO_WANT_RECEIVE)));
    }
}

/* Sends some of what there is, or all. */
static void drain(struct fuzz *fuzz, int all)
{
    unsigned steps = 0;

    while ((postino_session_want(&fuzz->session) & POSTINO_WANT_SEND) &&
           (all || fuzz_length(&fuzz->noise, 3) != 1)) {
        size_t capacity = fuzz_length(&fuzz->noise, 200);
        uint8_t *room = malloc(capacity);
        size_t length;

        FUZZ_CHECK(room != NULL);
        length = postino_session_output(&fuzz->session, room, capacity, fuzz->now_ms);
        free(room);
        FUZZ_CHECK(length != 0 && length <= capacity);
        fuzz->sent_octets += length;
        FUZZ_CHECK(++steps < STEPS_MAX);
        check_want(fuzz);
    }
}

/* Hands a piece in, as it came: behind the reply to STARTTLS in the clear. */
static void hear(struct fuzz *fuzz, const uint8_t *piece, size_t length)
{
    unsigned want = postino_session_want(&fuzz->session);

    postino_session_input(&fuzz->session, piece, length, fuzz->now_ms);
    if (want & POSTINO_WANT_START_TLS) {
        FUZZ_CHECK((want & POSTINO_WANT_SEND) == 0);
        FUZZ_CHECK(postino_session_want(&fuzz->session) & POSTINO_WANT_CLOSED);
        FUZZ_CHECK(postino_session_result(&fuzz->session)->error == POSTINO_ERROR_TLS_INJECTION);
    }
}

/* Makes the handshake, now or later. */
static void encrypt(struct fuzz *fuzz)
{
    static const struct postino_tls_info info = {.version = "TLSv1.3", .text = ""};

    if ((postino_session_want(&fuzz->session) & POSTINO_WANT_START_TLS) &&
        fuzz_length(&fuzz->noise, 4) != 1) {
        FUZZ_CHECK(!fuzz->encrypted);
        postino_session_tls_started(&fuzz->session, &info, fuzz->now_ms);
        fuzz->encrypted = 1;
        FUZZ_CHECK(postino_session_capabilities(&fuzz->session) == 0);
    }
}

static void finish(struct fuzz *fuzz, unsigned submitted)
{
    size_t unsent = fuzz_length(&fuzz->noise, fuzz->sent_octets + 1) - 1;
    unsigned i;

    postino_session_lost(&fuzz->session, POSTINO_ERROR_CLOSED, unsent);
    FUZZ_CHECK(postino_session_want(&fuzz->session) & POSTINO_WANT_CLOSED);
    collect(fuzz);
    for (i = 0; i < submitted; i++) {
        FUZZ_CHECK(fuzz->mails[i].returned == 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz fuzz;
    unsigned submitted = 0;
    size_t offset = 2;

    if (size < 2) {
        return 0;
    }
    fuzz_init(&fuzz, data[0], data[1]);
    FUZZ_CHECK(postino_session_init(&fuzz.session, &fuzz.config, 0) == 0);
    while (submitted < MAILS && postino_session_submit(&fuzz.session, &fuzz.mails[submitted].mail) == 0) {
        submitted++;
    }
    FUZZ_CHECK(submitted == MAILS);
    if (data[1] & 1) {
        postino_session_quit(&fuzz.session);
    }
    while (offset < size && !(postino_session_want(&fuzz.session) & POSTINO_WANT_CLOSED)) {
        size_t length = fuzz_length(&fuzz.noise, size - offset);
        uint8_t *piece = fuzz_copy(data + offset, length);

        drain(&fuzz, (data[1] & 2) != 0);
        hear(&fuzz, piece, length);
        free(piece);
        offset += length;
        fuzz.now_ms += data[1];
        postino_session_tick(&fuzz.session, fuzz.now_ms);
        check_want(&fuzz);
        if (data[1] & 4) {
            collect(&fuzz);
        }
        encrypt(&fuzz);
    }
    finish(&fuzz, submitted);
    return 0;
}
