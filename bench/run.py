#!/usr/bin/python3
"""Measures Postino, other clients and bare write loops side by side: usage: run.py BUILD_FOLDER [OPTION...]

Every client sends the same mails to the same sink, one client after the other in every round, and the sink's counts
must be exact after each run. Writes bench/results, but with --quick. See bench/README.md.
"""

# SPDX-License-Identifier: MIT

import argparse
import os
import resource
import sys
import tempfile
import time

sys.dont_write_bytecode = True

import encode
import plan
import report
from processes import Failed, Server, check_counts, measure

RUN_LIMIT_S = 60
ROUNDS = 5
QUICK_SHARE = 20  # of the mails of a full run
RESULTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "results")
MODES = {"pinned": "client and sink on one and the same core", "unpinned": "client and sink on any core"}


def options():
    parser = argparse.ArgumentParser(description="Measure Postino side by side with other clients.")
    parser.add_argument("build", help="the folder that CMake builds in")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of all clients in turn (default %(default)s)")
    parser.add_argument("--mode", choices=[*MODES, "both"], default="both")
    parser.add_argument("--rows", help="only these, separated by commas: " + " ".join(row.name for row in plan.ROWS))
    parser.add_argument("--clients", help="only those whose names begin with one of these, separated by commas")
    parser.add_argument("--base64", action="store_true", help="only how fast attachments are encoded")
    parser.add_argument("--quick", action="store_true", help="a smoke: one round of few mails, no results written")
    chosen = parser.parse_args()
    if chosen.rounds < 1:
        parser.error("--rounds takes at least 1")
    known = {row.name for row in plan.ROWS}
    if chosen.rows and not set(chosen.rows.split(",")) <= known:
        parser.error("no such row; there are " + " ".join(sorted(known)))
    return chosen


class Bench:
    """Runs the clients and keeps what came out: a list of dictionaries, one for each run."""

    def __init__(self, folder, files, wire_octets, share):
        self.folder = folder
        self.files = files
        self.wire_octets = wire_octets
        self.share = share
        self.runs = []

    def program(self, name, *arguments):
        return [os.path.join(self.folder, name), *map(str, arguments)]

    def mails(self, client, row):
        full = client.mails[row.name]
        if row.unit == plan.MANY:
            return max(plan.CONNECTIONS, full // self.share)
        return full if row.delay else max(1, full // self.share)

    def client_run(self, client, row, mails, port, core):
        """Run the client once, or a process for each mail."""
        file = self.files[client.file or "smtp-source", row.octets]
        stdin = self.files[client.stdin, row.octets] if client.stdin else None
        return measure(self.folder, client.command(row, port, mails, file), RUN_LIMIT_S, core=core, stdin=stdin,
                       repeat=mails if client.process_a_mail else 1)

    def run(self, client, row, mode, number):
        mails = self.mails(client, row)
        core = max(os.sched_getaffinity(0)) if mode == "pinned" else None
        carried = None
        with Server(self.program("sink", "--offer", row.offer), RUN_LIMIT_S, core) as sink:
            if row.delay:
                with Server(self.program("relay", "--to", sink.port, "--delay-us", plan.DELAY_US), RUN_LIMIT_S) as relay:
                    used = self.client_run(client, row, mails, relay.port, core)
                    carried = relay.stop()
            else:
                used = self.client_run(client, row, mails, sink.port, core)
            counts = sink.stop()
        octets = self.wire_octets.get(client.file, row.octets)
        check_counts(counts, mails, octets, client.connections(row, mails))
        # By the sink's clock, so that nobody's start-up counts; over the relay, by the relay's.
        wall_us = (carried or counts)["wall_us"]
        self.runs.append({
            "mode": mode, "row": row.name, "client": client.name, "round": number, "mails": mails,
            "octets": octets, "value": row.value(mails, octets, wall_us, used["cpu_us"]), "unit": row.unit, "wall_us": wall_us,
            "process_us": used["wall_us"], "client_cpu_us": used["cpu_us"], "sink_cpu_us": counts["cpu_us"],
            "peak_kib": used["peak_kib"], "connections": counts["connections"], "at_once": counts["at_once"],
            "commands": counts["commands"], "groups": counts["groups"]})

    def round(self, number, mode, rows, clients):
        for row in rows:
            taking_part = [client for client in clients if row.name in client.mails]
            # Another one begins in each round: whatever the first one finds, it is not always the same one's.
            first = number % len(taking_part) if taking_part else 0
            for client in taking_part[first:] + taking_part[:first]:
                try:
                    self.run(client, row, mode, number)
                except Failed as failure:
                    raise Failed("%s, %s, %s: %s" % (mode, row.name, client.name, failure)) from None


def write_files(folder):
    """The messages for the clients that read files. smtp-source ends what it reads with an empty line."""
    files = {}
    for octets in plan.SMALL_OCTETS, plan.LARGE_OCTETS:
        for kind, missing in ("lf", 0), ("smtp-source", 2):
            files[kind, octets] = os.path.join(folder, "%s-%d" % (kind, octets))
            with open(files[kind, octets], "wb") as file:
                file.write(plan.message(octets - missing))
    return files


def write_lines(folder, files):
    """The messages of the rows by lines. Returns how many octets each has on the wire."""
    wire_octets = {}
    for place, (kind, pattern) in enumerate(plan.LINES.items()):
        message = plan.lines_message(pattern, plan.LINES_OCTETS)
        wire_octets[kind] = plan.wire_octets(message)
        files[kind, plan.LINES_OCTETS] = os.path.join(folder, "lines-%d" % place)
        with open(files[kind, plan.LINES_OCTETS], "wb") as file:
            file.write(message)
    return wire_octets


def encode_attachments(programs, machine, quick):
    table = encode.run(os.path.join(programs, "base64"), max(os.sched_getaffinity(0)), RUN_LIMIT_S)
    print(table)
    if not quick:
        encode.write(RESULTS, table, machine)


def main():
    chosen = options()
    programs = os.path.join(chosen.build, "bench")
    if chosen.base64:
        encode_attachments(programs, report.machine(chosen.build), chosen.quick)
        return 0
    rows = [row for row in plan.ROWS if not chosen.rows or row.name in chosen.rows.split(",")]
    names = tuple(chosen.clients.split(",")) if chosen.clients else ("",)
    clients = [client for client in plan.clients(programs) if client.name.startswith(names)]
    modes = list(MODES) if chosen.mode == "both" else [chosen.mode]
    rounds = 1 if chosen.quick else chosen.rounds
    if chosen.quick:
        print("bench: a smoke of one round with few mails: its figures mean nothing, and nothing is written")
    # A connection takes a handle in the client and one in the sink.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory() as folder:
        files = write_files(folder)
        wire_octets = write_lines(folder, files)
        bench = Bench(programs, files, wire_octets, QUICK_SHARE if chosen.quick else 1)
        machine = report.machine(chosen.build)
        started = time.monotonic()
        for mode in modes:
            in_mode = [row for row in rows if mode in row.modes]
            for number in range(rounds):
                bench.round(number, mode, in_mode, clients)
                print("bench: %s, round %d of %d, %.0f s" % (mode, number + 1, rounds, time.monotonic() - started),
                      flush=True)
    table = report.table(bench.runs, MODES)
    print(table)
    if not chosen.quick and not chosen.rows and not chosen.clients and chosen.mode == "both":
        report.write(RESULTS, bench.runs, table, machine)
        encode_attachments(programs, machine, False)
        print("bench: wrote bench/results")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as failure:
        sys.exit("bench: %s" % failure)
