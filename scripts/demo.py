#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs the examples against a real SMTP server on this machine and compares each mail, octet for octet.

The script prints each dialogue as the examples show it, secrets masked, and each message as the server
received it. The server is Debian's python3-aiosmtpd. The script ends within half a minute and leaves nothing
behind. If a mail is missing or differs in one octet, it says so and exits with status 1. """

import argparse
import base64
import json
import os
import re
import subprocess
import sys

TEST_SERVERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "tests", "servers")
sys.path.insert(0, TEST_SERVERS)
sys.dont_write_bytecode = True

import lifetime
import maildir
import mails

PROGRAM_LIMIT_S = 8
START_LIMIT_S = 8
STOP_LIMIT_S = 4

# Accounts of the server: see aiosmtpd_server.py.
NETX_USER, NETX_PASSWORD = "alice@mail.test", "secret"
CLIENT_USER, CLIENT_PASSWORD = "bob@mail.test", "hunter2 with space"

# The message that examples/netx_send_mail.c sends, and the addresses of its server on a board.
NETX_BODY = b"The pump in the cellar is running.\r\n.hidden line\r\n\nLevel: 17 cm\n"
NETX_MESSAGE = mails.message("netx", NETX_BODY, "alice@mail.test", "bob@mail.test", "Water in the cellar",
                             "high")
NETX_SERVERS = {"192.168.1.10": "127.0.0.1", "2001:db8::10": "::1"}
NETX_PORT = 587

# The message that examples/client_demo.c sends, after the Date line.
CLIENT_SUBJECT = "A demonstration"
CLIENT_BODY = (b"Hello from Postino.\r\n.A line that begins with a dot\r\n.\r\n..\r\n"
               b"A line that ends with LF alone\n"
               b"A line that ends with CR alone\r\r\nThe last line ends with nothing")
CLIENT_MESSAGE = (b"From: <bob@mail.test>\r\nTo: <alice@mail.test>\r\nSubject: A demonstration\r\n\r\n"
                  + mails.on_the_wire(CLIENT_BODY))
DATE_LINE = re.compile(rb"Date: \w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000\r\n")


class Wrong(Exception):
    """A fault, as a sentence for the user."""


def title(text):
    print("\n=== %s\n" % text, flush=True)


def run(program, arguments, environment, user, password):
    """Runs an example and prints its output, after a check that no secret is in it."""
    try:
        result = subprocess.run([program, *arguments], env={**os.environ, **environment},
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                timeout=PROGRAM_LIMIT_S)
    except FileNotFoundError:
        raise Wrong("%s is not built" % program) from None
    except subprocess.TimeoutExpired as expired:
        show(expired.stdout or b"")
        raise Wrong("%s did not end in %d s" % (program, PROGRAM_LIMIT_S)) from None
    for secret in (password, "\0%s\0%s" % (user, password)):
        if secret.encode() in result.stdout or base64.b64encode(secret.encode()) in result.stdout:
            raise Wrong("%s shows a secret" % program)
    show(result.stdout)
    if result.returncode != 0:
        raise Wrong("%s: exit status %d" % (program, result.returncode))
    if b"S: 221" not in result.stdout:
        raise Wrong("%s shows no complete dialogue" % program)


def show(octets):
    print(octets.decode("utf-8", "backslashreplace"), end="", flush=True)


def take_mails(folder):
    """Returns the stored mails as [(envelope, octets)], in the order of their arrival, and deletes them."""
    taken = []
    for name in sorted(name for name in os.listdir(folder) if name.endswith(".json")):
        path = os.path.join(folder, name)
        with open(path, encoding="utf-8") as file:
            envelope = json.load(file)
        with open(path.replace(".json", ".eml"), "rb") as file:
            taken.append((envelope, file.read()))
        os.unlink(path)
    return taken


def check(mail, peer, sender, recipient, login, expected):
    """Prints a mail as the server has it, and compares it with the expected mail."""
    envelope, octets = mail
    title("The message that the server received from %s" % peer)
    print("MAIL FROM <%s>, RCPT TO <%s>, authenticated as %s, %d octets:\n" % (
        envelope["mail_from"], "> <".join(envelope["rcpt_tos"]), envelope["login"], len(octets)))
    show(octets.replace(b"\r\n", b" CRLF\n"))
    for name, wanted in (("peer", peer), ("mail_from", sender), ("rcpt_tos", [recipient]), ("login", login)):
        if envelope[name] != wanted:
            raise Wrong("%s is %r, and must be %r" % (name, envelope[name], wanted))
    difference = maildir.difference(expected, octets)
    if difference:
        raise Wrong("the message is not what was sent: " + difference)
    print("\nok: octet for octet what it must be")


def demonstrate_netx(build, server):
    title("NetX Duo SMTP Client API: netx_send_mail, over IPv4 and over IPv6")
    if "::1" not in server["addresses"]:
        raise Wrong("this machine has no ::1, so the mail over IPv6 cannot be shown")
    address_map = ",".join("%s=%s" % pair for pair in NETX_SERVERS.items())
    run(os.path.join(build, "examples", "netx_send_mail"), [], {
        "NETX_HOST_ADDRESS_MAP": address_map, "NETX_HOST_PORT_MAP": "%d:%d" % (NETX_PORT, server["port"])},
        NETX_USER, NETX_PASSWORD)
    arrived = take_mails(server["folder"])
    if len(arrived) != 2:
        raise Wrong("%d mails arrived instead of 2" % len(arrived))
    for mail, address in zip(arrived, NETX_SERVERS.values()):
        check(mail, address, "alice@mail.test", "bob@mail.test", NETX_USER, NETX_MESSAGE)


def demonstrate_client(build, server):
    title("Blocking API: client_demo")
    run(os.path.join(build, "examples", "client_demo"),
        ["127.0.0.1", str(server["port"]), "bob@mail.test", "alice@mail.test", CLIENT_SUBJECT, CLIENT_USER,
         CLIENT_PASSWORD], {}, CLIENT_USER, CLIENT_PASSWORD)
    arrived = take_mails(server["folder"])
    if len(arrived) != 1:
        raise Wrong("%d mails arrived instead of 1" % len(arrived))
    date = DATE_LINE.match(arrived[0][1])
    if not date:
        raise Wrong("the message does not begin with a Date line: %r" % arrived[0][1][:60])
    check(arrived[0], "127.0.0.1", "bob@mail.test", "alice@mail.test", CLIENT_USER,
          date.group() + CLIENT_MESSAGE)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", metavar="BUILD_FOLDER", help="the folder of the build: build/release")
    build = os.path.abspath(parser.parse_args().build)
    program = os.path.join(TEST_SERVERS, "aiosmtpd_server.py")
    try:
        with lifetime.ServerProcess(program, ready_s=START_LIMIT_S, stop_s=STOP_LIMIT_S) as process:
            demonstrate_netx(build, process.info)
            demonstrate_client(build, process.info)
    except (Wrong, lifetime.ServerFailed) as error:
        sys.exit("\ndemo: FAILED: %s" % error)
    print("\ndemo: all three mails arrived, octet for octet")


if __name__ == "__main__":
    main()
