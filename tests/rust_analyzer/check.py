#!/usr/bin/env python3
"""Asks rust-analyzer about a package that uses `workflow!`, as an editor does, and prints what works.

Needs rust-analyzer and the sources of the standard library:

    rustup component add rust-analyzer rust-src
    python3 tests/rust_analyzer/check.py

It ends with 1 when something does not work that should, or works that is listed as impossible. It is no part of CI: what is
tested is as much rust-analyzer as it is this repository.
"""

import argparse
import dataclasses
import os
import pathlib
import subprocess
import sys

from cases import ALWAYS, LARGE, LARGE_ALWAYS, LARGE_LOST, LARGE_MISTAKES, LOST, MISTAKES, SOUND, Case
from lsp import Document, Failed, Server

HERE = pathlib.Path(__file__).resolve().parent
SAMPLE = HERE / "sample"
TARGET = HERE.parent.parent / "target" / "rust_analyzer"


def main():
    parser = argparse.ArgumentParser(description="Asks rust-analyzer about a package that uses `workflow!`.")
    parser.add_argument("--server", default="rust-analyzer", help="the program (default: the one that is found)")
    parser.add_argument("--only", default="", help="only the cases with this in their name")
    parser.add_argument("--seconds", type=float, default=300, help="how long an answer may take")
    options = parser.parse_args()

    environment = {"CARGO_TARGET_DIR": os.environ.get("CARGO_TARGET_DIR", str(TARGET)), "CARGO_PROFILE_DEV_DEBUG": "0"}
    # The macro and its dependencies are built before anybody waits for an answer.
    subprocess.run(["cargo", "check", "--quiet"], cwd=SAMPLE, env=os.environ | environment, check=True)
    settings = {
        "cargo": {"buildScripts": {"enable": True}, "extraEnv": environment},
        "procMacro": {"enable": True},
        # What rustc says is tested elsewhere.
        "checkOnSave": False,
        "cachePriming": {"enable": False},
    }
    version = subprocess.run([options.server, "--version"], capture_output=True, text=True)
    if version.returncode != 0:
        sys.exit(f"{options.server} cannot be run:\n{version.stderr.strip()}")
    print(f"{version.stdout.strip()}\n")

    server = Server([options.server], SAMPLE, settings, options.seconds)
    try:
        health, message = server.start()
        if health != "ok":
            sys.exit(f"rust-analyzer could not load the sample: {message}")
        outcomes = []
        for file, cases in files():
            document = Document(server, file)
            outcomes += [run(document, name, case, edits) for name, case, edits in cases if options.only in name]
            document.edit([])
    finally:
        server.stop()
    failed = outcomes.count(False)
    print(f"\n{len(outcomes) - failed} as expected, {failed} not")
    sys.exit(1 if failed or not outcomes else 0)


def files():
    """Each file of the sample, with its cases."""
    yield "src/lib.rs", cases("", SOUND, ALWAYS, MISTAKES, LOST)
    yield "src/large.rs", cases("large: ", LARGE, LARGE_ALWAYS, LARGE_MISTAKES, LARGE_LOST)


def cases(where, sound, always, mistakes, lost):
    """Each case with its name, and the edits that are made for it."""
    for case in [*sound, *always]:
        yield where + case.what, case, case.edits
    for mistake, edits in mistakes.items():
        why, what = lost.get(mistake, ("", []))
        for case in always:
            if any(part in case.what for part in what):
                case = dataclasses.replace(case, fails=why)
            yield f"{where}{case.what}, with {mistake}", case, [*case.edits, *edits]


def run(document, name, case, edits):
    """Whether the answer is what it should be; it is printed."""
    try:
        document.edit(edits)
        wrong = difference(case, case.ask(document))
    except Failed as failed:
        wrong = str(failed)
    if case.fails:
        if wrong:
            print(f"  no   {name}: {case.fails}")
            return True
        print(f"  ???  {name}: works now, and is listed as impossible")
        return False
    print(f"  {'FAIL' if wrong else 'yes '} {name}{': ' + wrong if wrong else ''}")
    return not wrong


def difference(case: Case, answer):
    """How an answer differs from what it should be; nothing where it does not."""
    if case.equals is not None:
        if answer == case.equals:
            return ""
        missing = [one for one in case.equals if one not in answer]
        more = [one for one in answer if one not in case.equals]
        return f"missing {missing}, too many {more}"
    names = answer if isinstance(answer, str) else [label.split("(")[0] for label in answer]
    missing = [one for one in case.has if one not in names]
    more = [one for one in case.lacks if one in names]
    return f"missing {missing}, too many {more}" if missing or more else ""


if __name__ == "__main__":
    main()
