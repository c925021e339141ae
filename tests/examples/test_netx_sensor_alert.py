#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs examples/netx_sensor_alert against a server on the loopback: usage: test_netx_sensor_alert.py PROGRAM

What the server took is read back by Python's email package.
"""

import email
import email.policy
import unittest
import xml.etree.ElementTree

import test_netx_send_many as many

LEVELS = [210, 214, 213, 220, 231, 250, 274, 305, 341, 382, 420, 455]


class NetxSensorAlert(unittest.TestCase):
    def alert(self, *extensions):
        with many.Server(extensions) as server:
            status, text = many.run(server.port)
        self.assertEqual(status, 0, text)
        self.assertIn("alert: status 0x00, outcome 1\n", text)
        self.assertEqual(server.faults, [])
        (recipients, header, body), = server.mails
        self.assertEqual(recipients, ["ann@mail.test", "duty@mail.test"])
        mail = email.message_from_bytes(header + b"\r\n\r\n" + body, policy=email.policy.default)
        self.assertEqual(mail["From"], "\"Pump 7, B\u00fcrgerpark\" <alice@mail.test>")
        self.assertEqual(mail["To"], "Ann Lee <ann@mail.test>")
        self.assertEqual(mail["Cc"], "duty@mail.test")
        self.assertEqual(mail["Subject"], "Wasserstand: 455 mm \u2013 steigend")
        self.assertEqual(mail["Date"].datetime.isoformat()[:10], "2026-11-18")
        self.assertEqual(mail["X-Priority"], "1")
        self.assertEqual(mail["Auto-Submitted"], "auto-generated")
        self.assertEqual(mail.get_content_type(), "multipart/alternative")
        plain, related = mail.iter_parts()
        self.assertEqual(plain.get_content(), "The water is at 455 mm and rises by 200 mm an hour.\r\n")
        html, chart = related.iter_parts()
        self.assertIn("\u2191 200 mm an hour.</p><p><img src=\"cid:chart@sensor.mail.test\"", html.get_content())
        self.assertEqual(chart["Content-ID"], "<chart@sensor.mail.test>")
        self.assertEqual(chart.get_filename(), "level.svg")
        self.assertEqual(chart.get_content_type(), "image/svg+xml")
        root = xml.etree.ElementTree.fromstring(chart.get_content())
        self.assertEqual([int(bar.get("height")) for bar in root], [level // 2 for level in LEVELS])
        for part in mail.walk():
            self.assertEqual(part.defects, [])
        return html

    def test_plain_server(self):
        self.assertEqual(self.alert()["Content-Transfer-Encoding"], "quoted-printable")

    def test_what_is_offered(self):
        self.assertEqual(self.alert("PIPELINING", "CHUNKING", "8BITMIME", "SIZE 100000")["Content-Transfer-Encoding"], "8bit")


if __name__ == "__main__":
    unittest.main(argv=many.sys.argv[:1])
