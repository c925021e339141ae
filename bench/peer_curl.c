/* SPDX-License-Identifier: MIT */
/* Invariant: one easy handle, reused, so that all mails go over one connection.
 *
 * usage: peer_curl --port N [--mails N] [--octets N] [--upload-octets N] [--limit-s N] */

#include "peer_curl.h"

int main(int argc, char **argv)
{
    struct bench_message message;
    struct peer_curl_body body;
    size_t port = 0;
    size_t mails = 1;
    size_t octets = 2048;
    size_t upload_octets = 65536; /* its default */
    size_t limit_s = BENCH_LIMIT_S;
    const struct bench_option options[] = {
        {"port", &port, NULL},       {"mails", &mails, NULL},
        {"octets", &octets, NULL},   {"upload-octets", &upload_octets, NULL},
        {"limit-s", &limit_s, NULL}, {NULL, NULL, NULL}};
    CURLcode status;
    CURL *easy;
    size_t i;

    (void)bench_options(argc, argv, options);
    bench_limit_life(limit_s);
    message = bench_message_make(octets);
    body.message = &message;
    if (curl_global_init(CURL_GLOBAL_NOTHING) != CURLE_OK || (easy = curl_easy_init()) == NULL)
        bench_die("libcurl does not start");
    peer_curl_prepare(easy, &body, port, upload_octets);
    for (i = 0; i < mails; i++) {
        body.offset = 0;
        status = curl_easy_perform(easy);
        if (status != CURLE_OK)
            bench_die("%s", curl_easy_strerror(status));
    }
    curl_easy_cleanup(easy);
    curl_global_cleanup();
    return 0;
}
