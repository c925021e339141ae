/* SPDX-License-Identifier: MIT */
/* Counts round trips: the client sends all that it can, then the server answers all that it can. The TCP
 * set-up counts as one, the greeting as one, QUIT as one. Each figure of DESIGN.md is met exactly, at any
 * capacity. */
#include "batch_server.h"
#include "postino/session.h"

#include <stdio.h>
#include <string.h>

#define TRIPS_MAILS_MAX 100
#define TRIPS_MAX       2000 /* then it is a loop */
#define TRIPS_LARGE     65536

enum trips_tls {
    TRIPS_CLEAR,
    TRIPS_IMPLICIT,
    TRIPS_STARTTLS
};

enum trips_auth {
    TRIPS_NO_AUTH,
    TRIPS_PLAIN,
    TRIPS_LOGIN
};

struct trips_case {
    const char *name;
    int pipelining;
    int chunking;
    enum trips_auth auth;
    enum trips_tls tls;
    unsigned mails;
    unsigned recipients; /* of each mail; with more than one to those that are taken */
    unsigned in_flight;
    int together;      /* mails and QUIT are handed in at once */
    unsigned expected; /* round trips */
};

static const struct trips_case trips_cases[] = {
    {"PIPELINING and CHUNKING", 1, 1, TRIPS_NO_AUTH, TRIPS_CLEAR, 1, 1, 0, 1, 4},
    {"PIPELINING and CHUNKING, PLAIN", 1, 1, TRIPS_PLAIN, TRIPS_CLEAR, 1, 1, 0, 1, 5},
    {"PIPELINING and CHUNKING, LOGIN", 1, 1, TRIPS_LOGIN, TRIPS_CLEAR, 1, 1, 0, 1, 7},
    {"PIPELINING", 1, 0, TRIPS_NO_AUTH, TRIPS_CLEAR, 1, 1, 0, 1, 5},
    {"PIPELINING, PLAIN", 1, 0, TRIPS_PLAIN, TRIPS_CLEAR, 1, 1, 0, 1, 6},
    {"PIPELINING, LOGIN", 1, 0, TRIPS_LOGIN, TRIPS_CLEAR, 1, 1, 0, 1, 8},
    {"CHUNKING", 0, 1, TRIPS_NO_AUTH, TRIPS_CLEAR, 1, 1, 0, 1, 7},
    {"CHUNKING, PLAIN", 0, 1, TRIPS_PLAIN, TRIPS_CLEAR, 1, 1, 0, 1, 8},
    {"CHUNKING, LOGIN", 0, 1, TRIPS_LOGIN, TRIPS_CLEAR, 1, 1, 0, 1, 10},
    {"neither", 0, 0, TRIPS_NO_AUTH, TRIPS_CLEAR, 1, 1, 0, 1, 8},
    {"neither, PLAIN", 0, 0, TRIPS_PLAIN, TRIPS_CLEAR, 1, 1, 0, 1, 9},
    {"neither, LOGIN", 0, 0, TRIPS_LOGIN, TRIPS_CLEAR, 1, 1, 0, 1, 11},
    /* STARTTLS and a second EHLO; the handshake's own round trips come besides. */
    {"STARTTLS, PIPELINING and CHUNKING", 1, 1, TRIPS_NO_AUTH, TRIPS_STARTTLS, 1, 1, 0, 1, 6},
    {"STARTTLS, PIPELINING and CHUNKING, PLAIN", 1, 1, TRIPS_PLAIN, TRIPS_STARTTLS, 1, 1, 0, 1, 7},
    {"STARTTLS, PIPELINING and CHUNKING, LOGIN", 1, 1, TRIPS_LOGIN, TRIPS_STARTTLS, 1, 1, 0, 1, 9},
    {"STARTTLS, PIPELINING", 1, 0, TRIPS_NO_AUTH, TRIPS_STARTTLS, 1, 1, 0, 1, 7},
    {"STARTTLS, PIPELINING, PLAIN", 1, 0, TRIPS_PLAIN, TRIPS_STARTTLS, 1, 1, 0, 1, 8},
    {"STARTTLS, PIPELINING, LOGIN", 1, 0, TRIPS_LOGIN, TRIPS_STARTTLS, 1, 1, 0, 1, 10},
    {"STARTTLS, CHUNKING", 0, 1, TRIPS_NO_AUTH, TRIPS_STARTTLS, 1, 1, 0, 1, 9},
    {"STARTTLS, CHUNKING, PLAIN", 0, 1, TRIPS_PLAIN, TRIPS_STARTTLS, 1, 1, 0, 1, 10},
    {"STARTTLS, CHUNKING, LOGIN", 0, 1, TRIPS_LOGIN, TRIPS_STARTTLS, 1, 1, 0, 1, 12},
    {"STARTTLS, neither", 0, 0, TRIPS_NO_AUTH, TRIPS_STARTTLS, 1, 1, 0, 1, 10},
    {"STARTTLS, neither, PLAIN", 0, 0, TRIPS_PLAIN, TRIPS_STARTTLS, 1, 1, 0, 1, 11},
    {"STARTTLS, neither, LOGIN", 0, 0, TRIPS_LOGIN, TRIPS_STARTTLS, 1, 1, 0, 1, 13},
    {"implicit TLS, PIPELINING and CHUNKING", 1, 1, TRIPS_NO_AUTH, TRIPS_IMPLICIT, 1, 1, 0, 1, 4},
    {"implicit TLS, PIPELINING and CHUNKING, PLAIN", 1, 1, TRIPS_PLAIN, TRIPS_IMPLICIT, 1, 1, 0, 1, 5},
    {"implicit TLS, PIPELINING and CHUNKING, LOGIN", 1, 1, TRIPS_LOGIN, TRIPS_IMPLICIT, 1, 1, 0, 1, 7},
    {"implicit TLS, neither", 0, 0, TRIPS_NO_AUTH, TRIPS_IMPLICIT, 1, 1, 0, 1, 8},
    {"implicit TLS, neither, PLAIN", 0, 0, TRIPS_PLAIN, TRIPS_IMPLICIT, 1, 1, 0, 1, 9},
    {"implicit TLS, neither, LOGIN", 0, 0, TRIPS_LOGIN, TRIPS_IMPLICIT, 1, 1, 0, 1, 11},
    {"STARTTLS, 10 mails at once, 32 under way", 1, 1, TRIPS_PLAIN, TRIPS_STARTTLS, 10, 1, 32, 1, 8},
    {"50 recipients, PIPELINING and CHUNKING", 1, 1, TRIPS_NO_AUTH, TRIPS_CLEAR, 1, 50, 0, 1, 5},
    {"50 recipients, neither", 0, 0, TRIPS_NO_AUTH, TRIPS_CLEAR, 1, 50, 0, 1, 57},
    /* A mail more is a round trip more: 5 for the first and a QUIT of its own. */
    {"1 mail, each when wanted", 1, 1, TRIPS_NO_AUTH, TRIPS_CLEAR, 1, 1, 0, 0, 5},
    {"10 mails, each when wanted", 1, 1, TRIPS_NO_AUTH, TRIPS_CLEAR, 10, 1, 0, 0, 14},
    {"10 mails, each when wanted, PIPELINING", 1, 0, TRIPS_NO_AUTH, TRIPS_CLEAR, 10, 1, 0, 0, 24},
    {"10 mails, each when wanted, neither", 0, 0, TRIPS_NO_AUTH, TRIPS_CLEAR, 10, 1, 0, 0, 44},
    {"10 mails at once, one at a time", 1, 1, TRIPS_NO_AUTH, TRIPS_CLEAR, 10, 1, 1, 1, 13},
    /* The last groups: four of mails, QUIT. */
    {"100 mails at once, 32 under way", 1, 1, TRIPS_NO_AUTH, TRIPS_CLEAR, 100, 1, 32, 1, 8},
    /* The end of one shares its group with the envelope of the next. */
    {"10 mails at once, PIPELINING, 32 under way", 1, 0, TRIPS_NO_AUTH, TRIPS_CLEAR, 10, 1, 32, 1, 14},
};

struct trips {
    const struct trips_case *test;
    size_t capacity_octets;
    struct postino_session session;
    struct postino_session_config config;
    struct postino_credentials credentials;
    const struct postino_mechanism *mechanisms[2];
    struct postino_mail mails[TRIPS_MAILS_MAX];
    struct postino_recipient recipients[TRIPS_MAILS_MAX];
    struct postino_memory_source sources[TRIPS_MAILS_MAX];
    struct batch_server server;
    unsigned submitted; /* one more: QUIT */
    unsigned round_trips;
};

static const char trips_message[] = "Subject: A test\r\n\r\nHello,\r\n.\r\nthat is all\r\n";

static const struct postino_tls_info trips_tls = {.version = "TLSv1.3", .verified = 1, .text = ""};

static struct trips trips;

static void trips_prepare(void)
{
    const struct trips_case *test = trips.test;
    unsigned i;

    trips.config.ehlo_name = "client.example.com";
    trips.config.faults = &postino_faults;
    trips.config.time_limits = &postino_time_limits_rfc5321;
    trips.config.extensions = postino_extensions_all;
    trips.config.mails_in_flight_max = (uint16_t)test->in_flight;
    trips.config.flags = test->tls == TRIPS_CLEAR ? POSTINO_SESSION_CLEAR_TEXT_AUTH : 0;
    trips.config.tls = test->tls == TRIPS_CLEAR ? NULL : &postino_tls_required;
    if (test->auth != TRIPS_NO_AUTH) {
        trips.credentials.user = "user";
        trips.credentials.password = "password";
        trips.mechanisms[0] = test->auth == TRIPS_PLAIN ? &postino_sasl_plain : &postino_sasl_login;
        trips.config.credentials = &trips.credentials;
        trips.config.mechanisms = trips.mechanisms;
    }
    for (i = 0; i < TRIPS_MAILS_MAX; i++) {
        postino_memory_source_init(&trips.sources[i], trips_message, sizeof trips_message - 1);
        trips.mails[i].reverse_path = "a@example.com";
        trips.mails[i].source = &trips.sources[i].source;
        trips.mails[i].recipients = test->recipients == 1 ? &trips.recipients[i] : trips.recipients;
        trips.mails[i].delivery = test->recipients == 1 ? NULL : &postino_delivery_partial;
        trips.recipients[i].address = "b@example.org";
        if (i + 1 < test->recipients) {
            trips.recipients[i].next = &trips.recipients[i + 1];
        }
    }
}

static void trips_submit_next(void)
{
    if (trips.submitted < trips.test->mails) {
        (void)postino_session_submit(&trips.session, &trips.mails[trips.submitted]);
    } else {
        postino_session_quit(&trips.session);
    }
    trips.submitted++;
}

/* Sends all that can be sent. Returns how many octets. */
static size_t trips_send(void)
{
    static uint8_t out[TRIPS_LARGE];
    size_t sent = 0;
    unsigned want;

    while ((want = postino_session_want(&trips.session)) & (POSTINO_WANT_SEND | POSTINO_WANT_MAIL)) {
        size_t length;

        if (want & POSTINO_WANT_MAIL) {
            trips_submit_next();
            continue;
        }
        length = postino_session_output(&trips.session, out, trips.capacity_octets, 0);
        batch_server_take(&trips.server, out, length);
        sent += length;
    }
    return sent;
}

/* Returns NULL, or what went wrong. */
static const char *trips_dialogue(void)
{
    trips.round_trips = 1; /* SYN */
    while (!(postino_session_want(&trips.session) & POSTINO_WANT_CLOSED)) {
        static char replies[BATCH_REPLY_OCTETS];
        size_t length = trips.server.replies_octets;

        if (length == 0) {
            return "both wait for each other";
        }
        if (++trips.round_trips == TRIPS_MAX) {
            return "it never ends";
        }
        memcpy(replies, trips.server.replies, length);
        batch_server_given(&trips.server);
        postino_session_input(&trips.session, (const uint8_t *)replies, length, 0);
        if (postino_session_want(&trips.session) & POSTINO_WANT_START_TLS) {
            if (batch_server_encrypt(&trips.server) != 0) {
                return "a handshake that is not awaited";
            }
            postino_session_tls_started(&trips.session, &trips_tls, 0);
        }
        (void)trips_send();
    }
    postino_session_lost(&trips.session, 0, 0);
    return NULL;
}

static const char *trips_judge(void)
{
    const struct trips_case *test = trips.test;
    struct postino_mail *mail;
    unsigned accepted = 0;

    while ((mail = postino_session_finished(&trips.session)) != NULL) {
        accepted += mail->result.outcome == POSTINO_OUTCOME_ACCEPTED;
    }
    if (trips.server.breach[0] != '\0') {
        return trips.server.breach;
    }
    if (accepted != test->mails || trips.server.mails != test->mails || !trips.server.closed) {
        return "not every mail was accepted";
    }
    if (trips.server.data != (test->chunking ? 0 : test->mails)) {
        return "DATA in place of BDAT";
    }
    /* A dot at the begin of a line is doubled for DATA. */
    if (trips.server.message_octets != test->mails * (sizeof trips_message - (test->chunking ? 1 : 0))) {
        return "not every octet arrived";
    }
    return trips.round_trips != test->expected ? "not as many as expected" : NULL;
}

/* Returns 1 when it failed. */
static int trips_run(const struct trips_case *test, size_t capacity_octets)
{
    const char *finding;

    memset(&trips, 0, sizeof trips);
    trips.test = test;
    trips.capacity_octets = capacity_octets;
    trips_prepare();
    batch_server_init(&trips.server, test->pipelining, test->chunking);
    trips.server.starttls = test->tls == TRIPS_STARTTLS;
    if (postino_session_init(&trips.session, &trips.config, 0) != 0) {
        finding = "init refused the configuration";
    } else {
        if (test->tls == TRIPS_IMPLICIT) {
            postino_session_tls_started(&trips.session, &trips_tls, 0);
        }
        if (test->together) {
            while (trips.submitted <= test->mails) {
                trips_submit_next();
            }
        }
        finding = trips_dialogue();
        if (finding == NULL) {
            finding = trips_judge();
        }
    }
    if (finding != NULL) {
        (void)printf("%s, capacity %lu: %u round trips, expected %u: %s\n", test->name,
                     (unsigned long)capacity_octets, trips.round_trips, test->expected, finding);
    } else if (capacity_octets == TRIPS_LARGE) {
        (void)printf("%2u  %s\n", trips.round_trips, test->name);
    }
    return finding != NULL;
}

int main(void)
{
    static const size_t capacities[] = {1, 5, 100, TRIPS_LARGE};
    unsigned long cases = 0;
    unsigned long failed = 0;
    size_t i;
    size_t j;

    for (i = 0; i < sizeof trips_cases / sizeof trips_cases[0]; i++) {
        for (j = 0; j < sizeof capacities / sizeof capacities[0]; j++) {
            failed += (unsigned long)trips_run(&trips_cases[i], capacities[j]);
            cases++;
        }
    }
    (void)printf("%lu passed, %lu failed\n", cases - failed, failed);
    return failed != 0 || cases == 0;
}
