/* SPDX-License-Identifier: MIT */
/* The names in transcripts of the values of enum postino_error_code and other enumerations. */
#include "transcript.h"

#include <string.h>

struct named_value {
    const char *name;
    int value;
};

static const struct named_value error_names[] = {
    {"0", POSTINO_OK},
    {"ARGUMENT", POSTINO_ERROR_ARGUMENT},
    {"STATE", POSTINO_ERROR_STATE},
    {"REVERSE_PATH", POSTINO_ERROR_REVERSE_PATH},
    {"FORWARD_PATH", POSTINO_ERROR_FORWARD_PATH},
    {"SOURCE", POSTINO_ERROR_SOURCE},
    {"CREDENTIALS", POSTINO_ERROR_CREDENTIALS},
    {"MESSAGE_SIZE", POSTINO_ERROR_MESSAGE_SIZE},
    {"ABORTED", POSTINO_ERROR_ABORTED},
    {"8BIT", POSTINO_ERROR_8BIT},
    {"NOT_OFFERED", POSTINO_ERROR_NOT_OFFERED},
    {"RECIPIENTS", POSTINO_ERROR_RECIPIENTS},
    {"OPTION", POSTINO_ERROR_OPTION},
    {"MAIL_LIMIT", POSTINO_ERROR_MAIL_LIMIT},
    {"UTF8_NOT_ASKED", POSTINO_ERROR_UTF8_NOT_ASKED},
    {"REQUIRETLS", POSTINO_ERROR_REQUIRETLS},
    {"CREDENTIALS_SIZE", POSTINO_ERROR_CREDENTIALS_SIZE},
    {"NO_RECIPIENT", POSTINO_ERROR_NO_RECIPIENT},
    {"CRYPTO", POSTINO_ERROR_CRYPTO},
    {"REFUSED", POSTINO_ERROR_REFUSED},
    {"REPLY_SYNTAX", POSTINO_ERROR_REPLY_SYNTAX},
    {"REPLY_UNEXPECTED", POSTINO_ERROR_REPLY_UNEXPECTED},
    {"REPLY_TOO_LONG", POSTINO_ERROR_REPLY_TOO_LONG},
    {"CHALLENGE", POSTINO_ERROR_CHALLENGE},
    {"NO_MECHANISM", POSTINO_ERROR_NO_MECHANISM},
    {"SERVICE_CLOSING", POSTINO_ERROR_SERVICE_CLOSING},
    {"AUTH_SERVER", POSTINO_ERROR_AUTH_SERVER},
    {"REPLY_CODES", POSTINO_ERROR_REPLY_CODES},
    {"CHALLENGE_SYNTAX", POSTINO_ERROR_CHALLENGE_SYNTAX},
    {"ITERATIONS", POSTINO_ERROR_ITERATIONS},
    {"SEND", POSTINO_ERROR_SEND},
    {"RECEIVE", POSTINO_ERROR_RECEIVE},
    {"CLOSED", POSTINO_ERROR_CLOSED},
    {"BUFFER", POSTINO_ERROR_BUFFER},
    {"TLS_UNAVAILABLE", POSTINO_ERROR_TLS_UNAVAILABLE},
    {"TLS_NOT_OFFERED", POSTINO_ERROR_TLS_NOT_OFFERED},
    {"TLS_INJECTION", POSTINO_ERROR_TLS_INJECTION},
    {"TLS_HANDSHAKE", POSTINO_ERROR_TLS_HANDSHAKE},
    {"TLS_VERSION", POSTINO_ERROR_TLS_VERSION},
    {"TLS_NAME", POSTINO_ERROR_TLS_NAME},
    {"TLS_EXPIRED", POSTINO_ERROR_TLS_EXPIRED},
    {"TLS_ISSUER", POSTINO_ERROR_TLS_ISSUER},
    {"TLS_RECORD", POSTINO_ERROR_TLS_RECORD},
    {"TIMEOUT", POSTINO_ERROR_TIMEOUT},
    {"GREETING_TIMEOUT", POSTINO_ERROR_GREETING_TIMEOUT},
    {NULL, 0},
};

static const struct named_value step_names[] = {
    {"GREETING", POSTINO_STEP_GREETING},
    {"EHLO", POSTINO_STEP_EHLO},
    {"AUTH", POSTINO_STEP_AUTH},
    {"MAIL", POSTINO_STEP_MAIL},
    {"RCPT", POSTINO_STEP_RCPT},
    {"DATA", POSTINO_STEP_DATA},
    {"MESSAGE", POSTINO_STEP_MESSAGE},
    {"RSET", POSTINO_STEP_RSET},
    {"SERVICE", POSTINO_STEP_SERVICE},
    {"QUIT", POSTINO_STEP_QUIT},
    {"IDLE", POSTINO_STEP_IDLE},
    {"STARTTLS", POSTINO_STEP_STARTTLS},
    {NULL, 0},
};

static const struct named_value outcome_names[] = {
    {"accepted", POSTINO_OUTCOME_ACCEPTED},           {"transient", POSTINO_OUTCOME_TRANSIENT},
    {"permanent", POSTINO_OUTCOME_PERMANENT},         {"unknown", POSTINO_OUTCOME_UNKNOWN},
    {"not_attempted", POSTINO_OUTCOME_NOT_ATTEMPTED}, {NULL, 0},
};

static int words_value(const struct named_value *names, const char *name)
{
    for (; names->name != NULL; names++) {
        if (strcmp(names->name, name) == 0) {
            return names->value;
        }
    }
    return TRANSCRIPT_NOT_SAID;
}

int transcript_error_value(const char *name)
{
    return words_value(error_names, name);
}

int transcript_step_value(const char *name)
{
    return words_value(step_names, name);
}

int transcript_outcome_value(const char *name)
{
    return words_value(outcome_names, name);
}

const char *transcript_error_name(int error)
{
    const struct named_value *names = error_names;

    while (names->name != NULL && names->value != error) {
        names++;
    }
    return names->name != NULL ? names->name : "?";
}

static const struct postino_extension *words_extension(const char *name, size_t length)
{
    const struct postino_extension *const *extension = postino_extensions_all;

    while (*extension != NULL &&
           (strlen((*extension)->keyword) != length || memcmp((*extension)->keyword, name, length) != 0)) {
        extension++;
    }
    return *extension;
}

uint32_t transcript_capabilities(const char *names)
{
    uint32_t bits = 0;

    while (*names != '\0') {
        size_t length = strcspn(names, ",");
        const struct postino_extension *extension = words_extension(names, length);

        if (extension == NULL) {
            return UINT32_MAX;
        }
        bits |= extension->capability;
        names += length + (names[length] == ',');
    }
    return bits;
}
