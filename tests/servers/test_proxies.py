#!/usr/bin/python3
"""Sends mails through real proxies, microsocks and tinyproxy, to a scripted SMTP server.

usage: POSTINO_SEND_FILE=program POSTINO_PROXY_SEND_MAIL_TLS=program test_proxies.py [unittest's arguments]

Needs Debian's packages microsocks and tinyproxy; the tests of one that is missing are skipped.
"""

# SPDX-License-Identifier: MIT

import os
import subprocess
import tempfile
import unittest

import harness
import loopback
import tls_server
from certificates import Certificates

LIMIT_S = 60


class ProxyTests:
    """kind: the protocol. The texts of a missing login, a refused one, a closed port and an unknown name follow."""

    @classmethod
    def setUpClass(cls):
        enter = cls.enterClassContext
        cls.proxy = harness.start("proxy_server.py", cls.kind, enter=enter)["ports"]["proxy"]
        cls.guarded = harness.start("proxy_server.py", cls.kind, "tim", "secret-1", enter=enter)["ports"]["proxy"]
        cls.certificates = Certificates(enter(tempfile.TemporaryDirectory(prefix="postino-proxy-")))

    def send(self, proxy, host, port, mode, **environment):
        return subprocess.run(
            [os.environ["POSTINO_PROXY_SEND_MAIL_TLS"], self.kind, "127.0.0.1", str(proxy), host, str(port), mode,
             "pump@example.org", "ann@example.org", self.certificates.pem("ca")],
            capture_output=True, text=True, env=environment, timeout=LIMIT_S, check=False)

    def accepted(self, proxy, host, mode, **environment):
        before = ("STARTTLS",) if mode == "starttls" else ()
        address = "::1" if ":" in host else "127.0.0.1"
        with tls_server.Server(self.certificates, implicit=mode == "implicit", before=before,
                               address=address) as server:
            done = self.send(proxy, host, server.port, mode, **environment)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertIn("accepted: success", done.stdout)
        self.assertEqual(server.messages, [b"Subject: Water\r\n\r\nThe water in the pit rises.\r\n"])
        # The proxy was the way: the server heard of TLS what the session said.
        self.assertEqual(bool(server.secret), mode != "clear")

    def refused(self, done, *words):
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("not attempted: ", done.stdout)
        for word in words:
            self.assertIn(word, done.stdout)
        self.assertNotIn("secret", done.stdout)

    def test_modes(self):
        for mode in ("clear", "implicit", "starttls"):
            with self.subTest(mode=mode):
                self.accepted(self.proxy, "localhost", mode)

    def test_addresses(self):
        self.accepted(self.proxy, "127.0.0.1", "clear")
        if "::1" in loopback.addresses():
            self.accepted(self.proxy, "::1", "clear")

    def test_login(self):
        for mode in ("clear", "implicit"):
            with self.subTest(mode=mode):
                self.accepted(self.guarded, "localhost", mode, PROXY_USER="tim", PROXY_PASSWORD="secret-1")

    def test_login_that_is_not_needed(self):
        self.accepted(self.proxy, "localhost", "clear", PROXY_USER="tim", PROXY_PASSWORD="secret-1")

    def test_login_refused(self):
        self.refused(self.send(self.guarded, "localhost", 25, "clear"), *self.missing_login)
        self.refused(self.send(self.guarded, "localhost", 25, "clear", PROXY_USER="tim", PROXY_PASSWORD="secret"),
                     *self.wrong_login)

    def test_server_out_of_reach(self):
        port, sockets = loopback.bind_free_port()
        try:
            self.refused(self.send(self.proxy, "127.0.0.1", port, "clear"), *self.closed_port)
        finally:
            for bound in sockets:
                bound.close()
        self.refused(self.send(self.proxy, "unknown.invalid", 25, "clear"), *self.unknown_name)

    def test_proxy_of_another_protocol(self):
        with tls_server.Server(self.certificates, implicit=False) as server:
            done = self.send(server.port, "localhost", 25, "clear")
        self.refused(done, "the proxy's reply is malformed or cut off", "check the proxy's protocol and port")

    def test_no_proxy(self):
        port, sockets = loopback.bind_free_port()
        try:
            self.refused(self.send(port, "localhost", 25, "clear"), "connection: the proxy cannot be reached")
        finally:
            for bound in sockets:
                bound.close()


class Socks5Tests(ProxyTests, unittest.TestCase):
    kind = "socks5"
    missing_login = ("choice of login: the proxy wants a login",)
    wrong_login = ("login: the proxy refused user name and password",)
    closed_port = ("reply 5: the server refused the connection",)
    unknown_name = ("reply ",)


class HttpTests(ProxyTests, unittest.TestCase):
    kind = "http"
    missing_login = ('"HTTP/1.0 407 ', "it wants a login")
    wrong_login = ('"HTTP/1.0 401 ', "it refused user name and password")
    closed_port = ('"HTTP/1.1 500 ', "check the server's name and port")
    unknown_name = ('"HTTP/1.1 500 ',)

    def test_port_that_the_rules_forbid(self):
        with tls_server.Server(self.certificates, implicit=False, before=()) as server:
            proxy = self.enterContext(proxy_with_rules(server.port))
            self.refused(self.send(proxy.info["ports"]["proxy"], "localhost", 1, "clear"), '"HTTP/1.1 403 ',
                         "the proxy's rules forbid this server or port")


def proxy_with_rules(port):
    return harness.lifetime.ServerProcess(harness.path_beside_this_file("proxy_server.py"), "http", "", "", str(port))


if __name__ == "__main__":
    harness.main(__name__)
