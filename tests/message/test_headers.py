#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Headers of ready messages as RFC 5322 and its obsolete syntax allow them, and worse: what is mended is what a reading of whole
lines makes of it, and Python's email package sees in it each field that was there, folded as it was, but Bcc. DKIM signs the
fields that it sees. Usage: test_headers.py [COUNT [SEED]]"""

import email
import os
import random
import re
import struct
import subprocess
import sys
import traceback

BARE, EIGHT_BIT, NO_DATE, NO_FROM, NO_ID, BCC, SYNTAX, BOM, EMPTY, MBOX, BLANK = 1, 4, 8, 16, 32, 64, 256, 512, 1024, 2048, 4096
NAMES = ["Bcc", "Resent-Bcc", "From", "Date", "Message-ID", "To", "Cc", "Subject", "Received", "X-Mailer", "References", "Bcc-X", "XBcc",
         "Resent-From", "Content-Transfer-Encoding", "List-Unsubscribe-Post", "B", "Dat", "Froms"]
SIGNED = {b"from", b"sender", b"reply-to", b"to", b"cc", b"subject", b"date", b"message-id", b"in-reply-to", b"references",
          b"mime-version", b"content-type", b"content-transfer-encoding", b"list-unsubscribe", b"list-unsubscribe-post"}
SECRET = "secret-address@hidden.test"
HELD = 32


def blanks(rand, most):
    return "".join(rand.choice(" \t") for _ in range(rand.randint(1, most))) if most > 0 else ""


def name(rand):
    if rand.random() < 0.2:
        found = "".join(rand.choice("ABCxyz019-_.!#$~") for _ in range(rand.choice([1, 3, 10, 31, 32, 33, 64, 75, 200])))
    else:
        found = rand.choice(NAMES)
    return "".join(rand.choice([c.upper(), c.lower(), c]) for c in found)


def value(rand):
    """Text in any number of lines, each but the first behind a blank; lines may be blanks alone."""
    words = [rand.choice(["a", "b@c.test", "x: y", "Bcc: no", "From ann", "\u00e4", ":", '"q"', "=?utf-8?q?x?="])
             for _ in range(rand.randint(0, 6))]
    found = "".join(rand.choice(["", " ", "\t", "\n ", "\n\t", "  ", "\n \n  "]) + word for word in words)
    return found + rand.choice(["", "", "", " ", "\n ", "\n \n\t"])


def field(rand):
    found = name(rand)
    gap = ""
    if rand.random() < 0.25:
        # A reader holds so many that all of them can be left out; with short names there may be more.
        gap = blanks(rand, min(HELD - 1 - len(found) % HELD, 9)) if len(found) >= HELD or rand.random() < 0.8 else blanks(rand, 150)
    elif rand.random() < 0.04 and len(found) < 15:
        gap = rand.choice(["\n ", " \n\t", "\n \n \t"])
    text = value(rand)
    if found.lower() in ("bcc", "resent-bcc"):
        text = rand.choice([" ", "", "\n ", "\t"]) + SECRET + "," + text + rand.choice(["", "\n\t" + SECRET])
    return found + gap + ":" + text


def no_field(rand):
    line = rand.choice(["no field", "X Y: z", ": z", "\u00e4: z", "X\x01: y", "X\x7f: y", "word", "Bccx y: z", ">From x", "http//x y",
                        "From ann@b.test Tue Dec  1 02:00:00 2026", "a\tb c", "0123456789ab cdef", "x" * 40 + " y",
                        "x" * 32 + "\u00e4"])
    return line + rand.choice(["", "", "\n folded: x", "\n \n y"])


def message(seed):
    rand = random.Random(seed)
    lines = [field(rand) for _ in range(rand.randint(0, 12))]
    if rand.random() < 0.25:
        lines.insert(rand.randint(0, len(lines)), no_field(rand))
    front = "".join(rand.choice(["\ufeff", "\n", " \t\n", "From ann@b.test Tue Dec  1 02:00:00 2026\n", "\n", "From x\n"])
                    for _ in range(rand.choice([0, 0, 0, 1, 2, 3])))
    text = front + "\n".join(lines) + rand.choice(["\n\n", "\n\n", "\n\n", "\n", ""]) + rand.choice(["", "Hi\n", "Bcc: body\nx", "\n\nx\n"])
    ends = rand.choice([["\r\n"], ["\r\n"], ["\n"], ["\r"], ["\r\n", "\n", "\r"]])
    wire = ""
    for octet in text:
        wire += rand.choice(ends) if octet == "\n" else octet
    return wire.encode()


def stand_in_front(lines, faults):
    """Takes what stands in front of the header out of the lines. Returns the faults, and whether an empty line was there."""
    empty = False
    while lines:
        if lines[0].startswith(b"\xef\xbb\xbf"):
            lines[0] = lines[0][3:]
            faults |= BOM
        elif lines[0].strip(b" \t") == b"" and (len(lines) > 1 or lines[0] != b""):
            if empty or lines[0]:
                faults |= EMPTY
            empty = True
            lines.pop(0)
        elif lines[0].startswith(b"From ") and re.match(rb"From[ \t]+[^ \t:]", lines[0]):
            faults |= MBOX | (EMPTY if empty else 0)
            empty = False
            lines.pop(0)
        else:
            break
    return faults, empty


def reference(raw):
    """The mended message with \n for each line end of its header, the faults, and the fields that are in it."""
    faults = BARE if re.search(rb"\r(?!\n)|(?<!\r)\n", raw) else 0
    lines = re.split(rb"\r\n|\r|\n", raw)
    faults, empty = stand_in_front(lines, faults)
    if lines == [b""]:
        lines = []
    head, body = [], lines[:0]
    for at, line in enumerate(lines):
        if line == b"":
            body = lines[at + 1:]
            break
        if head and line[:1] in (b" ", b"\t"):
            head[-1] += b"\n" + line
        else:
            head.append(line)
    else:
        at = len(lines)
    if at == len(lines) - 1:
        body = []
    found = [(re.match(rb"([!-9;-~]+)((?:[ \t]|\n[ \t])*):", unit), unit) for unit in head]
    # A longer name counts as a field's before its colon is seen.
    if empty and found and not found[0][0] and not re.match(rb"[!-9;-~]{%d}" % HELD, found[0][1]):
        return b"\n" + b"\n".join(lines), faults | NO_DATE | NO_FROM | NO_ID, []
    if empty and found:
        faults |= EMPTY
    out, fields, seen = [], [], set()
    for match, unit in found:
        if any(octet > 127 for octet in unit):
            faults |= EIGHT_BIT
        if not match:
            faults |= SYNTAX
            out.append(unit)
            continue
        key = match[1].lower()
        faults |= SYNTAX if b"\n" in match[2] else BLANK if match[2] else 0
        if key in (b"bcc", b"resent-bcc"):
            faults |= BCC
            continue
        seen.add(key)
        rest = unit[match.end():]
        fields.append((match[1], rest))
        kept = len(match[1]) % HELD + len(match[2]) >= HELD
        out.append(match[1] + (match[2] if kept else b"") + b":" + rest)
    faults |= (0 if b"date" in seen else NO_DATE) | (0 if b"from" in seen else NO_FROM) | (0 if b"message-id" in seen else NO_ID)
    return b"".join(unit + b"\n" for unit in out) + b"\n" + b"\n".join(body), faults, fields


def by_python(raw):
    """Names and values as Python's email package sees them, with \n for each line end."""
    parsed = email.message_from_bytes(raw)
    return [(key.encode("ascii", "surrogateescape"), re.sub(rb"\r\n", b"\n", text.encode("ascii", "surrogateescape")))
            for key, text in parsed.raw_items()], parsed


def bare(fields):
    """Without the blanks in front of a value, which the package leaves out."""
    return [(key, text.lstrip(b" \t\n").rstrip(b"\n")) for key, text in fields]


def check(raw, error, faults, mended, signed):
    wanted, wanted_faults, fields = reference(raw)
    assert error == 0, error
    assert re.sub(rb"\r\n|\r|\n", b"\n", mended) == wanted, (mended, wanted)
    assert faults == wanted_faults, (faults, wanted_faults)
    # Behind an empty line and no field all is body.
    head = (b"\n" + wanted).split(b"\n\n")[0].lstrip(b"\n")
    assert SECRET.encode() not in head, head
    if not faults & SYNTAX and not re.search(rb"(?m)^[!-9;-~]+[ \t]+:", head):
        seen, parsed = by_python(mended)
        assert bare(seen) == bare(fields), (seen, fields)
        assert not parsed.defects or not fields, parsed.defects
        assert SECRET.encode() not in (b"\r\n" + mended).split(b"\r\n\r\n")[0]
        # What the package sees at once, it sees the same before.
        if not faults & (BLANK | BOM | EMPTY | MBOX):
            before, _ = by_python(re.sub(rb"\r\n|\r|\n", b"\r\n", raw))
            assert bare((key, text) for key, text in before if key.lower() not in (b"bcc", b"resent-bcc")) == bare(fields)
    names = [key.lower() for key, _ in fields if key.lower() in SIGNED]
    # A name in two lines was mended, a line that is no field stays.
    loose = head[:1] in (b" ", b"\t") or any(not re.match(rb"[!-9;-~]+[ \t]*:|[ \t]", line) for line in head.split(b"\n") if line)
    if loose or b"from" not in names or len(set(names)) != len(names):
        assert signed == b"", signed
        return
    assert signed.endswith(mended)
    signature = re.sub(rb"[\r\n ]", b"", signed[:len(signed) - len(mended)])
    assert re.search(rb";h=([^;]*);", signature)[1].split(b":") == names + [b"from"], signature


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 6000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    failed = 0
    made = [message(number) for number in range(seed, seed + count)]
    given = b"".join(struct.pack("<IB", len(raw), number % 20) + raw for number, raw in enumerate(made))
    out = subprocess.run([os.environ["POSTINO_HEADER_TOOL"]], input=given, stdout=subprocess.PIPE, check=True).stdout
    at = 0
    for number, raw in enumerate(made):
        error, faults, length = struct.unpack_from("<HHI", out, at)
        mended = out[at + 8:at + 8 + length]
        at += 8 + length
        length, = struct.unpack_from("<I", out, at)
        signed = out[at + 4:at + 4 + length]
        at += 4 + length
        try:
            check(raw, error, faults, mended, signed)
        except AssertionError as fault:
            failed += 1
            if failed < 20:
                line = traceback.extract_tb(fault.__traceback__)[-1].lineno
                print(f"seed {seed + number}: line {line} {raw!r}: {str(fault)[:600]}")
    assert at == len(out)
    print(f"{count - failed} passed, {failed} failed")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
