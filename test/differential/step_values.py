#!/usr/bin/env python3
"""Values, casts and functions of src/value against a real PostgreSQL.

Runs values/values.py with a private server: generated literals and calls,
compared by value or by SQLSTATE, message and detail; with --full more of
them, and two more time zones.
"""
import argparse
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from postgres import postgres  # noqa: E402

LIMIT = 900


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/asan")
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    driver = os.path.join(args.build, "test", "differential", "values", "value_driver")
    runs = [("UTC", "1", "20")]
    if args.full:
        runs = [("UTC", "1", "200"), ("Europe/Berlin", "2", "60"), ("America/New_York", "3", "60")]
    passed = failed = 0
    with postgres() as pg:
        for zone, seed, size in runs:
            done = subprocess.run([sys.executable, os.path.join(HERE, "values", "values.py"), driver,
                                   "--dsn", pg.url(), "--zone", zone, "--seed", seed, "--size", size],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            found = re.findall(r"^(\d+) passed, (\d+) failed$", done.stdout, re.M)
            # per-group counts only where something differs: there are hundreds
            shown = [line for line in done.stdout.splitlines() if not line.endswith("     0 differ")]
            print(f"zone {zone}, seed {seed}:\n" + "\n".join(shown), flush=True)
            passed += int(found[-1][0]) if found else 0
            failed += int(found[-1][1]) if found else 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
