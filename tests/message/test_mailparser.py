#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Composed messages, read back by npm's mailparser, are what was to be composed. Usage: test_mailparser.py [COUNT [SEED]]"""

import base64
import json
import os
import struct
import subprocess
import sys

import corpus

SKIPPED = 77


def parse(messages):
    folder = os.path.join(os.environ["POSTINO_PARSERS"], "npm")
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "parse_messages.js")
    done = subprocess.run([os.path.join(folder, "node"), script, folder], stdout=subprocess.PIPE, check=True,
                          input=b"".join(struct.pack("<I", len(raw)) + raw for raw in messages))
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def files(part):
    if part["kind"] == "multi":
        return [found for inner in part["parts"] for found in files(inner)]
    return [part] if part["kind"] == "file" else []


def trimmed(mailboxes):
    """It takes the blanks at the ends of a name away."""
    return [[name.strip(), address.replace('"', "")] for name, address in mailboxes]


def check(made, got):
    assert not got["bcc"]
    assert got.get("subject", "") == (made["subject"] or ""), (got.get("subject"), made["subject"])
    assert got["date"] == made["date"][0]
    assert got["id"] == made["id"]
    assert got["references"] == made["references"].split()
    for field in ("from", "to", "cc"):
        assert trimmed(got[field]) == trimmed(made[field]), (got[field], made[field])
    # Calendars and what is no text otherwise are attachments for it too.
    named = [one for one in got["files"] if one.get("disposition")]
    wanted = files(made["body"])
    assert len(named) == len(wanted), (named, wanted)
    for one, part in zip(named, wanted):
        assert base64.b64decode(one["data"]) == part["data"], (one, part)
        # From a file's name it guesses what is not said.
        if part["type"]:
            assert one["type"] == part["type"], one["type"]
        assert (one.get("name") or "") == part["name"], (one.get("name"), part["name"])
        assert one.get("cid") == ("<" + part["cid"] + ">" if part["cid"] else None)
        assert one["disposition"] == ("inline" if part["cid"] else "attachment")


def main():
    if not os.path.exists(os.path.join(os.environ["POSTINO_PARSERS"], "npm", "node")):
        print("mailparser is not there: ./dev test fetches it")
        return SKIPPED
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 100001
    failed = 0
    for begin in range(seed, seed + count, 500):
        made = [corpus.message(number) for number in range(begin, min(begin + 500, seed + count))]
        parsed = parse([raw for _, _, _, raw in corpus.compose(made)])
        assert len(parsed) == len(made)
        for one, got in zip(made, parsed):
            try:
                check(one, got)
            except AssertionError as fault:
                failed += 1
                print(f"seed {one['seed']}: {fault.__traceback__.tb_next.tb_lineno} {str(fault)[:600]}")
    print(f"{count - failed} passed, {failed} failed")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
