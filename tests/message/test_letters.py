#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Letters, read back by Python's email package, GMime and mailparser, are what was written. Usage: test_letters.py [COUNT
[SEED]]"""

import email
import os
import sys
import traceback

import letters
import test_corpus
import test_gmime
import test_mailparser

MARKS = {0: (None, None, None), 1: ("1", "high", "urgent"), 3: ("3", "normal", "normal"), 5: ("5", "low", "non-urgent")}


def check(made, composed, envelope):
    test_corpus.check(made, composed)
    parsed = email.message_from_bytes(composed[3])
    assert (parsed["X-Priority"], parsed["Importance"], parsed["Priority"]) == MARKS[made["priority"]]
    wanted = [address for field in ("to", "cc", "bcc") for _, address in made[field]]
    assert envelope == [made["from"][0][1]] + list(dict.fromkeys(wanted)), envelope


def check_gmime(made, records):
    if made["priority"]:
        records = records[:]
        made = dict(made, fields=[field for tag, field in zip([tag for tag, _ in records if tag == "H"], test_gmime.texts(records, "H"))
                                  if field[0] in ("X-Priority", "Importance", "Priority")] + made["fields"])
    test_gmime.check(made, records)


def judged(made, function, *arguments):
    """Returns how many checks failed: 0 or 1."""
    try:
        function(made, *arguments)
    except Exception as fault:
        place = traceback.extract_tb(fault.__traceback__)[-1]
        print(f"seed {made['seed']}: {function.__name__}: {place.name}:{place.lineno} {type(fault).__name__} {str(fault)[:600]}")
        return 1
    return 0


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 500001
    readers = ["Python"]
    failed = 0
    made = [letters.message(number) for number in range(seed, seed + count)]
    found = letters.compose(made)
    raws = [composed[3] for composed, _ in found]
    for one, (composed, envelope) in zip(made, found):
        failed += judged(one, check, composed, envelope)
    if "POSTINO_GMIME_TOOL" in os.environ:
        readers.append("GMime")
        for one, records in zip(made, test_gmime.read(raws)):
            failed += judged(one, check_gmime, records)
    if os.path.exists(os.path.join(os.environ["POSTINO_PARSERS"], "npm", "node")):
        readers.append("mailparser")
        for one, got in zip(made, test_mailparser.parse(raws)):
            failed += judged(one, test_mailparser.check, got)
    print(f"{len(readers) * count - failed} passed, {failed} failed, by {', '.join(readers)}")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
