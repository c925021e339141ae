#!/usr/bin/python3
"""Sends mails to a private Haraka.

usage: POSTINO_SEND_FILE=program POSTINO_SERVERS=folder test_haraka.py [unittest's arguments]

Needs the packages that scripts/fetch_servers.sh fetches; skipped with exit status 77 without.
"""

# SPDX-License-Identifier: MIT

import harness
import mail_tests


def setUpModule():
    mail_tests.start("haraka_server.py")


class HarakaTests(mail_tests.MailTests):
    """It adds Received:, and Authentication-Results: above it, and nothing below."""

    auth_port = "open"

    def assert_arrives(self, *options, **mail):
        arrived = super().assert_arrives(*options, **mail)
        self.assertEqual(arrived.details["helo"], "client.mail.test")
        self.assertEqual(arrived.details["peer"], self.host)
        return arrived

    def assert_authenticated(self, mail, user):
        self.assertEqual(mail.details["login"], user)


globals().update(mail_tests.classes(__name__, HarakaTests, mail_tests.AuthTests, mail_tests.LaterTests))

if __name__ == "__main__":
    harness.main("__main__")
