#!/usr/bin/env python3
"""The facts that spec/builtins states of each row (result type, volatility,
strictness, leakproofness, a cast's context) against PostgreSQL's catalogs."""
import argparse
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from postgres import bindir, postgres  # noqa: E402

TYPES = "(select coalesce(string_agg(t.typname, ' ' order by o), '') from unnest({}) with ordinality u(x, o) join pg_type t on t.oid = x)"

PROCS = f"""
select proname || '|' || {TYPES.format('p.proargtypes')}, r.typname || '|' || provolatile::text || '|' || proisstrict::int || '|' || proleakproof::int
from pg_proc p join pg_type r on r.oid = prorettype
order by pronamespace = 'pg_catalog'::regnamespace"""

OPERATORS = f"""
select oprname || '|' || {TYPES.format("array_remove(array[o.oprleft, o.oprright], 0::oid)")},
       r.typname || '|' || provolatile::text || '|' || proisstrict::int || '|' || proleakproof::int
from pg_operator o join pg_proc p on p.oid = o.oprcode join pg_type r on r.oid = o.oprresult"""

CASTS = """
select s.typname || '|' || t.typname, castcontext::text
from pg_cast join pg_type s on s.oid = castsource join pg_type t on t.oid = casttarget"""

# Functions of the Supabase environment, and rows that stand for several casts at once.
OWN_SCHEMAS = {"auth", "storage", "vault", ""}
# Debian has neither pgjwt nor pg_jsonschema.
NOT_PACKAGED = {"url_encode", "url_decode", "sign", "json_matches_schema", "jsonb_matches_schema"}


def read_rows(program):
    """Rows of the table; an operator's name may hold the separator."""
    out = subprocess.run([program, "--builtins"], capture_output=True, text=True, check=True).stdout
    for line in out.splitlines():
        kind, schema, rest = line.split("|", 2)
        yield [kind, schema, *rest.rsplit("|", 6)]


def table(server, sql):
    lines = server.psql(f"copy ({sql}) to stdout;").splitlines()
    return {row[0]: row[1:] for row in (line.split("\t") for line in lines)}


def check(row, procs, operators, casts):
    """Why the row is wrong, or None."""
    kind, schema, name, args, returns, volatility, strict, leakproof, context = row
    name = name.removeprefix("within_group:")
    if schema in OWN_SCHEMAS or name in NOT_PACKAGED or (kind == "cast" and args == "anyarray"):
        return None
    if kind == "cast":
        theirs = casts.get(f"{args}|{returns}")
        return None if theirs and theirs[0] == context else f"PostgreSQL says {theirs}"
    theirs = (operators if kind == "op" else procs).get(f"{name}|{args}")
    if not theirs:
        return "PostgreSQL has no such function or operator"
    result = theirs[0].split("|")
    if kind in ("agg", "window"):
        return None if result[0] == returns else f"PostgreSQL says {result}"
    return None if result == [returns, volatility, strict, leakproof] else f"PostgreSQL says {result}"


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--build", required=True)
    args.add_argument("--full", action="store_true")
    build = args.parse_args().build
    program = os.path.join(build, "test", "unit", "sql_describe")
    rows = list(read_rows(program))
    if not bindir():
        print("SKIP no PostgreSQL server is installed")
        print(f"0 passed, 0 failed, {len(rows)} skipped")
        return 0
    with postgres() as server:
        server.psql('create extension citext; create extension pgcrypto; create extension "uuid-ossp"; create extension pg_trgm; create extension unaccent; create extension fuzzystrmatch;')
        has_vector = server.psql("select count(*) from pg_available_extensions where name = 'vector'").strip() == "1"
        if has_vector:
            server.psql("create extension vector")
        procs, operators, casts = table(server, PROCS), table(server, OPERATORS), table(server, CASTS)
    failed = skipped = 0
    for row in rows:
        if not has_vector and "vector" in (row[4], *row[3].split()):
            skipped += 1
            continue
        why = check(row, procs, operators, casts)
        if why:
            failed += 1
            print(f"{row}: {why}")
    if skipped:
        print("SKIP rows of the vector type: this PostgreSQL has no pgvector")
    tail = f", {skipped} skipped" if skipped else ""
    print(f"{len(rows) - failed - skipped} passed, {failed} failed{tail}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
