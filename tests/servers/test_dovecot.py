#!/usr/bin/python3
"""Sends mails through a private Dovecot's submission server, which hands them on to an aiosmtpd; and looks whether its
LMTP server works, with Python's own client.

usage: POSTINO_SEND_FILE=program POSTINO_SEND_MANY=program test_dovecot.py [unittest's arguments]

Needs root, Debian's dovecot-core, dovecot-submissiond, dovecot-lmtpd and python3-aiosmtpd; skipped with exit status 77
without.
"""

# SPDX-License-Identifier: MIT

import base64
import hmac
import json
import smtplib
import tempfile
import time
import unittest

import dovecot_server
import harness
import mail_tests
import many
import mails
import stores


def setUpModule():
    mail_tests.start("dovecot_server.py")


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


def token(user, lifetime_s):
    """A JSON Web Token (RFC 7519) as Dovecot takes it."""
    def encode(octets):
        return base64.urlsafe_b64encode(octets).rstrip(b"=")
    now = int(time.time())
    head = encode(json.dumps({"alg": "HS256", "typ": "JWT", "kid": "default"}).encode())
    body = encode(json.dumps({"iss": "postino-test", "sub": user, "iat": now - 100, "nbf": now - 100,
                              "exp": now + lifetime_s}).encode())
    signed = head + b"." + body
    return (signed + b"." + encode(hmac.new(dovecot_server.TOKEN_KEY, signed, "sha256").digest())).decode()


class MechanismTests(unittest.TestCase):
    """Each mechanism with what the server takes and with what it does not."""

    passwords = ("SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN")
    tokens = ("XOAUTH2", "OAUTHBEARER")
    user = "user bob@mail.test"

    def send(self, *words):
        server = mail_tests.server["addresses"][0], mail_tests.server["ports"]["auth"]
        with tempfile.NamedTemporaryFile() as trace:
            mail = many.Mail(mails.FROM, [mails.TO], b"Subject: x\r\n\r\nx\r\n")
            told = many.send(server, [mail], self.user, "trace " + trace.name, *words).mails[0]
            shown = trace.read()
        for secret in (b"hunter2", base64.b64encode(b"hunter2 with space")):
            self.assertNotIn(secret, shown)
        mail_tests.store.new()
        return told

    def assert_accepted(self, *words):
        told = self.send(*words)
        self.assertEqual((told.outcome, told.error), ("accepted", 0))

    def assert_refused(self, *words):
        told = self.send(*words)
        self.assertEqual((told.step, told.code), ("AUTH", 535))
        self.assertNotEqual(told.outcome, "accepted")

    def test_right(self):
        for mechanism in self.passwords:
            with self.subTest(mechanism=mechanism):
                self.assert_accepted("password hunter2 with space", "mechanism " + mechanism)

    def test_wrong(self):
        for mechanism in self.passwords:
            with self.subTest(mechanism=mechanism):
                self.assert_refused("password hunter2", "mechanism " + mechanism)

    def test_strongest(self):
        self.assert_accepted("password hunter2 with space")

    def test_tokens(self):
        for mechanism in self.tokens:
            with self.subTest(mechanism=mechanism):
                self.assert_accepted("token " + token("bob@mail.test", 600), "mechanism " + mechanism)
                self.assert_refused("token " + token("bob@mail.test", -60), "mechanism " + mechanism)
                self.assert_refused("token " + token("alice@mail.test", 600)[:-4] + "AAAA", "mechanism " + mechanism)
        self.assert_accepted("token " + token("bob@mail.test", 600))


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
