# SPDX-License-Identifier: MIT
"""An SMTP server over TLS (Python's, which is OpenSSL's) that does what a test asks of it, in a thread, on a free port
of the loopback."""

import base64
import contextlib
import hmac
import os
import select
import socket
import ssl
import struct
import threading
import time

LIMIT_S = 60
APART_S = 0.05  # pieces that are to arrive apart

TLS_1_1, TLS_1_2, TLS_1_3 = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


def only(version):
    """A setup: this version of TLS and no other."""
    def setup(context):
        context.minimum_version = context.maximum_version = version
        if version < TLS_1_2:
            context.set_ciphers("ALL:@SECLEVEL=0")
    return setup


def offers_session(connection):
    """Whether the client that begins a handshake (RFC 8446 section 4.1.2) wants to go on with a session."""
    hello = connection.recv(5, socket.MSG_PEEK | socket.MSG_WAITALL)
    hello = connection.recv(5 + int.from_bytes(hello[3:5], "big"), socket.MSG_PEEK | socket.MSG_WAITALL)[5:]
    at = 4 + 2 + 32  # type and length, version, random
    identity = hello[at]
    at += 1 + identity
    at += 2 + int.from_bytes(hello[at:at + 2], "big")  # cipher suites
    at += 1 + hello[at] + 2  # compression, and how long the extensions are
    lengths = {}
    while at < len(hello):
        kind, length = int.from_bytes(hello[at:at + 2], "big"), int.from_bytes(hello[at + 2:at + 4], "big")
        lengths[kind] = length
        at += 4 + length
    # With supported_versions the session's identity is for appearances only (RFC 8446 appendix D.4).
    return lengths.get(35, 0) > 0 or 41 in lengths or identity > 0 and 43 not in lengths


class Server:
    """Takes connections one after the other, until the end of its `with`.

    faults: what it does wrong: "stall" and "hang up" (in the handshake), "no sessions" (hangs up when it is offered
    one), "454", "no ehlo", "rubbish" (to MAIL: a record that nobody encrypted), "cut" (behind the final dot, without
    close_notify), "end" (there too, but with it, as if all were well), "leave", "leave by a reset", "leave with a word"
    (behind its reply to a message: without close_notify, or with it), "flood" (a reply to the first chunk that must be
    read before it reads on), "expired" (of a token: why, then 535). cut_octets: as "cut", when so much of a message
    came. injected: what comes in the clear behind the reply to STARTTLS, piece by piece; None: from there on only when
    the client began the handshake.
    before, after: what it announces in the clear, and under TLS. setup(context): changes the TLS settings.

    clear, secret: what it was told in the clear, and under TLS; messages: what it took, in wire form; failure: what
    went wrong, the want of a close_notify too; of each handshake reused, unique (in hexadecimal digits) and the
    server_names."""

    def __init__(self, certificates, certificate="server", implicit=True, faults=(), cut_octets=1 << 60, injected=(),
                 setup=None, before=("STARTTLS",), after=("AUTH PLAIN",), address="127.0.0.1"):
        self.implicit, self.faults, self.cut_octets, self.injected = implicit, faults, cut_octets, injected
        self.before, self.after = before, after
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # Python has OpenSSL take any end of the stream for the client's farewell.
        self.context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
        self.context.load_cert_chain(certificates.pem(certificate), certificates.key(certificate))
        self.context.sni_callback = lambda _stream, name, _context: self.server_names.append(name)
        if setup:
            setup(self.context)
        self.clear, self.secret, self.messages, self.failure = [], [], [], []
        self.reused, self.unique, self.server_names = [], [], []
        self.flooded = False
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.listener = socket.create_server((address, 0), family=family)
        if "flood" in faults:
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        self.listener.settimeout(LIMIT_S)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)  # wakes accept(); close() would not
        self.thread.join(2 * LIMIT_S)
        self.listener.close()
        assert not self.thread.is_alive(), "the server hangs"

    @property
    def mails(self):
        return len(self.messages)

    def _run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.settimeout(LIMIT_S)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                with contextlib.ExitStack() as opened:
                    self._talk(connection, opened)
            except (OSError, ValueError, AssertionError) as error:
                self.failure.append(str(error) or type(error).__name__)
            finally:
                connection.close()

    def _shake_hands(self, connection):
        if "stall" in self.faults:
            while connection.recv(4096):
                pass
            raise ValueError("stalled")
        if "hang up" in self.faults or "no sessions" in self.faults and offers_session(connection):
            connection.recv(4096)  # what is not read would make a reset of the end
            raise ValueError("hung up")
        stream = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False,
                                          suppress_ragged_eofs=False)
        try:
            stream.do_handshake()
        except OSError:
            stream.close()
            raise
        self.reused.append(stream.session_reused)
        if stream.version() == "TLSv1.2":
            self.unique.append(stream.get_channel_binding("tls-unique").hex())
        return stream

    def _inject(self, connection):
        for piece in self.injected:
            if piece is None:
                select.select([connection], [], [], LIMIT_S)
            else:
                time.sleep(APART_S)
                connection.sendall(piece)

    def _take_message(self, stream, reader):
        """Returns whether all of it came."""
        lines = []
        octets = 0
        while (line := reader.readline()) != b".\r\n":
            if not line:
                raise ValueError("cut off in a message")
            lines.append(line)
            octets += len(line)
            if octets > self.cut_octets:
                break
        if "end" in self.faults:
            stream.unwrap()
            return False
        if "cut" in self.faults or octets > self.cut_octets:
            os.close(stream.detach())
            return False
        self.messages.append(b"".join(lines))
        return True

    def _take_chunk(self, reader, octets, last=None):
        """Only messages of one chunk."""
        chunk = reader.read(int(octets))
        if len(chunk) < int(octets) or last is None:
            raise ValueError("cut off in a chunk, or not the last")
        self.messages.append(chunk)

    def _talk(self, connection, opened):
        heard = self.clear
        stream = connection
        if self.implicit:
            stream, heard = opened.enter_context(self._shake_hands(connection)), self.secret
        reader = opened.enter_context(stream.makefile("rb"))

        def say(text):
            stream.sendall(text.encode())

        say("220 mail.test ready\r\n")
        while line := reader.readline():
            line = line.decode().rstrip("\r\n")
            heard.append(line)
            verb = line.upper().split(" ")[0]
            if verb == "EHLO" and "no ehlo" in self.faults:
                say("502 what?\r\n")
            elif verb == "EHLO":
                words = self.after if stream is not connection else self.before
                say("".join(f"250-{word}\r\n" for word in ("mail.test", *words)) + "250 NOOP\r\n")
            elif verb == "STARTTLS" and "454" in self.faults:
                say("454 4.7.0 not now\r\n")
            elif verb == "STARTTLS":
                # In one segment with the reply, or later.
                first = self.injected[0] if self.injected and self.injected[0] else b""
                say("220 go ahead\r\n" + first.decode())
                self.injected = self.injected[bool(first):]
                self._inject(connection)
                stream, heard = opened.enter_context(self._shake_hands(connection)), self.secret
                reader = opened.enter_context(stream.makefile("rb"))
            elif verb == "MAIL" and "rubbish" in self.faults:
                os.write(stream.fileno(), b"\x17\x03\x03\x00\x20" + bytes(32))
                while stream.recv(4096):
                    pass
                return
            elif verb == "DATA":
                say("354 go on\r\n")
                if not self._take_message(stream, reader):
                    return
                say("250 taken\r\n")
                if "leave with a word" in self.faults:
                    stream.unwrap()
                    return
                if "leave by a reset" in self.faults:
                    reader.read(1)  # of QUIT, so that the 250 was heard
                    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                if "leave" in self.faults or "leave by a reset" in self.faults:
                    os.close(stream.detach())
                    return
            elif verb == "BDAT":
                self._take_chunk(reader, *line.split()[1:])
                flood, self.flooded = "flood" in self.faults and not self.flooded, True
                say(f"250 {'x' * 2000000 if flood else 'taken'}\r\n")
            elif line.upper() == "AUTH CRAM-MD5":
                challenge = b"<1896.697170952@mail.test>"
                say(f"334 {base64.b64encode(challenge).decode()}\r\n")
                answer = base64.b64decode(reader.readline()).decode()
                digest = hmac.new(b"secret", challenge, "md5").hexdigest()
                say("235 welcome\r\n" if answer == f"tim {digest}" else "535 no\r\n")
            elif verb == "AUTH" and "expired" in self.faults:
                say("334 " + base64.b64encode(b'{"status":"401"}').decode() + "\r\n")
                reader.readline()
                say("535 5.7.8 no\r\n")
            elif verb == "AUTH":
                say("235 welcome\r\n")
            elif verb == "QUIT":
                say("221 bye\r\n")
                # Under TLS the client says farewell too (close_notify), or this fails.
                assert reader.read() == b"", "more came than QUIT"
                self._say_farewell(stream)
                return
            else:
                say("250 fine\r\n")

    @staticmethod
    def _say_farewell(stream):
        """OpenSSL forgets the session of a connection that it did not end in the orderly way."""
        if isinstance(stream, ssl.SSLSocket):
            with contextlib.suppress(OSError):
                stream.unwrap()
