#!/usr/bin/env python3
"""Scenario files of test/unit/exec: what a real PostgreSQL answers.

  scenario.py CONNINFO FILE...            compares each file with PostgreSQL
  scenario.py --update CONNINFO FILE...   writes PostgreSQL's answers into it

A file is a list of steps. `@script` runs SQL as postgres; `@as ROLE SUB` runs
one statement as a role whose JWT has that subject (`-`: none) and commits. The
answer stands below `----`: rows with `|` between cells and `~` for NULL,
`#n` for n rows written, or `ERROR code message` and `DETAIL text`. `@end`
closes the last step. A step that only Bedplate decides is `@own ROLE SUB`: it
is not asked of PostgreSQL.
"""
import re
import subprocess
import sys

ROLES = """
DO $$ DECLARE r name; BEGIN
  FOR r IN SELECT rolname FROM pg_roles WHERE NOT rolsuper AND rolname !~ '^pg_'
  LOOP EXECUTE format('DROP ROLE %I', r); END LOOP;
END $$;
CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE service_role BYPASSRLS;
"""

BOOTSTRAP = """
CREATE SCHEMA auth;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS
  $$ SELECT nullif(current_setting('request.jwt.claims', true)::json->>'sub', '')::uuid $$;
GRANT USAGE ON SCHEMA auth TO PUBLIC;
CREATE EXTENSION IF NOT EXISTS moddatetime;
CREATE EXTENSION IF NOT EXISTS citext;
GRANT USAGE ON SCHEMA public TO PUBLIC;
"""


def psql(conninfo, db, sql):
    args = ["psql", "-X", "-A", "-t", "-P", "null=~", "-F", "|", "-v", "VERBOSITY=verbose",
            "-v", "ON_ERROR_STOP=1", "-d", f"{conninfo} dbname={db}", "-f", "-"]
    return subprocess.run(args, input=sql, text=True, capture_output=True)


def parse(text):
    steps = []
    for block in re.split(r"^(?=@)", text, flags=re.M):
        if not block.startswith("@"):
            steps.append(["", block, None])
            continue
        head, _, body = block.partition("\n")
        sql, sep, answer = body.partition("----\n")
        steps.append([head, sql, answer if sep else None])
    return steps


def error_of(stderr):
    lines = []
    for line in stderr.splitlines():
        m = re.search(r"ERROR:  (\w{5}): (.*)", line)
        if m:
            lines.append(f"ERROR {m.group(1)} {m.group(2)}")
        elif line.startswith("DETAIL:  "):
            lines.append("DETAIL " + line[9:])
    return "\n".join(lines) + "\n"


def ask(conninfo, db, head, sql):
    _, role, sub = head.split()[:3]
    claims = "{}" if sub == "-" else '{"sub":"%s"}' % sub
    script = (f"\\set QUIET on\nBEGIN;\nSET LOCAL ROLE {role};\n"
              f"SET LOCAL request.jwt.claims = '{claims}';\n\\set QUIET off\n"
              f"{sql.strip().rstrip(';')};\n\\set QUIET on\nCOMMIT;\n")
    done = psql(conninfo, db, script)
    if done.returncode:
        return error_of(done.stderr)
    lines = done.stdout.splitlines()
    tag = re.compile(r"(INSERT 0|UPDATE|DELETE) (\d+)$")
    if lines and tag.match(lines[-1]):
        n = tag.match(lines[-1]).group(2)
        lines = lines[:-1] if "returning" in sql.lower() else [f"#{n}"]
    return "".join(line + "\n" for line in lines)


def run(conninfo, path, update):
    db = "scenario"
    psql(conninfo, "postgres", f"DROP DATABASE IF EXISTS {db};")
    psql(conninfo, "postgres", f"CREATE DATABASE {db} TEMPLATE template0;")
    made = psql(conninfo, "postgres", ROLES)
    if made.returncode:
        sys.exit(made.stderr)
    boot = psql(conninfo, db, BOOTSTRAP)
    if boot.returncode:
        sys.exit(boot.stderr)
    text = open(path).read()
    out, wrong = [], 0
    for head, sql, answer in parse(text):
        if head.startswith("@script"):
            done = psql(conninfo, db, sql)
            if done.returncode:
                sys.exit(f"{path}: {done.stderr}")
        if head.startswith("@as"):
            real = ask(conninfo, db, head, sql)
            if real != (answer or ""):
                wrong += 1
                if not update:
                    print(f"{path}: {sql}expected:\n{answer}PostgreSQL:\n{real}")
            answer = real
        out.append((head + "\n" if head else "") + sql +
                   ("----\n" + answer if answer is not None else ""))
    if update:
        open(path, "w").write("".join(out))
    return wrong


def main():
    args = sys.argv[1:]
    update = args[0] == "--update"
    conninfo, *files = args[1:] if update else args
    wrong = sum(run(conninfo, f, update) for f in files)
    print(f"{len(files)} files, {wrong} answers {'changed' if update else 'wrong'}")
    return 1 if wrong and not update else 0


if __name__ == "__main__":
    sys.exit(main())
