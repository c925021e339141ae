"""Kinds of mails for the tests of many mails: what a server refuses of each, and so what must be told and stored.

    mails, expected = kinds.build(["good", "nobody", "good"], server)

Every mail has a sender and a text of its own, so that what is stored says which mail's it is.
"""

# SPDX-License-Identifier: MIT

import collections

import many

# What is told: {address: (outcome, code)}; the mail's own outcome; the recipients who get a copy.
Expected = collections.namedtuple("Expected", "outcome recipients stored")

ACCEPTED, UNKNOWN, LATER, NEVER, NOT_TRIED = ("accepted", "unknown", "transient failure", "permanent failure",
                                              "not attempted")
BOB, CAROL, NOBODY, FULL, SOMETIMES = ("bob@mail.test", "carol@mail.test", "nobody@mail.test", "full@mail.test",
                                       "later@mail.test")
BIG_OCTETS = 30000
HUGE_OCTETS = 200000  # several chunks


def message(number, *headers, octets=0):
    lines = ["Subject: mail %d" % number, *headers, "", ".mail %d" % number]
    lines += ["%06d %s" % (i, "x" * 63) for i in range(octets // 72)]
    return "".join(line + "\r\n" for line in lines).encode()


class Kinds:
    """Each kind's method returns (many.Mail, Expected).

    nobody: the code for an unknown recipient; has_later: RCPT TO later@... gets 450, and not that code.
    """

    def __init__(self, nobody=550, has_later=True):
        self.nobody = nobody
        self.later = (LATER, 450) if has_later else (NEVER, nobody)

    def build(self, names):
        pairs = [getattr(self, name)(number) for number, name in enumerate(names)]
        return [mail for mail, _ in pairs], [expected for _, expected in pairs]

    def _ok(self):
        return ACCEPTED, 250

    def _mail(self, number, recipients, *words, sender=None, headers=(), octets=0):
        return many.Mail(sender or "s%d@mail.test" % number, recipients,
                         message(number, *headers, octets=octets), words)

    def _refused(self, mail, outcome, code):
        return mail, Expected(outcome, {name: (outcome, code) for name in mail.recipients}, [])

    def good(self, number):
        return self._mail(number, [CAROL]), Expected(ACCEPTED, {CAROL: self._ok()}, [CAROL])

    def two(self, number):
        mail = self._mail(number, [BOB, CAROL])
        mail.kinds[CAROL] = "bcc"
        return mail, Expected(ACCEPTED, {BOB: self._ok(), CAROL: self._ok()}, [BOB, CAROL])

    def nobody_there(self, number):
        return self._refused(self._mail(number, [NOBODY]), NEVER, self.nobody)

    def one_of_two(self, number):
        return (self._mail(number, [BOB, NOBODY]),
                Expected(NEVER, {BOB: (NOT_TRIED, self.nobody), NOBODY: (NEVER, self.nobody)}, []))

    def partial_none(self, number):
        return (self._mail(number, [NOBODY, SOMETIMES], "partial"),
                Expected(self.later[0], {NOBODY: (NEVER, self.nobody), SOMETIMES: self.later}, []))

    def partial_one(self, number):
        return (self._mail(number, [NOBODY, CAROL], "partial"),
                Expected(ACCEPTED, {NOBODY: (NEVER, self.nobody), CAROL: self._ok()}, [CAROL]))

    def partial_later(self, number):
        return (self._mail(number, [BOB, SOMETIMES], "partial"),
                Expected(ACCEPTED, {BOB: self._ok(), SOMETIMES: self.later}, [BOB]))

    def partial_full(self, number):
        """452 4.5.3, so that a further transaction offers it again, alone."""
        return (self._mail(number, [BOB, FULL, CAROL], "partial"),
                Expected(ACCEPTED, {BOB: self._ok(), FULL: (LATER, 452), CAROL: self._ok()}, [BOB, CAROL]))

    def sender(self, number):
        return self._refused(self._mail(number, [CAROL], sender="refused@mail.test"), NEVER, 550)

    def sender_later(self, number):
        return self._refused(self._mail(number, [CAROL], sender="later@mail.test"), LATER, 450)

    def content(self, number):
        return self._refused(self._mail(number, [CAROL], headers=["X-Refuse: yes"]), NEVER, 550)

    def big(self, number):
        return self._refused(self._mail(number, [CAROL], octets=BIG_OCTETS), NEVER, 552)

    def huge(self, number):
        return self._refused(self._mail(number, [CAROL], octets=HUGE_OCTETS), NEVER, 552)

    def big_partial(self, number):
        return (self._mail(number, [NOBODY, CAROL], "partial", octets=BIG_OCTETS),
                Expected(NEVER, {NOBODY: (NEVER, self.nobody), CAROL: (NEVER, 552)}, []))

    def pieces(self, number):
        """Its source cannot begin again and tells no size: chunk by chunk."""
        return self._mail(number, [CAROL], "pieces 700", octets=5000), Expected(
            ACCEPTED, {CAROL: self._ok()}, [CAROL])

    def pieces_content(self, number):
        mail = self._mail(number, [CAROL], "pieces 700", headers=["X-Refuse: yes"], octets=5000)
        return self._refused(mail, NEVER, 550)


def every_pair(names):
    """The shortest list in which each name follows each name, itself too (de Bruijn)."""
    count = len(names)
    pairs = {(first, second) for first in range(count) for second in range(count)}
    path, walk = [], [0]
    while walk:  # Hierholzer
        step = next((pair for pair in sorted(pairs) if pair[0] == walk[-1]), None)
        if step is None:
            path.append(walk.pop())
        else:
            pairs.remove(step)
            walk.append(step[1])
    return [names[i] for i in reversed(path)]
