#!/usr/bin/python3
"""Sends mails over TLS through a proxy that cuts the connection at an octet, in a record or between two: what is told of
a mail is what became of it.

usage: POSTINO_SEND_FILE=program POSTINO_SEND_MANY_openssl=program POSTINO_SEND_MANY_mbedtls=program
       POSTINO_SERVERS=folder test_secure_losses.py [unittest's arguments]

Needs the packages that scripts/fetch_servers.sh fetches; skipped with exit status 77 without.
"""

# SPDX-License-Identifier: MIT

import collections
import itertools
import time

import harness
import kinds
import mails
import secure_tests
from recording_proxy import Drop, RecordingProxy

BODY = mails.boundary_body(20000)  # two records
CUTS = 6
# The server may still work on what it was sent when the connection is cut.
SETTLE_S = 0.3
SPARE_OCTETS = 10
REPLY_OCTETS = 45  # about, in a record
COUNTS = {kinds.ACCEPTED: {1}, kinds.UNKNOWN: {0, 1}}


def setUpModule():
    secure_tests.start("smtp_server.py", "secure")


class LossTests(secure_tests.Bed):
    def setUp(self):
        super().setUp()
        self.told = {}  # sender: outcome
        self.numbers = itertools.count(100)  # of one length: the places are the same each time

    def send_three(self, drop=None):
        """Return the proxy's first conversation; each mail has a sender of its own."""
        sent = [self.mail(BODY, next(self.numbers)) for _ in range(3)]
        with RecordingProxy("127.0.0.1", secure_tests.server["ports"]["tls"], drops=[drop]) as proxy:
            report = self.send(sent, "in_flight 3", number=proxy.port)
            conversation = proxy.wait_for_end()
        self.told |= {mail.sender: told.outcome for mail, told in zip(sent, report.mails)}
        return conversation

    def judge(self):
        time.sleep(SETTLE_S)
        counts = collections.Counter(mail.sender for mail in secure_tests.store.new())
        for sender, outcome in self.told.items():
            with self.subTest(mail=sender, outcome=outcome):
                self.assertIn(counts[sender], COUNTS.get(outcome, {0}))
        self.assertLessEqual({kinds.ACCEPTED, kinds.UNKNOWN}, set(self.told.values()), "nothing was lost that matters")

    def cut(self, octets, step_octets, make_drop):
        """At places before the end, of as many octets as came undisturbed, but for what a signature's length varies by;
        now by a FIN, now by a RST."""
        for number in range(CUTS):
            place = octets - SPARE_OCTETS - number * step_octets
            self.assertTrue(self.send_three(make_drop(place, number % 2 == 1)).dropped)
        self.judge()

    def test_what_the_server_says_is_lost(self):
        """The replies: what came before them is the handshake."""
        self.cut(len(self.send_three().server), REPLY_OCTETS,
                 lambda place, reset: Drop(server_octets=place, reset=reset))

    def test_what_we_say_is_lost(self):
        octets = len(self.send_three().client)
        self.cut(octets, octets // CUTS, lambda place, reset: Drop(client_octets=place, reset=reset))


globals().update(secure_tests.classes(__name__, LossTests))

if __name__ == "__main__":
    harness.main("__main__")
