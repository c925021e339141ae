#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Signatures are verified by opendkim, which knows RSA, and fail where the message was changed."""

import os
import shutil
import subprocess
import sys
import tempfile

import corpus
import test_dkim

SKIPPED = 77


def passes(program, folder, message):
    path = os.path.join(folder, "signed")
    with open(path, "wb") as file:
        file.write(message)
    done = subprocess.run([program, "-x", os.path.join(folder, "conf"), "-t", path, "-v", "-v"], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False, timeout=60)
    assert "mlfi_eom()" in done.stdout, done.stdout
    return done.returncode == 0 and "failed" not in done.stdout


def main():
    program = shutil.which("opendkim", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if program is None:
        print("opendkim is not there: ./dev test installs it")
        return SKIPPED
    # Its test mode wants lines that end in CRLF, and a body.
    raws = [raw for raw in test_dkim.RAW if raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r") and b"\r\n\r\n" in raw]
    raws += [raw for _, flags, _, raw in corpus.compose([corpus.message(seed) for seed in range(910001, 910041)])
             if not flags & 8]
    checks = 0
    with tempfile.TemporaryDirectory() as folder:
        key, record = test_dkim.public(folder, "rsa", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        with open(os.path.join(folder, "keys"), "w", encoding="ascii") as file:
            file.write("s1._domainkey.example.org " + record.decode() + "\n")
        with open(os.path.join(folder, "conf"), "w", encoding="ascii") as file:
            file.write(f"Mode v\nTestPublicKeys {folder}/keys\n")
        for message in raws:
            signed = test_dkim.sign(key, "s1", message, folder).stdout
            assert passes(program, folder, signed), message
            for changed in (signed.replace(b"\nSubject:", b"\nSubject: more", 1), signed + b"more\r\n"):
                assert changed == signed or not passes(program, folder, changed), changed
            checks += 1
    print(f"{checks} passed, 0 failed")
    return 0 if checks else 1


if __name__ == "__main__":
    sys.exit(main())
