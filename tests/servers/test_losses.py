#!/usr/bin/python3
"""Sends mails through a proxy that cuts the connection at every place that matters: a lost reply never settles a mail.

usage: POSTINO_SEND_FILE=program POSTINO_SEND_MANY_openssl=program POSTINO_SERVERS=folder test_losses.py
       [unittest's arguments]

The oracle is what the proxy let pass, over all connections: a mail is accepted where the server's 2xx to its end was
given to the client, and nowhere else; it is unknown only where its end left the client. What is stored is the whole
mail: once where it was accepted, at most once where that is unknown, and never where it was not accepted. The
connection that is cut is the first one; the client sends again over a second one what the server had not begun to
take, the NetX API does not. A server that this machine cannot have skips its class.
"""

# SPDX-License-Identifier: MIT

import collections
import time
import unittest

import harness
import kinds
import mails
import many
import stores
from recording_proxy import Drop, RecordingProxy

BODY = b".one\ntwo\r\n"
# Between two places that matter, every so many octets.
STEP_OCTETS = 47
# A server may still work on what it was sent when the connection is cut.
SETTLE_S = 0.3
COUNTS = {kinds.ACCEPTED: {1}, kinds.UNKNOWN: {0, 1}}


def size_of_replies(replies):
    """The number of octets up to the end of each reply."""
    return [sum(map(len, replies[:count + 1])) for count in range(len(replies))]


class Store:
    """One server. Each mail has a sender of its own, so that all can be judged at the end, the late ones too."""

    program = None
    server = store = None
    store_name = "store"
    port = "open"
    words = ()

    @classmethod
    def setUpClass(cls):
        cls.server = harness.start(cls.program, enter=cls.enterClassContext)
        cls.store = stores.open_store(cls.server[cls.store_name])

    def setUp(self):
        self.store.new()
        self.claims = {}  # (sender, recipient): (outcome, the whole mail)
        self.told = set()  # outcomes

    def proxy(self, drop):
        return RecordingProxy("127.0.0.1", self.server["ports"][self.port], drops=[drop])

    def judge(self):
        """Compare what was claimed with what is stored."""
        time.sleep(SETTLE_S)
        counts = collections.Counter()
        for mail in self.store.new():
            for recipient in mail.recipients:
                key = mail.sender, recipient
                counts[key] += 1
                self.assertIn(key, self.claims)
                self.assertEqual(mail.octets, self.claims[key][1])
        for key, (outcome, _) in self.claims.items():
            with self.subTest(mail=key, outcome=outcome):
                self.assertIn(counts[key], COUNTS.get(outcome, {0}))
        self.assertLessEqual({kinds.ACCEPTED, kinds.UNKNOWN}, self.told, "nothing was lost where it matters")


class Losses(Store):
    """Both APIs, one mail."""

    chunking = False

    def send(self, api, drop=None):
        """Return (sender, outcome, conversations). What the NetX API does not tell is left None."""
        sender = "n%03d@mail.test" % len(self.claims)  # of one length: the places are the same in each
        message = mails.message(api, BODY, sender=sender)
        with self.proxy(drop) as proxy:
            if api == "client":
                mail = many.Mail(sender, [mails.TO], message)
                outcome = many.send(("127.0.0.1", proxy.port), [mail]).mails[0].outcome
            else:
                said = harness.send(api, "127.0.0.1", proxy.port, BODY, sender, mails.TO, mails.SUBJECT)
                outcome = None if said else kinds.ACCEPTED
            conversations = [proxy.wait_for_end(number) for number in range(len(proxy.conversations))]
        self.claims[sender, mails.TO] = outcome, message
        self.told.add(outcome)
        return sender, outcome, conversations

    def undisturbed(self, api):
        _, outcome, (conversation,) = self.send(api)
        self.assertEqual(outcome, kinds.ACCEPTED)
        end = ["BDAT"] if self.chunking else ["DATA", "."]
        self.assertEqual([exchange.verb for exchange in conversation.exchanges()],
                         ["", "EHLO", "MAIL", "RCPT", *end, "QUIT"])
        self.assertEqual(len(conversation.replies()), len(conversation.exchanges()))
        return conversation

    def assert_honest(self, api, drop, end_octets=None):
        """end_octets: how many of the client's octets are the whole mail's, where fewer may pass."""
        sender, outcome, conversations = self.send(api, drop)
        self.assertTrue(conversations[0].dropped)
        self.assertLessEqual(len(conversations), 2 if api == "client" else 1)
        codes = many.ends(conversations).get(sender)
        given = [code for code in codes or () if code]
        self.assertEqual(outcome == kinds.ACCEPTED, any(code // 100 == 2 for code in given))
        if outcome is None:
            outcome = kinds.UNKNOWN if codes else kinds.LATER
        elif outcome == kinds.UNKNOWN:
            self.assertTrue(codes or drop.reset, "its end never left")
        elif codes and not given:
            self.fail("%s, and nobody knows" % outcome)
        if end_octets is not None and drop.client_octets < end_octets and len(conversations) == 1:
            outcome = kinds.LATER  # its end did not pass
        self.claims[sender, mails.TO] = outcome, self.claims[sender, mails.TO][1]

    def assert_lost_reply(self, reset):
        for api in ("netx", "client"):
            for number in range(1, len(self.undisturbed(api).replies()) + 1):
                with self.subTest(api=api, reply=number):
                    self.assert_honest(api, Drop(reply=number, reset=reset))
        self.judge()

    def test_lost_reply(self):
        self.assert_lost_reply(reset=False)


class OctetLosses(Losses):
    """Octet by octet, for one server: what a reply is does not depend on who says it."""

    def test_lost_reply_and_reset(self):
        self.assert_lost_reply(reset=True)

    def test_lost_octets_of_the_server(self):
        for api in ("netx", "client"):
            conversation = self.undisturbed(api)
            last = len(conversation.server)
            places = {end + off for end in size_of_replies(conversation.replies()) for off in (-2, -1, 0, 1)}
            for place in sorted(place for place in places | set(range(0, last, STEP_OCTETS)) if place < last):
                with self.subTest(api=api, octets=place):
                    self.assert_honest(api, Drop(server_octets=place))
        self.judge()

    def test_lost_octets_of_the_client(self):
        for api in ("netx", "client"):
            client = self.undisturbed(api).client
            end = client.index(b"\r\n.\r\n") + 5
            places = {end + off for off in (-5, -4, -3, -2, -1, 0, 1, 5)} | set(range(0, end, STEP_OCTETS))
            for place in sorted(places):
                with self.subTest(api=api, octets=place):
                    self.assert_honest(api, Drop(client_octets=place), end)
        self.judge()


class PostfixLosses(Losses, unittest.TestCase):
    program = "postfix_server.py"
    chunking = True


class EximLosses(Losses, unittest.TestCase):
    program = "exim_server.py"
    chunking = True


class HarakaLosses(OctetLosses, unittest.TestCase):
    program = "haraka_server.py"


class OpensmtpdLosses(Losses, unittest.TestCase):
    program = "opensmtpd_server.py"


class GroupLosses(Store):
    """Three mails behind each other: each reply of the dialogue is lost once."""

    kinds = kinds.Kinds()
    # What is sent, and what else send_many is told.
    runs = ((("good", "partial_one", "two"), ("without CHUNKING",)), (("nobody_there", "partial_one", "good"), ()))

    def build(self, names):
        """Mails whose senders no other run has."""
        first = len(self.claims) + 1
        return [getattr(self.kinds, name)(first * 10 + i)[0] for i, name in enumerate(names)]

    def send(self, names, words, drop=None):
        sent = self.build(names)
        with self.proxy(drop) as proxy:
            report = many.send(("127.0.0.1", proxy.port), sent, "in_flight 8", *self.words, *words)
            conversations = [proxy.wait_for_end(number) for number in range(len(proxy.conversations))]
        for mail, told in zip(sent, report.mails):
            for address, recipient in told.recipients.items():
                self.claims[mail.sender, address] = recipient.outcome, mail.message
                self.told.add(recipient.outcome)
        return sent, report, conversations

    def assert_honest(self, sent, report, conversations):
        ends = many.ends(conversations)
        for mail, told in zip(sent, report.mails):
            codes = ends.get(mail.sender, [])
            given = any(code and code // 100 == 2 for code in codes)
            self.assertEqual(told.outcome == kinds.ACCEPTED, given, (mail.sender, told, codes))
            if told.outcome == kinds.UNKNOWN:
                self.assertTrue(codes, "its end never left")
            elif codes == [None]:
                self.assertGreaterEqual(told.code, 400, "%s, and nobody knows" % told.outcome)

    def test_lost_reply(self):
        for names, words in self.runs:
            sent, report, (conversation,) = self.send(names, words)
            self.assert_honest(sent, report, [conversation])
            self.assertGreater(many.pipelined(conversation), 0)
            for number in range(1, len(conversation.replies()) + 1):
                with self.subTest(words=words, names=names, reply=number):
                    sent, report, conversations = self.send(names, words, Drop(reply=number))
                    self.assertTrue(conversations[0].dropped)
                    self.assert_honest(sent, report, conversations)
        self.judge()


class PostfixGroupLosses(GroupLosses, unittest.TestCase):
    program = "postfix_server.py"


class EximGroupLosses(GroupLosses, unittest.TestCase):
    program = "exim_server.py"


class SmtpServerGroupLosses(GroupLosses, unittest.TestCase):
    program = "smtp_server.py"
    runs = ((("good", "partial_one", "two"), ()),)


class DovecotLmtpGroupLosses(GroupLosses, unittest.TestCase):
    program = "dovecot_server.py"
    store_name = "lmtp_store"
    port = "lmtp"
    words = ("lmtp",)
    runs = ((("good", "partial_one", "two"), ()),)


if __name__ == "__main__":
    harness.main("__main__")
