"""The chart of one mode, drawn by gnuplot: a panel for each row, a bar for each client, its figure beside it."""

# SPDX-License-Identifier: MIT

import statistics
import subprocess

from runs import clients_of, number, select

PANELS = [
    ("2 kB mails a second, server offers neither (log scale)", "lockstep", 10),
    ("server offers PIPELINING (log scale)", "pipelining", 10),
    ("server offers PIPELINING and CHUNKING (log scale)", "chunking", 10),
    ("one 200 MB mail by DATA, MB/s", "large-data", 0),
    ("one 200 MB mail by BDAT, MB/s", "large-bdat", 0),
    ("mails a second, 1 000 connections", "connections", 0),
    ("one mail 20 ms away, seconds (less is better)", "delay-one", 0),
    ("20 mails 20 ms away, seconds (less is better)", "delay-twenty", 0),
]
COLUMNS = 2
PANEL_HEIGHT = 210
WIDTH = 1180
OURS, OTHERS, LIMIT = "#1f6fb4", "#8a8f98", "#e0b050"


def colour(client):
    if client.startswith("Postino"):
        return OURS
    return LIMIT if client.startswith("bare") else OTHERS


def panel(runs, mode, title, row, least):
    """The commands for one panel: horizontal bars, the first client on top."""
    names = clients_of(runs, mode, [row])
    medians = [statistics.median(select(runs, mode, row, name)) for name in names]
    most = max(medians)
    count = len(names)
    lines = ["$bars << END"]
    for place, (name, median) in enumerate(zip(names, medians)):
        lines.append('%d %g "%s" "%s" %s' % (count - place, max(median, least * 1.01), name, number(median),
                                              colour(name).replace("#", "0x")))
    lines += ["END", 'set title "%s" font ",13" offset 0,-0.5' % title,
              "set logscale x" if least else "unset logscale x",
              "set format x '%s'" % ("%.0s%c" if least else "%g"),
              "set xrange [%g:%g]" % (least, most * (12 if least else 1.22)),
              "set yrange [0.4:%g]" % (count + 0.6),
              "plot $bars using (%g):1:(%g):2:($1-0.36):($1+0.36):5 with boxxyerror lc rgb variable fs solid noborder notitle, "
              "$bars using 2:1:4 with labels left offset 0.6,0 font ',11' notitle, "
              "$bars using (%g):1:ytic(3) with dots lc rgb '#ffffff' notitle" % (least, least, least)]
    return lines


def draw(path, runs, mode):
    panels = [entry for entry in PANELS if clients_of(runs, mode, [entry[1]])]
    rows = -(-len(panels) // COLUMNS)
    script = [
        "set terminal svg size %d,%d dynamic background rgb 'white' font 'Helvetica,12'" % (WIDTH, PANEL_HEIGHT * rows + 50),
        "set output '%s'" % path,
        "set multiplot layout %d,%d title \"Postino and others, %s\" font ',16'" % (
            rows, COLUMNS, "client and sink on one core" if mode == "pinned" else "client and sink on any core"),
        "set border 1 lc rgb '#999999'", "set tics nomirror scale 0.5", "set xtics font ',10' tc rgb '#555555'",
        "set ytics scale 0 font ',11' tc rgb '#000000'",
        # Characters of the longest name, which are a little narrower than the terminal's.
        "set lmargin %d" % (0.9 * max(len(name) for entry in panels for name in clients_of(runs, mode, [entry[1]]))),
        "set rmargin 3", "set grid x lc rgb '#e5e5e5' lt 1",
    ]
    for entry in panels:
        script += panel(runs, mode, *entry)
    subprocess.run(["gnuplot"], input="\n".join(script + ["unset multiplot", ""]), text=True, check=True)
