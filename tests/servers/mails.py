"""The mails that the server tests send: bodies that a careless client spoils, and what must arrive of them."""

# SPDX-License-Identifier: MIT

import random
import re

FROM = "alice@mail.test"
TO = "bob@mail.test"
SUBJECT = "a test"

# A mail that a server would take for a second one if the dot before it were not doubled, or a lone LF or CR before it
# were left on the wire.
SMUGGLED = b"MAIL FROM:<>%bRCPT TO:<carol@mail.test>%bDATA%bSubject: smuggled%b%bno%b.%b"


def smuggling(before, after):
    return b"text" + before + b"." + after + SMUGGLED.replace(b"%b", after)


def irregular_text(octets):
    """Lines of 0 to 998 octets, any octet but NUL, dots where they hurt, line ends of every kind; always the same."""
    chance = random.Random(1)
    alphabet = bytes(octet for octet in range(1, 256) if octet not in b"\r\n")
    pieces = []
    length = 0
    while length < octets:
        line = b"." * chance.choice((0, 0, 1, 2)) + bytes(chance.choices(alphabet, k=chance.choice((0, 1, 60, 996))))
        pieces.append(line + chance.choice((b"\r\n", b"\r\n", b"\n", b"\r")))
        length += len(pieces[-1])
    return b"".join(pieces)[:octets]


BODIES = {
    "plain_text": b"Hello,\r\n\r\nthis is a test.\r\n",
    "one_octet": b"x",
    "leading_dots": b".one\r\n..two\r\n...three\r\n",
    "lines_of_dots": b".\r\n..\r\n.\r\n...\r\n",
    "a_dot": b".",
    "a_dot_and_crlf": b".\r\n",
    "a_dot_at_the_end": b"text\r\n.",
    "smuggling_crlf_dot_crlf": smuggling(b"\r\n", b"\r\n"),
    "smuggling_lf_dot_lf": smuggling(b"\n", b"\n"),
    "smuggling_lf_dot_crlf": smuggling(b"\n", b"\r\n"),
    "smuggling_crlf_dot_lf": smuggling(b"\r\n", b"\n"),
    "smuggling_cr_dot_cr": smuggling(b"\r", b"\r"),
    "smuggling_cr_dot_crlf": smuggling(b"\r", b"\r\n"),
    "bare_lf": b"one\ntwo\n\nfour\n",
    "bare_cr": b"one\rtwo\r\rfour\r",
    "line_ends_mixed": b"a\r\r\nb\n\rc\r\n\nd\n\r\n\re\r\n\r",
    "no_final_line_end": b"one\r\ntwo",
    "empty_lines_first": b"\r\n\r\ntext\r\n",
    "empty_lines_last": b"text\r\n\r\n\r\n",
    "nothing_but_an_empty_line": b"\r\n",
    "nothing_but_empty_lines": b"\n\r\n\n",
    "utf_8": "Grüße, Καλημέρα, こんにちは, 🙂\r\n".encode(),
    "latin_1": bytes(range(0xA0, 0x100)) + b"\r\n",
    "every_octet_but_nul": bytes(octet for octet in range(1, 256) if octet not in b"\r\n"),
    "like_a_header": b"From: nobody\r\nReceived: never\r\n\r\nFrom here on\r\n>From there\r\n",
    "lines_of_998_octets": b"x" * 998 + b"\r\n" + b"y" * 998 + b"\r\n",
    "lines_of_998_octets_with_a_dot_first": (b"." + b"x" * 997 + b"\r\n") * 3,
    "a_dot_after_every_length": b"".join(b"x" * length + b"\r\n.\r\n" for length in range(200)),
    "one_megabyte": irregular_text(2**20),
}

# Around the sizes of payloads, segments, buffers and records, with a line end and a dot at every third octet.
BOUNDARY_LENGTHS = [edge + off for edge in (128, 256, 512, 1024, 1460, 1536, 2048, 4096, 65536) for off in (-1, 0, 1)]


def boundary_body(octets):
    return (b"\r\n." * (octets // 3 + 1))[:octets]


def on_the_wire(body):
    """What a body must be on the wire: every line ended by CRLF, the last one too; nothing else changed."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", body)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def message(api, body, sender=FROM, recipient=TO, subject=SUBJECT, priority=None):
    """The whole mail as it must arrive, in wire form."""
    make_headers = {"netx": netx_headers, "client": client_headers}[api]
    return make_headers(sender, recipient, subject, priority) + on_the_wire(body)


def netx_headers(sender, recipient, subject, priority):
    """The original client's headers, in its order, then the priority that it forgets."""
    urgency = {None: "", "high": "X-Priority: 1\r\nImportance: high\r\n", "low": "X-Priority: 5\r\nImportance: low\r\n"}
    return ("To: %s\r\nFrom: %s\r\nSubject: %s\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/plain;\r\n charset=\"utf-8\"\r\nContent-Transfer-Encoding: 8bit\r\n%s\r\n"
            % (recipient, sender, subject, urgency[priority])).encode()


def client_headers(sender, recipient, subject, _priority):
    """The headers that send_file itself writes: the client sends the message that it is given."""
    return ("To: %s\r\nFrom: %s\r\nSubject: %s\r\n\r\n" % (recipient, sender, subject)).encode()
