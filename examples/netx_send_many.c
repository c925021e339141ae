/* SPDX-License-Identifier: MIT */
/* A NetX Duo application that connects once and sends several mails over the connection. Some are reports of
 * some hundred kilobytes: a function gives their body, piece by piece and without a buffer. One is an alarm
 * to several recipients, for those that the server accepts. It prints each result, and the counters. It runs
 * unchanged on a board, with the addresses below and the board's network driver. It also runs on a PC over
 * the host layer, which can map the server's address to another one:
 *
 *     NETX_HOST_ADDRESS_MAP=192.168.1.10=127.0.0.1 NETX_HOST_PORT_MAP=587:2525 netx_send_many
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
#define ARCHIVE       "archive@mail.test"
#define CLIENT_DOMAIN "sensor.mail.test"

#define REPORTS    3
#define PEOPLE     3
#define LINES      12000UL
#define PATIENCE   (60 * NX_IP_PERIODIC_RATE) /* ticks, for one mail */
#define TEXT_SIZE  80                         /* of a reply, octets */
#define ALARM_TEXT "Water in the cellar: 17 cm.\n"

#define PAYLOAD_SIZE 1536
#define PACKETS      12
#define POOL_SIZE    ((PAYLOAD_SIZE + sizeof(NX_PACKET)) * PACKETS)
#define STACK_SIZE   2048

/* The driver of the board's network interface. */
#ifndef NETWORK_DRIVER
#define NETWORK_DRIVER _nx_ram_network_driver
#endif
VOID NETWORK_DRIVER(NX_IP_DRIVER *driver_request);

/* A report: the mail, its only recipient, and the line that its body has in hand. */
struct report {
    NX_SMTP_MAIL mail;
    NX_SMTP_RECIPIENT archive;
    CHAR line[32];
    ULONG line_number;
    ULONG line_end; /* where it ends in the body, octets */
    ULONG line_octets;
};

static TX_THREAD mail_thread;
static NX_PACKET_POOL pool;
static NX_IP ip;
static NX_SMTP_CLIENT smtp_client;
static NX_SMTP_SESSION session;
static struct report reports[REPORTS];
static NX_SMTP_MAIL alarm_mail;
static NX_SMTP_RECIPIENT people[PEOPLE];
static CHAR replies[PEOPLE][TEXT_SIZE];
static CHAR alarm_text[] = ALARM_TEXT;

/* The first hears of it, the second gets a copy, the third stands in no header. */
static CHAR *const addresses[PEOPLE] = {"bob@mail.test", "nobody@mail.test", "carol@mail.test"};
static const UINT kinds[PEOPLE] = {NX_SMTP_RECIPIENT_TO, NX_SMTP_RECIPIENT_CC, NX_SMTP_RECIPIENT_BCC};

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

/* The body of a report, a line for each call. Offsets follow each other from 0 on, and begin at 0 again
 * when the mail is sent once more. The rest of a line that was not taken is asked for again. */
static UINT report_body(NX_SMTP_MAIL *mail_ptr, VOID *context, ULONG offset, CHAR **data_ptr,
                        ULONG *length_ptr)
{
    struct report *report = context;

    NX_PARAMETER_NOT_USED(mail_ptr);
    if (offset == 0) {
        report->line_number = 0;
        report->line_end = 0;
    }
    if (offset == report->line_end) {
        *length_ptr = 0;
        if (report->line_number == LINES)
            return NX_SUCCESS;
        report->line_octets = (ULONG)snprintf(report->line, sizeof(report->line), "second %lu: %lu cm\n",
                                              (unsigned long)report->line_number,
                                              (unsigned long)(report->line_number * 7 % 20));
        report->line_number++;
        report->line_end += report->line_octets;
    }
    *length_ptr = report->line_end - offset;
    *data_ptr = report->line + report->line_octets - *length_ptr;
    return NX_SUCCESS;
}

static UINT submit_reports(VOID)
{
    UINT status = NX_SUCCESS;
    UINT i;

    for (i = 0; i < REPORTS; i++) {
        struct report *report = &reports[i];

        status |=
            nx_smtp_mail_create(&report->mail, "Level of the day", NX_NULL, 0, NX_SMTP_MAIL_PRIORITY_LOW);
        status |= nx_smtp_mail_recipient_add(&report->mail, &report->archive, ARCHIVE, NX_SMTP_RECIPIENT_TO);
        status |=
            nx_smtp_mail_body_callback_set(&report->mail, report_body, report, NX_SMTP_BODY_SIZE_UNKNOWN);
        status |= nx_smtp_client_mail_submit(&smtp_client, &report->mail);
    }
    return status;
}

static UINT submit_alarm(VOID)
{
    UINT status = nx_smtp_mail_create(&alarm_mail, "Water", alarm_text, sizeof(alarm_text) - 1,
                                      NX_SMTP_MAIL_PRIORITY_HIGH);
    UINT i;

    for (i = 0; i < PEOPLE; i++) {
        status |= nx_smtp_mail_recipient_add(&alarm_mail, &people[i], addresses[i], kinds[i]);
        status |= nx_smtp_recipient_reply_buffer_set(&people[i], replies[i], TEXT_SIZE);
    }
    status |= nx_smtp_mail_delivery_set(&alarm_mail, NX_SMTP_DELIVERY_PARTIAL);
    status |= nx_smtp_client_mail_submit(&smtp_client, &alarm_mail);
    return status;
}

static VOID print_people(VOID)
{
    NX_SMTP_RESULT result;
    UINT i;

    for (i = 0; i < PEOPLE; i++) {
        nx_smtp_recipient_result_get(&people[i], &result);
        printf("  %s: outcome %u, %u %s\n", addresses[i], result.nx_smtp_result_outcome,
               result.nx_smtp_result_reply_code, replies[i]);
    }
}

/* Until there are no mails any more. A mail that is collected is ours again. */
static UINT collect(VOID)
{
    NX_SMTP_RESULT result;
    NX_SMTP_MAIL *mail;
    UINT worst = NX_SUCCESS;
    UINT status;

    while ((status = nx_smtp_client_mail_collect(&smtp_client, &mail, PATIENCE)) == NX_SUCCESS) {
        nx_smtp_mail_result_get(mail, &result);
        printf("%s: status 0x%02X, outcome %u\n", mail == &alarm_mail ? "alarm" : "report",
               result.nx_smtp_result_status, result.nx_smtp_result_outcome);
        if (mail == &alarm_mail)
            print_people();
        worst |= result.nx_smtp_result_status;
    }
    return status == NX_NO_MORE_ENTRIES ? worst : status;
}

static VOID print_end(VOID)
{
    NX_SMTP_STATISTICS counts;
    CHAR text[TEXT_SIZE];
    UINT code;
    UINT length;

    if (nx_smtp_client_reply_get(&smtp_client, &code, text, sizeof(text), &length) == NX_SUCCESS)
        printf("last reply: %u %s\n", code, text);
    if (nx_smtp_client_statistics_get(&smtp_client, &counts) == NX_SUCCESS)
        printf(
            "connections %lu, mails %lu, recipients %lu and %lu refused, octets %lu sent and %lu received\n",
            (unsigned long)counts.nx_smtp_statistics_connections,
            (unsigned long)counts.nx_smtp_statistics_mails_accepted,
            (unsigned long)counts.nx_smtp_statistics_recipients_accepted,
            (unsigned long)counts.nx_smtp_statistics_recipients_refused,
            (unsigned long)counts.nx_smtp_statistics_octets_sent,
            (unsigned long)counts.nx_smtp_statistics_octets_received);
}

static UINT send_many(VOID)
{
    UINT status = nx_smtp_client_session_enable(&smtp_client, &session);

    if (status == NX_SUCCESS)
        status = nx_smtp_client_connect(&smtp_client, PATIENCE);
    if (status != NX_SUCCESS) {
        printf("connect: status 0x%02X\n", status);
        print_end();
        return status;
    }
    status = submit_reports();
    status |= submit_alarm();
    if (status != NX_SUCCESS)
        printf("a mail was refused before it was sent\n");
    status |= collect();
    nx_smtp_client_disconnect(&smtp_client, PATIENCE);
    print_end();
    return status;
}

static VOID mail_thread_entry(ULONG input)
{
    NXD_ADDRESS server;
    UINT status;

    NX_PARAMETER_NOT_USED(input);
    server.nxd_ip_version = NX_IP_VERSION_V4;
    server.nxd_ip_address.v4 = SERVER_ADDRESS;
    status = nxd_smtp_client_create(&smtp_client, &ip, &pool, USERNAME, PASSWORD, FROM_ADDRESS, CLIENT_DOMAIN,
                                    NX_SMTP_CLIENT_AUTH_PLAIN, &server, SERVER_PORT);
    if (status == NX_SUCCESS) {
        status = send_many();
        nx_smtp_client_delete(&smtp_client);
    }
    exit(status == NX_SUCCESS ? 0 : 1);
}
