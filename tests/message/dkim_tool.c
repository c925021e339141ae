/* SPDX-License-Identifier: MIT */
/* Signs a message: dkim_tool KEY DOMAIN SELECTOR MESSAGE [raw]; the signed message goes to the standard
 * output, with CRLF for every line end as the session would send it. With `raw` it is mended first. Exits
 * with 1 where begin() fails, and says its error, and with 3 where the size that it says is not the
 * message's. */
#include <stdio.h>
#include <stdlib.h>

#include "dkim_key.h"
#include "engine/data_filter.h"

static char *read_file(const char *name, size_t *length)
{
    FILE *file = fopen(name, "rb");
    char *text = calloc(1, (1 << 20) + 1);

    if (file == NULL || text == NULL)
        exit(2);
    *length = fread(text, 1, 1 << 20, file);
    (void)fclose(file);
    return text;
}

int main(int argc, char **argv)
{
    const struct postino_dkim_crypto *crypto;
    void *key;
    struct postino_memory_source message;
    struct postino_raw_message raw;
    struct postino_dkim dkim;
    struct postino_source *source = &dkim.source;
    struct postino_source_info info;
    enum postino_source_status status;
    const uint8_t *data;
    size_t length;
    uint8_t state = FILTER_BARE;
    size_t total = 2; /* the last line end */
    char *pem, *text;
    int error;

    if (argc != 5 && argc != 6)
        return 2;
    pem = read_file(argv[1], &length);
    crypto = dkim_key_init(pem, length, &key);
    if (crypto == NULL) {
        dkim_key_free();
        free(pem);
        return 2;
    }
    text = read_file(argv[4], &length);
    postino_memory_source_init(&message, text, length);
    postino_raw_message_init(&raw, &message.source);
    postino_dkim_init(&dkim, argc == 6 ? &raw.source : &message.source, crypto, key, argv[2], argv[3]);
    dkim.signed_s = 1700000000;
    error = source->methods->begin(source, 0, &info);
    while (error == 0 && (status = source->methods->span(source, &data, &length)) == POSTINO_SOURCE_DATA) {
        uint8_t out[64];
        struct postino_span left = {data, length};
        size_t written = postino_data_filter(&state, &left, out, sizeof out);

        (void)fwrite(out, 1, written, stdout);
        total += written;
        source->methods->consume(source, length - left.length_octets);
    }
    if (error == 0)
        (void)fputs((state & FILTER_HALF) != 0 ? "\n" : "\r\n", stdout);
    else
        printf("%d\n", error);
    dkim_key_free();
    free(pem);
    free(text);
    if (error == 0 && info.size_octets != total - ((state & FILTER_HALF) != 0))
        return 3;
    return error != 0;
}
