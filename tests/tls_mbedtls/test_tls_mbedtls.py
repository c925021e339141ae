# SPDX-License-Identifier: MIT
"""The Mbed TLS backend against a scripted SMTP server over OpenSSL (Python's ssl), on loopback.

Certificates are made here by the openssl command. Every wait is bounded."""

import hashlib
import os
import re
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest

TOOL = os.environ["POSTINO_TLS_TOOL"]
PATIENCE_S = 20

ISSUER, CERTIFICATE, EXPIRED, NAME, PIN = -409, -410, -408, -407, -411
CONFIG, VERSION, REFUSED, HANDSHAKE = -404, -406, -412, -405
CLOSED, CONNECT_TIMEOUT, TIMEOUT = -305, -501, -502
ACCEPTED, UNKNOWN, TRANSIENT = 1, 2, 3


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=PATIENCE_S)


class Certificates:
    """An authority, and what it issues."""

    def __init__(self, folder):
        self.folder = folder
        self.authority("ca", "Test Authority")
        self.authority("other", "Other Authority")
        self.issue("good", "DNS:mail.test,DNS:*.wild.test")
        self.issue("address", "IP:127.0.0.1,IP:2001:db8::5")
        self.issue("common_name", None, subject="/CN=mail.test")
        self.issue("address_as_name", "DNS:127.0.0.1")
        self.issue("expired", "DNS:mail.test", start="20200101000000Z", end="20210203000000Z")
        self.issue("future", "DNS:mail.test", start="20990101000000Z", end="21000101000000Z")
        self.issue("client", "DNS:client.test")
        self.issue("foreign", "DNS:mail.test", by="other")
        openssl("req", "-x509", *self.new_key("self"), "-out", self.path("self.pem"), "-subj", "/CN=self",
                "-days", "30", "-addext", "subjectAltName=DNS:mail.test")

    def path(self, name):
        return os.path.join(self.folder, name)

    def new_key(self, name):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.path(name + ".key")]

    def authority(self, name, common_name):
        openssl("req", "-x509", *self.new_key(name), "-out", self.path(name + ".pem"), "-subj", "/CN=" + common_name,
                "-days", "30")

    def issue(self, name, names, subject=None, by="ca", start=None, end=None):
        openssl("req", *self.new_key(name), "-out", self.path(name + ".csr"), "-subj", subject or "/CN=" + name)
        with open(self.path(name + ".cnf"), "w", encoding="ascii") as file:
            file.write(f"[ca]\ndefault_ca=d\n[d]\ndatabase={self.path(name)}.db\nnew_certs_dir={self.folder}\n"
                       "rand_serial=yes\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n[e]\n"
                       + (f"subjectAltName={names}\n" if names else "basicConstraints=CA:FALSE\n"))
        open(self.path(name + ".db"), "w", encoding="ascii").close()
        openssl("ca", "-batch", "-notext", "-config", self.path(name + ".cnf"), "-cert", self.path(by + ".pem"),
                "-keyfile", self.path(by + ".key"), "-in", self.path(name + ".csr"), "-out", self.path(name + ".pem"),
                "-extensions", "e", *(("-startdate", start, "-enddate", end) if start else ("-days", "30")))

    def der(self, name):
        with open(self.path(name + ".pem"), encoding="ascii") as file:
            return ssl.PEM_cert_to_DER_cert(file.read())

    def key_pin(self, name):
        key = subprocess.run(["openssl", "x509", "-in", self.path(name + ".pem"), "-pubkey", "-noout"], check=True,
                             capture_output=True, timeout=PATIENCE_S).stdout
        der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=key, check=True,
                             capture_output=True, timeout=PATIENCE_S).stdout
        return hashlib.sha256(der).hexdigest()


class Server(threading.Thread):
    """Takes connections one after the other until it is closed."""

    def __init__(self, certificates, name="good", starttls=False, context=None, **how):
        super().__init__(daemon=True)
        self.how = how
        self.starttls = starttls
        self.messages = []
        self.reused = []
        self.wrapped = socket.socket()
        self.unique = []
        self.server_names = []
        self.ends = []
        self.context = context or ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificates.path(name + ".pem"), certificates.path(name + ".key"))
        self.context.sni_callback = lambda _socket, wanted, _context: self.server_names.append(wanted)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(PATIENCE_S)
        self.port = self.listener.getsockname()[1]
        self.start()

    def close(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes accept(); close() would not
        except OSError:
            pass
        self.listener.close()
        self.join(PATIENCE_S)

    def run(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            connection.settimeout(PATIENCE_S)
            try:
                self.serve(connection)
            except (OSError, ValueError) as error:
                self.ends.append(type(error).__name__)
            connection.close()

    def wrap(self, connection):
        wrapped = self.context.wrap_socket(connection, server_side=True, suppress_ragged_eofs=False)
        self.wrapped = wrapped
        self.reused.append(wrapped.session_reused)
        if wrapped.version() == "TLSv1.2":
            self.unique.append(wrapped.get_channel_binding("tls-unique").hex())
        return wrapped

    def serve(self, raw):
        if self.how.get("stall"):
            raw.recv(100)
            while raw.recv(4096):
                pass
            return
        if self.how.get("clear"):
            raw.sendall(b"220 clear\r\n")
            raw.recv(100)
            return
        connection = raw if self.starttls else self.wrap(raw)
        try:
            self.talk(raw, connection)
        finally:
            self.wrapped.close()

    def talk(self, raw, connection):
        connection.sendall(b"220 s.test\r\n")
        buffered = b""

        def line():
            nonlocal buffered
            while b"\r\n" not in buffered:
                data = connection.recv(65536)
                if not data:
                    raise ValueError("end")
                buffered += data
            first, buffered = buffered.split(b"\r\n", 1)
            return first

        while True:
            command = line().upper()
            if command.startswith(b"EHLO"):
                clear = connection is raw
                connection.sendall(b"250-s.test\r\n250-PIPELINING\r\n250 " + (b"STARTTLS" if clear else b"8BITMIME") + b"\r\n")
            elif command == b"STARTTLS":
                connection.sendall(b"220 go\r\n" + self.how.get("injected", b""))
                if self.how.get("stall_tls"):
                    while raw.recv(4096):
                        pass
                    return
                connection = self.wrap(raw)
            elif command == b"DATA":
                connection.sendall(b"354 go\r\n")
                message = []
                size = 0
                while True:
                    text = line()
                    if text == b".":
                        break
                    message.append(text)
                    size += len(text)
                    if size > self.how.get("cut", 1 << 60):
                        raw_close(connection)
                        return
                if self.how.get("mute"):
                    # Without a close_notify: the TCP connection ends under TLS.
                    raw_close(connection)
                    return
                self.messages.append(b"\r\n".join(message))
                connection.sendall(b"250 taken\r\n")
            elif command == b"QUIT":
                connection.sendall(b"221 bye\r\n")
                try:
                    self.ends.append(connection.recv(1))
                    # OpenSSL forgets the session of a connection that it did not end in the orderly way.
                    if connection is not raw:
                        connection.unwrap()
                except ssl.SSLEOFError:
                    self.ends.append("no close_notify")
                return
            else:
                connection.sendall(b"250 ok\r\n")


def raw_close(connection):
    connection.shutdown(socket.SHUT_RDWR)


class Tests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.certificates = Certificates(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def path(self, name):
        return self.certificates.path(name)

    def run_tool(self, server, **settings):
        environment = {"HOST_NAME": "mail.test", "CA_FILE": self.path("ca.pem"), **settings}
        environment["PORT"] = str(server.port) if server else "1"
        done = subprocess.run([TOOL], env={**os.environ, **environment}, capture_output=True, text=True,
                              timeout=3 * PATIENCE_S, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        results = []
        for row in done.stdout.splitlines():
            result = dict(pair.split("=", 1) for pair in row.split(" info=")[0].split())
            result["info"], result["text"] = re.search(r" info=(.*?)(?: \| text=(.*)|$)", row).groups()
            results.append(result)
        return results

    def serve(self, name="good", **how):
        server = Server(self.certificates, name, **how)
        self.addCleanup(server.close)
        return server

    def fails(self, name, error, *words, how=None, **settings):
        result, = self.run_tool(self.serve(name, **(how or {})), **settings)
        self.assertEqual(int(result["error"]), error, result)
        for word in words:
            self.assertIn(word, result["info"])
        # The session says the same.
        self.assertEqual(result["text"], result["info"][:len(result["text"])])
        self.assertNotEqual(int(result["outcome"]), ACCEPTED)
        return result

    def works(self, server, **settings):
        results = self.run_tool(server, **settings)
        for result in results:
            self.assertEqual((result["error"], result["outcome"]), ("0", "1"), result)
        return results

    def tls12(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        return context

    def test_implicit(self):
        server = self.serve()
        result, = self.works(server)
        server.close()
        self.assertEqual(server.server_names, ["mail.test"])
        self.assertEqual(server.ends, [b""])  # an orderly end, by close_notify
        self.assertEqual(result["info"], "")

    def test_starttls(self):
        server = self.serve(starttls=True)
        self.works(server, STARTTLS="1")
        server.close()
        self.assertEqual(server.ends, [b""])
        self.assertEqual(len(server.messages), 1)

    def test_starttls_injected(self):
        self.assertEqual(int(self.run_tool(self.serve(starttls=True, injected=b"250 x\r\n"), STARTTLS="1")[0]["error"]), -403)

    def test_wrong_host(self):
        self.fails("good", NAME, "for mail.test, *.wild.test, not for other.test", HOST_NAME="other.test")
        self.fails("good", NAME, HOST_NAME="a.b.wild.test")
        self.fails("good", NAME, HOST_NAME="wild.test")
        self.fails("common_name", NAME, "no host at all")
        self.works(self.serve(), HOST_NAME="other.test", VERIFY="1")

    def test_names(self):
        self.works(self.serve(), HOST_NAME="A.Wild.TEST")
        self.works(self.serve("address"), HOST_NAME="127.0.0.1")
        self.works(self.serve("address"), HOST_NAME="2001:DB8:0::5")
        self.fails("address", NAME, "127.0.0.1, 2001:db8:0:0:0:0:0:5, not for 127.0.0.2", HOST_NAME="127.0.0.2")
        self.fails("address_as_name", NAME, HOST_NAME="127.0.0.1")
        server = self.serve("address")
        self.works(server, HOST_NAME="127.0.0.1")
        self.assertEqual(server.server_names, [None])  # an address is no SNI

    def test_dates(self):
        self.fails("expired", EXPIRED, "expired on 2021-02-03")
        self.fails("future", EXPIRED, "not valid before 2099-01-01")

    def test_issuers(self):
        self.fails("self", ISSUER, "self-signed")
        self.fails("foreign", ISSUER, "unknown issuer: CN=Other Authority")
        self.works(self.serve("self"), VERIFY="3")
        self.works(self.serve("self"), CA_FILE=self.path("self.pem"))

    def test_pins(self):
        right = hashlib.sha256(self.certificates.der("self")).hexdigest()
        wrong = "00" * 32
        for pins in (right, wrong + self.certificates.key_pin("self")):
            self.works(self.serve("self"), VERIFY="2", PINS=pins, CA_FILE="")
        self.fails("self", PIN, "pinned", VERIFY="2", PINS=wrong, CA_FILE="")
        self.fails("good", PIN, PINS=wrong)
        self.fails("self", ISSUER, PINS=right)

    def test_settings(self):
        for words, settings in (("file of trusted", {"CA_FILE": ""}), ("/nowhere", {"CA_FILE": "/nowhere"}),
                                ("TLS version", {"VERSION_MIN": "13"}), ("no pin", {"VERIFY": "2"}),
                                ("no host name", {"HOST_NAME": ""}), ("nor an address", {"HOST_NAME": "1.2.3.400"}),
                                ("belong together", {"KEY": self.path("client.key")}),
                                ("does not belong", {"CERTIFICATE": self.path("client.pem"), "KEY": self.path("ca.key")})):
            result, = self.run_tool(None, **settings)
            self.assertIn(words, result["info"])

    def test_client_certificate(self):
        def ask():
            context = self.tls12()
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.path("ca.pem"))
            return {"context": context}

        own = {"CERTIFICATE": self.path("client.pem"), "KEY": self.path("client.key")}
        self.assertEqual(self.works(self.serve(**ask()), **own)[0]["certified"], "1")
        self.assertEqual(self.works(self.serve(context=self.tls12()), **own)[0]["certified"], "0")
        self.fails("good", REFUSED, "alert", how=ask())
        self.fails("good", REFUSED, "alert", how=ask(), CERTIFICATE=self.path("foreign.pem"),
                   KEY=self.path("foreign.key"))

    def test_resumption(self):
        for tickets in (True, False):
            context = self.tls12()
            if not tickets:
                context.options |= ssl.OP_NO_TICKET
            server = self.serve(context=context)
            results = self.works(server, MAILS="3")
            self.assertEqual(server.reused, [False, True, True], tickets)
            self.assertEqual([result["resumed"] for result in results], ["0", "1", "1"])
            self.assertEqual([result["tls-unique"] for result in results], server.unique)
            endpoint = hashlib.sha256(self.certificates.der("good")).hexdigest()
            self.assertEqual({result["tls-server-end-point"] for result in results}, {endpoint})

    def test_stall(self):
        self.fails("good", CONNECT_TIMEOUT, "in time", how={"stall": True})
        self.fails("good", TIMEOUT, "in time", how={"starttls": True, "stall_tls": True}, STARTTLS="1")

    def test_lost(self):
        result, = self.run_tool(self.serve(mute=True))
        self.assertEqual((int(result["error"]), int(result["outcome"])), (CLOSED, UNKNOWN))
        result, = self.run_tool(self.serve(cut=1000000), SIZE="30000000")
        self.assertEqual(int(result["outcome"]), TRANSIENT, result)

    def test_versions(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.fails("good", VERSION, "version", how={"context": context})
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        self.fails("good", VERSION, "version", how={"context": context})

    def test_no_tls(self):
        self.fails("good", HANDSHAKE, how={"clear": True})

    def test_narrow(self):
        size = 64 * 2000
        for octets in ("1", "5", "50", "3000"):
            for starttls in (False, True):
                server = self.serve(starttls=starttls)
                self.works(server, NARROW=octets, SIZE=str(size), **({"STARTTLS": "1"} if starttls else {}))
                whole = b"".join(bytes([97 + i % 26]) * 62 + b"\r\n" for i in range(size // 64))
                self.assertEqual(server.messages, [whole[:-2]])

    def test_large(self):
        server = self.serve()
        self.works(server, SIZE=str(20_000_000))
        self.assertEqual(len(server.messages[0]), 20_000_000 - 2)


if __name__ == "__main__":
    unittest.main()
