# SPDX-License-Identifier: MIT
"""What the TLS tests of each backend have in common: the client program, the certificates and the server."""

import os
import re
import subprocess
import sys
import tempfile
import unittest

import tls_server
from certificates import Certificates

CLIENT = sys.argv[1]
LIMIT_S = 600

# enum postino_error's.
REFUSED, CLOSED, CONNECT_TIMEOUT, TIMEOUT = -201, -305, -501, -502
(UNAVAILABLE, INJECTED, CONFIG, HANDSHAKE, VERSION, NAME, EXPIRED, ISSUER, CERTIFICATE, PIN,
 CERTIFICATE_REFUSED) = range(-402, -413, -1)


def parse(line):
    """info and text come last, and may hold anything."""
    words, info, text = re.fullmatch(r"(.*?) info=(.*?)(?: text=(.*))?", line).groups()
    return {**dict(re.findall(r"([\w-]+)=(.*?)(?= [\w-]+=|$)", words)), "info": info, "text": text or ""}


class Bed(unittest.TestCase):
    """self.server: the last one; what it heard and took is complete once its client is done."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="postino-tls-")
        cls.addClassCleanup(folder.cleanup)
        cls.certificates = Certificates(folder.name)

    def run_client(self, port, *words, ca="ca"):
        """Return what became of each mail, a dictionary."""
        trust = ["ca=" + self.certificates.pem(ca)] if ca else []
        done = subprocess.run([CLIENT, f"port={port}", *trust, *words], capture_output=True, text=True,
                              timeout=LIMIT_S, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        found = [parse(line) for line in done.stdout.splitlines()]
        self.assertNotEqual(found, [])
        return found

    def all(self, *words, ca="ca", **server):
        with tls_server.Server(self.certificates, **server) as self.server:
            return self.run_client(self.server.port, *words, ca=ca)

    def accepted(self, *words, expected=(), **server):
        """One mail, which the server takes in an orderly dialogue; expected: what else is told of it."""
        found, = self.all(*words, **server)
        self.assertEqual((found["outcome"], found["error"], found["info"]), ("accepted", "0", ""), found)
        self.assertEqual(self.server.failure, [])
        self.assertEqual(self.server.mails, 1)
        for key, value in dict(expected).items():
            self.assertEqual(found[key], value, found)
        return found

    def refused(self, error, told, *words, outcome="not attempted", **server):
        """No mail, and nothing under TLS; told: what the session and the backend say, a regular expression."""
        found, = self.all(*words, **server)
        self.assertEqual((found["outcome"], found["error"]), (outcome, str(error)), found)
        if told:
            self.assertRegex(found["info"], told)
            # The session says the same, as much as it keeps.
            self.assertEqual(found["text"], found["info"][:len(found["text"])])
        self.assertEqual((self.server.messages, self.server.secret), ([], []))
        return found

    def unusable(self, error, told, *words, ca="ca"):
        """Settings that are refused before anything is connected."""
        found, = self.run_client(1, *words, ca=ca)
        self.assertEqual((found["outcome"], found["error"]), ("none", str(error)), found)
        self.assertIn(told, found["info"])

    def own_certificate(self, name="client"):
        return "certificate=" + self.certificates.pem(name), "key=" + self.certificates.key(name)


def main():
    unittest.main("__main__", argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
