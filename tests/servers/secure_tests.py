"""What every server test over TLS asks of a server, with each backend: mails of many kinds over one connection must
arrive once, octet for octet; who cannot be trusted gets nothing; sessions go on; and each mechanism of authentication
takes what is right and refuses what is wrong.

A test module says what its server is, with start() in setUpModule, and derives its classes from these.
"""

# SPDX-License-Identifier: MIT

import base64
import os
import tempfile
import unittest

import harness
import mail_tests
import maildir
import mails
import many
import stores

# enum postino_error's.
VERSION, NAME, EXPIRED, ISSUER = -406, -407, -408, -409
VERSIONS = {"openssl": {12: "TLSv1.2", 13: "TLSv1.3"}, "mbedtls": {12: "TLSv1.2"}}
# Around the size of a record (RFC 8446 section 5.1), which the header shares.
RECORD_LENGTHS = [16384 + more for more in (-100, -1, 0, 1, 16384)]

server = None
store = None


def start(program, *arguments):
    """Start the module's server. What its store holds is seen with store.new()."""
    global server, store
    server = harness.start(program, *arguments)
    store = stores.open_store(server["store"])
    return server


def certificate(name):
    return os.path.join(server["certificates"], name)


def own_certificate(name="client"):
    return "certificate " + certificate(name + ".pem"), "key " + certificate(name + ".key")


class Bed:
    """send(): by a backend, through the port of a name, to a server that is called `name` there. number: of a port that
    stands for that one."""

    backend = "openssl"
    login = ()  # for a server that takes mail from those only whom it knows

    def setUp(self):
        store.new()

    def tearDown(self):
        self.assertEqual(store.new(), [], "more mail arrived than was sent")

    def send(self, sent, *words, port="tls", name="localhost", ca="ca", address="127.0.0.1", number=None):
        secure = ()
        if "tls" in server["ports"]:
            secure = ("tls " + ("starttls" if port == "starttls" else "implicit"), "name " + name,
                      "ca " + certificate(ca + ".pem"))
        return many.send((address, number or server["ports"][port]), sent, *secure, *self.login, *words, backend=self.backend)

    def mail(self, body=mails.BODIES["plain_text"], number=0):
        sender = "s%d@mail.test" % number
        return many.Mail(sender, [mails.TO], mails.message("client", body, sender=sender))

    def assert_arrive(self, sent, *words, **how):
        """Return the connections and what arrived."""
        report = self.send(sent, *words, **how)
        self.assertEqual([(told.outcome, told.error) for told in report.mails], [("accepted", 0)] * len(sent),
                         report.connections)
        arrived = {mail.sender: mail for mail in store.new()}
        self.assertEqual(sorted(arrived), sorted(mail.sender for mail in sent))
        for mail in sent:
            self.assertEqual(arrived[mail.sender].recipients, mail.recipients)
            self.assertIsNone(maildir.difference(mail.message, arrived[mail.sender].octets))
        return report.connections, [arrived[mail.sender] for mail in sent]


class SecureTests(Bed):
    """only: the server has ports that speak one version only. resumed: which of three
    connections go on with the session of the one before, by version."""

    only = True
    asks = True  # for a client certificate
    resumed = {12: [0, 1, 1], 13: [0, 1, 1]}
    resumes_by_starttls = True
    expired = {"port": "expired"}  # how to be shown an expired certificate

    def versions(self):
        return VERSIONS[self.backend]

    def test_many_over_one_connection(self):
        bodies = [mails.BODIES[name] for name in mail_tests.BODIES]
        bodies += [mails.boundary_body(octets) for octets in RECORD_LENGTHS]
        sent = [self.mail(body, number) for number, body in enumerate(bodies)]
        # By BDAT where the server has it, and by DATA.
        for port, words in (("tls", ()), ("starttls", ("without CHUNKING",))):
            with self.subTest(port=port, words=words):
                connections, _ = self.assert_arrive(sent, "in_flight 8", *words, port=port)
                newest = list(self.versions().values())[-1]
                self.assertEqual([(end.version, end.verified) for end in connections], [(newest, 1)])

    def test_addresses(self):
        for address in server["addresses"]:
            with self.subTest(address=address):
                self.assert_arrive([self.mail()], name=address, address=address)

    def test_versions_of_the_server(self):
        if not self.only:
            self.skipTest("this server has no such setting for a port")
        for number, version in {12: "TLSv1.2", 13: "TLSv1.3"}.items():
            with self.subTest(version=version):
                if number in self.versions():
                    (connection,), _ = self.assert_arrive([self.mail()], port="only_1_%d" % (number - 10))
                    self.assertEqual(connection.version, version)
                else:
                    self.assert_refused(VERSION, "version", port="only_1_%d" % (number - 10))

    def assert_refused(self, error, said, *words, **how):
        report = self.send([self.mail()], *words, **how)
        told, = report.mails
        connection, = report.connections
        self.assertEqual((told.outcome, told.error), ("not attempted", error), connection)
        self.assertRegex(connection.info, said)
        self.assertEqual(connection.text, connection.info[:len(connection.text)])
        self.assertEqual(store.new(), [])

    def test_distrust(self):
        for port in ("tls", "starttls"):
            with self.subTest(port=port):
                self.assert_refused(NAME, "not for other.example", name="other.example", port=port)
                self.assert_refused(ISSUER, "issuer|trusted", ca="other", port=port)
        self.assert_refused(EXPIRED, "expired on 2021-02-03", **self.expired)

    def test_versions_of_ours_and_resumption(self):
        for number, version in self.versions().items():
            for port in ("tls", "starttls"):
                with self.subTest(version=version, port=port):
                    sent = [self.mail(number=i) for i in range(3)]
                    connections, _ = self.assert_arrive(sent, "apart", "version %d" % number, port=port)
                    self.assertEqual([end.version for end in connections], [version] * 3)
                    resumed = self.resumed[number] if port == "tls" or self.resumes_by_starttls else [0, 0, 0]
                    self.assertEqual([end.resumed for end in connections], resumed)
                    self.assertEqual([end.verified for end in connections], [1, 1, 1])

    def test_client_certificate(self):
        for number, version in self.versions().items():
            with self.subTest(version=version):
                (connection,), (mail,) = self.assert_arrive([self.mail()], *own_certificate(), "version %d" % number)
                self.assertEqual(connection.certified, int(self.asks))
                self.assert_certified(mail, version)

    def assert_certified(self, mail, version):
        """Overridden where the server's store says who it was."""


class MechanismBed(Bed):
    """What a server makes of a mechanism."""

    user, password, wrong = "bob@mail.test", "hunter2 with space", "hunter2 without space"
    port = "tls"

    def assert_authenticated(self, mail, mechanism):
        """Overridden where the server's store says who it was."""

    def ask(self, *words, mechanism=None, port=None):
        """Return what was told of a mail, its connection and what arrived; no secret may be in the trace."""
        choice = ("mechanism " + mechanism,) if mechanism else ()
        with tempfile.NamedTemporaryFile() as trace:
            report = self.send([self.mail()], "trace " + trace.name, *choice, *words, port=port or self.port)
            shown = trace.read()
        for word in words:
            kind, secret = word.split(" ", 1)
            if kind in ("password", "token"):
                self.assert_hidden(secret.encode(), shown)
        return report.mails[0], report.connections[0], store.new()

    def assert_hidden(self, secret, shown):
        """Neither as it is, nor in base64 behind whatever number of octets."""
        self.assertNotIn(secret, shown)
        for before in range(3):
            self.assertNotIn(base64.b64encode(b"-" * before + secret)[4:-4], shown)

    def assert_accepted(self, *words, **how):
        told, connection, arrived = self.ask(*words, **how)
        self.assertEqual((told.outcome, told.error), ("accepted", 0), connection)
        mail, = arrived
        self.assert_authenticated(mail, how.get("mechanism"))

    def assert_refused(self, *words, code=535, **how):
        told, connection, arrived = self.ask(*words, **how)
        self.assertEqual((told.step, told.code, arrived), ("AUTH", code, []), connection)
        self.assertNotEqual(told.outcome, "accepted")
        return connection

    def credentials(self, password):
        return "user " + self.user, "password " + password


class MechanismTests(MechanismBed):
    """Each mechanism with what the server takes and with what it does not. passwords: those that want one."""

    passwords = ()

    def test_passwords(self):
        for mechanism in self.passwords:
            with self.subTest(mechanism=mechanism):
                self.assert_accepted(*self.credentials(self.password), mechanism=mechanism)
                self.assert_refused(*self.credentials(self.wrong), mechanism=mechanism)

    def test_strongest(self):
        self.assert_accepted(*self.credentials(self.password))


class TokenTests:
    """For MechanismTests. tokens: the mechanisms that want one; token(user, lifetime_s) makes one that the server
    takes, unless the time is over."""

    tokens = ()

    def test_tokens(self):
        user = "user " + self.user
        for mechanism in self.tokens:
            with self.subTest(mechanism=mechanism):
                self.assert_accepted(user, "token " + self.token(self.user, 600), mechanism=mechanism)
                for refused in (self.token(self.user, -60), self.token("alice@mail.test", 600)[:-4] + "AAAA"):
                    connection = self.assert_refused(user, "token " + refused, mechanism=mechanism)
                    # What the server says of it, in JSON: the reply to the empty answer is poorer.
                    self.assertIn("status", connection.text)
        self.assert_accepted(user, "token " + self.token(self.user, 600))


def classes(module, base):
    """Return {name: class} for the module of that name: base for each backend."""
    return {backend.capitalize() + base.__name__: type(
        backend.capitalize() + base.__name__, (base, unittest.TestCase), {"__module__": module, "backend": backend})
            for backend in many.backends()}
