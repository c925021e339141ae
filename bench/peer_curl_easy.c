/* SPDX-License-Identifier: MIT */
/* Invariant: every transfer sends the same message, from its first octet, without a proxy. */

#include <stdio.h>
#include <string.h>

#include <curl/curl.h>

#include "peer_curl.h"

size_t peer_curl_read(char *out, size_t size, size_t count, void *context)
{
    struct peer_curl_body *body = context;
    size_t capacity = size * count;
    size_t done = 0;

    while (done < capacity && body->offset < body->message->octets) {
        size_t octets;
        const char *span = bench_message_span(body->message, body->offset, &octets);
        if (octets > capacity - done)
            octets = capacity - done;
        memcpy(out + done, span, octets);
        body->offset += octets;
        done += octets;
    }
    return done;
}

void peer_curl_prepare(CURL *easy, struct peer_curl_body *body, size_t port, size_t upload_octets)
{
    static struct curl_slist *recipients;
    char url[64];

    if (recipients == NULL)
        recipients = curl_slist_append(NULL, "<" BENCH_RECIPIENT ">");
    (void)snprintf(url, sizeof url, "smtp://127.0.0.1:%zu/%s", port, BENCH_EHLO_NAME);
    if (curl_easy_setopt(easy, CURLOPT_URL, url) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_MAIL_FROM, "<" BENCH_SENDER ">") != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipients) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_PROXY, "") != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_READFUNCTION, peer_curl_read) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_READDATA, body) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)body->message->octets) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)upload_octets) != CURLE_OK)
        bench_die("libcurl does not take an option");
}
