#!/usr/bin/python3
"""A private OpenSMTPD for tests: the server that refuses pipelining. Needs root and what scripts/fetch_servers.sh
fetched, in the folder that the environment variable POSTINO_SERVERS names.

usage: opensmtpd_server.py

Prints one line of JSON when it is ready, and ends on SIGTERM and when standard input ends, without leaving a process
or a file:

    {"ports": {name: port}, "addresses": ["127.0.0.1", "::1"], "store": what stores.py reads}

The port is `open`, on each address. There is no AUTH: OpenSMTPD wants TLS for it, and Debian 12's has none that works.
Mail for alice, bob and carol at mail.test goes to a maildir, any other recipient at
mail.test is refused with 524, one elsewhere with 550.
"""

# SPDX-License-Identifier: MIT

import os
import pwd
import sys

import daemons
import lifetime
import loopback

CONFIGURATION = """\
table mailboxes file:{root}/mailboxes
smtp max-message-size 64M
queue ttl 1h
{listen}
action "deliver" maildir "{root}/mail/%{{rcpt.user}}" virtual <mailboxes>
match from any for domain "mail.test" action "deliver"
"""
# The users that are compiled into OpenSMTPD, and the owner of the maildirs.
USERS = ("opensmtpd", "opensmtpq", "vmail")
FIRST_USER = 61000


class OpensmtpdServer(daemons.Daemon):
    name = "opensmtpd"
    port_names = ("open",)

    def setup(self, ports):
        daemons.need_root("OpenSMTPD")
        package = daemons.fetched("opensmtpd")
        numbers = {name: FIRST_USER + i for i, name in enumerate(USERS)}
        # What it has at fixed places below /var and /run.
        for name in ("run", "var/lib/opensmtpd/empty", "var/spool"):
            self.folder(name)
        os.symlink("/run", self.path("var/run"))
        self.folder("var/spool/smtpd", mode=0o711)
        self.folder("mail", numbers["vmail"], numbers["vmail"], 0o700)
        self.write("mailboxes", "".join(name + " vmail\n" for name in ("alice", "bob", "carol")))
        self.write("smtpd.conf", CONFIGURATION.format(root=self.root, listen="\n".join(
            "listen on %s port %d hostname opensmtpd.mail.test" % (address, ports["open"])
            for address in loopback.addresses())))
        passwd = self.entries("passwd", ["%s:x:%d:%d::%s:/bin/false" % (name, number, number, self.path("mail"))
                                         for name, number in numbers.items()])
        group = self.entries("group", ["%s:x:%d:" % entry for entry in numbers.items()])
        self.start([os.path.join(package, "usr/sbin/smtpd"), "-d", "-f", self.path("smtpd.conf")], isolated=True,
                   mounts=[(passwd, "/etc/passwd"), (group, "/etc/group"), (self.path("var"), "/var"),
                           (self.path("run"), "/run"), (os.path.join(package, "usr/libexec"), "/usr/libexec")],
                   environment={"LD_LIBRARY_PATH": daemons.library_path(package)})
        spool = self.path("var/spool/smtpd")
        return {"store": {"kind": "maildirs", "mailboxes": self.path("mail"),
                          "queues": [os.path.join(spool, name) for name in ("incoming", "queue")],
                          # On the loopback it takes every mail for a new one.
                          "added": r"Date: [^\r\n]*\r\nMessage-ID: <\w+@opensmtpd\.mail\.test>\r\n"}}


def main():
    if len(sys.argv) > 1:
        sys.exit(__doc__)
    lifetime.run(OpensmtpdServer())


if __name__ == "__main__":
    main()
