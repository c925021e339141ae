#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes the two files that a NetX Duo user copies.

FOLDER gets nxd_smtp_client.h and nxd_smtp_client.c. These two files hold all that the NetX Duo API needs, the
engine included, and replace the original's files of the same names. TLS is compiled where NX_SECURE_ENABLE is
defined. The script only joins files of the tree: a header stands where it was included first, and the sources
follow in the order of sources.cmake.
"""

import argparse
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INCLUDE_FOLDERS = ["include", "src"]
# Sources of the core that the NetX Duo API does not use.
LEFT_OUT = {"src/engine/error.c"}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"\s*$')


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def source_list(variable):
    found = re.search(r"set\(%s\s([^)]*)\)" % variable, read("sources.cmake"))
    if found is None:
        sys.exit(f"amalgamate: sources.cmake has no {variable}")
    return found.group(1).split()


def own_header(name, includer):
    """The path of one of our own headers; None for a header of the user's build (nx_api.h)."""
    for folder in [os.path.dirname(includer)] + INCLUDE_FOLDERS:
        path = os.path.normpath(f"{folder}/{name}")
        if os.path.exists(os.path.join(ROOT, path)):
            return path
    return None


def expand(path, done):
    """The text of a file with our own headers in place, each once in all."""
    lines = []
    for line in read(path).splitlines():
        match = INCLUDE.match(line)
        header = own_header(match.group(1), path) if match else None
        if header is None:
            lines.append(line)
        elif header not in done:
            done.add(header)
            lines += expand(header, done)
    return lines


def without_source_switch(lines):
    """The amalgamation defines NX_SMTP_SOURCE_CODE once, at its head."""
    return [line for line in lines if not re.match(r"#define NX_SMTP_SOURCE_CODE\b", line)]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="FOLDER", help="the script makes it if it does not exist")
    folder = parser.parse_args().folder
    done = {"include/nxd_smtp_client.h"}
    header = expand("include/nxd_smtp_client.h", done)
    source = ["/* SPDX-License-Identifier: MIT */",
              "/* The NetX Duo SMTP Client API of Postino in one file, made by its scripts/amalgamate.py. */",
              "#define NX_SMTP_SOURCE_CODE", '#include "nxd_smtp_client.h"']
    for path in source_list("POSTINO_CORE_SOURCES") + source_list("POSTINO_NETXDUO_SOURCES"):
        if path not in LEFT_OUT:
            source += ["", f"/* ---- {path} ---- */"] + without_source_switch(expand(path, done))
    source += ["", "#ifdef NX_SECURE_ENABLE"]
    for path in source_list("POSTINO_TLS_NX_SECURE_SOURCES"):
        source += ["", f"/* ---- {path} ---- */"] + without_source_switch(expand(path, done))
    source += ["", "#endif"]
    os.makedirs(folder, exist_ok=True)
    for name, lines in (("nxd_smtp_client.h", header), ("nxd_smtp_client.c", source)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
