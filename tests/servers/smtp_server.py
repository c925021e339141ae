#!/usr/bin/python3
"""nodemailer's smtp-server for tests. Needs what scripts/fetch_servers.sh fetched, in the folder that the environment
variable POSTINO_SERVERS names; no privileges.

usage: smtp_server.py

Prints one line of JSON when it is ready, and ends on SIGTERM and when standard input ends, without leaving a process
or a file:

    {"ports": {name: port}, "addresses": ["127.0.0.1", "::1"], "store": what stores.py reads}

The port is `open`, on each address: AUTH PLAIN and LOGIN in clear text, not required. MAIL FROM refused@... gets 550,
later@... 450; RCPT TO nobody@... 550, later@... 450, full@... 452, and everybody else has a mailbox.
"""

# SPDX-License-Identifier: MIT

import os
import sys

import daemons
import lifetime
import loopback


class SmtpServer(daemons.Daemon):
    name = "smtp-server"
    port_names = ("open",)

    def setup(self, ports):
        packages = daemons.fetched("npm")
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "smtp_server.js")
        folder = self.folder("mail")
        self.start([os.path.join(packages, "node"), program, folder, str(ports["open"]), *loopback.addresses()],
                   environment={"NODE_PATH": os.path.join(packages, "node_modules")})
        return {"store": {"kind": "files", "folder": folder}}


def main():
    if len(sys.argv) > 1:
        sys.exit(__doc__)
    lifetime.run(SmtpServer())


if __name__ == "__main__":
    main()
