#!/usr/bin/python3
"""A private Exim for tests. Needs root and what scripts/fetch_servers.sh fetched, in the folder that the environment
variable POSTINO_SERVERS names.

usage: exim_server.py [limited] [secure]

Prints one line of JSON when it is ready, and ends on SIGTERM and when standard input ends, without leaving a process
or a file:

    {"ports": {name: port}, "addresses": ["127.0.0.1", "::1"], "store": what stores.py reads}

Each port is open on each address:
    open           all of Exim's extensions, PIPE_CONNECT too; AUTH PLAIN and LOGIN in clear text, not required
    auth           the same, and without AUTH every recipient is refused
    small          messages over 20000 octets are refused with 552 at their end; SIZE announces more
    no_pipelining  no PIPELINING, no CHUNKING: Exim's own check refuses what is sent too early
With `limited`, 421 answers the eleventh mail of a connection, and 554 its eleventh RSET that no message stands before,
which is Exim's default; without it there are no such limits.
Mail for alice, bob and carol at mail.test goes to a maildir. MAIL FROM refused@... gets 550, later@... 450;
RCPT TO nobody@... 550, later@... 450, full@... 452, and any other recipient 550. Data that has the line
`X-Refuse: yes` in its headers gets 550 at its end, `X-Refuse: later` 450.

With `secure` the ports are others, and "certificates" names the folder of certificates.SERVERS; AUTH is offered under
TLS only, is not required, and has CRAM-MD5 and EXTERNAL too, the latter to whom the certificate names:
    tls, starttls, expired, only_1_2, only_1_3    as postfix_server.py has them
"""

# SPDX-License-Identifier: MIT

import os
import pwd
import sys

import daemons
import lifetime
import loopback
from certificates import SERVERS, Certificates

ACCOUNTS = {"alice@mail.test": "secret", "bob@mail.test": "hunter2 with space"}
SMALL_OCTETS = 20000
SECURE_PORTS = ("tls", "starttls", "expired", "only_1_2", "only_1_3")

CONFIGURATION = """\
exim_path = {exim}
exim_user = Debian-exim
exim_group = Debian-exim
spool_directory = {root}/spool
log_file_path = {root}/logs/%slog
pid_file_path = {root}/exim.pid
primary_hostname = exim.mail.test
domainlist local_domains = mail.test
qualify_domain = mail.test
daemon_smtp_ports = {ports}
local_interfaces = <; {addresses}
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
dns_dnssec_ok = 0
never_users =
deliver_drop_privilege = true
message_size_limit = 64M
accept_8bitmime = true
chunking_advertise_hosts = ${{if eq{{$received_port}}{{{no_pipelining}}}{{}}{{*}}}}
pipelining_advertise_hosts = ${{if eq{{$received_port}}{{{no_pipelining}}}{{}}{{*}}}}
pipelining_connect_advertise_hosts = *
dsn_advertise_hosts = *
smtputf8_advertise_hosts = *
prdr_enable = true
smtp_accept_max = 200
smtp_accept_queue = 0
smtp_accept_max_per_connection = {mails_max}
smtp_accept_queue_per_connection = 0
smtp_accept_max_nonmail = {others_max}
smtp_max_synprot_errors = 1000
smtp_max_unknown_commands = 1000
recipients_max = 200
acl_smtp_mail = acl_mail
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data
acl_smtp_data_prdr = accept
{tls}
begin acl
acl_mail:
  deny senders = refused@mail.test
       message = 550 5.7.1 this sender is refused
  defer senders = later@mail.test
       message = 450 4.7.1 this sender later
  accept
acl_rcpt:
  deny condition = ${{if eq{{$received_port}}{{{auth}}}}}
       !authenticated = *
       message = 550 5.7.1 authenticate first
  defer local_parts = later
       message = 450 4.2.0 this mailbox later
  defer local_parts = full
       message = 452 4.5.3 too many recipients
  require domains = +local_domains
       message = 550 5.7.1 relay not permitted
  require verify = recipient
       message = 550 5.1.1 no such mailbox
  accept
acl_data:
  deny condition = ${{if eq{{$received_port}}{{{small}}}}}
       condition = ${{if >{{$message_size}}{{{small_octets}}}}}
       message = 552 5.3.4 message too big
  deny condition = ${{if eq{{$h_x-refuse:}}{{yes}}}}
       message = 550 5.6.0 this message is refused
  defer condition = ${{if eq{{$h_x-refuse:}}{{later}}}}
       message = 450 4.6.0 this message later
  accept

begin routers
users:
  driver = accept
  domains = mail.test
  local_parts = alice : bob : carol
  transport = maildirs

begin transports
maildirs:
  driver = appendfile
  directory = {root}/mail/$local_part_data
  maildir_format
  create_directory
  return_path_add
  envelope_to_add

begin retry
* * F,1m,1s

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${{if or{{{plain}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = <| Username: | Password:
  server_condition = ${{if or{{{login}}}}}
  server_set_id = $auth1
"""


TLS = """\
tls_on_connect_ports = {tls} : {expired} : {only_1_2} : {only_1_3}
tls_certificate = {root}/certificates/${{if eq{{$received_port}}{{{expired}}}{{expired}}{{server}}}}.pem
tls_privatekey = {root}/certificates/${{if eq{{$received_port}}{{{expired}}}{{expired}}{{server}}}}.key
tls_verify_certificates = {root}/certificates/ca.pem
tls_try_verify_hosts = *
tls_resumption_hosts = *
tls_require_ciphers = NORMAL${{if eq{{$received_port}}{{{only_1_2}}}{{:-VERS-TLS1.3}}}}\\
  ${{if eq{{$received_port}}{{{only_1_3}}}{{:-VERS-TLS-ALL:+VERS-TLS1.3}}}}
auth_advertise_hosts = ${{if def:tls_in_cipher{{*}}}}
"""

TLS_AUTHENTICATORS = """\
cram_md5:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = {secrets}
  server_set_id = $auth1
external:
  driver = external
  public_name = EXTERNAL
  server_advertise_condition = $tls_in_certificate_verified
  server_param2 = ${{certextract{{subject,CN}}{{$tls_in_peercert}}}}
  server_condition = ${{if eq{{$auth1}}{{$auth2}}}}
  server_set_id = $auth1
"""


def credentials(user, password):
    """Exim's condition that the two variables are those of an account."""
    return "".join("{and{{eq{%s}{%s}}{eq{%s}{%s}}}}" % (user, name, password, secret)
                   for name, secret in ACCOUNTS.items())


def secrets():
    """Exim's expansion that gives the account's password."""
    return "".join("${if eq{$auth1}{%s}{%s}{" % account for account in ACCOUNTS.items()) + "fail" + "}}" * len(ACCOUNTS)


class EximServer(daemons.Daemon):
    name = "exim"
    port_names = ("open", "auth", "small", "no_pipelining")

    def __init__(self, limited=False, secure=False):
        super().__init__()
        self._limits = {"mails_max": 10, "others_max": 10} if limited else {"mails_max": 0, "others_max": 1000}
        self._secure = secure
        if secure:
            self.port_names = SECURE_PORTS
            self.implicit_port_names = [name for name in SECURE_PORTS if name != "starttls"]

    def setup(self, ports):
        daemons.need_root("Exim")
        package = daemons.fetched("exim4-daemon-heavy")
        program = os.path.join(package, "usr/sbin/exim4")
        nobody = pwd.getpwnam("nobody")
        for name in ("spool", "logs", "mail"):
            self.folder(name, nobody.pw_uid, nobody.pw_gid, 0o750)
        tls = authenticators = ""
        if self._secure:
            Certificates(self.folder("certificates"), *SERVERS)
            tls = TLS.format(root=self.root, **ports)
            authenticators = TLS_AUTHENTICATORS.format(secrets=secrets())
        # No port, where there is none of that name.
        special = {name: ports.get(name, 0) for name in ("auth", "small", "no_pipelining")}
        self.write("exim.conf", CONFIGURATION.format(
            exim=program, root=self.root, tls=tls, ports=" : ".join(map(str, ports.values())),
            addresses=" ; ".join(loopback.addresses()), small_octets=SMALL_OCTETS,
            **self._limits, plain=credentials("$auth2", "$auth3"), login=credentials("$auth1", "$auth2"),
            **special) + authenticators)
        # Debian's Exim does not start without its user.
        passwd = self.entries("passwd", ["Debian-exim:x:%d:%d::/nonexistent:/bin/false" % (
            nobody.pw_uid, nobody.pw_gid)])
        group = self.entries("group", ["Debian-exim:x:%d:" % nobody.pw_gid])
        self.start([program, "-C", self.path("exim.conf"), "-bdf"], isolated=True,
                   mounts=[(passwd, "/etc/passwd"), (group, "/etc/group")],
                   environment={"LD_LIBRARY_PATH": daemons.library_path(package)})
        return {"store": {"kind": "maildirs", "mailboxes": self.path("mail"), "queues": [self.path("spool/input")]},
                "logs": self.path("logs"), "certificates": self.path("certificates")}


def main():
    if not set(sys.argv[1:]) <= {"limited", "secure"}:
        sys.exit(__doc__)
    lifetime.run(EximServer(**{name: True for name in sys.argv[1:]}))


if __name__ == "__main__":
    main()
