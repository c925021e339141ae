# SPDX-License-Identifier: MIT
"""Letters made at random, from a seed, in the form of corpus.py, and the tool that has them composed. The form of the message
that each must become is made too, by the rules of postino/letter.h."""

import os
import random
import struct
import subprocess

import corpus

TYPES = {"pdf": "application/pdf", "PNG": "image/png", "csv": "text/csv", "bin": "", "": ""}


def name(rand):
    """No encoded words: in a list that people write they are decoded, quoted or not."""
    while True:
        found = corpus.phrase(rand, 4)
        if "=?" not in found:
            return found


def mailbox(rand):
    return (name(rand) if rand.random() < 0.8 else "", corpus.address(rand))


def entry(rand, one):
    shown, address = one
    if not shown:
        return address if rand.random() < 0.7 else f"<{address}>"
    return '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"' + rand.choice(["", " ", "  "]) + f"<{address}>"


def written(rand, mailboxes):
    """The list as people write it."""
    return "".join(rand.choice(["", " ", "\t"]) + entry(rand, one) + rand.choice([",", ", ", ";", " ,,"]) for one in mailboxes)


def attachment(rand, cid):
    extension = rand.choice(sorted(TYPES))
    given = rand.choice(["", "", "application/vnd.own"])
    file = dict(kind="file", data=corpus.octets(rand), cid=cid, binary=False, named=False, given=given)
    stem = corpus.word(rand, 20)
    file["name"] = "" if extension == "" else stem + "." + extension
    file["type"] = given or TYPES[extension]
    return file


def plain(kind, text):
    return dict(kind="text", type=f"text/{kind}; charset=utf-8", text=text)


def joined(kind, parts):
    return parts[0] if len(parts) == 1 else dict(kind="multi", type="multipart/" + kind, parts=parts)


def message(seed):
    rand = random.Random(seed)
    made = dict(seed=seed, subject=corpus.phrase(rand, 20) if rand.random() < 0.95 else None, capabilities=rand.choice([0, corpus.EIGHT_BIT]),
                date=(rand.randint(86400, 2**32 - 90000), rand.randint(-12 * 60, 14 * 60)), fields=[], memory=1,
                id="<%d.x@example.org>" % seed, references=" ".join("<%d@example.org>" % rand.randint(0, 10**12) for _ in range(rand.randint(1, 12))),
                random=rand.randbytes(16) if rand.random() < 0.5 else None, priority=rand.choice([0, 0, 1, 3, 5]))
    made["from"] = [mailbox(rand)]
    made["to"] = [mailbox(rand) for _ in range(rand.choice([0, 1, 1, 2, 12]))]
    made["cc"] = [mailbox(rand) for _ in range(rand.choice([0, 0, 1, 3]))]
    made["bcc"] = [("Secret", "bcc-secret@example.org")] + made["to"][:1]
    for i in range(rand.choice([0, 0, 1, 3])):
        made["fields"].append(("X-Test-%d" % i, corpus.phrase(rand)))
    made["text"] = corpus.text(rand) if rand.random() < 0.8 else ""
    made["html"] = corpus.text(rand) if rand.random() < 0.5 else ""
    made["attachments"] = [attachment(rand, "im%d@g" % i if rand.random() < 0.4 else "") for i in range(rand.choice([0, 0, 1, 2, 5]))]
    inline = [one for one in made["attachments"] if one["cid"] and made["html"]]
    others = [one for one in made["attachments"] if one not in inline]
    shown = [plain("plain", made["text"])] if made["text"] or not (made["html"] or made["attachments"]) else []
    if made["html"]:
        shown.append(joined("related", [plain("html", made["html"])] + inline))
    made["body"] = joined("mixed", ([joined("alternative", shown)] if shown else []) + others)
    made["lists"] = {tag: written(rand, made[field]) for tag, field in zip("FTCB", ("from", "to", "cc", "bcc")) if made[field]}
    return made


def records(made):
    record = corpus.record
    found = b"".join(record(tag, text) for tag, text in made["lists"].items())
    for tag, field in (("s", "subject"), ("i", "id"), ("e", "references"), ("o", "random"), ("t", "text"), ("h", "html")):
        if made[field] is not None:
            found += record(tag, made[field])
    found += record("d", "%d %d" % made["date"]) + record("p", str(made["priority"]))
    for name_, value in made["fields"]:
        found += record("H", f"{name_}\0{value}")
    for one in made["attachments"]:
        found += record("a", one["data"])
        for tag, field in (("n", "name"), ("y", "given"), ("c", "cid")):
            if one[field] or tag == "c":
                found += record(tag, one[field])
    return found + record("G", str(made["capabilities"]))


def compose(made):
    """Returns for each letter (error, flags, size, octets) of its message, and its envelope: the sender and the recipients."""
    done = subprocess.run([os.environ["POSTINO_LETTER_TOOL"]], input=b"".join(map(records, made)), stdout=subprocess.PIPE, check=True)
    found, at = [], 0
    for _ in made:
        error, flags, size, length = struct.unpack_from("<iIII", done.stdout, at)
        raw = done.stdout[at + 16:at + 16 + length]
        at += 16 + length
        octets, = struct.unpack_from("<I", done.stdout, at)
        at += 4 + octets
        found.append(((error, flags, size, raw), done.stdout[at - octets:at].decode().split("\n")[:-1]))
    assert at == len(done.stdout)
    return found
