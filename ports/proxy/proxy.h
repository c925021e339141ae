/* SPDX-License-Identifier: MIT */
/* The parts that the protocols share. A protocol has no I/O: it writes requests and takes replies octet by
 * octet. */
#ifndef POSTINO_PROXY_PROXY_H
#define POSTINO_PROXY_PROXY_H

#include "postino/proxy.h"

/* The steps of all protocols; proxy.c has their names. */
enum proxy_step {
    PROXY_STEP_CONNECTION, /* of the inner transport */
    PROXY_STEP_METHODS,    /* SOCKS5: the choice of a login */
    PROXY_STEP_LOGIN,      /* SOCKS5: user name and password */
    PROXY_STEP_CONNECT     /* the request for the connection */
};

/* The state after an octet of a reply; a negative value is an error. */
enum proxy_status {
    PROXY_MORE, /* the reply goes on */
    PROXY_NEXT, /* the reply ends: proxy->step has the next step */
    PROXY_DONE  /* the server's octets follow */
};

/* A piece of a request: the octets from `skip` on, as far as they fit. */
struct proxy_writer {
    uint8_t *to;
    size_t room;
    size_t skip;  /* octets still to leave out: they were sent */
    size_t taken; /* octets written */
    size_t total; /* octets of the whole request */
};

struct postino_proxy_protocol {
    const char *name;
    uint8_t first_step;
    /* Returns 0 or an error. Host, port and control characters are checked already. */
    int (*check)(const struct postino_proxy_config *config);
    /* Writes the whole request of proxy->step, and prepares for its reply. Writes the same octets at each
     * call, since a request may leave in several pieces. */
    void (*request)(struct postino_proxy *proxy, struct proxy_writer *writer);
    /* Takes an octet of the reply. Returns enum proxy_status, or the error of proxy_fail(). */
    int (*reply)(struct postino_proxy *proxy, unsigned octet);
};

void proxy_write(struct proxy_writer *writer, const void *data, size_t length_octets);
void proxy_write_octet(struct proxy_writer *writer, unsigned octet);
void proxy_write_text(struct proxy_writer *writer, const char *text);

/* Begins the text: protocol and step. */
void proxy_text_begin(struct postino_proxy *proxy);
/* Appends to the text, as far as there is room. */
void proxy_text(struct postino_proxy *proxy, const char *text);
void proxy_text_octet(struct postino_proxy *proxy, unsigned octet);
void proxy_text_number(struct postino_proxy *proxy, unsigned number);
/* Sets the text: protocol, step and `text`. Returns the error. */
int proxy_fail(struct postino_proxy *proxy, int error, const char *text);

/* The number, as decimal digits with a zero, at most five. */
#define PROXY_NUMBER_OCTETS 6
void proxy_number(char to[PROXY_NUMBER_OCTETS], unsigned number);

/* Reads an address: the octets in the order of the network. Returns whether `text` is one. */
int proxy_ipv4(const char *text, uint8_t address[4]);
int proxy_ipv6(const char *text, uint8_t address[16]);

#endif
