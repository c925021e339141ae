# SPDX-License-Identifier: MIT
"""Compiles and links the image of a device, for scripts/size.py."""

import collections
import os
import re
import shutil
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOOLS = "arm-none-eabi-"
INCLUDES = ["include", "src", "ports/netxduo", "host/include"]
SOURCE_FOLDERS = ["src/text", "src/source", "src/engine", "src/sasl", "src/message", "src/client",
                  "ports/netxduo"]
COMPILE = ["-std=c99", "-Os", "-mthumb", "-ffunction-sections", "-fdata-sections", "-fcallgraph-info=su"]
LINK = ["-mthumb", "--specs=nano.specs", "-nostartfiles", "-Wl,--gc-sections"]
EXTERNAL_SECTION = ".external_services"
# Octets of the objects on a Cortex-M4 by the real headers of ThreadX and NetX Duo 6.4, with default options.
# The headers of the host layer must give the same octets, so that a size measured against them is the real
# one.
OBJECTS = {"NX_TCP_SOCKET": 316, "NXD_ADDRESS": 20, "NX_PACKET": 60, "NX_PACKET_POOL": 60, "TX_SEMAPHORE": 32,
           "TX_MUTEX": 52, "TX_EVENT_FLAGS_GROUP": 40, "TX_THREAD": 180}
TCP_SOCKET_OCTETS = OBJECTS["NX_TCP_SOCKET"]


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
    """Tells by its name a service of NetX Duo or ThreadX from a function of our drop-in."""
    return re.match(r"_?(nx|nxd|nxe|nxde|tx|txe)_", symbol) is not None and "_smtp_" not in symbol


class Build:
    """The linked drop-in for one processor."""

    def __init__(self, cpu, folder, entries, defines, more=(), like=None, amalgamated=False):
        """`more`: folders of further sources. `like`: the folder of a build with the same switches.
        `amalgamated`: compile the file that scripts/amalgamate.py makes."""
        self.folder = folder
        self.machine = ["-mcpu=" + cpu]
        self.flags = self.machine + COMPILE + ["-I" + os.path.join(ROOT, d) for d in INCLUDES] + defines
        self.entries = entries
        os.makedirs(folder, exist_ok=True)
        self.objects = {}
        if amalgamated:
            run(["/usr/bin/python3", "scripts/amalgamate.py", folder], ROOT)
            self.flags += ["-I" + folder]
            found = [os.path.join(folder, "nxd_smtp_client.c")]
        else:
            found = sources(SOURCE_FOLDERS + list(more))
        for source in found:
            name = os.path.relpath(source, folder if amalgamated else "").replace("/", "_")[:-2] + ".o"
            ready = os.path.join(like, name) if like else ""
            if os.path.exists(ready):
                for kind in (".o", ".ci"):  # object and call graph
                    shutil.copy(ready[:-2] + kind, folder)
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
        run([TOOLS + "gcc"] + self.machine + LINK + roots +
            ["-Wl,--entry=" + self.entries[0], "-Wl,-Map=image.map"] + list(self.objects) +
            ["services.o", "-o", "image.elf"], self.folder)

    def text_with(self, entries):
        """Links an image that holds these entries too, and returns its text."""
        self.entries = self.entries + entries
        self.link()
        return sum(row["text"] for row in self.files().values())

    def sections(self):
        """Yields (kind, octets, section, object) of each piece of a section in the image."""
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
        table = collections.OrderedDict((source, dict(text=0, data=0, bss=0))
                                        for source in self.objects.values())
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
            file.write('#include "nxd_smtp_client.h"\n' + "".join(
                f"char of_{name}[sizeof({name})];\n" for name in ["NX_SMTP_CLIENT"] + list(OBJECTS)))
        run([TOOLS + "gcc"] + self.flags + ["-c", "probe.c"], self.folder)
        octets = {}
        for line in run([TOOLS + "nm", "-S", "probe.o"], self.folder).splitlines():
            fields = line.split()
            octets[fields[3][len("of_"):]] = int(fields[1], 16)
        for name, right in OBJECTS.items():
            if octets[name] != right:
                raise MeasureError(f"{name} has {octets[name]} octets by the headers of the host layer,"
                                   f" and {right} by those of NetX Duo")
        return octets["NX_SMTP_CLIENT"]
