# SPDX-License-Identifier: MIT
"""TLS by OpenSSL against a server that speaks real TLS: test_openssl.py CLIENT"""

import tls_bed
import tls_tests
from tls_bed import ISSUER
from tls_server import TLS_1_2, TLS_1_3, only


class OpensslTests(tls_tests.TlsTests, tls_bed.Bed):
    versions = {TLS_1_2: "TLSv1.2", TLS_1_3: "TLSv1.3"}
    self_signed = "self-signed"
    unknown_issuer = "issuer is not trusted"

    def test_newest(self):
        found = self.accepted(expected={"version": "TLSv1.3"})
        self.assertEqual(len(found["tls-exporter"]), 64)
        self.assertIn("tls-server-end-point", found)

    def test_the_system_does_not_trust_it(self):
        self.refused(ISSUER, "issuer", ca=None)

    def test_settings_that_cannot_be_used(self):
        self.unusable(tls_bed.CONFIG, "/nowhere.pem", "certificate=/nowhere.pem")
        self.unusable(tls_bed.CONFIG, "missing", ca="missing")
        self.unusable(-101, "", "verify=2")


if __name__ == "__main__":
    tls_bed.main()
