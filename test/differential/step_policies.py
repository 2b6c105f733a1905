#!/usr/bin/env python3
"""Grants, policies and row changes on SQLite against a real PostgreSQL.

Random schemas with policies, grants and views; then statements as several
roles on both engines, comparing rows, row counts and SQLSTATEs. A difference
is printed with the seed that shows it again: --seed N --statements M.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from generate import Generator  # noqa: E402
from postgres import postgres  # noqa: E402

LIMIT = 1500
PER_SCHEMA = 100


class Engine:
    def __init__(self, driver, url, env=None):
        self.process = subprocess.Popen([driver, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=env)

    def ask(self, line):
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the engine ended (status {self.process.wait()}) at: {json.dumps(line)[:2000]}")
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        return self.process.wait()


def comparable(answer, ordered):
    if "error" in answer:
        return ("error", answer["error"][0])
    rows = [tuple(row) for row in answer["rows"]]
    return ("rows", rows if ordered else sorted(rows, key=repr), answer.get("affected"))


def run_schema(driver, pg, seed, statements, show, make=Generator):
    """Returns (compared, differences, hits)."""
    generator = make(seed)
    database = f"d{seed}"
    pg.psql(f'create database "{database}"')
    differences = []
    compared = 0
    with tempfile.TemporaryDirectory(prefix="bedplate-diff-") as folder:
        engines = [Engine(driver, pg.url(database=database)), Engine(driver, f"sqlite:{folder}/db.sqlite")]
        log = []

        def both(line):
            nonlocal compared
            ordered = line.pop("ordered", False)
            log.append(line)
            answers = [e.ask(line) for e in engines]
            compared += 1
            left, right = (comparable(a, ordered) for a in answers)
            if left != right:
                differences.append((line, answers))
                if show:
                    print(f"DIFFERENCE seed {seed}, statement {compared}: {json.dumps(line)}\n"
                          f"   PostgreSQL {json.dumps(answers[0])[:600]}\n   SQLite     {json.dumps(answers[1])[:600]}", flush=True)
            return left == right

        for sql in generator.schema():
            if sql.startswith("create role"):
                # Roles belong to the whole PostgreSQL server.
                pg.psql("do $$ begin create role editor nologin; exception when duplicate_object then null; end $$")
                engines[1].ask({"script": sql})
                continue
            both({"script": sql})
        for sql in generator.seed_rows:
            both({"role": "service_role", "claims": "{}", "sql": sql, "commit": True})
        for _ in range(statements):
            both(generator.statement())
        for engine in engines:
            engine.close()
    pg.psql(f'drop database "{database}"')
    return compared, differences, generator.hits


def print_hits(hits, is_long):
    """Which pairs of features met in one statement, and how often."""
    features = sorted({f for pair in hits for f in pair})
    print(f"{len(features)} features; {len(hits)} pairs of them met in a statement")
    for feature in features:
        met = [count for pair, count in hits.items() if feature in pair]
        print(f"  {feature:<36} with {len(met):>3} others, {sum(met):>8} times, least {min(met):>5}")
    if is_long:
        for (left, right), count in sorted(hits.items()):
            print(f"    {left:<36} {right:<36} {count:>8}")


def main(make=Generator, quick=1000, full=20000):
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build/asan")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--statements", type=int)
    parser.add_argument("--show", type=int, default=12, help="differences to print")
    args = parser.parse_args()
    total = args.statements or (full if args.full else quick)
    driver = os.path.join(args.build, "test", "differential", "differential_driver")
    compared, failed, hits = 0, 0, None
    with postgres() as pg:
        seed = args.seed
        while compared < total:
            n, differences, more = run_schema(driver, pg, seed, min(PER_SCHEMA, total), failed < args.show, make)
            compared, failed, seed = compared + n, failed + len(differences), seed + 1
            hits = more if hits is None else hits + more
    print_hits(hits, args.full)
    print(f"{compared - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
