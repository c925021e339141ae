"""Read mails back from a maildir that a server filled, and compare them octet for octet.

On the wire every line ends in CRLF; the servers store LF. The mapping is one to one as long as the client does its
duty and puts no lone CR or LF on the wire: then the stored octets with every LF made CRLF are the wire's. What an
application gives as a lone CR or LF must arrive as a line end, so expectations are written in wire form. A CR
that is left in the stored mail was a lone CR on the wire, and makes the comparison fail.
"""

# SPDX-License-Identifier: MIT

import os
import re

# What the servers put above the mail, each with its folded lines. They add nothing below them: Postfix's
# local_header_rewrite_clients is empty.
TRACE_HEADER = re.compile(
    rb"(?:Return-Path|X-Original-To|Delivered-To|Envelope-To|Received|Authentication-Results):[^\n]*\n"
    rb"(?:[ \t][^\n]*\n)*", re.IGNORECASE)


def delivered(maildir):
    """Return the paths of the complete mails in a maildir; none if it does not exist yet."""
    folder = os.path.join(maildir, "new")
    return sorted(os.path.join(folder, name) for name in os.listdir(folder)) if os.path.isdir(folder) else []


def read(path):
    """Return (trace, mail): the lines that the server added, and what the client sent, in wire form."""
    with open(path, "rb") as file:
        trace, mail = split_trace(file.read())
    return trace, mail.replace(b"\n", b"\r\n")


def split_trace(stored):
    """Return (trace, mail), both with the line ends that they have."""
    end = 0
    while header := TRACE_HEADER.match(stored, end):
        end = header.end()
    return stored[:end].decode(), stored[end:]


def difference(expected, arrived):
    """Return None if both are the same octets, else a line that shows the first difference."""
    if expected == arrived:
        return None
    at = next((i for i, (a, b) in enumerate(zip(expected, arrived)) if a != b), min(len(expected), len(arrived)))
    around = slice(max(0, at - 20), at + 20)
    return "octet %d of %d expected, %d arrived: expected ...%r, arrived ...%r" % (
        at, len(expected), len(arrived), expected[around], arrived[around])
