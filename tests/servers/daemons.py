"""Run a server's daemon with a temporary folder, free ports and an end that leaves nothing.

An isolated daemon has a process and a mount namespace of its own: it may see other files at the places that are
compiled into it, and when its first process ends, the kernel ends all that it ever started.
"""

# SPDX-License-Identifier: MIT

import glob
import os
import select
import shutil
import socket
import ssl
import subprocess
import tempfile
import time

import lifetime
import loopback

START_LIMIT_S = 20.0
STOP_LIMIT_S = 10.0
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}


def need_root(server):
    if os.geteuid() != 0:
        raise lifetime.Unavailable("%s runs as root only" % server)


def need_programs(programs):
    """programs: {path: Debian's package}."""
    missing = sorted({package for path, package in programs.items() if not os.path.exists(path)})
    if missing:
        raise lifetime.Unavailable("not installed: " + " ".join(missing))


def fetched(name):
    """Return the folder NAME of what scripts/fetch_servers.sh fetched."""
    servers = os.environ.get("POSTINO_SERVERS", "")
    folder = os.path.join(servers, name)
    if servers and os.path.isdir(folder):
        return os.path.abspath(folder)
    try:
        with open(folder + ".missing", encoding="utf-8") as reason:
            raise lifetime.Unavailable("%s: %s" % (name, reason.read().strip()))
    except FileNotFoundError:
        raise lifetime.Unavailable("%s was not fetched: ./dev test servers does it" % name) from None


class Daemon:
    """Context manager: a temporary folder `root`, and free ports, one for each name, until the daemon is stopped.

    A derived class writes its configuration and calls start() in setup(), which gets the ports by name.
    implicit_port_names: those of them that speak TLS from the first octet on.
    """

    name = None
    port_names = ()
    implicit_port_names = ()

    def __init__(self):
        self.root = None
        self.info = None
        self._child = None
        self._first_process = None
        self._log = None

    def setup(self, ports):
        raise NotImplementedError

    def __enter__(self):
        try:
            self.root = tempfile.mkdtemp(prefix="postino-%s-" % self.name)
            os.chmod(self.root, 0o755)
            ports = {}
            reserved = []
            try:
                for name in self.port_names:
                    ports[name], sockets = loopback.bind_free_port()
                    reserved += sockets
                self.info = {"ports": ports, "addresses": loopback.addresses(), **self.setup(ports)}
                self.wait_for_greetings(self.info["addresses"], ports)
            finally:
                for reservation in reserved:
                    reservation.close()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def path(self, *names):
        return os.path.join(self.root, *names)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def folder(self, name, owner=-1, group=-1, mode=0o755):
        path = self.path(name)
        os.makedirs(path, exist_ok=True)
        os.chmod(path, mode)
        os.chown(path, owner, group)
        return path

    def entries(self, name, added):
        """Write a copy of the machine's /etc/NAME with entries instead of those of the same names; return its path."""
        names = {entry.partition(":")[0] for entry in added}
        with open("/etc/" + name, encoding="utf-8") as file:
            kept = [line for line in file if line.partition(":")[0] not in names]
        return self.write(name, "".join(kept) + "".join(entry + "\n" for entry in added))

    def start(self, command, isolated=False, mounts=(), environment=()):
        """Run the command; its output goes to ROOT/log. mounts: (what, where) pairs, for an isolated one."""
        if isolated:
            script = "".join('mount --bind "${%d}" "${%d}"\n' % (2 * i + 1, 2 * i + 2) for i in range(len(mounts)))
            # The shell stays: the kernel forgets --kill-child in a process that changes its user.
            script += "shift %d\n\"$@\" &\nwait $!\n" % (2 * len(mounts))
            command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private",
                       "/bin/sh", "-euc", script, "sh", *(path for mount in mounts for path in mount), *command]
        # Whoever kills this program ends the daemon too.
        command = ["setpriv", "--pdeathsig", "KILL", *command]
        with open(self.path("log"), "ab") as log:
            self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.root,
                                           start_new_session=True, env={**ENVIRONMENT, **dict(environment)})
        if isolated:
            self._first_process = self._open_first_process()

    def _open_first_process(self):
        """Return a descriptor that is readable once the namespace's first process and all the others have ended."""
        deadline = time.monotonic() + START_LIMIT_S
        while self._child.poll() is None and time.monotonic() < deadline:
            for process in children_of(self._child.pid):
                return os.pidfd_open(process)
            time.sleep(0.005)
        raise lifetime.ServerFailed("%s has no namespace\n%s" % (self.name, self.log_tail()))

    def wait_for_greetings(self, addresses, ports):
        deadline = time.monotonic() + START_LIMIT_S
        for address in addresses:
            for name, port in ports.items():
                while not greets(address, port, name in self.implicit_port_names):
                    if self._child.poll() is not None or time.monotonic() > deadline:
                        raise lifetime.ServerFailed("%s does not answer on %s port %d\n%s" % (
                            self.name, address, port, self.log_tail()))
                    time.sleep(0.02)

    def log_tail(self):
        return self.tail("log")

    def tail(self, name):
        try:
            with open(self.path(name), encoding="utf-8", errors="replace") as log:
                return "".join(log.readlines()[-20:])
        except FileNotFoundError:
            return "(no log)"

    def stop(self):
        left = False
        if self._child and self._first_process is not None:
            # unshare(1) ignores SIGTERM; its end is that of the whole namespace.
            self._child.kill()
            self._child.wait()
        elif self._child:
            self._child.terminate()
            try:
                self._child.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        if self._first_process is not None:
            left = not select.select([self._first_process], [], [], STOP_LIMIT_S)[0]
            os.close(self._first_process)
        if self.root:
            shutil.rmtree(self.root)
        if left:
            raise lifetime.ServerFailed("%s left processes" % self.name)


def library_path(package):
    """The folders of the libraries that were fetched with a package."""
    return ":".join([*glob.glob(os.path.join(package, "usr/lib/*-linux-gnu*")), os.path.join(package, "usr/lib")])


def children_of(parent):
    children = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % name, encoding="ascii", errors="replace") as stat:
                if int(stat.read().rpartition(")")[2].split()[1]) == parent:
                    children.append(int(name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return children


def greets(address, port, implicit=False):
    """True if a server there says 220; it gets a QUIT."""
    try:
        with socket.create_connection((address, port), timeout=5) as client:
            with tls_unverified().wrap_socket(client) if implicit else client as stream:
                greeting = stream.recv(1000)
                stream.sendall(b"QUIT\r\n")
                return greeting.startswith(b"220")
    except OSError:
        return False


def tls_unverified():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
