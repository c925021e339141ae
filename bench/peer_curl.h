/* SPDX-License-Identifier: MIT */
#ifndef BENCH_PEER_CURL_H
#define BENCH_PEER_CURL_H

#include <curl/curl.h>

#include "common.h"

/* The two libcurl clients share these functions. */

/* How far a transfer has read its message. */
struct peer_curl_body {
    const struct bench_message *message;
    size_t offset;
};

size_t peer_curl_read(char *out, size_t size, size_t count, void *context);

void peer_curl_prepare(CURL *easy, struct peer_curl_body *body, size_t port, size_t upload_octets);

#endif
