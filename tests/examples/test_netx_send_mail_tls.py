# SPDX-License-Identifier: MIT
"""The NetX Duo example with TLS: test_netx_send_mail_tls.py EXAMPLE MAKE_CERTIFICATES FOLDER_OF_SERVER"""
import os
import ssl
import subprocess
import sys
import tempfile

EXAMPLE, MAKE_CERTIFICATES, SERVER_FOLDER = sys.argv[1:4]
sys.path.insert(0, SERVER_FOLDER)
from tls_server import Server  # noqa: E402 ; its folder is an argument

LIMIT_S = 60


def run(folder, certificate, issuer):
    with Server(folder, certificate=certificate) as server:
        environment = dict(os.environ, MAIL_ISSUER=f"{folder}/{issuer}.der",
                           NETX_HOST_ADDRESS_MAP="192.168.1.10=127.0.0.1", NETX_HOST_PORT_MAP=f"465:{server.port}")
        done = subprocess.run([EXAMPLE], env=environment, capture_output=True, text=True, timeout=LIMIT_S)
    return server, done


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["bash", MAKE_CERTIFICATES, folder], check=True, timeout=LIMIT_S)
        for name in ("ca", "other"):
            with open(f"{folder}/{name}.pem", encoding="ascii") as pem, open(f"{folder}/{name}.der", "wb") as der:
                der.write(ssl.PEM_cert_to_DER_cert(pem.read()))
        server, done = run(folder, "server", "ca")
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout == "status 0x00, outcome 1, NetX Secure 0x000 \n", done.stdout
        assert (server.mails, server.failure, server.clear) == (1, [], []), server.failure
        for certificate, issuer, words in (("wrong", "ca", "0x195 the certificate is for wrong, not for mail.test"),
                                           ("server", "other", "0x11B the certificate's issuer is not trusted")):
            server, done = run(folder, certificate, issuer)
            assert done.returncode == 1, done.stdout
            assert done.stdout == f"status 0xB5, outcome 5, NetX Secure {words}\n", done.stdout
            assert (server.mails, server.secret) == (0, [])


main()
