#!/usr/bin/env python3
"""Statements about functions and triggers, and calls, compared with a real
PostgreSQL: accepted with the same result columns, or refused with the same
SQLSTATE, position, message, detail and hint.

functions.sql has a statement a line, which see what those before them did. A
line `-- differs: why` says that the next one is known to differ; it fails once
it no longer does.
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
START = "create role other; create role boss superuser; grant all on schema public to public;"
QUERY = re.compile(r"(select|insert|update|delete|values|with)\b", re.I)


def read_statements():
    statements, why = [], None
    with open(os.path.join(HERE, "functions.sql"), encoding="utf-8") as f:
        for line in f.read().splitlines():
            if line.startswith("-- differs: "):
                why = line[len("-- differs: "):]
            elif line and not line.startswith("--"):
                statements.append((line, why))
                why = None
    return statements


def position(text):
    """Of the caret under psql's LINE; '~' where psql cut the line short."""
    caret = re.search(r"LINE 1: (.*)\n(\s*)\^", text)
    if not caret:
        return "0"
    return "~" if "..." in caret.group(1) else str(len(caret.group(2)) - len("LINE 1: ") + 1)


def part(text, name):
    found = re.search(rf"^{name}:  (.*(?:\n(?!(?:DETAIL|HINT|CONTEXT|LOCATION|LINE 1|SCHEMA NAME)).*)*)", text, re.M)
    return f" {name}: " + " ".join(found.group(1).split("\n")) if found else ""


def of_postgres(text, is_query):
    error = re.search(r"ERROR:  (\w{5}): (.*)", text)
    if error:
        return f"{error.group(1)} @{position(text)} {error.group(2)}{part(text, 'DETAIL')}{part(text, 'HINT')}"
    lines = [line for line in text.strip().split("\n") if not re.match(r"(NOTICE|LOCATION|DETAIL|WARNING)", line)]
    if not is_query or not lines or lines[0].startswith("The command has no result"):
        return "ok"
    return "; ".join(lines)


def ask_postgres(server, statements):
    script = HEAD
    for i, (text, _) in enumerate(statements):
        script += f"\\echo ==={i}\n{text} " + ("\\gdesc\n" if QUERY.match(text) else ";\n")
    done = subprocess.run(["psql", "-X", "-q", server.url()], input=script, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    parts = re.split(r"^===(\d+)\n", done.stdout, flags=re.M)
    return {int(parts[i]): of_postgres(parts[i + 1], bool(QUERY.match(statements[int(parts[i])][0])))
            for i in range(1, len(parts), 2)}


def sorted_details(answer):
    """What depends on an object is listed in an order of its own here."""
    found = re.search(r"DETAIL: (.* depends on .*) HINT:", answer)
    if not answer.startswith("2BP01") or not found:
        return answer
    items = re.findall(r"(?:(?:default value|constraint|column|index|view|materialized view|policy|trigger|function|type) )"
                       r".*? depends on (?:function|type|table|view) \S+", found.group(1))
    return answer.replace(found.group(1), "; ".join(sorted(items)))


def same(theirs, ours):
    theirs, ours = sorted_details(theirs), sorted_details(ours)
    if "@~" in theirs:
        ours = re.sub(r"@\d+", "@~", ours, count=1)
    return theirs == ours


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--build", required=True)
    args.add_argument("--full", action="store_true")
    build = args.parse_args().build
    statements = read_statements()
    if not bindir():
        print("SKIP no PostgreSQL server is installed")
        print(f"0 passed, 0 failed, {len(statements)} skipped")
        return 0
    program = os.path.join(build, "test", "unit", "ddl_describe")
    ours = subprocess.run([program], input="".join(s + "\n" for s, _ in statements), capture_output=True, text=True,
                          check=True).stdout.split("\n")
    with postgres() as server:
        server.psql(START)
        theirs = ask_postgres(server, statements)
    passed = failed = 0
    for i, (statement, why) in enumerate(statements):
        if same(theirs.get(i, "?"), ours[i]) == (why is None):
            passed += 1
            continue
        failed += 1
        print(f"{statement}\n  PostgreSQL: {theirs.get(i)}\n  here:       {ours[i]}" + ("\n  known to differ" if why else ""))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
