#!/usr/bin/python3
"""Sends mails to a private Exim over TLS, which is GnuTLS's there.

usage: POSTINO_SEND_FILE=program POSTINO_SEND_MANY_openssl=program POSTINO_SEND_MANY_mbedtls=program
       POSTINO_SERVERS=folder test_exim_secure.py [unittest's arguments]

Needs root and the package that scripts/fetch_servers.sh fetches; skipped with exit status 77 without.
"""

# SPDX-License-Identifier: MIT

import unittest

import harness
import secure_tests


def setUpModule():
    # 421 answers the eleventh mail of a connection.
    secure_tests.start("exim_server.py", "secure", "limited")


class EximTests(secure_tests.SecureTests):
    def test_many_over_one_connection(self):
        """Or over two: the second goes on with the session of the first."""
        super().test_many_over_one_connection()
        connections, _ = self.assert_arrive([self.mail(number=number) for number in range(25)], "in_flight 8")
        self.assertEqual([end.resumed for end in connections], [1])


class Authenticated:
    def assert_authenticated(self, mail, mechanism):
        self.assertIn("with esmtpsa ", mail.trace)


class MechanismTests(Authenticated, secure_tests.MechanismTests, unittest.TestCase):
    # PLAIN and LOGIN are tested in the clear.
    passwords = ("CRAM-MD5",)


class EximExternalTests(Authenticated, secure_tests.MechanismBed):
    def test_external(self):
        self.assert_accepted(*secure_tests.own_certificate(), "authzid alice@mail.test", mechanism="EXTERNAL")
        # The certificate says who it is; and it is not Bob.
        self.assert_refused(*secure_tests.own_certificate(), "authzid bob@mail.test", mechanism="EXTERNAL")


globals().update(secure_tests.classes(__name__, EximTests))
globals().update(secure_tests.classes(__name__, EximExternalTests))

if __name__ == "__main__":
    harness.main("__main__")
