#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How the parts of composed messages stand in each other, and what is in them, as maildrop's reformime has it.
Usage: test_reformime.py [COUNT [SEED]]"""

import re
import shutil
import subprocess
import sys

import corpus

SKIPPED = 77


def reformime(raw, *arguments):
    return subprocess.run(["reformime", *arguments], input=raw, stdout=subprocess.PIPE, check=True).stdout


def wanted_sections(part, number="1"):
    """Yields (number, part); reformime numbers as IMAP does, and a forwarded message's own part follows it."""
    yield number, part
    for place, inner in enumerate(part.get("parts", []), 1):
        yield from wanted_sections(inner, f"{number}.{place}")
    if part["kind"] == "message":
        yield number + ".1", dict(kind="inner")


def media_type(part):
    if part["kind"] == "file":
        return part["type"] or "application/octet-stream"
    return {"calendar": "text/calendar", "message": "message/rfc822", "inner": "text/plain"}.get(
        part["kind"], part.get("type", "")).split(";")[0]


def check(made, raw):
    shown = {}
    for block in reformime(raw, "-i").decode("utf-8", "replace").split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "section" in lines:
            shown[lines["section"]] = lines
    wanted = dict(wanted_sections(made["body"]))
    assert set(shown) == set(wanted), (sorted(shown), sorted(wanted))
    for number, part in wanted.items():
        assert shown[number]["content-type"] == media_type(part), (number, shown[number])
        if part["kind"] == "file":
            assert reformime(raw, "-e", "-s", number) == part["data"], number
        elif part["kind"] in ("text", "calendar"):
            text = re.sub("\r\n?|\n", "\n", part["text"]).encode()
            found = reformime(raw, "-e", "-s", number).replace(b"\r\n", b"\n")
            # The last line of a message that is one part has an end.
            assert found in (text, text + b"\n" if number == "1" else text), (number, found, text)


def main():
    if shutil.which("reformime") is None:
        print("reformime is not there: ./dev test installs it (maildrop)")
        return SKIPPED
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 200001
    failed = 0
    made = [corpus.message(number) for number in range(seed, seed + count)]
    for one, (_, _, _, raw) in zip(made, corpus.compose(made)):
        try:
            check(one, raw)
        except AssertionError as fault:
            failed += 1
            print(f"seed {one['seed']}: {fault.__traceback__.tb_next.tb_lineno} {str(fault)[:600]}")
    print(f"{count - failed} passed, {failed} failed")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
