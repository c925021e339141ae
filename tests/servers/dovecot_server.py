#!/usr/bin/python3
"""A private Dovecot for tests: its submission server, and its LMTP server. Needs root, Debian's dovecot-core,
dovecot-submissiond, dovecot-lmtpd and python3-aiosmtpd.

usage: dovecot_server.py [secure]

Prints one line of JSON when it is ready, and ends on SIGTERM and when standard input ends, without leaving a process
or a file:

    {"ports": {name: port}, "addresses": ["127.0.0.1", "::1"], "store": ..., "lmtp_store": what stores.py reads,
     "lmtp_path": a socket of the LMTP server's in the file system}

Each port is open on each address:
    auth   submission: AUTH of every mechanism in clear text, tokens signed with TOKEN_KEY, and nothing without; relays
           to an aiosmtpd, whose store it is
    lmtp   LMTP: mail for alice, bob and carol at mail.test goes to a maildir. full@... is accepted too, and refused
           with 552 when the data has come; any other recipient is refused with 550
With `secure` the first has no AUTH in the clear but EXTERNAL too, for whom a client certificate names, and is not
`auth` but these, and "certificates" names the folder of certificates.SERVERS; to SNI expired.test the server shows one
that is expired:
    tls       TLS from the first octet on
    starttls  by STARTTLS
and `lmtp` has STARTTLS.
"""

# SPDX-License-Identifier: MIT

import base64
import hmac
import json
import os
import pwd
import sys
import time

import daemons
import lifetime
import loopback
from certificates import SERVERS, Certificates

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
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256 xoauth2 oauthbearer external
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
{listeners}
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
  unix_listener {root}/lmtp {{
    mode = 0666
  }}
}}
"""


CLEAR = """\
ssl = no
disable_plaintext_auth = no
"""

CLEAR_LISTENERS = """\
  inet_listener submission {{
    port = {auth}
  }}"""

TLS = """\
ssl = yes
ssl_cert = <{root}/certificates/server.pem
ssl_key = <{root}/certificates/server.key
ssl_ca = <{root}/certificates/ca.pem
ssl_verify_client_cert = yes
ssl_require_crl = no
ssl_cert_username_field = commonName
auth_ssl_username_from_cert = yes
disable_plaintext_auth = yes
# Whom a certificate names is not to be taken for somebody else, nor asked for a password.
passdb {{
  driver = static
  args = nopassword=y
  mechanisms = external
}}
local_name expired.test {{
  ssl_cert = <{root}/certificates/expired_elsewhere.pem
  ssl_key = <{root}/certificates/expired_elsewhere.key
}}
"""

TLS_LISTENERS = """\
  inet_listener submission {{
    port = {starttls}
  }}
  inet_listener submissions {{
    port = {tls}
    ssl = yes
  }}"""


def token(user, lifetime_s):
    """A JSON Web Token (RFC 7519) as Dovecot takes it."""
    def encode(octets):
        return base64.urlsafe_b64encode(octets).rstrip(b"=")
    now = int(time.time())
    head = encode(json.dumps({"alg": "HS256", "typ": "JWT", "kid": "default"}).encode())
    body = encode(json.dumps({"iss": "postino-test", "sub": user, "iat": now - 100, "nbf": now - 100,
                              "exp": now + lifetime_s}).encode())
    signed = head + b"." + body
    return (signed + b"." + encode(hmac.new(TOKEN_KEY, signed, "sha256").digest())).decode()


class DovecotServer(daemons.Daemon):
    name = "dovecot"
    port_names = ("auth", "lmtp")

    def __init__(self, secure=False):
        super().__init__()
        self._secure = secure
        self._relay = None
        if secure:
            self.port_names = ("tls", "starttls", "lmtp")
            self.implicit_port_names = ("tls",)

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
        Certificates(self.folder("certificates"), *(SERVERS if self._secure else ()))
        tls, listeners = (TLS, TLS_LISTENERS) if self._secure else (CLEAR, CLEAR_LISTENERS)
        self.write("dovecot.conf", tls.format(root=self.root) + CONFIGURATION.format(
            listeners=listeners.format(**ports), lmtp=ports["lmtp"], root=self.root, uid=nobody.pw_uid,
            gid=nobody.pw_gid, addresses=" ".join(loopback.addresses()),
            relay_port=self._relay.info["port"]))
        self.start(["/usr/sbin/dovecot", "-F", "-c", self.path("dovecot.conf")], isolated=True)
        return {"certificates": self.path("certificates"),
                "store": {"kind": "files", "folder": self._relay.info["folder"], "traced": True},
                "lmtp_path": self.path("lmtp"),
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
    if sys.argv[1:] not in ([], ["secure"]):
        sys.exit(__doc__)
    lifetime.run(DovecotServer(secure=len(sys.argv) > 1))


if __name__ == "__main__":
    main()
