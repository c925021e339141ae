#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs examples/epoll_sessions against a server on the loopback: usage: test_epoll_sessions.py PROGRAM SHORT

SHORT is the same program over a socket that takes few octets at a time: see short_send.c. What the program says became of the mails is compared with what the server took.
"""

import asyncio
import os
import re
import resource
import socket
import sys
import unittest

from many_server import ManyServer

PROGRAM, SHORT = sys.argv[1:3]
SESSIONS = 1000
RUN_S = 600  # a hang is a failure; a busy machine is none
LIMIT_MS = 1500  # of the program at least, where a deadline is to fire


class Said:
    """What the program printed."""

    def __init__(self, status, text):
        self.status = status
        self.text = text
        counts = re.search(r"^(\d+) accepted, (\d+) refused, (\d+) unknown, (\d+) not attempted$", text, re.MULTILINE)
        if not counts:
            raise AssertionError(f"status {status}, printed: {text}")
        self.accepted, self.refused, self.unknown, self.not_attempted = map(int, counts.groups())
        self.errors = {reason: int(count) for count, reason in re.findall(r"^  (\d+): (.*)$", text, re.MULTILINE)}
        figures = re.search(r"^(\d+) sessions in ([\d.]+) s, (\d+) octets each, (\d+) KiB in all$", text, re.MULTILINE)
        self.sessions, self.octets = int(figures.group(1)), int(figures.group(3))
        self.seconds = float(figures.group(2))


async def run_program(*arguments, before=None, program=PROGRAM):
    child = await asyncio.create_subprocess_exec(program, *map(str, arguments), stdout=asyncio.subprocess.PIPE,
                                                 stderr=asyncio.subprocess.STDOUT, preexec_fn=before)
    try:
        text, _ = await asyncio.wait_for(child.communicate(), RUN_S)
    except asyncio.TimeoutError:
        child.kill()
        await child.wait()
        raise
    print(text.decode(), end="", flush=True)
    return child.returncode, text.decode()


def mixed(number):
    return ["good", "slow", "silent", "busy", "refuse", "close", "closing", "deaf", "lost", "good"][number % 10]


class EpollSessions(unittest.TestCase):
    def limit_ms(self):
        """A limit that only those reach that are to: some times what good sessions need on this machine now."""
        _, said = self.run_against(lambda _: "good", [], SESSIONS, 2)
        return max(LIMIT_MS, int(4000 * said.seconds))

    def run_against(self, behaviour, extensions, *arguments, before=None, program=PROGRAM):
        async def run():
            async with ManyServer(behaviour, extensions) as server:
                said = Said(*await run_program(*arguments[:-2], "127.0.0.1", server.port, *arguments[-2:],
                                               before=before, program=program))
                # The program ended; what it wrote last may still be on its way through the server.
                for _ in range(6000):
                    if server.open == 0:
                        break
                    await asyncio.sleep(0.01)
            return server, said

        server, said = asyncio.run(run())
        self.assertEqual([], server.faults)
        self.assertEqual(said.sessions, sum(server.connections.values()))
        self.assertEqual(arguments[-2] * arguments[-1],
                         said.accepted + said.refused + said.unknown + said.not_attempted)
        self.assertEqual(said.accepted, sum(server.accepted.values()))
        self.assertTrue(all(count == 1 for count in server.arrived.values()), "a mail came twice")
        return server, said

    def check_good(self, extensions, mails):
        server, said = self.run_against(lambda _: "good", extensions, SESSIONS, mails)
        self.assertEqual((0, SESSIONS * mails), (said.status, said.accepted))
        self.assertEqual(SESSIONS, server.quits)
        self.assertLess(said.octets, 5120)  # as examples/README.md says
        return server

    def test_lock_step(self):
        self.check_good([], 1)

    def test_pipelining(self):
        self.check_good(["PIPELINING"], 3)

    def test_pipelining_and_chunking(self):
        self.check_good(["PIPELINING", "CHUNKING", "8BITMIME", "SIZE"], 6)

    def test_all_open_at_once(self):
        # Nobody is answered, so that every connection is there until its deadline: all of them fire.
        limit_ms = self.limit_ms()
        server, said = self.run_against(lambda _: "silent", [], "-t", limit_ms, SESSIONS, 1)
        self.assertEqual((1, 0, 0), (said.status, said.accepted, said.unknown))
        self.assertEqual(SESSIONS, server.open_max)
        self.assertEqual(1, len(said.errors), said.errors)
        self.assertLess(said.seconds, 13 * limit_ms / 1000)

    def test_misbehaviour(self):
        for extensions in ([], ["PIPELINING"], ["PIPELINING", "CHUNKING"]):
            with self.subTest(extensions):
                server, said = self.run_against(mixed, extensions, "-t", self.limit_ms(), SESSIONS, 2)
                tenth = SESSIONS // 10
                self.assertEqual(1, said.status)
                # Two good tenths and a slow one deliver both mails, "closing" one.
                self.assertEqual(7 * tenth, said.accepted)
                # "deaf" and "lost" leave the first open; and the second, where it was sent before that was known.
                self.assertGreaterEqual(said.unknown, 2 * tenth)
                self.assertLessEqual(said.unknown, 4 * tenth if extensions else 2 * tenth)
                unanswered = sum(server.arrived.values()) - sum(server.accepted.values())
                self.assertLessEqual(unanswered, said.unknown)
                # Each of "refuse" twice, whoever was closed on may have got one mail under way.
                self.assertGreaterEqual(said.refused, 2 * tenth)

    def test_short_sends(self):
        for extensions in ([], ["PIPELINING"], ["PIPELINING", "CHUNKING"]):
            with self.subTest(extensions):
                _, said = self.run_against(lambda _: "good", extensions, 200, 6, program=SHORT)
                self.assertEqual((0, 1200), (said.status, said.accepted))

    def test_end_mark_that_never_left(self):
        # Its last octet is known not to have left, so it is known that the mail was not accepted.
        os.environ["SHORT_SEND"] = "cut"
        try:
            server, said = self.run_against(lambda _: "good", [], "-t", LIMIT_MS, 200, 2, program=SHORT)
        finally:
            del os.environ["SHORT_SEND"]
        self.assertEqual((1, 0, 0), (said.status, said.accepted, said.unknown))
        self.assertEqual((200, 200), (said.refused, said.not_attempted))
        self.assertEqual(0, sum(server.arrived.values()))

    def test_few_descriptors(self):
        def few():
            resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

        server, said = self.run_against(lambda _: "good", ["PIPELINING"], 300, 1, before=few)
        self.assertEqual((0, 300), (said.status, said.accepted))
        self.assertLessEqual(server.open_max, 64)

    def test_nobody_listens(self):
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            status, text = asyncio.run(run_program("127.0.0.1", bound.getsockname()[1], 100, 2))
        said = Said(status, text)
        self.assertEqual((1, 0, 0, 0, 200),
                         (said.status, said.accepted, said.refused, said.unknown, said.not_attempted))

    def test_usage(self):
        for arguments in ([], ["127.0.0.1"], ["127.0.0.1", "25", "0"], ["127.0.0.1", "25", "1", "x"],
                          ["-t", "0", "127.0.0.1", "25"], ["-x", "127.0.0.1", "25"],
                          ["127.0.0.1", "25", "1", "1", "1"]):
            status, text = asyncio.run(run_program(*arguments))
            self.assertEqual(2, status, arguments)
            self.assertIn("usage:", text)


if __name__ == "__main__":
    # The server needs a descriptor for each connection too.
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(limit[1], 4096), limit[1]))
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
