#!/usr/bin/python3
"""Sends mails to a private Postfix over TLS, which is OpenSSL's there, and has Cyrus check who sends them.

usage: POSTINO_SEND_FILE=program POSTINO_SEND_MANY_openssl=program POSTINO_SEND_MANY_mbedtls=program
       test_postfix_secure.py [unittest's arguments]

Needs root and Debian's postfix, sasl2-bin and libsasl2-modules; skipped with exit status 77 without.
"""

# SPDX-License-Identifier: MIT

import unittest

import harness
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


globals().update(secure_tests.classes(__name__, PostfixTests))

if __name__ == "__main__":
    harness.main("__main__")
