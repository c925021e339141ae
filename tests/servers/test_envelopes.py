#!/usr/bin/python3
"""Sends mails with more than a plain envelope: recipients beyond a server's limit, SIZE, 8BITMIME, SMTPUTF8, DSN; and
asks the servers something (VRFY and the like).

usage: POSTINO_SEND_FILE=program POSTINO_SEND_MANY_openssl=program POSTINO_SERVERS=folder test_envelopes.py [unittest's
arguments]

A server that this machine cannot have skips its class.
"""

# SPDX-License-Identifier: MIT

import email
import unittest

import harness
import kinds
import many
import stores
from recording_proxy import RecordingProxy

BOB, CAROL, NOBODY, FULL = kinds.BOB, kinds.CAROL, kinds.NOBODY, kinds.FULL
EIGHT_BIT = "Subject: Größe\r\n\r\nGrüße, Καλημέρα\r\n".encode()
PLAIN = b"Subject: plain\r\n\r\n.text\r\n"
UTF8_SENDER = "jürgen@mail.test"
TRANSFERS = {"DATA": ("without CHUNKING",), "BDAT": ()}


class Envelopes:
    """One server."""

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

    def send(self, sent, *words, port=None):
        """Return (report, the only conversation)."""
        with RecordingProxy("127.0.0.1", self.server["ports"][port or self.port]) as proxy:
            report = many.send(("127.0.0.1", proxy.port), sent, *self.words, *words)
            conversation = proxy.wait_for_end() if proxy.conversations else None
            self.assertLessEqual(len(proxy.conversations), 1)
        return report, conversation

    def stored(self):
        return sorted((mail.sender, recipient, mail.octets)
                      for mail in self.store.new() for recipient in mail.recipients)

    def commands(self, conversation, verb):
        return [exchange.command.decode() for exchange in conversation.exchanges() if exchange.verb == verb]

    def outcomes(self, told):
        return {address: (recipient.outcome, recipient.code) for address, recipient in told.recipients.items()}


class EightBitTests:
    """For the servers with 8BITMIME."""

    def test_8_bit(self):
        report, conversation = self.send([many.Mail("a@mail.test", [BOB], EIGHT_BIT),
                                          many.Mail("b@mail.test", [BOB], PLAIN)], "in_flight 1")
        self.assertEqual([mail.outcome for mail in report.mails], [kinds.ACCEPTED] * 2)
        eight_bit, plain = self.commands(conversation, "MAIL")
        self.assertIn(" BODY=8BITMIME", eight_bit)
        self.assertNotIn(" BODY=8BITMIME", plain)
        self.assertEqual(self.stored(), [("a@mail.test", BOB, EIGHT_BIT), ("b@mail.test", BOB, PLAIN)])


class Utf8Tests:
    """For the servers with SMTPUTF8."""

    def test_utf8_address(self):
        report, conversation = self.send([many.Mail(UTF8_SENDER, [BOB], EIGHT_BIT, ("utf8",))])
        self.assertEqual(report.mails[0].outcome, kinds.ACCEPTED)
        self.assertIn(" SMTPUTF8", self.commands(conversation, "MAIL")[0])
        self.assertEqual(self.stored(), [(UTF8_SENDER, BOB, EIGHT_BIT)])

    def test_utf8_address_that_was_not_asked_for(self):
        report, conversation = self.send([many.Mail(UTF8_SENDER, [BOB], EIGHT_BIT)])
        self.assertEqual((report.mails[0].outcome, report.mails[0].error, conversation),
                         (kinds.NEVER, -116, None))


class NoUtf8Tests:
    """For those without."""

    def test_utf8_address(self):
        report, conversation = self.send([many.Mail(UTF8_SENDER, [BOB], EIGHT_BIT, ("utf8",))])
        self.assertEqual((report.mails[0].outcome, report.mails[0].error), (kinds.NEVER, -112))
        self.assertEqual(self.commands(conversation, "MAIL"), [])
        self.assertEqual(self.stored(), [])


class DsnTests:
    """For the servers with DSN and three mailboxes."""

    reports = False  # of a success, when it delivers

    def test_dsn(self):
        mail = many.Mail("alice@mail.test", [BOB, CAROL], PLAIN, ("envid a+b=c", "return HDRS"),
                         {BOB: ("notify 1", "orcpt b+ob@elsewhere.test"), CAROL: ("notify 8",)})
        report, conversation = self.send([mail])
        self.assertEqual(report.mails[0].outcome, kinds.ACCEPTED)
        self.assertIn(" RET=HDRS ENVID=a+2Bb+3Dc", self.commands(conversation, "MAIL")[0])
        self.assertEqual(self.commands(conversation, "RCPT"), [
            "RCPT TO:<%s> NOTIFY=SUCCESS ORCPT=rfc822;b+2Bob@elsewhere.test" % BOB,
            "RCPT TO:<%s> NOTIFY=NEVER" % CAROL])
        delivered = {mail.box: mail for mail in self.store.new()}
        returned = delivered.pop("alice", None)
        self.assertEqual([(mail.sender, mail.octets) for mail in delivered.values()], [("alice@mail.test", PLAIN)] * 2)
        self.assertEqual(returned is not None, self.reports)
        if self.reports:
            self.assert_report(returned.octets)

    def assert_report(self, octets):
        """The report has what the mail asked for."""
        status = next(part for part in email.message_from_bytes(octets).walk()
                      if part.get_content_type().endswith("delivery-status")).as_string()
        self.assertIn("Original-Envelope-Id: a+b=c", status)
        self.assertIn("Original-Recipient: rfc822;b+ob@elsewhere.test", status)
        self.assertNotIn(CAROL, status)


class FullTests:
    """452 4.5.3 behind a recipient that was taken: it is offered again, alone, and no empty mail comes of that."""

    def test_full(self):
        for transfer, words in TRANSFERS.items():
            with self.subTest(transfer=transfer):
                report, conversation = self.send([many.Mail("a@mail.test", [BOB, FULL, CAROL], PLAIN, ("partial",)),
                                                  many.Mail("b@mail.test", [BOB], PLAIN)], *words)
                self.assertEqual([self.outcomes(mail) for mail in report.mails], [
                    {BOB: (kinds.ACCEPTED, 250), FULL: (kinds.LATER, 452), CAROL: (kinds.ACCEPTED, 250)},
                    {BOB: (kinds.ACCEPTED, 250)}])
                self.assertEqual(self.commands(conversation, "RCPT").count("RCPT TO:<%s>" % FULL), 2)
                self.assertEqual(self.stored(), [("a@mail.test", BOB, PLAIN), ("a@mail.test", CAROL, PLAIN),
                                                 ("b@mail.test", BOB, PLAIN)])


class ServiceTests:
    """What is asked between two mails, on their connection; `services` has the words and the codes."""

    services = ()

    def test_services(self):
        report, conversation = self.send([many.Mail("a@mail.test", [BOB], PLAIN)],
                                         *("service " + words for words, _ in self.services))
        self.assertEqual([(answer.status, answer.code) for answer in report.services],
                         [(0, code) for _, code in self.services])
        self.assertEqual([exchange.command.decode() for exchange in conversation.exchanges()][2:2 + len(self.services)],
                         [words for words, _ in self.services])
        self.assertTrue(all(answer.text for answer in report.services))
        self.assertEqual(self.stored(), [("a@mail.test", BOB, PLAIN)])


class PostfixTests(EightBitTests, Utf8Tests, DsnTests, FullTests, ServiceTests, Envelopes, unittest.TestCase):
    program = "postfix_server.py"
    reports = True
    services = (("NOOP", 250), ("VRFY bob@mail.test", 252), ("VRFY nobody@mail.test", 550), ("EXPN list", 500),
                ("HELP", 500), ("ETRN elsewhere.test", 459), ("RSET", 250))

    def test_recipients_beyond_the_limit(self):
        """Three transactions: the 51st recipient of each is too many."""
        recipients = ["r%d@mail.test" % number for number in range(120)]
        for transfer, words in TRANSFERS.items():
            with self.subTest(transfer=transfer):
                report, conversation = self.send([many.Mail("a@mail.test", recipients, PLAIN, ("partial",)),
                                                  many.Mail("b@mail.test", [BOB], PLAIN)], *words, port="limited")
                self.assertEqual([mail.outcome for mail in report.mails], [kinds.ACCEPTED] * 2)
                self.assertEqual(set(self.outcomes(report.mails[0]).values()), {(kinds.ACCEPTED, 250)})
                self.assertEqual(self.stored(), sorted([("a@mail.test", name, PLAIN) for name in recipients] +
                                                       [("b@mail.test", BOB, PLAIN)]))
                senders = [command.split(" SIZE")[0] for command in self.commands(conversation, "MAIL")]
                self.assertEqual(sorted(senders), ["MAIL FROM:<a@mail.test>"] * 3 + ["MAIL FROM:<b@mail.test>"])

    def test_recipients_beyond_the_limit_of_a_mail_for_all(self):
        recipients = ["r%d@mail.test" % number for number in range(60)]
        report, _ = self.send([many.Mail("a@mail.test", recipients, PLAIN)], port="limited")
        self.assertEqual(report.mails[0].outcome, kinds.LATER)
        self.assertEqual(self.stored(), [])

    def test_larger_than_size(self):
        """Known before MAIL; the mails around it are not touched."""
        large = many.Mail("large@mail.test", [BOB], kinds.message(0, octets=30000))
        report, conversation = self.send([many.Mail("a@mail.test", [BOB], PLAIN), large,
                                          many.Mail("b@mail.test", [BOB], PLAIN)], port="limited")
        self.assertEqual([(mail.outcome, mail.error) for mail in report.mails],
                         [(kinds.ACCEPTED, 0), (kinds.NEVER, -109), (kinds.ACCEPTED, 0)])
        self.assertFalse(any("large@" in command for command in self.commands(conversation, "MAIL")))
        self.assertEqual(self.stored(), [("a@mail.test", BOB, PLAIN), ("b@mail.test", BOB, PLAIN)])


class EximTests(EightBitTests, Utf8Tests, DsnTests, FullTests, ServiceTests, Envelopes, unittest.TestCase):
    program = "exim_server.py"
    services = (("NOOP", 250), ("VRFY bob@mail.test", 252), ("EXPN list", 550), ("HELP", 214),
                ("ETRN #elsewhere.test", 458), ("RSET", 250))


class SmtpServerTests(EightBitTests, Utf8Tests, Envelopes, unittest.TestCase):
    program = "smtp_server.py"

    def test_dsn(self):
        mail = many.Mail("alice@mail.test", [BOB], PLAIN, ("envid a+b=c", "return FULL"), {BOB: ("notify 6",)})
        report, _ = self.send([mail])
        self.assertEqual(report.mails[0].outcome, kinds.ACCEPTED)
        stored, = self.store.new()
        self.assertEqual({name: stored.details["mail_options"][name] for name in ("RET", "ENVID")},
                         {"RET": "FULL", "ENVID": "a+b=c"})


class HarakaTests(EightBitTests, Utf8Tests, Envelopes, unittest.TestCase):
    program = "haraka_server.py"

    def test_dsn_that_is_not_offered(self):
        report, conversation = self.send([many.Mail("a@mail.test", [BOB], PLAIN, ("envid x",))])
        self.assertEqual((report.mails[0].outcome, report.mails[0].error), (kinds.NEVER, -112))
        self.assertEqual(self.commands(conversation, "MAIL"), [])


class OpensmtpdTests(EightBitTests, NoUtf8Tests, Envelopes, unittest.TestCase):
    program = "opensmtpd_server.py"


class DovecotTests(EightBitTests, NoUtf8Tests, Envelopes, unittest.TestCase):
    program = "dovecot_server.py"
    port = "auth"
    words = ("user alice@mail.test", "password secret")


class LmtpTests(EightBitTests, NoUtf8Tests, Envelopes, unittest.TestCase):
    """A reply for each recipient, and one of them a refusal."""

    program = "dovecot_server.py"
    store_name = "lmtp_store"
    port = "lmtp"
    words = ("lmtp",)

    def test_one_reply_for_each_recipient(self):
        mails = [many.Mail("a@mail.test", [NOBODY, BOB, FULL, CAROL], PLAIN, ("partial",)),
                 many.Mail("b@mail.test", [BOB, FULL], PLAIN), many.Mail("c@mail.test", [FULL], PLAIN),
                 many.Mail("d@mail.test", [FULL, CAROL], PLAIN, ("partial",)),
                 many.Mail("e@mail.test", [BOB, NOBODY], PLAIN), many.Mail("f@mail.test", [CAROL], PLAIN)]
        taken, full, nobody = (kinds.ACCEPTED, 250), (kinds.NEVER, 552), (kinds.NEVER, 550)
        for transfer, words in TRANSFERS.items():
            for flight in (1, 8):
                with self.subTest(transfer=transfer, in_flight=flight):
                    report, conversation = self.send(mails, *words, "in_flight %d" % flight)
                    self.assertEqual([self.outcomes(mail) for mail in report.mails], [
                        {NOBODY: nobody, BOB: taken, FULL: full, CAROL: taken}, {BOB: taken, FULL: full}, {FULL: full},
                        {FULL: full, CAROL: taken}, {BOB: (kinds.NOT_TRIED, 550), NOBODY: nobody}, {CAROL: taken}])
                    self.assertEqual(many.pipelined(conversation) > 0, flight > 1)
                    self.assertEqual(self.stored(), [
                        ("a@mail.test", BOB, PLAIN), ("a@mail.test", CAROL, PLAIN), ("b@mail.test", BOB, PLAIN),
                        ("d@mail.test", CAROL, PLAIN), ("f@mail.test", CAROL, PLAIN)])

    def test_socket_in_the_file_system(self):
        mails = [many.Mail("a@mail.test", [BOB, FULL], PLAIN, ("partial",)), many.Mail("b@mail.test", [BOB], EIGHT_BIT)]
        report = many.send((self.server["lmtp_path"], 0), mails, *self.words)
        self.assertEqual([self.outcomes(mail) for mail in report.mails],
                         [{BOB: (kinds.ACCEPTED, 250), FULL: (kinds.NEVER, 552)}, {BOB: (kinds.ACCEPTED, 250)}])
        self.assertEqual(self.stored(), [("a@mail.test", BOB, PLAIN), ("b@mail.test", BOB, EIGHT_BIT)])


if __name__ == "__main__":
    harness.main("__main__")
