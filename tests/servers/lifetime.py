"""Start and stop a server program so that nothing is left behind, whoever dies first.

A server program prints one line of JSON on its standard output when it is ready. It ends on SIGTERM, and also
when its standard input ends: if the test that started it is killed, the kernel closes the pipe for it.
"""

# SPDX-License-Identifier: MIT

import json
import os
import select
import signal
import subprocess
import sys

PYTHON = "/usr/bin/python3"  # Debian's own: it sees the packages that apt installs


class ServerFailed(Exception):
    """The server program did not become ready, or did not end as asked."""


class Unavailable(Exception):
    """The server cannot run on this machine; the text says why."""


class ServerProcess:
    """Context manager: runs a server program; `info` is what it printed when it was ready."""

    def __init__(self, program, *arguments, ready_s=60.0, stop_s=30.0):
        self._command = [PYTHON, program, *arguments]
        self._ready_s = ready_s
        self._stop_s = stop_s
        self._child = None
        self.info = None

    def __enter__(self):
        self._child = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            self.info = json.loads(self._first_line())
            if "unavailable" in self.info:
                raise Unavailable(self.info["unavailable"])
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_):
        status = self._end()
        if status != 0:
            raise ServerFailed("%s ended with status %s" % (self._command[1], status))

    def _first_line(self):
        ready, _, _ = select.select([self._child.stdout], [], [], self._ready_s)
        line = self._child.stdout.readline() if ready else b""
        if not line:
            raise ServerFailed("%s did not become ready in %g s" % (self._command[1], self._ready_s))
        return line

    def _end(self):
        self._child.terminate()
        try:
            return self._child.wait(self._stop_s)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
            return "none: killed after %g s" % self._stop_s
        finally:
            self._child.stdin.close()
            self._child.stdout.close()


def announce(info):
    """Server side: say that the server is ready."""
    json.dump(info, sys.stdout)
    sys.stdout.write("\n")
    sys.stdout.flush()


def run(server):
    """Server side: the whole life of a server that is a context manager with `info`."""
    end_request = EndRequest()
    try:
        with server:
            announce(server.info)
            end_request.wait()
    except Unavailable as reason:
        announce({"unavailable": str(reason)})


class EndRequest:
    """Server side: made before anything is started; wait() returns on SIGTERM, SIGINT or when standard input ends.

    The signals only leave a note, so that neither a start nor a clean-up is ever cut in two.
    """

    def __init__(self):
        self._note_read, self._note_write = os.pipe()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: os.write(self._note_write, b"!"))

    def wait(self):
        while True:
            ready, _, _ = select.select([self._note_read, 0], [], [])
            # os.read and not sys.stdin: a thread that waits holding sys.stdin's lock breaks the interpreter's exit.
            if self._note_read in ready or not os.read(0, 4096):
                return
