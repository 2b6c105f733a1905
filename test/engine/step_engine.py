#!/usr/bin/env python3
"""The conformance suite of the engines, against SQLite and a private PostgreSQL."""
import argparse
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from bedplate import Counts  # noqa: E402
from postgres import bindir, postgres  # noqa: E402

LIMIT = 600


def run(counts, name, program, url=None):
    env = dict(os.environ)
    if url:
        env["BEDPLATE_TEST_URL"] = url
    done = subprocess.run([program], env=env, capture_output=True, text=True)
    found = re.search(r"^(\d+) passed, (\d+) failed$", done.stdout, re.M)
    counts.passed += int(found.group(1)) if found else 0
    counts.failed += int(found.group(2)) if found else 1
    if not found or found.group(2) != "0":
        print(f"{name}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/asan")
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    counts = Counts()
    folder = os.path.join(args.build, "test", "engine")
    suite = os.path.join(folder, "test_engine")
    run(counts, "built-ins", os.path.join(folder, "test_sqlite_builtin"))
    run(counts, "sqlite", suite)
    if bindir():
        with postgres() as server:
            run(counts, "postgres", suite, server.url())
    else:
        counts.skip("postgres", "no PostgreSQL server is installed")
    return counts.done()


if __name__ == "__main__":
    sys.exit(main())
