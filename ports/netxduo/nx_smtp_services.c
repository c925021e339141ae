/* SPDX-License-Identifier: MIT */
/* The services beyond the original: what became of a mail, Date and Message-ID, and a look at the
 * dialogue. Each hangs itself on the client through a pointer, so that a program which calls none of them
 * carries none of them. */
#define NX_SMTP_SOURCE_CODE
#include "nxd_smtp_client.h"
#include "text/text.h"

NX_CALLER_CHECKING_EXTERNS

static UINT services_check(const NX_SMTP_CLIENT *client_ptr)
{
    if (client_ptr == NX_NULL)
        return NX_PTR_ERROR;
    return client_ptr->nx_smtp_client_id == NX_SMTP_CLIENT_ID ? NX_SUCCESS : NX_SMTP_CLIENT_NOT_INITIALIZED;
}

UINT _nxe_smtp_client_outcome_get(NX_SMTP_CLIENT *client_ptr, UINT *outcome_ptr)
{
    UINT status = services_check(client_ptr);

    NX_INIT_AND_THREADS_CALLER_CHECKING
    if (status == NX_SUCCESS && outcome_ptr == NX_NULL)
        status = NX_PTR_ERROR;
    return status == NX_SUCCESS ? _nx_smtp_client_outcome_get(client_ptr, outcome_ptr) : status;
}

UINT _nx_smtp_client_outcome_get(NX_SMTP_CLIENT *client_ptr, UINT *outcome_ptr)
{
    *outcome_ptr = client_ptr->nx_smtp_client_message.single.mail.result.outcome;
    return NX_SUCCESS;
}

UINT _nxe_smtp_client_trace_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_TRACE *trace_ptr,
                                postino_trace_function function, VOID *context)
{
    UINT status = services_check(client_ptr);

    NX_INIT_AND_THREADS_CALLER_CHECKING
    if (status == NX_SUCCESS && (trace_ptr == NX_NULL || function == NULL))
        status = NX_PTR_ERROR;
    return status == NX_SUCCESS ? _nx_smtp_client_trace_set(client_ptr, trace_ptr, function, context)
                                : status;
}

UINT _nx_smtp_client_trace_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_TRACE *trace_ptr,
                               postino_trace_function function, VOID *context)
{
    postino_trace_transport_init(trace_ptr, &client_ptr->nx_smtp_client_transport.transport,
                                 &client_ptr->nx_smtp_client_session, function, context);
    client_ptr->nx_smtp_client_transport_ptr = &trace_ptr->transport;
    return NX_SUCCESS;
}

static CHAR *services_text(CHAR *text, const CHAR *words, size_t length)
{
    memcpy(text, words, length);
    return text + length;
}

static size_t services_date(CHAR *date, ULONG unix_seconds)
{
    CHAR *text = services_text(date, "Date: ", 6);

    text = postino_date(text, (uint32_t)unix_seconds, 0);
    *text++ = '\r';
    *text++ = '\n';
    return (size_t)(text - date);
}

/* RFC 5322 section 3.6.4: 64 random bits at the client's own domain. */
static size_t services_message_id(CHAR *message_id, const ULONG *random, const CHAR *client_domain)
{
    CHAR *text = services_text(message_id, "Message-ID: <", 13);
    UINT half;

    for (half = 0; half < 2; half++) {
        ULONG bits = random[half];
        UINT i;

        for (i = 0; i < 8; i++, bits >>= 4)
            *text++ = "0123456789abcdef"[bits & 15];
    }
    *text++ = '@';
    text = services_text(text, client_domain, strlen(client_domain));
    text = services_text(text, ">\r\n", 3);
    return (size_t)(text - message_id);
}

static VOID services_stamp(NX_SMTP_HEADERS *headers_ptr, struct nx_smtp_stamp *stamp)
{
    ULONG (*random)(VOID) = headers_ptr->nx_smtp_headers_random;

    stamp->seconds = headers_ptr->nx_smtp_headers_clock != NULL ? headers_ptr->nx_smtp_headers_clock() : 0;
    if (random != NULL) {
        stamp->random[0] = random();
        stamp->random[1] = random();
    }
}

static UINT services_write(NX_SMTP_HEADERS *headers_ptr, const struct nx_smtp_stamp *stamp,
                           const CHAR *client_domain, CHAR *text)
{
    size_t length = stamp->seconds != 0 ? services_date(text, stamp->seconds) : 0;

    if (headers_ptr->nx_smtp_headers_random != NULL)
        length += services_message_id(text + length, stamp->random, client_domain);
    return (UINT)length;
}

static VOID services_headers(NX_SMTP_HEADERS *headers_ptr, const CHAR *client_domain,
                             struct postino_span *span)
{
    struct nx_smtp_stamp stamp = {0};

    services_stamp(headers_ptr, &stamp);
    span->data = headers_ptr->nx_smtp_headers_text;
    span->length_octets =
        services_write(headers_ptr, &stamp, client_domain, headers_ptr->nx_smtp_headers_text);
}

UINT _nxe_smtp_client_headers_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_HEADERS *headers_ptr,
                                  ULONG (*clock)(VOID), ULONG (*random)(VOID))
{
    UINT status = services_check(client_ptr);

    NX_INIT_AND_THREADS_CALLER_CHECKING
    if (status == NX_SUCCESS && headers_ptr == NX_NULL)
        status = NX_PTR_ERROR;
    return status == NX_SUCCESS ? _nx_smtp_client_headers_set(client_ptr, headers_ptr, clock, random)
                                : status;
}

UINT _nx_smtp_client_headers_set(NX_SMTP_CLIENT *client_ptr, NX_SMTP_HEADERS *headers_ptr,
                                 ULONG (*clock)(VOID), ULONG (*random)(VOID))
{
    headers_ptr->nx_smtp_headers_add = services_headers;
    headers_ptr->nx_smtp_headers_stamp = services_stamp;
    headers_ptr->nx_smtp_headers_write = services_write;
    headers_ptr->nx_smtp_headers_clock = clock;
    headers_ptr->nx_smtp_headers_random = random;
    client_ptr->nx_smtp_client_headers_ptr = headers_ptr;
    return NX_SUCCESS;
}
