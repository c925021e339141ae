#!/usr/bin/python3
"""SCRAM that is bound to the TLS connection, against GNU SASL: SCRAM-SHA-256-PLUS and SCRAM-SHA-1-PLUS, with tls-unique
(TLS 1.2) and tls-exporter (TLS 1.3).

usage: POSTINO_SEND_FILE=program POSTINO_SEND_MANY_openssl=program POSTINO_SEND_MANY_mbedtls=program
       test_channel_binding.py [unittest's arguments]

Needs Debian's libgsasl18 and python3-openssl; skipped with exit status 77 without.
"""

# SPDX-License-Identifier: MIT

import tempfile
import unittest

import gsasl_server
import harness
import lifetime
import mails
import many
import secure_tests
from certificates import Certificates

RIGHT, WRONG = "password hunter2 with space", "password hunter2"
MECHANISMS = ["SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS"]


def setUpModule():
    try:
        gsasl_server.load()
    except lifetime.Unavailable as reason:
        raise unittest.SkipTest(str(reason)) from None


class BindingTests:
    backend = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="postino-gsasl-")
        cls.addClassCleanup(folder.cleanup)
        cls.certificates = Certificates(folder.name)

    def send(self, *words, user="bob@mail.test", announced=(*MECHANISMS, "SCRAM-SHA-256"), foreign=False):
        with gsasl_server.Server(self.certificates, announced, foreign) as self.server:
            report = many.send(("127.0.0.1", self.server.port),
                               [many.Mail(mails.FROM, [mails.TO], b"Subject: x\r\n\r\nx\r\n")], "tls implicit",
                               "name localhost", "ca " + self.certificates.pem("ca"), "user " + user, *words,
                               backend=self.backend)
        return report.mails[0]

    def assert_accepted(self, mechanism, *words, **how):
        told = self.send(*words, **how)
        self.assertEqual((told.outcome, told.error), ("accepted", 0))
        self.assertEqual((self.server.users, self.server.used, self.server.mails),
                         ([how.get("user", "bob@mail.test")], [mechanism], 1))

    def assert_refused(self, *words, **how):
        told = self.send(*words, **how)
        self.assertEqual((told.step, told.code), ("AUTH", 535))
        self.assertEqual((self.server.users, self.server.mails), ([], 0))

    def test_passwords(self):
        for version in secure_tests.VERSIONS[self.backend]:
            for mechanism in MECHANISMS:
                with self.subTest(version=version, mechanism=mechanism):
                    words = "mechanism " + mechanism, "version %d" % version
                    self.assert_accepted(mechanism, RIGHT, *words)
                    self.assert_refused(WRONG, *words)

    def test_somebody_in_between(self):
        for version in secure_tests.VERSIONS[self.backend]:
            for mechanism in MECHANISMS:
                with self.subTest(version=version, mechanism=mechanism):
                    self.assert_refused(RIGHT, "mechanism " + mechanism, "version %d" % version, foreign=True)

    def test_strongest(self):
        self.assert_accepted("SCRAM-SHA-256-PLUS", RIGHT)

    def test_name_with_commas(self):
        self.assert_accepted("SCRAM-SHA-256-PLUS", "password p,=s", user="c=ar,ol=2C,")

    def test_struck_from_the_list(self):
        """The client tells the server that it would have bound (RFC 5802 section 6): a server that could knows then."""
        self.assert_refused(RIGHT, announced=("SCRAM-SHA-256",))
        # Who names the mechanism would not have.
        self.assert_accepted("SCRAM-SHA-256", RIGHT, "mechanism SCRAM-SHA-256", announced=("SCRAM-SHA-256",))


globals().update(secure_tests.classes(__name__, BindingTests))

if __name__ == "__main__":
    harness.main("__main__")
