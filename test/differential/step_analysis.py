#!/usr/bin/env python3
"""What the analyser makes of a list of queries, compared with a real PostgreSQL:
result columns' names and types, or SQLSTATE, position, message and hint.

analysis.sql has a query a line. A line `-- differs: why` says that the next
query is known to differ; it fails once it no longer does.
"""
import argparse
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from postgres import bindir, postgres  # noqa: E402

HEAD = "\\set VERBOSITY verbose\n\\pset format unaligned\n\\pset tuples_only on\n\\pset fieldsep '|'\nset search_path = public;\n"
EXTENSIONS = 'create extension citext; create extension pgcrypto; create extension "uuid-ossp";\n'


def read_queries():
    queries, why = [], None
    with open(os.path.join(HERE, "analysis.sql"), encoding="utf-8") as f:
        for line in f.read().splitlines():
            if line.startswith("-- differs: "):
                why = line[len("-- differs: "):]
            elif line and not line.startswith("--"):
                queries.append((line, why))
                why = None
    return queries


def position(text):
    """Of the caret under psql's LINE; '~' where psql cut the line short."""
    caret = re.search(r"LINE 1: (.*)\n(\s*)\^", text)
    if not caret:
        return "0"
    return "~" if "..." in caret.group(1) else str(len(caret.group(2)) - len("LINE 1: ") + 1)


def of_postgres(text):
    error = re.search(r"ERROR:  (\w{5}): (.*)", text)
    if not error:
        text = text.strip()
        return "" if text.startswith("The command has no result") else "; ".join(text.split("\n"))
    hint = re.search(r"HINT:  (.*)", text)
    return f"{error.group(1)} @{position(text)} {error.group(2)}" + (f" HINT: {hint.group(1)}" if hint else "")


def ask_postgres(server, queries):
    script = HEAD + "".join(f"\\echo ==={i}\n{q} \\gdesc\n" for i, (q, _) in enumerate(queries))
    done = subprocess.run(["psql", "-X", "-q", server.url()], input=script, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    parts = re.split(r"^===(\d+)\n", done.stdout, flags=re.M)
    return {int(parts[i]): of_postgres(parts[i + 1]) for i in range(1, len(parts), 2)}


def same(theirs, ours):
    if "@~" in theirs:
        ours = re.sub(r"@\d+", "@~", ours, count=1)
    return theirs == ours


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--build", required=True)
    args.add_argument("--full", action="store_true")
    build = args.parse_args().build
    queries = read_queries()
    if not bindir():
        print("SKIP no PostgreSQL server is installed")
        print(f"0 passed, 0 failed, {len(queries)} skipped")
        return 0
    program = os.path.join(build, "test", "unit", "sql_describe")
    fixture = subprocess.run([program, "--fixture"], capture_output=True, text=True, check=True).stdout
    ours = subprocess.run([program], input="".join(q + "\n" for q, _ in queries), capture_output=True, text=True,
                          check=True).stdout.split("\n")
    with postgres() as server:
        server.psql(EXTENSIONS + fixture)
        theirs = ask_postgres(server, queries)
    passed = failed = 0
    for i, (query, why) in enumerate(queries):
        if same(theirs.get(i, "?"), ours[i]) == (why is None):
            passed += 1
            continue
        failed += 1
        print(f"{query}\n  PostgreSQL: {theirs.get(i)}\n  here:       {ours[i]}" + ("\n  known to differ" if why else ""))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
