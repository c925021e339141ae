# SPDX-License-Identifier: MIT
"""The example that sends over TLS: test_example.py EXAMPLE"""

import subprocess
import sys
import tempfile
import unittest

import tls_server
from certificates import Certificates

EXAMPLE = sys.argv[1]
LIMIT_S = 60


class ExampleTests(unittest.TestCase):
    def test_example(self):
        environment = {"MAIL_USER": "tim", "MAIL_PASSWORD": "secret"}
        with tempfile.TemporaryDirectory(prefix="postino-tls-") as folder:
            certificates = Certificates(folder)
            for mode, host, status, words in (("implicit", "localhost", 0, "accepted: success"),
                                              ("starttls", "localhost", 0, "accepted: success"),
                                              ("implicit", "127.0.0.2", 1, "not for 127.0.0.2")):
                with tls_server.Server(certificates, implicit=mode == "implicit", address=host) as server:
                    done = subprocess.run([EXAMPLE, host, str(server.port), mode, "pump@example.org",
                                           "ann@example.org", certificates.pem("ca")],
                                          capture_output=True, text=True, env=environment, timeout=LIMIT_S,
                                          check=False)
                self.assertEqual(done.returncode, status, done.stdout + done.stderr)
                self.assertIn(words, done.stdout)
                self.assertEqual(server.mails, 1 - status)
                for message in server.messages:
                    self.assertRegex(message, rb"(?s)^Date: .*\r\nMessage-ID: <[^\r]*@example\.org>\r\n")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
