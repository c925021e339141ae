"""What the server tests have in common: the sender program, and a runner that does not call nothing a success."""

# SPDX-License-Identifier: MIT

import os
import subprocess
import sys
import tempfile
import unittest

import lifetime

EXIT_SKIPPED = 77  # CTest's SKIP_RETURN_CODE for these tests
SENDER_LIMIT_S = 30

AUTHENTICATION_REFUSED = {"netx": "status 0xAD", "client": "error -201 step AUTH reply 535"}
RECIPIENT_REFUSED = {"netx": "status 0xAA", "client": "error -201 step RCPT TO reply 550"}


def path_beside_this_file(name):
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), name)


def send(api, host, port, body, sender, recipient, subject, *options):
    """Run the sender program; return "" if the mail was accepted, else what the program said."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        result = subprocess.run(
            [os.environ["POSTINO_SEND_FILE"], "--api", api, "--host", host, "--port", str(port), "--from", sender,
             "--to", recipient, "--subject", subject, *options, file.name],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SENDER_LIMIT_S)
    said = (result.stdout + result.stderr).strip()
    if result.returncode == 0:
        return said
    return said or "exit status %d" % result.returncode


def start(program, *arguments, enter=unittest.enterModuleContext):
    """In setUpModule: start a server program of this folder for all the module's tests; return its info.

    A server that this machine cannot have skips them. In setUpClass, enter is cls.enterClassContext.
    """
    try:
        return enter(lifetime.ServerProcess(path_beside_this_file(program), *arguments)).info
    except lifetime.Unavailable as reason:
        raise unittest.SkipTest(str(reason)) from None


def main(module):
    """Run the module's tests. Exit status: 0 all passed, 77 all skipped, 1 a failure, or no test at all."""
    if "POSTINO_SEND_FILE" not in os.environ:
        sys.exit("POSTINO_SEND_FILE must name the built send_file program")
    program = unittest.main(module, exit=False)
    if not program.result.wasSuccessful():
        sys.exit(1)
    for _, reason in program.result.skipped:
        print("skipped: " + reason)
    if program.result.testsRun == 0:
        sys.exit(EXIT_SKIPPED if program.result.skipped else "no test ran")
