#!/usr/bin/python3
"""Sends mails over TLS through a private Dovecot's submission server, which hands them on to an aiosmtpd.

usage: POSTINO_SEND_FILE=program POSTINO_SEND_MANY_openssl=program POSTINO_SEND_MANY_mbedtls=program
       test_dovecot_secure.py [unittest's arguments]

Needs root, Debian's dovecot-core, dovecot-submissiond, dovecot-lmtpd and python3-aiosmtpd; skipped with exit status 77
without.
"""

# SPDX-License-Identifier: MIT

import harness
import mails
import many
import secure_tests
import stores


def setUpModule():
    secure_tests.start("dovecot_server.py", "secure")


class DovecotTests(secure_tests.SecureTests):
    """Dovecot takes no mail from a client that it does not know."""

    login = ("user alice@mail.test", "password secret")
    only = False
    # Asking for client certificates, it ends the connection when a session is offered (it has no session id context);
    # from then on none is.
    resumed = {12: [0, 0, 0], 13: [0, 0, 0]}
    expired = {"name": "expired.test"}


class DovecotExternalTests(secure_tests.MechanismBed):
    """The other mechanisms are test_dovecot.py's: TLS has no part in them."""

    port = "starttls"

    def test_external(self):
        certificate = secure_tests.own_certificate()
        self.assert_accepted(*certificate, mechanism="EXTERNAL")
        self.assert_accepted(*certificate, "authzid alice@mail.test", mechanism="EXTERNAL")
        self.assert_refused(*certificate, "authzid bob@mail.test", mechanism="EXTERNAL")


class DovecotLmtpTests:
    """LMTP by STARTTLS: a reply for each recipient."""

    backend = None

    def test_lmtp(self):
        store = stores.open_store(secure_tests.server["lmtp_store"])
        store.new()
        recipients = ["bob@mail.test", "full@mail.test", "carol@mail.test"]
        message = mails.message("client", mails.BODIES["one_megabyte"])
        report = many.send(("127.0.0.1", secure_tests.server["ports"]["lmtp"]),
                           [many.Mail(mails.FROM, recipients, message, ("partial",))], "lmtp", "tls starttls",
                           "name localhost", "ca " + secure_tests.certificate("ca.pem"), backend=self.backend)
        self.assertEqual([report.mails[0].recipients[name].code for name in recipients], [250, 552, 250])
        self.assertEqual(report.connections[0].verified, 1)
        self.assertEqual(sorted((mail.recipients, mail.octets) for mail in store.new()),
                         [(["bob@mail.test"], message), (["carol@mail.test"], message)])


globals().update(secure_tests.classes(__name__, DovecotTests))
globals().update(secure_tests.classes(__name__, DovecotLmtpTests))
globals().update(secure_tests.classes(__name__, DovecotExternalTests))

if __name__ == "__main__":
    harness.main("__main__")
