/* SPDX-License-Identifier: MIT */
/* Invariant: every text is static and every value has one, known or not. Nothing in the library refers to
 * this file, so a device that prints no text carries none of it. */

#include "postino/error.h"

/* As long as there are errors. */
const char *postino_strerror(int error) /* NOLINT(readability-function-size) */
{
    switch (error) {
    case POSTINO_OK:
        return "success";
    case POSTINO_ERROR_ARGUMENT:
        return "a required argument is missing or out of range";
    case POSTINO_ERROR_OBJECT_SIZE:
        return "the library and the application were compiled with different options";
    case POSTINO_ERROR_STATE:
        return "the call is not allowed now";
    case POSTINO_ERROR_EHLO_NAME:
        return "the EHLO name is malformed";
    case POSTINO_ERROR_REVERSE_PATH:
        return "the sender's address is malformed";
    case POSTINO_ERROR_FORWARD_PATH:
        return "a recipient's address is malformed or missing";
    case POSTINO_ERROR_SOURCE:
        return "the message could not be read";
    case POSTINO_ERROR_CREDENTIALS:
        return "user name, password or token are missing or cannot be sent";
    case POSTINO_ERROR_MESSAGE_SIZE:
        return "the message is larger than the server accepts";
    case POSTINO_ERROR_ABORTED:
        return "aborted by the caller";
    case POSTINO_ERROR_8BIT:
        return "the message has octets above 127, which the server does not take";
    case POSTINO_ERROR_NOT_OFFERED:
        return "the server does not offer what the mail needs";
    case POSTINO_ERROR_OPTION:
        return "an option of the mail has a value that cannot be sent";
    case POSTINO_ERROR_RECIPIENTS:
        return "the mail has more recipients than the server takes at once";
    case POSTINO_ERROR_MAIL_LIMIT:
        return "the server takes no further mail over this connection";
    case POSTINO_ERROR_FIELD:
        return "a header field holds what cannot be sent";
    case POSTINO_ERROR_FIELD_NAME:
        return "a header field of this name cannot be added";
    case POSTINO_ERROR_FIELD_MISSING:
        return "a header field that a message must have is missing";
    case POSTINO_ERROR_NESTING:
        return "the parts of the message are nested too deep, or one holds nothing";
    case POSTINO_ERROR_BOUNDARY:
        return "no boundary can be found that does not occur in the message";
    case POSTINO_ERROR_UTF8_ADDRESS:
        return "an address has octets above 127, which the server does not take";
    case POSTINO_ERROR_ADDRESS:
        return "an address list is malformed";
    case POSTINO_ERROR_CAPACITY:
        return "there is no room for what was read";
    case POSTINO_ERROR_FEATURE:
        return "a message needs a feature that it was made without";
    case POSTINO_ERROR_MAIL_IN_USE:
        return "the mail is being sent already: collect it first, or use another object";
    case POSTINO_ERROR_RECIPIENT_IN_USE:
        return "a recipient is in another mail, or twice in this one: give each mail its own recipients";
    case POSTINO_ERROR_SOURCE_IN_USE:
        return "the source is read for another mail or part: give each its own source";
    case POSTINO_ERROR_RECORD_IN_USE:
        return "a record belongs to two recipients: give each its own record";
    case POSTINO_ERROR_OPTIONS_IN_USE:
        return "the options are those of another mail: give each mail its own options";
    case POSTINO_ERROR_PART_IN_USE:
        return "a part is in another message or multipart: give each its own parts";
    case POSTINO_ERROR_SERVICE_IN_USE:
        return "the service command is being sent already: wait for its reply, or use another object";
    case POSTINO_ERROR_RAW:
        return "the message as it was given is malformed";
    case POSTINO_ERROR_REFUSED:
        return "refused by the server";
    case POSTINO_ERROR_REPLY_SYNTAX:
        return "the server's reply has no reply code";
    case POSTINO_ERROR_REPLY_UNEXPECTED:
        return "the server's reply does not answer what was sent";
    case POSTINO_ERROR_REPLY_TOO_LONG:
        return "the server's reply has too many lines";
    case POSTINO_ERROR_CHALLENGE:
        return "the server's authentication challenge is too long or one too many";
    case POSTINO_ERROR_NO_MECHANISM:
        return "the server offers no authentication that may be used";
    case POSTINO_ERROR_SERVICE_CLOSING:
        return "the server is closing its service";
    case POSTINO_ERROR_AUTH_SERVER:
        return "the server did not prove that it knows the password";
    case POSTINO_ERROR_RESOLVE:
        return "the host name or the service has no address";
    case POSTINO_ERROR_CONNECT:
        return "the server could not be connected to";
    case POSTINO_ERROR_SEND:
        return "sending failed";
    case POSTINO_ERROR_RECEIVE:
        return "receiving failed";
    case POSTINO_ERROR_CLOSED:
        return "the server closed the connection";
    case POSTINO_ERROR_BUFFER:
        return "there was no buffer to send from";
    case POSTINO_ERROR_TLS_UNAVAILABLE:
        return "TLS is required, and the transport has none";
    case POSTINO_ERROR_TLS_NOT_OFFERED:
        return "TLS is required, and the server does not offer it";
    case POSTINO_ERROR_TLS_INJECTION:
        return "octets arrived between STARTTLS and TLS: somebody may have put them there";
    case POSTINO_ERROR_TLS_CONFIG:
        return "the TLS settings, a certificate or a key cannot be used";
    case POSTINO_ERROR_TLS_HANDSHAKE:
        return "the TLS handshake failed";
    case POSTINO_ERROR_TLS_VERSION:
        return "client and server have no TLS version in common";
    case POSTINO_ERROR_TLS_NAME:
        return "the server's certificate is for another name";
    case POSTINO_ERROR_TLS_EXPIRED:
        return "the server's certificate is expired or not valid yet";
    case POSTINO_ERROR_TLS_ISSUER:
        return "the server's certificate was issued by nobody who is trusted";
    case POSTINO_ERROR_TLS_CERTIFICATE:
        return "the server's certificate cannot be accepted";
    case POSTINO_ERROR_TLS_PIN:
        return "the server's certificate is none of those that were pinned";
    case POSTINO_ERROR_TLS_REFUSED:
        return "the server refused TLS with this client";
    case POSTINO_ERROR_TLS_RECORD:
        return "the encrypted data that arrived is not sound";
    case POSTINO_ERROR_TLS_MEMORY:
        return "there is not enough memory for TLS";
    case POSTINO_ERROR_CONNECT_TIMEOUT:
        return "the connection was not made in time";
    case POSTINO_ERROR_TIMEOUT:
        return "the server did not answer in time";
    default:
        return "unknown error";
    }
}

const char *postino_step_name(unsigned step)
{
    static const char *const names[] = {
        [POSTINO_STEP_GREETING] = "greeting",
        [POSTINO_STEP_EHLO] = "EHLO",
        [POSTINO_STEP_MAIL] = "MAIL FROM",
        [POSTINO_STEP_RCPT] = "RCPT TO",
        [POSTINO_STEP_MESSAGE] = "message",
        [POSTINO_STEP_DATA] = "DATA",
        [POSTINO_STEP_AUTH] = "AUTH",
        [POSTINO_STEP_RSET] = "RSET",
        [POSTINO_STEP_SERVICE] = "service command",
        [POSTINO_STEP_QUIT] = "QUIT",
        [POSTINO_STEP_IDLE] = "idle",
        [POSTINO_STEP_STARTTLS] = "STARTTLS",
    };

    return step < sizeof names / sizeof names[0] ? names[step] : "unknown step";
}

const char *postino_outcome_name(unsigned outcome)
{
    static const char *const names[] = {
        [POSTINO_OUTCOME_PENDING] = "pending",
        [POSTINO_OUTCOME_ACCEPTED] = "accepted",
        [POSTINO_OUTCOME_UNKNOWN] = "unknown",
        [POSTINO_OUTCOME_TRANSIENT] = "transient failure",
        [POSTINO_OUTCOME_PERMANENT] = "permanent failure",
        [POSTINO_OUTCOME_NOT_ATTEMPTED] = "not attempted",
    };

    return outcome < sizeof names / sizeof names[0] ? names[outcome] : "unknown outcome";
}
