#!/usr/bin/python3
"""Sends mails to a private Postfix over TLS, which is OpenSSL's there, and has Cyrus check who sends them.

usage: POSTINO_SEND_FILE=program POSTINO_SEND_MANY_openssl=program POSTINO_SEND_MANY_mbedtls=program
       POSTINO_SEND_MAIL_TLS=program test_postfix_secure.py [unittest's arguments]

Needs root and Debian's postfix, sasl2-bin and libsasl2-modules; skipped with exit status 77 without.
"""

# SPDX-License-Identifier: MIT

import os
import subprocess
import unittest

import harness
import mails
import secure_tests


def setUpModule():
    secure_tests.start("postfix_server.py", "secure")


class PostfixTests(secure_tests.SecureTests):
    # A connection that is resumed brings no new ticket, and we use none twice (RFC 8446 appendix C.4).
    resumed = {12: [0, 1, 1], 13: [0, 1, 0]}

    def assert_certified(self, mail, version):
        self.assertRegex(mail.trace, r'using %s .*\n(.*\n)*.*\(Client CN "alice@mail.test", Issuer "Test ca" '
                                     r'\(verified OK\)\)' % version)


class MechanismTests(secure_tests.MechanismTests, unittest.TestCase):
    passwords = ("SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN")

    def assert_authenticated(self, mail, mechanism):
        self.assertIn("(Authenticated sender: bob@mail.test)", mail.trace)

    def test_as_whom(self):
        """Who may act as himself alone does not as another."""
        for mechanism in ("SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"):
            with self.subTest(mechanism=mechanism):
                words = self.credentials(self.password)
                self.assert_accepted(*words, "authzid bob@mail.test", mechanism=mechanism)
                self.assert_refused(*words, "authzid alice@mail.test", mechanism=mechanism)


class ExampleTests(unittest.TestCase):
    """The program in README.md, examples/send_mail_tls.c."""

    def test_send_mail_tls(self):
        user, password = secure_tests.MechanismTests.user, secure_tests.MechanismTests.password
        for port, mode in (("tls", "implicit"), ("starttls", "starttls")):
            with self.subTest(mode=mode):
                secure_tests.store.new()
                number = str(secure_tests.server["ports"][port])
                done = subprocess.run([os.environ["POSTINO_SEND_MAIL_TLS"], "localhost", number, mode, user, mails.TO,
                                       secure_tests.certificate("ca.pem")],
                                      env={"MAIL_USER": user, "MAIL_PASSWORD": password}, stdout=subprocess.PIPE,
                                      text=True, timeout=60, check=False)
                self.assertEqual((done.returncode, done.stdout[:18]), (0, "accepted: success:"))
                mail, = secure_tests.store.new()
                self.assertEqual((mail.sender, mail.recipients), (user, [mails.TO]))
                self.assertIn("(Authenticated sender: %s)" % user, mail.trace)
                self.assertRegex(mail.octets, rb"(?m)^Date: \w{3}, \d+ \w{3} \d{4} ")
                self.assertRegex(mail.octets, rb"(?m)^Message-ID: <[^>]+@mail\.test>\r?$")
                self.assertTrue(mail.octets.replace(b"\r", b"").endswith(b"\n\nThe water in the pit rises.\n"))


globals().update(secure_tests.classes(__name__, PostfixTests))

if __name__ == "__main__":
    harness.main("__main__")
