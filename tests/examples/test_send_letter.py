#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The example of a letter against a server of this script. Usage: test_send_letter.py PROGRAM"""

import email
import email.policy
import os
import socket
import subprocess
import sys
import tempfile
import threading

LIMIT_S = 60


class Server(threading.Thread):
    """Takes one mail; keeps the commands and the message."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(LIMIT_S)
        self.commands, self.message, self.connected = [], b"", False
        self.start()

    def run(self):
        try:
            connection, _ = self.listener.accept()
        except OSError:
            return
        self.connected = True
        connection.settimeout(LIMIT_S)
        stream = connection.makefile("rwb")

        def say(text):
            stream.write(text + b"\r\n")
            stream.flush()

        say(b"220 here")
        for line in stream:
            self.commands.append(line.strip().decode())
            if line == b"DATA\r\n":
                say(b"354 go")
                for line in stream:
                    if line == b".\r\n":
                        break
                    self.message += line
            say(b"221 bye" if line == b"QUIT\r\n" else b"250 ok")
            if line == b"QUIT\r\n":
                break
        connection.close()

    def end(self):
        # Wakes accept() if nothing connected.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.join(LIMIT_S)
        self.listener.close()


def run(program, *arguments):
    server = Server()
    done = subprocess.run([program, "127.0.0.1", str(server.listener.getsockname()[1]), *arguments], stdout=subprocess.PIPE,
                          timeout=LIMIT_S, check=False)
    server.end()
    return done.returncode, done.stdout.decode().split("\n")[0].strip(), server


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "log.csv")
        content = bytes(range(256)) * 300
        with open(path, "wb") as file:
            file.write(content)
        status, said, server = run(program, "Pump <pump@example.org>", "Ann <ann@example.org>; bob@example.org,", path)
        assert (status, said) == (0, "success  0"), (status, said)
        assert server.commands == ["EHLO pump.example.org", "MAIL FROM:<pump@example.org>", "RCPT TO:<ann@example.org>",
                                   "RCPT TO:<bob@example.org>", "DATA", "QUIT"], server.commands
        mail = email.message_from_bytes(server.message, policy=email.policy.default)
        assert not any(part.defects for part in mail.walk())
        assert mail["Message-ID"].endswith("@example.org>") and mail["Date"].datetime.year > 2000
        assert [one.display_name for one in mail["To"].addresses] == ["Ann", ""]
        assert mail.get_body(("plain",)).get_content() == "The water in the pit rises.\r\n"
        attached, = mail.iter_attachments()
        assert attached.get_content_type() == "text/csv" and attached.get_filename() == "log.csv"
        assert attached.get_payload(decode=True) == content
        for arguments, wanted in [
                (["pump@example.org", "ann@example.org", os.path.join(folder, "none")], "an attachment's file is missing"),
                (["pump@example.org", "ann@example.org, bob"], "an address list is malformed To 21"),
                (["\u00fc@example.org", "ann@example.org"], "an address has octets above 127"),
                (["", "ann@example.org"], "the message lacks a header field that it must have From 0")]:
            status, said, server = run(program, *arguments)
            assert status == 1 and said.startswith(wanted), (status, said)
            assert not server.connected
    print("5 passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
