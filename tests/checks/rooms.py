#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Checks which rooms of the tree know each other, from includes and from the symbols of the objects.

Arrows between rooms go down only, as ROOMS says. No circle of files exists inside a room.
"""

import argparse
import glob
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Each room, and the rooms that it may know besides the public headers.
CORE = ["src/text", "src/source", "src/engine", "src/sasl", "src/message", "src/client"]
ROOMS = {"src/text": [],
         "src/source": ["src/text"],
         "src/engine": ["src/text", "src/source"],
         "src/sasl": ["src/text", "src/source", "src/engine"],
         "src/message": ["src/text", "src/source"],
         "src/client": CORE,
         "ports/posix": CORE,
         "ports/proxy": ["src/text"],
         "ports/openssl": CORE,
         "ports/mbedtls": CORE,
         "ports/idn": CORE,
         "ports/netxduo": CORE,
         "ports/nx_secure": CORE + ["ports/netxduo"],
         "host/src": [],
         "host/secure": ["host/src"],
         "bench": CORE + ["ports/posix"]}
# The host layer defines the functions of NetX Duo that these ports call.
STANDS_FOR_NETX = {"ports/netxduo": ["host/src"], "ports/nx_secure": ["host/src", "host/secure"]}
# The objects to read, below the build folder. Those of the library postino are no use: each holds many files.
OBJECTS = ["tests/checks/CMakeFiles/core-plain.dir", "CMakeFiles/postino-netx-host*.dir",
           "CMakeFiles/postino-*-objects.dir", "bench/CMakeFiles/*.dir"]
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
DEFINITION = re.compile(r"^(?!static\b)\w[\w *]*?(\w+)\([^;{}]*\)\n\{", re.M)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def room_of(path):
    return os.path.dirname(path)


def files():
    found = [path for room in ROOMS for path in glob.glob(f"{ROOT}/{room}/*.[ch]")]
    return sorted(os.path.relpath(path, ROOT) for path in found)


def read_includes(paths):
    """Pairs of a file and a header of a room that it includes."""
    found = []
    for path in paths:
        for name in INCLUDE.findall(read(path)):
            folders = [room_of(path), "src", "ports/netxduo", "host/src", "host/secure"]
            candidates = [os.path.normpath(f"{folder}/{name}") for folder in folders]
            found += [(path, header) for header in candidates if header in paths][:1]
    return found


def source_of(item, build):
    """The source of an object, relative to the root."""
    folder, name = item[len(build) + 1:-len(".o")].split("CMakeFiles/", 1)
    name = re.sub(r"^[^/]*/(__/)*", "", name)
    return name if os.path.exists(os.path.join(ROOT, name)) else folder + name


def object_symbols(item, nm):
    """The symbols that an object defines, and those that it uses."""
    output = subprocess.run([nm, "-P", item], check=True, capture_output=True, text=True).stdout
    symbols = [line.split()[:2] for line in output.splitlines()]
    return ({symbol for symbol, kind in symbols if kind != "U" and kind.isupper()},
            {symbol for symbol, kind in symbols if kind == "U"})


def text_symbols(path):
    """The same of a source that this build does not compile: any word may be a symbol that it uses."""
    text = re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"', " ", read(path), flags=re.S)
    return set(DEFINITION.findall(text)), set(re.findall(r"\w+", text))


def read_symbols(paths, nm, build):
    """Triples of a file, the file that defines what it uses, and the symbol."""
    objects = {source_of(item, build): item for pattern in OBJECTS
               for item in glob.glob(f"{build}/{pattern}/**/*.o", recursive=True)}
    core = {path for path in paths if room_of(path) in CORE and path.endswith(".c")}
    if not core <= objects.keys():
        sys.exit(f"rooms: no object of {' '.join(sorted(core - objects.keys()))}")
    defined, used = {}, []
    for path in paths:
        if path.endswith(".c"):
            defines, uses = object_symbols(objects[path], nm) if path in objects else text_symbols(path)
            used += [(path, symbol) for symbol in uses - defines]
            for symbol in defines - {"main"}:
                defined.setdefault(symbol, set()).add(path)
    return sorted((path, other, symbol) for path, symbol in used for other in defined.get(symbol, ()))


def circles(edges):
    """The sets of files that reach each other."""
    following = {}
    for start, end in edges:
        following.setdefault(start, set()).add(end)

    def reached(start):
        seen, left = set(), [start]
        while left:
            for end in following.get(left.pop(), ()):
                if end not in seen:
                    seen.add(end)
                    left.append(end)
        return seen

    reach = {start: reached(start) for start in following}
    found = {frozenset([start] + [end for end in ends if start in reach.get(end, ())])
             for start, ends in reach.items() if start in ends}
    return sorted(sorted(circle) for circle in found)


def judge(includes, symbols):
    """The faults as texts."""
    arrows = [(start, end, "includes it") for start, end in includes]
    arrows += [(start, end, f"uses {symbol}") for start, end, symbol in symbols
               if room_of(end) not in STANDS_FOR_NETX.get(room_of(start), [])]
    faults = []
    for start, end, why in arrows:
        room = room_of(start)
        if room_of(end) not in [room] + ROOMS.get(room, []):
            faults.append(f"{start} may not know {end}: it {why}")
    inside = [arrow for arrow in arrows if room_of(arrow[0]) == room_of(arrow[1])]
    for circle in circles({arrow[:2] for arrow in inside}):
        faults.append(f"{room_of(circle[0])} has a circle of {len(circle)} files:")
        faults += [f"    {start} -> {end}: it {why}" for start, end, why in inside
                   if start in circle and end in circle]
    return faults


def self_test(includes, symbols):
    """Breaks each rule once, and fails unless that is found."""
    for wrong_include, wrong_symbol, expected in (
            (("src/text/text.c", "src/engine/state.h"), None, "src/text/text.c may not know src/engine/"),
            (None, ("src/source/source.c", "src/client/pump.c", "a_symbol"), "it uses a_symbol"),
            (None, ("ports/posix/postino_posix.c", "host/src/io.c", "a_symbol"), "it uses a_symbol"),
            (("src/x/a.h", "src/x/b.h"), ("src/x/b.h", "src/x/a.h", "a_symbol"), "src/x has a circle of 2")):
        more_includes = includes + [wrong_include] if wrong_include else includes
        more_symbols = symbols + [wrong_symbol] if wrong_symbol else symbols
        if not any(expected in fault for fault in judge(more_includes, more_symbols)):
            sys.exit(f"rooms: the check does not find: {expected}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nm", default="nm")
    parser.add_argument("--build", required=True, help="the folder of a build with tests")
    parser.add_argument("--self-test", action="store_true", help="break each rule and expect a fault")
    arguments = parser.parse_args()
    paths = files()
    includes = read_includes(paths)
    symbols = read_symbols(paths, arguments.nm, os.path.abspath(arguments.build))
    if arguments.self_test:
        self_test(includes, symbols)
        return
    faults = judge(includes, symbols)
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
