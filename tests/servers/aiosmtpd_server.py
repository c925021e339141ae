#!/usr/bin/python3
"""An SMTP server for tests on 127.0.0.1 and ::1, on a port that is free on both. Needs Debian's python3-aiosmtpd.

usage: aiosmtpd_server.py [--no-auth] [FOLDER]

Prints one line of JSON when it is ready: {"port": N, "addresses": ["127.0.0.1", "::1"], "folder": FOLDER}. Ends
on SIGTERM and when standard input ends. Without FOLDER it makes a temporary one, and removes it at its end.

A mail is stored as FOLDER/000001.eml, the octets between DATA and the lone dot with transparency undone and nothing
else changed, and FOLDER/000001.json, its envelope. The .json comes last and whole: once it is there, the mail is
complete. aiosmtpd reports the null sender as "<>". FOLDER/transcript has the dialogues, without their secrets.
With --no-auth there is no AUTH, and so no `AUTH=` behind MAIL, of which aiosmtpd 1.4 knows nothing.
"""

# SPDX-License-Identifier: MIT

import argparse
import asyncio
import contextlib
import json
import logging
import os
import sys
import tempfile

import lifetime
import loopback

try:
    from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
except ImportError:
    lifetime.announce({"unavailable": "not installed: python3-aiosmtpd"})
    sys.exit()

ACCOUNTS = {b"alice@mail.test": b"secret", b"bob@mail.test": b"hunter2 with space"}


class Transcript:
    """Writes a dialogue as `C: ` and `S: ` lines, without the secrets."""

    def __init__(self, path):
        # Unbuffered: what was said is in the file before the other side can react to it.
        self._file = open(path, "wb", buffering=0)

    def line(self, who, octets):
        self._file.write(b"%s: %s\n" % (who, octets))


class RecordingSMTP(SMTP):
    """aiosmtpd's server with an ear on both directions."""

    def __init__(self, *arguments, transcript, **options):
        super().__init__(*arguments, **options)
        self._transcript = transcript
        self._partial_line = b""
        self._challenged = False

    def data_received(self, data):
        *lines, self._partial_line = (self._partial_line + data).split(b"\r\n")
        for line in lines:
            self._transcript.line(b"C", self._without_secret(line))
        super().data_received(data)

    def _without_secret(self, line):
        if self._challenged:
            self._challenged = False
            return b"***"
        words = line.split(b" ")
        if words[0].upper() == b"AUTH" and len(words) > 2:
            return b" ".join(words[:2] + [b"***"])
        return line

    async def push(self, status):
        octets = status.encode() if isinstance(status, str) else status
        for line in octets.split(b"\r\n"):
            self._transcript.line(b"S", line)
        self._challenged = octets.startswith(b"334")
        await super().push(status)


class Store:
    """aiosmtpd's handler: everybody has a mailbox except nobody, every accepted mail goes into two files."""

    def __init__(self, folder):
        self._folder = folder
        self._count = 0

    async def handle_RCPT(self, _server, _session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server, session, envelope):
        self._count += 1
        stem = os.path.join(self._folder, "%06d" % self._count)
        with open(stem + ".eml", "wb") as message:
            message.write(envelope.original_content)
        with open(stem + ".part", "w", encoding="utf-8") as description:
            json.dump({
                "peer": session.peer[0],
                "helo": session.host_name,
                "extended": session.extended_smtp,
                "login": session.auth_data.login.decode() if session.authenticated else None,
                "mail_from": envelope.mail_from,
                "mail_options": envelope.mail_options,
                "rcpt_tos": envelope.rcpt_tos,
                "rcpt_options": envelope.rcpt_options,
            }, description)
        os.rename(stem + ".part", stem + ".json")
        return "250 2.0.0 stored"


def authenticate(_server, _session, _envelope, _mechanism, data):
    known = isinstance(data, LoginPassword) and ACCOUNTS.get(data.login) == data.password
    # handled=False: aiosmtpd sends the 535 itself.
    return AuthResult(success=known, handled=False, auth_data=data)


async def serve(folder, has_auth, end_request):
    loop = asyncio.get_running_loop()
    handler = Store(folder)
    transcript = Transcript(os.path.join(folder, "transcript"))

    def session():
        return RecordingSMTP(handler, transcript=transcript, hostname="mail.test", loop=loop,
                             data_size_limit=64 * 2**20, enable_SMTPUTF8=True, decode_data=False,
                             authenticator=authenticate, auth_require_tls=not has_auth)

    port, sockets = loopback.bind_free_port()
    for bound in sockets:
        await loop.create_server(session, sock=bound)
    lifetime.announce({"port": port, "addresses": loopback.addresses(), "folder": folder})
    await loop.run_in_executor(None, end_request.wait)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--no-auth", action="store_true")
    parser.add_argument("folder", nargs="?")
    arguments = parser.parse_args()
    end_request = lifetime.EndRequest()
    # aiosmtpd warns about its own internals at every AUTH.
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    with contextlib.ExitStack() as stack:
        folder = arguments.folder or stack.enter_context(tempfile.TemporaryDirectory(prefix="postino-aiosmtpd-"))
        os.makedirs(folder, exist_ok=True)
        asyncio.run(serve(os.path.abspath(folder), not arguments.no_auth, end_request))


if __name__ == "__main__":
    main()
