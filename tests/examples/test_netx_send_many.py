#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs examples/netx_send_many against a server on the loopback: usage: test_netx_send_many.py PROGRAM

What the program says became of the mails is compared with what the server took.
"""

import base64
import os
import re
import socketserver
import subprocess
import sys
import threading
import unittest

PROGRAM = sys.argv[1]
RUN_S = 600
LINES = 12000
REPORT = b"".join(b"second %d: %d cm\r\n" % (i, i * 7 % 20) for i in range(LINES))
ALARM = b"Water in the cellar: 17 cm.\r\n"
REPORT_TO = ["archive@mail.test"]
TAKEN = ["bob@mail.test", "carol@mail.test"]


class Dialogue(socketserver.StreamRequestHandler):
    timeout = RUN_S

    def say(self, text):
        self.wfile.write(text.encode("ascii") + b"\r\n")

    def handle(self):
        self.server.connections += 1
        self.recipients = []
        self.chunks = b""
        self.say("220 many.test ESMTP")
        for line in self.rfile:
            line = line.decode("ascii").rstrip("\r\n")
            if not self.command(line, line.upper()):
                break

    def command(self, line, upper):
        if upper.startswith("EHLO "):
            words = ["many.test", "AUTH PLAIN", *self.server.extensions]
            for word in words[:-1]:
                self.say("250-" + word)
            self.say("250 " + words[-1])
        elif upper.startswith("AUTH PLAIN "):
            right = base64.b64decode(line[11:]) == b"\0alice@mail.test\0secret"
            self.say("235 welcome" if right else "535 who?")
        elif upper.startswith("MAIL FROM:<ALICE@MAIL.TEST>"):
            self.recipients, self.chunks = [], b""
            self.say("250 sender")
        elif upper.startswith("RCPT TO:<"):
            address = line[9:line.index(">")]
            if address in self.server.refused:
                self.say("550 5.1.1 no such user")
            else:
                self.recipients.append(address)
                self.say("250 recipient")
        elif upper.startswith("RSET"):
            self.say("250 forgotten")
        elif upper.startswith("DATA"):
            self.data()
        elif upper.startswith("BDAT "):
            self.chunk(upper.split(" ")[1:])
        elif upper == "QUIT":
            self.say("221 2.0.0 bye")
            return False
        else:
            self.server.faults.append(line)
            self.say("500 what?")
        return True

    def data(self):
        if not self.recipients:
            self.say("503 nobody")
            return
        self.say("354 go on")
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        self.message(b"".join(lines))

    def chunk(self, words):
        self.chunks += self.rfile.read(int(words[0]))
        if not self.recipients:
            self.say("503 nobody")
        elif words[1:] == ["LAST"]:
            self.message(self.chunks)
        else:
            self.say("250 chunk")

    def message(self, octets):
        header, _, body = octets.partition(b"\r\n\r\n")
        self.server.mails.append((self.recipients, header, body))
        self.say("250 taken")


class Server(socketserver.ThreadingTCPServer):
    def __init__(self, extensions=(), refused=("nobody@mail.test",)):
        super().__init__(("127.0.0.1", 0), Dialogue)
        self.port = self.server_address[1]
        self.extensions, self.refused = extensions, refused
        self.connections, self.mails, self.faults = 0, [], []
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self._thread.join()
        self.server_close()


def run(port):
    environment = {**os.environ, "NETX_HOST_ADDRESS_MAP": "192.168.1.10=127.0.0.1",
                   "NETX_HOST_PORT_MAP": f"587:{port}"}
    result = subprocess.run([PROGRAM], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, timeout=RUN_S, text=True)
    print(result.stdout, end="", flush=True)
    return result.returncode, result.stdout


class NetxSendMany(unittest.TestCase):
    def delivers(self, *extensions):
        with Server(extensions) as server:
            status, text = run(server.port)
        self.assertEqual(status, 0, text)
        self.assertEqual(server.faults, [])
        self.assertEqual(server.connections, 1)
        self.assertEqual([mail[0] for mail in server.mails], [REPORT_TO] * 3 + [TAKEN])
        for _, header, body in server.mails[:3]:
            self.assertIn(b"Subject: Level of the day", header)
            self.assertTrue(body == REPORT, "the body of a report differs")
        _, header, body = server.mails[3]
        self.assertEqual(body, ALARM)
        self.assertIn(b"To: bob@mail.test\r\nCc: nobody@mail.test\r\n", header)
        self.assertNotIn(b"carol", header)
        self.assertEqual(text.count("report: status 0x00, outcome 1\n"), 3)
        self.assertIn("alarm: status 0x00, outcome 1\n"
                      "  bob@mail.test: outcome 1, 250 taken\n"
                      "  nobody@mail.test: outcome 4, 550 5.1.1 no such user\n"
                      "  carol@mail.test: outcome 1, 250 taken\n", text)
        self.assertIn("last reply: 221 2.0.0 bye\n", text)
        counts = re.search(r"^connections 1, mails 4, recipients 5 and 1 refused, octets (\d+) sent", text, re.MULTILINE)
        self.assertIsNotNone(counts, text)
        self.assertGreater(int(counts.group(1)), 3 * len(REPORT))

    def test_plain_server(self):
        self.delivers()

    def test_pipelining(self):
        self.delivers("PIPELINING")

    def test_chunking(self):
        self.delivers("CHUNKING")

    def test_both(self):
        self.delivers("PIPELINING", "CHUNKING", "SIZE 1000000", "8BITMIME")

    def test_nobody_takes_the_alarm(self):
        with Server(("PIPELINING",), refused=("nobody@mail.test", *TAKEN)) as server:
            status, text = run(server.port)
        self.assertEqual(status, 1, text)
        self.assertEqual([mail[0] for mail in server.mails], [REPORT_TO] * 3)
        self.assertIn("alarm: status 0xAA, outcome 4\n", text)

    def test_no_server(self):
        with Server() as server:
            port = server.port
        status, text = run(port)
        self.assertEqual(status, 1, text)
        self.assertIn("connect: status 0x38\nlast reply: 0 \nconnections 0, mails 0,", text)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
