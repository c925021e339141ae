/* SPDX-License-Identifier: MIT */
/* Tests that a client with TLS never sends clear text, in every order of four of its services. A model of
 * the services tells what must happen, and the wire is watched. No mail is lost, and none arrives twice. */
#include "nx_smtp_tls.h"
#include "session_bed.h"
#include "tls_wire.h"

extern const NX_SECURE_TLS_CRYPTO nx_crypto_tls_ciphers;

#define ORDER_LENGTH 4
#define ORDER_BODY   "mail 0\r\n"

/* The client's state, by the calls before. */
struct order {
    UINT exists;
    UINT open;      /* the connection of nx_smtp_client_connect() stands */
    UINT submitted; /* mails, and so many of them were collected: */
    UINT collected;
    UINT settled;   /* up to this one by a connection that was ended since */
    UINT sent;      /* mails of nx_smtp_mail_send() */
    unsigned ended; /* connections */
    size_t number;  /* of the order that is tried, of so many: */
    size_t count;
};

static struct tls_wire wire;
static struct order order;
static NX_SMTP_TLS order_tls;
static NX_SMTP_MAIL order_mails[TLS_WIRE_MAILS];
static NX_SMTP_RECIPIENT order_recipients[TLS_WIRE_MAILS];
static CHAR order_bodies[TLS_WIRE_MAILS][sizeof ORDER_BODY];
static UCHAR order_metadata[8192];
static UCHAR order_buffer[18000];
static UCHAR order_remote_buffer[1024];
static NX_SECURE_X509_CERT order_remote;
static NX_SECURE_X509_CERT order_trusted;

static UINT order_setup(NX_SMTP_CLIENT *client_ptr, NX_SECURE_TLS_SESSION *session)
{
    UINT status = nx_secure_tls_session_create(session, &nx_crypto_tls_ciphers, order_metadata,
                                               (ULONG)sizeof order_metadata);

    (VOID) client_ptr;
    status |= nx_secure_tls_session_packet_buffer_set(session, order_buffer, (ULONG)sizeof order_buffer);
    status |= nx_secure_tls_remote_certificate_allocate(session, &order_remote, order_remote_buffer,
                                                        (UINT)sizeof order_remote_buffer);
    status |=
        nx_secure_x509_certificate_initialize(&order_trusted, wire.peer.der, (USHORT)wire.peer.der_octets,
                                              NX_NULL, 0, NX_NULL, 0, NX_SECURE_X509_KEY_TYPE_NONE);
    return status | nx_secure_tls_trusted_certificate_add(session, &order_trusted);
}

static VOID order_begin(UINT mode)
{
    UINT i;

    wire.peer.starttls = mode != NX_SMTP_TLS_IMPLICIT;
    order.exists = 1;
    order.open = order.submitted = order.collected = order.settled = order.sent = 0;
    for (i = 0; i < TLS_WIRE_MAILS; i++) {
        wire.arrived[i] = 0;
        memcpy(order_bodies[i], ORDER_BODY, sizeof ORDER_BODY);
        order_bodies[i][5] = (CHAR)('0' + i);
    }
    bed_create_as(&bed_client, BED_USER, BED_PASSWORD, NX_SMTP_CLIENT_AUTH_PLAIN, wire.port);
    assert_int_equal(nx_smtp_client_tls_set(&bed_client, &order_tls, mode, NX_NULL, order_setup), NX_SUCCESS);
    assert_int_equal(nx_smtp_client_session_enable(&bed_client, &bed_session), NX_SUCCESS);
}

static VOID order_connect(VOID)
{
    UINT status = nx_smtp_client_connect(&bed_client, NX_WAIT_FOREVER);

    if (!order.exists) {
        assert_int_equal(status, NX_SMTP_CLIENT_NOT_INITIALIZED);
    } else if (order.collected < order.settled) {
        assert_int_equal(status, NX_NOT_CONNECTED);
    } else {
        assert_int_equal(status, NX_SUCCESS);
        order.open = 1;
    }
}

/* Its mails are those at the end of the array. */
static VOID order_send(VOID)
{
    CHAR *body = order_bodies[TLS_WIRE_MAILS - 1 - order.sent];
    UINT status = bed_send(body);

    if (!order.exists) {
        assert_int_equal(status, NX_SMTP_CLIENT_NOT_INITIALIZED);
    } else if (order.open) {
        assert_int_equal(status, NX_ALREADY_BOUND);
    } else {
        assert_int_equal(status, NX_SUCCESS);
        order.sent++;
        order.ended++;
    }
}

static VOID order_submit(VOID)
{
    UINT i = order.submitted;

    bed_mail(&order_mails[i], &order_recipients[i], order_bodies[i]);
    assert_int_equal(nx_smtp_client_mail_submit(&bed_client, &order_mails[i]),
                     order.exists ? NX_SUCCESS : NX_SMTP_CLIENT_NOT_INITIALIZED);
    order.submitted += order.exists;
}

static VOID order_collect(VOID)
{
    NX_SMTP_MAIL *mail = NX_NULL;
    UINT status = nx_smtp_client_mail_collect(&bed_client, &mail, NX_WAIT_FOREVER);

    if (!order.exists) {
        assert_int_equal(status, NX_SMTP_CLIENT_NOT_INITIALIZED);
    } else if (order.collected == order.submitted) {
        assert_int_equal(status, NX_NO_MORE_ENTRIES);
    } else {
        assert_int_equal(status, NX_SUCCESS);
        assert_ptr_equal(mail, &order_mails[order.collected]);
        bed_result(mail, NX_SUCCESS, NX_SMTP_OUTCOME_ACCEPTED, 250);
        order.open |= order.collected >= order.settled;
        order.collected++;
    }
}

static VOID order_quit(VOID)
{
    assert_int_equal(nx_smtp_client_disconnect(&bed_client, NX_WAIT_FOREVER),
                     order.exists ? NX_SUCCESS : NX_SMTP_CLIENT_NOT_INITIALIZED);
    if (order.open)
        order.settled = order.submitted;
    order.ended += order.open;
    order.open = 0;
}

static VOID order_delete(VOID)
{
    UINT status = nx_smtp_client_delete(&bed_client);

    if (!order.exists)
        assert_int_equal(status, NX_PTR_ERROR);
    else
        assert_int_equal(status, order.open ? NX_STILL_BOUND : NX_SUCCESS);
    order.exists = order.exists && order.open;
}

/* Each mail that was accepted arrived once, and each that was not collected once at most. */
static VOID order_end(VOID)
{
    UINT i;

    if (order.exists) {
        while (order.collected != order.submitted)
            order_collect();
        order_collect();
        order_quit();
        order_delete();
    }
    assert_true(tls_wire_await(&wire, order.ended));
    assert_int_equal(wire.in_clear, 0);
    assert_int_equal(wire.unauthenticated, 0);
    for (i = 0; i < TLS_WIRE_MAILS; i++) {
        if (i < order.collected || i >= TLS_WIRE_MAILS - order.sent)
            assert_int_equal(wire.arrived[i], 1);
        else
            assert_in_range(wire.arrived[i], 0, i < order.submitted);
    }
    bed_settled();
}

static const struct {
    const char *name;
    VOID (*call)(VOID);
} order_services[] = {
    {"connect", order_connect}, {"send", order_send}, {"submit", order_submit},
    {"collect", order_collect}, {"quit", order_quit}, {"delete", order_delete},
};

#define ORDER_SERVICES (sizeof order_services / sizeof order_services[0])

static VOID order_run(UINT mode, size_t number)
{
    UINT i;

    order.number = number;
    order_begin(mode);
    for (i = 0; i < ORDER_LENGTH; i++, number /= ORDER_SERVICES)
        order_services[number % ORDER_SERVICES].call();
    order_end();
}

/* Names the order that was tried last, where it failed. */
static int order_teardown(void **state)
{
    size_t number = order.number;
    UINT i;

    for (i = 0; i < ORDER_LENGTH && order.number != order.count; i++, number /= ORDER_SERVICES)
        print_error("%s%s", order_services[number % ORDER_SERVICES].name,
                    i == ORDER_LENGTH - 1 ? "\n" : ", ");
    return bed_teardown(state);
}

static VOID order_all(UINT mode)
{
    UINT i;

    assert_int_equal(tls_wire_start(&wire), 0);
    nx_secure_tls_initialize();
    memset(&order, 0, sizeof order);
    order.count = 1;
    for (i = 0; i < ORDER_LENGTH; i++)
        order.count *= ORDER_SERVICES;
    for (i = 0; i < order.count; i++)
        order_run(mode, i);
    order.number = order.count;
    assert_in_range(order.ended, order.count / 2, UINT32_MAX);
    tls_wire_stop(&wire);
}

BED_THREAD(implicit)
{
    (VOID) input;
    order_all(NX_SMTP_TLS_IMPLICIT);
}

BED_THREAD(starttls)
{
    (VOID) input;
    order_all(NX_SMTP_TLS_STARTTLS);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(implicit, bed_setup, order_teardown),
        cmocka_unit_test_setup_teardown(starttls, bed_setup, order_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
