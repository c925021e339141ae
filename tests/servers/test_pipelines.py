#!/usr/bin/python3
"""Hands in many mails at once, some of which the server refuses: none ever touches another one.

usage: POSTINO_SEND_FILE=program POSTINO_SEND_MANY_openssl=program POSTINO_SERVERS=folder test_pipelines.py [unittest's
arguments]

Each run compares what the client tells with what was to be expected, and with what the server stored: sender,
recipient and octets of every copy. A recording proxy proves that the mails really were pipelined. A server that this
machine cannot have skips its class.
"""

# SPDX-License-Identifier: MIT

import random
import unittest

import harness
import kinds
import many
import stores
from recording_proxy import RecordingProxy

# With a delay what a client sends without waiting is in one group.
DELAY_S = 0.003


class Pipelines:
    """Every server: which mails it may refuse, and how."""

    program = None
    arguments = ()
    server = store = None
    store_name = "store"
    port = "open"
    words = ()
    kinds = kinds.Kinds()
    chunking = False  # it offers CHUNKING, so DATA is tried too by leaving that out
    pipelined = True
    flood = 60
    connections = 1
    pairs = ("good", "nobody_there", "one_of_two", "partial_none", "partial_one", "sender")
    mixed = ("good", "two", "nobody_there", "one_of_two", "partial_none", "partial_one", "partial_later",
             "partial_full", "sender", "sender_later", "pieces")
    flights = (1, 8)

    @classmethod
    def setUpClass(cls):
        cls.server = harness.start(cls.program, *cls.arguments, enter=cls.enterClassContext)
        cls.store = stores.open_store(cls.server[cls.store_name])

    def setUp(self):
        self.store.new()

    def run_mails(self, names, *words):
        """Send mails of these kinds, and look at the report and at the store; return the conversations."""
        mails, expected = self.kinds.build(names)
        with RecordingProxy("127.0.0.1", self.server["ports"][self.port], delay_s=DELAY_S) as proxy:
            report = many.send(("127.0.0.1", proxy.port), mails, *self.words, *words)
            for number in range(len(proxy.conversations)):
                proxy.wait_for_end(number)
        self.assert_told(names, report, expected)
        self.assert_stored(mails, expected)
        return proxy.conversations

    def assert_told(self, names, report, expected):
        for number, (told, wanted) in enumerate(zip(report.mails, expected)):
            with self.subTest(mail=number, kind=names[number]):
                self.assertEqual(told.outcome, wanted.outcome)
                self.assertEqual({address: (recipient.outcome, recipient.code)
                                  for address, recipient in told.recipients.items()}, wanted.recipients)
                if {outcome for outcome, _ in wanted.recipients.values()} == {kinds.ACCEPTED}:
                    self.assertEqual(told.error, 0)

    def assert_stored(self, mails, expected):
        stored = sorted((mail.sender, recipient, mail.octets)
                        for mail in self.store.new() for recipient in mail.recipients)
        wanted = sorted((mail.sender, recipient, mail.message)
                        for mail, told in zip(mails, expected) for recipient in told.stored)
        self.assertEqual([copy[:2] for copy in stored], [copy[:2] for copy in wanted])
        self.assertEqual(stored, wanted)

    def transfers(self):
        """What send_many is told so that DATA is used, or BDAT; and the command that must be seen."""
        return {"DATA": ("without CHUNKING",), "BDAT": ()} if self.chunking else {"DATA": ()}

    def assert_transfer(self, conversations, transfer):
        verbs = {exchange.verb for conversation in conversations for exchange in conversation.exchanges()}
        self.assertEqual(verbs & {"DATA", "BDAT"}, {transfer})

    def assert_pipelined(self, conversations, flight):
        count = sum(map(many.pipelined, conversations))
        if self.pipelined and flight > 1:
            self.assertGreater(count, 5, "no mail began before the one before it was settled")
        else:
            self.assertEqual(count, 0)

    def test_every_pair(self):
        names = kinds.every_pair(self.pairs)
        for transfer, words in self.transfers().items():
            for flight in self.flights:
                with self.subTest(transfer=transfer, in_flight=flight):
                    conversations = self.run_mails(names, "in_flight %d" % flight, *words)
                    self.assertEqual(len(conversations), self.connections if flight > 1 else 1)
                    self.assert_transfer(conversations, transfer)
                    self.assert_pipelined(conversations, flight)

    def test_mixed(self):
        chance = random.Random(2)
        for transfer, words in self.transfers().items():
            with self.subTest(transfer=transfer):
                names = list(self.mixed) + chance.choices(self.mixed, k=30 - len(self.mixed))
                chance.shuffle(names)
                self.run_mails(names, "in_flight 30", *words)

    def test_flood(self):
        """Many mails, and one connection."""
        self.assertEqual(len(self.run_mails(["good"] * self.flood, "in_flight 32")), self.connections)


class FullTests(Pipelines):
    """The servers that refuse contents and sizes at the message's end too."""

    port = "small"
    chunking = True
    pairs = Pipelines.pairs + ("content", "big")
    mixed = Pipelines.mixed + ("content", "big", "big_partial", "huge", "pieces_content")
    flights = (1, 2, 8)


class PostfixPipelines(FullTests, unittest.TestCase):
    program = "postfix_server.py"


class EximPipelines(FullTests, unittest.TestCase):
    program = "exim_server.py"


class LimitedEximPipelines(Pipelines, unittest.TestCase):
    """It ends a connection after ten mails, or ten refused ones: the others go over further connections."""

    program = "exim_server.py"
    arguments = ("limited",)
    chunking = True
    connections = Pipelines.flood // 10

    def test_every_pair(self):
        """Of accepted ones."""
        for transfer, words in self.transfers().items():
            for flight in (1, 8):
                with self.subTest(transfer=transfer, in_flight=flight):
                    conversations = self.run_mails(["good", "good", "two"] * 8, "in_flight %d" % flight, *words)
                    self.assertGreater(len(conversations), 2)

    def test_mixed(self):
        """One at a time, since what is behind a refused RSET is unknown, and with BDAT its end may have left."""
        names = kinds.every_pair(self.pairs)
        self.assertGreater(len(self.run_mails(names, "in_flight 1", "without CHUNKING")), 2)


class DovecotPipelines(Pipelines, unittest.TestCase):
    """The submission server. It hands each command on, and what its relay refuses it refuses."""

    program = "dovecot_server.py"
    port = "auth"
    words = ("user alice@mail.test", "password secret")
    chunking = True
    pairs = ("good", "nobody_there", "one_of_two", "partial_one")
    mixed = ("good", "two", "nobody_there", "one_of_two", "partial_one", "pieces")


class DovecotLmtpPipelines(Pipelines, unittest.TestCase):
    program = "dovecot_server.py"
    store_name = "lmtp_store"
    port = "lmtp"
    kinds = kinds.Kinds(has_later=False)
    words = ("lmtp",)
    chunking = True
    pairs = ("good", "nobody_there", "one_of_two", "partial_none", "partial_one")
    mixed = ("good", "two", "nobody_there", "one_of_two", "partial_none", "partial_one", "pieces")


class SmtpServerPipelines(Pipelines, unittest.TestCase):
    program = "smtp_server.py"


class OpensmtpdPipelines(Pipelines, unittest.TestCase):
    """It offers no pipelining."""

    program = "opensmtpd_server.py"
    kinds = kinds.Kinds(nobody=524, has_later=False)
    pipelined = False
    pairs = ("good", "nobody_there", "one_of_two", "partial_none", "partial_one")
    mixed = ("good", "two", "nobody_there", "one_of_two", "partial_none", "partial_one", "pieces")
    flights = (8,)

    def test_lock_step(self):
        conversation, = self.run_mails(["good", "nobody_there", "two"], "in_flight 8")
        groups = [exchange.group for exchange in conversation.exchanges() if exchange.command]
        self.assertEqual(len(groups), len(set(groups)), "two commands in one group")


class HarakaPipelines(Pipelines, unittest.TestCase):
    """It refuses what comes behind a dot, so the mails go over a second connection, one at a time."""

    program = "haraka_server.py"
    connections = 2
    flights = (8,)  # which becomes 1 on the way
    flood = 30

    def assert_pipelined(self, conversations, flight):
        self.assertLessEqual(sum(map(many.pipelined, conversations)), 1)


if __name__ == "__main__":
    harness.main("__main__")
