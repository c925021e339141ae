#!/usr/bin/python3
"""nodemailer's smtp-server for tests. Needs what scripts/fetch_servers.sh fetched, in the folder that the environment
variable POSTINO_SERVERS names; no privileges.

usage: smtp_server.py [secure]

Prints one line of JSON when it is ready, and ends on SIGTERM and when standard input ends, without leaving a process
or a file:

    {"ports": {name: port}, "addresses": ["127.0.0.1", "::1"], "store": what stores.py reads}

The port is `open`, on each address: AUTH PLAIN and LOGIN in clear text, not required. MAIL FROM refused@... gets 550,
later@... 450; RCPT TO nobody@... 550, later@... 450, full@... 452, and everybody else has a mailbox.

With `secure` AUTH is offered under TLS only, and has CRAM-MD5 and XOAUTH2 too, for tokens of token(); "certificates"
names the folder of certificates.SERVERS:
    tls, starttls, expired, only_1_2, only_1_3    as postfix_server.py has them, without client certificates
"""

# SPDX-License-Identifier: MIT

import json
import os
import sys
import time

import daemons
import lifetime
import loopback
from certificates import SERVERS, Certificates

CLEAR = {"open": {"disabledCommands": ["STARTTLS"], "authMethods": ["PLAIN", "LOGIN"], "allowInsecureAuth": True}}
SECURE = {
    "tls": {"secure": True},
    "starttls": {},
    "expired": {"secure": True, "certificate": "expired"},
    "only_1_2": {"secure": True, "maxVersion": "TLSv1.2"},
    "only_1_3": {"secure": True, "minVersion": "TLSv1.3"},
}


def token(user, lifetime_s):
    """One that the server takes from that user for so long."""
    return "%s %d" % (user, time.time() + lifetime_s)


class SmtpServer(daemons.Daemon):
    name = "smtp-server"

    def __init__(self, secure=False):
        super().__init__()
        self._options = SECURE if secure else CLEAR
        self.port_names = tuple(self._options)
        self.implicit_port_names = [name for name, options in self._options.items() if "secure" in options]

    def _listener(self, port, certificates, certificate="server", **options):
        if "disabledCommands" not in options:
            options |= {"cert": certificates.pem(certificate), "key": certificates.key(certificate),
                        "authMethods": ["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2"]}
        return {"port": port, **options}

    def setup(self, ports):
        packages = daemons.fetched("npm")
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "smtp_server.js")
        folder = self.folder("mail")
        certificates = Certificates(self.folder("certificates"), *(SERVERS if self._options is SECURE else ()))
        listeners = [self._listener(ports[name], certificates, **options) for name, options in self._options.items()]
        settings = {"folder": folder, "addresses": loopback.addresses(), "listeners": listeners}
        self.start([os.path.join(packages, "node"), program, json.dumps(settings)],
                   environment={"NODE_PATH": os.path.join(packages, "node_modules")})
        return {"store": {"kind": "files", "folder": folder}, "certificates": self.path("certificates")}


def main():
    if sys.argv[1:] not in ([], ["secure"]):
        sys.exit(__doc__)
    lifetime.run(SmtpServer(secure=len(sys.argv) > 1))


if __name__ == "__main__":
    main()
