/* SPDX-License-Identifier: MIT */
#ifndef POSTINO_ERROR_H
#define POSTINO_ERROR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The results of functions: 0 is success, a negative value is one of these codes. The hundred says who is at
 * fault: -1xx the caller, -2xx the server, -3xx the transport, -4xx TLS, -5xx time. The values are stable. */
enum postino_error_code {
    POSTINO_OK = 0,

    POSTINO_ERROR_ARGUMENT = -101,    /* a required pointer is NULL, or a number is out of its range */
    POSTINO_ERROR_OBJECT_SIZE = -102, /* caller and library were compiled with different options */
    POSTINO_ERROR_STATE = -103,       /* the call is not allowed now */
    /* The EHLO name is empty, too long, or has a character that cannot be sent. */
    POSTINO_ERROR_EHLO_NAME = -104,
    POSTINO_ERROR_REVERSE_PATH = -105, /* the sender's address is malformed */
    POSTINO_ERROR_FORWARD_PATH = -106, /* a recipient's address is malformed */
    POSTINO_ERROR_SOURCE = -107,       /* the mail source failed */
    POSTINO_ERROR_CREDENTIALS = -108,  /* the name or the password is missing */
    POSTINO_ERROR_MESSAGE_SIZE = -109, /* the message is larger than the server's SIZE limit */
    POSTINO_ERROR_ABORTED = -110,      /* the caller aborted the session */
    POSTINO_ERROR_8BIT = -111,         /* octets above 127, and the server does not offer 8BITMIME */
    POSTINO_ERROR_NOT_OFFERED = -112,  /* the server lacks an extension that the mail needs */
    POSTINO_ERROR_RECIPIENTS = -113,   /* more recipients than the server takes in one transaction */
    POSTINO_ERROR_OPTION = -114,       /* an option of the mail has a value that cannot be sent */
    POSTINO_ERROR_MAIL_LIMIT = -115,   /* the server takes no further mail over this connection */
    /* An address has octets above 127, and the mail's options lack utf8. */
    POSTINO_ERROR_UTF8_NOT_ASKED = -116,
    /* REQUIRETLS, and the connection has no TLS with a verified certificate */
    POSTINO_ERROR_REQUIRETLS = -117,
    /* Name or password have octets above 127 and are not said to be prepared. */
    POSTINO_ERROR_PREPARED = -118,
    /* The credentials do not fit a line, or POSTINO_SASL_FIRST_OCTETS. */
    POSTINO_ERROR_CREDENTIALS_SIZE = -119,

    POSTINO_ERROR_FIELD = -120,         /* a header field holds a control character, such as a line end */
    POSTINO_ERROR_FIELD_NAME = -121,    /* a header field of this name cannot be added */
    POSTINO_ERROR_FIELD_MISSING = -122, /* From, Sender or another needed field is missing */
    POSTINO_ERROR_NESTING = -123,       /* parts are nested too deep, or a multipart is empty */
    POSTINO_ERROR_BOUNDARY = -124,      /* every boundary occurs in a part, or a part cannot be scanned */
    /* An address has octets above 127, and the server offers no SMTPUTF8. */
    POSTINO_ERROR_UTF8_ADDRESS = -125,
    POSTINO_ERROR_ADDRESS = -126,      /* an address list is malformed */
    POSTINO_ERROR_CAPACITY = -127,     /* the caller's memory is too small */
    POSTINO_ERROR_RAW = -128,          /* a ready message has a refused fault: see its faults */
    POSTINO_ERROR_FEATURE = -129,      /* a message needs a feature that it was made without */
    POSTINO_ERROR_NO_RECIPIENT = -137, /* the mail has no recipient */
    POSTINO_ERROR_CRYPTO = -138,       /* a function of the crypto table failed: random octets, a hash */

    /* An object is in use and was submitted once more: see postino/mail.h. Nothing of it was changed. */
    POSTINO_ERROR_MAIL_IN_USE = -130,
    POSTINO_ERROR_RECIPIENT_IN_USE = -131, /* in another mail, or twice in one list */
    POSTINO_ERROR_SOURCE_IN_USE = -132,    /* in another mail, or in two parts of a message */
    POSTINO_ERROR_RECORD_IN_USE = -133,    /* of another recipient */
    POSTINO_ERROR_OPTIONS_IN_USE = -134,   /* of another mail */
    POSTINO_ERROR_PART_IN_USE = -135,      /* in another message or multipart */
    POSTINO_ERROR_SERVICE_IN_USE = -136,
    /* Errors of a message's header fields: its error_field names the field. */
    POSTINO_ERROR_FIELD_UTF8 = -140,       /* the text is not UTF-8 */
    POSTINO_ERROR_FIELD_ADDRESS = -141,    /* a mailbox's address is malformed */
    POSTINO_ERROR_FIELD_IDENTIFIER = -142, /* an identifier is not "id@domain", or there is a second one */
    POSTINO_ERROR_FIELD_URL = -143,        /* a URL has no scheme, or holds a blank or a bracket */
    POSTINO_ERROR_FIELD_TYPE = -144, /* a media type, a disposition or a parameter's name is malformed */
    /* The field does not fit lines of 998 octets, or 100 pieces of a parameter. */
    POSTINO_ERROR_FIELD_LONG = -145,
    /* Octets above 127, a TAB or two blanks where a protocol has words. */
    POSTINO_ERROR_FIELD_PROTOCOL = -146,
    POSTINO_ERROR_FIELD_VALUE = -147, /* a zone beyond a day, a second Sender, or an invalid DKIM domain */
    /* Errors of a letter's attachments: its error_attachment counts them from 1. */
    POSTINO_ERROR_ATTACHMENT = -148, /* an attachment has no data, or data from several places */
    POSTINO_ERROR_FILE = -149,       /* a file is missing, may not be read, or is no regular file */

    POSTINO_ERROR_PROXY_HOST = -160, /* the server's name cannot be sent to the proxy */
    /* user name or password are too long for the proxy's protocol, or hold a character that it forbids */
    POSTINO_ERROR_PROXY_CREDENTIALS = -161,

    POSTINO_ERROR_REFUSED = -201,          /* the server answered 4xx or 5xx: see the reply code */
    POSTINO_ERROR_REPLY_SYNTAX = -202,     /* a line without a reply code where a reply must come */
    POSTINO_ERROR_REPLY_UNEXPECTED = -203, /* a reply that does not answer what was sent */
    POSTINO_ERROR_REPLY_TOO_LONG = -204,   /* a reply of more lines than POSTINO_REPLY_LINES_MAX */
    POSTINO_ERROR_CHALLENGE = -205,        /* an authentication challenge too long, or one too many */
    POSTINO_ERROR_NO_MECHANISM = -206,     /* the server offers no authentication that may be used here */
    POSTINO_ERROR_SERVICE_CLOSING = -207,  /* 421 */
    POSTINO_ERROR_AUTH_SERVER = -208,      /* the server did not prove that it knows the password */
    POSTINO_ERROR_REPLY_CODES = -209,      /* the lines of one reply have different codes */
    /* An authentication challenge is not base64, or is wrong for the mechanism. */
    POSTINO_ERROR_CHALLENGE_SYNTAX = -210,
    POSTINO_ERROR_ITERATIONS = -211, /* SCRAM's iteration count is outside the credentials' bounds */

    POSTINO_ERROR_RESOLVE = -301,              /* the host name has no address */
    POSTINO_ERROR_CONNECT = -302,              /* no address of the host took the connection */
    POSTINO_ERROR_SEND = -303,                 /* sending failed */
    POSTINO_ERROR_RECEIVE = -304,              /* receiving failed */
    POSTINO_ERROR_CLOSED = -305,               /* the server closed the connection */
    POSTINO_ERROR_BUFFER = -306,               /* the transport had no buffer to send from */
    POSTINO_ERROR_PROXY_REFUSED = -307,        /* the proxy does not make this connection */
    POSTINO_ERROR_PROXY_AUTHENTICATION = -308, /* the proxy wants a login, or refused it */
    POSTINO_ERROR_PROXY_UNREACHABLE = -309,    /* the proxy did not reach the server, for now */
    POSTINO_ERROR_PROXY_REPLY = -310,          /* the proxy's reply is malformed, too long or cut off */

    POSTINO_ERROR_TLS_UNAVAILABLE = -401, /* TLS is required, and the transport has none */
    POSTINO_ERROR_TLS_NOT_OFFERED = -402, /* TLS is required, and the server does not offer STARTTLS */
    POSTINO_ERROR_TLS_INJECTION = -403,   /* octets behind the reply to STARTTLS, before TLS */
    POSTINO_ERROR_TLS_CONFIG = -404,      /* a certificate, a key or another setting cannot be used */
    POSTINO_ERROR_TLS_HANDSHAKE = -405,   /* the handshake failed, for none of the reasons below */
    POSTINO_ERROR_TLS_VERSION = -406,     /* no protocol version in common */
    POSTINO_ERROR_TLS_NAME = -407,        /* the certificate is for another name */
    POSTINO_ERROR_TLS_EXPIRED = -408,     /* the certificate is expired, or not valid yet */
    POSTINO_ERROR_TLS_ISSUER = -409,      /* no trusted authority issued the certificate */
    POSTINO_ERROR_TLS_CERTIFICATE = -410, /* the certificate cannot be accepted for another reason */
    POSTINO_ERROR_TLS_PIN = -411,         /* the certificate is not one of the pinned ones */
    /* The server refused the client's certificate, or its lack, by an alert. */
    POSTINO_ERROR_TLS_REFUSED = -412,
    POSTINO_ERROR_TLS_RECORD = -413, /* a record after the handshake is not valid */
    POSTINO_ERROR_TLS_MEMORY = -414, /* there is not enough memory for TLS */
    POSTINO_ERROR_TLS_PORT = -415,   /* STARTTLS, and the port is 465, where TLS begins at once */

    POSTINO_ERROR_CONNECT_TIMEOUT = -501, /* the connection was not made in time */
    POSTINO_ERROR_TIMEOUT = -502,         /* the reply did not come, or the data could not be sent, in time */
    POSTINO_ERROR_GREETING_TIMEOUT = -503, /* in clear text, no greeting came in time */
    POSTINO_ERROR_MAIL_TIMEOUT = -504      /* the whole mail took longer than its limit */
};

/* The step of the dialogue that an error belongs to. */
enum postino_step_id {
    POSTINO_STEP_GREETING = 0,
    POSTINO_STEP_EHLO = 1, /* HELO too */
    POSTINO_STEP_MAIL = 2,
    POSTINO_STEP_RCPT = 3,
    POSTINO_STEP_MESSAGE = 4, /* the message and its end mark, after 354; or BDAT and its octets */
    POSTINO_STEP_DATA = 5,
    POSTINO_STEP_AUTH = 6,
    POSTINO_STEP_RSET = 7,
    POSTINO_STEP_SERVICE = 8, /* NOOP, VRFY and the like, outside of a mail */
    POSTINO_STEP_QUIT = 9,
    POSTINO_STEP_IDLE = 10,    /* between two mails */
    POSTINO_STEP_STARTTLS = 11 /* the command, and the handshake */
};

/* The outcome of a mail, or of one of its recipients. The order is the order of importance to the sender. The
 * outcome of a mail is the first of its recipients' outcomes in this order. */
enum postino_outcome {
    POSTINO_OUTCOME_PENDING = 0,  /* not decided yet */
    POSTINO_OUTCOME_ACCEPTED = 1, /* the server took responsibility for it */
    /* The end of the message may have arrived and no reply came: it may be delivered. */
    POSTINO_OUTCOME_UNKNOWN = 2,
    POSTINO_OUTCOME_TRANSIENT = 3, /* not accepted for now, or interrupted: retry later */
    POSTINO_OUTCOME_PERMANENT = 4, /* refused for good, by the server or before sending: do not retry */
    /* Nothing was sent, for no fault of the mail, or another recipient stopped it. */
    POSTINO_OUTCOME_NOT_ATTEMPTED = 5
};

/* The result of a mail or a session: the first error, and its step. */
struct postino_result {
    int16_t error;       /* 0 or one of enum postino_error_code */
    uint16_t reply_code; /* of the reply that decided it; 0: no reply did */
    uint8_t step;        /* enum postino_step_id */
    uint8_t outcome;     /* enum postino_outcome; of a session: unused */
};

/* An enhanced status code (RFC 3463), c.sss.ddd; status_class is 0 if there is none. */
struct postino_enhanced_code {
    uint16_t status_class;
    uint16_t subject;
    uint16_t detail;
};

/* Returns the meaning of an error code, in English: a static string, never NULL. An unknown code gives a text
 * that says so. May be called at any time, from any thread. */
const char *postino_strerror(int error);

/* Returns the name of a step as on the wire ("RCPT TO"): a static string, never NULL. May be called at any
 * time, from any thread. */
const char *postino_step_name(unsigned step);

/* Returns the name of an outcome in a word or two: a static string, never NULL. May be called at any time,
 * from any thread. */
const char *postino_outcome_name(unsigned outcome);

/* Parses the enhanced status code at the start of a reply's text (RFC 2034 section 4). `text` need not be
 * terminated; `length` is in octets. A text without a code gives 0.0.0. May be called at any time, from any
 * thread. */
struct postino_enhanced_code postino_enhanced_code_read(const char *text, size_t length);

#ifdef __cplusplus
}
#endif

#endif
