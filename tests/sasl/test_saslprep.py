# SPDX-License-Identifier: MIT
"""What SASLprep makes of strings, against RFC 4013 done here with the tables of Python's stringprep and Unicode 3.2.

usage: test_saslprep.py SASLPREP_TOOL [SEED]"""

import random
import re
import stringprep
import subprocess
import sys
from unicodedata import combining, ucd_3_2_0

PATIENCE_S = 60
UTF8, PROHIBITED, UNASSIGNED, BIDI, EMPTY = 1, 2, 3, 4, 5
PROHIBITIONS = (stringprep.in_table_c12, stringprep.in_table_c21_c22, stringprep.in_table_c3, stringprep.in_table_c4,
                stringprep.in_table_c5, stringprep.in_table_c6, stringprep.in_table_c7, stringprep.in_table_c8,
                stringprep.in_table_c9)
# Letters of a Hangul syllable with marks between: Unicode 3.2 composes them, and Libidn does; Python as it was corrected
# later (Public Review Issue 29) does not.
OVER_MARKS = re.compile("(?<=[\u0300-\u0345\u0590-\u06ff])[\u1161-\u1175\u11a8-\u11c2]+")


def prepare(text, stored):
    """What becomes of it, and the faults that may be told of it."""
    # U+200B is in both tables of section 2.1: Libidn maps it to a space, as it does the spaces first.
    mapped = "".join(" " if stringprep.in_table_c12(c) else "" if stringprep.in_table_b1(c) else c for c in text)
    out = ucd_3_2_0.normalize("NFKC", mapped)
    faults = set()
    if any(test(c) for c in out for test in PROHIBITIONS):
        faults.add(PROHIBITED)
    if stored and any(stringprep.in_table_a1(c) for c in mapped):
        faults.add(UNASSIGNED)
    if any(map(stringprep.in_table_d1, out)) and (
            any(map(stringprep.in_table_d2, out)) or not stringprep.in_table_d1(out[0])
            or not stringprep.in_table_d1(out[-1])):
        faults.add(BIDI)
    if text and not out:
        faults.add(EMPTY)
    return out, faults


def place(text, fault):
    """The octets at which a fault may be said to stand."""
    starts = [len(text[:i].encode()) for i in range(len(text))]
    if fault == EMPTY:
        return {0}
    if fault == BIDI:
        return set(starts)
    return {next(start for start, c in zip(starts, text) if fault in prepare(c, True)[1])}


def is_known(c):
    """Python's Unicode 3.2 orders marks that it does not have, by what they became later."""
    return not (stringprep.in_table_a1(c) and combining(c))


def strings(seed):
    for point in range(1, 0x10000):
        if not 0xD800 <= point < 0xE000:
            yield chr(point)
    for point in (*range(0x10000, 0x10500), *range(0x1D000, 0x1D800), *range(0x1F300, 0x1F400), *range(0x20000, 0x20100),
                  *range(0x2F800, 0x2FA20), *range(0xE0000, 0xE0080), 0xF0000, 0x10FFFD, 0x10FFFF):
        yield chr(point)
    draw = random.Random(seed)
    ranges = [(0x20, 0x7E), (0xA0, 0x17F), (0x300, 0x345), (0x590, 0x6FF), (0x900, 0x97F), (0x1100, 0x11F9),
              (0x1E00, 0x1FFE), (0x2000, 0x206F), (0x2100, 0x218F), (0x3040, 0x30FF), (0xAC00, 0xAD00), (0xFB00, 0xFEFC)]
    for _ in range(6000):
        chosen = draw.sample(ranges, draw.randint(1, 3))
        drawn = (chr(draw.randint(*draw.choice(chosen))) for _ in range(draw.randint(1, 12)))
        yield OVER_MARKS.sub("", "".join(filter(is_known, drawn))) or "x"


def broken(seed):
    """Octets that are no UTF-8, nearly all, with what is to be said of them."""
    draw = random.Random(seed)
    for _ in range(30000):
        octets = bytes(draw.choice(b"a\x7f\x80\x9f\xa0\xbf\xc1\xc2\xdf\xe0\xe1\xed\xef\xf0\xf1\xf4\xf5\xff")
                       for _ in range(draw.randint(1, 8)))
        try:
            octets.decode()
            continue
        except UnicodeDecodeError as error:
            start = error.start
        # What stands in front of it is looked at first.
        control = octets.find(b"\x7f", 0, start)
        yield octets, f"!{UTF8}@{start}" if control < 0 else f"!{PROHIBITED}@{control}"


def main():
    cases = list(strings(int(sys.argv[2]) if len(sys.argv) > 2 else 1))
    faults_of = list(broken(1))
    given = "".join(octets.hex() + "\n" for octets in [*(text.encode() for text in cases), *(one for one, _ in faults_of)])
    said = subprocess.run([sys.argv[1]], input=given, check=True, capture_output=True, text=True, timeout=PATIENCE_S)
    answers = said.stdout.splitlines()
    if len(answers) != len(cases) + len(faults_of):
        sys.exit(f"{len(cases)} and {len(faults_of)} strings, {len(answers)} answers")
    wrong = 0
    for (octets, fault), answer in zip(faults_of, answers[len(cases):]):
        if answer != f"{fault} {fault}":
            wrong += 1
            print(f"{octets}: {answer}, not {fault}")
    for text, answer in zip(cases, answers):
        for stored, one in enumerate(answer.split(" ")):
            out, faults = prepare(text, stored)
            if one.startswith("!"):
                fault, octet = map(int, one[1:].split("@"))
                right = fault in faults and octet in place(text, fault)
            else:
                octets = bytes.fromhex(one)
                # The last is what the header promises of a buffer's size.
                right = not faults and octets.decode() == out and len(octets) <= 11 * len(text.encode())
            if not right:
                wrong += 1
                if wrong <= 20:
                    print(f"{ascii(text)} stored={stored}: {one}, not {ascii(out)} {faults}")
    print(f"{len(answers)} strings, {wrong} wrong")
    return wrong != 0


if __name__ == "__main__":
    sys.exit(main())
