#!/usr/bin/python3
"""A proxy for tests: microsocks (SOCKS5) or tinyproxy (HTTP), Debian's packages; no privileges.

usage: proxy_server.py socks5|http [USER PASSWORD [ALLOWED_PORT]]

Prints one line of JSON when it is ready, and ends on SIGTERM and when standard input ends, without leaving a process
or a file: {"ports": {"proxy": port}, "addresses": ["127.0.0.1", "::1"]}; it listens on 127.0.0.1 alone. With USER and
PASSWORD, "" and "" count as none, it wants them. tinyproxy connects to ALLOWED_PORT alone, if there is one.
"""

# SPDX-License-Identifier: MIT

import socket
import sys
import time

import daemons
import lifetime

PROGRAMS = {"socks5": {"/usr/bin/microsocks": "microsocks"}, "http": {"/usr/bin/tinyproxy": "tinyproxy"}}


class ProxyServer(daemons.Daemon):
    port_names = ("proxy",)

    def __init__(self, kind, user="", password="", allowed_port=""):
        super().__init__()
        self.name = kind
        self._user, self._password, self._allowed_port = user, password, allowed_port

    def _settings(self, port):
        lines = ["Port %d" % port, "Listen 127.0.0.1", "Timeout 60", "MaxClients 50", "Allow 127.0.0.1",
                 'LogFile "%s"' % self.path("log"), "LogLevel Info", "DisableViaHeader Yes"]
        if self._user:
            lines.append("BasicAuth %s %s" % (self._user, self._password))
        if self._allowed_port:
            lines.append("ConnectPort " + self._allowed_port)
        return "\n".join(lines) + "\n"

    def setup(self, ports):
        daemons.need_programs(PROGRAMS[self.name])
        port = ports["proxy"]
        if self.name == "socks5":
            login = ["-u", self._user, "-P", self._password] if self._user else []
            self.start(["/usr/bin/microsocks", "-i", "127.0.0.1", "-p", str(port), *login])
        else:
            self.start(["/usr/bin/tinyproxy", "-d", "-c", self.write("settings", self._settings(port))])
        return {}

    def wait_for_greetings(self, addresses, ports):
        """A proxy says nothing by itself: it is ready when it takes a connection."""
        deadline = time.monotonic() + daemons.START_LIMIT_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", ports["proxy"]), timeout=5).close()
                return
            except OSError:
                if self._child.poll() is not None or time.monotonic() > deadline:
                    raise lifetime.ServerFailed("%s does not start\n%s" % (self.name, self.log_tail())) from None
                time.sleep(0.02)


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in PROGRAMS:
        sys.exit(__doc__)
    lifetime.run(ProxyServer(*sys.argv[1:]))


if __name__ == "__main__":
    main()
