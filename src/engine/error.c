/* SPDX-License-Identifier: MIT */
/* The texts of errors, outcomes and steps. Invariant: every text is static, and every value has one, known
 * or not. No file of the library refers to this one, so a device that prints no text does not carry it. */

#include "postino/error.h"

/* As long as there are errors. */
const char *postino_strerror(int error) /* NOLINT(readability-function-size) */
{
    switch (error) {
    case POSTINO_OK:
        return "success";
    case POSTINO_ERROR_ARGUMENT:
        return "a required argument is missing, or a number is out of its range";
    case POSTINO_ERROR_OBJECT_SIZE:
        return "library and application have different options: compile both with the same ones";
    case POSTINO_ERROR_STATE:
        return "the call is not allowed now: see the function's description";
    case POSTINO_ERROR_EHLO_NAME:
        return "the EHLO name cannot be sent: give a domain name, or an address in brackets";
    case POSTINO_ERROR_REVERSE_PATH:
        return "the sender's address is malformed: local-part@domain is needed, or an empty one";
    case POSTINO_ERROR_FORWARD_PATH:
        return "a recipient's address is malformed: local-part@domain is needed";
    case POSTINO_ERROR_SOURCE:
        return "the message's source failed: the message could not be read to its end";
    case POSTINO_ERROR_CREDENTIALS:
        return "the user name or the password is missing, and the mechanism needs both";
    case POSTINO_ERROR_MESSAGE_SIZE:
        return "the message is larger than the server accepts: send a smaller one";
    case POSTINO_ERROR_ABORTED:
        return "the caller aborted the session";
    case POSTINO_ERROR_8BIT:
        return "the message has octets above 127 and the server does not take them: encode it";
    case POSTINO_ERROR_NOT_OFFERED:
        return "the server does not offer an extension that the mail needs: see options.missing";
    case POSTINO_ERROR_RECIPIENTS:
        return "the mail has more recipients than the server takes at once: send it in parts";
    case POSTINO_ERROR_OPTION:
        return "an option of the mail has a value that cannot be sent";
    case POSTINO_ERROR_MAIL_LIMIT:
        return "the server takes no further mail over this connection: make a new one";
    case POSTINO_ERROR_UTF8_NOT_ASKED:
        return "an address has octets above 127: set utf8 in the mail's options";
    case POSTINO_ERROR_REQUIRETLS:
        return "REQUIRETLS needs TLS and a server certificate that was verified";
    case POSTINO_ERROR_PREPARED:
        return "user name or password have octets above 127: prepare them (SASLprep), set prepared";
    case POSTINO_ERROR_CREDENTIALS_SIZE:
        return "user name, password or token are too long for the authentication mechanism";
    case POSTINO_ERROR_FIELD:
        return "a header field holds a control character, such as a line end: take it out";
    case POSTINO_ERROR_FIELD_UTF8:
        return "a header field is not UTF-8: convert its text";
    case POSTINO_ERROR_FIELD_ADDRESS:
        return "a header field has a malformed address: give local-part@domain, without brackets";
    case POSTINO_ERROR_FIELD_IDENTIFIER:
        return "a header field has a malformed identifier: give id@domain, in brackets or without";
    case POSTINO_ERROR_FIELD_URL:
        return "a header field has a malformed URL: give scheme:address, without blanks";
    case POSTINO_ERROR_FIELD_TYPE:
        return "a header field has a malformed media type or disposition: give type/subtype; name=value";
    case POSTINO_ERROR_FIELD_LONG:
        return "a header field does not fit into lines of 998 octets: shorten it";
    case POSTINO_ERROR_FIELD_PROTOCOL:
        return "a header field in ASCII holds a TAB, two blanks or octets above 127: give words";
    case POSTINO_ERROR_FIELD_VALUE:
        return "a header field has a time zone, a second Sender or a domain that it cannot have";
    case POSTINO_ERROR_ATTACHMENT:
        return "an attachment needs exactly one of data, path and source: see error_attachment";
    case POSTINO_ERROR_FILE:
        return "an attachment's file is missing, may not be read, or is no regular file: check its path";
    case POSTINO_ERROR_FIELD_NAME:
        return "a header field of this name cannot be added";
    case POSTINO_ERROR_FIELD_MISSING:
        return "the message lacks a header field that it must have";
    case POSTINO_ERROR_NESTING:
        return "the parts of the message are nested too deep, or a multipart is empty";
    case POSTINO_ERROR_BOUNDARY:
        return "every boundary that can be chosen occurs in the message";
    case POSTINO_ERROR_UTF8_ADDRESS:
        return "an address has octets above 127 and the server does not offer SMTPUTF8";
    case POSTINO_ERROR_ADDRESS:
        return "an address list is malformed";
    case POSTINO_ERROR_CAPACITY:
        return "the caller's buffer or array is too small: give a larger one";
    case POSTINO_ERROR_MAIL_IN_USE:
        return "the mail is being sent already: collect it first, or use another object";
    case POSTINO_ERROR_RECIPIENT_IN_USE:
        return "a recipient is in another mail, or twice in this one: give each mail its own recipients";
    case POSTINO_ERROR_SOURCE_IN_USE:
        return "the source is read for another mail or part: give each its own source";
    case POSTINO_ERROR_RECORD_IN_USE:
        return "a record belongs to two recipients: give each its own record";
    case POSTINO_ERROR_OPTIONS_IN_USE:
        return "another mail has the options: give each mail its own options";
    case POSTINO_ERROR_PART_IN_USE:
        return "a part is in another message or multipart: give each its own parts";
    case POSTINO_ERROR_SERVICE_IN_USE:
        return "the service command is being sent already: wait for its reply, or use another object";
    case POSTINO_ERROR_RAW:
        return "the message is malformed: see its faults";
    case POSTINO_ERROR_FEATURE:
        return "the message needs a feature that its features do not name";
    case POSTINO_ERROR_NO_RECIPIENT:
        return "the mail has no recipient: give at least one";
    case POSTINO_ERROR_CRYPTO:
        return "a function of the crypto table failed: random octets or a hash";
    case POSTINO_ERROR_PROXY_HOST:
        return "the server's name cannot be sent to the proxy: give a domain name or an address";
    case POSTINO_ERROR_PROXY_CREDENTIALS:
        return "the proxy's user name or password is too long, or holds a character that cannot be sent";
    case POSTINO_ERROR_REFUSED:
        return "the server refused: see the reply's code and text";
    case POSTINO_ERROR_REPLY_SYNTAX:
        return "the server's line is no SMTP reply: see its text, and check host and port";
    case POSTINO_ERROR_REPLY_UNEXPECTED:
        return "the server's reply does not answer the command that was sent";
    case POSTINO_ERROR_REPLY_TOO_LONG:
        return "the server's reply has too many lines";
    case POSTINO_ERROR_CHALLENGE:
        return "the server's authentication challenge is too long, or one too many";
    case POSTINO_ERROR_NO_MECHANISM:
        return "the server offers no authentication mechanism that may be used on this connection";
    case POSTINO_ERROR_SERVICE_CLOSING:
        return "the server closes the connection (421): try again later";
    case POSTINO_ERROR_AUTH_SERVER:
        return "the server did not prove that it knows the password: it may be an impostor";
    case POSTINO_ERROR_REPLY_CODES:
        return "the lines of the server's reply have different codes";
    case POSTINO_ERROR_CHALLENGE_SYNTAX:
        return "the server's authentication challenge is malformed";
    case POSTINO_ERROR_ITERATIONS:
        return "the server's SCRAM iteration count is out of bounds: see iterations_min and _max";
    case POSTINO_ERROR_RESOLVE:
        return "the host name or the service has no address: check both";
    case POSTINO_ERROR_CONNECT:
        return "no address of the server took the connection: check host, port and firewall";
    case POSTINO_ERROR_SEND:
        return "sending failed: the connection broke";
    case POSTINO_ERROR_RECEIVE:
        return "receiving failed: the connection broke";
    case POSTINO_ERROR_CLOSED:
        return "the server closed the connection without a reply";
    case POSTINO_ERROR_BUFFER:
        return "the transport had no buffer to send from: enlarge its pool";
    case POSTINO_ERROR_PROXY_REFUSED:
        return "the proxy does not allow this connection: see the proxy's text";
    case POSTINO_ERROR_PROXY_AUTHENTICATION:
        return "the proxy wants a login, or refused it: check the proxy's user name and password";
    case POSTINO_ERROR_PROXY_UNREACHABLE:
        return "the proxy did not reach the server: check its name and port, or try again later";
    case POSTINO_ERROR_PROXY_REPLY:
        return "the proxy's reply is malformed or cut off: check the proxy's protocol and port";
    case POSTINO_ERROR_TLS_UNAVAILABLE:
        return "the transport has no TLS: put a TLS transport around it, or choose postino_tls_none";
    case POSTINO_ERROR_TLS_NOT_OFFERED:
        return "TLS is required and the server does not offer STARTTLS: check the port";
    case POSTINO_ERROR_TLS_INJECTION:
        return "octets arrived in clear text behind the reply to STARTTLS: it may be an attack";
    case POSTINO_ERROR_TLS_CONFIG:
        return "the TLS settings, a certificate or a key cannot be used: see the transport's text";
    case POSTINO_ERROR_TLS_HANDSHAKE:
        return "the TLS handshake failed: see the transport's text";
    case POSTINO_ERROR_TLS_VERSION:
        return "client and server have no TLS version in common";
    case POSTINO_ERROR_TLS_NAME:
        return "the server's certificate is for another name: check the host name";
    case POSTINO_ERROR_TLS_EXPIRED:
        return "the server's certificate is expired or not valid yet: check the clock";
    case POSTINO_ERROR_TLS_ISSUER:
        return "the server's certificate comes from no trusted issuer: check ca_file";
    case POSTINO_ERROR_TLS_CERTIFICATE:
        return "the server's certificate cannot be accepted: see the transport's text";
    case POSTINO_ERROR_TLS_PIN:
        return "the server's certificate matches none of the pins";
    case POSTINO_ERROR_TLS_REFUSED:
        return "the server refused the TLS handshake: it may want a client certificate";
    case POSTINO_ERROR_TLS_RECORD:
        return "a TLS record that arrived is damaged";
    case POSTINO_ERROR_TLS_MEMORY:
        return "there is not enough memory for TLS";
    case POSTINO_ERROR_TLS_PORT:
        return "port 465 speaks TLS at once: use implicit TLS, or port 587";
    case POSTINO_ERROR_CONNECT_TIMEOUT:
        return "the server did not take the connection in time: check host, port and firewall";
    case POSTINO_ERROR_TIMEOUT:
        return "the server did not answer in time";
    case POSTINO_ERROR_GREETING_TIMEOUT:
        return "the server sent no greeting: a server that awaits TLS at once (port 465) sends none";
    case POSTINO_ERROR_MAIL_TIMEOUT:
        return "the mail took longer than mail_ms allows: raise it, or send a smaller mail";
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
