/* SPDX-License-Identifier: MIT */
#ifndef NETX_TEST_BED_H
#define NETX_TEST_BED_H

/* The fixture of the tests of the NetX Duo SMTP Client: an IP instance, pools, a client, a server, and
 * checks that hold after every mail. Test functions named in BED_CASE() run as a ThreadX thread. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nxd_smtp_client.h"
#include "netx_host.h"
#include "server.h"

/* Defines a test whose body runs as a ThreadX thread. */
#define BED_THREAD(name)                                             \
    static VOID name##_body(ULONG input);                            \
    static void name(void **state)                                   \
    {                                                                \
        (void)state;                                                 \
        assert_int_equal(netx_host_run(name##_body, 0), TX_SUCCESS); \
    }                                                                \
    static VOID name##_body(ULONG input)

#define BED_CASE(name) cmocka_unit_test_setup_teardown(name, bed_setup, bed_teardown)

#ifdef NX_DISABLE_IPV4
#define BED_IPV6 1
#else
#define BED_IPV6 0
#endif

#define BED_USER       "alice@mail.test"
#define BED_PASSWORD   "secret"
#define BED_FROM       "alice@mail.test"
#define BED_TO         "bob@mail.test"
#define BED_DOMAIN     "sensor.mail.test"
#define BED_SUBJECT    "Water"
/* NUL user NUL password, in base64. */
#define BED_PLAIN      "AGFsaWNlQG1haWwudGVzdABzZWNyZXQ="
#define BED_LOGIN_USER "YWxpY2VAbWFpbC50ZXN0"
#define BED_LOGIN_PASS "c2VjcmV0"
#define BED_HEADERS                                                                \
    "To: " BED_TO "\r\nFrom: " BED_FROM "\r\nSubject: " BED_SUBJECT                \
    "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain;\r\n charset=\"utf-8\"\r\n" \
    "Content-Transfer-Encoding: 8bit\r\n"

#define BED_PAYLOAD 1536
#define BED_PACKETS 12
#define BED_MEMORY  (64 * 1024)

extern NX_PACKET_POOL bed_pool;    /* the client's */
extern NX_PACKET_POOL bed_ip_pool; /* the IP instance's: received packets */
extern NX_IP bed_ip;               /* 127.0.0.1, or ::1 */
extern NX_SMTP_CLIENT bed_client;
extern struct server bed_server;
extern CHAR bed_name[];
extern ULONG64 bed_memory[BED_MEMORY / sizeof(ULONG64)];

int bed_setup(void **state);
int bed_teardown(void **state); /* fails on a socket or a packet that leaked */

/* An address; without IPv4 one of IPv6 that stands for it. */
NXD_ADDRESS bed_address(ULONG address);
VOID bed_ip_create(NX_IP *ip, ULONG address, NX_PACKET_POOL *pool);
/* Replaces the client's pool by one of that many packets of that payload. */
VOID bed_pool_create(ULONG payload, ULONG packets);
/* Makes the client, for the server of the bed. */
UINT bed_create_status(UINT authentication_type);
VOID bed_create(UINT authentication_type);
VOID bed_create_as(NX_SMTP_CLIENT *client, CHAR *user, CHAR *password, UINT authentication_type, UINT port);
/* Sends the usual mail, with this body. */
UINT bed_send(CHAR *body);
UINT bed_outcome(VOID);
/* All packets are back, and no kernel socket is open; waits for the server's view of the connection. */
VOID bed_settled(VOID);
/* Sends a mail that must fail so, and after it, to a server that behaves, one that must not. */
VOID bed_fails(UINT status, UINT outcome);
VOID bed_recovers(VOID);
VOID bed_delivers(VOID);
VOID bed_delete(VOID);

/* Checks all octets that the server received. */
VOID bed_received(const char *dialogue);
/* The message as the server received it, with its end mark. */
const char *bed_message(VOID);
/* The whole dialogue of a mail without authentication, around a message. */
#define BED_DIALOGUE(message) \
    "EHLO " BED_DOMAIN "\r\nMAIL FROM:<" BED_FROM ">\r\nRCPT TO:<" BED_TO ">\r\nDATA\r\n" message "QUIT\r\n"

uint64_t bed_elapsed_ms(uint64_t since_ns);

/* Runs a function in a ThreadX thread of its own, and waits for its end. */
VOID bed_thread(TX_THREAD *thread, VOID (*entry)(ULONG), ULONG input);
VOID bed_join(TX_THREAD *thread);

#endif
