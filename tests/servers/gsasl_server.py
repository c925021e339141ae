"""An SMTP server whose TLS is OpenSSL's and whose AUTH is checked by GNU SASL, for what no mail server of Debian 12
has: SCRAM that is bound to the TLS connection. Needs Debian's libgsasl18 and python3-openssl; runs in a thread of the
test.

    with gsasl_server.Server(certificates, ["SCRAM-SHA-256-PLUS"]) as server:
        ... server.port, server.users, server.used
"""

# SPDX-License-Identifier: MIT

import base64
import ctypes
import socket
import threading

import lifetime

try:
    from OpenSSL import SSL
except ImportError:
    SSL = None

# The second name has what SCRAM must escape (RFC 5802 section 5.1).
ACCOUNTS = {b"bob@mail.test": b"hunter2 with space", b"c=ar,ol=2C,": b"p,=s"}
LIMIT_S = 10
EXPORTER_LABEL = b"EXPORTER-Channel-Binding"  # RFC 9266 section 4.2

# gsasl.h's.
OK, NEEDS_MORE, NO_CALLBACK = 0, 1, 51
AUTHID, PASSWORD, CB_TLS_UNIQUE, CB_TLS_EXPORTER = 1, 3, 18, 25
CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)


def load():
    """Return GNU SASL; lifetime.Unavailable where something is missing."""
    try:
        library = ctypes.CDLL("libgsasl.so.18") if SSL else None
    except OSError:
        library = None
    if library is None:
        raise lifetime.Unavailable("not installed: libgsasl18 python3-openssl")
    library.gsasl_property_fast.restype = ctypes.c_char_p
    library.gsasl_property_fast.argtypes = [ctypes.c_void_p, ctypes.c_int]
    library.gsasl_property_set.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p]
    library.gsasl_callback_set.argtypes = [ctypes.c_void_p, CALLBACK]
    library.gsasl_server_start.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p)]
    library.gsasl_step64.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_char_p)]
    library.gsasl_finish.argtypes = library.gsasl_done.argtypes = [ctypes.c_void_p]
    return library


class Server:
    """Takes connections one after the other, until the end of its `with`. mechanisms: what it announces.

    foreign: the binding that it knows is that of another connection, as if somebody stood in between.
    users: who authenticated; used: by which mechanism; mails: how many it took."""

    def __init__(self, certificates, mechanisms, foreign=False):
        self._library = load()
        self._mechanisms, self._foreign = mechanisms, foreign
        self.users, self.used, self.mails = [], [], 0
        self._context = SSL.Context(SSL.TLS_SERVER_METHOD)
        self._context.use_certificate_file(certificates.pem("server"))
        self._context.use_privatekey_file(certificates.key("server"))
        self._context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        self._context.set_options(SSL.OP_NO_TICKET)
        self._gsasl = ctypes.c_void_p()
        self._check(self._library.gsasl_init(ctypes.byref(self._gsasl)))
        self._callback = CALLBACK(self._tell)
        self._library.gsasl_callback_set(self._gsasl, self._callback)
        self._stream = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(LIMIT_S)
        self._listener.close()
        assert not self._thread.is_alive(), "the server hangs"
        self._library.gsasl_done(self._gsasl)

    @staticmethod
    def _check(status):
        if status != OK:
            raise ValueError("GNU SASL: %d" % status)

    def _tell(self, _context, session, name):
        """What GNU SASL asks of us."""
        value = None
        if name == PASSWORD:
            value = ACCOUNTS.get(self._library.gsasl_property_fast(session, AUTHID))
        elif name == CB_TLS_UNIQUE and self._stream.get_protocol_version_name() == "TLSv1.2":
            value = self._binding(self._stream.get_peer_finished())
        elif name == CB_TLS_EXPORTER and self._stream.get_protocol_version_name() == "TLSv1.3":
            value = self._binding(self._stream.export_keying_material(EXPORTER_LABEL, 32, b""))
        if value is None:
            return NO_CALLBACK
        self._library.gsasl_property_set(session, name, value)
        return OK

    def _binding(self, octets):
        return base64.b64encode(bytes(octet ^ self._foreign for octet in octets))

    def _run(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._stream = SSL.Connection(self._context, connection)
            self._stream.set_accept_state()
            try:
                self._talk(LineStream(self._stream))
            except (OSError, SSL.Error):
                pass  # the client's end tells
            finally:
                connection.close()

    def _talk(self, lines):
        lines.say(b"220 gsasl.mail.test")
        while True:
            line = lines.take()
            verb = line.split(b" ")[0].upper()
            if verb == b"EHLO":
                lines.say(b"250-gsasl.mail.test\r\n250 AUTH " + " ".join(self._mechanisms).encode())
            elif verb == b"AUTH":
                self._authenticate(lines, *line.split(b" ")[1:])
            elif verb == b"MAIL" and not self.users:
                lines.say(b"530 authenticate first")
            elif verb == b"DATA":
                lines.say(b"354 go on")
                while lines.take() != b".":
                    pass
                self.mails += 1
                lines.say(b"250 taken")
            elif verb == b"QUIT":
                lines.say(b"221 bye")
                return
            else:
                lines.say(b"250 fine")

    def _authenticate(self, lines, mechanism, initial=None):
        session = ctypes.c_void_p()
        status = self._library.gsasl_server_start(self._gsasl, mechanism, ctypes.byref(session))
        if status != OK:
            lines.say(b"504 no such mechanism")
            return
        answer = initial
        status = NEEDS_MORE
        while status == NEEDS_MORE:
            if answer is None:
                answer = lines.ask(b"")
            challenge = ctypes.c_char_p()
            status = self._library.gsasl_step64(session, answer, ctypes.byref(challenge))
            # The last one is of the server's success, and answered too (RFC 4954 section 4).
            if status == NEEDS_MORE or status == OK and challenge.value:
                answer = lines.ask(challenge.value)
        if status == OK:
            self.users.append(self._library.gsasl_property_fast(session, AUTHID).decode())
            self.used.append(mechanism.decode())
        self._library.gsasl_finish(session)
        lines.say(b"235 welcome" if status == OK else b"535 5.7.8 not you")


class LineStream:
    def __init__(self, stream):
        self._stream = stream
        self._kept = b""

    def say(self, line):
        self._stream.sendall(line + b"\r\n")

    def ask(self, challenge):
        self.say(b"334 " + challenge)
        return self.take()

    def take(self):
        while b"\r\n" not in self._kept:
            self._kept += self._stream.recv(4096)
        line, self._kept = self._kept.split(b"\r\n", 1)
        return line
