# SPDX-License-Identifier: MIT
"""Messages made at random, from a seed, and the tool that has them composed."""

import os
import random
import struct
import subprocess

EIGHT_BIT, CHUNKING, BINARY, UTF8 = 4, 0x20, 0x200, 0x80
SCRIPTS = [(0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x17F), (0x391, 0x3A9), (0x410, 0x44F), (0x5D0, 0x5EA), (0x627, 0x64A),
           (0x905, 0x939), (0xE01, 0xE2E), (0x3041, 0x3096), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0x1F300, 0x1F64F),
           (0x20000, 0x2A6DF), (0x10330, 0x10340), (0xE000, 0xF8FF), (0xF0000, 0xF0FFF), (0x10FF00, 0x10FFFD)]


def word(rand, most=12):
    low, high = rand.choice(SCRIPTS[:2] * 5 + SCRIPTS)
    return "".join(chr(rand.randint(low, high)) for _ in range(rand.randint(1, most)))


def phrase(rand, words=8):
    kind = rand.randint(0, 9)
    if kind == 0:
        return "".join(rand.choice(' ",;:<>()@[]\\.=?_/\'!#$%&*+-^`{|}~aZ0') for _ in range(rand.randint(1, 90)))
    if kind == 1:
        return word(rand, 300)
    if kind == 2:
        return "=?utf-8?q?" + word(rand) + "?= " + word(rand)
    text = " ".join(word(rand) for _ in range(rand.randint(1, words)))
    if kind == 3:
        return "  " + text.replace(" ", "   ") + " "
    if kind == 4:
        return f'Smith, "{text}" \\ Sons (Ltd.)'
    return text


def address(rand):
    local = rand.choice(["ann", "ann.lee+tag", "x" * 64, '"a b"', '"a\\"b,c"', "o'neil", "a/b=c", "0"])
    return local + "@" + rand.choice(["example.org", "a.b.c.example.com", "[192.0.2.1]", "x" * 60 + ".example.net"])


def text(rand):
    """Lines of 0 to 5000 octets with every kind of end."""
    found = []
    for _ in range(rand.choice([0, 1, 1, 2, 5, 20])):
        kind = rand.randint(0, 12)
        if kind == 0:
            line = rand.choice([".", "..", ".a", "--=_A0", "--=_B", "From here", "-- ", " ", "\t", "=", "=20", ""])
        elif kind == 1:
            line = "x" * rand.choice([75, 76, 77, 78, 997, 998, 999, 1000, 5000, rand.randint(0, 5000)])
        elif kind == 2:
            line = (word(rand) + " " * rand.randint(0, 3)) * rand.randint(0, 200)
        elif kind == 3:
            line = "".join(chr(rand.randint(32, 126)) for _ in range(rand.randint(0, 200))) + rand.choice(["", " ", "\t "])
        else:
            line = " ".join(word(rand) for _ in range(rand.randint(0, 12)))
        found.append(line + rand.choice(["\r\n", "\n", "\r", "\r\n", "\n", "\n\r"]))
    if found and rand.random() < 0.3:
        found[-1] = found[-1].rstrip("\r\n")
    return "".join(found)


def octets(rand):
    length = rand.choice([0, 1, 2, 3, 56, 57, 58, 113, 114, 115, rand.randint(0, 300), rand.randint(0, 5000)])
    return rand.randbytes(length)


def file_name(rand):
    kind = rand.randint(0, 5)
    if kind == 0:
        return rand.choice(['a"b.txt', "a\\b", "a;b, c.pdf", "per cent %41.txt", "it's.txt", "a  b.txt", "=?utf-8?q?x?=", "a=b"])
    if kind == 1:
        return word(rand, 120) + ".bin"
    if kind == 2:
        return "".join(chr(rand.randint(33, 126)) for _ in range(rand.randint(1, 100)))
    return " ".join(word(rand) for _ in range(rand.randint(1, 4))) + ".txt"


def mailbox(rand):
    return (phrase(rand, 4) if rand.random() < 0.8 else "", address(rand))


def leaf(rand):
    kind = rand.randint(0, 9)
    if kind < 4:
        return dict(kind="text", type=rand.choice(["text/plain; charset=utf-8", "text/html; charset=utf-8"]), text=text(rand))
    if kind == 4:
        return dict(kind="calendar", method="REQUEST", text=text(rand))
    if kind == 5:
        return dict(kind="message", text="Subject: inner\r\n\r\n" + "".join(
            rand.choice(["--=_A0\r\n", "--=_A\n", "--=_C1--\r\n", "line\r\n", "l\u00f6ne\n", "\r\n"]) for _ in range(rand.randint(0, 8))))
    return dict(kind="file", type=rand.choice(["", "image/png", "application/pdf", "application/vnd."+"x" * 70]), data=octets(rand),
                name=file_name(rand) if rand.random() < 0.8 else "", cid="im@g" if kind == 6 else "", binary=rand.random() < 0.3, named=rand.random() < 0.3)


def tree(rand, depth=0):
    if depth == 4 or rand.random() < 0.45:
        return leaf(rand)
    return dict(kind="multi", type="multipart/" + rand.choice(["mixed", "alternative", "related"]),
                parts=[tree(rand, depth + 1) for _ in range(rand.randint(1, 3))])


def message(seed):
    rand = random.Random(seed)
    made = dict(seed=seed, body=tree(rand), subject=phrase(rand, 20) if rand.random() < 0.95 else None,
                date=(rand.randint(86400, 2**32 - 90000), rand.randint(-12 * 60, 14 * 60)), fields=[],
                id="<%d.x@example.org>" % seed, references=" ".join("<%d@example.org>" % rand.randint(0, 10**12) for _ in range(rand.randint(1, 12))),
                random=rand.randbytes(16) if rand.random() < 0.5 else None, capabilities=0)
    made["from"] = [mailbox(rand)]
    made["to"] = [mailbox(rand) for _ in range(rand.choice([0, 1, 1, 2, 12]))]
    made["cc"] = [mailbox(rand) for _ in range(rand.choice([0, 0, 1]))]
    made["bcc"] = [("Secret", "bcc-secret@example.org")]
    for i in range(rand.choice([0, 0, 1, 3])):
        made["fields"].append(("X-Test-%d" % i, phrase(rand)))
    if rand.random() < 0.5:
        made["capabilities"] |= EIGHT_BIT
    if rand.random() < 0.5:
        made["capabilities"] |= CHUNKING | BINARY
    made["memory"] = 1 if contains(made["body"], "message") else rand.choice([0, 1, 1, 2])
    return made


def contains(part, kind):
    return part["kind"] == kind or any(contains(inner, kind) for inner in part.get("parts", []))


def record(tag, data):
    if isinstance(data, str):
        data = data.encode()
    return tag.encode() + struct.pack("<I", len(data)) + data


def part_records(part):
    if part["kind"] == "multi":
        return record("(", part["type"]) + b"".join(map(part_records, part["parts"])) + record(")", "")
    if part["kind"] == "text":
        return record("t", part["type"] + "\0" + part["text"])
    if part["kind"] == "calendar":
        return record("c", part["method"] + "\0" + part["text"])
    if part["kind"] == "message":
        return record("w", part["text"])
    head = "\0".join(["-bnm"[part["binary"] + 2 * part["named"]] + part["type"], part["name"], part["cid"], ""])
    return record("a", head.encode() + part["data"])


def records(made):
    found = b""
    for number, field in enumerate(["from", "sender", "reply", "to", "cc", "bcc"]):
        for name, where in made.get(field, []):
            found += record("M", f"{number}{name}\0{where}")
    for tag, field in (("s", "subject"), ("i", "id"), ("e", "references"), ("r", "in_reply_to"), ("n", "random")):
        if made.get(field) is not None:
            found += record(tag, made[field])
    found += record("d", "%d %d" % made["date"])
    for name, value in made["fields"]:
        found += record("H", f"0{name}\0{value}")
    return found + part_records(made["body"]) + record("G", "%d %d" % (made["capabilities"], made["memory"]))


def compose(made):
    """Returns for each message (error, flags, size, octets)."""
    done = subprocess.run([os.environ["POSTINO_COMPOSE_TOOL"]], input=b"".join(map(records, made)), stdout=subprocess.PIPE,
                          check=True)
    found, at = [], 0
    for _ in made:
        error, flags, size, length = struct.unpack_from("<iIII", done.stdout, at)
        at += 16
        found.append((error, flags, size, done.stdout[at:at + length]))
        at += length
    assert at == len(done.stdout)
    return found
