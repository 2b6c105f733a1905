#!/usr/bin/env python3
"""Compares src/value with a real PostgreSQL 15 on generated arguments.

usage: values.py DRIVER [--dsn ARGS] [--only WORD] [--seed N] [--size N] [--show N]

DRIVER is build/test/differential/values/value_driver. --dsn gives psql's
arguments for a scratch database of its own (UTF8, C.UTF-8, TimeZone UTC,
extension citext). Every case is run on both; equal means the same value,
or the same SQLSTATE, message and detail. Prints per group how many were
compared and how many differ, and the first differences.
"""
import argparse
import collections
import random
import shlex
import subprocess
import sys

import cases

TRY = """
create extension if not exists citext;
create or replace function pg_temp.try(q text) returns text language plpgsql as $$
declare r text; m text; d text;
begin
  execute q into r;
  return coalesce('V' || chr(9) || r, 'N');
exception when others then
  get stacked diagnostics m = message_text, d = pg_exception_detail;
  return 'E' || chr(9) || sqlstate || chr(9) || m || chr(9) || d;
end $$;
create temp table q (i int, sql text);
"""


def copy_escape(s):
    return s.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def copy_unescape(s):
    out, it = [], iter(s)
    for ch in it:
        if ch != "\\":
            out.append(ch)
            continue
        nxt = next(it, "")
        out.append({"n": "\n", "t": "\t", "r": "\r"}.get(nxt, nxt))
    return "".join(out)


def ask_postgres(dsn, zone, sqls):
    rows = "".join(f"{i}\t{copy_escape(s)}\n" for i, s in enumerate(sqls))
    script = (f"set timezone = '{zone}';\n" + TRY + "copy q from stdin;\n" + rows + "\\.\n"
              + "copy (select pg_temp.try(sql) from q order by i) to stdout;\n")
    run = subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", *shlex.split(dsn)],
                         input=script.encode(), capture_output=True)
    if run.returncode:
        sys.exit("psql: " + run.stderr.decode()[-2000:])
    # the function's own tabs are escaped once more by COPY
    return [copy_unescape(line) for line in run.stdout.decode().splitlines()]


def ask_driver(driver, zone, lines):
    text = "".join("\t".join("\\N" if f is None else copy_escape(f) for f in line) + "\n"
                   for line in lines)
    run = subprocess.run([driver, zone], input=text.encode(), capture_output=True)
    if run.returncode:
        sys.stderr.write(run.stderr.decode()[-3000:])
        sys.exit(f"driver ended with {run.returncode}")
    answers = run.stdout.decode(errors="replace").splitlines()
    return ["\t".join(copy_unescape(f) for f in line.split("\t")) for line in answers]


def table(driver):
    run = subprocess.run([driver], input=b"fns\n", capture_output=True, check=True)
    return [line.split("\t") for line in run.stdout.decode().splitlines() if "\t" in line]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("driver")
    parser.add_argument("--dsn", default="-h 127.0.0.1 -p 41200 -U postgres")
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=60)
    parser.add_argument("--zone", default="UTC", help="session time zone of both")
    parser.add_argument("--show", type=int, default=15)
    opts = parser.parse_args()
    random.seed(opts.seed)
    found = cases.make(table(opts.driver), opts.size)
    found = [c for c in found if opts.only in c.group]
    mine = ask_driver(opts.driver, opts.zone, [c.line for c in found])
    theirs = ask_postgres(opts.dsn, opts.zone, [c.sql for c in found])
    if len(mine) != len(found) or len(theirs) != len(found):
        sys.exit(f"answers lost: {len(found)} cases, {len(mine)} and {len(theirs)} answers")
    total, bad = collections.Counter(), collections.Counter()
    for case, a, b in zip(found, mine, theirs):
        total[case.group] += 1
        if a == b or cases.is_known(case, a, b):
            continue
        bad[case.group] += 1
        if bad[case.group] <= opts.show:
            print(f"{case.group}: {case.sql}\n   ours  {a!r}\n   pg    {b!r}")
    for group in sorted(total):
        print(f"{group:40} {total[group]:6} compared {bad[group]:5} differ")
    print(f"{sum(total.values()) - sum(bad.values())} passed, {sum(bad.values())} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
