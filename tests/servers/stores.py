"""What a server has stored: each mail with its envelope and its octets in wire form.

    store = stores.open_store(server["store"])
    store.new() -> [Mail, ...]   every mail that arrived since the last call, once nothing is left to deliver

A server program describes its store in its line of JSON:
    {"kind": "maildirs", "mailboxes": FOLDER, "queues": [FOLDER, ...]}   MAILBOXES/name/new/*; a file in a queue is a
                                                                          mail that is still to be delivered
                                                                          "added": a regular expression for lines
                                                                          that the server adds below the headers;
                                                                          "domain": where the trace names nobody, the
                                                                          recipient is the box's name at this domain
    {"kind": "files", "folder": FOLDER}                                   FOLDER/*.json and *.eml beside them;
                                                                          "traced": the server adds lines above the mail
"""

# SPDX-License-Identifier: MIT

import collections
import glob
import json
import os
import re
import time

import maildir

QUIET_LIMIT_S = 30.0

# sender is "" for the null sender. recipients: those of this copy, one in a maildir. box: the maildir's name, or "".
# octets: the mail in wire form; trace: the lines above it that the server added. details: the .json, or {}.
Mail = collections.namedtuple("Mail", "sender recipients octets box trace details")


def open_store(description):
    return {"maildirs": Maildirs, "files": Files}[description["kind"]](description)


class Store:
    """The part that all have: no mail is told twice."""

    def __init__(self, description):
        self._description = description
        self._seen = set()

    def new(self):
        self.wait_until_quiet()
        paths = [path for path in self.paths() if path not in self._seen]
        self._seen.update(paths)
        return [self.read(path) for path in sorted(paths, key=lambda path: (os.stat(path).st_mtime_ns, path))]

    def wait_until_quiet(self):
        deadline = time.monotonic() + QUIET_LIMIT_S
        while waiting := self.waiting():
            if time.monotonic() > deadline:
                raise AssertionError("not delivered after %g s: %s" % (QUIET_LIMIT_S, waiting))
            time.sleep(0.01)

    def waiting(self):
        raise NotImplementedError

    def paths(self):
        raise NotImplementedError

    def read(self, path):
        raise NotImplementedError


class Maildirs(Store):
    """Mailboxes that a local delivery agent filled."""

    def waiting(self):
        # In the order in which a mail moves, so that none is missed between two looks.
        return [name for queue in self._description["queues"] for _, _, names in os.walk(queue) for name in names]

    def paths(self):
        boxes = self._description["mailboxes"]
        return [path for box in os.listdir(boxes) for path in maildir.delivered(os.path.join(boxes, box))]

    def read(self, path):
        trace, octets = maildir.read(path)
        box = os.path.basename(os.path.dirname(os.path.dirname(path)))
        sender, = re.findall(r"^Return-Path: *<(.*)>\n", trace, re.MULTILINE | re.IGNORECASE)
        # The first one that the server writes: X-Original-To before Delivered-To is what the client said.
        recipients = (re.findall(r"^X-Original-To: *(.*)\n", trace, re.MULTILINE | re.IGNORECASE) or
                      re.findall(r"^(?:Envelope-To|Delivered-To): *<?([^>\n]*)>?\n", trace,
                                 re.MULTILINE | re.IGNORECASE))
        if not recipients and "domain" in self._description:
            recipients = [box + "@" + self._description["domain"]]
        if "added" in self._description:
            headers, end, body = octets.partition(b"\r\n\r\n")
            headers = re.sub(self._description["added"].encode() + rb"\Z", b"", headers + b"\r\n")
            octets = headers + end[2:] + body
        return Mail(sender, recipients, octets, box, trace, {})


class Files(Store):
    """Two files a mail, written before the server says 250."""

    def waiting(self):
        return []

    def paths(self):
        return glob.glob(os.path.join(self._description["folder"], "*.json"))

    def read(self, path):
        with open(path, encoding="utf-8") as file:
            details = json.load(file)
        with open(path.removesuffix(".json") + ".eml", "rb") as file:
            octets = file.read()
        trace = ""
        if self._description.get("traced"):
            trace, octets = maildir.split_trace(octets)
        sender = details["mail_from"]
        return Mail("" if sender == "<>" else sender, details["rcpt_tos"], octets, "", trace, details)
