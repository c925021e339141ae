# SPDX-License-Identifier: MIT
"""The TLS transport against a server that speaks real TLS: test_tls.py CLIENT MAKE_CERTIFICATES EXAMPLE"""
import re
import ssl
import subprocess
import sys
import tempfile
import unittest

from tls_server import Server

CLIENT, MAKE_CERTIFICATES, EXAMPLE = sys.argv[1:4]
LIMIT_S = 60


def only(version):
    def setup(context):
        context.minimum_version = context.maximum_version = version
        if version < ssl.TLSVersion.TLSv1_2:
            context.set_ciphers("ALL:@SECLEVEL=0")
    return setup


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = cls.temporary.name
        subprocess.run(["bash", MAKE_CERTIFICATES, cls.folder], check=True, timeout=LIMIT_S)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def run_client(self, port, *words, ca="ca"):
        trust = [f"ca={self.folder}/{ca}.pem"] if ca else []
        done = subprocess.run([CLIENT, f"port={port}", *trust, *words], capture_output=True, text=True,
                              timeout=LIMIT_S)
        self.assertEqual(done.returncode, 0, done.stderr)
        found = [dict(re.findall(r"(\w+)=(.*?)(?= \w+=|$)", line)) for line in done.stdout.splitlines()]
        self.assertNotEqual(found, [])
        return found

    def one(self, *words, ca="ca", **server):
        with Server(self.folder, **server) as self.server:
            found, = self.run_client(self.server.port, *words, ca=ca)
        return found

    def accepted(self, found, **expected):
        self.assertEqual(self.server.failure, [])
        self.assertEqual((found["outcome"], found["error"]), ("accepted", "0"), found)
        for key, value in expected.items():
            self.assertEqual(found[key], value, found)

    def refused(self, found, error, words, outcome="not attempted"):
        self.assertEqual((found["outcome"], found["error"]), (outcome, str(error)), found)
        self.assertRegex(found["text"], words)
        self.assertEqual(self.server.mails, 0)

    # ---- What works ----

    def test_implicit(self):
        self.accepted(self.one(), version="TLSv1.3", verified="1", resumed="0", certified="0",
                      bindings="tls-exporter,tls-server-end-point")
        self.assertEqual(self.server.clear, [])

    def test_implicit_1_2(self):
        self.accepted(self.one(setup=only(ssl.TLSVersion.TLSv1_2)), version="TLSv1.2",
                      bindings="tls-unique,tls-server-end-point")

    def test_1_2_at_most(self):
        self.accepted(self.one("max=12"), version="TLSv1.2")

    def test_1_3_only(self):
        self.accepted(self.one("min=13", setup=only(ssl.TLSVersion.TLSv1_3)), version="TLSv1.3")

    def test_rsa(self):
        self.accepted(self.one(certificate="rsa"), version="TLSv1.3")

    def test_starttls(self):
        self.accepted(self.one("mode=starttls", implicit=False), version="TLSv1.3")
        self.assertEqual(self.server.clear, ["EHLO client.example", "STARTTLS"])
        self.assertEqual(self.server.secret[0], "EHLO client.example")

    def test_starttls_1_2(self):
        self.accepted(self.one("mode=starttls", implicit=False, setup=only(ssl.TLSVersion.TLSv1_2)),
                      version="TLSv1.2")

    def test_password_only_under_tls(self):
        self.accepted(self.one("mode=starttls", "user=tim", "password=secret", implicit=False,
                               before=("AUTH PLAIN", "STARTTLS")))
        self.assertNotIn("AUTH", " ".join(self.server.clear))
        self.assertIn("AUTH PLAIN AHRpbQBzZWNyZXQ=", self.server.secret)

    def test_what_was_learnt_in_the_clear_is_forgotten(self):
        found = self.one("mode=starttls", "octets=1000", implicit=False, before=("STARTTLS", "SIZE 10"), after=())
        self.accepted(found)
        self.assertIn("MAIL FROM:<ann@mail.test>", self.server.secret)

    def test_address(self):
        self.accepted(self.one("host=127.0.0.1"), verified="1")

    def test_wildcard(self):
        self.accepted(self.one("host=mail.wild.test"), verified="1")

    def test_pins_instead_of_issuers(self):
        for name in ("certificate", "key"):
            with open(f"{self.folder}/{name}.pin") as file:
                found = self.one("verify=2", f"pin={file.read().strip()}", ca=None)
            self.accepted(found, verified="1")

    def test_nothing_verified_by_name(self):
        self.accepted(self.one("verify=3", ca=None, certificate="self"), verified="0")

    def test_chain_alone(self):
        self.accepted(self.one("verify=1", certificate="wrong"), verified="0")

    def demand_certificate(self, context):
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(f"{self.folder}/ca.pem")

    def test_client_certificate(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            def setup(context):
                only(version)(context)
                self.demand_certificate(context)
            found = self.one(f"certificate={self.folder}/client.pem", f"key={self.folder}/client.key", setup=setup)
            self.accepted(found, certified="1")

    def test_resumption(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            for mode, implicit in (("implicit", True), ("starttls", False)):
                with Server(self.folder, connections=3, implicit=implicit, setup=only(version)) as server:
                    found = self.run_client(server.port, "mails=3", f"mode={mode}")
                self.assertEqual([mail["outcome"] for mail in found], ["accepted"] * 3)
                self.assertEqual([mail["resumed"] for mail in found], ["0", "1", "1"], (version, mode))
                self.assertEqual([mail["verified"] for mail in found], ["1"] * 3)

    def test_large_mail(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            self.accepted(self.one("octets=6400000", setup=only(version)))
            self.assertEqual(self.server.octets, 6400000)

    def test_narrow_connections(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            for narrow in (1, 2, 7, 64, 100, 256):
                for mode, implicit in (("implicit", True), ("starttls", False)):
                    found = self.one(f"narrow={narrow}", f"mode={mode}", "octets=12800", implicit=implicit,
                                     setup=only(version))
                    self.accepted(found)
                    self.assertEqual(self.server.octets, 12800)

    def test_patience_at_an_end(self):
        for narrow in (0, 7):
            found = self.one("impatient=1", f"narrow={narrow}", "mode=starttls", implicit=False)
            self.accepted(found, version="TLSv1.3")

    def test_example(self):
        environment = {"MAIL_USER": "tim", "MAIL_PASSWORD": "secret"}
        for mode, host, status, words in (("implicit", "localhost", 0, "accepted: success"),
                                          ("starttls", "localhost", 0, "accepted: success"),
                                          ("implicit", "127.0.0.2", 1, "not for 127.0.0.2")):
            with Server(self.folder, implicit=mode == "implicit", address=host) as server:
                done = subprocess.run([EXAMPLE, host, str(server.port), mode, f"{self.folder}/ca.pem"],
                                      capture_output=True, text=True, env=environment, timeout=LIMIT_S)
            self.assertEqual(done.returncode, status, done.stdout + done.stderr)
            self.assertIn(words, done.stdout)
            self.assertEqual(server.mails, 1 - status)

    # ---- What must not ----

    def test_wrong_name(self):
        self.refused(self.one(certificate="wrong"), -407, "for a.example, b.example, not for localhost")
        self.assertEqual(self.server.secret, [])

    def test_wrong_address(self):
        self.refused(self.one("host=127.0.0.2"), -407, "127.0.0.1, not for 127.0.0.2")

    def test_wildcard_is_one_label(self):
        self.refused(self.one("host=a.b.wild.test"), -407, "not for a.b.wild.test")

    def test_expired(self):
        self.refused(self.one(certificate="expired"), -408, r"expired on 20\d\d-\d\d-\d\d")

    def test_self_signed(self):
        self.refused(self.one(certificate="self"), -409, "self-signed")

    def test_unknown_issuer(self):
        self.refused(self.one(ca="other"), -409, "issuer is not trusted: /CN=Test ca")

    def test_the_system_does_not_trust_it(self):
        self.refused(self.one(ca=None), -409, "issuer")

    def test_failures_over_starttls(self):
        for certificate, error in (("wrong", -407), ("expired", -408), ("self", -409)):
            found = self.one("mode=starttls", implicit=False, certificate=certificate)
            self.refused(found, error, "certificate")
            self.assertEqual(found["step"], "STARTTLS")
            self.assertEqual(self.server.secret, [])

    def test_opportunistic_does_not_fall_back(self):
        found = self.one("mode=starttls", "policy=opportunistic", implicit=False, certificate="wrong")
        self.refused(found, -407, "for a.example")
        self.assertEqual(self.server.clear, ["EHLO client.example", "STARTTLS"])

    def test_wrong_pin(self):
        self.refused(self.one("verify=2", "pin=" + "00" * 32, ca=None), -411, "pinned")
        self.refused(self.one("pin=" + "11" * 32), -411, "pinned")

    def test_1_1(self):
        self.refused(self.one(setup=only(ssl.TLSVersion.TLSv1_1)), -406, "version")

    def test_no_version_in_common(self):
        self.refused(self.one("max=12", setup=only(ssl.TLSVersion.TLSv1_3)), -406, "version")

    def test_certificate_demanded(self):
        for version, outcome in ((ssl.TLSVersion.TLSv1_2, "not attempted"), (ssl.TLSVersion.TLSv1_3, "not attempted")):
            def setup(context):
                only(version)(context)
                self.demand_certificate(context)
            self.refused(self.one(setup=setup), -412, "alert", outcome)

    def test_no_tls_there(self):
        self.refused(self.one(implicit=False), -405, "does not speak TLS")

    def test_stall(self):
        found = self.one(faults=("stall",))
        self.assertEqual((found["outcome"], found["error"]), ("not attempted", "-501"))
        found = self.one("mode=starttls", implicit=False, faults=("stall",))
        self.assertEqual((found["outcome"], found["error"]), ("not attempted", "-502"))

    def test_cut_without_close_notify(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            found = self.one(faults=("cut",), setup=only(version))
            self.assertEqual((found["outcome"], found["error"]), ("unknown", "-305"), found)

    def test_454(self):
        found = self.one("mode=starttls", implicit=False, faults=("454",))
        self.assertEqual((found["error"], found["code"], found["step"]), ("-201", "454", "STARTTLS"))
        self.assertEqual(self.server.clear, ["EHLO client.example", "STARTTLS", "QUIT"])

    def test_454_opportunistic(self):
        self.accepted(self.one("mode=starttls", "policy=opportunistic", implicit=False, faults=("454",)), version="-")

    def test_stripped(self):
        found = self.one("mode=starttls", "user=tim", "password=secret", implicit=False, before=("AUTH PLAIN",))
        self.assertEqual((found["outcome"], found["error"]), ("not attempted", "-402"))
        self.assertEqual(self.server.clear, ["EHLO client.example", "QUIT"])

    def test_no_ehlo(self):
        found = self.one("mode=starttls", implicit=False, faults=("no ehlo",))
        self.assertEqual(found["outcome"], "not attempted")
        self.assertEqual(self.server.clear, ["EHLO client.example", "QUIT"])

    def test_injection(self):
        found = self.one("mode=starttls", implicit=False, faults=("inject",))
        self.assertEqual((found["outcome"], found["error"]), ("not attempted", "-403"))
        self.assertEqual(self.server.secret, [])

    def test_settings_that_cannot_be_used(self):
        found, = self.run_client(1, "certificate=/nowhere.pem")
        self.assertEqual(found["error"], "-404")
        self.assertIn("/nowhere.pem", found["text"])
        found, = self.run_client(1, ca="missing")
        self.assertEqual(found["error"], "-404")
        self.assertIn("missing.pem", found["text"])
        found, = self.run_client(1, "verify=2")
        self.assertEqual(found["error"], "-101")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
