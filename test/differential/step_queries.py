#!/usr/bin/env python3
"""Runs the queries of analysis.sql on SQLite and on a real PostgreSQL, over the
same few rows, and compares what they return: rows (in order where the query
has one), affected rows, or SQLSTATE.

Queries that are known to differ, or that a line `-- rows: why` precedes, are
left out, and so are those whose result depends on the clock or on chance.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from postgres import bindir, postgres  # noqa: E402

EXTENSIONS = 'create extension citext; create extension pgcrypto; create extension "uuid-ossp";'

ROWS = r"""
insert into t values (1, 'Ann', 'ann@x.com', 10.50, 10000000000, 3, 1.5, true, '6b29fc40-ca47-1067-b31d-00dd010662da', '2024-02-29', '2024-02-29 12:34:56.789', '2024-02-29 12:34:56.789+02', '1 day 02:03:04', '{"a": 1, "b": [1,2,{"c":null}]}', '{"b":[1,2,{"c":null}],"a":1, "n": 5}', '{a,b,NULL}', '{1,2,3}', 'sad', 5, '\x0102ff', 'abc', '10:11:12', '2.25')
insert into t values (2, 'Zoë', NULL, -0.05, -5, -3, -2.5, false, '00000000-0000-0000-0000-000000000001', '1999-12-31', '1999-12-31 23:59:59', '1999-12-31 23:59:59+00', '-1 mon -2 days', '[1,"x",true,null]', '[1,"x",true,null]', '{}', '{}', 'happy', 1, '\x', 'de  ', '00:00:00', '-1')
insert into t(id) values (3)
insert into t values (4, 'ann', 'b,c', 0, 0, 0, 0, true, 'ffffffff-ffff-ffff-ffff-ffffffffffff', '2024-03-01', '2024-03-01 00:00:00', '2024-03-01 00:00:00+00', '25 hours', '"s"', '"s"', '{"x y","q\"z"}', '{5,NULL}', 'ok', 7, '\xdeadbeef', '', '23:59:59.5', '0.1')
insert into child values (1, 1, 'one', 10, 'sad'), (2, 1, 'two', 20, 'ok'), (3, 2, 'three', NULL, NULL), (4, NULL, 'x', 5, 'happy')
insert into gen(alt, a, code) values (1, 1, 'A'), (2, -1, 'b'), (3, NULL, NULL)
"""

BY_CHANCE = re.compile(r"random\(|uuid\(|uuid_generate|gen_salt|gen_random|version\(|current_database|now\(|current_|localtime|"
                       r"session_user|age\(|\$\d")


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


def read_queries():
    queries, left_out = [], False
    with open(os.path.join(HERE, "analysis.sql"), encoding="utf-8") as f:
        for line in f.read().splitlines():
            if line.startswith("--"):
                left_out = left_out or line.startswith(("-- differs: ", "-- rows: "))
            elif line:
                if not left_out and not BY_CHANCE.search(line):
                    queries.append(line)
                left_out = False
    return queries


def comparable(answer, ordered):
    if "error" in answer:
        return answer["error"][0]
    rows = [tuple(row) for row in answer["rows"]]
    return (rows if ordered else sorted(rows, key=repr)), answer.get("affected")


def schema(build):
    program = os.path.join(build, "test", "unit", "sql_describe")
    text = subprocess.run([program, "--fixture"], capture_output=True, text=True, check=True).stdout
    # The project's own functions do not run on SQLite yet.
    return [line for line in text.splitlines() if not line.startswith("create function")] + ROWS.strip().splitlines()


def run(args, queries):
    failed = 0
    driver = os.path.join(args.build, "test", "differential", "differential_driver")
    with postgres() as pg, tempfile.TemporaryDirectory(prefix="bedplate-queries-") as folder:
        pg.psql(EXTENSIONS)
        engines = [Engine(driver, pg.url()), Engine(driver, f"sqlite:{folder}/db.sqlite")]
        for sql in schema(args.build):
            for engine in engines:
                answer = engine.ask({"script": sql})
                if "error" in answer:
                    raise RuntimeError(f"{sql}: {answer['error']}")
        for sql in queries:
            answers = [e.ask({"role": "postgres", "claims": "{}", "sql": sql}) for e in engines]
            left, right = (comparable(a, " order by " in sql) for a in answers)
            if left != right:
                failed += 1
                print(f"{sql}\n  PostgreSQL: {json.dumps(answers[0], ensure_ascii=False)[:600]}\n"
                      f"  SQLite:     {json.dumps(answers[1], ensure_ascii=False)[:600]}")
        for engine in engines:
            engine.close()
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build/asan")
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    queries = read_queries()
    if not bindir():
        print("SKIP no PostgreSQL server is installed")
        print(f"0 passed, 0 failed, {len(queries)} skipped")
        return 0
    failed = run(args, queries)
    print(f"{len(queries) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
