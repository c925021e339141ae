#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Checks what the documents say against the tree: usage: documents.py ROOT

- A relative link leads to a file, and to a heading in it where it names one.
- A path in `code` exists, from the root or from the page.
- A ./dev command in code is one that ./dev knows.
- A function in `code`, `name()`, is a name in a C file.
- A block of C is part of a file that is compiled (examples/, include/, tests/).
- A command that begins with `cc` in a block compiles, in a folder with links to the tree's folders.
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

FOLDERS = "cmake examples host include ports scripts src tests docs".split()
COMPILED = ["examples/*.c", "include/**/*.h", "host/include/*.h", "tests/**/*.c"]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def squeeze(text):
    """The text without what layout may change: indentation, trailing blanks and empty lines."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def anchors(text):
    """The names under which a page's headings can be linked to."""
    headings = re.findall(r"^#+ +(.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def link_faults(page, text, root):
    for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = os.path.normpath(os.path.join(root, os.path.dirname(page), name)) if name else os.path.join(root, page)
        if not os.path.exists(path):
            yield f"link to {target}, which does not exist"
        elif anchor and anchor not in anchors(read(path)):
            yield f"link to {target}: no such heading"


def path_faults(page, text, root):
    starts = [root, os.path.join(root, os.path.dirname(page))]
    for code in re.findall(r"`([^`\n]+)`", FENCE.sub("", text)):
        match = re.match(r"(?:\./)?((?:%s)/[\w./*{},-]*)$" % "|".join(FOLDERS), code)
        if not match:
            continue
        pattern = re.sub(r"\{.*?\}", "*", match.group(1))
        if not any(glob.glob(os.path.join(start, pattern)) for start in starts):
            yield f"`{code}` does not exist"


def command_faults(text, known):
    code = "\n".join(re.findall(r"`([^`\n]+)`", FENCE.sub("", text)) + [block for _, block in FENCE.findall(text)])
    for command in re.findall(r"(?:^|[\s(])\./dev +([a-z]+(?: [a-z]+)?)", code, re.MULTILINE):
        if command not in known and command.split()[0] not in known:
            yield f"./dev {command} is no command"


def program_faults(text, compiled):
    for language, block in FENCE.findall(text):
        if language == "c" and not any(squeeze(block) in file for file in compiled):
            yield f"a block of C is in no file that is compiled: {squeeze(block).splitlines()[0]} ..."


def function_faults(text, words):
    for name in re.findall(r"`(\w+)\(\)`", FENCE.sub("", text)):
        if name not in words:
            yield f"`{name}()` is in no C file"


def compile_faults(text, root):
    blocks = "\n".join(block for _, block in FENCE.findall(text)).replace("\\\n", " ")
    for command in re.findall(r"^cc .*$", blocks, re.MULTILINE):
        with tempfile.TemporaryDirectory(prefix="postino-documents-") as folder:
            for name in FOLDERS:
                os.symlink(os.path.join(os.path.abspath(root), name), os.path.join(folder, name))
            done = subprocess.run(["sh", "-c", command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  text=True, check=False)
            made = set(os.listdir(folder)) - set(FOLDERS)
        if done.returncode != 0 or not made:
            yield f"{command}: {done.stdout[:400] or 'makes nothing'}"


def main():
    root = sys.argv[1]
    said = subprocess.run([os.path.join(root, "dev"), "help"], check=True, stdout=subprocess.PIPE, text=True).stdout
    known = set(re.findall(r"^\./dev ([a-z]+(?: [a-z]+)?)", said, re.MULTILINE))
    compiled = [squeeze(read(path)) for pattern in COMPILED
                for path in glob.glob(os.path.join(root, pattern), recursive=True)]
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=root, check=True, stdout=subprocess.PIPE, text=True).stdout
    pages = listed.split()
    sources = [path for folder in FOLDERS for path in glob.glob(os.path.join(root, folder, "**/*.[ch]"), recursive=True)]
    words = set(re.findall(r"\w+", "\n".join(map(read, sources))))
    faults = 0
    for page in pages:
        text = read(os.path.join(root, page))
        for fault in [*link_faults(page, text, root), *path_faults(page, text, root), *command_faults(text, known),
                      *program_faults(text, compiled), *function_faults(text, words), *compile_faults(text, root)]:
            print(f"{page}: {fault}")
            faults += 1
    if not pages:
        print("no document found")
    return 1 if faults or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
