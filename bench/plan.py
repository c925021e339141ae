"""What the bench measures: the rows, and how each client is called for them."""

# SPDX-License-Identifier: MIT

import os

SENDER = "bench@sender.test"
RECIPIENT = "bench@recipient.test"
EHLO_NAME = "client.bench.test"

SMALL_OCTETS = 2048
LARGE_OCTETS = 200 * 1000 * 1000
LINES_OCTETS = 50 * 1000 * 1000
AHEAD = 64  # mails that may await their replies at the same time
CONNECTIONS = 1000
DELAY_US = 10000  # each way: 20 ms a round trip

NOTHING = "8BITMIME,SIZE"
PIPELINING = "PIPELINING,8BITMIME,SIZE"
CHUNKING = "PIPELINING,CHUNKING,8BITMIME,SIZE"

MAILS, LARGE, MANY, SECONDS = "mails/s", "MB/s", "mails/s, all connections", "s"
CLIENT_CPU = "MB per second of the client's CPU"


class Row:
    """One thing to measure: what the server offers, what is sent, and how it is counted."""

    def __init__(self, name, title, offer, unit, octets=SMALL_OCTETS, delay=False, modes=("pinned", "unpinned")):
        self.name = name
        self.title = title
        self.offer = offer
        self.unit = unit
        self.octets = octets
        self.delay = delay
        self.modes = modes

    def value(self, mails, octets, wall_us, cpu_us):
        """The figure of a run of mails of so many octets: higher is better, but for seconds."""
        if self.unit == CLIENT_CPU:
            return mails * octets / cpu_us
        if self.unit == SECONDS:
            return wall_us / 1e6
        if self.unit == LARGE:
            return mails * octets / wall_us
        return mails * 1e6 / wall_us


ROWS = [
    Row("lockstep", "server offers neither", NOTHING, MAILS),
    Row("pipelining", "PIPELINING", PIPELINING, MAILS),
    Row("chunking", "PIPELINING and CHUNKING", CHUNKING, MAILS),
    Row("large-data", "200 MB by DATA", PIPELINING, LARGE, LARGE_OCTETS),
    Row("large-bdat", "200 MB by BDAT", CHUNKING, LARGE, LARGE_OCTETS),
    Row("connections", "1 000 connections", CHUNKING, MANY),
    Row("lines-data", "50 MB by DATA", PIPELINING, CLIENT_CPU, LINES_OCTETS, modes=("pinned",)),
    Row("lines-bdat", "50 MB by BDAT", CHUNKING, CLIENT_CPU, LINES_OCTETS, modes=("pinned",)),
    # Nearly all of their time is waiting, which is the same in both modes.
    Row("delay-one", "one mail, 20 ms away", CHUNKING, SECONDS, delay=True, modes=("unpinned",)),
    Row("delay-twenty", "20 mails, 20 ms away", CHUNKING, SECONDS, delay=True, modes=("unpinned",)),
]

# A body that repeats this, cut off anywhere.
LINES = {
    "CRLF": b"x" * 78 + b"\r\n",
    "LF": b"x" * 79 + b"\n",
    "CR": b"x" * 79 + b"\r",
    "LF, CRLF and CR in turn": b"x" * 79 + b"\n" + b"x" * 78 + b"\r\n" + b"x" * 79 + b"\r",
    "8-bit, LF": "ä".encode() * 39 + b"\n",
    "lines of ten octets, LF": b"x" * 10 + b"\n",
    "lines of one octet, LF": b"x\n",
    "lines of one octet, CR": b"x\r",
    "a dot at every line, CRLF": b".\r\n",
    "a dot at every line, LF": b".\n",
    "no line end": b"x",
}


def lines_message(pattern, octets):
    """A message of `octets` before its line ends are put right."""
    header = b"Subject: lines" + b"\r\n\r\n"
    body = pattern * (octets // len(pattern) + 1)
    return header + body[:octets - len(header)]


def wire_octets(message):
    """How many octets the sink must count: each line end is CRLF, and so is the message's end."""
    wire = message.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return len(wire) + wire.count(b"\n") + (0 if wire.endswith(b"\n") else 2)


class Client:
    """A client, how many mails it sends in each row that it takes part in, and its command for one run."""

    def __init__(self, name, mails, command, process_a_mail=False, stdin=None, is_limit=False, file=None):
        self.name = name
        self.mails = mails
        self.command = command
        self.process_a_mail = process_a_mail
        self.stdin = stdin
        self.file = file
        self.is_limit = is_limit

    def connections(self, row, mails):
        if row.name == "connections":
            return CONNECTIONS
        return mails if self.process_a_mail else 1


def own(folder, name, *options):
    """A command of a program of ours, which all take these options."""
    def command(row, port, mails, _file):
        return [os.path.join(folder, name), "--port", str(port), "--mails", str(mails), "--octets", str(row.octets),
                *map(str, options)]
    return command


def by_row(commands):
    """The command differs from row to row."""
    return lambda row, *arguments: commands[row.name](row, *arguments)


def smtp_source(_row, port, mails, file):
    return ["smtp-source", "-d", "-m", str(mails), "-f", SENDER, "-t", RECIPIENT, "-M", EHLO_NAME, "-F", file,
            "inet:127.0.0.1:%d" % port]


def smtp_source_many(row, port, mails, file):
    return [*smtp_source(row, port, mails, file)[:-1], "-s", str(CONNECTIONS), "inet:127.0.0.1:%d" % port]


def msmtp(_row, port, _mails, _file):
    return ["msmtp", "--host=127.0.0.1", "--port=%d" % port, "--domain=" + EHLO_NAME, "--from=" + SENDER,
            "--tls=off", "--auth=off", "--", RECIPIENT]


def postino_clients(folder):
    return [
        # Each mail by a call that waits for it.
        Client("Postino", {"lockstep": 8000, "pipelining": 8000, "chunking": 20000, "large-data": 5, "large-bdat": 5,
                           "connections": 10000, "delay-one": 1, "delay-twenty": 20},
               by_row({row.name: own(folder, "postino_many", "--connections", CONNECTIONS)
                       if row.name == "connections" else own(folder, "postino_bench") for row in ROWS})),
        # Mails handed in before the earlier ones' replies, and QUIT with the last.
        Client("Postino, %d mails ahead" % AHEAD, {"pipelining": 20000, "chunking": 500000, "delay-one": 1,
                                                   "delay-twenty": 20},
               own(folder, "postino_bench", "--window", AHEAD)),
        Client("Postino, CRLF not known", {"large-data": 5, "large-bdat": 5}, own(folder, "postino_bench", "--canonical", 0)),
    ] + [Client(kind, {"lines-data": 10, "lines-bdat": 10}, lines(folder), file=kind) for kind in LINES]


def lines(folder):
    """The command for a message from a file."""
    program = own(folder, "postino_bench")
    return lambda row, port, mails, file: [*program(row, port, mails, file), "--message", file]


def bare_clients(folder):
    def loop(mode, *options):
        return own(folder, "bare", "--mode", mode, *options)

    def loops(modes, *options):
        return by_row({row: loop(mode, *options) for row, mode in modes.items()})

    return [
        Client("bare loop", {"lockstep": 10000, "pipelining": 20000, "chunking": 30000, "large-data": 5, "large-bdat": 5,
                             "connections": 20000, "delay-one": 1, "delay-twenty": 20},
               by_row({"lockstep": loop("lockstep"), "pipelining": loop("pipelined"), "chunking": loop("bdat"),
                       "large-data": loop("large-data"), "large-bdat": loop("large-bdat"),
                       "connections": own(folder, "bare_many", "--connections", CONNECTIONS),
                       "delay-one": loop("bdat", "--quit-ahead", 1), "delay-twenty": loop("bdat", "--quit-ahead", 1)}),
               is_limit=True),
        Client("bare loop, %d mails ahead" % AHEAD, {"pipelining": 30000, "chunking": 500000, "delay-twenty": 20},
               by_row({"pipelining": loop("across-data"), "chunking": loop("across", "--window", AHEAD),
                       "delay-twenty": loop("across", "--window", AHEAD, "--quit-ahead", 1)}),
               is_limit=True),
        # What a client says that keeps to RFC 3030: after a chunk that may fail, RSET before the next mail.
        Client("bare loop, %d mails ahead, RSET between" % AHEAD, {"chunking": 500000},
               by_row({"chunking": loop("across", "--window", AHEAD, "--reset", 1)}), is_limit=True),
        Client("bare loop, writes of 256 KiB", {"large-data": 5, "large-bdat": 5},
               loops({"large-data": "large-data", "large-bdat": "large-bdat"}, "--write-octets", 262144), is_limit=True),
    ]


def other_clients(folder):
    curl = own(folder, "peer_curl")
    curl_large = own(folder, "peer_curl", "--upload-octets", 2 * 1024 * 1024)
    esmtp = own(folder, "peer_esmtp", "--flat", 1)
    return [
        Client("libcurl", {"lockstep": 6000, "pipelining": 6000, "chunking": 6000, "large-data": 3, "connections": 10000,
                           "delay-one": 1, "delay-twenty": 20},
               by_row({**{row.name: curl for row in ROWS}, "large-data": curl_large,
                       "connections": own(folder, "peer_curl_many", "--connections", CONNECTIONS)})),
        # Where there is no CHUNKING each mail waits 44 ms for a delayed acknowledgement.
        Client("libESMTP", {"lockstep": 15, "pipelining": 15, "chunking": 10000, "large-data": 1, "large-bdat": 3,
                            "delay-one": 1, "delay-twenty": 20},
               by_row({**{row.name: esmtp for row in ROWS}, "large-data": own(folder, "peer_esmtp")})),
        Client("smtp-source", {"lockstep": 8000, "pipelining": 8000, "chunking": 8000, "large-data": 5,
                               "connections": 10000, "delay-one": 1, "delay-twenty": 20},
               by_row({**{row.name: smtp_source for row in ROWS}, "connections": smtp_source_many})),
        Client("msmtp, a process a mail", {"lockstep": 15, "pipelining": 15, "chunking": 15, "large-data": 1,
                                           "delay-one": 1, "delay-twenty": 20},
               msmtp, process_a_mail=True, stdin="lf"),
    ]


def clients(folder):
    return postino_clients(folder) + other_clients(folder) + bare_clients(folder)


def message(octets):
    """The message of message.c, with LF as line ends: for the clients that read files."""
    line, block_lines = 80, 800
    fields = ("From: <%s>\r\nTo: <%s>\r\nSubject: A message of the bench\r\nDate: Wed, 25 Nov 2026 12:00:00 +0000\r\n"
              "Message-ID: <bench@sender.test>\r\nX-Filler: " % (SENDER, RECIPIENT)).encode()
    head = octets % line
    while head < len(fields) + 4:
        head += line
    block = bytearray(ord("a") + i % 26 for i in range(line * block_lines))
    for i in range(block_lines):
        block[(i + 1) * line - 2:(i + 1) * line] = b"\r\n"
        if i % 100 == 3:
            block[i * line] = ord(".")
    body_octets = octets - head
    whole, rest = divmod(body_octets, len(block))
    text = fields + b"x" * (head - len(fields) - 4) + b"\r\n\r\n" + bytes(block) * whole + bytes(block[:rest])
    return text.replace(b"\r\n", b"\n")
