#!/usr/bin/python3
"""A private Haraka for tests. Needs what scripts/fetch_servers.sh fetched, in the folder that the environment variable
POSTINO_SERVERS names; no privileges.

usage: haraka_server.py [secure]

Prints one line of JSON when it is ready, and ends on SIGTERM and when standard input ends, without leaving a process
or a file:

    {"ports": {name: port}, "addresses": ["127.0.0.1", "::1"], "store": what stores.py reads}

The port is `open`, on each address: AUTH PLAIN and LOGIN in clear text, not required. MAIL FROM refused@... gets 550,
later@... 450; RCPT TO nobody@... 550, later@... 450, full@... 452, and everybody else has a mailbox.

With `secure` AUTH is offered under TLS only, and has CRAM-MD5 too; "certificates" names the folder of
certificates.SERVERS; to SNI expired.test the server shows one that is expired:
    tls       TLS from the first octet on; asks for a client certificate
    starttls  the same by STARTTLS
"""

# SPDX-License-Identifier: MIT

import os
import shutil
import sys

import daemons
import lifetime
import loopback
from certificates import SERVERS, Certificates

SETTINGS = {
    "me": "haraka.mail.test",
    "host_list": "mail.test",
    "loglevel": "LOGNOTICE",
    "plugins": "auth/flat_file\npostino",
    "auth_flat_file.ini": "[core]\nmethods=PLAIN,LOGIN\nrequire_tls=false\n[users]\n"
                          "alice@mail.test=secret\nbob@mail.test=hunter2 with space",
    # Without every section of it each connection crashes Haraka. It splits lines that are longer than 992 octets;
    # those of a mail have at most 998 (RFC 5322 2.1.1), besides a doubled dot and the line end.
    "connection.ini": "[main]\n[haproxy]\nhosts[] =\n[headers]\nmax_lines=1000\nmax_received=100\n"
                      "[max]\nbytes=67108864\nmime_parts=1000\nline_length=512\ndata_line_length=1001\n"
                      "[message]\nhelo=hello\nclose=goodbye\n[uuid]\nbanner_chars=6\ndeny_chars=0",
}


SECURE_SETTINGS = {
    "plugins": "tls\nauth/flat_file\npostino",
    "auth_flat_file.ini": SETTINGS["auth_flat_file.ini"].replace("PLAIN,LOGIN", "PLAIN,LOGIN,CRAM-MD5").replace(
        "require_tls=false", "require_tls=true"),
    "tls.ini": "key=tls_key.pem\ncert=tls_cert.pem\nrequestCert=true\nrejectUnauthorized=false",
}


class HarakaServer(daemons.Daemon):
    name = "haraka"
    port_names = ("open",)

    def __init__(self, secure=False):
        super().__init__()
        self._secure = secure
        if secure:
            self.port_names = ("tls", "starttls")
            self.implicit_port_names = ("tls",)

    def setup(self, ports):
        packages = daemons.fetched("npm")
        haraka = os.path.join(packages, "node_modules", "Haraka")
        folder = self.folder("mail")
        for name in ("config", "plugins", "queue"):
            self.folder(name)
        settings = {**SETTINGS, **(SECURE_SETTINGS if self._secure else {})}
        for name, text in settings.items():
            self.write(os.path.join("config", name), text + "\n")
        self.write("config/postino_folder", folder + "\n")
        self.write("config/smtp.ini", "listen=%s\nnodes=0\ndaemonize=false\nsmtps_port=%d\n" % (",".join(
            ("[%s]:%d" if ":" in address else "%s:%d") % (address, port)
            for address in loopback.addresses() for port in ports.values()), ports.get("tls", 0)))
        certificates = Certificates(self.folder("certificates"), *(SERVERS if self._secure else ()))
        if self._secure:
            shutil.copy(certificates.pem("server"), self.path("config/tls_cert.pem"))
            shutil.copy(certificates.key("server"), self.path("config/tls_key.pem"))
            self.folder("config/tls")
            with open(certificates.pem("expired_elsewhere"), encoding="ascii") as one, \
                    open(certificates.key("expired_elsewhere"), encoding="ascii") as other:
                self.write("config/tls/expired.test.pem", other.read() + one.read())
        shutil.copy(os.path.join(os.path.dirname(os.path.abspath(__file__)), "haraka_plugin.js"),
                    self.path("plugins/postino.js"))
        self.start([os.path.join(packages, "node"), os.path.join(haraka, "bin/haraka"), "-c", self.root],
                   environment={"NODE_PATH": os.path.join(packages, "node_modules")})
        return {"store": {"kind": "files", "folder": folder, "traced": True},
                "certificates": self.path("certificates")}


def main():
    if sys.argv[1:] not in ([], ["secure"]):
        sys.exit(__doc__)
    lifetime.run(HarakaServer(secure=len(sys.argv) > 1))


if __name__ == "__main__":
    main()
