"""What the bench writes: a table, a CSV of every run, a chart for each mode, and a description of the machine."""

# SPDX-License-Identifier: MIT

import csv
import os
import platform
import re
import statistics
import subprocess

import chart
import plan
from runs import clients_of, number, select

MEMORY_ROWS = ["chunking", "large-data", "large-bdat", "connections"]
GROUPS = [
    ("Mails of 2 kB over one connection, mails a second, by what the server offers", ["lockstep", "pipelining", "chunking"]),
    ("One mail of 200 MB, MB a second", ["large-data", "large-bdat"]),
    ("Mails of 50 MB by Postino, whatever their lines are, MB on the wire per second of the client's CPU", ["lines-data", "lines-bdat"]),
    ("10 000 mails of 2 kB over 1 000 connections at the same time, mails a second", ["connections"]),
    ("20 ms of round trip away, seconds, connection and QUIT included", ["delay-one", "delay-twenty"]),
]


def cell(values):
    if not values:
        return "–"
    return "%s (%s to %s)" % (number(statistics.median(values)), number(min(values)), number(max(values)))


def memory_cell(values):
    return "%.1f" % (statistics.median(values) / 1024) if values else "–"


def markdown(heading, columns, lines):
    text = ["", "**%s**" % heading, "", "| | %s |" % " | ".join(columns), "|---|%s" % ("---:|" * len(columns))]
    return text + ["| %s | %s |" % (name, " | ".join(cells)) for name, cells in lines]


def notes(runs, mode):
    """What a reader must know of these figures: was the sink, or noise, what they show?"""
    limits = {client.name for client in plan.clients("") if client.is_limit}
    for row in plan.ROWS:
        names = clients_of(runs, mode, [row.name])
        medians = {name: statistics.median(select(runs, mode, row.name, name)) for name in names}
        bare = [max(select(runs, mode, row.name, name)) for name in names if name in limits]
        if not bare or row.unit == plan.SECONDS:
            continue
        for name in names:
            if name not in limits and medians[name] > max(bare):
                yield "%s: %s is ahead even of the bare loop's best round: noise, or the sink's limit." % (row.title, name)
    for row in plan.ROWS:
        if row.unit in (plan.MAILS, plan.LARGE):
            for name in clients_of(runs, mode, [row.name]):
                shares = [run["sink_cpu_us"] / run["wall_us"] for run in runs
                          if (run["mode"], run["row"], run["client"]) == (mode, row.name, name)]
                if mode == "unpinned" and statistics.median(shares) > 0.9:
                    yield "%s: the sink was busy for %.0f %% of %s's time." % (
                        row.title, 100 * min(1, statistics.median(shares)), name)


def table(runs, modes):
    titles = {row.name: row.title for row in plan.ROWS}
    text = ["# Results", "", "Medians of the rounds, and from the least to the most. What each row means: "
            "[README](../README.md). The machine: [machine.txt](machine.txt)."]
    for mode, meaning in modes.items():
        if not any(run["mode"] == mode for run in runs):
            continue
        text += ["", "## %s: %s" % (mode.capitalize(), meaning)]
        for heading, rows in GROUPS:
            names = clients_of(runs, mode, rows)
            if names:
                text += markdown(heading, [titles[row] for row in rows],
                                 [(name, [cell(select(runs, mode, row, name)) for row in rows]) for name in names])
        names = clients_of(runs, mode, MEMORY_ROWS)
        if names:
            text += markdown("Peak memory of the client, MiB", [titles[row] for row in MEMORY_ROWS],
                             [(name, [memory_cell(select(runs, mode, row, name, "peak_kib")) for row in MEMORY_ROWS])
                              for name in names])
        said = list(notes(runs, mode))
        if said:
            text += [""] + ["- " + line for line in said]
    return "\n".join(text)


def output_of(command):
    try:
        result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "?"
    return (result.stdout.strip().splitlines() or ["?"])[0]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def machine(build_folder):
    """Describe the machine: no name of it, and no path on it."""
    model = re.search(r"^model name\s*:\s*(.*)$", read("/proc/cpuinfo"), re.MULTILINE)
    system = re.search(r'^PRETTY_NAME="?([^"\n]*)', read("/etc/os-release"), re.MULTILINE)
    memory = re.search(r"^MemTotal:\s*(\d+)", read("/proc/meminfo"), re.MULTILINE)
    build = re.search(r"^CMAKE_BUILD_TYPE:\w+=(.*)$", read(os.path.join(build_folder, "CMakeCache.txt")), re.MULTILINE)
    lines = [
        ("processor", model.group(1) if model else platform.machine()),
        ("cores", "%d" % os.cpu_count()),
        ("memory", "%.1f GiB" % (int(memory.group(1)) / 1024 / 1024) if memory else "?"),
        ("system", "%s, Linux %s" % (system.group(1) if system else "?", platform.release())),
        ("load before", "%.2f" % os.getloadavg()[0]),
        ("compiler", output_of(["cc", "--version"])),
        ("build", build.group(1) if build else "?"),
        ("Postino", output_of(["git", "-C", os.path.dirname(os.path.abspath(__file__)), "describe", "--always",
                               "--dirty"])),
        ("libcurl", output_of(["pkg-config", "--modversion", "libcurl"])),
        ("libESMTP", output_of(["pkg-config", "--modversion", "libesmtp-1.0"])),
        ("Postfix", output_of(["dpkg-query", "--show", "--showformat=${Version}", "postfix"])),
        ("msmtp", output_of(["msmtp", "--version"]).split()[-1]),
    ]
    return "".join("%-12s %s\n" % line for line in lines)


def write(folder, runs, text, described):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "machine.txt"), "w", encoding="utf-8") as file:
        file.write(described)
    with open(os.path.join(folder, "table.md"), "w", encoding="utf-8") as file:
        file.write(text + "\n")
    with open(os.path.join(folder, "bench.csv"), "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(runs[0]), lineterminator="\n")
        writer.writeheader()
        for run in runs:
            writer.writerow({**run, "value": "%.6g" % run["value"]})
    for mode in sorted({run["mode"] for run in runs}):
        chart.draw(os.path.join(folder, mode + ".svg"), runs, mode)
