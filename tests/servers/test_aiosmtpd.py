#!/usr/bin/python3
"""Sends mails to aiosmtpd over IPv4 and IPv6 through both APIs: envelope, octets and dialogue must be what was meant.

usage: POSTINO_SEND_FILE=program test_aiosmtpd.py [unittest's arguments]

Needs Debian's python3-aiosmtpd, no privileges.
"""

# SPDX-License-Identifier: MIT

import glob
import json
import os
import unittest

import harness
import maildir
import mails

BODIES = ("plain_text", "leading_dots", "a_dot", "smuggling_lf_dot_lf", "line_ends_mixed", "no_final_line_end",
          "every_octet_but_nul", "lines_of_998_octets_with_a_dot_first", "one_megabyte")

server = None


def setUpModule():
    global server
    server = harness.start("aiosmtpd_server.py")


def transcript():
    return os.path.join(server["folder"], "transcript")


class MailTests:
    """Everything that holds for both APIs and both IP versions."""

    api = None
    host = None

    def setUp(self):
        if self.host not in server["addresses"]:
            self.skipTest("this machine has no " + self.host)
        self.stored_before = self.stored()
        self.transcript_start = os.path.getsize(transcript())

    def stored(self):
        return set(glob.glob(os.path.join(server["folder"], "*.json")))

    def dialogue(self):
        with open(transcript(), encoding="utf-8", errors="backslashreplace") as file:
            file.seek(self.transcript_start)
            return file.read().splitlines()

    def send(self, *options, body=mails.BODIES["plain_text"], recipient=mails.TO):
        return harness.send(self.api, self.host, server["port"], body, mails.FROM, recipient, mails.SUBJECT, *options)

    def assert_arrives(self, *options, body=mails.BODIES["plain_text"]):
        self.assertEqual(self.send(*options, body=body), "")
        stored, = self.stored() - self.stored_before
        self.stored_before.add(stored)
        with open(stored, encoding="utf-8") as file:
            envelope = json.load(file)
        self.assertEqual((envelope["mail_from"], envelope["rcpt_tos"]), (mails.FROM, [mails.TO]))
        self.assertEqual((envelope["helo"], envelope["peer"]), ("client.mail.test", self.host))
        with open(stored.replace(".json", ".eml"), "rb") as file:
            self.assertIsNone(maildir.difference(mails.message(self.api, body), file.read()))
        return envelope

    def assert_refused(self, reasons, *options, **envelope):
        self.assertEqual(self.send(*options, **envelope), reasons[self.api])
        self.assertEqual(self.stored(), self.stored_before)

    def test_bodies(self):
        for name in BODIES:
            with self.subTest(body=name):
                self.assert_arrives(body=mails.BODIES[name])

    def test_auth(self):
        for mechanism in ("plain", "login"):
            with self.subTest(mechanism=mechanism):
                envelope = self.assert_arrives("--auth", mechanism, "--user", "bob@mail.test",
                                               "--password", "hunter2 with space")
                self.assertEqual(envelope["login"], "bob@mail.test")

    def test_wrong_password(self):
        for mechanism in ("plain", "login"):
            with self.subTest(mechanism=mechanism):
                self.assert_refused(harness.AUTHENTICATION_REFUSED, "--auth", mechanism, "--user", "bob@mail.test",
                                    "--password", "hunter2")

    def test_unknown_recipient(self):
        self.assert_refused(harness.RECIPIENT_REFUSED, recipient="nobody@mail.test")

    def test_dialogue(self):
        self.assert_arrives(body=b"Hello\r\n")
        said = [line for line in self.dialogue() if line.startswith("C: ")]
        self.assertEqual(said[0], "C: EHLO client.mail.test")
        self.assertRegex(said[1], "^C: MAIL FROM:<alice@mail.test>( |$)")
        self.assertEqual(said[2:4], ["C: RCPT TO:<bob@mail.test>", "C: DATA"])
        self.assertEqual(said[-3:], ["C: Hello", "C: .", "C: QUIT"])
        self.assertEqual(self.dialogue()[-1], "S: 221 Bye")


class NetxIpv4Tests(MailTests, unittest.TestCase):
    api, host = "netx", "127.0.0.1"


class NetxIpv6Tests(MailTests, unittest.TestCase):
    api, host = "netx", "::1"


class ClientIpv4Tests(MailTests, unittest.TestCase):
    api, host = "client", "127.0.0.1"


class ClientIpv6Tests(MailTests, unittest.TestCase):
    api, host = "client", "::1"


if __name__ == "__main__":
    harness.main("__main__")
