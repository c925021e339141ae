#!/usr/bin/python3
"""Sends mails through a proxy that cuts the connection at every place that matters: a lost reply never settles a mail.

usage: POSTINO_SEND_FILE=program POSTINO_SERVERS=folder test_losses.py [unittest's arguments]

The oracle is what the proxy let pass: a mail is accepted where the server's 250 to its end was given to the client,
and nowhere else. A server that this machine cannot have skips its class.
"""

# SPDX-License-Identifier: MIT

import unittest

import harness
import mails
import stores
from recording_proxy import Drop, RecordingProxy

BODY = b".one\ntwo\r\n"
# Between two places that matter, every so many octets.
STEP_OCTETS = 31


def accepted(conversation):
    """True if the client was given a whole 2xx to the end of a mail."""
    return any(exchange.verb in (".", "BDAT") and exchange.codes and exchange.codes[0] // 100 == 2
               for exchange in conversation.exchanges())


def ends(replies):
    """The number of octets up to the end of each reply."""
    return [sum(map(len, replies[:count + 1])) for count in range(len(replies))]


class Losses:
    """Both APIs, one server."""

    program = None
    server = store = None

    @classmethod
    def setUpClass(cls):
        cls.server = harness.start(cls.program, enter=cls.enterClassContext)
        cls.store = stores.open_store(cls.server["store"])

    def setUp(self):
        self.store.new()

    def send(self, api, drop=None):
        """Return (what send_file said, the conversation)."""
        with RecordingProxy("127.0.0.1", self.server["ports"]["open"], drops=[drop]) as proxy:
            said = harness.send(api, "127.0.0.1", proxy.port, BODY, mails.FROM, mails.TO, mails.SUBJECT)
            return said, proxy.wait_for_end()

    def undisturbed(self, api):
        said, conversation = self.send(api)
        self.assertEqual(said, "")
        self.assert_stored(api, self.store.new(), 1)
        return conversation

    def assert_stored(self, api, stored, count):
        self.assertEqual([(mail.sender, mail.recipients, mail.octets) for mail in stored],
                         [(mails.FROM, [mails.TO], mails.message(api, BODY))] * count)

    def assert_honest(self, api, drop):
        """The sender says "accepted" if and only if the reply came; what is stored is the whole mail, once."""
        said, conversation = self.send(api, drop)
        self.assertTrue(conversation.dropped)
        self.assertEqual(said == "", accepted(conversation), said)
        stored = self.store.new()
        complete = any(exchange.verb == "." for exchange in conversation.exchanges())
        if drop.client_octets is None:
            self.assert_stored(api, stored, int(complete))
        elif said == "":
            self.assert_stored(api, stored, 1)
        else:
            self.assertEqual(stored, [], "the end of the mail did not pass")

    def assert_lost_reply(self, api, reset):
        replies = self.undisturbed(api).replies()
        self.assertEqual(len(replies), 7)  # greeting, EHLO, MAIL, RCPT, DATA, the dot, QUIT
        for number in range(1, len(replies) + 1):
            with self.subTest(api=api, reply=number):
                self.assert_honest(api, Drop(reply=number, reset=reset))

    def test_lost_reply(self):
        for api in ("netx", "client"):
            self.assert_lost_reply(api, reset=False)


class OctetLosses(Losses):
    """Octet by octet, for one server: what a reply is does not depend on who says it."""

    def test_lost_reply_and_reset(self):
        for api in ("netx", "client"):
            self.assert_lost_reply(api, reset=True)

    def test_lost_octets_of_the_server(self):
        for api in ("netx", "client"):
            conversation = self.undisturbed(api)
            last = len(conversation.server)
            places = {end + off for end in ends(conversation.replies()) for off in (-2, -1, 0, 1)}
            for place in sorted(place for place in places | set(range(0, last, STEP_OCTETS)) if place < last):
                with self.subTest(api=api, octets=place):
                    self.assert_honest(api, Drop(server_octets=place))

    def test_lost_octets_of_the_client(self):
        for api in ("netx", "client"):
            client = self.undisturbed(api).client
            end = client.index(b"\r\n.\r\n") + 5
            places = {end + off for off in (-5, -4, -3, -2, -1, 0, 1, 5)} | set(range(0, end, STEP_OCTETS))
            for place in sorted(places):
                with self.subTest(api=api, octets=place):
                    self.assert_honest(api, Drop(client_octets=place))


class PostfixLosses(Losses, unittest.TestCase):
    program = "postfix_server.py"


class EximLosses(Losses, unittest.TestCase):
    program = "exim_server.py"


class HarakaLosses(OctetLosses, unittest.TestCase):
    program = "haraka_server.py"


class OpensmtpdLosses(Losses, unittest.TestCase):
    program = "opensmtpd_server.py"


if __name__ == "__main__":
    harness.main("__main__")
