#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Checks the sentences of Markdown files and of the comments in C files.

A sentence has at most 30 words, and does not begin with What, Who, Nobody or the like.
"""

import argparse
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORDS_MAX = 30
FOLDERS_LEFT_OUT = {".git", "build", "Testing", "node_modules", "results"}
RIDDLE = re.compile(r"""["'(]*(What|Whatever|Who|Whoever|Whose|Nobody|Somebody|Everybody)\b""")
SENTENCE_END = re.compile(r"""(?<=[.!?])["')]*\s+(?=["'(`<*_A-Z0-9])""")
ABBREVIATIONS = re.compile(r"\b(e\.g|i\.e|etc|vs|cf)\.")
# A new paragraph: a blank line, an item of a list, a heading, a quotation or a row of a table.
MARKDOWN_BREAK = re.compile(r"\s*$|\s*([-*+]|\d+\.)\s|\s*[#>|]|\s*<")
COMMENT = re.compile(r"/\*(.*?)\*/", re.S)


def paragraphs_of(lines, breaks):
    """Joins numbered lines to paragraphs; each is a list of (line number, text)."""
    paragraph = []
    for number, text in lines:
        if breaks.match(text) and paragraph:
            yield paragraph
            paragraph = []
        if text.strip():
            paragraph.append((number, text))
    if paragraph:
        yield paragraph


def markdown_paragraphs(text):
    fence = False
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(r"\s*(```|~~~)", line):
            fence = not fence
            lines.append((number, ""))
        # A sentence ends with its cell or its heading, and code is no sentence.
        elif fence or re.match(r"\s*(\||#|\[[^]]*\]:)|    |<!--", line):
            lines.append((number, ""))
        else:
            line = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", line)
            lines.append((number, line))
    for paragraph in paragraphs_of(lines, MARKDOWN_BREAK):
        yield [(number, re.sub(r"^\s*([-*+] |\d+\. |> ?)", "", line)) for number, line in paragraph]


def comment_paragraphs(text):
    for comment in COMMENT.finditer(text):
        first = text.count("\n", 0, comment.start()) + 1
        lines = [(first + i, re.sub(r"^\s*\*+ ?", "", line) if i else line.strip())
                 for i, line in enumerate(comment.group(1).split("\n"))]
        # Four blanks before a line make it code, as in Markdown.
        lines = [(number, "" if line.startswith("    ") else line) for number, line in lines]
        for paragraph in paragraphs_of(lines, re.compile(r"\s*$|\s*- ")):
            yield [(number, re.sub(r"^\s*- ", "", line)) for number, line in paragraph]


def sentences(paragraph):
    """Pairs of the line on which a sentence begins, and the sentence."""
    text, starts = "", []
    for number, line in paragraph:
        starts.append((len(text), number))
        text += line.strip() + "\n"
    # Code is one word.
    text = re.sub(r"`[^`]*`", lambda code: re.sub(r"[\s.!?]", "_", code.group()), text)
    text = ABBREVIATIONS.sub(lambda found: found.group().replace(".", "_"), text)
    position = 0
    for end in [found.end() for found in SENTENCE_END.finditer(text)] + [len(text)]:
        number = max(line for start, line in starts if start <= position)
        yield number, " ".join(text[position:end].split())
        position = end


def faults(name, text):
    """The faults of a file, as pairs of a line number and what is wrong."""
    found = []
    for paragraph in (markdown_paragraphs if name.endswith(".md") else comment_paragraphs)(text):
        for number, sentence in sentences(paragraph):
            words = len([word for word in sentence.split() if re.search(r"\w", word)])
            if words > WORDS_MAX:
                found.append((number, f"a sentence of {words} words, the limit is {WORDS_MAX}: {sentence[:60]}..."))
            riddle = RIDDLE.match(sentence)
            if riddle:
                found.append((number, f"a sentence begins with {riddle.group(1)}: {sentence[:60]}"))
    return found


def files():
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - FOLDERS_LEFT_OUT)
        for name in sorted(names):
            if name.endswith((".md", ".h", ".c")):
                yield os.path.relpath(os.path.join(folder, name), ROOT)


def self_test():
    """Each rule finds its fault, on the right line, and no other."""
    long = "Word" + " word" * WORDS_MAX + "."
    fits = "Word" + " word" * (WORDS_MAX - 1) + "."
    for name, text, lines in (
            ("a.md", f"# What a heading says\n\nA short one.\n{long}\n", [4]),
            ("a.md", f"{fits} {fits}\n- {fits}\n- {fits}\n", []),
            ("a.md", f"```\n{long}\n```\n| {long} |\n\nCall `{long}` first.\n", []),
            ("a.md", "It ends.\nWhat comes next is wrong.\n", [2]),
            ("a.h", f"/* Short. */\nint a; /* {fits} */\n/* It ends.\n * Whoever reads. */\n", [4]),
            ("a.h", f"/* A loop:\n *     {long}\n * {long}\n */\n", [3]),
            ("a.h", f"/* First.\n *\n * {long} */\n", [3])):
        if [number for number, _ in faults(name, text)] != lines:
            sys.exit(f"prose: expected faults in lines {lines}, found {faults(name, text)}, in:\n{text}")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", metavar="FILE", nargs="*", help="check these alone")
    arguments = parser.parse_args()
    self_test()
    lines = []
    for path in arguments.files or files():
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            lines += [f"{path}:{number}: {fault}" for number, fault in faults(path, file.read())]
    if lines:
        sys.exit("\n".join(lines))


if __name__ == "__main__":
    main()
