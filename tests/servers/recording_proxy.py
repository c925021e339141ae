"""A wire oracle: a relay on the loopback that writes down who said what, and cuts the connection where it is told to.

    with RecordingProxy("127.0.0.1", server_port, delay_s=0.02) as proxy:
        ... the client connects to 127.0.0.1 or ::1, port proxy.port ...
        conversation = proxy.wait_for_end()
    conversation.client            all octets that the client sent; .server: all that the client was given
    conversation.groups()          the client's octets, cut where a reply reached it in between
    conversation.exchanges()       each command with its replies, its content and the number of its group

Each direction can be delayed. With a delay, what the client sends without waiting is in one group: its next reply is
still under way then. Drop says where a connection ends, for the first connection, the second and so on.
"""

# SPDX-License-Identifier: MIT

import collections
import re
import select
import socket
import struct
import threading
import time

import loopback

CHUNK_OCTETS = 65536
LIFE_LIMIT_S = 120.0
END_LIMIT_S = 10.0
FIN_LIMIT_S = 2.0

# what: "C" or "S"; at_s: seconds since the connection, at the client's end of the wire.
Event = collections.namedtuple("Event", "at_s what octets")


class Drop:
    """Where a connection is cut. The counted octets still pass, the next one arrives at the proxy and is lost.

    server_octets=N   the client gets the first N octets that the server sent, and no more
    reply=K           the client gets the K-1 replies before (the greeting is reply 1), and nothing of reply K, which
                      the server has sent completely: a lost reply
    client_octets=N   the server gets the first N octets that the client sent, and no more
    reset=True        the client gets a RST, else a FIN
    """

    def __init__(self, server_octets=None, reply=None, client_octets=None, reset=False):
        self.server_octets = server_octets
        self.reply = reply
        self.client_octets = client_octets
        self.reset = reset

    def client_room(self, client):
        """How many of the client's octets pass."""
        return len(client) if self.client_octets is None else min(len(client), self.client_octets)

    def server_room(self, server):
        """How many of the server's octets pass, and whether the cut is due."""
        if self.reply is not None:
            replies = list(REPLY.finditer(server))
            if len(replies) >= self.reply:
                return replies[self.reply - 1].start(), True
            # A reply that is not complete is kept back: it may be the one.
            return (replies[-1].end() if replies else 0), False
        if self.server_octets is not None and len(server) > self.server_octets:
            return self.server_octets, True
        return len(server), False


REPLY = re.compile(rb"(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\r?\n")
KEEP = Drop()


class Exchange:
    """One command, b"" for the greeting or a reply that nothing asked for, b"." for the end of DATA's content."""

    def __init__(self, command, group):
        self.command = command
        self.group = group
        self.content = b""
        self.replies = []
        self.wanted = 1  # replies: with LMTP the end of a message gets one for each recipient that was taken

    @property
    def verb(self):
        return self.command.split(b" ")[0].split(b":")[0].upper().decode("latin-1")

    @property
    def codes(self):
        return [int(reply[:3]) for reply in self.replies]

    def __repr__(self):
        return "%d: %s %s" % (self.group, self.command.decode("latin-1"), self.codes)


class Conversation:
    """What went over one connection."""

    def __init__(self):
        self.events = []
        self.dropped = False

    def _said(self, what):
        return b"".join(event.octets for event in self.events if event.what == what)

    @property
    def client(self):
        return self._said("C")

    @property
    def server(self):
        return self._said("S")

    def groups(self):
        groups = []
        last = "S"
        for event in self.events:
            if event.what == "C":
                if last == "S":
                    groups.append(b"")
                groups[-1] += event.octets
            last = event.what
        return groups

    def replies(self):
        return REPLY.findall(self.server)

    def exchanges(self):
        return Reader(self.events).exchanges


class Reader:
    """Matches each reply to its command, in the order in which both reached the client's end of the wire."""

    def __init__(self, events):
        self.exchanges = []
        self._client = b""
        self._server = b""
        self._mode = self._read_command
        self._chunk_left = 0
        self._group = -1
        self._lmtp = False
        self._accepted = 0
        last = "S"
        for event in events:
            if event.what == "C":
                self._group += last == "S"
                self._client += event.octets
                self._read_client()
            else:
                self._server += event.octets
                while reply := REPLY.match(self._server):
                    self._server = self._server[reply.end():]
                    self._take_reply(reply.group())
                    self._read_client()
            last = event.what

    def _read_client(self):
        while self._client and self._mode():
            pass

    def _read_command(self):
        line, end, rest = self._client.partition(b"\n")
        if not end:
            return False
        self._client = rest
        exchange = Exchange(line.rstrip(b"\r"), self._group)
        self.exchanges.append(exchange)
        words = exchange.command.upper().split()
        verb = words[0] if words else b""
        if verb == b"BDAT":
            self._chunk_left = int(words[1])
            self._mode = self._read_chunk if self._chunk_left else self._read_command
        elif verb in (b"DATA", b"AUTH", b"STARTTLS"):
            self._mode = self._wait_for_reply
        self._lmtp = self._lmtp or verb == b"LHLO"
        return True

    def _wait_for_reply(self):
        return False

    def _read_chunk(self):
        exchange = self.exchanges[-1]
        exchange.content += self._client[:self._chunk_left]
        taken = min(len(self._client), self._chunk_left)
        self._client = self._client[taken:]
        self._chunk_left -= taken
        exchange.group = self._group
        if self._chunk_left == 0:
            self._mode = self._read_command
        return True

    def _read_data(self):
        end = re.search(rb"(?:^|\r\n)\.\r\n", self._client)
        if not end:
            return False
        exchange = Exchange(b".", self._group)
        exchange.content = self._client[:end.end() - 3]
        self._client = self._client[end.end():]
        self.exchanges.append(exchange)
        self._mode = self._read_command
        return True

    def _read_response(self):
        line, end, rest = self._client.partition(b"\n")
        if not end:
            return False
        self._client = rest
        self.exchanges.append(Exchange(b"*** " + line.rstrip(b"\r"), self._group))
        self._mode = self._wait_for_reply
        return True

    def _read_rest(self):
        return False

    def _is_end(self, exchange):
        return exchange.command == b"." or exchange.command.upper().startswith(b"BDAT") and b"LAST" in \
            exchange.command.upper()

    def _take_reply(self, reply):
        waiting = next((exchange for exchange in self.exchanges
                        if exchange.command and len(exchange.replies) < exchange.wanted), None)
        if waiting is None or not self.greeted():
            waiting = Exchange(b"", self._group)
            self.exchanges.insert(0 if not self.greeted() else len(self.exchanges), waiting)
        if not waiting.replies and self._lmtp and self._is_end(waiting):
            waiting.wanted = max(1, self._accepted)
        waiting.replies.append(reply)
        code = reply[:3]
        if waiting.verb == "MAIL":
            self._accepted = 0
        if waiting.verb == "RCPT" and code[:1] == b"2":
            self._accepted += 1
        if self._mode == self._wait_for_reply and waiting is self.exchanges[-1]:
            if code == b"354":
                self._mode = self._read_data
            elif code == b"334":
                self._mode = self._read_response
            elif code == b"220":
                self._mode = self._read_rest
            else:
                self._mode = self._read_command

    def greeted(self):
        return any(not exchange.command for exchange in self.exchanges)


class RecordingProxy:
    """Context manager: listens on one port of every loopback address until its end; one thread a connection."""

    def __init__(self, server, port, delay_s=0.0, drops=()):
        self._server = (server, port)
        self._delay_s = delay_s
        self._drops = list(drops)
        self._listeners = []
        self._threads = []
        self._closing = threading.Event()
        self._ended = threading.Condition()
        self._ended_count = 0
        self.conversations = []
        self.port = None

    def __enter__(self):
        self.port, self._listeners = loopback.bind_free_port()
        for listener in self._listeners:
            listener.listen(16)
        self._start(self._accept)
        return self

    def __exit__(self, *_):
        self._closing.set()
        for thread in self._threads:
            thread.join(END_LIMIT_S)
        for listener in self._listeners:
            listener.close()
        if any(thread.is_alive() for thread in self._threads):
            raise RuntimeError("the proxy did not end")

    def wait_for_end(self, number=0, limit_s=END_LIMIT_S):
        """Return the conversation of that number once it and those before it have ended."""
        with self._ended:
            if not self._ended.wait_for(lambda: self._ended_count > number, limit_s):
                raise RuntimeError("%d connections ended, not %d" % (self._ended_count, number + 1))
        return self.conversations[number]

    def _start(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        while not self._closing.is_set():
            ready, _, _ = select.select(self._listeners, [], [], 0.02)
            for listener in ready:
                client, _ = listener.accept()
                drop = self._drops[len(self.conversations)] if len(self.conversations) < len(self._drops) else None
                conversation = Conversation()
                self.conversations.append(conversation)
                self._start(self._relay, client, conversation, drop or KEEP)

    def _relay(self, client, conversation, drop):
        try:
            with client, socket.create_connection(self._server, timeout=END_LIMIT_S) as server:
                Relay(client, server, conversation, drop, self._delay_s).run(self._closing)
        except OSError:
            pass  # one side went away: the conversation is what was said until then
        finally:
            with self._ended:
                self._ended_count += 1
                self._ended.notify_all()


class Relay:
    """One connection's two directions. An octet that is held by the delay waits in a queue with its due time."""

    def __init__(self, client, server, conversation, drop, delay_s):
        self._client = client
        self._conversation = conversation
        self._drop = drop
        self._delay_s = delay_s
        self._start_s = time.monotonic()
        self._ways = {client: Way(server), server: Way(client)}
        for end in self._ways:
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            end.setblocking(False)
        self._heard = {client: b"", server: b""}
        self._cut_at_s = None

    def run(self, closing):
        while not closing.is_set() and time.monotonic() - self._start_s < LIFE_LIMIT_S:
            now = time.monotonic()
            for way in self._ways.values():
                for octets in way.due(now):
                    self._deliver(way, octets)
                way.flush()
            if self._cut_at_s is not None and now >= self._cut_at_s and self._ways_are_empty():
                return self._cut()
            if all(way.is_over() for way in self._ways.values()):
                return None
            reading = [end for end, way in self._ways.items() if not way.ended and self._cut_at_s is None]
            writing = [way.target for way in self._ways.values() if way.ready]
            readable, _, _ = select.select(reading, writing, [], self._pause(now))
            for end in readable:
                self._read(end)
        return None

    def _pause(self, now):
        due = [way.queue[0][0] - now for way in self._ways.values() if way.queue]
        return max(0.0, min([0.05, *due]))

    def _ways_are_empty(self):
        return not any(way.queue or way.ready for way in self._ways.values())

    def _read(self, end):
        try:
            octets = end.recv(CHUNK_OCTETS)
        except BlockingIOError:
            return
        except OSError:
            octets = b""
        way = self._ways[end]
        now = time.monotonic()
        if not octets:
            way.ended = True
            way.put(now + self._delay_s, None)
            return
        passed = len(self._heard[end])
        if end is self._client:
            self._conversation.events.append(Event(now - self._start_s, "C", octets))
            self._heard[end] += octets
            room = self._drop.client_room(self._heard[end])
            way.put(now + self._delay_s, octets[:max(0, room - passed)])
            cut = room < len(self._heard[end])
        else:
            self._heard[end] += octets
            room, cut = self._drop.server_room(self._heard[end])
            way.put(now + self._delay_s, self._heard[end][way.given:room])
            way.given = max(way.given, room)
        if cut:
            self._cut_at_s = now + self._delay_s

    def _deliver(self, way, octets):
        if octets and way.target is self._client:
            self._conversation.events.append(Event(time.monotonic() - self._start_s, "S", octets))
        way.send(octets)

    def _cut(self):
        self._conversation.dropped = True
        self._ways[self._client].target.close()
        if self._drop.reset:
            self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        # A socket that is closed before all is read sends RST and not FIN. What is read here goes nowhere.
        self._client.shutdown(socket.SHUT_WR)
        while select.select([self._client], [], [], FIN_LIMIT_S)[0] and (octets := self._client.recv(CHUNK_OCTETS)):
            self._conversation.events.append(Event(time.monotonic() - self._start_s, "C", octets))


class Way:
    """One direction: octets that are under way, then those that the target's window has no room for."""

    def __init__(self, target):
        self.target = target
        self.queue = collections.deque()
        self.ready = b""
        self.given = 0
        self.ended = False
        self._shut = False

    def put(self, due_s, octets):
        if octets != b"":
            self.queue.append((due_s, octets))

    def due(self, now):
        while self.queue and self.queue[0][0] <= now:
            yield self.queue.popleft()[1]

    def send(self, octets):
        """None is the end."""
        if octets is None:
            self._shut = True
        else:
            self.ready += octets

    def flush(self):
        try:
            while self.ready:
                self.ready = self.ready[self.target.send(self.ready):]
            if self._shut:
                self.target.shutdown(socket.SHUT_WR)
        except BlockingIOError:
            pass
        except OSError:
            self.ready = b""

    def is_over(self):
        return self._shut and not self.ready
