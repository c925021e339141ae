# SPDX-License-Identifier: MIT
"""Adds up the stack of a linked image, for scripts/size.py."""

import collections
import fnmatch
import os
import re

from device_build import ROOT, TOOLS, MeasureError, run

INDIRECT_CALLS = "scripts/indirect_calls.txt"


class Stack:
    """The deepest stack of the image: the frames that the compiler reports, along the call graph.

    A function gives its frame back before a tail call, as its instructions show. If a function calls another
    one both ways, no call between the two counts as a tail call.

    The member in an indirect call (methods->send) names it; scripts/indirect_calls.txt lists the functions
    that a member may hold. Every function whose address the image takes must be in that list.
    """

    def __init__(self, build):
        self.build = build
        self.frames = {}
        self.calls, self.indirect = collections.defaultdict(set), collections.defaultdict(set)
        # The functions that each function of the image calls, and those that it jumps to; None is a pointer.
        self.called, self.ended = collections.defaultdict(set), collections.defaultdict(set)
        self.read_call_graph()
        self.read_library()
        self.taken = self.addresses_taken()
        self.possible = self.read_table()
        self.check_table()

    def read_call_graph(self):
        for name in self.build.objects:
            with open(os.path.join(self.build.folder, name[:-2] + ".ci"), encoding="utf-8") as file:
                text = file.read()
            for match in re.finditer(r'node: { title: "([^"]+)" label: "[^"]*\\n(\d+) bytes \((\w+)', text):
                if match.group(3) not in ("static", "dynamic,bounded"):
                    raise MeasureError(f"{match.group(1)}: the frame has no fixed size")
                self.frames[match.group(1)] = int(match.group(2))
            edge = r'edge: { sourcename: "([^"]+)" targetname: "([^"]+)"( label: "([^"]*)")?'
            for match in re.finditer(edge, text):
                caller, callee, place = match.group(1), match.group(2), match.group(4)
                if callee == "__indirect_call":
                    self.indirect[caller] |= self.pointers_called(place)
                else:
                    self.calls[caller].add(callee)

    @staticmethod
    def pointers_called(place):
        """The names of the members, or of the parameter, that the call at path:line:column may go through."""
        path, line, column = place.rsplit(":", 2)
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            text = file.read().splitlines()[int(line) - 1]
        # The column is where the call's expression begins, or the macro that it is an argument of.
        call = re.match(r"\(?\*?((?:[\w\[\]]+(?:->|\.))*)(\w+)\)?\(", text[int(column) - 1:])
        if call and call.group(1):
            return {call.group(2)}
        members = set(re.findall(r"(?:->|\.)(\w+)\(", text))
        if not members and not call:
            raise MeasureError(f"{place}: cannot read what is called")
        return members or {call.group(2)}

    def read_library(self):
        """Frames and calls of the C library's and the compiler's helpers, and how each function calls, from
        the instructions."""
        listing = run([TOOLS + "objdump", "-d", "--no-show-raw-insn", "image.elf"], self.build.folder)
        function = name = None
        for line in listing.splitlines():
            head = re.match(r"[0-9a-f]+ <(.+)>:$", line)
            if head:
                function = name = head.group(1)
                known = function in self.frames or any(f.endswith(":" + function) for f in self.frames)
                if known or function in self.build.services:
                    function = None
                else:
                    self.frames[function] = 0
                continue
            branch = re.search(r"\t(blx?|b|bx|b(?:eq|ne|cs|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le))(?:\.[nw])?"
                               r"\t(?:[0-9a-f]+ <([^+>]+)>|(?!lr)\w+$)", line)
            if branch and branch.group(2) != name:
                (self.called if branch.group(1) in ("bl", "blx") else self.ended)[name].add(branch.group(2))
            if function is None:
                continue
            pushed = re.search(r"\t(?:push|stmdb\tsp!,)(?:\.w)?\s*\{(.*)\}", line)
            lowered = re.search(r"\tsub(?:\.w)?\tsp, (?:sp, )?#(\d+)", line)
            stored = re.search(r"\tstr\S*\t.*\[sp, #-(\d+)\]!", line)
            called = re.search(r"\tbl?\S*\t[0-9a-f]+ <([^+>]+)>", line)
            if pushed:
                self.frames[function] += 4 * self.register_count(pushed.group(1))
            elif lowered or stored:
                self.frames[function] += int((lowered or stored).group(1))
            elif called and called.group(1) != function:
                self.calls[function].add(called.group(1))

    @staticmethod
    def register_count(names):
        count = 0
        for name in names.split(","):
            first, _, last = name.strip().partition("-")
            count += int(last[1:]) - int(first[1:]) + 1 if last else 1
        return count

    @staticmethod
    def read_table():
        table = {}
        with open(os.path.join(ROOT, INDIRECT_CALLS), encoding="utf-8") as file:
            for line in file:
                line = line.split("#")[0].strip()
                if line:
                    member, _, callees = line.partition(":")
                    if member in table:
                        raise MeasureError(f"{INDIRECT_CALLS}: two rows for {member}")
                    table[member] = callees.split()
        return table

    def addresses_taken(self):
        """Our functions to which the image refers other than by a call, as nodes of the graph."""
        taken = set()
        linked = self.build.linked()
        for name in self.build.objects:
            section = None
            for line in run([TOOLS + "objdump", "-r", name], self.build.folder).splitlines():
                head = re.match(r"RELOCATION RECORDS FOR \[(.+)\]:", line)
                if head:
                    section = head.group(1)
                    continue
                match = re.match(r"[0-9a-f]+ R_ARM_ABS32 +(\S+)", line)
                if match and (name, section) in linked:
                    function = match.group(1).removeprefix(".text.")
                    local = f"{self.build.objects[name]}:{function}"
                    node = local if local in self.frames else self.node(function)
                    if node in self.frames:
                        taken.add(node)
        return taken

    def check_table(self):
        for node in self.taken:
            if not any(node in self.callees(member) for member in self.possible):
                raise MeasureError(f"{INDIRECT_CALLS}: no row names {node}, whose address the image takes")

    def callees(self, member):
        return {node for node in self.taken for pattern in self.possible[member]
                if fnmatch.fnmatchcase(node.split(":")[-1], pattern)}

    def node(self, function):
        if function in self.frames:
            return function
        for name in self.frames:
            if name.endswith(":" + function):
                return name
        return function

    def deepest(self, entries, below=None):
        """Returns (octets, path); the path has each function and the octets that it adds. `below` limits the
        search to paths that end in one of these functions."""
        return max(self.depth(self.node(entry), [], below) for entry in entries)

    def depth(self, function, path, below):
        """As deepest(), of one function; (-1, []) if there is no such path. A function outside the image has
        no frame of ours."""
        if function in path:
            raise MeasureError("recursion: " + " > ".join(path + [function]))
        callees = {(self.node(callee), self.is_tail(function, callee)) for callee in self.calls[function]}
        for member in self.indirect[function]:
            if member not in self.possible:
                raise MeasureError(f"{INDIRECT_CALLS}: no row for {member}, called by {function}")
            callees |= {(callee, self.is_tail(function, None)) for callee in self.callees(member)}
        frame = self.frames.get(function, 0)
        found = (frame, [(function, frame)]) if below is None or function in below else (-1, [])
        for callee, tail in callees:
            octets, calls = self.depth(callee, path + [function], below)
            if octets >= 0:
                found = max(found, (octets, [(function, 0)] + calls) if tail
                            else (frame + octets, [(function, frame)] + calls))
        return found

    def is_tail(self, function, callee):
        """Whether the function gives its frame back before it calls `callee`; None: a call through a
        pointer."""
        name = function.split(":")[-1]
        callee = callee and callee.split(":")[-1]
        return callee in self.ended[name] and callee not in self.called[name]
