#!/usr/bin/env python3
"""Broken and whole bodies: what our parser says of each, against PostgreSQL's
CREATE FUNCTION: SQLSTATE, message and cursor position. The bodies are bodies.txt and
mutations of its whole ones (a token taken away, doubled or replaced)."""
import argparse
import os
import random
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from postgres import bindir, postgres  # noqa: E402
from pq import Connection, Failure  # noqa: E402

TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\w+|:=|\.\.|<<|>>|\s+|.", re.S)
WORDS = ["end", ";", ":=", "if", "loop", "then", "x", "1", "(", ")", ",", "'s'", "into", "begin", ".", "=", "using",
         "when", "int", "case", "for", "null"]
# Names that only a catalog can answer: looked up later here.
LATE = re.compile(r'^type "|^relation "|^schema "|does not exist$|^improper qualified|is a pseudo-type|^variable "\w+" has pseudo')


def read_cases(text):
    for part in re.split(r"^## ", text, flags=re.M)[1:]:
        head, body = part.split("\n", 1)
        yield head, body[:-1] if body.endswith("\n") else body


def mutations(cases, count, seed):
    rng = random.Random(seed)
    for _ in range(count):
        head, body = rng.choice(cases)
        tokens = TOKEN.findall(body)
        at = rng.randrange(len(tokens))
        what = rng.randrange(4)
        if what == 0:
            del tokens[at]
        elif what == 1:
            tokens.insert(at, " " + tokens[at] + " ")
        elif what == 2:
            tokens[at] = " " + rng.choice(WORDS) + " "
        else:
            tokens[at:] = []
        text = "".join(tokens)
        if "$q$" not in text and "\n## " not in text:
            yield head, text


def statement(head, body):
    returns, args = head.split("|")
    if returns == "do":
        return "DO $body$", f"DO $body${body}$body$"
    if returns == "procedure":
        start = f"CREATE OR REPLACE PROCEDURE pg_temp.p({args}) LANGUAGE plpgsql AS $body$"
    else:
        start = f"CREATE FUNCTION pg_temp.f({args}) RETURNS {returns} LANGUAGE plpgsql AS $body$"
    return start, start + body + "$body$"


def theirs(conn, head, body):
    start, sql = statement(head, body)
    if head.startswith("do"):
        # DO runs too: make it a function, whose name the messages do not hold.
        start = "CREATE FUNCTION pg_temp.f() RETURNS void LANGUAGE plpgsql AS $body$"
        sql = start + body + "$body$"
    try:
        conn.run("begin; " + "create type pg_temp.row1 as (a int)")
        conn.run(sql)
        return "ok"
    except Failure as f:
        position = int(f.position) - len(start) if f.position else 0
        return f"{f.code}|{position}|{f.message}"
    finally:
        conn.run("rollback")


def ours(program, cases):
    text = "".join(f"## {head}\n{body}\n" for head, body in cases)
    done = subprocess.run([program], input=text, capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    # A message may hold line breaks of the body.
    return re.findall(r"^(?:ok|\w{5}\|\d+\|.*(?:\n(?!ok$|\w{5}\|\d+\|).*)*)$", done.stdout.rstrip("\n"), re.M)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--mutations", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=20)
    args = parser.parse_args()
    if not bindir():
        print("SKIP no PostgreSQL server is installed\n0 passed, 0 failed, 1 skipped")
        return 0
    with open(os.path.join(HERE, "bodies.txt"), encoding="utf-8") as f:
        cases = list(read_cases(f.read()))
    program = os.path.join(args.build, "test", "plpgsql", "plpgsql_parse_cases")
    whole = [case for case, answer in zip(cases, ours(program, cases)) if answer == "ok"]
    cases += list(mutations(whole, args.mutations or (20000 if args.full else 1500), args.seed))
    answers = ours(program, cases)
    passed = failed = late = 0
    with postgres() as server:
        conn = Connection(server.url())
        for (head, body), got in zip(cases, answers):
            want = theirs(conn, head, body)
            if got == want:
                passed += 1
            elif (got == "ok" or want.startswith("42704")) and LATE.search(want.split("|", 2)[-1]):
                late += 1
            else:
                failed += 1
                if failed <= args.show:
                    print(f"FAILED {head}: {body!r}\n   PostgreSQL {want}\n   ours       {got}")
        conn.close()
    if len(answers) != len(cases):
        print(f"FAILED {len(answers)} answers for {len(cases)} bodies")
        failed += 1
    print(f"{late} bodies name a type or table that only the catalog knows")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
