#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the examples compose, read back by Python's email package."""

import email
import email.policy
import os
import subprocess
import sys
import xml.etree.ElementTree


def composed(name):
    done = subprocess.run([os.environ[name]], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
    parsed = email.message_from_bytes(done.stdout, policy=email.policy.default)
    assert not any(part.defects for part in parsed.walk())
    return done, parsed


def check_alert():
    _, mail = composed("POSTINO_SENSOR_ALERT")
    assert mail["From"].addresses[0].display_name == "Pump 7, B\u00fcrgerpark"
    assert [one.addr_spec for one in mail["To"].addresses] == ["ann@example.org", "duty@example.org"]
    assert mail["Subject"] == "Water level: 455 mm \u2013 rising"
    assert (mail["X-Priority"], mail["Importance"], mail["Priority"]) == ("1", "high", "urgent")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "455 mm" in mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",))
    assert "cid:chart@pump.example.org" in html.get_content()
    images = [part for part in mail.walk() if part.get_content_type() == "image/svg+xml"]
    assert len(images) == 1 and images[0]["Content-ID"] == "<chart@pump.example.org>"
    svg = xml.etree.ElementTree.fromstring(images[0].get_content())
    assert len(svg) == 12


def check_report():
    done, mail = composed("POSTINO_CRASH_REPORT")
    assert int(done.stderr.split()[0]) == len(done.stdout)
    attached = list(mail.iter_attachments())
    assert len(attached) == 1 and attached[0].get_filename() == "core-4.2.1.bin"
    core = attached[0].get_content()
    assert len(core) == 5000000
    assert all(core[i] == (i * 2654435761 >> 16) & 255 for i in list(range(0, 5000000, 997)) + [4999999])


def main():
    check_alert()
    check_report()
    print("2 passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
