#!/usr/bin/env python3
"""SQL functions in policies, views, conditions and FROM, on SQLite against a real
PostgreSQL: the same rows, counts or SQLSTATEs for several roles.

inline.sql has the schema, then the queries, a line each.
"""
import argparse
import json
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
sys.path.insert(0, HERE)
from postgres import bindir, postgres  # noqa: E402
from step_policies import Engine, comparable  # noqa: E402

ROLES = "create role anon; create role authenticated; create role service_role bypassrls;"
AS = [("anon", "{}")] + [("authenticated", json.dumps({"sub": who})) for who in ("ann", "bob", "zoe")]


def read():
    schema, queries = [], None
    with open(os.path.join(HERE, "inline.sql"), encoding="utf-8") as f:
        for line in f.read().splitlines():
            if line.startswith("-- queries"):
                queries = []
            elif line and not line.startswith("--"):
                (schema if queries is None else queries).append(line)
    return schema, queries


def run(build, schema, queries):
    passed = failed = 0
    driver = os.path.join(build, "test", "differential", "differential_driver")
    with postgres() as pg, tempfile.TemporaryDirectory(prefix="bedplate-inline-") as folder:
        engines = [Engine(driver, pg.url()), Engine(driver, f"sqlite:{folder}/db.sqlite")]
        engines[0].ask({"script": ROLES})
        for sql in schema:
            for engine in engines:
                answer = engine.ask({"script": sql})
                if "error" in answer:
                    raise RuntimeError(f"{sql}: {answer['error']}")
        for sql in queries:
            for role, claims in AS:
                answers = [e.ask({"role": role, "claims": claims, "sql": sql}) for e in engines]
                left, right = (comparable(a, " order by " in sql) for a in answers)
                passed += left == right
                if left == right:
                    continue
                failed += 1
                print(f"{sql}\n  as {role} {claims}\n  PostgreSQL: {json.dumps(answers[0])[:500]}\n"
                      f"  SQLite:     {json.dumps(answers[1])[:500]}")
        for engine in engines:
            engine.close()
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/asan")
    parser.add_argument("--full", action="store_true")
    build = parser.parse_args().build
    schema, queries = read()
    if not bindir():
        print("SKIP no PostgreSQL server is installed")
        print(f"0 passed, 0 failed, {len(queries) * len(AS)} skipped")
        return 0
    passed, failed = run(build, schema, queries)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
