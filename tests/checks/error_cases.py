#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every error code has a case that makes it happen: a transcript that expects it, or a test that asserts it.

Usage: error_cases.py ROOT
"""

import os
import re
import sys

# They list the codes, and make none happen.
LISTS = {"test_error.c", "transcript_words.c", "error_cases.py"}


def codes(root):
    with open(os.path.join(root, "include/postino/error.h"), encoding="utf-8") as header:
        return re.findall(r"^    POSTINO_ERROR_(\w+)\s*=", header.read(), re.MULTILINE)


def cases(root):
    """The codes that a test expects, each with the first file that does."""
    found = {}
    for folder, _, names in os.walk(os.path.join(root, "tests")):
        for name in sorted(set(names) - LISTS):
            path = os.path.join(folder, name)
            if name.endswith(".txt") and os.path.basename(folder) == "transcripts":
                pattern = r"^(?:\[[^]]*\] )?(?:case|expect|ends|service) .*?\b(?:error|submit)=(\w+)"
            elif name.endswith((".c", ".h")):
                pattern = r"\bPOSTINO_ERROR_(\w+)"
            elif name.endswith(".py"):
                # The tests of TLS name the code without its front.
                pattern = r"\brefused\(([A-Z]+)"
            else:
                continue
            with open(path, encoding="utf-8", errors="replace") as file:
                for code in re.findall(pattern, file.read(), re.MULTILINE):
                    code = "TLS_" + code if name.endswith(".py") else code
                    found.setdefault(code, os.path.relpath(path, root))
    return found


def main():
    root = sys.argv[1]
    found = cases(root)
    missing = [code for code in codes(root) if code not in found]
    for code in missing:
        print(f"no test makes POSTINO_ERROR_{code} happen")
    print(f"{len(codes(root)) - len(missing)} errors with a case, {len(missing)} without")
    return 1 if missing else 0


sys.exit(main())
