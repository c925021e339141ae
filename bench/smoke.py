#!/usr/bin/python3
"""Checks the bench's own tools: usage: smoke.py FOLDER_OF_PROGRAMS

Every loop, client of ours and split against the sink, and the relay between them: the sink's counts must be exact.
No time is judged, but that the relay delays what it has to. Ends within a minute and leaves no process behind.
"""

# SPDX-License-Identifier: MIT

import os
import socket
import sys
import unittest

sys.dont_write_bytecode = True

from processes import Failed, Server, check_counts, measure

FOLDER = sys.argv.pop(1) if len(sys.argv) > 1 else sys.exit("usage: smoke.py FOLDER_OF_PROGRAMS")
LIMIT_S = 30
EVERYTHING = "PIPELINING,CHUNKING,8BITMIME,SIZE"
PIPELINING = "PIPELINING,8BITMIME,SIZE"
NOTHING = "none"
OFFERS = {"lockstep": NOTHING, "pipelined": PIPELINING, "across-data": PIPELINING, "large-data": PIPELINING}


def program(name, *options):
    return [os.path.join(FOLDER, name), *map(str, options)]


def run(offer, command, mails, octets, connections=1, read_octets=None):
    """Run the command against a sink and check the sink's counts; return them."""
    options = [] if read_octets is None else ["--read-octets", read_octets]
    with Server(program("sink", "--offer", offer, *options), LIMIT_S) as sink:
        command = [word.replace("PORT", str(sink.port)) for word in command]
        measure(FOLDER, [*command, "--limit-s", str(LIMIT_S)], LIMIT_S)
        counts = sink.stop()
    check_counts(counts, mails, octets, connections)
    return counts


def bare(mode, mails, octets, *options, read_octets=None):
    command = program("bare", "--port", "PORT", "--mode", mode, "--mails", mails, "--octets", octets, *options)
    return run(OFFERS.get(mode, EVERYTHING), command, mails, octets, read_octets=read_octets)


class Loops(unittest.TestCase):
    MODES = ["lockstep", "pipelined", "bdat", "across", "across-data", "large-data", "large-bdat", "chunks"]

    def test_counts(self):
        for mode in self.MODES:
            for octets in 400, 2048, 4099, 1000001:
                with self.subTest(mode=mode, octets=octets):
                    bare(mode, 3, octets)

    def test_reads_of_few_octets(self):
        for mode in self.MODES:
            for read_octets in 1, 2, 3, 5, 7, 79, 81:
                with self.subTest(mode=mode, read_octets=read_octets):
                    bare(mode, 2, 2048, read_octets=read_octets)

    def test_writes_of_few_octets(self):
        for mode in self.MODES:
            for split in 1, 3, 1000:
                with self.subTest(mode=mode, split=split):
                    bare(mode, 2, 2048, "--split", split)

    def test_write_sizes(self):
        for mode in "large-data", "large-bdat":
            for octets in 997, 64000, 64001, 300000:
                with self.subTest(mode=mode, write_octets=octets):
                    bare(mode, 2, 5000000, "--write-octets", octets)

    def test_chunks_that_the_kernel_drops(self):
        for octets in 262144, 262145, 300000, 999999:
            with self.subTest(octets=octets):
                bare("chunks", 2, 5000000, "--write-octets", octets)

    def test_windows(self):
        for window in 1, 2, 64, 1000:
            with self.subTest(window=window):
                counts = bare("across", 777, 2048, "--window", window)
                self.assertLess(counts["groups"], 777 + 5)

    def test_quit_ahead(self):
        for mode in "bdat", "across":
            for mails in 1, 2, 65:
                with self.subTest(mode=mode, mails=mails):
                    bare(mode, mails, 2048, "--quit-ahead", 1)

    def test_a_group_is_what_one_write_answered(self):
        self.assertEqual(bare("lockstep", 10, 2048)["groups"], 3 * 10 + 2)
        self.assertEqual(bare("lockstep", 10, 2048)["commands"], 3 * 10 + 2)
        self.assertEqual(bare("pipelined", 10, 2048)["groups"], 10 + 2)


class HardMessages(unittest.TestCase):
    """Lines that a scanner for the end mark can stumble over; only CRLF ends one."""

    LINES = [b"", b".", b"..", b"\r", b"\r\r", b".\r", b"\rx", b"\n", b"\n.", b".\n.", b"\n.\n", b"x\r.\r", b"\r.", b".\r.\n"]

    def test_counts(self):
        message = b"".join(line + b"\r\n" for line in self.LINES)
        # A dot before every line: all of them are taken away again.
        wire = b"".join(b"." + line + b"\r\n" if line else b"\r\n" for line in self.LINES) + b".\r\n"
        for read_octets in 1, 2, 3, 5, 1000:
            with self.subTest(read_octets=read_octets):
                options = program("sink", "--offer", NOTHING, "--read-octets", read_octets)
                with Server(options, LIMIT_S) as sink:
                    with socket.create_connection(("127.0.0.1", sink.port), LIMIT_S) as connection:
                        replies = connection.makefile("rb")
                        replies.readline()
                        for said in b"HELO x\r\n", b"MAIL FROM:<>\r\n", b"RCPT TO:<a@b.test>\r\n", b"DATA\r\n", wire, b"QUIT\r\n":
                            connection.sendall(said)
                            self.assertIn(replies.readline()[:1], (b"2", b"3"))
                    check_counts(sink.stop(), 1, len(message), 1)


class Clients(unittest.TestCase):
    def test_postino(self):
        for offer in NOTHING, PIPELINING, EVERYTHING:
            for mails, octets in (50, 2048), (2, 3000001):
                with self.subTest(offer=offer, octets=octets):
                    run(offer, program("postino_bench", "--port", "PORT", "--mails", mails, "--octets", octets),
                        mails, octets)

    def test_postino_ahead(self):
        for offer in NOTHING, PIPELINING, EVERYTHING:
            for mails, octets, window in (200, 2048, 64), (3, 2048, 64), (5, 1500001, 3):
                with self.subTest(offer=offer, octets=octets, mails=mails):
                    run(offer, program("postino_bench", "--port", "PORT", "--mails", mails, "--octets", octets,
                                       "--window", window), mails, octets)

    def test_postino_any_line_ends(self):
        for offer in PIPELINING, EVERYTHING:
            for mails, octets in (50, 2048), (2, 3000001):
                with self.subTest(offer=offer, octets=octets):
                    run(offer, program("postino_bench", "--port", "PORT", "--mails", mails, "--octets", octets,
                                       "--canonical", 0), mails, octets)

    def test_postino_many(self):
        for offer in NOTHING, EVERYTHING:
            with self.subTest(offer=offer):
                counts = run(offer, program("postino_many", "--port", "PORT", "--connections", 50, "--mails", 120),
                             120, 2048, connections=50)
                self.assertEqual(counts["at_once"], 50)


    def test_bare_many(self):
        counts = run(EVERYTHING, program("bare_many", "--port", "PORT", "--connections", 50, "--mails", 120), 120, 2048,
                     connections=50)
        self.assertEqual(counts["at_once"], 50)


class Strictness(unittest.TestCase):
    def test_wrong_counts_are_noticed(self):
        command = program("bare", "--port", "PORT", "--mode", "lockstep", "--mails", 2, "--octets", 2048)
        for mails, octets in (1, 2048), (2, 2047):
            with self.assertRaises(Failed):
                run(NOTHING, command, mails, octets)

    def test_pipelining_that_was_not_offered_is_noticed(self):
        with self.assertRaises(Failed):
            run(NOTHING, program("bare", "--port", "PORT", "--mode", "pipelined"), 1, 2048)

    def test_chunks_that_were_not_offered_are_noticed(self):
        with self.assertRaises(Failed):
            run(PIPELINING, program("bare", "--port", "PORT", "--mode", "bdat"), 1, 2048)


class Relay(unittest.TestCase):
    def through(self, delay_us, offer, name, *options, mails, octets):
        with Server(program("sink", "--offer", offer), LIMIT_S) as sink:
            with Server(program("relay", "--to", sink.port, "--delay-us", delay_us), LIMIT_S) as relay:
                measure(FOLDER, program(name, "--port", relay.port, "--mails", mails, "--octets", octets, *options),
                        LIMIT_S)
                carried = relay.stop()
            counts = sink.stop()
        check_counts(counts, mails, octets, 1)
        self.assertEqual(carried["connections"], 1)
        self.assertGreater(carried["octets_up"], mails * octets)
        return carried

    def test_counts(self):
        for mode in "across", "large-bdat", "chunks":
            self.through(1000, EVERYTHING, "bare", "--mode", mode, mails=3, octets=3000001)
        self.through(1000, PIPELINING, "bare", "--mode", "large-data", "--split", 100, mails=1, octets=300001)
        self.through(0, PIPELINING, "postino_bench", mails=3, octets=3000001)

    def test_round_trips(self):
        """Set-up and greeting take two round trips; then EHLO, MAIL, RCPT, DATA, the message and QUIT one each."""
        carried = self.through(20000, NOTHING, "bare", "--mode", "lockstep", mails=1, octets=2048)
        self.assertGreaterEqual(carried["wall_us"], 8 * 40000)
        carried = self.through(20000, EVERYTHING, "bare", "--mode", "bdat", mails=1, octets=2048)
        self.assertGreaterEqual(carried["wall_us"], 5 * 40000)
        carried = self.through(20000, EVERYTHING, "bare", "--mode", "bdat", "--quit-ahead", 1, mails=1, octets=2048)
        self.assertGreaterEqual(carried["wall_us"], 4 * 40000)


if __name__ == "__main__":
    unittest.main()
