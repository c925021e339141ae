# SPDX-License-Identifier: MIT
"""An SMTP server over TLS that does what a test asks of it, in a thread, on a free port of the loopback."""
import base64
import contextlib
import hmac
import os
import socket
import ssl
import threading

LIMIT_S = 10


class Server:
    """One server for `connections` connections. `faults` name what it does wrong; `heard` has what it was told, in
    the clear and under TLS."""

    def __init__(self, folder, certificate="server", implicit=True, faults=(), connections=1, setup=None,
                 after=("AUTH PLAIN",), before=("STARTTLS",),
                 address="127.0.0.1"):
        self.implicit, self.faults, self.connections = implicit, faults, connections
        self.before, self.after = before, after
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # Python has OpenSSL take any end of the stream for the client's farewell.
        self.context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
        self.context.load_cert_chain(f"{folder}/{certificate}.pem", f"{folder}/{certificate}.key")
        if setup:
            setup(self.context)
        self.clear, self.secret, self.failure = [], [], []
        self.mails, self.octets, self.flooded = 0, 0, False
        self.listener = socket.create_server((address, 0))
        if "flood" in faults:
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        self.listener.settimeout(LIMIT_S)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.thread.join(2 * LIMIT_S)
        self.listener.close()
        assert not self.thread.is_alive(), "the server hangs"

    def _run(self):
        for _ in range(self.connections):
            try:
                connection, _ = self.listener.accept()
            except TimeoutError:
                return
            connection.settimeout(LIMIT_S)
            try:
                self._serve(connection)
            except (OSError, ValueError) as error:
                self.failure.append(str(error))
            finally:
                connection.close()

    def _shake_hands(self, connection):
        if "stall" in self.faults:
            while connection.recv(4096):
                pass
            raise ValueError("stalled")
        stream = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False,
                                          suppress_ragged_eofs=False)
        try:
            stream.do_handshake()
        except OSError:
            stream.close()
            raise
        return stream

    def _serve(self, connection):
        with contextlib.ExitStack() as opened:
            self._talk(connection, opened)

    def _talk(self, connection, opened):
        heard = self.clear
        stream = connection
        if self.implicit:
            stream, heard = opened.enter_context(self._shake_hands(connection)), self.secret
        reader = opened.enter_context(stream.makefile("rb"))

        def say(text):
            stream.sendall(text.encode())

        say("220 mail.test ready\r\n")
        while True:
            line = reader.readline()
            if not line:
                return
            line = line.decode().rstrip("\r\n")
            heard.append(line)
            verb = line.upper().split(" ")[0]
            if verb == "EHLO":
                if "no ehlo" in self.faults:
                    say("502 what?\r\n")
                    continue
                words = self.after if stream is not connection else self.before
                say("".join(f"250-{word}\r\n" for word in ("mail.test", *words)) + "250 NOOP\r\n")
            elif verb == "STARTTLS":
                if "454" in self.faults:
                    say("454 4.7.0 not now\r\n")
                    continue
                say("220 go ahead\r\n" + ("250 injected\r\n" if "inject" in self.faults else ""))
                stream, heard = opened.enter_context(self._shake_hands(connection)), self.secret
                reader = opened.enter_context(stream.makefile("rb"))
            elif verb == "MAIL" and "rubbish" in self.faults:
                # A record that nobody encrypted.
                os.write(stream.fileno(), b"\x17\x03\x03\x00\x20" + bytes(32))
                while stream.recv(4096):
                    pass
                return
            elif verb == "DATA":
                say("354 go on\r\n")
                if "cut" in self.faults or "end" in self.faults:
                    while reader.readline() != b".\r\n":
                        pass
                    if "end" in self.faults:
                        # By close_notify, as if all were well.
                        stream.unwrap()
                    else:
                        os.close(stream.detach())
                    return
                while (line := reader.readline()) != b".\r\n":
                    assert line, "cut off"
                    self.octets += len(line)
                self.mails += 1
                say("250 taken\r\n")
                if "leave" in self.faults:
                    # By close_notify, in a pause.
                    stream.unwrap()
                    return
                if "drop" in self.faults:
                    os.close(stream.detach())
                    return
            elif verb == "BDAT":
                words = line.split()
                body = reader.read(int(words[1]))
                assert len(body) == int(words[1]), "cut off"
                self.octets += len(body)
                self.mails += words[-1].upper() == "LAST"
                # The first must be heard before more is read.
                flood, self.flooded = "flood" in self.faults and not self.flooded, True
                say(f"250 {'x' * 2000000 if flood else 'taken'}\r\n")
            elif line.upper() == "AUTH CRAM-MD5":
                challenge = b"<1896.697170952@mail.test>"
                say(f"334 {base64.b64encode(challenge).decode()}\r\n")
                answer = base64.b64decode(reader.readline()).decode()
                digest = hmac.new(b"secret", challenge, "md5").hexdigest()
                say("235 welcome\r\n" if answer == f"tim {digest}" else "535 no\r\n")
            elif verb == "AUTH":
                say("235 welcome\r\n")
            elif verb == "QUIT":
                say("221 bye\r\n")
                # Under TLS the client says farewell too (close_notify), or this fails.
                assert reader.read() == b""
                return
            else:
                say("250 fine\r\n")
