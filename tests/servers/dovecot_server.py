#!/usr/bin/python3
"""A private Dovecot for tests: its submission server, and its LMTP server. Needs root, Debian's dovecot-core,
dovecot-submissiond, dovecot-lmtpd and python3-aiosmtpd.

usage: dovecot_server.py

Prints one line of JSON when it is ready, and ends on SIGTERM and when standard input ends, without leaving a process
or a file:

    {"ports": {name: port}, "addresses": ["127.0.0.1", "::1"], "store": ..., "lmtp_store": what stores.py reads}

Each port is open on each address:
    auth   submission: AUTH of every mechanism in clear text, tokens signed with TOKEN_KEY, and nothing without; relays to an aiosmtpd, whose store it is
    lmtp   LMTP: mail for alice, bob and carol at mail.test goes to a maildir. full@... is accepted too, and refused
           with 552 when the data has come; any other recipient is refused with 550
"""

# SPDX-License-Identifier: MIT

import base64
import os
import pwd
import sys

import daemons
import lifetime
import loopback

ACCOUNTS = {"alice": "secret", "bob": "hunter2 with space"}
MAILBOXES = ("alice", "bob", "carol")
PROGRAMS = {"/usr/sbin/dovecot": "dovecot-core", "/usr/lib/dovecot/submission": "dovecot-submissiond",
            "/usr/lib/dovecot/lmtp": "dovecot-lmtpd"}

TOKEN_KEY = b"a key that the tests sign tokens with"
TOKENS = """\
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={root}/keys/
username_attribute = sub
issuers = postino-test
"""

CONFIGURATION = """\
base_dir = {root}/run
state_dir = {root}/run
instance_name = postino-test
log_path = {root}/dovecot.log
protocols = submission lmtp
listen = {addresses}
hostname = dovecot.mail.test
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256 xoauth2 oauthbearer
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:~/
mail_uid = {uid}
mail_gid = {gid}
mail_plugins = quota
# One format with Postfix's, Exim's and OpenSMTPD's: the inbox is MAILBOXES/name/new.
mail_home = {root}/mail/%n
plugin {{
  quota = maildir:User quota
  quota_rule = *:storage=1G
  quota_grace = 0
}}
passdb {{
  driver = passwd-file
  args = username_format=%u {root}/passwords
  mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {root}/tokens
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {root}/users
}}
service anvil {{
  # No penalty for wrong passwords.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
submission_relay_host = 127.0.0.1
submission_relay_port = {relay_port}
submission_max_mail_size = 64M
service submission-login {{
  # A client that comes while another is served needs no new process.
  service_count = 0
  inet_listener submission {{
    port = {auth}
  }}
}}
service submission {{
  process_min_avail = 1
}}
service lmtp {{
  process_min_avail = 1
  inet_listener lmtp {{
    address = {addresses}
    port = {lmtp}
  }}
}}
"""


class DovecotServer(daemons.Daemon):
    name = "dovecot"
    port_names = ("auth", "lmtp")

    def __init__(self):
        super().__init__()
        self._relay = None

    def setup(self, ports):
        daemons.need_root("Dovecot")
        daemons.need_programs(PROGRAMS)
        self._start_relay()
        nobody = pwd.getpwnam("nobody")
        self.folder("run")
        self.folder("mail", nobody.pw_uid, nobody.pw_gid, 0o700)
        self.write("passwords", "".join("%s@mail.test:{PLAIN}%s::::::\n" % account for account in ACCOUNTS.items()))
        entry = "%%s@mail.test::%d:%d::%s/mail/%%s::" % (nobody.pw_uid, nobody.pw_gid, self.root)
        self.write("users", "".join(entry % (name, name) + "\n" for name in MAILBOXES) +
                   entry % ("full", "full") + "userdb_quota_rule=*:bytes=1\n")
        self.write("tokens", TOKENS.format(root=self.root))
        for folder in (("keys",), ("keys", "default"), ("keys", "default", "HS256")):
            self.folder(os.path.join(*folder))
        self.write(os.path.join("keys", "default", "HS256", "default"), base64.b64encode(TOKEN_KEY).decode())
        self.write("dovecot.conf", CONFIGURATION.format(
            root=self.root, uid=nobody.pw_uid, gid=nobody.pw_gid, addresses=" ".join(loopback.addresses()),
            relay_port=self._relay.info["port"], **ports))
        self.start(["/usr/sbin/dovecot", "-F", "-c", self.path("dovecot.conf")], isolated=True)
        return {"store": {"kind": "files", "folder": self._relay.info["folder"], "traced": True},
                "lmtp_store": {"kind": "maildirs", "mailboxes": self.path("mail"), "queues": [],
                               "domain": "mail.test"}}

    def _start_relay(self):
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "aiosmtpd_server.py")
        self._relay = lifetime.ServerProcess(program, "--no-auth", self.folder("relayed")).__enter__()

    def stop(self):
        try:
            super().stop()
        finally:
            if self._relay:
                self._relay.__exit__()

    def log_tail(self):
        return super().log_tail() + self.tail("dovecot.log")


def main():
    if len(sys.argv) > 1:
        sys.exit(__doc__)
    lifetime.run(DovecotServer())


if __name__ == "__main__":
    main()
