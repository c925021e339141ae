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
from recording_proxy import RecordingProxy

DELAY_S = 0.02  # what comes in one flight is in one group


def setUpModule():
    secure_tests.start("smtp_server.py", "secure")


class SmtpServerTests(secure_tests.SecureTests):
    # A connection that is resumed brings no new ticket, and we use none twice (RFC 8446 appendix C.4).
    resumed = {12: [0, 1, 1], 13: [0, 1, 0]}
    asks = False

    def test_round_trips(self):
        """What a session that goes on saves: one by STARTTLS with TLS 1.2. With implicit TLS the server, who says the
        first word, has to wait for our last one all the same, and TLS 1.3 has none to save (RFC 8446 section 2.2)."""
        for number, port, saved in ((12, "tls", 0), (12, "starttls", 1), (13, "starttls", 0)):
            if number in self.versions():
                with self.subTest(version=number, port=port):
                    # On a busy machine a flight may fall apart.
                    tries = (self.saved(number, port) for _ in range(3))
                    self.assertIn(saved, tries)

    def saved(self, number, port):
        with RecordingProxy("127.0.0.1", secure_tests.server["ports"][port], delay_s=DELAY_S) as proxy:
            self.assert_arrive([self.mail(number=i) for i in range(2)], "apart", "version %d" % number, port=port,
                               number=proxy.port)
            first, second = (len(proxy.wait_for_end(i).groups()) for i in range(2))
        return first - second


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
