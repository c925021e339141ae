/* SPDX-License-Identifier: MIT */
/* A NetX Duo application that sends an alert of a sensor: a text, the same in HTML, and in it a chart of the
 * last two hours. The chart is an SVG that a function makes while it is sent, a line for each call. At most
 * 160 octets of the message are in memory. It runs unchanged on a board, with the addresses below and the
 * board's network driver. It also runs on a PC over the host layer, which can map the server's address to
 * another one:
 *
 *     NETX_HOST_ADDRESS_MAP=192.168.1.10=127.0.0.1 NETX_HOST_PORT_MAP=587:2525 netx_sensor_alert
 * / */
#include "nx_api.h"
#include "nxd_smtp_client.h"

#define CLIENT_ADDRESS IP_ADDRESS(192, 168, 1, 20)
#define SERVER_ADDRESS IP_ADDRESS(192, 168, 1, 10)
#define NETWORK_MASK   0xFFFFFF00UL
#define SERVER_PORT    587

#define USERNAME      "alice@mail.test"
#define PASSWORD      "secret"
#define FROM_ADDRESS  "alice@mail.test"
#define CLIENT_DOMAIN "sensor.mail.test"

#define PATIENCE   (60 * NX_IP_PERIODIC_RATE) /* ticks */
#define SUBJECT    "Wasserstand: 455 mm \xe2\x80\x93 steigend"
#define TEXT       "The water is at 455 mm and rises by 200 mm an hour.\n"
#define CONTENT_ID "chart@sensor.mail.test"
#define HTML                                                                                      \
    "<h1>The water rises</h1><p>It is at <b>455 mm</b>: \xe2\x86\x91 200 mm an hour.</p><p><img " \
    "src=\"cid:" CONTENT_ID "\" alt=\"chart\"></p>\n"

#define PAYLOAD_SIZE 1536
#define PACKETS      12
#define POOL_SIZE    ((PAYLOAD_SIZE + sizeof(NX_PACKET)) * PACKETS)
#define STACK_SIZE   2048

/* The driver of the board's network interface. */
#ifndef NETWORK_DRIVER
#define NETWORK_DRIVER _nx_ram_network_driver
#endif
VOID NETWORK_DRIVER(NX_IP_DRIVER *driver_request);

/* Millimetres, every ten minutes. */
static const UINT levels[] = {210, 214, 213, 220, 231, 250, 274, 305, 341, 382, 420, 455};
#define LEVELS (sizeof(levels) / sizeof(levels[0]))

/* Which line of the chart is in hand: 0 is its head, one follows for each level, then its end. */
struct chart {
    CHAR line[112];
    UINT number; /* of the next one */
};

/* The features of the composer that this application needs. Others are not linked. */
static const struct postino_message_features features = {
    .words = postino_message_words,
    .date = postino_message_date,
    .field = postino_message_field,
    .quoted = &postino_message_quoted,
    .identifiers = postino_message_identifiers,
};

static TX_THREAD mail_thread;
static NX_PACKET_POOL pool;
static NX_IP ip;
static NX_SMTP_CLIENT smtp_client;
static NX_SMTP_SESSION session;
static NX_SMTP_HEADERS headers;
static NX_SMTP_MESSAGE message;
static NX_SMTP_ADDRESSEE people[2];
static NX_SMTP_HEADER automatic;
static NX_SMTP_PART image;
static struct chart chart;
static UCHAR buffer[NX_SMTP_MESSAGE_BUFFER_MIN];

static VOID mail_thread_entry(ULONG input);

int main(VOID)
{
    tx_kernel_enter();
    return 0;
}

VOID tx_application_define(VOID *first_unused_memory)
{
    UCHAR *memory = first_unused_memory;
    UINT status;

    nx_system_initialize();
    status = tx_thread_create(&mail_thread, "mail", mail_thread_entry, 0, memory, STACK_SIZE, 4, 4,
                              TX_NO_TIME_SLICE, TX_AUTO_START);
    memory += STACK_SIZE;
    status |= nx_packet_pool_create(&pool, "packets", PAYLOAD_SIZE, memory, POOL_SIZE);
    memory += POOL_SIZE;
    status |=
        nx_ip_create(&ip, "ip", CLIENT_ADDRESS, NETWORK_MASK, &pool, NETWORK_DRIVER, memory, STACK_SIZE, 1);
    memory += STACK_SIZE;
    status |= nx_arp_enable(&ip, memory, 1024);
    status |= nx_tcp_enable(&ip);
    if (status != NX_SUCCESS)
        printf("setting up failed\n");
}

/* The chart, a line a call. Offsets follow each other, and begin at 0 again where the mail has to be sent
 * anew. */
static UINT chart_lines(NX_SMTP_PART *part_ptr, VOID *context, ULONG offset, CHAR **data_ptr,
                        ULONG *length_ptr)
{
    struct chart *state = context;
    INT length = 0;

    NX_PARAMETER_NOT_USED(part_ptr);
    if (offset == 0)
        state->number = 0;
    if (state->number == 0)
        length = snprintf(
            state->line, sizeof(state->line),
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"360\" height=\"250\" fill=\"steelblue\">\n");
    else if (state->number <= LEVELS)
        length = snprintf(state->line, sizeof(state->line),
                          "<rect x=\"%u\" y=\"%u\" width=\"26\" height=\"%u\"/>\n", (state->number - 1) * 30,
                          250 - levels[state->number - 1] / 2, levels[state->number - 1] / 2);
    else if (state->number == LEVELS + 1)
        length = snprintf(state->line, sizeof(state->line), "</svg>\n");
    state->number++;
    *data_ptr = state->line;
    *length_ptr = (ULONG)length;
    return length < 0 ? NX_INVALID_PARAMETERS : NX_SUCCESS;
}

/* On a board: the seconds since 1970 of its clock, and its random number generator. */
static ULONG clock_seconds(VOID)
{
    return 1795000000UL + tx_time_get() / NX_IP_PERIODIC_RATE;
}

static UINT submit_alert(VOID)
{
    UINT status = nx_smtp_message_create(&message, &features, SUBJECT, NX_SMTP_MAIL_PRIORITY_HIGH, buffer,
                                         sizeof(buffer));

    status |= nx_smtp_message_from_set(&message, "Pump 7, B\xc3\xbcrgerpark", NX_NULL);
    status |=
        nx_smtp_message_recipient_add(&message, &people[0], "Ann Lee", "ann@mail.test", NX_SMTP_RECIPIENT_TO);
    status |=
        nx_smtp_message_recipient_add(&message, &people[1], NX_NULL, "duty@mail.test", NX_SMTP_RECIPIENT_CC);
    status |= nx_smtp_message_header_add(&message, &automatic, "Auto-Submitted", "auto-generated");
    status |= nx_smtp_message_text_set(&message, TEXT, sizeof(TEXT) - 1);
    status |= nx_smtp_message_html_set(&message, HTML, sizeof(HTML) - 1);
    status |= nx_smtp_part_callback_create(&image, "image/svg+xml", "level.svg", chart_lines, &chart,
                                           NX_SMTP_BODY_SIZE_UNKNOWN);
    status |= nx_smtp_message_image_add(&message, &image, CONTENT_ID);
    return status != NX_SUCCESS ? status : nx_smtp_client_message_submit(&smtp_client, &message);
}

static UINT set_up(VOID)
{
    NXD_ADDRESS server;
    UINT status;

    server.nxd_ip_version = NX_IP_VERSION_V4;
    server.nxd_ip_address.v4 = SERVER_ADDRESS;
    status = nxd_smtp_client_create(&smtp_client, &ip, &pool, USERNAME, PASSWORD, FROM_ADDRESS, CLIENT_DOMAIN,
                                    NX_SMTP_CLIENT_AUTH_PLAIN, &server, SERVER_PORT);
    if (status == NX_SUCCESS)
        status = nx_smtp_client_headers_set(&smtp_client, &headers, clock_seconds, NX_NULL);
    return status == NX_SUCCESS ? nx_smtp_client_session_enable(&smtp_client, &session) : status;
}

static VOID mail_thread_entry(ULONG input)
{
    NX_SMTP_MAIL *mail;
    NX_SMTP_RESULT result;
    const CHAR *field;
    INT error;
    UINT status = set_up();

    NX_PARAMETER_NOT_USED(input);
    if (status == NX_SUCCESS) {
        status = submit_alert();
        if (status == NX_SUCCESS)
            status = nx_smtp_client_mail_collect(&smtp_client, &mail, PATIENCE);
        else if (nx_smtp_message_field_get(&message, &error, &field) == NX_SUCCESS)
            printf("not composed: error %d in %s\n", error, field != NX_NULL ? field : "no line");
        if (status == NX_SUCCESS && nx_smtp_mail_result_get(mail, &result) == NX_SUCCESS) {
            status = result.nx_smtp_result_status;
            printf("alert: status 0x%02X, outcome %u\n", status, result.nx_smtp_result_outcome);
        }
        nx_smtp_client_disconnect(&smtp_client, PATIENCE);
        nx_smtp_client_delete(&smtp_client);
    }
    exit(status == NX_SUCCESS ? 0 : 1);
}
