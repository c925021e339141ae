#!/usr/bin/python3
"""Sends mails to nodemailer's smtp-server over TLS, which is node's there.

usage: POSTINO_SEND_FILE=program POSTINO_SEND_MANY_openssl=program POSTINO_SEND_MANY_mbedtls=program
       POSTINO_SERVERS=folder test_smtp_server_secure.py [unittest's arguments]

Needs the packages that scripts/fetch_servers.sh fetches; skipped with exit status 77 without.
"""

# SPDX-License-Identifier: MIT

import unittest

import harness
import secure_tests
import smtp_server


def setUpModule():
    secure_tests.start("smtp_server.py", "secure")


class SmtpServerTests(secure_tests.SecureTests):
    # A connection that is resumed brings no new ticket, and we use none twice (RFC 8446 appendix C.4).
    resumed = {12: [0, 1, 1], 13: [0, 1, 0]}
    asks = False


class MechanismTests(secure_tests.MechanismTests, secure_tests.TokenTests, unittest.TestCase):
    # PLAIN and LOGIN are tested in the clear.
    passwords = ("CRAM-MD5",)
    tokens = ("XOAUTH2",)
    token = staticmethod(smtp_server.token)

    def assert_authenticated(self, mail, mechanism):
        self.assertEqual(mail.details["login"], "bob@mail.test")

    def test_what_is_said_of_a_token(self):
        connection = self.assert_refused("user bob@mail.test", "token " + self.token("bob@mail.test", -60),
                                         mechanism="XOAUTH2")
        self.assertEqual(connection.text, '{"status":"401","schemes":"bearer mac","scope":"https://mail.test/"}')


globals().update(secure_tests.classes(__name__, SmtpServerTests))

if __name__ == "__main__":
    harness.main("__main__")
