"""Many mails in one run of send_many: a job, its report, and what a proxy says of it.

    report = many.send(("127.0.0.1", port), [many.Mail("a@mail.test", ["bob@mail.test"], b"Subject: ...")], in_flight=8)
    report.mails[0].outcome, report.mails[0].recipients["bob@mail.test"].code
"""

# SPDX-License-Identifier: MIT

import collections
import dataclasses
import os
import re
import subprocess
import tempfile

LIMIT_S = 60

Recipient = collections.namedtuple("Recipient", "outcome code enhanced text")
Service = collections.namedtuple("Service", "verb status code text")
# version: of TLS, "-" in the clear; info: what TLS says of a failure; text: what the session does.
Connection = collections.namedtuple("Connection", "version verified resumed certified info text")


@dataclasses.dataclass
class Mail:
    """One mail of a job. message is in wire form. words: what else send_many is told of it, ("utf8", ...).

    recipient_words: {address: what else it is told of that recipient}. kinds: {address: "cc" or "bcc"}.
    """

    sender: str
    recipients: list
    message: bytes
    words: tuple = ()
    recipient_words: dict = dataclasses.field(default_factory=dict)
    kinds: dict = dataclasses.field(default_factory=dict)

    def lines(self, path):
        lines = ["mail", "from " + self.sender, "body " + path, *self.words]
        for address in self.recipients:
            lines.append("%s %s" % (self.kinds.get(address, "to"), address))
            lines += self.recipient_words.get(address, ())
        return lines


@dataclasses.dataclass
class Told:
    """What became of a mail. recipients: {address: Recipient}, in the job's order."""

    outcome: str
    error: int
    step: str
    code: int
    recipients: dict


class Report:
    """mails: Told, in the order of the job; order: their numbers as they were collected; services; connections."""

    def __init__(self, text):
        self.services = []
        self.connections = []
        self.order = []
        told = {}
        for line in text.splitlines():
            word, *fields = line.split("\t")
            if word == "service":
                verb, status, code, answer = fields
                self.services.append(Service(verb, int(status), int(code), answer))
            elif word == "connection":
                version, verified, resumed, certified, info, said = fields
                self.connections.append(Connection(version, int(verified), int(resumed), int(certified), info, said))
            elif word == "mail":
                number, outcome, error, step, code = fields
                self.order.append(int(number))
                told[int(number)] = Told(outcome, int(error), step, int(code), {})
            else:
                number, address, outcome, code, enhanced, answer = fields
                told[int(number)].recipients[address] = Recipient(outcome, int(code), enhanced, answer)
        if len(told) != len(self.order):
            raise AssertionError("a mail was told twice: %s" % self.order)
        self.mails = [told[number] for number in sorted(told)]


def send(server, mails, *words, backend="openssl"):
    """Run a job; every mail of it must be told. backend: of TLS, which the job's words may ask for."""
    with tempfile.TemporaryDirectory(prefix="postino-many-") as folder:
        lines = ["host " + server[0], "port %d" % server[1], *words]
        for number, mail in enumerate(mails):
            path = os.path.join(folder, str(number))
            with open(path, "wb") as file:
                file.write(mail.message)
            lines += mail.lines(path)
        result = subprocess.run([os.environ["POSTINO_SEND_MANY_" + backend]], input="\n".join(lines) + "\n",
                                encoding="utf-8", capture_output=True, timeout=LIMIT_S, check=False)
    if result.returncode != 0 or result.stderr:
        raise AssertionError("send_many: exit status %d: %s" % (result.returncode, result.stderr))
    report = Report(result.stdout)
    if len(report.mails) != len(mails):
        raise AssertionError("%d mails, and %d were told" % (len(mails), len(report.mails)))
    return report


def backends():
    """Return the names of those that this build has."""
    return [name for name in ("openssl", "mbedtls") if "POSTINO_SEND_MANY_" + name in os.environ]


def ends(conversations):
    """Return {sender: the codes of the replies to the ends of its messages, None for one that was not given}.

    An end is the final dot, or a BDAT LAST of which every octet left. A sender is a mail: each has its own in these
    tests. With LMTP there are several codes an end.
    """
    found = collections.defaultdict(list)
    for conversation in conversations:
        sender = None
        for exchange in conversation.exchanges():
            if exchange.verb == "MAIL":
                sender = re.match(rb"MAIL FROM:<(.*?)>", exchange.command, re.IGNORECASE).group(1).decode()
            last = re.fullmatch(rb"BDAT (\d+) LAST", exchange.command)
            if exchange.command == b"." or last and len(exchange.content) == int(last.group(1)):
                found[sender] += exchange.codes or [None]
    return dict(found)


def pipelined(conversation):
    """How many mails began in the group that has the end of the one before: without waiting for what becomes of it."""
    count = 0
    end_group = None
    for exchange in conversation.exchanges():
        if exchange.verb == "MAIL" and exchange.group == end_group:
            count += 1
        if exchange.verb in ("MAIL", ".", "BDAT"):
            end_group = exchange.group if exchange.verb != "MAIL" else None
    return count
