/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_SASL_H
#define POSTINO_SASL_H

#include "postino/source.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Who we are. The strings are borrowed for as long as the session that uses them; nothing is copied. */
struct postino_credentials {
    const char *user;
    const char *password;
};

#define POSTINO_SASL_SPANS 4

/* As the length of such a span: the string at its data, without its NUL. */
#define POSTINO_SASL_TEXT SIZE_MAX

enum postino_mechanism_flag {
    POSTINO_MECHANISM_CLEAR_TEXT = 1, /* whoever reads the connection learns the password */
    POSTINO_MECHANISM_INITIAL_RESPONSE =
        2 /* the first response may travel with the AUTH command (RFC 4954 section 4) */
};

/* A SASL mechanism (RFC 4422). A build carries those that its configuration names. */
struct postino_mechanism {
    const char *name; /* as the EHLO reply lists it, in upper case */
    /* Gives the response of round `round`, the first being 0, as at most POSTINO_SASL_SPANS spans that stay
     * valid as long as the credentials. Returns how many spans, or a negative value when the mechanism has
     * nothing more to say: the exchange is cancelled. */
    int (*respond)(const struct postino_credentials *credentials, unsigned round, struct postino_span *spans);
    uint8_t flags; /* of enum postino_mechanism_flag */
};

/* RFC 4616. */
extern const struct postino_mechanism postino_sasl_plain;
/* draft-murchison-sasl-login-00: the name answers the first challenge, the password the second. */
extern const struct postino_mechanism postino_sasl_login;

#ifdef __cplusplus
}
#endif

#endif
