#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Composed messages as GMime reads them: subjects, names, fields, file names and contents. Usage: test_gmime.py [COUNT
[SEED]]"""

import os
import re
import struct
import subprocess
import sys

import corpus

SKIPPED = 77


def read(messages):
    """Returns for each message its records: (tag, octets)."""
    done = subprocess.run([os.environ["POSTINO_GMIME_TOOL"]], input=b"".join(struct.pack("<I", len(raw)) + raw for raw in messages),
                          stdout=subprocess.PIPE, check=True)
    found, at = [[]], 0
    while at < len(done.stdout):
        tag, length = struct.unpack_from("<cI", done.stdout, at)
        at += 5 + length
        if tag == b"E":
            found.append([])
        else:
            found[-1].append((tag.decode(), done.stdout[at - length:at]))
    assert found.pop() == [] and len(found) == len(messages)
    return found


def leaves(part):
    if part["kind"] == "multi":
        for inner in part["parts"]:
            yield from leaves(inner)
    elif part["kind"] != "message":
        yield part


def texts(records, tag):
    return [tuple(text.decode() for text in data.split(b"\0")[:2]) for found, data in records if found == tag]


def shown(mailboxes):
    """GMime keeps the fold of a quoted name and drops the blanks at its ends: neither is ours."""
    return [(name.replace("\r\n", "").strip(), address) for name, address in mailboxes]


def check(made, records):
    assert texts(records, "S")[0][0] == (made["subject"] or ""), (texts(records, "S"), made["subject"])
    for tag, field in (("f", "from"), ("t", "to"), ("c", "cc")):
        assert shown(texts(records, tag)) == shown(made[field]), (texts(records, tag), made[field])
    assert texts(records, "H") == made["fields"], (texts(records, "H"), made["fields"])
    wanted = list(leaves(made["body"]))
    found = [data.split(b"\0", 3) for tag, data in records if tag == "P"]
    assert len(found) == len(wanted), (len(found), len(wanted))
    for (_, name, cid, content), part in zip(found, wanted):
        if part["kind"] == "file":
            assert name.decode() == part["name"], (name.decode(), part["name"])
            assert cid.decode() == part["cid"]
            assert content == part["data"]
        else:
            text = re.sub("\r\n?|\n", "\n", part["text"]).encode()
            # The last line of a message that is one part has an end.
            assert content.replace(b"\r\n", b"\n") in (text, text + b"\n"), (content, text)


def main():
    if "POSTINO_GMIME_TOOL" not in os.environ:
        print("GMime was not there when this was built: ./dev test installs it (libgmime-3.0-dev)")
        return SKIPPED
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1500
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 300001
    failed = 0
    for begin in range(seed, seed + count, 100):
        made = [corpus.message(number) for number in range(begin, min(begin + 100, seed + count))]
        for one, records in zip(made, read([raw for _, _, _, raw in corpus.compose(made)])):
            try:
                check(one, records)
            except Exception as fault:
                failed += 1
                print(f"seed {one['seed']}: line {fault.__traceback__.tb_next.tb_lineno} {type(fault).__name__} {str(fault)[:600]}")
    print(f"{count - failed} passed, {failed} failed")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
