/* SPDX-License-Identifier: MIT */
/* Trees of parts: the input chooses the parts of a message, their nesting and their octets. The message is
 * composed twice in different pieces and read by a reader that knows only MIME (RFC 2045, RFC 2046). Every
 * part must be in its place with its octets. */
#include "fuzz_message.h"

#include "postino/extension.h"

#define NODES    16
#define CHILDREN 3
#define ARENA    8192
#define OCTETS   131072
#define LINE     1000

enum kind {
    KIND_TEXT,
    KIND_ATTACHMENT,
    KIND_BINARY,
    KIND_MESSAGE,
    KIND_MULTIPART,
    KIND_RELATED,
    KINDS
};

struct node {
    struct postino_part part;
    struct postino_memory_source memory;
    struct postino_callback_source callback;
    enum kind kind;
    const uint8_t *content;
    size_t length;
    int given; /* by the callback */
    struct node *children[CHILDREN];
    unsigned count;
};

static struct {
    const uint8_t *data;
    size_t left;
    struct node nodes[NODES];
    unsigned used;
    uint8_t arena[ARENA];
    size_t arena_used;
} fuzz;

static uint8_t composed[2][OCTETS];
static uint8_t read_octets[OCTETS];
static uint8_t wanted_octets[OCTETS];

static unsigned next_octet(void)
{
    if (fuzz.left == 0)
        return 0;
    fuzz.left--;
    return *fuzz.data++;
}

/* ---- The tree ---- */

static int node_begin(void *context)
{
    ((struct node *)context)->given = 0;
    return 0;
}

static enum postino_source_status node_read(void *context, const uint8_t **data, size_t *length)
{
    struct node *node = context;

    if (node->given || node->length == 0)
        return POSTINO_SOURCE_END;
    node->given = 1;
    *data = node->content;
    *length = node->length;
    return POSTINO_SOURCE_DATA;
}

/* Octets of the input, several times over; now and then what a boundary of ours begins with. */
static void node_fill(struct node *node)
{
    static const char head[] = "\r\n--=_A";
    unsigned octets = next_octet();
    unsigned times = 1 + next_octet() % 4;
    uint8_t *place = fuzz.arena + fuzz.arena_used;
    size_t room = ARENA - fuzz.arena_used;

    node->content = place;
    for (; times != 0; times--) {
        unsigned i;

        if (times % 2 == 0 && node->length + sizeof head <= room) {
            memcpy(place + node->length, head, sizeof head - 1);
            node->length += sizeof head - 1;
        }
        for (i = 0; i < octets && i < fuzz.left && node->length < room; i++)
            place[node->length++] = fuzz.data[i];
    }
    octets = octets < fuzz.left ? octets : (unsigned)fuzz.left;
    fuzz.data += octets;
    fuzz.left -= octets;
    fuzz.arena_used += node->length;
}

static struct postino_source *node_source(struct node *node)
{
    if (next_octet() % 4 != 0) {
        postino_memory_source_init(&node->memory, node->content, node->length);
        return &node->memory.source;
    }
    postino_callback_source_init(&node->callback, node_begin, node_read, node, POSTINO_SIZE_UNKNOWN,
                                 POSTINO_SOURCE_REWINDS | POSTINO_SOURCE_8BIT);
    return &node->callback.source;
}

static struct node *node_make(unsigned depth)
{
    struct node *node = &fuzz.nodes[fuzz.used++];
    struct postino_source *source;
    unsigned i;

    memset(node, 0, sizeof *node);
    node->kind = (enum kind)(next_octet() % KINDS);
    if (node->kind >= KIND_MULTIPART && (depth == 0 || fuzz.used == NODES))
        node->kind = KIND_TEXT;
    if (node->kind >= KIND_MULTIPART) {
        unsigned count = 1 + next_octet() % CHILDREN;

        if (node->kind == KIND_RELATED)
            postino_part_related_init(&node->part);
        else
            postino_part_multipart_init(&node->part, "multipart/mixed");
        for (i = 0; i < count && fuzz.used < NODES; i++) {
            node->children[node->count++] = node_make(depth - 1);
            FUZZ_CHECK(postino_part_add(&node->part, &node->children[i]->part) == 0);
        }
        return node;
    }
    node_fill(node);
    source = node_source(node);
    if (node->kind == KIND_TEXT)
        postino_part_text_init(&node->part, source, "text/plain; charset=utf-8");
    else if (node->kind == KIND_MESSAGE)
        postino_part_message_init(&node->part, source);
    else
        (node->kind == KIND_BINARY ? postino_part_binary_init : postino_part_attachment_init)(
            &node->part, source, NULL, next_octet() % 2 != 0 ? "a b.bin" : NULL);
    return node;
}

/* ---- The reader ---- */

struct text {
    const uint8_t *data;
    size_t length;
};

static int text_begins(struct text text, const char *head)
{
    return text.length >= strlen(head) && memcmp(text.data, head, strlen(head)) == 0;
}

/* Takes a line, without its CRLF, which it must have unless the text ends. */
static struct text take_line(struct text *text)
{
    struct text line = {text->data, 0};

    while (line.length + 1 < text->length &&
           (line.data[line.length] != '\r' || line.data[line.length + 1] != '\n'))
        line.length++;
    if (line.length + 1 >= text->length) {
        line.length = text->length;
        text->data += text->length;
        text->length = 0;
        return line;
    }
    text->data += line.length + 2;
    text->length -= line.length + 2;
    return line;
}

/* Takes the header; keeps the boundary and the encoding that it tells. */
static void take_header(struct text *text, char *boundary, char *encoding)
{
    static const char name[] = "Content-Transfer-Encoding: ";
    static const char parameter[] = "boundary=\"";
    struct text line;

    *boundary = '\0';
    *encoding = '\0';
    while ((line = take_line(text)).length != 0) {
        size_t i;

        if (text_begins(line, name))
            (void)snprintf(encoding, LINE, "%.*s", (int)(line.length - strlen(name)),
                           (const char *)line.data + strlen(name));
        for (i = 0; i + strlen(parameter) < line.length; i++) {
            struct text rest = {line.data + i, line.length - i};

            if (text_begins(rest, parameter))
                (void)sscanf((const char *)rest.data + strlen(parameter), "%80[^\"]", boundary);
        }
    }
}

static int digit_of(const char *digits, unsigned octet)
{
    const char *at = octet != 0 ? strchr(digits, (int)octet) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

static size_t read_base64(struct text text, uint8_t *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0;
    unsigned count = 0;
    size_t length = 0;

    for (; text.length != 0; text.data++, text.length--) {
        int digit = digit_of(digits, *text.data);

        if (digit < 0) {
            FUZZ_CHECK(*text.data == '\r' || *text.data == '\n' || *text.data == '=');
            continue;
        }
        bits = bits << 6 | (unsigned)digit;
        count += 6;
        if (count >= 8) {
            count -= 8;
            out[length++] = (uint8_t)(bits >> count);
        }
    }
    return length;
}

static size_t read_quoted(struct text text, uint8_t *out)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t length = 0;
    size_t i;

    for (i = 0; i < text.length; i++) {
        if (text.data[i] != '=') {
            out[length++] = text.data[i];
            continue;
        }
        FUZZ_CHECK(i + 2 < text.length);
        if (text.data[i + 1] != '\r') {
            int high = digit_of(digits, text.data[i + 1]);
            int low = digit_of(digits, text.data[i + 2]);

            FUZZ_CHECK(high >= 0 && low >= 0);
            out[length++] = (uint8_t)(high * 16 + low);
        }
        i += 2;
    }
    return length;
}

/* Every line end as CRLF. */
static size_t in_lines(struct text text, uint8_t *out)
{
    size_t length = 0;
    size_t i;

    for (i = 0; i < text.length; i++) {
        if (text.data[i] == '\n' && i != 0 && text.data[i - 1] == '\r')
            continue;
        if (text.data[i] == '\r' || text.data[i] == '\n') {
            out[length++] = '\r';
            out[length++] = '\n';
        } else {
            out[length++] = text.data[i];
        }
    }
    return length;
}

static size_t without_line_end(const uint8_t *data, size_t length)
{
    return length >= 2 && data[length - 2] == '\r' && data[length - 1] == '\n' ? length - 2 : length;
}

static void check_leaf(const struct node *node, struct text body, const char *encoding)
{
    struct text content = {node->content, node->length};
    size_t length;
    size_t wanted;

    if (strcmp(encoding, "base64") == 0) {
        length = read_base64(body, read_octets);
    } else if (strcmp(encoding, "quoted-printable") == 0) {
        length = read_quoted(body, read_octets);
    } else {
        memcpy(read_octets, body.data, body.length);
        length = body.length;
    }
    if (node->kind == KIND_ATTACHMENT || node->kind == KIND_BINARY) {
        FUZZ_CHECK(length == node->length && memcmp(read_octets, node->content, length) == 0);
        return;
    }
    /* Whether the last line end is the text's or the message's, nobody can say. */
    wanted = without_line_end(wanted_octets, in_lines(content, wanted_octets));
    length = without_line_end(read_octets, length);
    FUZZ_CHECK(length == wanted && memcmp(read_octets, wanted_octets, length) == 0);
}

/* Where the next delimiter stands: a line that begins with it. Returns the text in front of its line. */
static struct text take_until(struct text *text, const char *delimiter, int first)
{
    struct text front = {text->data, 0};
    size_t length = strlen(delimiter);

    for (; front.length + length <= text->length; front.length++) {
        const uint8_t *at = front.data + front.length;
        int begins = front.length == 0 ? first : front.length >= 2 && at[-2] == '\r' && at[-1] == '\n';

        if (begins && memcmp(at, delimiter, length) == 0) {
            text->data = at + length;
            text->length -= front.length + length;
            front.length -= front.length >= 2 ? 2 : front.length;
            return front;
        }
    }
    (void)fprintf(stderr, "no delimiter %s\n", delimiter);
    abort();
}

static void check_entity(const struct node *node, struct text text)
{
    char boundary[LINE];
    char encoding[LINE];
    char delimiter[LINE + 2];
    unsigned i;

    take_header(&text, boundary, encoding);
    if (node->count == 0) {
        check_leaf(node, text, encoding);
        return;
    }
    FUZZ_CHECK(*boundary != '\0');
    (void)snprintf(delimiter, sizeof delimiter, "--%s", boundary);
    (void)take_until(&text, delimiter, 1);
    for (i = 0; i < node->count; i++) {
        FUZZ_CHECK(text_begins(text, "\r\n"));
        text.data += 2;
        text.length -= 2;
        check_entity(node->children[i], take_until(&text, delimiter, 0));
    }
    FUZZ_CHECK(text_begins(text, "--"));
    /* It occurs nowhere else. */
    for (; text.length >= strlen(delimiter); text.data++, text.length--)
        FUZZ_CHECK(!text_begins(text, delimiter));
}

/* ---- Composing ---- */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct postino_mailbox from = {NULL, "a@b.test", NULL};
    static uint8_t buffer[POSTINO_MESSAGE_BUFFER_FAST];
    struct postino_message message;
    uint32_t capabilities;
    struct node *root;
    unsigned how;
    size_t whole;

    if (size < 2)
        return 0;
    fuzz.data = data;
    fuzz.left = size;
    fuzz.used = 0;
    fuzz.arena_used = 0;
    how = next_octet();
    root = node_make(4);
    postino_message_init(&message, &root->part, buffer, POSTINO_MESSAGE_BUFFER_MIN + how);
    message.from = &from;
    message.random = (how & 1) != 0 ? (const uint8_t *)"0123456789abcdef" : NULL;
    capabilities = ((how & 2) != 0 ? POSTINO_CAPABILITY_8BITMIME : 0u) |
                   ((how & 4) != 0 ? POSTINO_CAPABILITY_BINARYMIME | POSTINO_CAPABILITY_CHUNKING : 0u);
    whole = fuzz_compose(&message, capabilities, SIZE_MAX, composed[0], OCTETS, 1);
    message.buffer_octets = sizeof buffer;
    FUZZ_CHECK(fuzz_compose(&message, capabilities, 1 + how % 9u, composed[1], OCTETS, 1) == whole);
    FUZZ_CHECK(memcmp(composed[0], composed[1], whole) == 0);
    if (whole != 0)
        check_entity(root, (struct text){composed[0], whole});
    return 0;
}
