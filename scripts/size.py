#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures the memory that Postino takes on a device and compares it with the budgets: see ./dev size.

The script compiles the core and the NetX Duo port for a Cortex-M4 and a Cortex-M0+. It links the functions
that the entry symbols reach, helpers of the C library included. Then it prints text, static RAM, the size of
the context, the deepest stack, and the share of each file. The services of NetX Duo and ThreadX are empty
functions in a section that does not count. Any other missing symbol fails the link, so no function of ours is
left out. """

import argparse
import collections
import os
import re
import sys

from device_build import ROOT, TCP_SOCKET_OCTETS, Build, MeasureError
from stack import Stack

CPU_WITH_LIMITS = "cortex-m4"
CPUS = [CPU_WITH_LIMITS, "cortex-m0plus"]

DROP_IN = ["_nxde_smtp_client_create", "_nxe_smtp_client_delete", "_nxe_smtp_mail_send"]
# The builds of the drop-in: (folder, name, switches, limit of the text).
BUILDS = [("lock-step", "lock-step", ["-DNX_SMTP_CLIENT_LOCK_STEP"], 5500),
          ("pipelining", "PIPELINING and CHUNKING", [], 6500)]
# The text of the original. It includes the two helpers of NetX Duo that nothing else needs: base64 and the
# check of strings' lengths.
ORIGINAL_TEXT = 6505
# These mechanisms add text to the last build, helpers included. The port supplies the hashes; they do not
# count.
MECHANISMS = ["postino_sasl_cram_md5", "postino_sasl_scram_sha_256", "postino_sasl_xoauth2"]
MECHANISMS_CALLED = "CRAM-MD5, SCRAM-SHA-256 and XOAUTH2"
MECHANISMS_LIMIT = 3072
# The builds of the composer by itself: (folder, name, entry symbols, limit of the text).
COMPOSER = ["postino_message_init_with", "postino_part_text_init", "postino_part_attachment_init",
            "postino_part_multipart_init", "postino_part_add"]
COMPOSERS = [("composer", "composer: text and attachments", COMPOSER, 4096),
             ("composer-device", "the same with encoded words, Date and quoted-printable",
              COMPOSER + ["postino_message_words", "postino_message_date", "postino_message_quoted"], None),
             ("composer-whole", "the same with every feature", ["postino_message_init"] + COMPOSER[1:]
              + ["postino_part_related_init", "postino_part_binary_init", "postino_part_message_init",
                 "postino_part_calendar_init"], None)]
# Letters on top of the composer with these functions: (name, entry symbols, limit of the added text). The first
# names no feature of a letter, the second its attachments.
LETTER_BASE = COMPOSER + ["postino_message_recipients", "postino_mailbox_parse", "postino_memory_source_init",
                          "postino_message_check", "postino_part_related_init"]
LETTERS = [("text", ["postino_letter_prepare_with"], 1500),
           ("text and attachments", ["postino_letter_attachments"], 1500),
           ("these, HTML, files and types", ["postino_letter_html", "postino_letter_file", "postino_letter_close",
                                             "postino_letter_media_type"], None)]
# The session calls these functions of the composer. The limit is for their stack, without the caller's
# objects.
COMPOSER_CALLS = ["compose_begin", "compose_span", "compose_consume", "compose_check", "compose_mark"]
COMPOSER_STACK_LIMIT = 1024
# TLS on top of the second build of the drop-in: a program that sets up TLS links these too.
TLS_FOLDER = "ports/nx_secure"
TLS = ["_nxe_smtp_client_tls_set", "_nxe_smtp_client_tls_status_get"]

Row = collections.namedtuple("Row", "what ours limit note")


def print_rows(rows):
    print(f"  {'':44}{'ours':>8}{'limit':>8}  peers and goal")
    for row in rows:
        over = row.limit is not None and row.ours > row.limit
        limit = "-" if row.limit is None else row.limit
        excess = f"  OVER by {row.ours - row.limit}" if over else ""
        print(f"  {row.what:44}{row.ours:>8}{limit:>8}  {row.note}{excess}")


def print_files(table):
    print(f"  {'file':44}{'text':>8}{'data':>8}{'bss':>8}")
    for name, row in table.items():
        print(f"  {name:44}{row['text']:>8}{row['data']:>8}{row['bss']:>8}")
    totals = [sum(row[kind] for row in table.values()) for kind in ("text", "data", "bss")]
    print(f"  {'total':44}{totals[0]:>8}{totals[1]:>8}{totals[2]:>8}")


def measure(cpu, folder, entries, defines, name=None, text_limit=None, called=None, added=None, like=None):
    """One processor's figures: (rows, files, deepest path as text, whether the limits hold here, unknown
    figures). `like`: the folder of a build with the same switches."""
    build = Build(cpu, folder, entries, defines, like=like)
    drop_in = entries == DROP_IN
    limited = cpu == CPU_WITH_LIMITS and (text_limit is not None or called is not None)
    files = build.files()
    text = sum(row["text"] for row in files.values())
    helpers = sum(row["text"] for name, row in files.items() if ".a(" in name)
    static_ram = sum(row["data"] + row["bss"] for row in files.values())

    def limit(octets):
        return octets if limited else None

    note = f"original NetX Duo client {ORIGINAL_TEXT} (4696 own), lwIP smtp.c 3100 own" if drop_in else ""
    rows = [Row("text" + (", " + "NetX drop-in, " * drop_in + name if name else ""), text, limit(text_limit),
                note),
            Row("  helpers of the C library in it", helpers, None, ""),
            Row("static RAM (data + bss)", static_ram, limit(0),
                "original 512, shared by all clients; lwIP 339" if drop_in else "")]
    if drop_in:
        rows.append(Row(f"context, its TCP socket of {TCP_SOCKET_OCTETS} included", build.context_octets(),
                        limit(1180), "original 524; lwIP on the heap"))
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
        deepest = " > ".join(f"{name.split(':')[-1]} {octets}" for name, octets in path)
    except MeasureError as error:
        # The other figures are right even if the table of indirect calls lags behind the code.
        unknown = 1
        deepest = f"stack unknown: {error}"
    if added:
        rows.append(Row(f"text added by {MECHANISMS_CALLED}", build.text_with(added) - text,
                        limit(MECHANISMS_LIMIT), ""))
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


def measure_letters(cpu, folder):
    """The text that letters add to the composer: the octets of each of LETTERS."""
    build = Build(cpu, os.path.join(folder, cpu, "letter"), LETTER_BASE, BUILDS[1][2],
                  like=os.path.join(folder, cpu, BUILDS[1][0]))
    before = build.text_octets()
    return [build.text_with(entries) - before for _, entries, _ in LETTERS]


def measure_amalgamated(cpu, folder):
    """The text of each build of the drop-in, compiled from one file."""
    builds = [Build(cpu, os.path.join(folder, cpu, "amalgamated-" + where), DROP_IN, switches,
                    amalgamated=True) for where, _, switches, _ in BUILDS]
    return [build.text_octets() for build in builds]


def table(figures, tls, amalgamated):
    """The lines that the README shows. `figures`: those of each build, for each processor. `tls`: the text
    that TLS adds, for each processor. `amalgamated`: the text of each build from one file, for each
    processor."""
    names = ["text", "static RAM", f"`NX_SMTP_CLIENT`, a TCP socket of {TCP_SOCKET_OCTETS} included",
             "deepest stack, own frames"]
    original = [ORIGINAL_TEXT, "512, shared by all clients", "524", "384"]
    lines = ["| octets, Cortex-M4 (M0+) | Postino | limit | original |", "|---|---|---|---|"]
    for (_, called, _, _), build in zip(BUILDS, figures):
        ours = [[row.ours for row in rows if not row.what.startswith(" ")] for rows, *_ in build]
        limits = [row.limit for row in build[0][0] if not row.what.startswith(" ")]
        lines += [f"| {name}, {called} | {m4} ({m0}) | {limit} | {peer} |"
                  for name, m4, m0, limit, peer in zip(names, *ours, limits, original)
                  if called == BUILDS[0][1] or name in ("text", names[-1])]
    lines += [f"| text, {called}, compiled from the one file | {m4} ({m0}) | {limit} | {original[0]} |"
              for (_, called, _, limit), m4, m0 in zip(BUILDS, *amalgamated)]
    return lines + [f"| text, TLS by NetX Secure on top | {tls[0]} ({tls[1]}) | - | - |"]


def mechanisms_table(figures):
    """The same for the mechanisms."""
    m4, m0 = [rows[-1].ours for rows, *_ in figures[-1]]
    return ["| octets, Cortex-M4 (M0+) | text added to the drop-in | its limit |", "|---|---|---|",
            f"| {MECHANISMS_CALLED} | {m4} ({m0}) | {MECHANISMS_LIMIT} |"]


def composer_table(figures):
    """The same for the composer."""
    lines = ["| octets, Cortex-M4 (M0+) | text | its limit | deepest stack, own frames | its limit |",
             "|---|---|---|---|---|"]
    for (_, called, _, limit), build in zip(COMPOSERS, figures):
        text, stack = [[next(row.ours for row in rows if row.what.startswith(what)) for rows, *_ in build]
                       for what in ("text", "deepest")]
        lines.append(f"| {called} | {text[0]} ({text[1]}) | {limit or '-'} | {stack[0]} ({stack[1]}) |"
                     f" {COMPOSER_STACK_LIMIT} |")
    return lines


def check_table(lines, path):
    """Prints the lines that the document lacks, and returns their number."""
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
    parser.add_argument("--check", metavar="DOCUMENT", help="only compare the figures with its tables")
    arguments = parser.parse_args()
    folder = os.path.abspath(arguments.folder)
    defines = ["-D" + define for define in arguments.defines]
    builds = BUILDS
    if arguments.entry or defines:
        builds = [("other", None, defines, None)]
    try:
        figures = [[measure(cpu, os.path.join(folder, cpu, where), arguments.entry or DROP_IN, switches, name,
                            limit, added=MECHANISMS if where == BUILDS[-1][0] else None)
                    for cpu in CPUS] for where, name, switches, limit in builds]
        composers = [] if builds != BUILDS else [
            [measure(cpu, os.path.join(folder, cpu, where), entries, BUILDS[1][2], name, limit,
                     COMPOSER_CALLS, like=os.path.join(folder, cpu, BUILDS[1][0])) for cpu in CPUS]
            for where, name, entries, limit in COMPOSERS]
        tls = [] if builds != BUILDS else [
            measure_tls(cpu, folder, figure[0][0].ours) for cpu, figure in zip(CPUS, figures[1])]
        letters = [] if builds != BUILDS else [measure_letters(cpu, folder) for cpu in CPUS]
        amalgamated = [] if builds != BUILDS else [measure_amalgamated(cpu, folder) for cpu in CPUS]
    except MeasureError as error:
        print(f"size: {error}", file=sys.stderr)
        return 1
    unknown = [deepest for build in figures + composers for _, _, deepest, _, failed in build if failed]
    if arguments.check and unknown:
        print(f"size: {unknown[0]}", file=sys.stderr)
        return 1
    if arguments.check:
        lines = table(figures, tls, amalgamated) + mechanisms_table(figures) + composer_table(composers)
        return 1 if check_table(lines, arguments.check) else 0
    broken = sum(report(cpu, *figure) for build in figures + composers for cpu, figure in zip(CPUS, build))
    for cpu, octets in zip(CPUS, tls):
        print(f"{cpu}: TLS by NetX Secure adds {octets} octets of text to the drop-in, NetX Secure apart")
    for cpu, texts in zip(CPUS, letters):
        for (called, _, limit), octets in zip(LETTERS, texts):
            over = cpu == CPU_WITH_LIMITS and limit is not None and octets > limit
            broken += over
            print(f"{cpu}: letters of {called} add {octets} octets of text to the composer"
                  + (f", OVER the limit of {limit}" if over else ""))
    for cpu, texts in zip(CPUS, amalgamated):
        for (_, called, _, limit), octets in zip(BUILDS, texts):
            over = cpu == CPU_WITH_LIMITS and octets > limit
            broken += over
            print(f"{cpu}: the drop-in compiled from the one file, {called}: {octets} octets of text"
                  + (f", OVER the limit of {limit}" if over else ""))
    if broken:
        print(f"{broken} figure(s) over the limit or unknown", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
