"""The bench's processes: servers that are started, pinned and stopped by process id, and measured commands."""

# SPDX-License-Identifier: MIT

import json
import os
import signal
import subprocess

STOP_LIMIT_S = 10


class Failed(Exception):
    """What went wrong, in a sentence."""


class Server:
    """The sink or the relay: prints its port at the start and its counts, one line of JSON, at SIGTERM."""

    def __init__(self, command, limit_s, core=None):
        # It ends by itself when this process does not live to stop it.
        self.process = subprocess.Popen([*command, "--limit-s", str(limit_s)], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.strip().isdigit():
            self.process.kill()
            self.process.wait()
            raise Failed("%s did not start" % os.path.basename(command[0]))
        self.port = int(line)
        if core is not None:
            os.sched_setaffinity(self.process.pid, {core})
        self.counts = None

    def stop(self):
        """Stop it and return its counts; the second call does nothing."""
        if self.counts is None:
            self.counts = {}
            self.process.send_signal(signal.SIGTERM)
            try:
                said, _ = self.process.communicate(timeout=STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.communicate()
                raise Failed("a server did not stop") from None
            if self.process.returncode != 0:
                raise Failed("a server ended with status %d" % self.process.returncode)
            self.counts = json.loads(said)
        return self.counts

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def measure(folder, command, limit_s, core=None, repeat=1, stdin=None):
    """Run the command and return its figures: see measure.c."""
    call = [os.path.join(folder, "measure"), "--limit-s", str(limit_s), "--repeat", str(repeat)]
    if core is not None:
        call += ["--core", str(core)]
    if stdin is not None:
        call += ["--stdin", stdin]
    result = subprocess.run([*call, "--", *command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                            timeout=limit_s + STOP_LIMIT_S, check=False)
    if result.returncode != 0:
        raise Failed("%s failed: %s" % (os.path.basename(command[0]), result.stderr.strip() or result.returncode))
    return json.loads(result.stdout)


def check_counts(counts, mails, octets, connections):
    """Raise Failed unless the sink took exactly these mails, each of `octets`, and nothing out of order."""
    expected = {"mails": mails, "recipients": mails, "octets": mails * octets, "connections": connections,
                "violations": 0}
    wrong = ["%s %d instead of %d" % (name, counts[name], value) for name, value in expected.items()
             if counts[name] != value]
    if wrong:
        raise Failed("the sink counted " + ", ".join(wrong))
