#!/usr/bin/python3
"""What real servers say and store when mails are pipelined and some of it is refused: said by hand, without our client.

usage: POSTINO_SEND_FILE=program POSTINO_SERVERS=folder test_dialogues.py [unittest's arguments]

Each is a fact on which the client's rules rest; README.md beside this file has them in words. A server that this
machine cannot have skips its class.
"""

# SPDX-License-Identifier: MIT

import base64
import unittest

import harness
import stores
from raw_client import ConnectionEnded, RawClient

A = "MAIL FROM:<alice@mail.test>"
B = "MAIL FROM:<bob@mail.test>"
REFUSED = "MAIL FROM:<refused@mail.test>"
CAROL = "RCPT TO:<carol@mail.test>"
NOBODY = "RCPT TO:<nobody@mail.test>"
CLOSED = "closed"


def message(name, *headers, octets=0):
    lines = ["Subject: " + name, *headers, "", name] + ["x" * 70] * (octets // 72)
    return "".join(line + "\r\n" for line in lines).encode()


def chunk(content, last=True):
    return "BDAT %d%s" % (len(content), " LAST" if last else ""), content


MAIL_A, MAIL_B = message("a"), message("b")
REFUSED_A = message("a", "X-Refuse: yes")
BIG_A = message("a", octets=30000)
STORED_A, STORED_B = ("alice@mail.test", MAIL_A), ("bob@mail.test", MAIL_B)


class Dialogues:
    """Says groups of commands; each group is one write, and waits for all its replies."""

    program = None
    server = store = None
    login = ()

    @classmethod
    def setUpClass(cls):
        cls.server = harness.start(cls.program, enter=cls.enterClassContext)
        cls.store = stores.open_store(cls.server["store"])

    def setUp(self):
        self.store.new()

    def said(self, port, *groups):
        """Return (the codes of each group, the mails that are stored then)."""
        codes = []
        with RawClient("127.0.0.1", self.server["ports"][port]) as client:
            for line in ("EHLO client.mail.test", *self.login):
                client.group(line)
            try:
                for group in groups:
                    codes.append(client.group(*group))
            except ConnectionEnded as end:
                codes += [end.codes, CLOSED]
        return codes, sorted((mail.sender, mail.octets) for mail in self.store.new())

    def assert_said(self, port, dialogue, *stored):
        """dialogue: (group, codes) pairs; a last code CLOSED: the server hangs up."""
        codes, mails = self.said(port, *(group for group, _ in dialogue))
        expected = []
        for _, replies in dialogue:
            expected.append([code for code in replies if code != CLOSED])
            if CLOSED in replies:
                expected.append(CLOSED)
        self.assertEqual(codes, expected)
        self.assertEqual(mails, sorted(stored))


class PipeliningTests(Dialogues):
    """What every server with PIPELINING does in the same way."""

    port = "open"
    refused_data = 503  # DATA without a recipient

    def test_refused_recipient_and_data(self):
        self.assert_said(self.port, [((A, NOBODY, "DATA"), [250, 550, self.refused_data]), (("RSET",), [250]),
                                     ((B, CAROL, "DATA"), [250, 250, 354]), ((MAIL_B, "."), [250])], STORED_B)

    def test_lone_dot_with_one_recipient_is_an_empty_mail(self):
        codes, stored = self.said(self.port, (A, CAROL, NOBODY, "DATA"), (".",))
        self.assertEqual(codes, [[250, 250, 550, 354], [250]])
        self.assertEqual([(sender, octets.strip()) for sender, octets in stored], [("alice@mail.test", b"")])


class NextMailTests(Dialogues):
    """What follows the final dot in the same group; not for Haraka."""

    port = "open"

    def test_next_mail_behind_the_dot(self):
        self.assert_said(self.port, [((A, CAROL, "DATA"), [250, 250, 354]),
                                     ((MAIL_A, ".", "RSET", B, CAROL, "DATA"), [250, 250, 250, 250, 354]),
                                     ((MAIL_B, "."), [250])], STORED_A, STORED_B)

    def test_quit_behind_the_dot(self):
        self.assert_said(self.port, [((A, CAROL, "DATA"), [250, 250, 354]), ((MAIL_A, ".", "QUIT"), [250, 221])],
                         STORED_A)


class ChunkingTests(Dialogues):
    """What every server with CHUNKING does in the same way. RSET stands before each mail but the first."""

    port = "open"
    refused_chunk = 503

    def test_two_mails(self):
        self.assert_said(self.port, [((A, CAROL, *chunk(MAIL_A), "RSET", B, CAROL, *chunk(MAIL_B), "QUIT"),
                                      [250, 250, 250, 250, 250, 250, 250, 221])], STORED_A, STORED_B)

    def test_refused_recipient_and_next_mail(self):
        self.assert_said(self.port, [((A, NOBODY, *chunk(MAIL_A), "RSET", B, CAROL, *chunk(MAIL_B)),
                                      [250, 550, self.refused_chunk, 250, 250, 250, 250])], STORED_B)

    def test_one_recipient_of_two(self):
        self.assert_said(self.port, [((A, CAROL, NOBODY, *chunk(MAIL_A)), [250, 250, 550, 250])], STORED_A)

    def test_nothing_is_an_empty_mail(self):
        codes, stored = self.said(self.port, (A, CAROL, "BDAT 0 LAST"))
        self.assertEqual(codes, [[250, 250, 250]])
        self.assertEqual([(sender, octets.strip()) for sender, octets in stored], [("alice@mail.test", b"")])

    def test_last_chunk_empty(self):
        self.assert_said(self.port, [((A, CAROL, *chunk(MAIL_A, last=False), "BDAT 0 LAST"), [250, 250, 250, 250])],
                         STORED_A)


class SenderTests(Dialogues):
    """For the servers that refuse senders."""

    second_sender = 503, "alice@mail.test"  # the answer to a second MAIL in a transaction, and whose mail it is

    def test_refused_sender_and_data(self):
        self.assert_said("open", [((REFUSED, CAROL, "DATA"), [550, 503, 503])])

    def test_refused_for_now(self):
        self.assert_said("open", [(("MAIL FROM:<later@mail.test>", A, "RCPT TO:<later@mail.test>",
                                    "RCPT TO:<full@mail.test>", "RSET"), [450, 250, 450, 452, 250])])

    def test_second_sender_in_a_transaction(self):
        code, sender = self.second_sender
        self.assert_said("open", [((A, B, CAROL, "DATA"), [250, code, 250, 354]), ((MAIL_B, "."), [250])],
                         (sender, MAIL_B))


class RefusalTests(SenderTests):
    """For the servers that refuse contents too, and have CHUNKING. Mail B follows without RSET where none is said."""

    def test_refused_sender(self):
        self.assert_said("open", [((REFUSED, CAROL, *chunk(MAIL_A), "RSET", B, CAROL, *chunk(MAIL_B)),
                                   [550, 503, 503, 250, 250, 250, 250])], STORED_B)

    def test_refused_content(self):
        self.assert_said("open", [((A, CAROL, *chunk(REFUSED_A), B, CAROL, *chunk(MAIL_B)),
                                   [250, 250, 550, 250, 250, 250])], STORED_B)

    def test_refused_content_of_data(self):
        self.assert_said("open", [((A, CAROL, "DATA"), [250, 250, 354]),
                                  ((REFUSED_A, ".", B, CAROL, "DATA"), [550, 250, 250, 354]),
                                  ((MAIL_B, "."), [250])], STORED_B)

    def test_too_big(self):
        self.assert_said("small", [((A, CAROL, *chunk(BIG_A), B, CAROL, *chunk(MAIL_B)),
                                    [250, 250, 552, 250, 250, 250])], STORED_B)

    def test_too_big_for_data(self):
        self.assert_said("small", [((A, CAROL, "DATA"), [250, 250, 354]),
                                   ((BIG_A, ".", B, CAROL, "DATA"), [552, 250, 250, 354]),
                                   ((MAIL_B, "."), [250])], STORED_B)


class PostfixTests(PipeliningTests, NextMailTests, ChunkingTests, RefusalTests, unittest.TestCase):
    program = "postfix_server.py"
    refused_data = refused_chunk = 554

    def test_refused_recipient_and_next_mail_without_rset(self):
        self.assert_said("open", [((A, NOBODY, *chunk(MAIL_A), B, CAROL, *chunk(MAIL_B)),
                                   [250, 550, 554, 250, 250, 250])], STORED_B)

    def test_chunk_after_one_too_big(self):
        self.assert_said("small", [((A, CAROL, *chunk(BIG_A, last=False), *chunk(MAIL_A), B, CAROL, *chunk(MAIL_B)),
                                    [250, 250, 552, 551, 250, 250, 250])], STORED_B)

    def test_dot_that_nobody_asked_for(self):
        self.assert_said("open", [((A, NOBODY, "DATA"), [250, 550, 554]), ((".",), [221]), (("RSET",), [CLOSED])])

    def test_commands_behind_ehlo(self):
        self.assert_said("open", [(("EHLO client.mail.test", A), [554, CLOSED])])


class EximTests(PipeliningTests, NextMailTests, ChunkingTests, RefusalTests, unittest.TestCase):
    program = "exim_server.py"

    def test_refused_recipient_and_next_mail_without_rset(self):
        """The reason for RSET: the second mail gets the first one's return-path."""
        self.assert_said("open", [((A, NOBODY, *chunk(MAIL_A), B, CAROL, *chunk(MAIL_B)),
                                   [250, 550, 503, 503, 250, 250])], ("alice@mail.test", MAIL_B))

    def test_chunk_after_one_too_big(self):
        self.assert_said("small", [((A, CAROL, *chunk(BIG_A, last=False), *chunk(MAIL_A), B, CAROL, *chunk(MAIL_B)),
                                    [250, 250, 250, 552, 250, 250, 250])], STORED_B)

    def test_dot_that_nobody_asked_for(self):
        self.assert_said("open", [((A, NOBODY, "DATA"), [250, 550, 503]), ((".",), [500]), (("RSET",), [250])])

    def test_unannounced_pipelining(self):
        self.assert_said("no_pipelining", [((A, CAROL), [554, CLOSED])])


class DovecotTests(PipeliningTests, NextMailTests, ChunkingTests, unittest.TestCase):
    program = "dovecot_server.py"
    port = "auth"
    login = ("AUTH PLAIN " + base64.b64encode(b"\0alice@mail.test\0secret").decode(),)
    refused_data = refused_chunk = 554

    def test_next_mail_without_rset(self):
        """Its submission process ends with a panic, after it has settled the first mail."""
        self.assert_said("auth", [((A, CAROL, *chunk(MAIL_A), B, CAROL, *chunk(MAIL_B)), [250, 250, CLOSED])],
                         STORED_A)


class DovecotLmtpTests(Dialogues, unittest.TestCase):
    program = "dovecot_server.py"

    def test_replies_to_one_chunk(self):
        """One for each accepted recipient, in their order, the refused one among them; then the next mail's."""
        store = stores.open_store(self.server["lmtp_store"])
        store.new()
        with RawClient("127.0.0.1", self.server["ports"]["lmtp"]) as client:
            client.group("LHLO client.mail.test")
            client.send(A, CAROL, NOBODY, "RCPT TO:<full@mail.test>", "RCPT TO:<bob@mail.test>", *chunk(MAIL_A),
                        "RSET", B, CAROL, *chunk(MAIL_B), "QUIT")
            self.assertEqual(client.read(13), [250, 250, 550, 250, 250] + [250, 552, 250] + [250, 250, 250, 250, 221])
        self.assertEqual(sorted((mail.sender, mail.box, mail.octets) for mail in store.new()), [
            ("alice@mail.test", "bob", MAIL_A), ("alice@mail.test", "carol", MAIL_A),
            ("bob@mail.test", "carol", MAIL_B)])


    def test_next_mail_without_rset(self):
        store = stores.open_store(self.server["lmtp_store"])
        store.new()
        with RawClient("127.0.0.1", self.server["ports"]["lmtp"]) as client:
            client.group("LHLO client.mail.test")
            self.assertEqual(client.group(A, NOBODY, *chunk(MAIL_A), B, CAROL, *chunk(MAIL_B)),
                             [250, 550, 503, 503, 250, 503])
            self.assertIn(b"issue RSET first", client.replies[-1])
        self.assertEqual(store.new(), [])


class HarakaTests(PipeliningTests, SenderTests, unittest.TestCase):
    program = "haraka_server.py"
    second_sender = 250, "bob@mail.test"

    def test_next_mail_behind_the_dot(self):
        """It refuses all that comes before its answer to the dot; so the second mail was never offered."""
        self.assert_said("open", [((A, CAROL, "DATA"), [250, 250, 354]),
                                  ((MAIL_A, ".", "RSET", B, CAROL, "DATA"), [250, 503, 503, 503, 503]),
                                  ((B, CAROL, "DATA"), [250, 250, 354]), ((MAIL_B, "."), [250])], STORED_A, STORED_B)

    def test_quit_behind_the_dot(self):
        self.assert_said("open", [((A, CAROL, "DATA"), [250, 250, 354]), ((MAIL_A, ".", "QUIT"), [250, 503])], STORED_A)


class SmtpServerTests(PipeliningTests, NextMailTests, SenderTests, unittest.TestCase):
    program = "smtp_server.py"


class OpensmtpdTests(Dialogues, unittest.TestCase):
    program = "opensmtpd_server.py"

    def test_pipelining(self):
        self.assert_said("open", [((A, CAROL, "DATA"), [500, CLOSED])])


if __name__ == "__main__":
    harness.main("__main__")
