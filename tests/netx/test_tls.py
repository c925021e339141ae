# SPDX-License-Identifier: MIT
"""TLS in the NetX calls against a server that speaks real TLS: test_tls.py CLIENT [TEST...]"""
import re
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

from certificates import Certificates
from tls_server import TLS_1_1, TLS_1_2, TLS_1_3, Server, only

CLIENT = sys.argv[1]
LIMIT_S = 600
ACCEPTED, UNKNOWN, TRANSIENT, PERMANENT, NOT_ATTEMPTED = "1", "2", "3", "4", "5"
NOT_OFFERED, REFUSED, HANDSHAKE, INJECTION, RECORD = "0xB3", "0xB4", "0xB5", "0xB6", "0xB7"
WAYS = ("send", "session")
VERSIONS = (TLS_1_2, TLS_1_3)


class Bed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="postino-netx-tls-")
        cls.addClassCleanup(folder.cleanup)
        cls.certificates = Certificates(folder.name)
        cls.folder = folder.name
        for name in ("ca", "other", "client", "self", "server"):
            with open(f"{cls.folder}/{name}.der", "wb") as der:
                der.write(cls.certificates.der(name))
        subprocess.run(["openssl", "ec", "-in", "client.key", "-outform", "DER", "-out", "client.key.der"], check=True,
                       cwd=cls.folder, timeout=LIMIT_S, capture_output=True)

    def run_client(self, port, *words, ca="ca", host="localhost", way="send"):
        trust = ([f"ca={self.folder}/{ca}.der"] if ca else []) + ([f"host={host}"] if host else [])
        done = subprocess.run([CLIENT, f"port={port}", f"way={way}", *trust, *words], capture_output=True, text=True,
                              timeout=LIMIT_S)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.dialogue = done.stderr
        lines = [dict(re.findall(r"(\w+)=(.*?)(?= \w+=|$)", line)) for line in done.stdout.splitlines()]
        self.statistics = lines.pop() if way == "session" else None
        self.assertNotEqual(lines, [])
        return lines

    def many(self, *words, ca="ca", host="localhost", way="send", **server):
        with Server(self.certificates, **server) as self.server:
            return self.run_client(self.server.port, *words, ca=ca, host=host, way=way)

    def one(self, *words, **how):
        found, = self.many(*words, **how)
        return found

    def accepted(self, found):
        self.assertEqual(self.server.failure, [])
        self.assertEqual((found["outcome"], found["status"], found["nx"], found["text"]), (ACCEPTED, "0x00", "0x0", ""))

    def refused(self, found, status, nx_status, words, outcome=NOT_ATTEMPTED):
        self.assertEqual((found["status"], found["outcome"], found["nx"]), (status, outcome, nx_status), found)
        self.assertRegex(found["text"], words)
        self.assertEqual(self.server.mails, 0)


class Tls(Bed):
    """What ends soon, whatever the limits."""

    # ---- What works ----

    def test_implicit(self):
        for version in VERSIONS:
            for way in WAYS:
                self.accepted(self.one(way=way, setup=only(version)))
                self.assertEqual(self.server.clear, [])
                self.assertEqual(self.server.secret[0], "EHLO client.example")

    def test_starttls(self):
        for mode in ("starttls", "opportunistic"):
            for way in WAYS:
                self.accepted(self.one(f"mode={mode}", way=way, implicit=False))
                self.assertEqual(self.server.clear, ["EHLO client.example", "STARTTLS"])
                self.assertEqual(self.server.secret[0], "EHLO client.example")

    def test_rsa(self):
        self.accepted(self.one(certificate="rsa"))

    def test_a_version_by_name(self):
        for version in ("0x303", "0x304"):
            self.accepted(self.one(f"version={version}"))

    def test_names(self):
        self.accepted(self.one(host="mail.wild.test"))
        # No part of SNI (RFC 6066 section 3), nor of a certificate's name.
        self.accepted(self.one(host="mail.wild.test."))
        self.assertEqual(self.server.server_names, ["mail.wild.test"])
        self.accepted(self.one(host=None, certificate="wrong_subject"))

    def test_server_name_is_told(self):
        for host in ("mail.wild.test", None):
            self.accepted(self.one(host=host))
            self.assertEqual(self.server.server_names, [host])

    def test_password_only_under_tls(self):
        for mode in ("starttls", "opportunistic"):
            for way in WAYS:
                self.accepted(self.one(f"mode={mode}", "user=tim", "password=secret", way=way, implicit=False,
                                       before=("AUTH PLAIN", "STARTTLS")))
                self.assertNotIn("AUTH", " ".join(self.server.clear))
                self.assertIn("AUTH PLAIN AHRpbQBzZWNyZXQ=", self.server.secret)

    def test_no_password_where_tls_was_not_offered(self):
        for way in WAYS:
            found = self.one("mode=opportunistic", "user=tim", "password=secret", way=way, implicit=False,
                             before=("AUTH PLAIN LOGIN",))
            self.assertEqual((found["status"], found["outcome"]), ("0xA0", NOT_ATTEMPTED))
            self.assertEqual(self.server.clear, ["EHLO client.example", "QUIT"])

    def test_cram_md5(self):
        for way in WAYS:
            for mode, implicit in (("implicit", True), ("starttls", False)):
                self.accepted(self.one("auth=2", "user=tim", "password=secret", f"mode={mode}", way=way, implicit=implicit,
                                       after=("AUTH CRAM-MD5",)))
        found = self.one("auth=2", "user=tim", "password=wrong", after=("AUTH CRAM-MD5",))
        self.assertEqual((found["status"], found["outcome"]), ("0xAD", NOT_ATTEMPTED))

    def test_token(self):
        for way in WAYS:
            self.accepted(self.one("auth=0x104", "user=tim", "token=ya29", way=way, after=("AUTH PLAIN XOAUTH2",)))
            self.assertIn("AUTH XOAUTH2 dXNlcj10aW0BYXV0aD1CZWFyZXIgeWEyOQEB", self.server.secret)
            self.accepted(self.one("auth=0x105", "token=ya29", way=way, after=("AUTH XOAUTH2 OAUTHBEARER",)))
            self.assertIn("AUTH OAUTHBEARER biwsAWF1dGg9QmVhcmVyIHlhMjkBAQ==", self.server.secret)

    def test_token_that_expired(self):
        for way in WAYS:
            found = self.one("auth=0x104", "user=tim", "token=old", way=way, after=("AUTH XOAUTH2",), faults=("expired",))
            self.assertEqual((found["status"], found["outcome"], found["code"], found["reply"]),
                             ("0xAD", NOT_ATTEMPTED, "334", '{"status":"401"}'))

    def test_token_renewed(self):
        found = self.many("auth=0x104", "user=tim", "token=ya29", "renewed=ya30", "mails=2", "pause=5", way="session",
                          after=("AUTH XOAUTH2",), faults=("leave with a word",))
        self.assertEqual([mail["outcome"] for mail in found], [ACCEPTED] * 2)
        self.assertEqual([line for line in self.server.secret if line.startswith("AUTH")],
                         ["AUTH XOAUTH2 dXNlcj10aW0BYXV0aD1CZWFyZXIgeWEyOQEB",
                          "AUTH XOAUTH2 dXNlcj10aW0BYXV0aD1CZWFyZXIgeWEzMAEB"])

    def test_token_only_under_tls(self):
        for mode in ("none", "opportunistic"):
            for way in WAYS:
                found = self.one("auth=0x104", "user=tim", "token=ya29", f"mode={mode}", way=way, implicit=False,
                                 before=("AUTH XOAUTH2",))
                self.assertEqual((found["status"], found["outcome"]), ("0xA0", NOT_ATTEMPTED))
                self.assertEqual(self.server.clear, ["EHLO client.example", "QUIT"])

    def test_opportunistic_in_the_clear(self):
        for before, faults in ((("SIZE",), ()), (("STARTTLS",), ("454",))):
            for way in WAYS:
                self.accepted(self.one("mode=opportunistic", way=way, implicit=False, before=before, faults=faults))
                self.assertEqual(self.server.secret, [])

    def test_client_certificate(self):
        def setup(context):
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.certificates.pem("ca"))
        self.accepted(self.one(f"certificate={self.folder}/client.der", f"key={self.folder}/client.key.der",
                               setup=setup))

    def test_external(self):
        def setup(context):
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.certificates.pem("ca"))
        own = (f"certificate={self.folder}/client.der", f"key={self.folder}/client.key.der")
        for way in WAYS:
            for words, line in (((), "AUTH EXTERNAL ="), (("identity=tim",), "AUTH EXTERNAL dGlt")):
                self.accepted(self.one("auth=0x106", *own, *words, way=way, setup=setup,
                                       after=("AUTH PLAIN EXTERNAL",)))
                self.assertIn(line, self.server.secret)
        found = self.one("auth=0x106", "mode=none", implicit=False, before=("AUTH EXTERNAL",))
        self.assertEqual((found["status"], found["outcome"]), ("0xA0", NOT_ATTEMPTED))

    def test_mails_one_after_the_other(self):
        for implicit, mode in ((True, "implicit"), (False, "starttls")):
            found = self.many("mails=3", f"mode={mode}", implicit=implicit)
            self.assertEqual([mail["outcome"] for mail in found], [ACCEPTED] * 3)
            self.assertEqual((self.server.mails, self.server.failure), (3, []))

    def test_a_connection_that_ends_in_a_pause(self):
        for how in ("leave", "leave with a word"):
            found = self.many("mails=3", "pause=5", way="session", faults=(how,))
            self.assertEqual([mail["outcome"] for mail in found], [ACCEPTED] * 3)
            self.assertEqual(self.statistics["connections"], "3")

    def test_small_packets(self):
        for payload in (160, 200, 256):
            for version in VERSIONS:
                self.accepted(self.one(f"payload={payload}", "packets=100", setup=only(version)))

    def test_trace(self):
        for trace in (1, 2):
            for way in WAYS:
                for mode, implicit in (("implicit", True), ("starttls", False)):
                    self.accepted(self.one(f"trace={trace}", f"mode={mode}", "user=tim", "password=secret", way=way,
                                           implicit=implicit))
                    self.assertIn("C: ***\n", self.dialogue)
                    self.assertIn("C: MAIL FROM:<tim@mail.test>\r\n".replace("\r\n", "\n"),
                                  self.dialogue.replace("\r\n", "\n"))
                    self.assertNotIn("AHRpbQBzZWNyZXQ=", self.dialogue)

    def test_connect_first(self):
        for mode, implicit in (("implicit", True), ("starttls", False)):
            connected, mail = self.many("connect=5000", f"mode={mode}", way="session", implicit=implicit)
            self.assertEqual((connected["status"], mail["outcome"]), ("0x00", ACCEPTED))
            self.assertEqual(self.statistics["connections"], "1")

    # ---- What must not ----

    def test_late_caller(self):
        # The commands' limit is a second.
        for mode, implicit in (("implicit", True), ("starttls", False)):
            connected, mail = self.many("connect=5000", "late=130", f"mode={mode}", way="session", implicit=implicit)
            self.assertEqual((connected["status"], mail["status"], mail["outcome"]), ("0x00", "0x00", ACCEPTED))

    def test_wrong_name(self):
        for way in WAYS:
            self.refused(self.one(way=way, certificate="wrong_subject"), HANDSHAKE, "0x195", "for wrong, not for localhost")
            self.assertEqual(self.server.secret, [])

    def test_wildcard_is_one_label(self):
        self.refused(self.one(host="a.b.wild.test"), HANDSHAKE, "0x195", "not for a.b.wild.test")

    def test_expired(self):
        self.refused(self.one(certificate="expired"), HANDSHAKE, "0x193", "expired")
        self.refused(self.one("ahead=-1000000"), HANDSHAKE, "0x194", "not valid yet")

    def test_without_a_clock_no_date_is_checked(self):
        self.accepted(self.one("clock=0", certificate="expired"))

    def test_self_signed(self):
        self.refused(self.one(certificate="self"), HANDSHAKE, "0x11A", "self-signed")
        self.accepted(self.one(certificate="self", ca="self"))

    def test_unknown_issuer(self):
        self.refused(self.one(ca="other"), HANDSHAKE, "0x11B", "issuer is not trusted")
        self.refused(self.one(ca=None), HANDSHAKE, "0x11B", "issuer")

    def test_failures_over_starttls(self):
        for mode in ("starttls", "opportunistic"):
            for way in WAYS:
                for certificate, nx_status in (("wrong_subject", "0x195"), ("expired", "0x193"), ("self", "0x11A")):
                    found = self.one(f"mode={mode}", way=way, implicit=False, certificate=certificate)
                    self.refused(found, HANDSHAKE, nx_status, "certificate")
                    self.assertEqual(self.server.clear, ["EHLO client.example", "STARTTLS"])
                    self.assertEqual(self.server.secret, [])

    def test_callback_of_the_application(self):
        self.refused(self.one("refuses=1", host=None), HANDSHAKE, "0x777", "0x777")
        # With a host name the name is what is checked.
        self.accepted(self.one("refuses=1"))

    def test_a_name_that_was_not_checked(self):
        self.refused(self.one("clock=2"), HANDSHAKE, "0x195", "another name")
        self.accepted(self.one("clock=2", host=None))

    def test_setup_fails(self):
        for mode, implicit in (("implicit", True), ("starttls", False)):
            self.refused(self.one("setup=0x55", f"mode={mode}", implicit=implicit), HANDSHAKE, "0x55", "tls_setup failed")
        self.refused(self.one("metadata=100"), HANDSHAKE, "0x13F", "tls_setup failed")

    def test_too_little_room(self):
        self.refused(self.one("buffer=100"), HANDSHAKE, "0x135", "packet buffer is too small")
        self.refused(self.one("remotes=0"), HANDSHAKE, "0x129", "no room for the server's certificates")
        self.refused(self.one("remote_size=100"), HANDSHAKE, "0x12D", "too little room")

    def test_versions(self):
        self.refused(self.one(setup=only(TLS_1_1)), HANDSHAKE, "0x114", "alert 70")
        self.refused(self.one("version=0x303", setup=only(TLS_1_3)), HANDSHAKE, "0x114", "alert 70")

    def test_certificate_demanded(self):
        def setup(context):
            only(TLS_1_2)(context)
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.certificates.pem("ca"))
        self.refused(self.one(setup=setup), HANDSHAKE, "0x114", "refused, by the alert 40")

    def test_no_tls_there(self):
        self.refused(self.one(implicit=False), HANDSHAKE, "0x10F", "does not speak TLS there: use port 465, or STARTTLS")

    def test_ip_pool_too_small_for_the_client_hello(self):
        self.refused(self.one("ip_payload=200"), HANDSHAKE, "0x135", "IP instance's pool for the ClientHello: enlarge")

    def test_not_offered(self):
        for way in WAYS:
            found = self.one("mode=starttls", "user=tim", "password=secret", way=way, implicit=False,
                             before=("AUTH PLAIN",))
            self.refused(found, NOT_OFFERED, "0x0", "does not offer STARTTLS")
            self.assertEqual(self.server.clear, ["EHLO client.example", "QUIT"])

    def test_no_ehlo(self):
        found = self.one("mode=starttls", implicit=False, faults=("no ehlo",))
        self.refused(found, "0xA8", "0x0", "^$")
        self.assertEqual(self.server.clear, ["EHLO client.example", "QUIT"])

    def test_454(self):
        for way in WAYS:
            found = self.one("mode=starttls", way=way, implicit=False, faults=("454",))
            self.refused(found, REFUSED, "0x0", "refused STARTTLS")
            self.assertEqual(self.server.clear, ["EHLO client.example", "STARTTLS", "QUIT"])

    def test_injection(self):
        for mode in ("starttls", "opportunistic"):
            for way in WAYS:
                found = self.one(f"mode={mode}", way=way, implicit=False, injected=(b"250 injected\r\n",))
                self.refused(found, INJECTION, "0x0", "behind the reply to STARTTLS")
                self.assertEqual(self.server.secret, [])

    def test_stall(self):
        for mode, implicit in (("implicit", True), ("starttls", False)):
            for way in WAYS:
                began = time.monotonic()
                found = self.one(f"mode={mode}", way=way, implicit=implicit, faults=("stall",))
                self.refused(found, HANDSHAKE, "0x1", "in time")
                self.assertLess(time.monotonic() - began, 5)

    def test_patience_in_the_handshake(self):
        for mode, implicit in (("implicit", True), ("starttls", False)):
            connected, = self.many("connect=200", "mails=0", f"mode={mode}", way="session", implicit=implicit,
                                   faults=("stall",))
            self.refused(connected, HANDSHAKE, "0x1", "in time", outcome="0")
            # Of the hundred that the options allow.
            self.assertIn(int(connected["ticks"]), range(19, 80))

    def test_cut_without_close_notify(self):
        for version in VERSIONS:
            for way in WAYS:
                found = self.one(way=way, faults=("cut",), setup=only(version))
                self.assertEqual((found["outcome"], found["status"]), (UNKNOWN, "0xAB"), found)

    def test_close_notify_in_the_middle(self):
        for way in WAYS:
            found = self.one(way=way, faults=("end",))
            self.assertEqual((found["outcome"], found["status"]), (UNKNOWN, "0xAB"), found)

    def test_rubbish_after_the_handshake(self):
        for way in WAYS:
            found = self.one(way=way, faults=("rubbish",))
            self.assertEqual((found["outcome"], found["status"]), (TRANSIENT, RECORD), found)
            self.assertIn("no sound TLS", found["text"])

    def test_sends_that_fail(self):
        # The second is the first of the dialogue, behind the handshake's.
        for nth, outcome in ((1, NOT_ATTEMPTED), (3, NOT_ATTEMPTED), (4, NOT_ATTEMPTED), (7, TRANSIENT)):
            found = self.one("fault=1", f"nth={nth}", setup=only(TLS_1_3))
            self.assertEqual(found["outcome"], outcome, found)
            self.assertEqual(self.server.mails, 0)

    def test_window_that_never_opens(self):
        for way, window in (("session", 3000), ("send", 900)):
            found = self.one("octets=20000", f"window={window}", "delay=0xFFFFFFFF", way=way)
            self.assertEqual((found["status"], found["nx"]), ("0xAF", "0x0"), found)
            self.assertIn(found["outcome"], (TRANSIENT, NOT_ATTEMPTED))
            self.assertEqual(self.server.mails, 0)

    def test_shut_window_that_never_opens(self):
        found = self.one("octets=20000", "shut=0xFFFFFFFF", "trace=2", way="session")
        self.assertEqual((found["status"], found["outcome"]), ("0xAF", TRANSIENT), found)
        self.assertEqual(self.server.mails, 0)

    def test_receptions_that_fail(self):
        accepted = 0
        for nth in range(1, 20, 3):
            found = self.one("fault=4", f"nth={nth}", setup=only(TLS_1_3))
            # Once the reply has come, what follows it is no matter.
            accepted += found["outcome"] == ACCEPTED
            if found["outcome"] != ACCEPTED:
                self.assertIn(found["outcome"], (UNKNOWN, TRANSIENT, NOT_ATTEMPTED), (nth, found))
            if found["outcome"] in (TRANSIENT, NOT_ATTEMPTED):
                self.assertEqual(self.server.mails, 0, (nth, found))
        self.assertLess(accepted, 4)

    def test_pools_that_are_small(self):
        for ip_packets in (1, 2, 3):
            # close_notify goes out too.
            self.accepted(self.one(f"ip_packets={ip_packets}", "packets=1"))

    def test_pool_that_is_dry(self):
        for nth in range(1, 12):
            found = self.one("fault=0", f"nth={nth}", "fault_status=1")
            self.assertIn(found["outcome"], (ACCEPTED, TRANSIENT, NOT_ATTEMPTED), (nth, found))
            if found["outcome"] != ACCEPTED:
                self.assertEqual(self.server.mails, 0)


class Patient(Bed):
    """What needs the usual limits, for a machine may be slow."""

    def test_many_mails_on_one_connection(self):
        for after in ((), ("PIPELINING",)):
            found = self.many("mails=40", way="session", after=after)
            self.assertEqual([mail["outcome"] for mail in found], [ACCEPTED] * 40)
            self.assertEqual((self.server.mails, self.server.failure), (40, []))
            self.assertEqual(self.statistics["connections"], "1")

    def test_large_body(self):
        for words in ((), ("payload=512", "packets=20"), ("mss=536",), ("window=3000", "delay=1"), ("piece=40",)):
            self.accepted(self.one("octets=200000", *words, way="session"))
            self.assertGreater(len(self.server.messages[0]), 200000)

    def test_chunks(self):
        for window in ("0", "5000"):
            found = self.many("mails=5", "octets=20000", f"window={window}", "delay=1", way="session",
                              after=("PIPELINING", "CHUNKING"))
            self.assertEqual([mail["outcome"] for mail in found], [ACCEPTED] * 5)
            self.assertEqual(self.server.failure, [])
            self.assertIn("BDAT", " ".join(self.server.secret))

    def test_shut_window_whose_update_was_lost(self):
        for version in VERSIONS:
            self.accepted(self.one("octets=20000", "shut=100", "trace=2", way="session", setup=only(version)))
            self.assertGreater(len(self.server.messages[0]), 20000)

    def test_a_window_smaller_than_a_segment(self):
        for window in (200, 700):
            self.accepted(self.one("octets=5000", f"window={window}", "delay=1", way="session"))

    def test_a_server_that_must_be_heard(self):
        # More than kernels buffer, and a reply that they do not take whole: who waits in a send waits for ever.
        # Where the client is slow, as many replies as its window holds wait in packets of their own.
        found = self.many("mails=120", "flight=120", "octets=60000", "lines=600", "ip_packets=80", way="session", faults=("flood",),
                          after=("PIPELINING", "CHUNKING"))
        self.assertEqual([mail["outcome"] for mail in found], [ACCEPTED] * 120)
        self.assertEqual((self.server.mails, self.server.failure), (120, []))
        self.assertEqual(self.statistics["connections"], "1")

    def test_one_packet(self):
        self.accepted(self.one("packets=1", "octets=20000", way="session"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=2)
