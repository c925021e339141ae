"""How fast attachments are encoded, beside others: what bench/base64.c prints, as a table."""

# SPDX-License-Identifier: MIT

import os
import subprocess

from processes import Failed

NOTE = """**An attachment of 64 MB into base64, GB/s of what goes in: median of eleven rounds in turn (least to most)**

"""


def run(program, core, limit_s):
    """Run the program on that core; return the table."""
    try:
        done = subprocess.run(["taskset", "--cpu-list", str(core), program], stdout=subprocess.PIPE, text=True, timeout=limit_s,
                              check=True)
    except (OSError, subprocess.SubprocessError) as failure:
        raise Failed("base64: %s" % failure) from None
    lines = ["| | |", "|---|---:|"]
    for line in done.stdout.splitlines():
        name, median, least, most = line.split("\t")
        lines.append("| %s | %s (%s to %s) |" % (name, median, least, most))
    return NOTE + "\n".join(lines) + "\n"


def write(folder, table, machine):
    """The table, and below it the machine that it is of."""
    with open(os.path.join(folder, "base64.md"), "w", encoding="utf-8") as file:
        file.write(table + "\n```\n" + machine + "```\n")
