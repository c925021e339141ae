#!/usr/bin/python3
"""Sends mails to a private Haraka over TLS, which is node's there.

usage: POSTINO_SEND_FILE=program POSTINO_SEND_MANY_openssl=program POSTINO_SEND_MANY_mbedtls=program
       POSTINO_SERVERS=folder test_haraka_secure.py [unittest's arguments]

Needs the packages that scripts/fetch_servers.sh fetches; skipped with exit status 77 without.
"""

# SPDX-License-Identifier: MIT

import unittest

import harness
import secure_tests


def setUpModule():
    secure_tests.start("haraka_server.py", "secure")


class HarakaTests(secure_tests.SecureTests):
    only = False
    expired = {"name": "expired.test"}
    # As with smtp-server; by STARTTLS it has a new context for each connection.
    resumed = {12: [0, 1, 1], 13: [0, 1, 0]}
    resumes_by_starttls = False


class MechanismTests(secure_tests.MechanismTests, unittest.TestCase):
    # PLAIN and LOGIN are tested in the clear.
    passwords = ("CRAM-MD5",)

    def assert_authenticated(self, mail, mechanism):
        self.assertEqual(mail.details["login"], "bob@mail.test")


globals().update(secure_tests.classes(__name__, HarakaTests))

if __name__ == "__main__":
    harness.main("__main__")
