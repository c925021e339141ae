#!/usr/bin/python3
"""Sends mails to a private Postfix through both APIs: each must arrive exactly once, octet for octet, and nothing else.

usage: POSTINO_SEND_FILE=program test_postfix.py [unittest's arguments]

Needs root and Debian's postfix, sasl2-bin and libsasl2-modules; without root it is skipped with exit status 77.
"""

# SPDX-License-Identifier: MIT

import unittest

import harness
import maildir
import mails
import stores

server = None
store = None


def setUpModule():
    global server, store
    server = harness.start("postfix_server.py")
    store = stores.open_store(server["store"])


class MailTests:
    """Everything that holds for both APIs."""

    api = None

    def setUp(self):
        store.new()

    def tearDown(self):
        self.assertEqual(store.new(), [], "more mail arrived than was sent")

    def send(self, *options, body=mails.BODIES["plain_text"], sender=mails.FROM, recipient=mails.TO, port="open",
             host="127.0.0.1"):
        return harness.send(self.api, host, server["ports"][port], body, sender, recipient, mails.SUBJECT, *options)

    def take_the_only_new_mail(self):
        mail, = store.new()
        self.assertEqual((mail.box, mail.recipients), ("bob", [mails.TO]))
        return mail

    def assert_arrives(self, *options, body=mails.BODIES["plain_text"], sender=mails.FROM, priority=None, **envelope):
        self.assertEqual(self.send(*options, body=body, sender=sender, **envelope), "")
        mail = self.take_the_only_new_mail()
        expected = mails.message(self.api, body, sender=sender, priority=priority)
        self.assertIsNone(maildir.difference(expected, mail.octets))
        self.assertEqual(mail.sender, sender)
        self.assertIn("Delivered-To: %s\n" % mails.TO, mail.trace)
        self.assertIn("Received: from client.mail.test ", mail.trace)
        return mail.trace

    def assert_refused(self, reasons, *options, **envelope):
        self.assertEqual(self.send(*options, **envelope), reasons[self.api])
        self.assertEqual(store.new(), [])

    def test_boundary_lengths(self):
        for octets in mails.BOUNDARY_LENGTHS:
            with self.subTest(octets=octets):
                self.assert_arrives(body=mails.boundary_body(octets))

    def test_ipv6(self):
        if "::1" not in server["addresses"]:
            self.skipTest("this machine has no ::1")
        self.assertIn("[IPv6:::1]", self.assert_arrives(host="::1"))

    def test_addresses_in_brackets(self):
        self.assertEqual(self.send(sender="<%s>" % mails.FROM, recipient="<%s>" % mails.TO), "")
        self.assertEqual(self.take_the_only_new_mail().sender, mails.FROM)

    def test_no_extensions(self):
        self.assertIn("with ESMTP id", self.assert_arrives(port="no_extensions"))

    def test_ehlo_refused(self):
        self.assertIn("with SMTP id", self.assert_arrives(port="helo_only"))

    def test_auth_plain(self):
        self.assert_authenticated("auth", "plain", "alice", "secret")

    def test_auth_login(self):
        self.assert_authenticated("auth", "login", "bob", "hunter2 with space")

    def test_only_plain_offered(self):
        self.assert_authenticated("auth_plain", "login", "bob", "hunter2 with space")

    def test_only_login_offered(self):
        self.assert_authenticated("auth_login", "plain", "alice", "secret")

    def assert_authenticated(self, port, mechanism, user, password):
        trace = self.assert_arrives(*credentials(mechanism, user, password), port=port)
        self.assertIn("(Authenticated sender: %s@mail.test)" % user, trace)
        self.assertIn("with ESMTPA id", trace)

    def test_auth_plain_wrong_password(self):
        self.assert_refused(harness.AUTHENTICATION_REFUSED, *credentials("plain", "alice", "wrong"), port="auth")

    def test_auth_login_wrong_password(self):
        self.assert_refused(harness.AUTHENTICATION_REFUSED, *credentials("login", "bob", "hunter2"), port="auth_login")

    def test_unknown_user(self):
        self.assert_refused(harness.AUTHENTICATION_REFUSED, *credentials("plain", "nobody", "secret"), port="auth")

    def test_unknown_recipient(self):
        self.assert_refused(harness.RECIPIENT_REFUSED, recipient="nobody@mail.test")


def credentials(mechanism, user, password):
    return "--auth", mechanism, "--user", user + "@mail.test", "--password", password


def body_test(body):
    def test(self):
        self.assert_arrives(body=body)

    return test


for name, content in mails.BODIES.items():
    setattr(MailTests, "test_body_" + name, body_test(content))


class NetxTests(MailTests, unittest.TestCase):
    api = "netx"

    def test_high_priority(self):
        self.assert_arrives("--high", priority="high")

    def test_low_priority(self):
        self.assert_arrives("--low", priority="low")

    def test_null_sender(self):
        # NetX's sender stands in From: too, which cannot be empty (RFC 5322 section 3.6.2).
        for sender in ("", "<>"):
            with self.subTest(sender=sender):
                self.assert_refused({"netx": "status 0xA5"}, sender=sender)


class ClientTests(MailTests, unittest.TestCase):
    api = "client"

    def test_null_sender(self):
        self.assert_arrives(sender="")


if __name__ == "__main__":
    harness.main("__main__")
