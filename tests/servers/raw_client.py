"""A client that says what it is told to: for dialogues that no client of ours would start.

    with RawClient("127.0.0.1", port) as client:                  the greeting has been read, nothing has been said
        client.group("EHLO client.mail.test")                     -> [250]
        client.group("MAIL FROM:<a@mail.test>", "RCPT TO:<b@mail.test>", "DATA")       -> [250, 250, 354]
"""

# SPDX-License-Identifier: MIT

import socket

LIMIT_S = 10.0


class ConnectionEnded(Exception):
    """The server closed the connection; `codes` are the replies before."""

    def __init__(self, codes):
        super().__init__("the connection ended after %s" % codes)
        self.codes = codes


class RawClient:
    """Context manager around one connection. `replies` has every reply in full."""

    def __init__(self, address, port, greeted=True):
        self._socket = socket.create_connection((address, port), timeout=LIMIT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")
        self.replies = []
        if greeted:
            try:
                self.read(1)
            except BaseException:
                self.close()
                raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._file.close()
        self._socket.close()

    def send(self, *pieces):
        """Send in one piece: a str is a line, bytes go as they are."""
        self._socket.sendall(b"".join(
            piece if isinstance(piece, bytes) else piece.encode() + b"\r\n" for piece in pieces))

    def read(self, count):
        """Return the codes of the next replies."""
        codes = []
        for _ in range(count):
            reply = b""
            while True:
                try:
                    line = self._file.readline()
                except ConnectionResetError:
                    line = b""
                if not line.endswith(b"\n"):
                    raise ConnectionEnded(codes)
                reply += line
                if line[3:4] != b"-":
                    break
            self.replies.append(reply)
            codes.append(int(reply[:3]))
        return codes

    def group(self, *pieces):
        """Send in one piece, and read a reply for each line."""
        self.send(*pieces)
        return self.read(sum(isinstance(piece, str) for piece in pieces))

    def read_to_end(self):
        """Return the codes of what comes until the server closes."""
        codes = []
        try:
            while True:
                codes += self.read(1)
        except ConnectionEnded:
            return codes
