"""The loopback addresses of this machine, and ports on them that are free."""

# SPDX-License-Identifier: MIT

import errno
import socket


class NoFreePort(Exception):
    """No port was found that is free on every loopback address."""


def addresses():
    """Return the loopback addresses that this machine has: 127.0.0.1, and usually ::1."""
    try:
        bind("::1", 0).close()
        return ["127.0.0.1", "::1"]
    except OSError:
        return ["127.0.0.1"]


def bind(address, port):
    bound = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((address, port))
    except OSError:
        bound.close()
        raise
    return bound


def bind_free_port():
    """Return (port, sockets): one socket for each loopback address, bound to the same port, not listening yet.

    While they are open nobody else is given that port. A server that sets SO_REUSEADDR, as most do, can listen there
    all the same.
    """
    for _ in range(50):
        first = bind("127.0.0.1", 0)
        port = first.getsockname()[1]
        sockets = [first]
        try:
            for address in addresses()[1:]:
                sockets.append(bind(address, port))
            return port, sockets
        except OSError as error:
            for bound in sockets:
                bound.close()
            if error.errno != errno.EADDRINUSE:
                raise
    raise NoFreePort("no port is free on all of " + ", ".join(addresses()))
