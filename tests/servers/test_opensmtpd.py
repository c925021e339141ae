#!/usr/bin/python3
"""Sends mails to a private OpenSMTPD, which knows no pipelining and refuses it.

usage: POSTINO_SEND_FILE=program POSTINO_SERVERS=folder test_opensmtpd.py [unittest's arguments]

Needs root and the package that scripts/fetch_servers.sh fetches; skipped with exit status 77 without.
"""

# SPDX-License-Identifier: MIT

import harness
import mail_tests


def setUpModule():
    mail_tests.start("opensmtpd_server.py")


class OpensmtpdTests(mail_tests.MailTests):
    """It has a code of its own for a mailbox that does not exist."""

    unknown_recipient_code = 524


globals().update(mail_tests.classes(__name__, OpensmtpdTests))

if __name__ == "__main__":
    harness.main("__main__")
