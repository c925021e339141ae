# SPDX-License-Identifier: MIT
"""What both backends do: each test is run for each of them."""

import hashlib
import ssl

import tls_bed
from tls_bed import (CERTIFICATE_REFUSED, CLOSED, CONFIG, CONNECT_TIMEOUT, EXPIRED, HANDSHAKE, INJECTED, ISSUER, NAME,
                     PIN, REFUSED, TIMEOUT, UNAVAILABLE, VERSION)
from tls_server import TLS_1_1, TLS_1_2, TLS_1_3, only

STARTTLS = {"implicit": False}
LINE_OCTETS = 64


def message(octets):
    return b"".join(bytes([97 + i % 26]) * (LINE_OCTETS - 2) + b"\r\n" for i in range(octets // LINE_OCTETS))


class TlsTests:
    """versions: of TLS, that the backend has; unknown_issuer, self_signed: its words."""

    versions = {TLS_1_2: "TLSv1.2"}
    unknown_issuer = self_signed = None

    def both_modes(self, *words, ask, **server):
        """The same with implicit TLS and with STARTTLS."""
        ask(*words, **server)
        ask(*words, "mode=starttls", **server, **STARTTLS)

    # ---- What works ----

    def test_implicit(self):
        self.accepted(expected={"verified": "1", "resumed": "0", "certified": "0"})
        self.assertEqual((self.server.clear, self.server.server_names), ([], ["localhost"]))

    def test_starttls(self):
        self.accepted("mode=starttls", **STARTTLS)
        self.assertEqual(self.server.clear, ["EHLO client.example", "STARTTLS"])
        self.assertEqual(self.server.secret[0], "EHLO client.example")

    def test_each_version(self):
        for version, name in self.versions.items():
            self.both_modes(ask=self.accepted, setup=only(version), expected={"version": name})
            self.accepted(f"max={name[4:].replace('.', '')}", expected={"version": name})
            self.accepted(f"min={name[4:].replace('.', '')}", setup=only(version), expected={"version": name})

    def test_rsa(self):
        self.accepted(certificate="rsa")

    def test_bindings(self):
        found = self.accepted(setup=only(TLS_1_2))
        self.assertEqual(found["tls-unique"], self.server.unique[0])
        endpoint = hashlib.sha256(self.certificates.der("server")).hexdigest()
        self.assertEqual(found["tls-server-end-point"], endpoint)

    def test_no_binding_without_extended_master_secret(self):
        """Its Finished messages may be those of another connection (RFC 7627 section 1)."""
        def setup(context):
            only(TLS_1_2)(context)
            context.options |= 1  # SSL_OP_NO_EXTENDED_MASTER_SECRET
        found = self.all("mails=2", setup=setup)
        for mail in found:
            self.assertEqual(mail["outcome"], "accepted")
            self.assertNotIn("tls-unique", mail)
            self.assertIn("tls-server-end-point", mail)

    def test_password_only_under_tls(self):
        self.accepted("mode=starttls", "user=tim", "password=secret", before=("AUTH PLAIN", "STARTTLS"), **STARTTLS)
        self.assertNotIn("AUTH", " ".join(self.server.clear))
        self.assertIn("AUTH PLAIN AHRpbQBzZWNyZXQ=", self.server.secret)

    def test_what_was_learnt_in_the_clear_is_forgotten(self):
        self.accepted("mode=starttls", "octets=1000", before=("STARTTLS", "SIZE 10"), after=(), **STARTTLS)
        self.assertIn("MAIL FROM:<ann@mail.test>", self.server.secret)

    def test_names(self):
        for host in ("mail.wild.test", "A.Wild.TEST", "127.0.0.1"):
            self.accepted("host=" + host, expected={"verified": "1"})
        self.assertEqual(self.server.server_names, [None])  # RFC 6066 section 3: an address is no SNI
        self.accepted("host=2001:DB8:0::5", certificate="addresses", expected={"verified": "1"})

    def test_tls_names_with_a_trailing_dot(self):
        """It is no part of SNI (RFC 6066 section 3), nor of a certificate's name."""
        self.both_modes("host=localhost.", ask=self.accepted, expected={"verified": "1"})
        self.assertEqual(self.server.server_names, ["localhost"])
        self.accepted("host=mail.wild.test.", expected={"verified": "1"})
        self.refused(NAME, "not for other.test", "host=other.test.")
        for host in (".", "127.0.0.1.", "::1."):
            self.unusable(CONFIG, "host_name is neither", "host=" + host)

    def test_tls_names_that_are_none(self):
        for host in ("bücher.test", "mail test", "1.2.3.400", "x" * 254):
            self.unusable(CONFIG, "host_name is neither", "host=" + host)

    def test_wildcards(self):
        for host in ("x.a.b.test", "X.A.B.Test", "xn--bcher-kva.a.b.test", "x.xn--mnchen-3ya.test"):
            self.accepted("host=" + host, certificate="wildcards", expected={"verified": "1"})
        for host in ("a.b.test", "x.y.a.b.test", "f.part.test", "fx.part.test", "xf.part.test", "only.test",
                     "localhost", "x.y.two.test", "a.x.mid.test", "xn--bcher-kva.idn.test"):
            self.refused(NAME, "not for " + host, "host=" + host, certificate="wildcards")

    def test_an_intermediate_as_ca_file(self):
        self.both_modes(ask=self.accepted, ca="intermediate", certificate="below", expected={"verified": "1"})
        self.refused(NAME, "not for other.test", "host=other.test", ca="intermediate", certificate="below")
        self.refused(ISSUER, self.unknown_issuer, ca="intermediate", certificate="foreign")
        # Without it nobody knows who issued the certificate.
        self.refused(ISSUER, self.unknown_issuer, certificate="below")

    def test_pins_instead_of_issuers(self):
        for pins in ([self.certificates.pin("self")], ["00" * 32, self.certificates.key_pin("self")]):
            self.accepted("verify=2", *("pin=" + pin for pin in pins), ca=None, certificate="self",
                          expected={"verified": "1"})

    def test_less_verified_by_name(self):
        self.accepted("verify=3", ca=None, certificate="self", expected={"verified": "0"})
        self.accepted("verify=1", certificate="wrong", expected={"verified": "0"})
        self.accepted(ca="self", certificate="self", expected={"verified": "1"})

    def demand_certificate(self, version):
        def setup(context):
            only(version)(context)
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.certificates.pem("ca"))
        return setup

    def test_client_certificate(self):
        for version in self.versions:
            self.both_modes(*self.own_certificate(), ask=self.accepted, setup=self.demand_certificate(version),
                            expected={"certified": "1"})
            self.accepted(*self.own_certificate(), setup=only(version), expected={"certified": "0"})

    def test_encrypted_key(self):
        demand = self.demand_certificate(TLS_1_2)
        key = "key=" + self.certificates.encrypted_key("client", "open sesame")
        words = "certificate=" + self.certificates.pem("client"), key
        self.accepted(*words, "key_password=open sesame", setup=demand, expected={"certified": "1"})
        for wrong in ((), ("key_password=shut sesame",)):
            self.unusable(CONFIG, ".encrypted", *words, *wrong)

    def test_resumption(self):
        def without_tickets(context):
            only(TLS_1_2)(context)
            context.options |= ssl.OP_NO_TICKET
        for setup in (*map(only, self.versions), without_tickets):
            for words, implicit in ((("mode=implicit",), True), (("mode=starttls",), False)):
                found = self.all("mails=3", *words, implicit=implicit, setup=setup)
                self.assertEqual([mail["outcome"] for mail in found], ["accepted"] * 3)
                self.assertEqual([mail["resumed"] for mail in found], ["0", "1", "1"])
                self.assertEqual([mail["verified"] for mail in found], ["1"] * 3)
                self.assertEqual(self.server.reused, [False, True, True])
                if self.server.unique:
                    self.assertEqual([mail["tls-unique"] for mail in found], self.server.unique)

    def test_resumption_after_a_server_that_left(self):
        """RFC 5246 section 7.2.1: a session outlives the want of a close_notify."""
        for version in self.versions:
            for fault in ("leave", "leave by a reset"):
                found = self.all("mails=3", setup=only(version), faults=(fault,))
                self.assertEqual([mail["outcome"] for mail in found], ["accepted"] * 3)
                self.assertEqual([mail["resumed"] for mail in found], ["0", "1", "1"])

    def test_resumption_that_the_server_cannot_bear(self):
        """It is called once more, at once, and offered none again."""
        for version in self.versions:
            for words, implicit in ((("mode=implicit",), True), (("mode=starttls",), False),
                                    (("mode=starttls", "connect=1"), False)):
                found = self.all("mails=4", *words, implicit=implicit, setup=only(version), faults=("no sessions",))
                self.assertEqual([mail["outcome"] for mail in found], ["accepted"] * 4)
                self.assertEqual([mail["resumed"] for mail in found], ["0"] * 4)
                self.assertEqual(self.server.failure, ["hung up"])

    def test_large_mail(self):
        for version in self.versions:
            self.accepted("octets=6400000", setup=only(version), after=("PIPELINING",))
            self.assertEqual(self.server.messages, [message(6400000)])

    def test_narrow_connections(self):
        for version in self.versions:
            for narrow in (1, 2, 7, 64, 100, 256):
                self.both_modes(f"narrow={narrow}", "octets=12800", ask=self.accepted, setup=only(version))
                self.assertEqual(self.server.messages, [message(12800)])

    def test_patience_at_an_end(self):
        for narrow in (0, 7):
            self.accepted("impatient=1", f"narrow={narrow}", "mode=starttls", **STARTTLS)

    # ---- What must not ----

    def test_wrong_name(self):
        self.both_modes(NAME, "for a.example, b.example, not for localhost", ask=self.refused, certificate="wrong")
        self.refused(NAME, r"for localhost, mail.test, \*.wild.test, \.\.\., not for 127.0.0.2$", "host=127.0.0.2")
        for host in ("a.b.wild.test", "wild.test"):
            self.refused(NAME, "not for " + host, "host=" + host)
        self.refused(NAME, "for no host .*names none.*, not for localhost", certificate="common_name")
        self.refused(NAME, "names 127.0.0.1 as a DNS name, not as an IP address$", "host=127.0.0.1",
                     certificate="address_as_name")

    def test_addresses_are_told(self):
        self.refused(NAME, "127.0.0.1, 2001:db8:0:0:0:0:0:5, not for localhost", certificate="addresses")

    def test_strange_names(self):
        """They reach somebody's terminal."""
        self.refused(NAME, r"for a\?\[31m.example, not for localhost$", certificate="strange")

    def test_dates(self):
        self.both_modes(EXPIRED, "expired on 2021-02-03", ask=self.refused, certificate="expired")
        self.refused(EXPIRED, "not valid before 2099-01-01: look whether the clock is right", certificate="future")

    def test_issuers(self):
        self.both_modes(ISSUER, self.self_signed + ".*ca_file", ask=self.refused, certificate="self")
        self.both_modes(ISSUER, self.unknown_issuer + ".*CN ?= ?Other Authority", ask=self.refused,
                        certificate="foreign")
        self.refused(ISSUER, self.unknown_issuer, ca="other")

    def test_opportunistic_does_not_fall_back(self):
        for certificate, error in (("wrong", NAME), ("expired", EXPIRED), ("self", ISSUER)):
            found = self.refused(error, "certificate", "mode=starttls", "policy=opportunistic",
                                 certificate=certificate, **STARTTLS)
            self.assertEqual(found["step"], "STARTTLS")
            self.assertEqual(self.server.clear, ["EHLO client.example", "STARTTLS"])

    def test_wrong_pin(self):
        self.refused(PIN, "pinned", "verify=2", "pin=" + "00" * 32, ca=None)
        self.refused(PIN, "pinned", "pin=" + "11" * 32)
        self.refused(ISSUER, self.self_signed, "pin=" + self.certificates.pin("self"), certificate="self")

    def test_no_version_in_common(self):
        self.both_modes(VERSION, "version", ask=self.refused, setup=only(TLS_1_1))
        self.both_modes(VERSION, "version", "max=12", ask=self.refused, setup=only(TLS_1_3))

    def test_certificate_demanded(self):
        for version in self.versions:
            demand = self.demand_certificate(version)
            self.both_modes(CERTIFICATE_REFUSED, "alert", ask=self.refused, setup=demand)
            self.refused(CERTIFICATE_REFUSED, "alert", *self.own_certificate("foreign_client"), setup=demand)
            # The alert comes while EHLO goes out, octet by octet, which fails.
            self.refused(CERTIFICATE_REFUSED, "alert", "narrow=1", "mode=starttls", setup=demand, **STARTTLS)

    def test_no_tls_there(self):
        self.refused(HANDSHAKE, "speak no TLS here: use STARTTLS, or another port", implicit=False)

    def test_stall(self):
        self.refused(CONNECT_TIMEOUT, None, "patience_ms=500", faults=("stall",))
        self.refused(TIMEOUT, None, "patience_ms=500", "mode=starttls", faults=("stall",), **STARTTLS)

    def test_hung_up_on(self):
        self.refused(CLOSED, "lost in the TLS handshake", faults=("hang up",))
        self.assertEqual(len(self.server.failure), 1)
        self.refused(CLOSED, None, "mode=starttls", faults=("hang up",), **STARTTLS)
        self.assertEqual(len(self.server.failure), 2)
        self.refused(CLOSED, None, "mode=starttls", "policy=opportunistic", faults=("hang up",), **STARTTLS)
        self.assertEqual(self.server.clear, ["EHLO client.example", "STARTTLS"] * 2)

    def test_cut_without_close_notify(self):
        for version in self.versions:
            found, = self.all(faults=("cut",), setup=only(version))
            self.assertEqual((found["outcome"], found["error"]), ("unknown", str(CLOSED)), found)
            # The end mark cannot have left: a connection's buffers hold less.
            found, = self.all("octets=20000000", cut_octets=1000000, setup=only(version))
            self.assertEqual(found["outcome"], "transient failure", found)

    def test_454(self):
        found = self.refused(REFUSED, None, "mode=starttls", outcome="not attempted", faults=("454",), **STARTTLS)
        self.assertEqual((found["code"], found["step"]), ("454", "STARTTLS"))
        self.assertEqual(self.server.clear, ["EHLO client.example", "STARTTLS", "QUIT"])
        self.accepted("mode=starttls", "policy=opportunistic", faults=("454",), expected={"version": "-"}, **STARTTLS)

    def test_stripped(self):
        self.refused(UNAVAILABLE, None, "mode=starttls", "user=tim", "password=secret", before=("AUTH PLAIN",),
                     **STARTTLS)
        self.assertEqual(self.server.clear, ["EHLO client.example", "QUIT"])

    def test_no_ehlo(self):
        found, = self.all("mode=starttls", faults=("no ehlo",), **STARTTLS)
        self.assertEqual(found["outcome"], "not attempted")
        self.assertEqual(self.server.clear, ["EHLO client.example", "QUIT"])

    def test_injection(self):
        """In one segment with the reply, whole, or its first octet alone."""
        for pieces in ((b"250 injected\r\n",), (b"2", b"50 injected\r\n"), (b"\r",), (b"\0",)):
            self.refused(INJECTED, None, "mode=starttls", injected=pieces, **STARTTLS)

    def test_injection_later(self):
        """What comes when the handshake has begun is no TLS."""
        self.refused(HANDSHAKE, None, "mode=starttls", injected=(None, b"250 injected\r\n"), **STARTTLS)
        self.assertEqual(self.server.clear, ["EHLO client.example", "STARTTLS"])


main = tls_bed.main
