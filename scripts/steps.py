#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Prints the steps of an SMTP session, from the rows of the step table in src/.

A row is a constant of type struct postino_step or struct postino_feature_step. The script finds each row in
the sources, compiles scripts/steps.c with those sources, and lets that program read the rows.
"""

import argparse
import glob
import html
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOMS = ["text", "source", "engine", "sasl"]
ROW = re.compile(r"^(?:static )?const struct postino_(feature_)?step (\w+)(\[STEP_ROWS\])? = \{(.*?)\};",
                 re.M | re.S)
FUNCTIONS = re.compile(r"\},\s*(\w+),\s*(\w+)\s*$")
DOT = "docs/steps.dot"
SVG = "docs/steps.svg"

# The parts of the picture: title, and the steps of enum postino_step_id in it.
CLUSTERS = [("connection", ["GREETING", "EHLO", "STARTTLS"]),
            ("authentication", ["AUTH"]),
            ("mail", ["IDLE", "SERVICE", "RSET", "MAIL", "RCPT", "DATA", "MESSAGE"]),
            ("end", ["QUIT"])]

# The steps that follow where code decides and no row. IDLE stands between two mails; the session passes it
# without a stop if a mail is in line. check_steps_seen compares these with the steps of tests/transcripts.
DECISIONS = [("GREETING", "QUIT", "refused"),
             ("EHLO", "EHLO", "refused: HELO"),
             ("EHLO", "STARTTLS", "TLS is wanted"),
             ("EHLO", "AUTH", "with credentials"),
             ("EHLO", "IDLE", "without credentials"),
             ("EHLO", "QUIT", "refused"),
             ("STARTTLS", "EHLO", "220 and the handshake"),
             ("STARTTLS", "AUTH", "refused, with credentials"),
             ("STARTTLS", "IDLE", "refused, no credentials"),
             ("STARTTLS", "QUIT", "refused, TLS is required"),
             ("AUTH", "AUTH", "334, or the next mechanism"),
             ("AUTH", "IDLE", "235"),
             ("AUTH", "QUIT", "refused"),
             ("IDLE", "SERVICE", "a service command"),
             ("SERVICE", "IDLE", "any reply"),
             ("IDLE", "MAIL", "a mail"),
             ("IDLE", "RSET", "a mail after a refused mail"),
             ("IDLE", "QUIT", "no more mails"),
             ("RSET", "MAIL", ""),
             ("RSET", "QUIT", "refused"),
             ("MAIL", "RCPT", ""),
             ("RCPT", "RCPT", "next recipient"),
             ("RCPT", "DATA", "without CHUNKING"),
             ("RCPT", "MESSAGE", "BDAT"),
             ("DATA", "MESSAGE", ""),
             ("MESSAGE", "MESSAGE", "next chunk"),
             ("MESSAGE", "IDLE", "accepted or refused"),
             ("MAIL", "IDLE", "refused"),
             ("RCPT", "IDLE", "all refused"),
             ("DATA", "IDLE", "refused")]


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def enumerators(header, enum):
    """The names of an enum, and the comment on each."""
    body = re.search(r"enum %s \{(.*?)\n\}" % enum, header, re.S).group(1)
    body = re.sub(r"^ */\*.*?\*/$", "", body, flags=re.M | re.S)
    found = re.findall(r"^ *([A-Z]\w*)[^,\n/]*,?(?: */\*(.*?)\*/)?", body, re.M | re.S)
    return [(name, " ".join(comment.split())) for name, comment in found]


def sources():
    found = glob.glob(os.path.join(ROOT, "src", "*", "*.c"))
    return sorted(os.path.relpath(path, ROOT) for path in found if path.split(os.sep)[-2] in ROOMS)


class Row:
    """A row as the sources declare it, and later its values."""

    def __init__(self, path, name, expression, functions):
        self.path, self.name, self.expression = path, name, expression
        self.emit, self.done = functions

    def set(self, fields, following):
        number, self.step, text, accept, limit_ms, _, self.clause, joins, row = fields
        self.id, self.limit_ms, self.joins = int(number), int(limit_ms), joins != "0"
        self.accept = {0: "any"}.get(int(accept), accept if int(accept) > 9 else accept + "xx")
        self.next = following[int(row)]
        self.command = self.command_text(text)

    def command_text(self, text):
        if text == "-":
            return "(no command)"
        marks = {1: "name", 2: "reverse-path", 3: "forward-path", 4: "options", 5: "mechanism", 6: "response",
                 7: self.emit + "()"}
        text = re.sub(r"\\00(\d)", lambda found: "{%s}" % marks[int(found.group(1))], text[1:])
        return text.replace("\\015\\012", " CRLF ").strip() or "(octets of the message)"


def find_rows(rows_of_table):
    found = []
    for path in sources():
        for feature, name, table, body in ROW.findall(read(path)):
            if table:
                found += [Row(path, row, f"&{name}[{row}]", ("", "")) for row in rows_of_table]
                continue
            functions = FUNCTIONS.search(body.strip()) if feature else None
            found.append(Row(path, name, f"&{name}.step" if feature else f"&{name}",
                             functions.groups() if functions else ("", "")))
    return found


def step_names():
    """The names of enum postino_step_id by their values."""
    found = re.findall(r"POSTINO_STEP_(\w+) = (\d+)", read("include/postino/error.h"))
    return {int(value): name for name, value in found}


def read_rows(folder, header):
    """The rows with their values, in the order of the dialogue."""
    names = [name for name, _ in enumerators(header, "step_row")]
    rows = sorted(find_rows(names[:names.index("STEP_ROWS")]), key=lambda row: row.name not in names)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "rows.h"), "w", encoding="utf-8") as file:
        file.writelines(f'#include "{os.path.join(ROOT, path)}"\n' for path in sources())
        file.write("static const struct {\n    const char *name;\n    const struct postino_step *row;\n}")
        file.write(" rows[] = {\n")
        file.writelines(f'    {{"{row.name}", {row.expression}}},\n' for row in rows)
        file.write("};\n")
    program = os.path.join(folder, "steps")
    subprocess.run([os.environ.get("CC", "cc"), "-std=c99", f"-I{folder}", f"-I{ROOT}/include",
                    f"{ROOT}/scripts/steps.c", "-o", program], check=True)
    lines = subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines()
    for row, line in zip(rows, lines):
        row.set(line.split("\t")[1:], names)
    steps, order = step_names(), [name for _, cluster in CLUSTERS for name in cluster]
    return sorted(rows, key=lambda row: order.index(steps[row.id]))


def duration(milliseconds):
    return f"{milliseconds // 60000} min" if milliseconds % 60000 == 0 else f"{milliseconds // 1000} s"


def table(rows, header):
    cells = [("row", "step", "command", "accepts", "time limit", "clause", "next")]
    for row in rows:
        following = f"{row.done}()" if row.next == "STEP_DONE" else row.next
        limit = duration(row.limit_ms)
        cells.append((row.name, row.step, row.command, row.accept, limit, row.clause, following))
    widths = [max(map(len, column)) for column in zip(*cells)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in cells]
    lines += ["", "These entries of `next` are no rows; code decides there:"]
    for name, comment in enumerators(header, "step_row"):
        if name in {row.next for row in rows} - {row.name for row in rows} - {"STEP_DONE"}:
            lines.append(f"  {name.ljust(15)}  {comment}")
    return "\n".join(lines)


def picture_edges(rows, names):
    """The edges between steps: first those of the rows, then those of DECISIONS."""
    by_name = {row.name: row for row in rows}
    edges = []
    for row in rows:
        if row.next in by_name:
            edge = (names[row.id], names[by_name[row.next].id], row.accept)
            if edge not in edges:
                edges.append(edge)
    return edges + DECISIONS


def node(name, rows):
    """A step as a table: its name on the wire, and a line for each of its rows."""
    lines = [f'<tr><td colspan="3"><b>{html.escape(rows[0].step)}</b></td></tr>']
    for row in rows:
        command = re.sub(r" CRLF .*", " ...", row.command)
        cells = f"<td>{row.accept}</td><td>{duration(row.limit_ms)}</td>"
        line = f'<tr><td align="left">{html.escape(command)}</td>{cells}</tr>'
        if line not in lines:
            lines.append(line)
    return f'{name} [label=<<table border="0" cellborder="1" cellspacing="0">{"".join(lines)}</table>>]'


def picture(rows):
    """The steps as text for graphviz."""
    names = step_names()
    edges = picture_edges(rows, names)
    present = {names[row.id] for row in rows}
    drawn = [name for _, cluster in CLUSTERS for name in cluster]
    for name in sorted(present | set(drawn)):
        sides = [name in drawn, name in present,
                 name == "GREETING" or any(to == name != start for start, to, _ in edges),
                 name == "QUIT" or any(start == name != to for start, to, _ in edges)]
        if not all(sides):
            sys.exit(f"steps: {name} needs a row in src/, a place in CLUSTERS, an edge to it and one from it")
    lines = ["// Made by ./dev steps --write.", "digraph steps {",
             '    node [shape=plain, fontname="Helvetica"]',
             '    edge [fontname="Helvetica", fontsize=11]']
    for title, cluster in CLUSTERS:
        lines += [f"    subgraph cluster_{title} {{", f'        label="{title}"',
                  '        fontname="Helvetica"']
        lines += ["        " + node(name, [row for row in rows if names[row.id] == name]) for name in cluster]
        lines.append("    }")
    lines += [f'    {start} -> {to} [label="{label}"]' for start, to, label in edges]
    return "\n".join(lines + ["}"]) + "\n"


def check(text):
    """Exits with an error unless the picture in docs/ is the one that the rows give."""
    if not os.path.exists(os.path.join(ROOT, DOT)) or read(DOT) != text:
        sys.exit(f"steps: {DOT} differs from the rows of src/: run ./dev steps --write")
    titles = set(re.findall(r"<title>(\w+)</title>", read(SVG)))
    for name in re.findall(r"^ +([A-Z]+) \[label=<", text, re.M):
        if name not in titles:
            sys.exit(f"steps: {SVG} has no node {name}: run ./dev steps --write")


def check_seen(program, rows):
    """Exits with an error unless the transcripts take each edge of the picture, and no other."""
    names = step_names()
    transcripts = sorted(glob.glob(os.path.join(ROOT, "tests", "transcripts", "[!C]*.txt")))
    lines = subprocess.run([program] + transcripts, check=True, capture_output=True, text=True).stdout
    seen = {tuple(names[int(step)] for step in line.split()) for line in lines.splitlines()}
    drawn = {(start, end) for start, end, _ in picture_edges(rows, names) if start != end}
    before_idle = {start for start, end in drawn if end == "IDLE"}
    after_idle = {end for start, end in drawn if start == "IDLE"}
    faults = [f"{start} -> {end}: a transcript takes it, the picture lacks it" for start, end in sorted(seen)
              if (start, end) not in drawn and not (start in before_idle and end in after_idle)]
    passed = seen | {(start, "IDLE") for start, end in seen if end in after_idle}
    faults += [f"{start} -> {end}: no transcript takes it" for start, end in sorted(drawn - passed)]
    if faults:
        sys.exit("steps: correct DECISIONS in scripts/steps.py\n" + "\n".join(faults))


def write(text):
    with open(os.path.join(ROOT, DOT), "w", encoding="utf-8") as file:
        file.write(text)
    subprocess.run(["dot", "-Tsvg", "-o", os.path.join(ROOT, SVG), os.path.join(ROOT, DOT)], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", default=os.path.join(ROOT, "build", "steps"),
                        help="for the compiled program")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--dot", action="store_true", help="print the state machine for graphviz instead")
    action.add_argument("--write", action="store_true", help=f"write {DOT} and {SVG}")
    action.add_argument("--check", action="store_true", help=f"fail unless {DOT} and {SVG} are current")
    action.add_argument("--seen", metavar="RUN_STEPS", help="compare the picture with tests/transcripts")
    arguments = parser.parse_args()
    header = read("src/engine/steps.h")
    rows = read_rows(arguments.folder, header)
    if arguments.write:
        write(picture(rows))
    elif arguments.seen:
        check_seen(arguments.seen, rows)
    elif arguments.check:
        check(picture(rows))
    else:
        print(picture(rows) if arguments.dot else table(rows, header))


if __name__ == "__main__":
    main()
