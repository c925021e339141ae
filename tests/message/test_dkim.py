#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Signatures are verified by dkimpy (Debian's python3-dkim), and fail where the message was changed."""

import base64
import os
import subprocess
import sys
import tempfile

import dkim

import corpus

DATE = b"Date: Wed, 25 Nov 2026 02:00:00 +0000\r\n"
HEAD = DATE + b"From: a@example.org\r\nSubject: x\r\n"
RAW = [
    HEAD + b"\r\nHi\r\n", HEAD + b"\r\n", HEAD, HEAD + b"\r\n\r\n\r\n", HEAD + b"\r\nHi\r\n\r\n\r\n", HEAD + b"\r\n\r\n\r\nHi",
    HEAD.replace(b"\r\n", b"\n") + b"\n a  b \t c \n\n.\n..\n \n\t\nend \n \n", HEAD.replace(b"\r\n", b"\r") + b"\rlone\rCR",
    DATE + b"FROM: \t a@example.org \r\n\t (a   b)\r\nSubject:\r\nTo:  x@example.org,\r\n  y@example.org  \r\nX-Other: z\r\n\r\nx y\r\n",
    DATE + b"From:\r\n a@example.org\r\nReceived: not signed\r\nReceived: twice\r\n\r\n \r\nx",
    b"From: a@example.org\r\n" + b"Subject: " + b"w " * 400 + b"\r\n\r\n" + b"line  with blanks \r\n" * 300,
]
# Header lines are read as ready messages have them read: mended in front, the same messages are signed.
MENDED = [
    b"\xef\xbb\xbf" + HEAD + b"\r\nHi\r\n", b"\r\n" + HEAD + b"\r\nHi\r\n", b"From a Tue Dec  1 02:00:00 2026\n" + HEAD + b"\r\nHi\n",
    HEAD.replace(b":", b" \t:", 1).replace(b"Subject:", b"Subject\t:") + b"To\r\n : x\r\n\r\nHi",
    HEAD + b"Bcc\t: s@example.org,\r\n \r\n t@example.org\r\nCc: y\r\n \r\n z\r\n\r\nHi",
]
REFUSED = {b"Subject: x\r\n\r\nno From\r\n": -122, HEAD + b"From: b@example.org\r\n\r\n": -128, HEAD + b"subject: y\r\n\r\n": -128,
           HEAD + b"From \t: b@example.org\r\n\r\n": -128, HEAD + b"no field\r\n\r\n": -128, HEAD + b"no field": -128,
           HEAD + b"X\x01: y\r\n\r\n": -128, MENDED[0]: -128, MENDED[1]: -128, MENDED[2]: -128, b"\r\nHi\r\n": -122}


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout


def public(folder, name, make):
    """Makes a key; returns its file and its record in the DNS."""
    private = os.path.join(folder, name + ".pem")
    openssl("genpkey", *make, "-out", private)
    der = openssl("pkey", "-in", private, "-pubout", "-outform", "DER")
    # RFC 8463 section 3: the key alone, not its SubjectPublicKeyInfo.
    text = base64.b64encode(der[-32:] if name == "ed25519" else der).decode()
    return private, f"v=DKIM1; k={name}; p={text}".encode()


def sign(key, selector, message, folder, tool="POSTINO_DKIM_TOOL", *more):
    path = os.path.join(folder, "message")
    with open(path, "wb") as file:
        file.write(message)
    return subprocess.run([os.environ[tool], key, "example.org", selector, path, *more], stdout=subprocess.PIPE,
                          check=False)


def verified(message, record):
    try:
        return dkim.verify(message, dnsfunc=lambda name, timeout=5: record if name == b"s1._domainkey.example.org." else b"")
    except dkim.MessageFormatError:
        return False


def main():
    messages = RAW + [raw for _, flags, _, raw in corpus.compose([corpus.message(seed) for seed in range(900001, 900041)])
                      if not flags & 8]
    checks = 0
    with tempfile.TemporaryDirectory() as folder:
        keys = [public(folder, "rsa", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
                public(folder, "ed25519", ["-algorithm", "ED25519"])]
        runs = [("POSTINO_DKIM_TOOL", *key) for key in keys]
        refused = [public(folder, "ec", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])[0],
                   public(folder, "short", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:768"])[0]]
        wrong = [(key, "POSTINO_DKIM_TOOL") for key in refused]
        if "POSTINO_DKIM_MBEDTLS_TOOL" in os.environ:
            runs.append(("POSTINO_DKIM_MBEDTLS_TOOL", *keys[0]))
            # Mbed TLS has no Ed25519.
            wrong += [(key, "POSTINO_DKIM_MBEDTLS_TOOL") for key in (*refused, keys[1][0])]
        for key, tool in wrong:
            assert sign(key, "s1", RAW[0], folder, tool).returncode == 2, (key, tool)
            checks += 1
        for tool, key, record in runs:
            for message in messages:
                done = sign(key, "s1", message, folder, tool)
                signed = done.stdout
                assert done.returncode == 0, (signed, message)
                assert signed.startswith(b"DKIM-Signature: v=1; a=")
                assert max(map(len, signed[:signed.index(b"bh=")].split(b"\r\n"))) <= 78
                assert verified(signed, record), message
                # What must not pass.
                for changed in (signed.replace(b"\nSubject:", b"\nSubject: more", 1), signed + b"more\r\n",
                                signed.replace(b"\r\n\r\n", b"\r\nFrom: b@example.org\r\n\r\n", 1)):
                    assert changed == signed or not verified(changed, record), changed
                checks += 1
            for message in MENDED:
                done = sign(key, "s1", message, folder, tool, "raw")
                assert done.returncode == 0 and b"s@example.org" not in done.stdout, (done.stdout, message)
                assert verified(done.stdout, record), message
                checks += 1
            for message, error in REFUSED.items():
                done = sign(key, "s1", message, folder, tool)
                assert done.returncode == 1 and int(done.stdout) == error, (done.stdout, message)
                checks += 1
            assert sign(key, "s;1", RAW[0], folder, tool).returncode == 1
    print(f"{checks} passed, 0 failed")
    return 0 if checks else 1


if __name__ == "__main__":
    sys.exit(main())
