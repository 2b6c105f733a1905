#!/usr/bin/env python3
"""The plpgsql conformance set: every program of programs/*.txt, run on SQLite, against
what PostgreSQL answered (expected/*.json, written by --update).

A file is a list of programs. Lines of SQL that end with ";" before the first program,
or after a line `## sql`, set up tables for all of them. A program is

    # name: RETURNS (ARGUMENTS) <- CALL | CALL
    its body

and each call, a list of arguments, is run as `select * from name(CALL)`. Where PostgreSQL
is present its answers are taken live and compared with the kept ones too.
"""
import argparse
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from postgres import bindir, postgres  # noqa: E402
from pq import Connection, Failure  # noqa: E402

HEAD = re.compile(r"^# (\w+): (.*?) \((.*)\) <- ?(.*)$")


def read_programs(path):
    """(setup statements, [(name, create statement, [call statements])])."""
    setup, programs, body, head = [], [], [], None

    def finish():
        if not head:
            return
        name, returns, args, calls = head
        text = "\n".join(body).strip("\n")
        create = (f"create {'procedure' if returns == 'procedure' else 'function'} {name}({args})"
                  f"{'' if returns in ('procedure', 'outs') else ' returns ' + returns} language plpgsql as $body${text}$body$")
        if returns == "do":
            create = None
        statements = [f"select * from {name}({call.strip()})" for call in calls.split(" | ")] if calls.strip() != "-" else []
        if returns == "do":
            statements = [f"do $body${text}$body$"]
        programs.append((name, create, statements))

    with open(path, encoding="utf-8") as f:
        for line in f.read().splitlines():
            match = HEAD.match(line)
            if match:
                finish()
                head, body = match.groups(), []
            elif head is None and line.strip():
                setup.append(line)
            elif head is not None:
                body.append(line)
    finish()
    return setup, programs


class Sqlite:
    def __init__(self, driver, url):
        self.process = subprocess.Popen([driver, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the engine ended (status {self.process.wait()}) at: {json.dumps(line)}")
        return json.loads(answer)

    def run(self, sql):
        if re.match(r"(select|insert|update|delete)\b", sql):
            answer = self.ask({"role": "postgres", "sql": sql, "commit": True})
        else:
            answer = self.ask({"script": sql})
        return {"error": answer["error"][:2]} if "error" in answer else {"rows": answer["rows"]}

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Server:
    def __init__(self, conn):
        self.conn = conn

    def run(self, sql):
        try:
            return {"rows": self.conn.run(sql)}
        except Failure as f:
            return {"error": [f.code, f.message]}


def answers(engine, setup, programs):
    """{name: [answer of the creation if it failed, answers of the calls]}"""
    for sql in setup:
        got = engine.run(sql)
        if "error" in got:
            raise RuntimeError(f"{sql}: {got['error']}")
    result = {}
    for name, create, calls in programs:
        made = engine.run(create) if create else {}
        result[name] = [made] if "error" in made else [engine.run(call) for call in calls]
    return result


def from_postgres(paths):
    result = {}
    with postgres() as server:
        for path in paths:
            name = os.path.splitext(os.path.basename(path))[0]
            server.psql(f"create database {name}")
            conn = Connection(server.url(database=name))
            conn.run("set client_min_messages = 'error'")
            result[path] = answers(Server(conn), *read_programs(path))
            conn.close()
    return result


def kept_path(path):
    return os.path.join(HERE, "expected", os.path.splitext(os.path.basename(path))[0] + ".json")


def save(path, found):
    with open(kept_path(path), "w", encoding="utf-8") as f:
        lines = [f"{json.dumps(name)}: {json.dumps(found[name], ensure_ascii=False)}" for name in found]
        f.write("{\n" + ",\n".join(lines) + "\n}\n")


def plain(answer):
    """void prints as '' in PostgreSQL and is NULL where a program calls it here."""
    return json.dumps(answer).replace('[[""]]', "[[null]]")


def compare(what, path, want, got, show):
    passed = failed = 0
    for name in want:
        if plain(got.get(name)) == plain(want[name]):
            passed += 1
            continue
        failed += 1
        if failed <= show:
            print(f"FAILED {what} {os.path.basename(path)} {name}\n   want {want[name]}\n   got  {got.get(name)}")
    return passed, failed


def runs_plpgsql(engine):
    engine.run("create function probe() returns int language plpgsql as 'begin loop return 1; end loop; end'")
    return engine.run("select probe()") == {"rows": [["1"]]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--driver")
    parser.add_argument("--show", type=int, default=40)
    parser.add_argument("files", nargs="*")
    args = parser.parse_args()
    paths = sorted(p for p in glob.glob(os.path.join(HERE, "programs", "*.txt"))
                   if not args.files or any(f in p for f in args.files))
    live = from_postgres(paths) if bindir() else {}
    passed = failed = 0
    driver = args.driver or os.path.join(args.build, "test", "differential", "differential_driver")
    for path in paths:
        if args.update:
            save(path, live[path])
        with open(kept_path(path), encoding="utf-8") as f:
            want = json.load(f)
        parts = [("PostgreSQL", live[path])] if live else []
        with tempfile.TemporaryDirectory() as folder:
            engine = Sqlite(driver, "sqlite:" + os.path.join(folder, "db"))
            if not runs_plpgsql(engine):
                print("SKIP plpgsql does not run on SQLite in this build")
            else:
                parts.append(("SQLite", answers(engine, *read_programs(path))))
            engine.close()
        for what, found in parts:
            good, bad = compare(what, path, want, found, args.show)
            passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
