/* SPDX-License-Identifier: MIT */
/* A program as the NetX Duo User Guides write it: only their headers, the pool before
 * nx_system_initialize(), a client on one IP instance and a server on the other. It sends three mails, and
 * its exit status tells whether they arrived. */
#include "nx_api.h"
#include "nxd_smtp_client.h"

#define CLIENT_ADDRESS IP_ADDRESS(10, 0, 0, 1)
#define SERVER_ADDRESS IP_ADDRESS(10, 0, 0, 10)
#define SERVER_PORT    25

#define USERNAME     "myusername"
#define PASSWORD     "mypassword"
#define FROM_ADDRESS "my@mycompany.com"
#define RECIPIENT    "<recipient@domain.com>"
#define LOCAL_DOMAIN "mycompany.com"
#define SUBJECT_LINE "NetX Duo SMTP Client Demo"
#define MAIL_BODY                               \
    "NetX Duo SMTP client is a simple SMTP\r\n" \
    "client.\r\n"                               \
    ".\r\n"                                     \
    "It ends here.\r\n"

#define MAILS 3

TX_THREAD client_thread;
TX_THREAD server_thread;
NX_PACKET_POOL client_pool;
NX_PACKET_POOL server_pool;
NX_IP client_ip;
NX_IP server_ip;
NX_SMTP_CLIENT demo_client;
NX_TCP_SOCKET server_socket;
UINT error_counter;
UINT mails_arrived;

/* The guide's programs declare the driver themselves. */
VOID _nx_ram_network_driver(NX_IP_DRIVER *driver_req_ptr);

VOID client_thread_entry(ULONG thread_input);
VOID server_thread_entry(ULONG thread_input);

int main(void)
{
    tx_kernel_enter();
    return 1;
}

void tx_application_define(void *first_unused_memory)
{
    CHAR *pointer = (CHAR *)first_unused_memory;
    UINT status;

    /* One of the pools comes before nx_system_initialize(). */
    status = nx_packet_pool_create(&client_pool, "SMTP Client Packet Pool", 1500, pointer, 16000);
    pointer += 16000;
    nx_system_initialize();
    status += nx_packet_pool_create(&server_pool, "SMTP Server Packet Pool", 1500, pointer, 16000);
    pointer += 16000;
    status += nx_ip_create(&client_ip, "SMTP Client IP", CLIENT_ADDRESS, 0xFFFFFF00UL, &client_pool,
                           _nx_ram_network_driver, pointer, 2048, 1);
    pointer += 2048;
    status += nx_ip_create(&server_ip, "SMTP Server IP", SERVER_ADDRESS, 0xFFFFFF00UL, &server_pool,
                           _nx_ram_network_driver, pointer, 2048, 1);
    pointer += 2048;
    status += nx_arp_enable(&client_ip, (void *)pointer, 1040);
    pointer += 1040;
    status += nx_arp_enable(&server_ip, (void *)pointer, 1040);
    pointer += 1040;
    status += nx_tcp_enable(&client_ip);
    status += nx_tcp_enable(&server_ip);
    status += nx_icmp_enable(&client_ip);
    status += tx_thread_create(&server_thread, "SMTP Server", server_thread_entry, 0, pointer, 2048, 4, 4,
                               TX_NO_TIME_SLICE, TX_AUTO_START);
    pointer += 2048;
    status += tx_thread_create(&client_thread, "SMTP Client", client_thread_entry, 0, pointer, 2048, 5, 5,
                               TX_NO_TIME_SLICE, TX_DONT_START);
    if (status) {
        printf("The set-up failed: 0x%x\n", status);
        error_counter++;
    }
}

VOID client_thread_entry(ULONG thread_input)
{
    NXD_ADDRESS server_address;
    ULONG total;
    ULONG free_packets;
    UINT status;
    UINT i;

    NX_PARAMETER_NOT_USED(thread_input);
    server_address.nxd_ip_version = NX_IP_VERSION_V4;
    server_address.nxd_ip_address.v4 = SERVER_ADDRESS;
    status = nxd_smtp_client_create(&demo_client, &client_ip, &client_pool, USERNAME, PASSWORD, FROM_ADDRESS,
                                    LOCAL_DOMAIN, NX_SMTP_CLIENT_AUTH_PLAIN, &server_address, SERVER_PORT);
    if (status != NX_SUCCESS) {
        printf("Error creating the client. Status: 0x%x.\n", status);
        error_counter++;
    }
    for (i = 0; i < MAILS; i++) {
        status = nx_smtp_mail_send(&demo_client, RECIPIENT, NX_SMTP_MAIL_PRIORITY_NORMAL, SUBJECT_LINE,
                                   MAIL_BODY, sizeof(MAIL_BODY) - 1);
        if (status != NX_SUCCESS) {
            printf("Error sending mail %u. Status: 0x%x.\n", i, status);
            error_counter++;
        }
    }
    status = nx_smtp_client_delete(&demo_client);
    if (status != NX_SUCCESS)
        error_counter++;
    nx_packet_pool_info_get(&client_pool, &total, &free_packets, NX_NULL, NX_NULL, NX_NULL);
    printf("%u mails arrived, %u errors, %u of %u packets are free\n", mails_arrived, error_counter,
           (UINT)free_packets, (UINT)total);
    exit(mails_arrived == MAILS && error_counter == 0 && free_packets == total ? 0 : 1);
}

static VOID server_say(CHAR *reply)
{
    NX_PACKET *packet;

    if (nx_packet_allocate(&server_pool, &packet, NX_TCP_PACKET, NX_WAIT_FOREVER) != NX_SUCCESS)
        return;
    /* By hand, as programs do. */
    memcpy(packet->nx_packet_prepend_ptr, reply, strlen(reply));
    packet->nx_packet_append_ptr = packet->nx_packet_prepend_ptr + strlen(reply);
    packet->nx_packet_length = (ULONG)strlen(reply);
    if (nx_tcp_socket_send(&server_socket, packet, 200) != NX_SUCCESS) {
        nx_packet_release(packet);
        error_counter++;
    }
}

/* Answers what is complete in the buffer, and says how many octets it took. */
static UINT server_answer(CHAR *buffer, UINT *in_message)
{
    CHAR *end = strstr(buffer, *in_message ? "\r\n.\r\n" : "\r\n");

    if (end == NX_NULL)
        return 0;
    if (*in_message) {
        *in_message = 0;
        if (strstr(buffer, "\r\n\r\n" MAIL_BODY) == NX_NULL &&
            strstr(buffer, "client.\r\n..\r\nIt ends") != NX_NULL)
            mails_arrived++;
        server_say("250 OK\r\n");
        return (UINT)(end - buffer) + 5;
    }
    if (memcmp(buffer, "EHLO ", 5) == 0)
        server_say("250-mail.test\r\n250 AUTH PLAIN\r\n");
    else if (memcmp(buffer, "AUTH ", 5) == 0)
        server_say("235 OK\r\n");
    else if (memcmp(buffer, "DATA", 4) == 0)
        server_say("354 go\r\n");
    else
        server_say(memcmp(buffer, "QUIT", 4) == 0 ? "221 bye\r\n" : "250 OK\r\n");
    *in_message = memcmp(buffer, "DATA", 4) == 0;
    return (UINT)(end - buffer) + 2;
}

static VOID server_session(VOID)
{
    static CHAR buffer[4096];
    ULONG length = 0;
    UINT in_message = 0;
    NX_PACKET *packet;

    server_say("220 mail.test\r\n");
    while (nx_tcp_socket_receive(&server_socket, &packet, 500) == NX_SUCCESS) {
        ULONG copied = 0;
        UINT taken;

        if (packet->nx_packet_length < sizeof buffer - length)
            nx_packet_data_retrieve(packet, buffer + length, &copied);
        nx_packet_release(packet);
        length += copied;
        buffer[length] = '\0';
        while ((taken = server_answer(buffer, &in_message)) != 0) {
            length -= taken;
            memmove(buffer, buffer + taken, length + 1);
        }
    }
}

VOID server_thread_entry(ULONG thread_input)
{
    UINT status;

    NX_PARAMETER_NOT_USED(thread_input);
    if (nx_tcp_socket_create(&server_ip, &server_socket, "SMTP Server Socket", NX_IP_NORMAL, NX_FRAGMENT_OKAY,
                             NX_IP_TIME_TO_LIVE, 2048, NX_NULL, NX_NULL) != NX_SUCCESS ||
        nx_tcp_server_socket_listen(&server_ip, SERVER_PORT, &server_socket, 5, NX_NULL) != NX_SUCCESS)
        error_counter++;
    tx_thread_resume(&client_thread);
    for (;;) {
        if (nx_tcp_server_socket_accept(&server_socket, NX_WAIT_FOREVER) == NX_SUCCESS)
            server_session();
        nx_tcp_socket_disconnect(&server_socket, 200);
        nx_tcp_server_socket_unaccept(&server_socket);
        status = nx_tcp_server_socket_relisten(&server_ip, SERVER_PORT, &server_socket);
        /* The next client may have been waiting already: that is a success too. */
        if (status != NX_SUCCESS && status != NX_CONNECTION_PENDING)
            error_counter++;
    }
}
