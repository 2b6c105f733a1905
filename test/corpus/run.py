#!/usr/bin/env python3
"""Applies real projects' migrations with `bedplate migrate` and scores what was kept.

  run.py CORPUS ORACLE OURS [--bedplate PATH] [--score SCRIPT] [--only KEY] [--keep-going]

CORPUS  a folder of projects, CORPUS/KEY/supabase with config.toml and migrations/
ORACLE  PostgreSQL's side: ORACLE/KEY.json and ORACLE/catalog/KEY.json
OURS    written: OURS/KEY.json, a row for each file; OURS/catalog/KEY.json, what the
        finished database's own pg_catalog shows; OURS/why/KEY.json, what was refused
        and what was noticed, with its place

The projects and the oracle are not part of this repository; README.md says how to get
them. Without them nothing runs, and the run says so. --keep-going goes on after a
refused statement, to see everything that a project lacks in one run.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
MIGRATION = re.compile(r"^[0-9]+_.*\.sql$")


def projects(corpus):
    for key in sorted(os.listdir(corpus)):
        folder = os.path.join(corpus, key)
        if os.path.isdir(os.path.join(folder, "supabase", "migrations")):
            yield key, folder


def migrations(folder):
    names = os.listdir(os.path.join(folder, "supabase", "migrations"))
    return sorted(n for n in names if MIGRATION.match(n))


def environment(state):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("BEDPLATE", "SUPABASE"))}
    env["DATABASE_URL"] = "sqlite:" + os.path.join(state, "corpus.db")
    return env


def bedplate(args, folder, env, words, stdin=None):
    command = [args.bedplate, *words, "-C", folder]
    return subprocess.run(command, env=env, input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, errors="replace")


def migrate(args, folder, env):
    words = ["migrate", "--json"] + (["--keep-going"] if args.keep_going else [])
    done = bedplate(args, folder, env, words)
    last = done.stdout.strip().splitlines()[-1:] or [""]
    try:
        return json.loads(last[0]), done.stderr
    except ValueError:
        return {"ok": False, "files": [], "statements": 0, "problems": []}, done.stderr


def file_rows(folder, report, stderr):
    """[[file, n, node type, ok, sqlstate, message]]: one for a whole file."""
    applied = {os.path.basename(f) for f in report["files"]}
    why = {}
    for p in report["problems"]:
        if p["severity"] == "error" and p.get("file"):
            why.setdefault(os.path.basename(p["file"]), p["what"])
    return [[f, 0, "", f in applied and f not in why, "",
             why.get(f, "" if f in applied else stderr.strip()[-300:])]
            for f in migrations(folder)]


def skipped_schemas(score):
    """The environment's own schemas are nobody's migrations."""
    sys.path.insert(0, os.path.dirname(os.path.abspath(score)))
    import corpus_pg
    return corpus_pg.CATALOG, corpus_pg.SKIP


def catalog(args, folder, env, queries, skip):
    out, missing = {}, []
    for kind, sql in queries.items():
        done = bedplate(args, folder, env, ["sql", "--json", "--role", "postgres"],
                        "set search_path = public, extensions;\n" + sql % skip)
        try:
            rows = json.loads(done.stdout)
            out[kind] = [["" if v is None else "t" if v is True else "f" if v is False else str(v)
                          for v in r.values()] for r in rows]
        except (IndexError, ValueError, AttributeError):
            missing.append("%s: %s" % (kind, done.stderr.strip().split("\n")[0][:200]))
    return out, missing


def run_project(args, key, folder, queries, skip):
    state = os.path.join(args.ours, "state", key)
    shutil.rmtree(state, ignore_errors=True)
    os.makedirs(state)
    env = environment(state)
    began = time.monotonic()
    report, stderr = migrate(args, folder, env)
    took = time.monotonic() - began
    rows = file_rows(folder, report, stderr)
    found, missing = catalog(args, folder, env, queries, skip)
    for name, data in (("", rows), ("catalog", found)):
        with open(os.path.join(args.ours, name, key + ".json"), "w", encoding="utf-8") as f:
            json.dump(data, f)
    with open(os.path.join(args.ours, "why", key + ".json"), "w", encoding="utf-8") as f:
        json.dump({"problems": report["problems"], "stderr": stderr[-4000:],
                   "statements": report["statements"], "catalog": missing, "s": took}, f)
    return key, rows, report, took, missing


def general(message):
    """A reason without the names in it, so that alike ones count together."""
    return re.sub(r'"[^"]*"', '"…"', message)[:150]


def rank(reports, limit):
    count, where = collections.Counter(), collections.defaultdict(set)
    for key, report in reports:
        for p in report["problems"]:
            if p["severity"] == "error":
                count[general(p["what"])] += 1
                where[general(p["what"])].add(key)
    print("\nreasons, by projects and statements:")
    order = sorted(count, key=lambda m: (-len(where[m]), -count[m]))
    for m in order[:limit]:
        print("%4d %6d  %s" % (len(where[m]), count[m], m))


def show(key, rows, report, took, missing):
    done = sum(r[3] for r in rows)
    bad = next((r for r in rows if not r[3]), None)
    print("%-56s %5d/%-5d %6.1f s  %s" % (
        key[:56], done, len(rows), took,
        "whole" if not bad else "%s: %s" % (bad[0][:30], bad[5][:110].replace("\n", " "))))
    for m in missing:
        print("    catalog: " + m)
    sys.stdout.flush()


def main():
    ap = argparse.ArgumentParser(description=__doc__,
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("corpus")
    ap.add_argument("oracle")
    ap.add_argument("ours")
    ap.add_argument("--bedplate", default=os.path.join(ROOT, "build/src/app/bedplate"))
    ap.add_argument("--score", default=os.path.join(ROOT, "../shared/corpus/corpus_score.py"))
    ap.add_argument("--only", action="append", help="a project; may be given again")
    ap.add_argument("--keep-going", action="store_true")
    ap.add_argument("--jobs", type=int, default=1)
    ap.add_argument("--reasons", type=int, default=40)
    args = ap.parse_args()
    for path in (args.corpus, args.oracle, args.score, args.bedplate):
        if not os.path.exists(path):
            print("SKIP the corpus: %s is not there" % path)
            return 0
    for name in ("", "catalog", "why"):
        os.makedirs(os.path.join(args.ours, name), exist_ok=True)
    queries, skip = skipped_schemas(args.score)
    todo = [(k, f) for k, f in projects(args.corpus) if not args.only or k in args.only]
    reports, total = [], 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        runs = [pool.submit(run_project, args, k, f, queries, skip) for k, f in todo]
        for r in runs:
            key, rows, report, took, missing = r.result()
            show(key, rows, report, took, missing)
            reports.append((key, report))
            total += took
    rank(reports, args.reasons)
    print("\nall migrations together: %.1f s" % total)
    sys.stdout.flush()
    return subprocess.run([sys.executable, args.score, args.oracle, args.ours]
                          + (["--only", args.only[0]] if args.only else [])).returncode


if __name__ == "__main__":
    sys.exit(main())
