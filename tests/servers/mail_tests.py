"""What every server test asks of a server: mails of both APIs over IPv4 and IPv6 must arrive once, octet for octet,
with their envelope; wrong passwords and unknown recipients must give the right outcome and no mail.

A test module says what its server is, with start() in setUpModule, and derives its classes from these.
"""

# SPDX-License-Identifier: MIT

import unittest

import harness
import maildir
import mails
import stores

BODIES = ("plain_text", "leading_dots", "a_dot", "smuggling_lf_dot_lf", "smuggling_cr_dot_crlf", "line_ends_mixed",
          "no_final_line_end", "empty_lines_last", "every_octet_but_nul", "lines_of_998_octets_with_a_dot_first",
          "one_megabyte")
IPV6_BODIES = ("leading_dots", "one_megabyte")

server = None
store = None


def start(program, *arguments):
    """Start the module's server. What its store holds is seen with store.new()."""
    global server, store
    server = harness.start(program, *arguments)
    store = stores.open_store(server["store"])
    return server


class MailTests:
    """Everything that holds for both APIs, both IP versions and every server."""

    api = host = None
    port = "open"  # the port's name
    login = ()  # options for a server that takes mail from those only whom it knows
    bodies = BODIES
    unknown_recipient_code = 550

    def setUp(self):
        if self.host not in server["addresses"]:
            self.skipTest("this machine has no " + self.host)
        store.new()

    def tearDown(self):
        self.assertEqual(store.new(), [], "more mail arrived than was sent")

    def send(self, *options, body=mails.BODIES["plain_text"], sender=mails.FROM, recipient=mails.TO, port=None):
        return harness.send(self.api, self.host, server["ports"][port or self.port], body, sender, recipient,
                            mails.SUBJECT, *(options or self.login))

    def assert_arrives(self, *options, body=mails.BODIES["plain_text"], sender=mails.FROM, port=None):
        self.assertEqual(self.send(*options, body=body, sender=sender, port=port), "")
        arrived = store.new()
        self.assertEqual([(mail.sender, mail.recipients) for mail in arrived], [(sender, [mails.TO])])
        self.assertIsNone(maildir.difference(mails.message(self.api, body, sender=sender), arrived[0].octets))
        return arrived[0]

    def assert_refused(self, reasons, *options, **envelope):
        self.assertEqual(self.send(*options, **envelope), reasons[self.api])
        self.assertEqual(store.new(), [])

    def test_bodies(self):
        for name in self.bodies:
            with self.subTest(body=name):
                self.assert_arrives(body=mails.BODIES[name])

    def test_unknown_recipient(self):
        self.assert_refused(recipient_refused(self.unknown_recipient_code), recipient="nobody@mail.test")


class LaterTests:
    """For a server that refuses some recipients for now."""

    def test_recipient_later(self):
        self.assert_refused(recipient_refused(450), recipient="later@mail.test")


class AuthTests:
    """For a server that has AUTH PLAIN and LOGIN in clear text."""

    auth_port = "auth"

    def assert_authenticated(self, mail, user):
        """Overridden where the server's store says who it was."""

    def test_auth(self):
        for mechanism in ("plain", "login"):
            for user, password in (("alice", "secret"), ("bob", "hunter2 with space")):
                with self.subTest(mechanism=mechanism, user=user):
                    mail = self.assert_arrives(*credentials(mechanism, user, password), port=self.auth_port)
                    self.assert_authenticated(mail, user + "@mail.test")

    def test_wrong_password(self):
        for mechanism in ("plain", "login"):
            with self.subTest(mechanism=mechanism):
                self.assert_refused(harness.AUTHENTICATION_REFUSED, *credentials(mechanism, "bob", "hunter2"),
                                    port=self.auth_port)


def recipient_refused(code):
    return {"netx": "status 0xAA", "client": "error -201 step RCPT TO reply %d" % code}


def credentials(mechanism, user, password):
    return "--auth", mechanism, "--user", user + "@mail.test", "--password", password


def classes(module, base, *more):
    """Return {name: class} for the module of that name: base for both APIs over IPv4 and IPv6, more over IPv4.

    What a body becomes does not depend on the IP version, so that over IPv6 few will do.
    """
    made = {}
    for api in ("netx", "client"):
        ipv4, ipv6 = api.capitalize() + "Ipv4Tests", api.capitalize() + "Ipv6Tests"
        made[ipv4] = type(ipv4, (base, *more, unittest.TestCase), {
            "__module__": module, "api": api, "host": "127.0.0.1"})
        made[ipv6] = type(ipv6, (base, unittest.TestCase), {
            "__module__": module, "api": api, "host": "::1", "bodies": IPV6_BODIES})
    return made
