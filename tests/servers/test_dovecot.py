#!/usr/bin/python3
"""Sends mails through a private Dovecot's submission server, which hands them on to an aiosmtpd; and looks whether its
LMTP server works, with Python's own client.

usage: POSTINO_SEND_FILE=program POSTINO_SEND_MANY_openssl=program test_dovecot.py [unittest's arguments]

Needs root, Debian's dovecot-core, dovecot-submissiond, dovecot-lmtpd and python3-aiosmtpd; skipped with exit status 77
without.
"""

# SPDX-License-Identifier: MIT

import smtplib
import unittest

import dovecot_server
import harness
import mail_tests
import mails
import secure_tests
import stores


def setUpModule():
    mail_tests.start("dovecot_server.py")
    secure_tests.server, secure_tests.store = mail_tests.server, mail_tests.store


class DovecotTests(mail_tests.MailTests):
    """Dovecot takes no mail from a client that it does not know."""

    port = "auth"
    login = mail_tests.credentials("plain", "alice", "secret")

    def assert_arrives(self, *options, **mail):
        arrived = super().assert_arrives(*options, **mail)
        # aiosmtpd sees Dovecot, and not the client.
        self.assertEqual(arrived.details["helo"], "dovecot.mail.test")
        return arrived


globals().update(mail_tests.classes(__name__, DovecotTests, mail_tests.AuthTests))


class MechanismTests(secure_tests.MechanismTests, secure_tests.TokenTests, unittest.TestCase):
    """In the clear: TLS has no part in them."""

    passwords = ("SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN")
    tokens = ("XOAUTH2", "OAUTHBEARER")
    port = "auth"
    token = staticmethod(dovecot_server.token)


class LmtpTests(unittest.TestCase):
    """The LMTP server does what later tests need: one reply a recipient, the last one of them a refusal."""

    def test_replies(self):
        body = mails.client_headers(mails.FROM, mails.TO, mails.SUBJECT, None) + mails.on_the_wire(b".text\n")
        for address in mail_tests.server["addresses"]:
            with self.subTest(address=address):
                store = stores.open_store(mail_tests.server["lmtp_store"])
                store.new()
                with smtplib.LMTP(address, mail_tests.server["ports"]["lmtp"], timeout=harness.SENDER_LIMIT_S) as lmtp:
                    lmtp.ehlo("client.mail.test")
                    self.assertEqual(lmtp.mail(mails.FROM)[0], 250)
                    self.assertEqual([lmtp.rcpt(name + "@mail.test")[0] for name in ("bob", "nobody", "full", "carol")],
                                     [250, 550, 250, 250])
                    replies = [lmtp.data(body)[0], lmtp.getreply()[0], lmtp.getreply()[0]]
                    self.assertEqual(replies, [250, 552, 250])
                self.assertEqual(sorted((mail.sender, mail.recipients, mail.octets) for mail in store.new()), [
                    (mails.FROM, ["bob@mail.test"], body), (mails.FROM, ["carol@mail.test"], body)])


if __name__ == "__main__":
    harness.main("__main__")
