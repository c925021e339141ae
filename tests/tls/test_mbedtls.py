# SPDX-License-Identifier: MIT
"""TLS by Mbed TLS against a server that speaks real TLS, of another make: test_mbedtls.py CLIENT

TLS 1.3 alone cannot be tried: Mbed TLS 2.28 has 1.2 and no more."""

import tls_bed
import tls_tests
from tls_bed import CONFIG


class MbedtlsTests(tls_tests.TlsTests, tls_bed.Bed):
    self_signed = "self-signed"
    unknown_issuer = "unknown issuer"

    def test_settings_that_cannot_be_used(self):
        self.unusable(CONFIG, "file of trusted", ca=None)
        self.unusable(CONFIG, "missing", ca="missing")
        for told, *words in (("TLS version", "min=13"), ("no pin", "verify=2"), ("no host name", "host="),
                             ("nor an address", "host=1.2.3.400"),
                             ("belong together", self.own_certificate()[1]),
                             ("does not belong", self.own_certificate()[0], "key=" + self.certificates.key("ca"))):
            self.unusable(CONFIG, told, *words)


if __name__ == "__main__":
    tls_bed.main()
