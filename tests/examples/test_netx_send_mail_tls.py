# SPDX-License-Identifier: MIT
"""The NetX Duo example with TLS: test_netx_send_mail_tls.py EXAMPLE"""
import os
import subprocess
import sys
import tempfile

from certificates import Certificates
from tls_server import Server

EXAMPLE = sys.argv[1]
LIMIT_S = 600


def run(folder, certificates, certificate, issuer):
    with open(f"{folder}/{issuer}.der", "wb") as der:
        der.write(certificates.der(issuer))
    with Server(certificates, certificate=certificate) as server:
        environment = dict(os.environ, MAIL_ISSUER=f"{folder}/{issuer}.der",
                           NETX_HOST_ADDRESS_MAP="192.168.1.10=127.0.0.1", NETX_HOST_PORT_MAP=f"465:{server.port}")
        done = subprocess.run([EXAMPLE], env=environment, capture_output=True, text=True, timeout=LIMIT_S)
    return server, done


def main():
    with tempfile.TemporaryDirectory() as folder:
        certificates = Certificates(folder)
        server, done = run(folder, certificates, "server", "ca")
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout == "status 0x00, outcome 1, NetX Secure 0x000 \n", done.stdout
        assert (server.mails, server.failure, server.clear) == (1, [], []), server.failure
        for certificate, issuer, words in (("wrong_subject", "ca", "0x195 the certificate is for wrong, not for mail.test"),
                                           ("server", "other", "0x11B the certificate's issuer is not trusted: add its certificate to the trusted ones")):
            server, done = run(folder, certificates, certificate, issuer)
            assert done.returncode == 1, done.stdout
            assert done.stdout == f"status 0xB5, outcome 5, NetX Secure {words}\n", done.stdout
            assert (server.mails, server.secret) == (0, [])


main()
