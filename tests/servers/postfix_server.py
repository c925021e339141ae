#!/usr/bin/python3
"""A private Postfix for tests. Needs root and Debian's postfix, sasl2-bin and libsasl2-modules.

usage: postfix_server.py [secure]

Configuration, queue, log and mailboxes are in a temporary folder of its own; the machine's /etc/postfix and a
Postfix that may be running from it are not touched, and none needs to run. Prints one line of JSON when it is
ready, and ends on SIGTERM and when standard input ends, without leaving a process or a file:

    {"ports": {name: port}, "addresses": ["127.0.0.1", "::1"], "store": what stores.py reads}

Each port is open on each address:
    auth           AUTH PLAIN and LOGIN in clear text; without them every recipient is refused
    auth_plain     the same with PLAIN alone
    auth_login     the same with LOGIN alone
    open           all of Postfix's extensions, no AUTH
    no_extensions  EHLO answered by a single line
    helo_only      EHLO refused with 500, HELO served
    small          messages over 20000 octets are refused with 552 at their end; SIZE is not announced
    limited        SIZE announces 20000 octets; the 51st recipient of a mail gets 452
Mail for alice, bob and carol at mail.test goes to a maildir, that for r0@..., r1@... and so on to one for all of
them. MAIL FROM refused@... gets 550, later@... 450; RCPT TO nobody@... 550, later@... 450, full@... 452, and any
other recipient 550 or 554. Data that has the line `X-Refuse: yes` in its headers gets 550 at its end. A lone LF from a
client is refused, and so is what follows EHLO or DATA in the same group.

With `secure` the ports are others, and "certificates" names the folder of certificates.SERVERS:
    tls            TLS from the first octet on; asks for a client certificate; AUTH of every mechanism that Cyrus has,
                   not required
    starttls       the same by STARTTLS; in the clear nothing is taken, and there is no AUTH
    expired        as tls, with a certificate that is expired
    only_1_2, only_1_3  as tls, with this version and no other
"""

# SPDX-License-Identifier: MIT

import grp
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import daemons
import lifetime
import loopback
from certificates import SERVERS, Certificates

ACCOUNTS = {"alice": "secret", "bob": "hunter2 with space"}
MAILBOXES = ("alice", "bob", "carol")

DAEMONS = "/usr/lib/postfix/sbin"
PROGRAMS = {DAEMONS + "/master": "postfix", "/usr/sbin/saslpasswd2": "sasl2-bin"}
START_LIMIT_S = 20.0
STOP_LIMIT_S = 10.0
# Postfix's own last resort, should this program be killed without a chance to clean up.
LIFE_LIMIT_S = 3600

MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {root}/spool
data_directory = {root}/data
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {root}/log
maillog_file_prefixes = {root}
myhostname = mail.test
mydomain = mail.test
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = {addresses}
inet_protocols = {protocols}
mynetworks =
smtpd_peername_lookup = no
disable_dns_lookups = yes
default_transport = error:no outside mail
relay_transport = error:no outside mail
notify_classes =
# Nothing but the trace headers is added to a mail.
local_header_rewrite_clients =
virtual_mailbox_domains = mail.test
virtual_mailbox_base = {root}/mail
virtual_mailbox_maps = texthash:{root}/etc/mailboxes, regexp:{root}/etc/numbered
virtual_uid_maps = static:{mailbox_uid}
virtual_gid_maps = static:{mailbox_gid}
virtual_minimum_uid = 1
virtual_transport = virtual
virtual_mailbox_limit = 0
mailbox_size_limit = 0
message_size_limit = 67108864
smtpd_tls_security_level = none
smtpd_tls_chain_files = {root}/certificates/server.key, {root}/certificates/server.pem
smtpd_tls_CAfile = {root}/certificates/ca.pem
smtpd_tls_ask_ccert = yes
smtpd_tls_received_header = yes
smtpd_tls_session_cache_database = btree:{root}/data/sessions
smtpd_relay_restrictions = reject_unauth_destination
smtpd_sender_restrictions = check_sender_access texthash:{root}/etc/senders
smtpd_recipient_restrictions = check_recipient_access texthash:{root}/etc/recipients
# A sender is refused in the answer to MAIL, and not to each RCPT.
smtpd_delay_reject = no
header_checks = regexp:{root}/etc/headers
# A client that leaves a lone LF, or does not wait where it must, must not pass unnoticed.
smtpd_forbid_bare_newline = reject
smtpd_forbid_bare_newline_exclusions =
smtpd_forbid_unauth_pipelining = yes
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000
in_flow_delay = 0
"""

MASTER_CF = """\
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
"""

AUTH_OPTIONS = """\
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_sasl_type=cyrus
  -o smtpd_sasl_path=smtpd
  -o smtpd_sasl_local_domain=mail.test
  -o smtpd_sasl_security_options=noanonymous
  -o smtpd_sasl_authenticated_header=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
"""

SECURE_OPTIONS = (AUTH_OPTIONS.replace("permit_sasl_authenticated,reject", "reject_unauth_destination") +
                  "  -o smtpd_tls_auth_only=yes\n")
IMPLICIT_OPTIONS = SECURE_OPTIONS + "  -o smtpd_tls_wrappermode=yes\n"

SECURE_PORT_OPTIONS = {
    "tls": IMPLICIT_OPTIONS,
    "starttls": SECURE_OPTIONS + "  -o smtpd_tls_security_level=encrypt\n",
    "expired": IMPLICIT_OPTIONS +
               "  -o smtpd_tls_chain_files={root}/certificates/expired.key,{root}/certificates/expired.pem\n",
    "only_1_2": IMPLICIT_OPTIONS + "  -o smtpd_tls_protocols=TLSv1.2 -o smtpd_tls_mandatory_protocols=TLSv1.2\n",
    "only_1_3": IMPLICIT_OPTIONS + "  -o smtpd_tls_protocols=TLSv1.3 -o smtpd_tls_mandatory_protocols=TLSv1.3\n",
}

PORT_OPTIONS = {
    "auth": AUTH_OPTIONS,
    "auth_plain": AUTH_OPTIONS + "  -o smtpd_sasl_mechanism_filter=plain\n",
    "auth_login": AUTH_OPTIONS + "  -o smtpd_sasl_mechanism_filter=login\n",
    "open": "",
    "no_extensions": """\
  -o smtpd_discard_ehlo_keywords=pipelining,size,vrfy,etrn,enhancedstatuscodes,8bitmime,dsn,smtputf8,chunking
""",
    # EHLO becomes a word that no Postfix knows: the filter's answer to a client must be Postfix's own 500 or 502.
    "helo_only": """\
  -o smtpd_command_filter=regexp:{root}/etc/no_ehlo
""",
    "small": "  -o message_size_limit=20000\n  -o smtpd_discard_ehlo_keywords=size\n",
    "limited": "  -o message_size_limit=20000\n  -o smtpd_recipient_limit=50\n",
}

SENDERS = """\
refused@mail.test 550 5.7.1 this sender is refused
later@mail.test 450 4.7.1 this sender later
"""

RECIPIENTS = """\
later@mail.test 450 4.2.0 this mailbox later
full@mail.test 452 4.5.3 too many recipients
"""

SASL_CONF = """\
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: {root}/sasldb2
mech_list: {mechanisms}
"""
MECHANISMS = "PLAIN LOGIN"
SECURE_MECHANISMS = "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512"


class PostfixServer:
    """Context manager around one Postfix; `info` is what the command prints."""

    def __init__(self, secure=False):
        self._secure = secure
        self._port_options = SECURE_PORT_OPTIONS if secure else PORT_OPTIONS
        self._root = None
        self._master = None
        self.info = None

    def __enter__(self):
        daemons.need_root("Postfix")
        daemons.need_programs(PROGRAMS)
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_):
        self._stop()

    def _start(self):
        self._root = tempfile.mkdtemp(prefix="postino-postfix-")
        addresses = loopback.addresses()
        ports = {}
        reserved = []
        try:
            for name in self._port_options:
                ports[name], sockets = loopback.bind_free_port()
                reserved += sockets
            write_folders(self._root)
            write_configuration(self._root, addresses, ports, self._port_options,
                                SECURE_MECHANISMS if self._secure else MECHANISMS)
            if self._secure:
                Certificates(self._root + "/certificates", *SERVERS)
            self._master = subprocess.Popen(
                [DAEMONS + "/master", "-c", self._root + "/etc", "-e", str(LIFE_LIMIT_S)],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "MAIL_CONFIG": self._root + "/etc"})
            deadline = time.monotonic() + START_LIMIT_S
            for address in addresses:
                for name, port in ports.items():
                    self._wait_for_greeting(address, port, self._secure and name != "starttls", deadline)
        finally:
            for reservation in reserved:
                reservation.close()
        self.info = {"ports": ports, "addresses": addresses, "certificates": self._root + "/certificates", "store": {
            "kind": "maildirs", "mailboxes": self._root + "/mail",
            # In the order in which a mail moves.
            "queues": [os.path.join(self._root, "spool", name)
                       for name in ("maildrop", "incoming", "active", "deferred", "hold", "corrupt")]}}

    def _wait_for_greeting(self, address, port, implicit, deadline):
        while not daemons.greets(address, port, implicit):
            if self._master.poll() is not None or time.monotonic() > deadline:
                raise lifetime.ServerFailed("Postfix does not answer on %s port %d\n%s" % (
                    address, port, self._log_tail()))
            time.sleep(0.05)

    def _log_tail(self):
        try:
            with open(self._root + "/log", encoding="utf-8", errors="replace") as log:
                return "".join(log.readlines()[-20:])
        except FileNotFoundError:
            return "(no log)"

    def _stop(self):
        left = []
        if self._master:
            # On SIGTERM master(8) ends its own process group, which is ours: it leads a session of its own.
            self._master.terminate()
            left = self._wait_for_group(STOP_LIMIT_S)
            if left:
                os.killpg(self._master.pid, signal.SIGKILL)
                if self._wait_for_group(STOP_LIMIT_S):
                    raise lifetime.ServerFailed("processes left: %s, folder left: %s" % (left, self._root))
        if self._root:
            shutil.rmtree(self._root)
        if left:
            raise lifetime.ServerFailed("Postfix did not end in %g s: %s" % (STOP_LIMIT_S, left))

    def _wait_for_group(self, limit_s):
        """Wait for the end of master and its children; return the processes that are left."""
        deadline = time.monotonic() + limit_s
        while True:
            self._master.poll()  # takes master's exit status, so that it is no zombie
            left = live_processes_of_group(self._master.pid)
            if not left or time.monotonic() > deadline:
                return left
            time.sleep(0.02)


def live_processes_of_group(group):
    """Return ids of the group's processes, without the zombies that a lazy init may keep."""
    left = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % name, encoding="ascii", errors="replace") as stat:
                state, _, process_group = stat.read().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(process_group) == group and state not in "ZX":
            left.append(int(name))
    return left


def write_folders(root):
    """Make what postfix(1) would make at its first start, with the owners that the daemons insist on."""
    postfix = pwd.getpwnam("postfix").pw_uid
    postdrop = grp.getgrnam("postdrop").gr_gid
    nobody = pwd.getpwnam("nobody")
    os.chmod(root, 0o755)
    for name in ("etc", "etc/sasl", "certificates", "spool", "spool/pid"):
        os.mkdir(os.path.join(root, name), 0o755)
    private = ["spool/" + name for name in (
        "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace")]
    for name in ["data", *private]:
        make_folder(os.path.join(root, name), postfix, -1, 0o700)
    make_folder(os.path.join(root, "spool/maildrop"), postfix, postdrop, 0o1730)
    make_folder(os.path.join(root, "spool/public"), postfix, postdrop, 0o2710)
    make_folder(os.path.join(root, "mail"), nobody.pw_uid, nobody.pw_gid, 0o700)


def make_folder(path, owner, group, mode):
    os.mkdir(path)
    os.chown(path, owner, group)
    os.chmod(path, mode)


def write_configuration(root, addresses, ports, port_options, mechanisms):
    def write(name, text):
        with open(os.path.join(root, name), "w", encoding="ascii") as file:
            file.write(text)

    nobody = pwd.getpwnam("nobody")
    write("etc/main.cf", MAIN_CF.format(
        root=root, daemons=DAEMONS, addresses=", ".join(addresses),
        protocols="all" if "::1" in addresses else "ipv4",
        mailbox_uid=nobody.pw_uid, mailbox_gid=nobody.pw_gid))
    services = [MASTER_CF]
    for name, port in ports.items():
        for address in addresses:
            host = "[%s]" % address if ":" in address else address
            services.append("%s:%d inet n - n - - smtpd\n%s" % (host, port, port_options[name].format(root=root)))
    write("etc/master.cf", "".join(services))
    write("etc/mailboxes", "".join("%s@mail.test %s/\n" % (name, name) for name in MAILBOXES))
    write("etc/numbered", "/^r[0-9]+@mail\\.test$/ numbered/\n")
    write("etc/senders", SENDERS)
    write("etc/recipients", RECIPIENTS)
    write("etc/headers", "/^X-Refuse: yes/ REJECT this message is refused\n")
    write("etc/no_ehlo", "/^EHLO.*/ X-REFUSED\n")
    # Debian's Postfix looks for this beside its main.cf.
    write("etc/sasl/smtpd.conf", SASL_CONF.format(root=root, mechanisms=mechanisms))
    database = os.path.join(root, "sasldb2")
    for user, password in ACCOUNTS.items():
        subprocess.run(["/usr/sbin/saslpasswd2", "-p", "-c", "-f", database, "-u", "mail.test", user],
                       input=password.encode(), check=True, timeout=START_LIMIT_S)
    os.chown(database, pwd.getpwnam("postfix").pw_uid, -1)


def main():
    if sys.argv[1:] not in ([], ["secure"]):
        sys.exit(__doc__)
    lifetime.run(PostfixServer(secure=len(sys.argv) > 1))


if __name__ == "__main__":
    main()
