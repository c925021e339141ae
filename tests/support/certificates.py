# SPDX-License-Identifier: MIT
"""Certificates for the tests of one run: an authority, and what it and others issued. Each is made by the openssl
command when it is first asked for."""

import hashlib
import os
import ssl
import subprocess

LIMIT_S = 20
HOSTS = "DNS:localhost,DNS:mail.test,DNS:*.wild.test,IP:127.0.0.1,IP:::1"
EXPIRED, FUTURE = ("20200101000000Z", "20210203000000Z"), ("20990101000000Z", "21000101000000Z")
EC, RSA = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256"), ("rsa:2048",)

# name: who issued it (None: itself), its subject, its other names, and (from, to) or None for 30 days from now on.
ISSUED = {
    "ca": (None, "/CN=Test ca", None, None),
    "other": (None, "/CN=Other Authority", None, None),
    "server": ("ca", "/CN=server", HOSTS, None),
    "rsa": ("ca", "/CN=server", HOSTS, None),
    "wrong": ("ca", "/CN=localhost", "DNS:a.example,DNS:b.example", None),
    # For those to whom the subject's common name is a name as well (NetX Secure).
    "wrong_subject": ("ca", "/CN=wrong", "DNS:a.example,DNS:b.example", None),
    "expired": ("ca", "/CN=server", HOSTS, EXPIRED),
    # For a server that has several, and chooses by SNI.
    "expired_elsewhere": ("ca", "/CN=expired.test", "DNS:expired.test", EXPIRED),
    "future": ("ca", "/CN=server", HOSTS, FUTURE),
    "self": (None, "/CN=localhost", HOSTS, None),
    "foreign": ("other", "/CN=server", HOSTS, None),
    "common_name": ("ca", "/CN=localhost", None, None),
    "addresses": ("ca", "/CN=addresses", "IP:127.0.0.1,IP:2001:db8::5", None),
    "address_as_name": ("ca", "/CN=127.0.0.1", "DNS:127.0.0.1", None),
    # RFC 9525 section 6.3: of these only the first two stand for a host.
    "wildcards": ("ca", "/CN=wildcards", "DNS:*.a.b.test,DNS:*.xn--mnchen-3ya.test,DNS:f*.part.test,DNS:*f.part.test,"
                  "DNS:*,DNS:*.test,DNS:*.*.two.test,DNS:a.*.mid.test,DNS:xn--*.idn.test", None),
    # An authority below the root, and what it issued: the server shows that alone.
    "intermediate": ("ca", "/CN=Test intermediate", None, None),
    "below": ("intermediate", "/CN=server", HOSTS, None),
    "strange": ("ca", "/CN=strange", "DNS:a\033[31m.example", None),
    "client": ("ca", "/CN=alice@mail.test", "email:alice@mail.test", None),
    "foreign_client": ("other", "/CN=alice@mail.test", "email:alice@mail.test", None),
}
AUTHORITIES = ("ca", "other", "intermediate")
# What a real server and its clients need.
SERVERS = ("ca", "other", "server", "expired", "expired_elsewhere", "client")

CONFIGURATION = """\
[req]
distinguished_name = subject
[subject]
[ca]
default_ca = dated
[dated]
database = {folder}/database
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = subject_policy
[subject_policy]
commonName = supplied
"""


class Certificates:
    """pem(name), key(name): the paths of a certificate and of its key."""

    def __init__(self, folder, *names):
        """Those of these names are made at once."""
        self._folder = folder
        self._configuration = os.path.join(folder, "openssl.cnf")
        with open(self._configuration, "w", encoding="ascii") as file:
            file.write(CONFIGURATION.format(folder=folder))
        for name in names:
            self.pem(name)

    def pem(self, name):
        path = self._path(name + ".pem")
        if name in ISSUED and not os.path.exists(path):
            self._issue(name, *ISSUED[name])
        return path

    def key(self, name):
        self.pem(name)
        return self._path(name + ".key")

    def encrypted_key(self, name, password):
        path = self._path(name + ".encrypted")
        # In the old form: of the new one (PKCS #8) Mbed TLS 2.28 has DES alone.
        self._openssl("pkey", "-traditional", "-aes256", "-in", self.key(name), "-passout", "pass:" + password, "-out",
                      path)
        return path

    def der(self, name):
        with open(self.pem(name), encoding="ascii") as file:
            return ssl.PEM_cert_to_DER_cert(file.read())

    def pin(self, name):
        """SHA-256 of the certificate, in hexadecimal digits."""
        return hashlib.sha256(self.der(name)).hexdigest()

    def key_pin(self, name):
        """The same of its public key."""
        key = self._openssl("x509", "-in", self.pem(name), "-pubkey", "-noout")
        return hashlib.sha256(self._openssl("pkey", "-pubin", "-outform", "DER", input=key)).hexdigest()

    def _path(self, name):
        return os.path.join(self._folder, name)

    def _openssl(self, *arguments, **options):
        return subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=LIMIT_S,
                              **options).stdout

    def _issue(self, name, issuer, subject, names, dates):
        extensions = ["basicConstraints=critical,CA:" + ("TRUE" if name in AUTHORITIES else "FALSE")]
        if names:
            extensions.append("subjectAltName=" + names)
        request = ["req", "-config", self._configuration, "-newkey", *(RSA if name == "rsa" else EC), "-nodes",
                   "-keyout", self._path(name + ".key"), "-subj", subject]
        by = ["-CA", self.pem(issuer), "-CAkey", self.key(issuer)] if issuer else []
        if dates:
            self._openssl(*request, "-out", self._path(name + ".csr"))
            self._sign_dated(name, issuer, extensions, *dates)
        else:
            added = [word for extension in extensions for word in ("-addext", extension)]
            self._openssl(*request, "-x509", *by, "-days", "30", *added, "-out", self._path(name + ".pem"))
        # The servers' own users read them too.
        os.chmod(self._path(name + ".key"), 0o644)

    def _sign_dated(self, name, issuer, extensions, start, end):
        with open(self._path("database"), "w", encoding="ascii"):
            pass  # of what was issued: not kept
        with open(self._path(name + ".ext"), "w", encoding="ascii") as file:
            file.write("\n".join(extensions) + "\n")
        self._openssl("ca", "-config", self._configuration, "-batch", "-notext", "-cert", self.pem(issuer),
                      "-keyfile", self.key(issuer), "-in", self._path(name + ".csr"), "-extfile",
                      self._path(name + ".ext"), "-startdate", start, "-enddate", end, "-out",
                      self._path(name + ".pem"))
