#!/usr/bin/env python3
"""Full text search, trigrams and other extensions' functions: SQLite's answers
against PostgreSQL's, value by value."""
import argparse
import json
import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from bedplate import Bedplate, Counts  # noqa: E402
from postgres import bindir, postgres  # noqa: E402

WORDS = """the fat cats rats running quickly over lazy-dogs well-known self-employed state-of-the-art user@example.com
http://a.org/x/y https://b.co.uk www.test.com 12 -5 3.14 1e6 v2.0 U.S.A don't it's foo_bar foo/bar /etc/passwd
<b>bold</b> &lt; 2nd C++ a1b2 x-1 covid-19 naïve café Über 日本語 'quoted' "dq" and or not , . ; : ! ? ( ) - --
e-mail re-run 10:30 50% $5 #tag @user supernovae stars generations national""".split()
OPERANDS = ["fat", "cat", "rat", "run", "star", "foo", "bar", "lazi", "dog", "nation", "'a b'", "big:*", "c:A", "e:*BC"]
EXTENSIONS = ["pg_trgm", "unaccent", "fuzzystrmatch", "pgcrypto", '"uuid-ossp"']
# The other extensions' functions, on values chosen by hand.
FIXED = [
    "uuid_generate_v5(uuid_ns_url(), 'https://example.org/ä')::text", "uuid_generate_v3(uuid_ns_dns(), 'example.org')::text",
    "uuid_generate_v5(uuid_ns_x500(), '')::text", "uuid_nil()::text",
    "(select string_agg(unaccent(chr(i)), '' order by i) from generate_series(192, 382) i)",
    "unaccent('Crème Brûlée, Łódź, Straße, Ærø, “quoted” — €5…')", "unaccent('Việt Nam, naïve, 日本語')",
    *(f"encode({how}('\\x{data}'::bytea, 'key {size}'::bytea, '{kind}'), 'hex')"
      for kind in ("aes", "aes-cbc/pad:pkcs", "aes-ecb") for size in (1, "of twenty bytes..", "of thirty-two bytes, all in.")
      for how, data in (("encrypt", "00ff10203040"), ("encrypt", ""))),
    "convert_from(decrypt(encrypt('secret'::bytea, 'k'::bytea, 'aes'), 'k'::bytea, 'aes'), 'utf8')",
    "encode(encrypt_iv('abc'::bytea, 'k'::bytea, '1234567890123456'::bytea, 'aes'), 'hex')",
    *(f"levenshtein('{a}', '{b}')::text" for a, b in (("kitten", "sitting"), ("", "abc"), ("äöü", "aou"), ("same", "same"))),
    "levenshtein('kitten', 'sitting', 2, 3, 4)::text",
    *(f"soundex('{w}')" for w in ("Robert", "Rupert", "Ashcraft", "Tymczak", "Pfister", "Honeyman", "", "123", "O''Hara")),
    "difference('Anne', 'Andrew')::text", "difference('Anne', 'Margaret')::text",
]
ROUNDS = 60


def quote(text):
    return "'" + text.replace("'", "''") + "'"


def text(rng):
    return quote(" ".join(rng.choice(WORDS) for _ in range(rng.randint(1, 12))))


def query_text(rng, depth=0):
    dice = rng.random()
    if depth > 3 or dice < 0.4:
        return rng.choice(OPERANDS)
    if dice < 0.5:
        return "!" + query_text(rng, depth + 1)
    joined = query_text(rng, depth + 1) + rng.choice([" & ", " | ", " <-> ", " <2> "]) + query_text(rng, depth + 1)
    return f"({joined})" if rng.random() < 0.5 else joined


def expressions(rng):
    query = lambda: quote(query_text(rng))  # noqa: E731
    one = text(rng)
    vector, parsed = f"to_tsvector('english', {one})", f"to_tsquery('english', {query()})"
    yield f"to_tsvector({rng.choice(['english', 'simple']).join(chr(39) * 2)}, {one})::text"
    for make in ("plainto_tsquery", "phraseto_tsquery", "websearch_to_tsquery"):
        yield f"{make}('english', {one})::text"
    yield f"{query()}::tsquery::text"
    yield f"{parsed}::text"
    yield f"({vector} @@ {parsed})::text"
    yield f"('a:1A b:2,3 foo:4C'::tsvector @@ {query()}::tsquery)::text"
    # rounding differs in the last digit between compilers
    yield f"round(ts_rank({vector}, {parsed}, {rng.choice([0, 1, 2, 8, 16, 32, 3])})::numeric, 5)::text"
    yield f"round(ts_rank_cd({vector}, {parsed}, {rng.choice([0, 1, 2, 4, 8, 32])})::numeric, 5)::text"
    yield f"(setweight({vector}, 'B') || {vector})::text"
    yield f"similarity({one}, {text(rng)})::text"
    yield f"word_similarity({quote(rng.choice(WORDS))}, {one})::text"
    yield f"strict_word_similarity({quote(rng.choice(WORDS))}, {one})::text"


def expected(server, exprs):
    rows = server.psql("".join(f"select json_build_object('v', {e});\n" for e in exprs))
    return [json.loads(line)["v"] for line in rows.splitlines()]


def actual(build, exprs):
    with Bedplate(build) as project:
        path = os.path.join(project.dir, "search.sql")
        with open(path, "w", encoding="utf-8") as f:
            f.write("".join(f"select {e} as v;\n" for e in exprs))
        project.cli("migrate")
        out = project.cli("sql", "--json", "-f", path).stdout
    return [json.loads(line)[0]["v"] for line in out.splitlines() if line.startswith("[")]


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--build", required=True)
    args.add_argument("--full", action="store_true")
    args.add_argument("--seed", type=int, default=1)
    args = args.parse_args()
    counts = Counts()
    if not bindir():
        counts.skip("search", "no PostgreSQL server is installed")
        return counts.done()
    rng = random.Random(args.seed)
    exprs = [e for _ in range(ROUNDS * (10 if args.full else 1)) for e in expressions(rng)]
    exprs += FIXED
    with postgres(["default_text_search_config=english"]) as server:
        server.psql("".join(f"create extension {name};" for name in EXTENSIONS))
        theirs = expected(server, exprs)
    ours = actual(args.build, exprs)
    counts.equal("as many answers", len(ours), len(theirs))
    for expr, our, their in zip(exprs, ours, theirs):
        counts.equal(expr, our, their)
    return counts.done()


if __name__ == "__main__":
    sys.exit(main())
