#!/usr/bin/env python3
"""The system catalogs on SQLite and on a real PostgreSQL after the same DDL
(catalogs.sql): the shape of every relation of spec/syscat.def, the rows of
catalogs and information_schema by names instead of oids, and what the catalogs'
functions answer (catalog_queries.sql)."""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from postgres import bindir, postgres  # noqa: E402

EXTENSIONS = 'create extension citext; create extension pgcrypto; create extension "uuid-ossp";'
SHAPE = """select n.nspname, c.relname, a.attname, format_type(a.atttypid, null)
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
where n.nspname in ('pg_catalog', 'information_schema') and a.attnum > 0 order by 1, 2, a.attnum"""


class Engine:
    def __init__(self, driver, url):
        self.process = subprocess.Popen([driver, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the engine ended (status {self.process.wait()}) at: {json.dumps(line)}")
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def statements(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as f:
        return [line for line in f.read().splitlines() if line and not line.startswith("--")]


def relations():
    with open(os.path.join(ROOT, "spec", "syscat.def"), encoding="utf-8") as f:
        return set(re.findall(r'SYSCAT\("(\w+)", "(\w+)"', f.read()))


def comparable(answer, ordered):
    if "error" in answer:
        return answer["error"][0]
    rows = [tuple(row) for row in answer["rows"]]
    return rows if ordered else sorted(rows, key=repr)


def shapes(engine):
    answer = engine.ask({"role": "postgres", "claims": "{}", "sql": SHAPE})
    if "error" in answer:
        raise RuntimeError(answer["error"])
    shape = {}
    for schema, relation, *column in answer["rows"]:
        shape.setdefault((schema, relation), []).append(tuple(column))
    return shape


def compare_shapes(engines):
    theirs, ours = (shapes(e) for e in engines)
    failed = 0
    for relation in sorted(relations()):
        if theirs.get(relation) != ours.get(relation):
            # one column, anyarray, is shown as an array of text
            left, right = (str(s.get(relation)).replace("text[]", "anyarray") for s in (theirs, ours))
            failed += left != right
            if left != right:
                print(f"{relation}:\n  PostgreSQL: {left}\n  SQLite:     {right}")
    return failed


def difference(left, right):
    if not isinstance(left, list) or not isinstance(right, list):
        return f"  PostgreSQL: {str(left)[:1500]}\n  SQLite:     {str(right)[:1500]}"
    only = [f"  PostgreSQL: {r}" for r in left if r not in right] + [f"  SQLite:     {r}" for r in right if r not in left]
    return "\n".join(only[:12]) or "  the order"


def run(build):
    failed = 0
    driver = os.path.join(build, "test", "differential", "differential_driver")
    queries = statements("catalog_queries.sql")
    with postgres() as pg, tempfile.TemporaryDirectory(prefix="bedplate-catalogs-") as folder:
        pg.psql(EXTENSIONS)
        engines = [Engine(driver, pg.url()), Engine(driver, f"sqlite:{folder}/db.sqlite")]
        for sql in statements("catalogs.sql"):
            for engine in engines:
                answer = engine.ask({"script": sql})
                if "error" in answer:
                    raise RuntimeError(f"{sql}: {answer['error']}")
        failed += compare_shapes(engines)
        for sql in queries:
            role = "anon" if sql.startswith("/* anon */") else "postgres"
            answers = [e.ask({"role": role, "claims": "{}", "sql": sql}) for e in engines]
            left, right = (comparable(a, " order by " in sql) for a in answers)
            if left != right:
                failed += 1
                print(f"{sql}\n{difference(left, right)}")
        for engine in engines:
            engine.close()
    return len(queries) + len(relations()), failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/asan")
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    if not bindir():
        print("SKIP no PostgreSQL server is installed")
        print("0 passed, 0 failed, 1 skipped")
        return 0
    total, failed = run(args.build)
    print(f"{total - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
