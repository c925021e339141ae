"""An SMTP server for a thousand connections, some of which it treats badly, and a count of what it took."""

# SPDX-License-Identifier: MIT

import asyncio
import collections
import re

BACKLOG = 1024


class Hang(Exception):
    """The server says nothing more on this connection."""


class Close(Exception):
    """The server closes this connection."""


class ManyServer:
    """Async context manager. `behaviour(n)` names what the n-th connection gets, by its order of arrival:

    "good", "slow" (each octet of a reply by itself), "silent" (no greeting), "busy" (421 for a greeting), "refuse"
    (550 for each recipient), "close" (the end in the midst of a reply to EHLO), "closing" (421 for the second MAIL),
    "deaf" (the message is never answered), "lost" (the connection ends behind the message, unanswered).
    """

    def __init__(self, behaviour, extensions=()):
        self._behaviour = behaviour
        self._extensions = extensions
        self._server = None
        self._tasks = set()
        self.port = None
        self.connections = collections.Counter()
        self.open = 0
        self.open_max = 0
        self.accepted = collections.Counter()  # by Message-ID
        self.arrived = collections.Counter()
        self.quits = 0
        self.faults = []

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=BACKLOG, limit=1 << 16)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        await self._server.wait_closed()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        kind = self._behaviour(sum(self.connections.values()))
        self.connections[kind] += 1
        self.open += 1
        self.open_max = max(self.open_max, self.open)
        try:
            try:
                await Dialogue(self, kind, reader, writer, self._extensions).run()
            except Hang:
                await reader.read()
        except (Close, asyncio.IncompleteReadError, ConnectionError):
            pass
        except asyncio.CancelledError:
            self.faults.append(f"a {kind} connection was still open at the end")
        except Exception as error:  # pylint: disable=broad-except
            self.faults.append(f"{kind}: {error!r}")
        finally:
            self.open -= 1
            self._tasks.discard(task)
            writer.close()


class Dialogue:
    def __init__(self, server, kind, reader, writer, extensions):
        self._server = server
        self._kind = kind
        self._reader = reader
        self._writer = writer
        self._extensions = extensions
        self._mails = 0
        self._recipients = 0
        self._chunks = b""

    async def run(self):
        if self._kind == "silent":
            raise Hang
        if self._kind == "busy":
            await self._say("421 many.test too busy")
            raise Close
        await self._say("220 many.test ESMTP")
        while True:
            line = (await self._reader.readuntil(b"\r\n"))[:-2].decode("ascii")
            verb = line.split(" ")[0].split(":")[0]
            handler = getattr(self, "_on_" + verb.lower(), None)
            if handler is None:
                raise ValueError("unexpected: " + line)
            await handler(line)

    async def _say(self, *lines):
        octets = "".join(line + "\r\n" for line in lines).encode("ascii")
        for piece in [octets[i:i + 1] for i in range(len(octets))] if self._kind == "slow" else [octets]:
            self._writer.write(piece)
            if self._kind == "slow":
                await asyncio.sleep(0)
        await self._writer.drain()

    async def _on_ehlo(self, _):
        if self._kind == "close":
            self._writer.write(b"250-many.test\r\n250-PIPE")
            raise Close
        words = ["many.test", *self._extensions]
        await self._say(*["250-" + word for word in words[:-1]], "250 " + words[-1])

    async def _on_mail(self, _):
        self._recipients = 0
        self._chunks = b""
        if self._kind == "closing" and self._mails == 1:
            await self._say("421 many.test is going down")
            raise Close
        await self._say("250 sender")

    async def _on_rcpt(self, _):
        if self._kind == "refuse":
            await self._say("550 nobody here")
            return
        self._recipients += 1
        await self._say("250 recipient")

    async def _on_data(self, _):
        if self._recipients == 0:
            await self._say("503 no recipient")
            return
        await self._say("354 go on")
        await self._message((await self._reader.readuntil(b"\r\n.\r\n"))[:-3])

    async def _on_bdat(self, line):
        _, octets, *last = line.split(" ")
        self._chunks += await self._reader.readexactly(int(octets))
        if self._recipients == 0:
            await self._say("503 no recipient")
        elif last:
            await self._message(self._chunks)
        else:
            await self._say("250 chunk")

    async def _message(self, octets):
        match = re.match(rb"Message-ID: (<[^>]+>)\r\nFrom: ", octets)
        if not match or not octets.endswith(b"\r\n\r\n17 cm\r\n"):
            raise ValueError(f"not the message: {octets!r}")
        self._mails += 1
        self._server.arrived[match.group(1)] += 1
        if self._kind == "deaf":
            raise Hang
        if self._kind == "lost":
            raise Close
        self._server.accepted[match.group(1)] += 1
        await self._say("250 taken")

    async def _on_rset(self, _):
        self._recipients = 0
        self._chunks = b""
        await self._say("250 forgotten")

    async def _on_quit(self, _):
        self._server.quits += 1
        await self._say("221 bye")
        raise Close
