#!/usr/bin/python3
"""Sends mails to a private Exim.

usage: POSTINO_SEND_FILE=program POSTINO_SERVERS=folder test_exim.py [unittest's arguments]

Needs root and the package that scripts/fetch_servers.sh fetches; skipped with exit status 77 without.
"""

# SPDX-License-Identifier: MIT

import harness
import mail_tests


def setUpModule():
    mail_tests.start("exim_server.py")


class EximTests(mail_tests.MailTests):
    """What Exim's own headers tell besides. Few bodies: Exim keeps its 221 back for 200 ms."""

    bodies = ("leading_dots", "smuggling_lf_dot_lf", "line_ends_mixed", "no_final_line_end", "every_octet_but_nul",
              "one_megabyte")

    def assert_authenticated(self, mail, user):
        self.assertRegex(mail.trace, r"\(Exim 4\.\d+\)")
        self.assertIn("with esmtpa ", mail.trace)


globals().update(mail_tests.classes(__name__, EximTests, mail_tests.AuthTests, mail_tests.LaterTests))

if __name__ == "__main__":
    harness.main("__main__")
