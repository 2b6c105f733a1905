#!/usr/bin/env python3
"""Chinook, a real data set, as one migration on both engines: every table has
the same rows afterwards. Skipped where shared/data is not beside the repository."""
import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from bedplate import Counts, shared  # noqa: E402
from postgres import bindir, postgres  # noqa: E402

LIMIT = 240


def run_driver(build, url, lines):
    driver = os.path.join(build, "test", "differential", "differential_driver")
    began = time.monotonic()
    done = subprocess.run([driver, url], input="\n".join(json.dumps(line) for line in lines) + "\n",
                          capture_output=True, text=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(lines):
        raise RuntimeError(f"{url}: {done.stderr[-500:]}")
    return answers, time.monotonic() - began


def digest(answer):
    if "error" in answer:
        return "error " + " ".join(answer["error"])
    rows = sorted(json.dumps(row) for row in answer["rows"])
    return f"{len(rows)} rows {hashlib.sha256(chr(10).join(rows).encode()).hexdigest()[:16]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/asan")
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    counts = Counts()
    path = shared("data", "chinook", "chinook_postgresql.sql")
    if not path or not bindir():
        counts.skip("chinook", "shared/data is not beside this repository" if not path else "no PostgreSQL server is installed")
        return counts.done()
    with open(path, encoding="utf-8") as f:
        script = f.read()
    # The dump makes a database of its own first, which a migration does not.
    script = re.sub(r"(?im)^\s*(drop database|create database|\\c)\b.*$", "", script)
    tables = re.findall(r'(?i)create table "?(\w+)"?', script)
    lines = [{"script": script}] + [{"role": "postgres", "sql": f"select * from {t}"} for t in tables]
    with postgres() as pg, tempfile.TemporaryDirectory(prefix="bedplate-chinook-") as folder:
        expected, _ = run_driver(args.build, pg.url(), lines)
        found, seconds = run_driver(args.build, f"sqlite:{folder}/db.sqlite", lines)
    counts.check("the migration applies on PostgreSQL", "error" not in expected[0], expected[0])
    counts.check("the migration applies on SQLite", "error" not in found[0], found[0])
    for table, left, right in zip(tables, expected[1:], found[1:]):
        counts.equal(f"rows of {table}", digest(right), digest(left))
    rows = sum(len(a.get("rows", [])) for a in found[1:])
    print(f"{len(tables)} tables, {rows} rows; SQLite took {seconds:.2f} s with this build")
    counts.check("there are rows to compare", rows > 15000, rows)
    return counts.done()


if __name__ == "__main__":
    sys.exit(main())
