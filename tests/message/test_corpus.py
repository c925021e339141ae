#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Composed messages, read back by Python's email package, are what was to be composed. Usage: test_corpus.py [COUNT [SEED]]"""

import datetime
import base64
import email
import email.header
import email.policy
import re
import sys
import traceback

import corpus

CANONICAL, EIGHT_BIT, BINARY = 1, 4, 8


def lines(text):
    """The text with every line end made CRLF, the last line's too."""
    return re.sub("\r\n|\r|\n", "\r\n", text)


def check_lines(raw, flags):
    """What RFC 5322 and RFC 2047 ask of the octets themselves."""
    head = raw.split(b"\r\n\r\n", 1)[0]
    assert b"bcc-secret" not in raw and not re.search(rb"(?im)^bcc", head)
    for line in head.split(b"\r\n"):
        assert len(line) <= 998 and b"\r" not in line and b"\n" not in line
        # A longer line has a word that cannot be divided, or one that is quoted.
        assert len(line) <= 78 or line.count(b" ") <= 2 or b'"' in line, line
        assert line.strip() != b""
        assert all(len(word) <= 75 for word in re.findall(rb"=\?UTF-8\?[QB]\?[^?]*\?=", line))
        assert b"=?UTF-8?" not in line or len(line) <= 78, line
        assert all(32 <= octet < 127 for octet in line)
    for encoded in re.findall(rb"=\?UTF-8\?Q\?([^?]*)\?=", head):
        re.sub(rb"=([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]), encoded).decode()
    for encoded in re.findall(rb"=\?UTF-8\?B\?([^?]*)\?=", head):
        base64.b64decode(encoded, validate=True).decode()
    # GMime drops the text behind a word that ends in "=" when another word follows.
    assert not re.search(rb"=\?UTF-8\?B\?[^?]*=\?=\s+=\?", head), "a B word that is not the last is filled up"
    for block in re.findall(rb"\r\n--=_[A-Z][0-9][0-9A-F]*\r\n(Content-.*?)\r\n\r\n", raw, re.DOTALL):
        for line in block.split(b"\r\n"):
            assert len(line) <= 78 or b"application/vnd." in line, line
    if not flags & BINARY:
        assert raw.endswith(b"\r\n") and not re.search(rb"\r[^\n]|[^\r]\n", raw)
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        assert flags & EIGHT_BIT or max(raw) < 128


def check_addresses(parsed, old, field, wanted):
    """Addresses as the new parser has them. Of encoded names it keeps the blanks between encoded words, against RFC
    2047 section 6.2, so those are decoded one by one as the old one does."""
    assert [mailbox.addr_spec for mailbox in parsed[field].addresses] == [address for _, address in wanted], parsed[field]
    unfolded = re.sub("\r\n", "", old[field])
    encoded = [str(email.header.make_header(email.header.decode_header(words[:-1])))
               for words in re.findall(r"((?:=\?UTF-8\?[QB]\?[^? ]*\?= )+)<", unfolded)]
    for mailbox, (name, _) in zip(parsed[field].addresses, wanted):
        if encoded and encoded[0] == name:
            encoded.pop(0)
            assert mailbox.display_name.replace(" ", "") == name.replace(" ", "")
        else:
            assert (mailbox.display_name or "") == name, (mailbox.display_name, name, encoded)
    assert not encoded


def check_text(got, wanted, alone):
    wanted = lines(wanted)
    # The last line of a message that is one part has an end.
    assert got in ({wanted, wanted + "\r\n"} if alone and not wanted.endswith("\r\n") and wanted else {wanted}), (got, wanted)


def check_part(part, wanted, alone=False):
    assert not part.defects, part.defects
    if wanted["kind"] == "multi":
        assert part.get_content_type() == wanted["type"]
        assert len(part.get_payload()) == len(wanted["parts"])
        for got, inner in zip(part.get_payload(), wanted["parts"]):
            check_part(got, inner)
        return
    if wanted["kind"] == "message":
        assert part.get_content_type() == "message/rfc822"
        inner = part.get_payload(0)
        assert inner["Subject"] == "inner"
        check_text(lines(inner.get_payload(decode=True).decode()), wanted["text"].split("\r\n\r\n", 1)[1], alone)
        return
    payload = part.get_payload(decode=True)
    if wanted["kind"] in ("text", "calendar"):
        assert part.get_content_charset() == "utf-8"
        if wanted["kind"] == "calendar":
            assert part.get_content_type() == "text/calendar" and part.get_param("method") == "REQUEST"
        else:
            assert part.get_content_type() == wanted["type"].split(";")[0]
        check_text(payload.decode(), wanted["text"], alone)
        return
    assert part.get_content_type() == (wanted["type"] or "application/octet-stream")
    assert payload == wanted["data"]
    assert part.get_content_disposition() == ("inline" if wanted["cid"] else "attachment")
    assert (part.get_filename() or "") == wanted["name"], (part.get_filename(), wanted["name"], part["Content-Disposition"])
    in_type = re.search(r'(?s)\bname="((?:[^"\\]|\\.)*)"', dict(part.raw_items())["Content-Type"])
    if wanted["named"] and wanted["name"]:
        # As readers have it that know no RFC 2231: encoded words, within quotes.
        in_type = re.sub(r"\\(.)", r"\1", re.sub("\r?\n", "", in_type[1]))
        if in_type.startswith("=?UTF-8?"):
            in_type = str(email.header.make_header(email.header.decode_header(in_type)))
        assert in_type == wanted["name"], (in_type, wanted["name"])
    else:
        assert in_type is None
    assert part["Content-ID"] == ("<" + wanted["cid"] + ">" if wanted["cid"] else None)


def check(made, composed):
    error, flags, size, raw = composed
    assert error == 0, error
    assert size in (len(raw), 2**32 - 1)
    if made["memory"] == 1:
        assert size == len(raw)
    check_lines(raw, flags)
    parsed = email.message_from_bytes(raw, policy=email.policy.default.clone(raise_on_defect=False))
    old = email.message_from_bytes(raw)
    check_addresses(parsed, old, "From", made["from"])
    if made["to"]:
        check_addresses(parsed, old, "To", made["to"])
    elif not made["cc"]:
        assert parsed["To"].groups[0].display_name == "undisclosed-recipients"
    if made["cc"]:
        check_addresses(parsed, old, "Cc", made["cc"])
    assert parsed["Subject"] == made["subject"], (parsed["Subject"], made["subject"])
    for name, value in made["fields"]:
        assert parsed[name] == value, (parsed[name], value)
    seconds, zone = made["date"]
    assert parsed["Date"].datetime == datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    assert parsed["Date"].datetime.utcoffset() == datetime.timedelta(minutes=zone)
    assert parsed["Date"].startswith(parsed["Date"].datetime.strftime("%a, %d %b %Y"))
    assert parsed["Message-ID"] == made["id"]
    assert parsed["References"].split() == made["references"].split()
    check_part(parsed, made["body"], alone=True)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    failed = 0
    for begin in range(seed, seed + count, 100):
        made = [corpus.message(number) for number in range(begin, min(begin + 100, seed + count))]
        for one, composed in zip(made, corpus.compose(made)):
            try:
                check(one, composed)
            except Exception as fault:
                failed += 1
                place = traceback.extract_tb(fault.__traceback__)[-1]
                print(f"seed {one['seed']}: {place.name}:{place.lineno} {type(fault).__name__} {str(fault)[:600]}")
    print(f"{count - failed} passed, {failed} failed")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
