#!/usr/bin/python3
"""The proxy itself: what it records, what it counts and where it cuts, with a server of three lines. Needs no packages.

usage: test_recording_proxy.py [unittest's arguments]
"""

# SPDX-License-Identifier: MIT

import socket
import threading
import time
import unittest

import loopback
from raw_client import ConnectionEnded, RawClient
from recording_proxy import Drop, Event, Reader, RecordingProxy


class Server:
    """Context manager: greets, answers `250 LINE` to each line, and writes down what it got."""

    def __init__(self):
        self.got = b""
        self.ended = threading.Event()

    def __enter__(self):
        self._listener = loopback.bind("127.0.0.1", 0)
        self._listener.listen(1)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.close()

    def _serve(self):
        client, _ = self._listener.accept()
        client.settimeout(10)
        with client:
            client.sendall(b"220 hello\r\n")
            answered = 0
            try:
                while octets := client.recv(65536):
                    self.got += octets
                    lines = self.got.split(b"\n")[:-1]
                    client.sendall(b"".join(b"250 " + line.rstrip(b"\r") + b"\r\n" for line in lines[answered:]))
                    answered = len(lines)
            except OSError:
                pass
        self.ended.set()


def events(*said):
    """said: "C..." and "S...", one event each."""
    return [Event(0.0, text[0], text[1:].encode()) for text in said]


def read(*said):
    return [(exchange.group, exchange.command.decode(), exchange.codes, exchange.content.decode())
            for exchange in Reader(events(*said)).exchanges]


class RelayTests(unittest.TestCase):
    def converse(self, *groups, **options):
        """Say the groups through a proxy to a server; return (codes or "closed", conversation, server)."""
        codes = []
        with Server() as server, RecordingProxy("127.0.0.1", server.port, **options) as proxy:
            try:
                with RawClient("127.0.0.1", proxy.port) as client:
                    codes.append(220)
                    for group in groups:
                        codes += client.group(*group)
            except ConnectionEnded as end:
                codes += [*end.codes, "closed"]
            conversation = proxy.wait_for_end()
            self.assertTrue(server.ended.wait(10))
        return codes, conversation, server

    def test_everything_passes(self):
        blob = bytes(range(256)).replace(b"\n", b"") * 4000
        codes, conversation, server = self.converse(("one", "two"), (blob, "three"))
        self.assertEqual(codes[:3] + codes[4:], [220, 250, 250])
        self.assertEqual(conversation.client, b"one\r\ntwo\r\n" + blob + b"three\r\n")
        self.assertEqual(server.got, conversation.client)
        self.assertTrue(conversation.server.startswith(b"220 hello\r\n250 one\r\n250 two\r\n"))
        self.assertFalse(conversation.dropped)

    def test_groups_with_a_delay(self):
        start = time.monotonic()
        _, conversation, _ = self.converse(("a", "b", "c"), ("d",), ("e", "f"), delay_s=0.03)
        self.assertEqual(conversation.groups(), [b"a\r\nb\r\nc\r\n", b"d\r\n", b"e\r\nf\r\n"])
        # The greeting's way, then three times there and back.
        self.assertGreaterEqual(time.monotonic() - start, 7 * 0.03)

    def test_a_group_in_two_writes(self):
        with Server() as server, RecordingProxy("127.0.0.1", server.port, delay_s=0.05) as proxy:
            with RawClient("127.0.0.1", proxy.port) as client:
                client.send("a")
                time.sleep(0.02)
                client.send("b")
                self.assertEqual(client.read(2), [250, 250])
            self.assertEqual(proxy.wait_for_end().groups(), [b"a\r\nb\r\n"])

    def test_lost_reply(self):
        for reset in (False, True):
            with self.subTest(reset=reset):
                codes, conversation, server = self.converse(("a",), ("b",), ("c",), drops=[Drop(reply=3, reset=reset)])
                self.assertEqual(codes, [220, 250, "closed"])
                self.assertEqual(server.got, b"a\r\nb\r\n")
                self.assertTrue(conversation.dropped)

    def test_every_octet_of_the_server(self):
        said = b"220 hello\r\n250 a\r\n"
        for octets in range(len(said)):
            with self.subTest(octets=octets):
                codes, conversation, _ = self.converse(("a",), drops=[Drop(server_octets=octets)])
                self.assertEqual(conversation.server, said[:octets])
                self.assertEqual(codes[-1], "closed")
                self.assertTrue(conversation.dropped)

    def test_octets_of_the_client(self):
        for octets in range(6):
            with self.subTest(octets=octets):
                _, conversation, server = self.converse(("a", "b"), drops=[Drop(client_octets=octets)])
                self.assertEqual(server.got, b"a\r\nb\r\n"[:octets])
                self.assertTrue(conversation.dropped)

    def test_a_place_that_does_not_come(self):
        codes, conversation, _ = self.converse(("a",), drops=[Drop(server_octets=100)])
        self.assertEqual((codes, conversation.dropped), ([220, 250], False))

    def test_a_reset_is_a_reset(self):
        with Server() as server, RecordingProxy("127.0.0.1", server.port, drops=[Drop(reply=2, reset=True)]) as proxy:
            with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as client:
                client.recv(100)
                client.sendall(b"a\r\n")
                with self.assertRaises(ConnectionResetError):
                    client.recv(100)
            proxy.wait_for_end()


class ReaderTests(unittest.TestCase):
    def test_one_after_the_other(self):
        self.assertEqual(read("S220 x\r\n", "CEHLO y\r\n", "S250-z\r\n250 u\r\n", "CQUIT\r\n", "S221 bye\r\n"), [
            (-1, "", [220], ""), (0, "EHLO y", [250], ""), (1, "QUIT", [221], "")])

    def test_pipelined_data(self):
        self.assertEqual(read("S220 x\r\n", "CMAIL FROM:<a>\r\nRCPT TO:<b>\r\nDATA\r\n", "S250 m\r\n25",
                              "S0 r\r\n354 d\r\n", "CQUIT\r\n.",
                              "C\r\nRSET\r\nMAIL FROM:<c>\r\n", "S250 q\r\n250 s\r\n", "S550 m\r\n"), [
            (-1, "", [220], ""), (0, "MAIL FROM:<a>", [250], ""), (0, "RCPT TO:<b>", [250], ""), (0, "DATA", [354], ""),
            (1, ".", [250], "QUIT\r\n"), (1, "RSET", [250], ""), (1, "MAIL FROM:<c>", [550], "")])

    def test_refused_data(self):
        self.assertEqual(read("S220 x\r\n", "CRCPT TO:<b>\r\nDATA\r\nRSET\r\n", "S550 r\r\n554 d\r\n", "S250 s\r\n"), [
            (-1, "", [220], ""), (0, "RCPT TO:<b>", [550], ""), (0, "DATA", [554], ""), (0, "RSET", [250], "")])

    def test_empty_data(self):
        self.assertEqual(read("S220 x\r\n", "CDATA\r\n", "S354 d\r\n", "C.\r\n", "S250 q\r\n")[1:], [
            (0, "DATA", [354], ""), (1, ".", [250], "")])

    def test_chunks(self):
        self.assertEqual(read("S220 x\r\n", "CBDAT 6\r\nQUIT\r\nBD", "CAT 0 LAST\r\nRSET\r\n",
                              "S250 c\r\n250 l\r\n250 s\r\n"), [
            (-1, "", [220], ""), (0, "BDAT 6", [250], "QUIT\r\n"), (0, "BDAT 0 LAST", [250], ""),
            (0, "RSET", [250], "")])

    def test_authentication(self):
        self.assertEqual(read("S220 x\r\n", "CAUTH LOGIN\r\n", "S334 u\r\n", "CYQ==\r\n", "S334 p\r\n", "CQUIT\r\n",
                              "S235 ok\r\n", "CMAIL FROM:<a>\r\n", "S250 m\r\n")[1:], [
            (0, "AUTH LOGIN", [334], ""), (1, "*** YQ==", [334], ""), (2, "*** QUIT", [235], ""),
            (3, "MAIL FROM:<a>", [250], "")])

    def test_lmtp_answers_for_each_recipient(self):
        self.assertEqual(read("S220 x\r\n", "CLHLO y\r\n", "S250 z\r\n",
                              "CMAIL FROM:<a>\r\nRCPT TO:<b>\r\nRCPT TO:<c>\r\nRCPT TO:<d>\r\nBDAT 1 LAST\r\nxQUIT\r\n",
                              "S250 m\r\n250 b\r\n550 c\r\n250 d\r\n", "S250 b\r\n552 d\r\n221 q\r\n")[5:], [
            (1, "RCPT TO:<d>", [250], ""), (1, "BDAT 1 LAST", [250, 552], "x"), (1, "QUIT", [221], "")])

    def test_a_reply_that_nothing_asked_for(self):
        self.assertEqual(read("S220 x\r\n", "CNOOP\r\n", "S250 n\r\n", "S421 bye\r\n")[1:], [
            (0, "NOOP", [250], ""), (0, "", [421], "")])

    def test_before_the_greeting(self):
        self.assertEqual(read("CEHLO y\r\n", "S220 x\r\n250 z\r\n"), [(0, "", [220], ""), (0, "EHLO y", [250], "")])

    def test_a_reply_that_is_not_complete(self):
        self.assertEqual(read("S220 x\r\n", "CNOOP\r\n", "S250-n\r\n250 n")[1:], [(0, "NOOP", [], "")])


if __name__ == "__main__":
    unittest.main()
