#!/usr/bin/python3
"""A private Haraka for tests. Needs what scripts/fetch_servers.sh fetched, in the folder that the environment variable
POSTINO_SERVERS names; no privileges.

usage: haraka_server.py

Prints one line of JSON when it is ready, and ends on SIGTERM and when standard input ends, without leaving a process
or a file:

    {"ports": {name: port}, "addresses": ["127.0.0.1", "::1"], "store": what stores.py reads}

The port is `open`, on each address: AUTH PLAIN and LOGIN in clear text, not required. MAIL FROM refused@... gets 550,
later@... 450; RCPT TO nobody@... 550, later@... 450, full@... 452, and everybody else has a mailbox.
"""

# SPDX-License-Identifier: MIT

import os
import shutil
import sys

import daemons
import lifetime
import loopback

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


class HarakaServer(daemons.Daemon):
    name = "haraka"
    port_names = ("open",)

    def setup(self, ports):
        packages = daemons.fetched("npm")
        haraka = os.path.join(packages, "node_modules", "Haraka")
        folder = self.folder("mail")
        for name in ("config", "plugins", "queue"):
            self.folder(name)
        for name, text in SETTINGS.items():
            self.write(os.path.join("config", name), text + "\n")
        self.write("config/postino_folder", folder + "\n")
        self.write("config/smtp.ini", "listen=%s\nnodes=0\ndaemonize=false\n" % ",".join(
            ("[%s]:%d" if ":" in address else "%s:%d") % (address, ports["open"]) for address in loopback.addresses()))
        shutil.copy(os.path.join(os.path.dirname(os.path.abspath(__file__)), "haraka_plugin.js"),
                    self.path("plugins/postino.js"))
        self.start([os.path.join(packages, "node"), os.path.join(haraka, "bin/haraka"), "-c", self.root],
                   environment={"NODE_PATH": os.path.join(packages, "node_modules")})
        return {"store": {"kind": "files", "folder": folder, "traced": True}}


def main():
    if len(sys.argv) > 1:
        sys.exit(__doc__)
    lifetime.run(HarakaServer())


if __name__ == "__main__":
    main()
