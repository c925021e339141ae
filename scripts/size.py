#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures what Postino takes on a device and compares it with the budgets: see ./dev size.

Compiles the core and the NetX Duo port for a Cortex-M4 and a Cortex-M0+, links what the entry symbols reach
(helpers of the C library included) and prints text, static RAM, the context's size and the deepest stack,
and what each file contributes. The services of NetX Duo and ThreadX are empty functions in a section that is
not counted; any other symbol that is missing fails the link, so a function of ours cannot be forgotten.
"""

import argparse
import collections
import fnmatch
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOOLS = "arm-none-eabi-"
INCLUDES = ["include", "src", "ports/netxduo", "host/include"]
SOURCE_FOLDERS = ["src", "ports/netxduo"]
INDIRECT_CALLS = "scripts/indirect_calls.txt"
CPU_WITH_LIMITS = "cortex-m4"
CPUS = [CPU_WITH_LIMITS, "cortex-m0plus"]
COMPILE = ["-std=c99", "-Os", "-mthumb", "-ffunction-sections", "-fdata-sections", "-fcallgraph-info=su"]
LINK = ["-mthumb", "--specs=nano.specs", "-nostartfiles", "-Wl,--gc-sections"]
EXTERNAL_SECTION = ".external_services"

DROP_IN = ["_nxde_smtp_client_create", "_nxe_smtp_client_delete", "_nxe_smtp_mail_send"]
# The drop-in as it is measured: (folder, what it is called, its switches, the limit of its text).
BUILDS = [("lock-step", "lock-step", ["-DNX_SMTP_CLIENT_LOCK_STEP"], 5200),
          ("pipelining", "PIPELINING and CHUNKING", [], 5987)]
# What these mechanisms add to the last of them, helpers included; the hashes come from a table of the port's.
MECHANISMS = ["postino_sasl_cram_md5", "postino_sasl_scram_sha_256", "postino_sasl_xoauth2"]
MECHANISMS_CALLED = "CRAM-MD5, SCRAM-SHA-256 and XOAUTH2"
MECHANISMS_LIMIT = 3072
# The composer by itself, likewise: (folder, what it is called, what it is made of, the limit of its text).
COMPOSER = ["postino_message_init_with", "postino_part_text_init", "postino_part_attachment_init",
            "postino_part_multipart_init", "postino_part_add"]
COMPOSERS = [("composer", "composer: text and attachments", COMPOSER, 4096),
             ("composer-device", "the same with encoded words, Date and quoted-printable",
              COMPOSER + ["postino_message_words", "postino_message_date", "postino_message_quoted"], None),
             ("composer-whole", "the same with every feature", ["postino_message_init"] + COMPOSER[1:]
              + ["postino_part_related_init", "postino_part_binary_init", "postino_part_message_init",
                 "postino_part_calendar_init"], None)]
# What the session calls of it, and the limit of the stack: what composing may take beside the caller's objects.
COMPOSER_CALLS = ["compose_begin", "compose_span", "compose_consume"]
COMPOSER_STACK_LIMIT = 1024
# TLS on top of the second build of the drop-in: what a program that sets it up links besides.
TLS_FOLDER = "ports/tls_nx_secure"
TLS = ["_nxe_smtp_client_tls_set", "_nxe_smtp_client_tls_status_get"]
# The TCP socket belongs to the stack; this is its size in NetX Duo on a 32-bit target.
TCP_SOCKET_OCTETS = 316

Row = collections.namedtuple("Row", "what ours limit note")


class MeasureError(Exception):
    pass


def run(command, directory=None):
    done = subprocess.run(command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise MeasureError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def sources(folders):
    found = []
    for folder in folders:
        path = os.path.join(ROOT, folder)
        if os.path.isdir(path):
            found += [os.path.join(folder, name) for name in sorted(os.listdir(path)) if name.endswith(".c")]
    if not found:
        raise MeasureError("no source found")
    return found


def is_external_service(symbol):
    """A service of NetX Duo or ThreadX, by its name; our own drop-in's names look alike."""
    return re.match(r"_?(nx|nxd|nxe|nxde|tx|txe)_", symbol) is not None and "_smtp_" not in symbol


class Build:
    """The linked drop-in for one processor."""

    def __init__(self, cpu, folder, entries, defines, more=(), like=None):
        """`more`: folders of sources besides the usual ones; `like`: that of a build with the same switches."""
        self.folder = folder
        self.machine = ["-mcpu=" + cpu]
        self.flags = self.machine + COMPILE + ["-I" + os.path.join(ROOT, d) for d in INCLUDES] + defines
        self.entries = entries
        os.makedirs(folder, exist_ok=True)
        self.objects = {}
        for source in sources(SOURCE_FOLDERS + list(more)):
            name = source.replace("/", "_")[:-2] + ".o"
            ready = os.path.join(like, name) if like else ""
            if os.path.exists(ready):
                shutil.copy(ready, folder)
            else:
                # Relative to the root, so that the call graph names the sources as the tree does.
                run([TOOLS + "gcc"] + self.flags + ["-c", source, "-o", os.path.join(folder, name)], ROOT)
            self.objects[name] = source
        self.link()

    def link(self):
        defined, wanted = set(), set()
        for line in run([TOOLS + "nm"] + list(self.objects), self.folder).splitlines():
            match = re.match(r"[0-9a-f ]{8} ([A-Za-z]) (\S+)$", line)
            if match:
                (wanted if match.group(1) == "U" else defined).add(match.group(2))
        services = sorted(symbol for symbol in wanted - defined if is_external_service(symbol))
        stub = [".syntax unified", ".thumb", f'.section {EXTERNAL_SECTION},"ax",%progbits']
        for symbol in services:
            stub += [".thumb_func", f".global {symbol}", f".type {symbol},%function", f"{symbol}: nop"]
        with open(os.path.join(self.folder, "services.s"), "w", encoding="utf-8") as file:
            file.write("\n".join(stub) + "\n")
        run([TOOLS + "gcc", "-mthumb"] + self.machine + ["-c", "services.s"], self.folder)
        self.services = set(services)
        roots = ["-Wl,--undefined=" + symbol + ",--require-defined=" + symbol for symbol in self.entries]
        run([TOOLS + "gcc"] + self.machine + LINK + roots + ["-Wl,--entry=" + self.entries[0], "-Wl,-Map=image.map"]
            + list(self.objects) + ["services.o", "-o", "image.elf"], self.folder)

    def text_with(self, entries):
        """The text of an image that holds these too. The image is another one then."""
        self.entries = self.entries + entries
        self.link()
        return sum(row["text"] for row in self.files().values())

    def sections(self):
        """Yields (kind, octets, section, object) of each piece of a section that is in the image."""
        with open(os.path.join(self.folder, "image.map"), encoding="utf-8") as file:
            text = file.read().split("Linker script and memory map", 1)[1]
        # A long section name stands on a line of its own.
        text = re.sub(r"\n (\.\S+)\n +0x", r"\n \1 0x", text)
        for match in re.finditer(r"^ (\.\S+) +0x([0-9a-f]+) +0x([0-9a-f]+) (\S.*)$", text, re.MULTILINE):
            section, address, octets = match.group(1), int(match.group(2), 16), int(match.group(3), 16)
            where = os.path.basename(match.group(4))
            if address == 0 or octets == 0 or section == EXTERNAL_SECTION:
                continue
            if section.startswith((".text", ".rodata", ".ARM.ex", ".glue", ".vfp11", ".v4_bx")):
                yield "text", octets, section, where
            elif section.startswith(".data"):
                yield "data", octets, section, where
            elif section.startswith((".bss", "COMMON")):
                yield "bss", octets, section, where
            elif not section.startswith((".comment", ".debug", ".ARM.attributes")):
                raise MeasureError(f"unknown section {section} of {where}")
        for match in re.finditer(r"^ \*fill\* +0x0*[1-9a-f][0-9a-f]* +0x([0-9a-f]+)", text, re.MULTILINE):
            yield "text", int(match.group(1), 16), "", "(alignment)"

    def files(self):
        table = collections.OrderedDict((source, dict(text=0, data=0, bss=0)) for source in self.objects.values())
        for kind, octets, _, where in self.sections():
            row = table.setdefault(self.objects.get(where, where), dict(text=0, data=0, bss=0))
            row[kind] += octets
        return collections.OrderedDict((name, row) for name, row in table.items() if any(row.values()))

    def text_octets(self):
        return sum(row["text"] for row in self.files().values())

    def linked(self):
        """The text sections that the image holds, as (object, section)."""
        return {(where, section) for kind, _, section, where in self.sections() if kind == "text"}

    def context_octets(self):
        probe = os.path.join(self.folder, "probe.c")
        with open(probe, "w", encoding="utf-8") as file:
            file.write('#include "nxd_smtp_client.h"\n'
                       "char context[sizeof(NX_SMTP_CLIENT)];\nchar tcp_socket[sizeof(NX_TCP_SOCKET)];\n")
        run([TOOLS + "gcc"] + self.flags + ["-c", "probe.c"], self.folder)
        octets = {}
        for line in run([TOOLS + "nm", "-S", "probe.o"], self.folder).splitlines():
            fields = line.split()
            octets[fields[3]] = int(fields[1], 16)
        return octets["context"] - octets["tcp_socket"] + TCP_SOCKET_OCTETS


class Stack:
    """The deepest stack of the image: the compiler's frames along its call graph.

    An indirect call is known by the member it goes through (methods->send); scripts/indirect_calls.txt says
    what each may hold, and every function whose address the image takes must be among them.
    """

    def __init__(self, build):
        self.build = build
        self.frames, self.calls, self.indirect = {}, collections.defaultdict(set), collections.defaultdict(set)
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
            for match in re.finditer(r'edge: { sourcename: "([^"]+)" targetname: "([^"]+)"( label: "([^"]*)")?', text):
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
        """Frames and calls of the C library's and the compiler's helpers, from their instructions."""
        listing = run([TOOLS + "objdump", "-d", "--no-show-raw-insn", "image.elf"], self.build.folder)
        function = None
        for line in listing.splitlines():
            head = re.match(r"[0-9a-f]+ <(.+)>:$", line)
            if head:
                function = head.group(1)
                known = function in self.frames or any(f.endswith(":" + function) for f in self.frames)
                if known or function in self.build.services:
                    function = None
                else:
                    self.frames[function] = 0
                continue
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
        """The functions of ours that the image refers to other than by a call, as nodes of the graph."""
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
                raise MeasureError(f"{INDIRECT_CALLS}: {node} is called through a pointer and stands in no row")

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
        """Returns (octets, functions of the path); with `below`, of paths that end in one of these functions."""
        return max(self.depth(self.node(entry), [], below) for entry in entries)

    def depth(self, function, path, below):
        """As deepest(); (-1, []) where no path qualifies. What is outside the image has no frame of ours."""
        if function in path:
            raise MeasureError("recursion: " + " > ".join(path + [function]))
        callees = {self.node(callee) for callee in self.calls[function]}
        for member in self.indirect[function]:
            if member not in self.possible:
                raise MeasureError(f"{INDIRECT_CALLS}: no row for {member}, called by {function}")
            callees |= self.callees(member)
        ends = (0, []) if below is None or function in below else (-1, [])
        rest = max([self.depth(callee, path + [function], below) for callee in callees] + [ends])
        return (self.frames.get(function, 0) + rest[0], [function] + rest[1]) if rest[0] >= 0 else rest


def print_rows(rows):
    print(f"  {'':44}{'ours':>8}{'limit':>8}  peers and goal")
    for row in rows:
        over = row.limit is not None and row.ours > row.limit
        limit = "-" if row.limit is None else row.limit
        print(f"  {row.what:44}{row.ours:>8}{limit:>8}  {row.note}{'  OVER by ' + str(row.ours - row.limit) if over else ''}")


def print_files(table):
    print(f"  {'file':44}{'text':>8}{'data':>8}{'bss':>8}")
    for name, row in table.items():
        print(f"  {name:44}{row['text']:>8}{row['data']:>8}{row['bss']:>8}")
    totals = [sum(row[kind] for row in table.values()) for kind in ("text", "data", "bss")]
    print(f"  {'total':44}{totals[0]:>8}{totals[1]:>8}{totals[2]:>8}")


def measure(cpu, folder, entries, defines, name=None, text_limit=None, called=None, added=None):
    """One processor's figures: (rows, files, the deepest path as text, whether the limits hold here, unknown figures)."""
    build = Build(cpu, folder, entries, defines)
    drop_in = entries == DROP_IN
    limited = cpu == CPU_WITH_LIMITS and (text_limit is not None or called is not None)
    files = build.files()
    text = sum(row["text"] for row in files.values())
    helpers = sum(row["text"] for name, row in files.items() if ".a(" in name)
    static_ram = sum(row["data"] + row["bss"] for row in files.values())

    def limit(octets):
        return octets if limited else None

    note = "goal 4699; original NetX Duo client 5987 (4699 own), lwIP smtp.c 3100 own" if drop_in else ""
    rows = [Row("text" + (", " + "NetX drop-in, " * drop_in + name if name else ""), text, limit(text_limit), note),
            Row("  helpers of the C library in it", helpers, None, ""),
            Row("static RAM (data + bss)", static_ram, limit(0),
                "original 512, shared by all clients; lwIP 339" if drop_in else "")]
    if drop_in:
        rows.append(Row("context, its TCP socket of 316 included", build.context_octets(), limit(1036),
                        "original 524; lwIP on the heap"))
    unknown = 0
    try:
        stack = Stack(build)
        octets, path = stack.deepest(called or entries)
        rows.append(Row("deepest stack, own frames", octets, limit(COMPOSER_STACK_LIMIT if called else 320),
                        "" if called else "original 384"))
        if not called:
            under_services, _ = stack.deepest(entries, build.services)
            rows.append(Row("  own frames under a NetX service", max(under_services, 0), None,
                            "NetX Duo's frames come on top: limit 808 with them, as the original has"))
        deepest = " > ".join(f"{name.split(':')[-1]} {stack.frames.get(name, 0)}" for name in path)
    except MeasureError as error:
        # The other figures are worth printing while the table of indirect calls lags behind the code.
        unknown = 1
        deepest = f"stack unknown: {error}"
    if added:
        rows.append(Row(f"text added by {MECHANISMS_CALLED}", build.text_with(added) - text, limit(MECHANISMS_LIMIT), ""))
    return rows, files, deepest, limited, unknown


def report(cpu, rows, files, deepest, limited, unknown):
    """Prints one processor's figures and returns how many limits they break."""
    print(f"{cpu}, octets" + ("" if limited else " (no limits here)"))
    print_rows(rows)
    print("  deepest: " + deepest)
    print()
    print_files(files)
    print()
    return unknown + sum(row.limit is not None and row.ours > row.limit for row in rows)


def measure_tls(cpu, folder, drop_in_octets):
    """The text that TLS adds to the drop-in."""
    where, _, switches, _ = BUILDS[1]
    build = Build(cpu, os.path.join(folder, cpu, "tls"), DROP_IN + TLS, switches, [TLS_FOLDER],
                  os.path.join(folder, cpu, where))
    return build.text_octets() - drop_in_octets


def table(figures, tls):
    """The lines that the README shows; figures: each build's, of the processor with limits and of the other; `tls`: what
    TLS adds on each."""
    names = ["text", "static RAM", "`NX_SMTP_CLIENT`, a TCP socket of 316 included", "deepest stack, own frames"]
    original = ["5987", "512, shared by all clients", "524", "384"]
    lines = ["| octets, Cortex-M4 (M0+) | Postino | limit | original |", "|---|---|---|---|"]
    for (_, called, _, _), build in zip(BUILDS, figures):
        ours = [[row.ours for row in rows if not row.what.startswith(" ")] for rows, *_ in build]
        limits = [row.limit for row in build[0][0] if not row.what.startswith(" ")]
        lines += [f"| {name}, {called} | {m4} ({m0}) | {limit} | {peer} |"
                  for name, m4, m0, limit, peer in zip(names, *ours, limits, original)
                  if called == BUILDS[0][1] or name in ("text", names[-1])]
    return lines + [f"| text, TLS by NetX Secure on top | {tls[0]} ({tls[1]}) | - | - |"]


def mechanisms_table(figures):
    """The same for the mechanisms."""
    m4, m0 = [rows[-1].ours for rows, *_ in figures[-1]]
    return ["| octets, Cortex-M4 (M0+) | text added to the drop-in | its limit |", "|---|---|---|",
            f"| {MECHANISMS_CALLED} | {m4} ({m0}) | {MECHANISMS_LIMIT} |"]


def composer_table(figures):
    """The same for the composer."""
    lines = ["| octets, Cortex-M4 (M0+) | text | its limit | deepest stack, own frames | its limit |", "|---|---|---|---|---|"]
    for (_, called, _, limit), build in zip(COMPOSERS, figures):
        text, stack = [[next(row.ours for row in rows if row.what.startswith(what)) for rows, *_ in build]
                       for what in ("text", "deepest")]
        lines.append(f"| {called} | {text[0]} ({text[1]}) | {limit or '-'} | {stack[0]} ({stack[1]}) | {COMPOSER_STACK_LIMIT} |")
    return lines


def check_table(lines, path):
    """Returns how many of the lines the document lacks: a size that changed is to be told."""
    with open(path, encoding="utf-8") as file:
        told = file.read().splitlines()
    missing = [line for line in lines if line not in told]
    for line in missing:
        print(f"{path} lacks: {line}")
    print(f"{len(lines) - len(missing)} lines as measured, {len(missing)} missing")
    return len(missing)


def main():
    parser = argparse.ArgumentParser(description="Sizes of Postino on Cortex-M4 and M0+ against the budgets.")
    parser.add_argument("--folder", default=os.path.join(ROOT, "build", "size"), help="where to build")
    parser.add_argument("--entry", action="append", metavar="SYMBOL",
                        help="measure what this symbol reaches, instead of the NetX drop-in; no limits then")
    parser.add_argument("-D", action="append", default=[], dest="defines", metavar="NAME=VALUE",
                        help="an option to compile with; no limits then")
    parser.add_argument("--check", metavar="DOCUMENT", help="only compare the figures with those that it shows")
    arguments = parser.parse_args()
    folder = os.path.abspath(arguments.folder)
    defines = ["-D" + define for define in arguments.defines]
    builds = BUILDS
    if arguments.entry or defines:
        builds = [("other", None, defines, None)]
    try:
        figures = [[measure(cpu, os.path.join(folder, cpu, where), arguments.entry or DROP_IN, switches, name, limit,
                            added=MECHANISMS if where == BUILDS[-1][0] else None)
                    for cpu in CPUS] for where, name, switches, limit in builds]
        composers = [] if builds != BUILDS else [
            [measure(cpu, os.path.join(folder, cpu, where), entries, [], name, limit, COMPOSER_CALLS) for cpu in CPUS]
            for where, name, entries, limit in COMPOSERS]
        tls = [] if builds != BUILDS else [
            measure_tls(cpu, folder, figure[0][0].ours) for cpu, figure in zip(CPUS, figures[1])]
    except MeasureError as error:
        print(f"size: {error}", file=sys.stderr)
        return 1
    if arguments.check:
        return 1 if check_table(table(figures, tls) + mechanisms_table(figures) + composer_table(composers),
                                arguments.check) else 0
    broken = sum(report(cpu, *figure) for build in figures + composers for cpu, figure in zip(CPUS, build))
    for cpu, octets in zip(CPUS, tls):
        print(f"{cpu}: TLS by NetX Secure adds {octets} octets of text to the drop-in, NetX Secure apart")
    if broken:
        print(f"{broken} figure(s) over the limit or unknown", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
